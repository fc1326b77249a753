// The words of findings: what is wrong, and what to write instead. In: findings as data, of this version or of a
// version-1 log. Out: the same with sentences. The library, the command line and repair prompts use it.
import { beginning } from "../beginning.js";
import { LIMITS } from "../limits.js";
import type { CodedFinding, Finding, FindingCode, Where } from "../plan/finding.js";
import type { FindingTable, FindingWords } from "./finding-words.js";
import { DATA } from "./findings-data.js";
import { READING, SHAPE } from "./findings-reading.js";
import { REVISION } from "./findings-revision.js";
import { fittingText, textOr } from "./words.js";

/** Every finding has words here: a code without them does not compile. */
const WORDS: FindingTable<FindingCode> = { ...READING, ...SHAPE, ...DATA, ...REVISION };

export const FINDING_CODES = Object.keys(WORDS) as readonly FindingCode[];

/** A finding as people and planners read it. */
export type WordedFinding = Finding & { readonly message: string; readonly fix: string };

/** Adds words to findings. Words of a version-1 log stay as they were recorded. Never throws. */
export function worded(findings: readonly Finding[]): readonly WordedFinding[] {
  return findings.map((finding) => ({ ...finding, ...findingWords(finding) }));
}

/** A result of check or of the reader with words on its findings. */
export type Worded<Result extends { readonly findings: readonly Finding[] }> = Result extends unknown
  ? Omit<Result, "findings"> & { readonly findings: readonly WordedFinding[] }
  : never;

export function withWords<Result extends { readonly findings: readonly Finding[] }>(result: Result): Worded<Result> {
  const said: unknown = { ...result, findings: worded(result.findings) };
  return said as Worded<Result>;
}

/** `error UNKNOWN_TOOL at /steps/0/tool (3:11): … Fix: …` */
export const findingText = (finding: Finding): string => textFor(finding, "person");

/** The same for a planner. It cannot set anything up. */
export const findingForPlanner = (finding: Finding): string => textFor(finding, "planner");

type Reader = "person" | "planner";

function textFor(finding: Finding, reader: Reader): string {
  const { severity, code, where } = finding;
  const { message, fix } = findingWords(finding, reader);
  const position = where.line === undefined ? "" : ` (${where.line}:${where.column ?? 1})`;
  return `${severity} ${code} at ${where.pointer || "/"}${position}: ${message} Fix: ${fix}`;
}

/** The two sentences of a finding, each at most LIMITS.findingChars long. */
export function findingWords(
  finding: Finding,
  reader: Reader = "person",
): { readonly message: string; readonly fix: string } {
  const { message, fix } = "text" in finding ? finding.text : phrased(finding, reader);
  return {
    message: beginning(unwritten(finding.where) + message, LIMITS.findingChars),
    fix: beginning(fix, LIMITS.findingChars),
  };
}

function phrased({ code, params }: CodedFinding, reader: Reader): { readonly message: string; readonly fix: string } {
  // Code and parameters belong together, which the compiler cannot see in an index by a union.
  const words = Object.hasOwn(WORDS, code) ? (WORDS[code] as FindingWords<unknown>) : undefined;
  return {
    message: textOr({ code, ...params }, () => words?.message(params)),
    fix:
      fittingText(
        params,
        () => (reader === "planner" ? words?.plannerFix : undefined)?.(params) ?? words?.fix(params),
      ) ?? "See docs/plan-format.md.",
  };
}

function unwritten({ unwritten: part }: Where): string {
  if (part === undefined) return "";
  return part.step === undefined ? "In the plan that results: " : `In step ${part.step}, which stays as it was: `;
}
