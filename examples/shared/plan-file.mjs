// @ts-check
// A plan from a file beside a script. In: its address and the inventory of a loom. Out: the goal and the draft.
// Separate because every script here reads its plan in the same way. (On the command line, `planloom run FILE` does
// this.)
import { readFile } from "node:fs/promises";
import { readPlan } from "planloom/plan";

/**
 * @param {URL} file
 * @param {import("planloom").Loom["inventory"]} [inventory] Lets the reader understand text arguments such as
 *   `tool_input`.
 * @returns {Promise<{ goal: string, draft: Record<string, unknown> }>}
 */
export async function readPlanFile(file, inventory) {
  const read = readPlan(await readFile(file, "utf8"), inventory === undefined ? {} : { inventory });
  if (read.kind !== "plan") throw new Error(read.findings.map((finding) => finding.message).join("\n"));
  const draft = /** @type {Record<string, unknown>} */ (read.draft);
  return { goal: typeof draft.goal === "string" ? draft.goal : "", draft };
}
