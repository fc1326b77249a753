// @ts-check
// The scripted planner of this example: no model runs here. In: what a planner is told. Out: a plan or a patch; as a
// function, and as a server on 127.0.0.1 that speaks the OpenAI API. Separate because the configuration, run.mjs and
// the tests use it. For a goal it gives plan.yaml. Asked to mend a step, it reads in what it is told which column is
// not there and which ones are, and takes the one that no other part of the step uses: had the error not reached it, it
// could not.
import { startFakeOpenAI } from "planloom/testing";
import { dataText, firstMessage } from "../shared/model-request.mjs";
import { readPlanFile } from "../shared/plan-file.mjs";

/** @typedef {import("planloom/testing").ChatBody} ChatBody */

export const PLANNER = "scripted-planner";

export async function startScripted() {
  const draft = await planFile();
  return startFakeOpenAI({
    models: [PLANNER],
    reply: (body) => ({ text: JSON.stringify(replyTo(body, draft)) }),
  });
}

/**
 * The same rule without a server, for a configuration that has no model.
 * @param {{ replan?: { failing?: string, steps: readonly { id: string, message?: string }[] } }} request
 */
export async function scriptedPlanner({ replan }) {
  console.error("(The planner of this example is scripted: no model is asked.)");
  const draft = await planFile();
  if (replan?.failing === undefined) return draft;
  const error = replan.steps.find(({ id }) => id === replan.failing)?.message ?? "";
  return patchFor(replan.failing, error, draft);
}

/** @returns {Promise<Record<string, any>>} */
async function planFile() {
  return (await readPlanFile(new URL("plan.yaml", import.meta.url))).draft;
}

/**
 * @param {ChatBody} body
 * @param {Record<string, any>} draft
 */
function replyTo(body, draft) {
  const failing = /Mend this plan where (\w+) failed/.exec(firstMessage(body))?.[1];
  return failing === undefined ? draft : patchFor(failing, dataText(body, `${failing} error`), draft);
}

/**
 * @param {string} failing
 * @param {string} error
 * @param {Record<string, any>} draft
 */
function patchFor(failing, error, draft) {
  const step = draft.steps.find((/** @type {{ id: string }} */ { id }) => id === failing);
  const missing = /no such column: o\.(\w+)/.exec(error)?.[1];
  const columns = /orders_unique\(([^)]*)\)/.exec(error)?.[1]?.split(", ") ?? [];
  const free = columns.find((column) => !step.with.select.includes(`o.${column}`));
  const select = step.with.select.replace(`o.${missing}`, `o.${free}`);
  return { operations: [{ op: "replace", id: failing, step: { ...step, with: { ...step.with, select } } }] };
}
