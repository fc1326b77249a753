// @ts-check
// The scripted planner of this example: no model runs here. In: nothing. Out: a planner that gives plan.yaml. Separate
// because the configuration, run.mjs and the tests use it.
import { scriptedModel } from "planloom/testing";
import { readPlanFile } from "../shared/plan-file.mjs";

const SAYS = "(The planner of this example is scripted: no model is asked.)";

/** @param {(text: string) => void} [say] Told with each request. */
export const scriptedPlanner = (say = () => {}) =>
  scriptedModel(async () => {
    say(SAYS);
    return { json: /** @type {any} */ ((await readPlanFile(new URL("plan.yaml", import.meta.url))).draft) };
  });
