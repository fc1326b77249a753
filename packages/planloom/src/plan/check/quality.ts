// The quality of a plan in three answers and the next thing to mend. In: what check found. Out: whether the steps are clear, the
// order is defined and the hand-off is defined, and the finding to mend first. Findings are for mending, this is for judging.
import type { Finding, FindingCode } from "../finding.js";

export interface Quality<F extends Finding = Finding> {
  /** Every step says what is to be done, with tools and arguments that exist. */
  readonly stepsClear: boolean;
  /** What waits for what is known, and nothing goes round in a circle. */
  readonly orderDefined: boolean;
  /** Each step gets what it needs from steps that give it, and nobody works for nobody. */
  readonly handoffDefined: boolean;
  /** What to mend first; absent for a plan without findings. `advice`: the plan can run as it is. */
  readonly next?: { readonly about: "steps" | "order" | "handoff" | "advice"; readonly finding: F };
}

const ORDER: ReadonlySet<string> = new Set<FindingCode>(["CYCLE", "CONTRADICTING_ORDER", "UNKNOWN_DEPENDENCY"]);

const HANDOFF: ReadonlySet<string> = new Set<FindingCode>([
  "ARGUMENT_TYPE",
  "AS_IS_STEP",
  "BAD_EXPRESSION",
  "CONDITION_NOT_BOOLEAN",
  "FOREACH_NOT_A_LIST",
  "INPUT_TYPE",
  "MAY_BE_SKIPPED",
  "MISSING_INPUT",
  "NO_HANDOFF",
  "NULL_IN_TEXT",
  "OUTPUT_TYPE",
  "PATH_NOT_IN_TYPE",
  "REFERENCE_PLACE",
  "SELF_REFERENCE",
  "TYPE_MISMATCH",
  "UNKNOWN_INPUT",
  "UNKNOWN_REFERENCE",
  "UNKNOWN_STEP",
  "UNUSED_STEP",
]);

/** Errors of single steps; while there are others, such as a missing field, nothing is known of order and hand-off. */
const STEPS: ReadonlySet<string> = new Set<FindingCode>([
  "BAD_TYPE",
  "MISSING_ARGUMENT",
  "NO_TEXT",
  "RESERVED_ID",
  "UNKNOWN_ARGUMENT",
  "UNKNOWN_TOOL",
]);

/** Warnings that say that something is missing; the others only advise. */
const TELLING: ReadonlySet<string> = new Set<FindingCode>(["NO_TEXT", "NO_HANDOFF", "UNUSED_STEP"]);

/** What the findings of one check, or of reading the text, say about the plan. An answer is true only where that is known. */
export function qualityOf<F extends Finding>(findings: readonly F[]): Quality<F> {
  const counted = findings.filter(({ severity, code }) => severity === "error" || TELLING.has(code));
  const [order, handoff] = [ORDER, HANDOFF].map((codes) => counted.find(({ code }) => codes.has(code)));
  const unclear = counted.find(({ code }) => !ORDER.has(code) && !HANDOFF.has(code));
  const unknown = counted.some(({ code }) => ![ORDER, HANDOFF, STEPS].some((codes) => codes.has(code)));
  // What a step should do is asked before when, and when before what it is given.
  const next = [
    { about: "steps", finding: unclear },
    { about: "order", finding: order },
    { about: "handoff", finding: handoff },
    { about: "advice", finding: findings[0] },
  ] as const;
  const first = next.find(({ finding }) => finding !== undefined);
  return {
    stepsClear: unclear === undefined,
    orderDefined: order === undefined && !unknown,
    handoffDefined: handoff === undefined && !unknown,
    ...(first?.finding === undefined ? {} : { next: { about: first.about, finding: first.finding } }),
  };
}
