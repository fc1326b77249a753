// Rounds of repair for an evaluation. In: a sample with an unsound plan, and a planner. Out: its drafts, the last one
// last. The rounds end by the same rule as in a run.
import { errorKeys, errorsOf, type Finding, type Inventory, keepsImproving, LIMITS } from "planloom/plan";
import { messageOf } from "./error.js";
import type { Format, Sample } from "./sample.js";
import { draftIn, draftOf, type Draft } from "./score.js";

/**
 * Writes another draft in our own format, from all findings of the last one. Rejects if the planner cannot be reached.
 */
export type MendingPlanner = (request: {
  readonly goal: string;
  readonly inventory: Inventory;
  readonly invalid: { readonly draft: string; readonly findings: readonly Finding[] };
}) => Promise<string>;

export interface Mending {
  /** Empty if there is no planner, or nothing to repair. Never rejects. */
  readonly mend: (sample: Sample, format: Format) => Promise<readonly string[]>;
  /** Why the planner is not asked any more. */
  readonly stopped: () => string | undefined;
}

export function mendingWith(planner: MendingPlanner | undefined): Mending {
  let stopped: string | undefined;
  const mend = async (sample: Sample, format: Format): Promise<readonly string[]> => {
    const drafts: Draft[] = [draftOf(sample, format)];
    while (planner !== undefined && stopped === undefined && isWorthwhile(drafts)) {
      const { text, findings } = drafts.at(-1)!;
      const { goal, inventory } = sample;
      try {
        const written = await planner({ goal, inventory, invalid: { draft: text, findings: errorsOf(findings) } });
        drafts.push(draftIn(written, sample));
      } catch (thrown) {
        stopped = messageOf(thrown);
      }
    }
    return drafts.slice(1).map(({ text }) => text);
  };
  return { mend, stopped: () => stopped };
}

function isWorthwhile(drafts: readonly Draft[]): boolean {
  const rounds = drafts.map(({ findings }) => errorKeys(findings));
  return drafts.length <= LIMITS.repairRounds && keepsImproving(rounds);
}
