// Collects the findings of one check. In: code, pointer, message and fix, from every part of check. Out: the list, each finding
// once, errors first, with positions where the text is known. Separate because all parts of check write to it.
import { LIMITS } from "../limits.js";
import type { Finding, Severity } from "./finding.js";

export type Report = (code: string, pointer: string, message: string, fix: string, severity?: Severity) => void;
export type Locate = (pointer: string) => { readonly line: number; readonly column: number } | undefined;

type Texts = [pointer: string, message: string, fix: string];

export interface Collected {
  readonly report: Report;
  readonly hasErrors: () => boolean;
  readonly findings: (locate: Locate | undefined) => readonly Finding[];
}

export function collectFindings(): Collected {
  const found = new Map<string, Finding>();
  let errors = 0;
  const report: Report = (code, place, words, remedy, severity = "error") => {
    const [pointer, message, fix] = [place, words, remedy].map((text) => text.slice(0, LIMITS.findingChars)) as Texts;
    const key = `${code} ${pointer} ${message}`;
    if (found.has(key)) return;
    if (severity === "error") errors++;
    if (found.size < LIMITS.findings) found.set(key, { code, severity, where: { pointer }, message, fix });
  };
  const findings = (locate: Locate | undefined): readonly Finding[] => {
    const list = [...found.values()].map((finding) => located(finding, locate));
    return [
      ...list.filter(({ severity }) => severity === "error"),
      ...list.filter(({ severity }) => severity === "warning"),
    ];
  };
  return { report, hasErrors: () => errors > 0, findings };
}

function located(finding: Finding, locate: Locate | undefined): Finding {
  const position = locate?.(finding.where.pointer);
  return position === undefined ? finding : { ...finding, where: { ...finding.where, ...position } };
}

/** A text quoted for a message, cut where it is long. */
export function quoted(text: string): string {
  return JSON.stringify(text.length <= 80 ? text : `${text.slice(0, 77)}...`);
}

/** `a`, `a or b`, `a, b or c`. */
export function orList(words: readonly string[]): string {
  return words.length < 2 ? (words[0] ?? "") : `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;
}
