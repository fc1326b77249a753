// The quality of a plan in three answers, and the finding to fix first. In: the findings of check. Out: whether the
// steps are clear, the order is defined and the hand-off is defined, the fault of each step, and the next finding.
import type { Finding, FindingCode } from "../finding.js";
import { contextNeedsOf } from "../graph.js";
import type { Step } from "../plan.js";
import { isConversation } from "../step-kind.js";

export type Topic = "steps" | "order" | "handoff" | "advice";

export interface Fault<F extends Finding = Finding> {
  readonly about: Topic;
  /** Index of the step that the finding is about. Absent for the plan as a whole. */
  readonly step?: number;
  readonly finding: F;
}

export interface Quality<F extends Finding = Finding> {
  /** Every step says what to do, with tools and arguments that exist. */
  readonly stepsClear: boolean;
  /** Every step waits for known steps, and there is no cycle. */
  readonly orderDefined: boolean;
  /** Every step gets the data it needs, and every output is used. */
  readonly handoffDefined: boolean;
  /** The finding to fix first. Absent if there are none. `advice`: the plan can run as it is. */
  readonly next?: { readonly about: Topic; readonly finding: F };
  /** All findings, by what they are about. */
  readonly faults: readonly Fault<F>[];
}

const ORDER: ReadonlySet<string> = new Set<FindingCode>([
  "CYCLE",
  "CONTRADICTING_ORDER",
  "NO_ORDER",
  "UNKNOWN_DEPENDENCY",
]);

const HANDOFF: ReadonlySet<string> = new Set<FindingCode>([
  "AMBIGUOUS_REFERENCE",
  "ARGUMENT_TYPE",
  "AS_IS_STEP",
  "BAD_EXPRESSION",
  "CONDITION_NOT_BOOLEAN",
  "FOREACH_NOT_A_LIST",
  "ROUNDS_ALIKE",
  "UNTIL_NEVER_CHANGES",
  "INPUT_TYPE",
  "MAY_BE_SKIPPED",
  "MISSING_INPUT",
  "NO_HANDOFF",
  "NULL_IN_TEXT",
  "OUTPUT_TYPE",
  "PATH_NOT_IN_TYPE",
  "REFERENCE_LIKE_TEXT",
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
  "TOOL_NOT_SET_UP",
  "SERVER_NOT_OPENED",
  "STATE_MISSING",
]);

/** Warnings about something that is missing. Other warnings are only advice. */
const TELLING: ReadonlySet<string> = new Set<FindingCode>(["NO_TEXT", "NO_ORDER", "NO_HANDOFF", "UNUSED_STEP"]);

/**
 * The quality according to the findings of one check, or of reading the text. An answer is true only if it is certain.
 */
export function qualityOf<F extends Finding>(findings: readonly F[]): Quality<F> {
  const faults = findings.map((finding): Fault<F> => {
    const index = /^\/steps\/(\d+)/.exec(finding.where.pointer)?.[1];
    return { about: topicOf(finding), finding, ...(index === undefined ? {} : { step: Number(index) }) };
  });
  const first = (topic: Topic): F | undefined => faults.find(({ about }) => about === topic)?.finding;
  const counted = findings.filter((finding) => topicOf(finding) !== "advice");
  const unknown = counted.some(({ code }) => ![ORDER, HANDOFF, STEPS].some((codes) => codes.has(code)));
  // The task of a step comes first, then its order, then its data.
  const about = (["steps", "order", "handoff", "advice"] as const).find((topic) => first(topic) !== undefined);
  return {
    stepsClear: first("steps") === undefined,
    orderDefined: first("order") === undefined && !unknown,
    // Steps that hand nothing on define neither order nor hand-off.
    handoffDefined: first("handoff") === undefined && !unknown && !counted.some(({ code }) => code === "NO_ORDER"),
    ...(about === undefined ? {} : { next: { about, finding: first(about)! } }),
    faults,
  };
}

function topicOf(finding: Finding): Topic {
  const { severity, code } = finding;
  if (severity !== "error" && !TELLING.has(code)) return "advice";
  if (ORDER.has(code) || waitsForItself(finding)) return "order";
  return HANDOFF.has(code) ? "handoff" : "steps";
}

const waitsForItself = (finding: Finding): boolean =>
  finding.code === "SELF_REFERENCE" && "params" in finding && finding.params.in === "dependsOn";

/** Steps of a model whose output other steps read, and which do not say what they give. */
export function unnamedOutputs(steps: readonly Step[]): readonly string[] {
  const read = new Set(steps.flatMap((step) => contextNeedsOf(step)));
  return steps
    .filter((step) => read.has(step.id) && isConversation(step) && step.output === undefined)
    .map(({ id }) => id);
}
