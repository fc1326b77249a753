// The quality of a plan in three answers, and the finding to fix first. In: the findings of check. Out: whether the
// steps are clear, the order is defined and the hand-off is defined, and the next finding to fix.
import type { Finding, FindingCode } from "../finding.js";

export interface Quality<F extends Finding = Finding> {
  /** Every step says what to do, with tools and arguments that exist. */
  readonly stepsClear: boolean;
  /** Every step waits for known steps, and there is no cycle. */
  readonly orderDefined: boolean;
  /** Every step gets the data it needs, and every output is used. */
  readonly handoffDefined: boolean;
  /** The finding to fix first. Absent if there are none. `advice`: the plan can run as it is. */
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

/** Errors of single steps. With other errors, such as a missing field, order and hand-off are not known. */
const STEPS: ReadonlySet<string> = new Set<FindingCode>([
  "BAD_TYPE",
  "MISSING_ARGUMENT",
  "NO_TEXT",
  "RESERVED_ID",
  "UNKNOWN_ARGUMENT",
  "UNKNOWN_TOOL",
]);

/** Warnings about something that is missing. Other warnings are only advice. */
const TELLING: ReadonlySet<string> = new Set<FindingCode>(["NO_TEXT", "NO_HANDOFF", "UNUSED_STEP"]);

/**
 * The quality according to the findings of one check, or of reading the text. An answer is true only if it is certain.
 */
export function qualityOf<F extends Finding>(findings: readonly F[]): Quality<F> {
  const counted = findings.filter(({ severity, code }) => severity === "error" || TELLING.has(code));
  const [order, handoff] = [ORDER, HANDOFF].map((codes) => counted.find(({ code }) => codes.has(code)));
  const unclear = counted.find(({ code }) => !ORDER.has(code) && !HANDOFF.has(code));
  const unknown = counted.some(({ code }) => ![ORDER, HANDOFF, STEPS].some((codes) => codes.has(code)));
  // The task of a step comes first, then its order, then its data.
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
