// Whether the planner mends a draft once more. In: the settings, the round, what was found in each draft. Out: why not, or nothing.
// Separate because the kernel asks it for a run, and the library for a plan without one.
import { keepsImproving } from "../../plan/improvement.js";
import type { FailureParams } from "../failure.js";
import type { Settings } from "../settings.js";

/** `rounds`: the keys of all drafts of this planning, that of `round` last. */
export function whyNotMended(
  { repairRounds }: Settings,
  round: number,
  rounds: readonly (readonly string[])[],
): FailureParams["PLAN_INVALID"]["why"] | undefined {
  if (round >= repairRounds) return "no-rounds-left";
  return keepsImproving(rounds) ? undefined : "nothing-improved";
}
