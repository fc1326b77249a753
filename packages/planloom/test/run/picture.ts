// A run's whole state as text, for comparing two of them. In: a run. Out: JSON in which queues, heaps and maps are
// lists. Separate because it is the only place that looks into every corner of the state.
import type { Run } from "../../src/run/state.js";
import type { StepState, Work } from "../../src/run/work.js";

/** Equal for two runs exactly where no later event could tell them apart. */
export function picture(run: Run): string {
  const { execution, ...rest } = run;
  const { steps, ready, retries, ...counts } = execution;
  const inner = { steps: [...steps.values()].map(step), ready: ready as unknown, retries: retries as unknown };
  return JSON.stringify({ ...rest, ...counts, ...inner }, (key, value: unknown) => {
    if (value instanceof Map) return [...(value as Map<unknown, unknown>)];
    if (value instanceof Set) return [...(value as Set<unknown>)];
    if ((key === "items" || key === "waiting") && Array.isArray(value))
      return value.map((one: unknown) => (isWork(one) ? name(one) : one));
    if (key === "heap")
      return (value as { at: number; value: unknown }[]).map((one) => [
        one.at,
        isWork(one.value) ? name(one.value) : one.value,
      ]);
    return value;
  });
}

function step({ spec, work, fan, dependents, ...rest }: StepState): unknown {
  const others = { dependents: dependents.map((one) => one.spec.id), tool: rest.tool?.name };
  return { ...rest, ...others, id: spec.id, work: plain(work), fan: fan && { ...fan, each: fan.items.map(plain) } };
}

const plain = ({ step: { spec }, ...rest }: Work) => ({ step: spec.id, ...rest });
const name = ({ step: { spec }, item }: Work) => `${spec.id}/${item ?? ""}`;

function isWork(value: unknown): value is Work {
  return typeof value === "object" && value !== null && "effectKey" in value;
}
