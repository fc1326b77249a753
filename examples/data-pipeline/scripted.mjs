// @ts-check
// The scripted planner of this example: no model runs here. In: nothing. Out: a server on 127.0.0.1 that speaks the OpenAI API.
// Separate because run.mjs and the tests use it. For a goal it gives plan.yaml. Asked to mend a step, it reads in the request which
// column is not there and which ones are, and takes the one that no other part of the step uses: had the error not reached it, it
// could not.
import { startFakeOpenAI } from "planloom/testing";
import { dataText, firstMessage } from "../shared/model-request.mjs";
import { readPlanFile } from "../shared/plan-file.mjs";

/** @typedef {import("planloom/testing").ChatBody} ChatBody */

export const PLANNER = "scripted-planner";

export async function startScripted() {
  const { draft } = await readPlanFile(new URL("plan.yaml", import.meta.url));
  return startFakeOpenAI({
    models: [PLANNER],
    reply: (body) => ({ text: JSON.stringify(isPatch(body) ? patchFor(body, stepsOf(draft)) : draft) }),
  });
}

/** @param {ChatBody} body */
const isPatch = (body) => firstMessage(body).includes("Mend this plan where");

/**
 * @param {Record<string, any>} draft
 * @returns {any[]}
 */
const stepsOf = (draft) => draft.steps;

/**
 * @param {ChatBody} body
 * @param {any[]} steps
 */
function patchFor(body, steps) {
  const failing = /Mend this plan where (\w+) failed/.exec(firstMessage(body))?.[1] ?? "";
  const step = steps.find(({ id }) => id === failing);
  const error = dataText(body, `${failing} error`);
  const missing = /no such column: o\.(\w+)/.exec(error)?.[1];
  const columns = /orders_unique\(([^)]*)\)/.exec(error)?.[1]?.split(", ") ?? [];
  const free = columns.find((column) => !step.with.select.includes(`o.${column}`));
  const select = step.with.select.replace(`o.${missing}`, `o.${free}`);
  return { operations: [{ op: "replace", id: failing, step: { ...step, with: { ...step.with, select } } }] };
}
