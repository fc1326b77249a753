// What the pages of again know of a plan beside the run's document. In: a run and the hash of its plan. Out: the values of
// its inputs, and what its tools do. The review of the plan has them.
import type { Json } from "planloom";
import { runPath, type PlanReview } from "../../api/people.js";
import { useGet } from "../../api/use-get.js";
import type { Effect } from "../../parts/tag.js";

export interface PlanFacts {
  readonly inputs: { readonly [name: string]: Json };
  readonly effects: ReadonlyMap<string, Effect>;
}

export function usePlanFacts(runId: string, hash: string | undefined): PlanFacts {
  const { data } = useGet<PlanReview>(hash === undefined ? null : runPath(runId, `/review/${hash}`));
  const tools = data?.steps.flatMap((step) => step.tools) ?? [];
  return { inputs: data?.inputs ?? {}, effects: new Map(tools.map(({ tool, effect }) => [tool, effect])) };
}
