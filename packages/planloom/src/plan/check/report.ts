// Collects the findings of one check. In: code, pointer, message and fix, from every part of check. Out: the list, each finding
// once, errors first, with positions where the text is known. Separate because all parts of check write to it.
import { LIMITS } from "../../limits.js";
import type { Finding, Severity } from "../finding.js";

/** A remedy that takes time to find, such as the nearest name, is given as a function: it is asked only for what is kept. */
export type Report = (
  code: string,
  pointer: string,
  message: string,
  fix: string | (() => string),
  severity?: Severity,
) => void;
export type Locate = (pointer: string) => { readonly line: number; readonly column: number } | undefined;

export interface Collected {
  readonly report: Report;
  /** Whether there are errors of other codes than these. */
  readonly hasErrors: (besides?: ReadonlySet<string>) => boolean;
  readonly findings: (locate: Locate | undefined) => readonly Finding[];
}

export function collectFindings(): Collected {
  const found = { error: new Map<string, Finding>(), warning: new Map<string, Finding>() };
  const errors = new Set<string>();
  const report: Report = (code, place, words, remedy, severity = "error") => {
    const [pointer, message] = [short(place), short(words)];
    const [kept, key] = [found[severity], `${code} ${pointer} ${message}`];
    if (kept.has(key)) return;
    if (severity === "error") errors.add(code);
    if (kept.size >= LIMITS.findings) return;
    const fix = short(typeof remedy === "string" ? remedy : remedy());
    kept.set(key, { code, severity, where: { pointer }, message, fix });
  };
  const findings = (locate: Locate | undefined): readonly Finding[] => {
    const list = [...found.error.values(), ...found.warning.values()].slice(0, LIMITS.findings);
    return list.map((finding) => located(finding, locate));
  };
  const hasErrors = (besides?: ReadonlySet<string>): boolean => [...errors].some((code) => besides?.has(code) !== true);
  return { report, hasErrors, findings };
}

const short = (text: string): string => text.slice(0, LIMITS.findingChars);

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
