// Whether the planner mends a draft once more. In: the settings, the round, what was found in each draft. Out: why not, or nothing.
// Separate because deciding and folding ask the same.
import { keepsImproving } from "../../plan/improvement.js";
import type { Settings } from "../settings.js";

/** `rounds`: the keys of all drafts of this planning, that of `round` last. */
export function whyNotMended(
  { repairRounds }: Settings,
  round: number,
  rounds: readonly (readonly string[])[],
): string | undefined {
  if (round >= repairRounds) return "no more are allowed";
  return keepsImproving(rounds) ? undefined : "repair stopped early, because nothing improved";
}
