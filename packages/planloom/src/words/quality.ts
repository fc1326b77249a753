// The quality of a plan in words. In: findings. Out: three answers and the next thing to mend.
import { qualityOf, type Quality } from "../plan/check/quality.js";
import type { Finding } from "../plan/finding.js";
import { findingWords } from "./findings.js";

export interface PlanQuality extends Pick<Quality, "stepsClear" | "orderDefined" | "handoffDefined"> {
  /** What to fix first, in one or two sentences. For a plan without findings, that there is nothing to fix. */
  readonly nextFix: string;
}

/**
 * The quality of the plan, from the findings of one check or of reading the text. An answer is true only if that is
 * known.
 */
export function planQuality(findings: readonly Finding[]): PlanQuality {
  const { next, ...answers } = qualityOf(findings);
  return {
    ...answers,
    nextFix: next === undefined ? "Nothing: the plan can run." : FIRST[next.about] + said(next.finding),
  };
}

const FIRST = {
  steps: "First make the steps clear: ",
  order: "First define the order: ",
  handoff: "First say what each step hands on: ",
  advice: "The plan can run; it would gain by this: ",
};

function said(finding: Finding): string {
  const { message, fix } = findingWords(finding);
  const { pointer } = finding.where;
  return `${message} ${fix}${pointer === "" ? "" : ` (${pointer})`}`;
}
