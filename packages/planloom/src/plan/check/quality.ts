// The quality of a plan in three answers and the next thing to mend. In: what check found. Out: whether the steps are clear, the
// order is defined and the hand-off is defined, and one sentence. Separate because findings are for mending, this is for judging.
import type { Finding } from "../finding.js";

export interface PlanQuality {
  /** Every step says what is to be done, with tools and arguments that exist. */
  readonly stepsClear: boolean;
  /** What waits for what is known, and nothing goes round in a circle. */
  readonly orderDefined: boolean;
  /** Each step gets what it needs from steps that give it, and nobody works for nobody. */
  readonly handoffDefined: boolean;
  /** What to mend first; of a plan without findings, that nothing is left. */
  readonly nextFix: string;
}

const ORDER: ReadonlySet<string> = new Set(["CYCLE", "CONTRADICTING_ORDER", "UNKNOWN_DEPENDENCY"]);

const HANDOFF: ReadonlySet<string> = new Set([
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
const STEPS: ReadonlySet<string> = new Set([
  "BAD_TYPE",
  "MISSING_ARGUMENT",
  "NO_TEXT",
  "RESERVED_ID",
  "UNKNOWN_ARGUMENT",
  "UNKNOWN_TOOL",
]);

/** Warnings that say that something is missing; the others only advise. */
const TELLING: ReadonlySet<string> = new Set(["NO_TEXT", "NO_HANDOFF", "UNUSED_STEP"]);

/** What the findings of one check, or of reading the text, say about the plan. An answer is true only where that is known. */
export function planQuality(findings: readonly Finding[]): PlanQuality {
  const counted = findings.filter(({ severity, code }) => severity === "error" || TELLING.has(code));
  const [order, handoff] = [ORDER, HANDOFF].map((codes) => counted.find(({ code }) => codes.has(code)));
  const unclear = counted.find(({ code }) => !ORDER.has(code) && !HANDOFF.has(code));
  const unknown = counted.some(({ code }) => ![ORDER, HANDOFF, STEPS].some((codes) => codes.has(code)));
  return {
    stepsClear: unclear === undefined,
    orderDefined: order === undefined && !unknown,
    handoffDefined: handoff === undefined && !unknown,
    nextFix: nextFix(unclear, order, handoff, findings[0]),
  };
}

/** In this order: what a step should do is asked before when, and when before what it is given. */
function nextFix(
  unclear: Finding | undefined,
  order: Finding | undefined,
  handoff: Finding | undefined,
  advice: Finding | undefined,
): string {
  if (unclear !== undefined) return `First make the steps clear: ${said(unclear)}`;
  if (order !== undefined) return `First define the order: ${said(order)}`;
  if (handoff !== undefined) return `First say what each step hands on: ${said(handoff)}`;
  return advice === undefined
    ? "Nothing: the plan can run."
    : `The plan can run; it would gain by this: ${said(advice)}`;
}

const said = ({ where, message, fix }: Finding): string =>
  `${message} ${fix}${where.pointer === "" ? "" : ` (${where.pointer})`}`;
