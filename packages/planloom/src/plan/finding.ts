// A finding: one thing that the reader, check or a revision says about a draft, as data. In: nothing. Out: the type, and which
// findings are errors. The sentences are made in src/words/ from code and parameters.
import type { FindingParams } from "./finding-params.js";

export type Severity = "error" | "warning";
/** Each is listed in docs/plan-format.md. */
export type FindingCode = keyof FindingParams;

export interface Where {
  /** A JSON pointer into the document. */
  readonly pointer: string;
  /** The position in the text, where it is known; both from 1. */
  readonly line?: number;
  readonly column?: number;
  /**
   * Set where the planner did not write this part: the pointer is of the plan that a patch or a replan leads to. `step` is the
   * step there, which stays as it was.
   */
  readonly unwritten?: { readonly step?: string };
}

/** A finding of one code, or of any. */
export type CodedFinding<Code extends FindingCode = FindingCode> = {
  readonly [Each in Code]: {
    readonly code: Each;
    readonly severity: Severity;
    readonly where: Where;
    readonly params: FindingParams[Each];
  };
}[Code];

/** A finding with sentences of its own, shown as they are: of a version-1 log, or of a program that adds its own findings. */
export interface TextFinding {
  readonly code: string;
  readonly severity: Severity;
  readonly where: Where;
  readonly text: { readonly message: string; readonly fix: string };
}

export type Finding = CodedFinding | TextFinding;

/** Makes a finding: the one place that knows that code and parameters belong together. */
export function findingOf<Code extends FindingCode>(
  code: Code,
  where: Where,
  params: FindingParams[Code],
  severity: Severity = "error",
): CodedFinding {
  return { code, severity, where, params } as CodedFinding;
}

/** Findings without anything that was put to them, such as words: what the log holds. */
export function bareFindings(findings: readonly Finding[]): readonly Finding[] {
  return findings.map((finding) => {
    const { code, severity, where } = finding;
    const said = "text" in finding ? { text: finding.text } : { params: finding.params };
    return { code, severity, where, ...said } as Finding;
  });
}

export const isError = ({ severity }: Pick<Finding, "severity">): boolean => severity === "error";

/** The findings that keep a draft from running; warnings do not. */
export const errorsOf = <F extends Finding>(findings: readonly F[]): readonly F[] => findings.filter(isError);

/** The errors as texts that are equal for the same one: its code and its place. */
export const errorKeys = (findings: readonly Finding[]): readonly string[] =>
  errorsOf(findings).map(({ code, where }) => `${code} ${where.pointer}`);
