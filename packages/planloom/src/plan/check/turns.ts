// Checks the limit of turns that an agent step gives itself. In: the steps, and the limit of the configuration. Out: a
// finding for each step that wants more. A plan can be stricter than the configuration, and never less strict.
import { LIMITS } from "../../limits.js";
import { ownFields } from "../step-kind.js";
import type { Report } from "./report.js";
import type { StepNode } from "./shape.js";

export function checkTurns(nodes: readonly StepNode[], report: Report, most: number = LIMITS.turns): void {
  for (const { step, pointer } of nodes) {
    const turns = step === undefined ? undefined : ownFields(step)["turns"];
    if (typeof turns === "number" && turns > most) report("TOO_MANY_TURNS", `${pointer}/turns`, { turns, most });
  }
}
