// @ts-check
// The scripted models of this example: no model runs here. In: nothing. Out: a server on 127.0.0.1 that speaks the
// OpenAI API. Separate because run.mjs and the tests use it. Planner: always gives plan.yaml. Executor and synthesizer:
// follow fixed rules, and take every topic, figure and file out of what they are sent.
import { startFakeOpenAI } from "planloom/testing";
import { data, dataText, hasData, toolResults } from "../shared/model-request.mjs";
import { readPlanFile } from "../shared/plan-file.mjs";

/** @typedef {import("planloom/testing").ChatBody} ChatBody */
/** @typedef {import("planloom/testing").FakeReply} FakeReply */
/** @typedef {{ topic: string, subtopic: string, finding: string | null, source: string | null }} Note */

export async function startScripted() {
  const { draft } = await readPlanFile(new URL("plan.yaml", import.meta.url));
  return startFakeOpenAI({
    models: ["scripted-planner", "scripted-executor", "scripted-synthesizer"],
    reply(body) {
      if (hasData(body, "answer")) return { json: opinionOf(dataText(body, "answer"), data(body, "notes")) };
      if (body.model === "scripted-planner") return { text: JSON.stringify(draft) };
      if (hasData(body, "output")) return { json: verdictOn(data(body, "output")) };
      if (hasData(body, "with.part")) return noteTurn(body);
      if (hasData(body, "with.topics")) return { json: subtopicsOf(data(body, "with.topics")) };
      if (hasData(body, "with.results")) return { json: topicsIn(data(body, "with.results")[0].snippet) };
      const text = survey(data(body, "notes"));
      // The first draft says more than the notes do. The critic finds it.
      return { text: hasData(body, "draft") ? text : `${text}\nTrees are the best way.` };
    },
  });
}

/** @param {string} baseURL */
export function scriptedModels(baseURL) {
  return {
    planner: { model: "scripted-planner", baseURL, apiKey: "none" },
    executor: { model: "scripted-executor", baseURL, apiKey: "none" },
    synthesizer: { model: "scripted-synthesizer", baseURL, apiKey: "none" },
  };
}

/** @param {string} text */
const topicsIn = (text) => (/Topics of this field: ([^.]+)\./.exec(text)?.[1] ?? "").split(", ");

/** @param {string[]} topics */
const subtopicsOf = (topics) =>
  topics.flatMap((topic) =>
    ["cooling", "cost"].map((subtopic) => ({ topic, subtopic, query: `${topic} ${subtopic}` })),
  );

/**
 * Reads the best hit that names topic and subtopic, then takes the sentence with a figure.
 * @param {ChatBody} body
 * @returns {FakeReply}
 */
function noteTurn(body) {
  const { topic, subtopic } = data(body, "with.part");
  /** @type {{ title: string, url: string }[]} */
  const results = data(body, "with.results");
  const fit = results.find(({ title }) => [topic, subtopic].every((word) => title.toLowerCase().includes(word)));
  const nothing = { topic, subtopic, finding: null, source: null };
  if (fit === undefined) return { json: nothing };
  if (toolResults(body).length === 0) return { toolCalls: [{ name: "read_file", args: { path: fit.url } }] };
  const { text } = data(body, "call 1");
  const finding = /[^.\n]*\d(?:\.\d)? (?:degrees|euros)[^.]*\./.exec(text)?.[0].trim();
  return { json: finding === undefined ? nothing : { topic, subtopic, finding, source: fit.url } };
}

/**
 * The judge of a note.
 * @param {Note} note
 */
function verdictOn({ finding, source }) {
  const met = finding === null || (/\d/.test(finding) && source !== null);
  return { verdict: met ? "met" : "not met", reason: met ? "" : "It has no figure, or no file." };
}

/**
 * The critic of the answer: each statement has to stand in a note.
 * @param {string} answer
 * @param {Note[]} notes
 */
function opinionOf(answer, notes) {
  const unsupported = answer.split("\n").flatMap((line) => {
    const known = notes.map(({ finding, source }) => `${finding} (${source})`);
    const rest = known.reduce((text, statement) => text.replace(statement, ""), line).trim();
    return rest === "" || /^(Not found: .*|\w+:)$/.test(rest) ? [] : [rest];
  });
  const points = unsupported.length === 0 ? [] : ["Leave out what no note says."];
  return { verdict: unsupported.length === 0 ? "fine" : "wanting", points, unsupported };
}

/** @param {Note[]} notes */
function survey(notes) {
  const topics = [...new Set(notes.map(({ topic }) => topic))];
  const paragraphs = topics.map((topic) => {
    const found = notes.filter((note) => note.topic === topic && note.finding !== null);
    return `${topic}: ${found.map(({ finding, source }) => `${finding} (${source})`).join(" ")}`;
  });
  const missing = notes.filter(({ finding }) => finding === null).map(({ topic, subtopic }) => `${topic}, ${subtopic}`);
  return [...paragraphs, `Not found: ${missing.join("; ") || "nothing"}.`].join("\n");
}
