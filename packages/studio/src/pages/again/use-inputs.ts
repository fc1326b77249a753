// The inputs of a run. In: a run and the hash of its plan. Out: the values. The review of a plan has them.
import type { Json } from "planloom";
import { runPath, type PlanReview } from "../../api/people.js";
import { useGet } from "../../api/use-get.js";

const NONE = {};

export function useInputs(runId: string, hash: string | undefined): { readonly [name: string]: Json } {
  const { data } = useGet<PlanReview>(hash === undefined ? null : runPath(runId, `/review/${hash}`));
  return data?.inputs ?? NONE;
}
