// @ts-check
// Three scripted servers in place of three local models: no model runs here. In: nothing. Out: a server for each role.
// Separate because run.mjs and the tests use them. Planner: always gives plan.json, in the format of the chapter.
// Executor: searches, then repeats what was found; compares the prices in the outputs that it is sent. Synthesizer:
// repeats the comparison.
import { readFile } from "node:fs/promises";
import { startFakeOpenAI } from "planloom/testing";
import { dataText, firstMessage, hasData } from "../shared/model-request.mjs";

/** @typedef {import("planloom/testing").ChatBody} ChatBody */
/** @typedef {import("planloom/testing").FakeReply} FakeReply */

export async function startScripted() {
  const plan = await readFile(new URL("plan.json", import.meta.url), "utf8");
  const [planner, executor, synthesizer] = await Promise.all([
    startFakeOpenAI({ reply: () => ({ text: plan }) }),
    startFakeOpenAI({ reply: carriedOut }),
    startFakeOpenAI({ reply: (body) => ({ text: `In short: ${dataText(body, "s3")}` }) }),
  ]);
  return { planner, executor, synthesizer };
}

/**
 * @param {ChatBody} body
 * @returns {FakeReply}
 */
function carriedOut(body) {
  if (hasData(body, "s1")) return { text: comparison(dataText(body, "s1"), dataText(body, "s2")) };
  if (hasData(body, "call 1")) return { text: dataText(body, "call 1") };
  const app = firstMessage(body).includes("Research Inkwell") ? "Inkwell" : "Margin";
  return { toolCalls: [{ name: "web_search", args: { query: `${app} note-taking app` } }] };
}

/**
 * @param {string} first
 * @param {string} second
 */
function comparison(first, second) {
  const [a, b] = [first, second].map((text) => ({
    name: text.split(" ", 1)[0],
    price: Number(/(\d+) dollars/.exec(text)?.[1]),
    integrations: Number(/(\d+) integrations/.exec(text)?.[1]),
    offline: text.includes("works offline"),
  }));
  if (a === undefined || b === undefined) throw new Error("Two texts are needed.");
  const cheaper = a.price < b.price ? a : b;
  const richer = a.integrations > b.integrations ? a : b;
  const offline = [a, b].filter((app) => app.offline).map((app) => app.name);
  return (
    `${cheaper.name} is cheaper (${cheaper.price} dollars a month), ${richer.name} has more integrations ` +
    `(${richer.integrations}), and ${offline.join(" and ")} works offline.`
  );
}
