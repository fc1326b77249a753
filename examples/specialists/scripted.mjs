// @ts-check
// The scripted models of this example: no model runs here. In: nothing. Out: a server on 127.0.0.1 that speaks the
// OpenAI API. Planner: lists the files, and plans one step for each report that it saw. Researcher: reads the file and
// takes its figures. Writer: one sentence from the figures that it is sent.
import { startFakeOpenAI } from "planloom/testing";
import { data, toolResults } from "../shared/model-request.mjs";

/** @typedef {import("planloom/testing").ChatBody} ChatBody */
/** @typedef {import("planloom/testing").FakeReply} FakeReply */

/** @type {{ readonly [model: string]: (body: ChatBody) => FakeReply }} */
const REPLIES = {
  "scripted-planner": planned,
  "scripted-researcher": researched,
  "scripted-writer": (body) => ({ text: written(data(body, "with.rents")) }),
};

export const startScripted = () =>
  startFakeOpenAI({ models: Object.keys(REPLIES), reply: (body) => REPLIES[body.model]?.(body) ?? { status: 404 } });

/** @param {string} baseURL */
export function scriptedModels(baseURL) {
  const named = (/** @type {string} */ model) => ({ model, baseURL, apiKey: "none" });
  return {
    planner: named("scripted-planner"),
    researcher: named("scripted-researcher"),
    writer: named("scripted-writer"),
  };
}

/** @param {ChatBody} body @returns {FakeReply} */
function planned(body) {
  const isScouting = body.messages.some(({ content }) => content?.includes("Before that, you may look"));
  if (isScouting && toolResults(body).length === 0) return { toolCalls: [{ name: "list_files", args: { path: "." } }] };
  if (isScouting) return { text: "There is one report for each city." };
  const told = body.messages.map(({ content }) => content ?? "").join("\n");
  const cities = [...new Set([...told.matchAll(/(\w+)\.txt/g)].map(([, city]) => city ?? ""))].sort();
  const steps = cities.map((city) => ({
    ...{ id: city, agent: `Read ${city}.txt and give the rent of now and of a year ago.`, executor: "researcher" },
    ...{ tools: ["read_file"], output: "{ city: string, now: number, before: number }" },
  }));
  const rents = cities.map((city) => `\${{ ${city} }}`);
  const text = { id: "text", agent: "Write one sentence for tenants.", executor: "writer", with: { rents } };
  return { text: JSON.stringify({ steps: [...steps, text], answer: { value: "${{ text }}" } }) };
}

/** @param {ChatBody} body @returns {FakeReply} */
function researched(body) {
  const [city = ""] = /\w+(?=\.txt)/.exec(body.messages.map(({ content }) => content ?? "").join("\n")) ?? [];
  const [read] = toolResults(body);
  if (read === undefined) return { toolCalls: [{ name: "read_file", args: { path: `${city}.txt` } }] };
  const [now = 0, before = 0] = [...read.matchAll(/([\d,]+) euros/g)].map(([, figure]) =>
    Number(figure?.replace(",", "")),
  );
  return { json: { city, now, before } };
}

/** @param {{ city: string, now: number, before: number }[]} rents */
const written = (rents) =>
  rents
    .map(({ city, now, before }) => `${city} ${now} euros (${now - before} more than a year ago)`)
    .join(", ")
    .replace(/^./, (letter) => letter.toUpperCase());
