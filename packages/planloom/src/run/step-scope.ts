// Gives the names that the expressions of a step can see: inputs, finished steps, the item of a fan-out, the round and
// the output of the round before. In: a run and some work. Out: a Scope.
import type { Scope } from "../plan/expression/expression.js";
import type { Json } from "../plan/json.js";
import { NO_ORIGIN, type Origin } from "../plan/origin.js";
import type { Run } from "./state.js";
import type { Work } from "./work.js";

const INPUTS: Origin = { steps: ["inputs"], tools: [] };

/** `output` is set only to evaluate `expect` and `until`. */
export function scopeOf(run: Run, work?: Work, output?: { readonly value: Json; readonly from: Origin }): Scope {
  return (name) => {
    if (name === "inputs") return { value: run.request.inputs, from: INPUTS };
    if (name === "output") return output;
    const fan = work?.step.fan;
    if (work !== undefined && work.item !== null && fan?.rounds !== undefined) {
      if (name === "round") return { value: work.item + 1, from: NO_ORIGIN };
      if (name === "previous") return previousOf(fan.items[work.item - 1]);
    } else if (work !== undefined && work.item !== null && fan !== undefined) {
      if (name === "index") return { value: work.item, from: fan.from };
      if (name === work.step.spec.as) return { value: fan.list[work.item] ?? null, from: fan.from };
    }
    const source = run.execution.steps.get(name)?.work;
    if (source === undefined || (source.status !== "completed" && source.status !== "skipped")) return undefined;
    return { value: source.output ?? null, from: source.origin };
  };
}

/** null in the first round. */
const previousOf = (before: Work | undefined): { readonly value: Json; readonly from: Origin } =>
  before === undefined ? { value: null, from: NO_ORIGIN } : { value: before.output ?? null, from: before.origin };

/** The first of these steps that was skipped, if any. It explains why a reference gave null. */
export function skippedAmong(run: Run, steps: readonly string[]): string | undefined {
  return steps.find((id) => run.execution.steps.get(id)?.work.status === "skipped");
}
