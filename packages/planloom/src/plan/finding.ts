// A finding: one thing that check says about a draft. In: nothing. Out: the type and its one-line text.
// The same text feeds the planner's repair round, the command line and the Studio.

export type Severity = "error" | "warning";

export interface Finding {
  /** UPPER_SNAKE, listed in docs/plan-format.md. */
  readonly code: string;
  readonly severity: Severity;
  /** Where: a JSON pointer into the document, and the position in the text where it is known (both from 1). */
  readonly where: { readonly pointer: string; readonly line?: number; readonly column?: number };
  /** What is wrong, one sentence. */
  readonly message: string;
  /** What to write instead, one sentence. */
  readonly fix: string;
}

/** `error UNKNOWN_TOOL at /steps/0/tool (3:11): … Fix: …` */
export function findingText(finding: Finding): string {
  const { pointer, line, column } = finding.where;
  const position = line === undefined ? "" : ` (${line}:${column ?? 1})`;
  return `${finding.severity} ${finding.code} at ${pointer || "/"}${position}: ${finding.message} Fix: ${finding.fix}`;
}

export const isError = ({ severity }: Finding): boolean => severity === "error";

/** What stands in the way of a draft; warnings stand in no way. */
export const errorsOf = (findings: readonly Finding[]): readonly Finding[] => findings.filter(isError);

/** The errors as texts that are equal for the same one: its code and its place. */
export const errorKeys = (findings: readonly Finding[]): readonly string[] =>
  errorsOf(findings).map(({ code, where }) => `${code} ${where.pointer}`);
