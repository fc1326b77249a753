// @ts-check
// The scripted models of this example: no model runs here. In: nothing. Out: a server on 127.0.0.1 that speaks the
// OpenAI API. Separate because run.mjs and the tests use it. Planner: always gives plan.yaml. Executor: reads the article
// whose words the question has, and takes topic and sentence out of it.
import { startFakeOpenAI } from "planloom/testing";
import { data, dataText, toolResults } from "../shared/model-request.mjs";
import { readPlanFile } from "../shared/plan-file.mjs";

/** @typedef {import("planloom/testing").ChatBody} ChatBody */
/** @typedef {import("planloom/testing").FakeReply} FakeReply */

export async function startScripted() {
  const { draft } = await readPlanFile(new URL("plan.yaml", import.meta.url));
  return startFakeOpenAI({
    models: ["scripted-planner", "scripted-executor"],
    reply(body) {
      return body.model === "scripted-planner" ? { text: JSON.stringify(draft) } : answerTurn(body);
    },
  });
}

/** @param {string} baseURL */
export function scriptedModels(baseURL) {
  return {
    planner: { model: "scripted-planner", baseURL, apiKey: "none" },
    executor: { model: "scripted-executor", baseURL, apiKey: "none" },
  };
}

/** Words that a question shares with the article that answers it. */
const ABOUT = /\b(refund|invoice|password|parcel)/i;

/**
 * @param {ChatBody} body
 * @returns {FakeReply}
 */
function answerTurn(body) {
  const question = dataText(body, "with.question");
  const nothing = { question, answer: null, topic: null, source: null };
  const word = ABOUT.exec(question)?.[1]?.toLowerCase();
  /** @type {{ title: string, url: string, snippet: string }[]} */
  const results = data(body, "with.results");
  const fit = results.find(({ snippet }) => word !== undefined && snippet.toLowerCase().includes(word));
  if (fit === undefined) return { json: nothing };
  if (toolResults(body).length === 0) return { toolCalls: [{ name: "read_file", args: { path: fit.url } }] };
  const { text } = data(body, "call 1");
  const answer = /Topic: .*\n\n(.*?\.)(?=\s)/.exec(text)?.[1] ?? null;
  return { json: { question, answer, topic: /Topic: (\w+)/.exec(text)?.[1] ?? null, source: fit.url } };
}
