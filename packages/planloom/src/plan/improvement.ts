// Decides whether another repair round is worth its price. In: the errors of each draft so far. Out: yes or no. Runs
// and the evaluation of recorded drafts use the same rule.

/** A round without progress has at least the errors of an earlier one. One may be chance, two are a pattern. */
const ROUNDS_IN_VAIN = 2;

/**
 * `rounds` are the errors of each draft, oldest first, each as a text that identifies it (for example code and
 * pointer). Returns false if the last draft has every error of two earlier ones, or has no errors. A planner that
 * repeats itself is asked three times. Why two: in recorded dialogues a model often repairs its draft at the second
 * request, or after it has gone back and forth once; docs/plan-intake.md has the figures.
 */
export function keepsImproving(rounds: readonly (readonly string[])[]): boolean {
  const last = new Set(rounds.at(-1));
  if (last.size === 0) return false;
  return rounds.slice(0, -1).filter((round) => round.every((error) => last.has(error))).length < ROUNDS_IN_VAIN;
}
