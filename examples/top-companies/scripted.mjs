// @ts-check
// The scripted models of this example: no model runs here. In: nothing. Out: a server on 127.0.0.1 that speaks the
// OpenAI API. Separate because run.mjs and the tests use it. Planner: always gives plan.yaml. Executor: follows fixed
// rules, and takes every name and figure out of what it is sent. Its first guess for one company is a file that does
// not exist: the tool says so, and it searches instead.
import { startFakeOpenAI } from "planloom/testing";
import { data, dataText, hasData, toolResults } from "../shared/model-request.mjs";
import { readPlanFile } from "../shared/plan-file.mjs";

/** @typedef {import("planloom/testing").ChatBody} ChatBody */
/** @typedef {import("planloom/testing").FakeReply} FakeReply */

export async function startScripted() {
  const { draft } = await readPlanFile(new URL("plan.yaml", import.meta.url));
  return startFakeOpenAI({
    models: ["scripted-planner", "scripted-executor"],
    reply(body) {
      if (body.model === "scripted-planner") return { text: JSON.stringify(draft) };
      if (hasData(body, "with.results")) return { json: namesIn(data(body, "with.results")[0].snippet) };
      if (hasData(body, "with.company")) return nextTurn(body, dataText(body, "with.company"));
      return { text: summaryOf(body.messages.at(-1)?.content ?? "") };
    },
  });
}

/**
 * A strong model plans, a light one carries out; both are scripted.
 * @param {string} baseURL
 */
export function scriptedModels(baseURL) {
  return {
    planner: { model: "scripted-planner", baseURL, apiKey: "none" },
    executor: { model: "scripted-executor", baseURL, apiKey: "none" },
  };
}

/** @param {string} text */
function namesIn(text) {
  return (/Named most often in 2026: ([^.]+)\./.exec(text)?.[1] ?? "").split(", ");
}

/**
 * Search, read the best hit, answer.
 * @param {ChatBody} body
 * @param {string} company
 * @returns {FakeReply}
 */
function nextTurn(body, company) {
  const results = toolResults(body);
  const last = results.at(-1);
  if (last === undefined && company === "Google DeepMind") return call("read_file", { path: "deepmind.md" });
  if (last === undefined || last.startsWith("The call failed")) {
    return call("search", { query: `${company} revenue products`, limit: 1 });
  }
  const found = data(body, `call ${results.length}`);
  return "results" in found ? call("read_file", { path: found.results[0].url }) : { json: factsIn(found, company) };
}

/**
 * @param {string} name
 * @param {import("planloom").Json} args
 * @returns {FakeReply}
 */
const call = (name, args) => ({ toolCalls: [{ name, args }] });

/**
 * @param {{ path: string, text: string }} file
 * @param {string} company
 */
function factsIn({ path, text }, company) {
  const millions = /Revenue: (\d+) million USD/.exec(text)?.[1];
  const products = /Products: (.+)/.exec(text)?.[1] ?? "";
  return {
    company,
    revenueUsd: millions === undefined ? null : Number(millions) * 1_000_000,
    products: products.split(", "),
    source: path,
  };
}

/** @param {string} table */
function summaryOf(table) {
  const rows = table.split("\n").slice(2);
  const silent = rows.filter((row) => row.includes("not published")).length;
  return `${rows.length} companies were compared; ${silent} of them publishes no revenue.`;
}
