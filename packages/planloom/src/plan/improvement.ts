// Whether another round of repair is worth its price. In: what was found in each draft so far. Out: yes or no. Separate because
// the planner asks it of live drafts and the evaluation of recorded ones, and both must stop at the same place.

/** A round that found at least what an earlier one found has brought nothing; one of them may be chance, two are a pattern. */
const ROUNDS_IN_VAIN = 2;

/**
 * `rounds` are the errors of each draft, oldest first, each by what tells it apart (its code and pointer, say). False once the
 * last draft has every error of two earlier ones, or has none at all: then nothing is left to mend, or nothing will be.
 * A planner that repeats itself is asked three times. Why two: in recorded dialogues a model often mends at the second
 * telling, or while it goes back and forth once; docs/plan-intake.md has the figures.
 */
export function keepsImproving(rounds: readonly (readonly string[])[]): boolean {
  const last = new Set(rounds.at(-1));
  if (last.size === 0) return false;
  return rounds.slice(0, -1).filter((round) => round.every((error) => last.has(error))).length < ROUNDS_IN_VAIN;
}
