// Decides whether the planner repairs a draft once more. In: the settings, the round, the findings of each draft. Out:
// the reason against it, or undefined. The kernel uses it for a run, and the library for a plan without a run.
import { keepsImproving } from "../../plan/improvement.js";
import type { FailureParams } from "../failure.js";
import type { Settings } from "../settings.js";

/** `rounds`: the keys of the findings of all drafts of this planning. That of `round` is last. */
export function whyNotMended(
  { repairRounds }: Settings,
  round: number,
  rounds: readonly (readonly string[])[],
): FailureParams["PLAN_INVALID"]["why"] | undefined {
  if (round >= repairRounds) return "no-rounds-left";
  return keepsImproving(rounds) ? undefined : "nothing-improved";
}
