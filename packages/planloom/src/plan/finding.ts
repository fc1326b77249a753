// A finding: one fact about a draft from the reader, check or a revision, as data. In: nothing. Out: the type, and
// which findings are errors. src/words/ turns code and parameters into sentences.
import type { FindingParams } from "./finding-params.js";

export type Severity = "error" | "warning";
/** Each is listed in docs/plan-format.md. */
export type FindingCode = keyof FindingParams;

export interface Where {
  /** A JSON pointer into the document. */
  readonly pointer: string;
  /** Line and column in the text, if known. Both from 1. */
  readonly line?: number;
  readonly column?: number;
  /**
   * Set if the planner did not write this part. Then the pointer refers to the complete plan after a patch or replan.
   * `step` is the step at that pointer, which is unchanged.
   */
  readonly unwritten?: { readonly step?: string };
}

/** A finding of one code, or of any code. */
export type CodedFinding<Code extends FindingCode = FindingCode> = {
  readonly [Each in Code]: {
    readonly code: Each;
    readonly severity: Severity;
    readonly where: Where;
    readonly params: FindingParams[Each];
  };
}[Code];

/**
 * A finding with its own sentences, which are shown unchanged: from a version-1 log, or from a program that adds
 * findings.
 */
export interface TextFinding {
  readonly code: string;
  readonly severity: Severity;
  readonly where: Where;
  readonly text: { readonly message: string; readonly fix: string };
}

export type Finding = CodedFinding | TextFinding;

/** Makes a finding. Only this function relates a code to its parameters. */
export function findingOf<Code extends FindingCode>(
  code: Code,
  where: Where,
  params: FindingParams[Code],
  severity: Severity = "error",
): CodedFinding {
  return { code, severity, where, params } as CodedFinding;
}

/** Line and column of a place in a text, if they are known. */
export type Locate = (pointer: string) => { readonly line: number; readonly column: number } | undefined;

/** The finding with its line and column. */
export function positioned(finding: Finding, locate: Locate | undefined): Finding {
  const position = locate?.(finding.where.pointer);
  return position === undefined ? finding : { ...finding, where: { ...finding.where, ...position } };
}

/** The findings without additional fields such as words. This is the form in the log. */
export function bareFindings(findings: readonly Finding[]): readonly Finding[] {
  return findings.map((finding) => {
    const { code, severity, where } = finding;
    const said = "text" in finding ? { text: finding.text } : { params: finding.params };
    return { code, severity, where, ...said } as Finding;
  });
}

export const isError = ({ severity }: Pick<Finding, "severity">): boolean => severity === "error";

/** The findings that keep a draft from running. Warnings do not. */
export const errorsOf = <F extends Finding>(findings: readonly F[]): readonly F[] => findings.filter(isError);

/** The errors as texts of code and place. Equal errors have equal texts. */
export const errorKeys = (findings: readonly Finding[]): readonly string[] =>
  errorsOf(findings).map(({ code, where }) => `${code} ${where.pointer}`);
