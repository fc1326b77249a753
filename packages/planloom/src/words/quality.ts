// The quality of a plan in words. In: findings, and the plan if there is one. Out: three answers, the fault of each
// step, and the next thing to fix. A record of the same three answers gives its next fix, too.
import { qualityOf, unnamedOutputs, type Quality, type Topic } from "../plan/check/quality.js";
import type { Finding } from "../plan/finding.js";
import { isObject } from "../plan/json.js";
import type { Plan } from "../plan/plan.js";
import { findingWords } from "./findings.js";

export interface PlanQuality extends Pick<Quality, "stepsClear" | "orderDefined" | "handoffDefined"> {
  /** What to fix first: one of four fixed sentences, then the details. */
  readonly nextFix: string;
  /** Each fault with its step. Faults of the whole plan name no step. */
  readonly faults: readonly PlanFault[];
}

export interface PlanFault {
  /** The id of the step, or its number from 1 if only findings are known. */
  readonly step?: string | number;
  /** `output`: a step that others read does not say what it gives. The plan can run. */
  readonly about: Topic | "output";
  readonly message: string;
  readonly fix: string;
}

/** The three answers as a record, in the names of this library or with underscores. A missing answer counts as no. */
export type QualityRecord =
  | { readonly stepsClear?: boolean; readonly orderDefined?: boolean; readonly handoffDefined?: boolean }
  | { readonly steps_clear?: boolean; readonly order_defined?: boolean; readonly handoff_defined?: boolean };

/** The sentences of the plan checklist of a well-known lesson, word for word. */
const SENTENCES = {
  steps: "First make the step descriptions clear.",
  order: "First define the execution order.",
  handoff: "First clarify how each step’s output is passed to the next step.",
  sound: "The plan is now basically executable.",
} as const;

/**
 * The quality of the plan, from the findings of one check or of reading the text. An answer is true only if that is
 * known. With the plan, faults name steps by id, and steps that do not say what they give are listed.
 */
export function planQuality(findings: readonly Finding[], plan?: Pick<Plan, "steps">): PlanQuality {
  const { next, faults, ...answers } = qualityOf(findings);
  const unnamed = plan === undefined ? [] : unnamedOutputs(plan.steps);
  return {
    ...answers,
    nextFix: next === undefined ? SENTENCES.sound : firstFix(next),
    faults: [
      ...faults.map(({ about, step, finding }): PlanFault => {
        const named = step === undefined ? undefined : (plan?.steps[step]?.id ?? step + 1);
        return { ...(named === undefined ? {} : { step: named }), about, ...findingWords(finding) };
      }),
      ...unnamed.map((step): PlanFault => ({ step, about: "output", ...NO_OUTPUT })),
    ],
  };
}

const NO_OUTPUT = {
  message: "Other steps read its output, and the step does not say what it gives.",
  fix: 'Declare output, for example "string[]".',
};

function firstFix({ about, finding }: NonNullable<Quality["next"]>): string {
  const { message, fix } = findingWords(finding);
  const { pointer } = finding.where;
  const details = `${message} ${fix}${pointer === "" ? "" : ` (${pointer})`}`;
  return about === "advice" ? `${SENTENCES.sound} It would gain by this: ${details}` : `${SENTENCES[about]} ${details}`;
}

/** The next fix of a record of the checklist, as one sentence. Throws TypeError if it is no such record. */
export function nextFix(record: QualityRecord): string {
  const given = isQualityRecord(record) ? answersOf(record) : undefined;
  if (given === undefined) {
    throw new TypeError(
      "This is no record of the checklist: write true or false for steps_clear, order_defined and handoff_defined.",
    );
  }
  const [clear, order, handoff] = given;
  if (!clear) return SENTENCES.steps;
  if (!order) return SENTENCES.order;
  return handoff ? SENTENCES.sound : SENTENCES.handoff;
}

const ANSWERS = [
  ["stepsClear", "steps_clear"],
  ["orderDefined", "order_defined"],
  ["handoffDefined", "handoff_defined"],
] as const;

/** Whether a value is a record of the checklist: at least one answer, nothing else, each true or false. */
export function isQualityRecord(value: unknown): value is QualityRecord {
  if (!isObject(value)) return false;
  const entries = Object.entries(value);
  const names = new Set<string>(ANSWERS.flat());
  return entries.length > 0 && entries.every(([name, answer]) => names.has(name) && typeof answer === "boolean");
}

const answersOf = (record: QualityRecord): readonly boolean[] =>
  ANSWERS.map((names) => names.some((name) => (record as { readonly [name: string]: unknown })[name] === true));
