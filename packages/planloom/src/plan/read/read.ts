// The tolerant reader. In: the text of a person or a model. Out: a draft in canonical form with notes on the changes,
// or the kind of failure with its findings. It does not decide whether the draft is sound: check does. Its stages are
// frame, form (the table FORMS in text.ts), fields and references: docs/architecture.md names the files of each.
import { beginning } from "../../beginning.js";
import { messageOf } from "../../error.js";
import { LIMITS } from "../../limits.js";
import type { CheckResult } from "../check/check.js";
import { findingOf, isError, type Finding } from "../finding.js";
import { notJson } from "../not-json.js";
import type { FailureKind } from "./failure.js";
import { Intake, type Author } from "./intake.js";
import type { ReadNote } from "./note-params.js";
import type { Position } from "./position.js";
import type { FoundText } from "./source.js";
import { findDocument } from "./text.js";
import { offeredTools } from "./tool-names.js";
import type { Inventory } from "../tool-spec.js";

/** A draft from a text, not yet checked. */
export interface ReadDraft {
  readonly draft: unknown;
  readonly notes: readonly ReadNote[];
  /**
   * The uncertain parts of the text. `withReading` joins them with the findings of check. A plan with an error here is
   * refused.
   */
  readonly findings: readonly Finding[];
  /** Line and column of a pointer of the draft in the text, both from 1. */
  readonly locate: (pointer: string) => Position | undefined;
}
export type ReadResult =
  | ({ readonly kind: "plan" } & ReadDraft)
  /** The text ends inside the document. `partial` holds the complete steps, if there are any. */
  | { readonly kind: "truncated"; readonly findings: readonly Finding[]; readonly partial?: ReadDraft }
  /** The planner asks questions instead of planning. */
  | { readonly kind: "questions"; readonly findings: readonly Finding[]; readonly questions: readonly string[] }
  | { readonly kind: Exclude<FailureKind, "truncated">; readonly findings: readonly Finding[] };
export interface ReadOptions {
  /** The tools. With them, text arguments (`tool_input`) and missing arguments can be read. */
  readonly inventory?: Inventory;
  /** Who wrote the text. Default: a model. */
  readonly author?: Author;
}

/**
 * Reads a plan from text: JSON as models write it, YAML, or a numbered list, each also in a fence or in prose. Never
 * throws.
 */
export function readPlan(text: string, options: ReadOptions = {}): ReadResult {
  try {
    const found = findDocument(text, offeredTools(options.inventory));
    if (found.kind === "questions") return found;
    if (found.kind === "found") return { kind: "plan", ...draftOf(text, found, options) };
    if (found.kind !== "truncated") return { kind: found.kind, findings: found.findings };
    const { kind, findings, partial } = found;
    return partial === undefined ? { kind, findings } : { kind, findings, partial: draftOf(text, partial, options) };
  } catch (thrown) {
    const problem = { kind: "reader", text: beginning(messageOf(thrown), 200) } as const;
    return { kind: "malformed", findings: [findingOf("BAD_SYNTAX", { pointer: "" }, { form: "any", problem })] };
  }
}

function draftOf(text: string, found: FoundText, options: ReadOptions): ReadDraft {
  const intake = new Intake(options.inventory, found.calls === true, options.author);
  const read = intake.document(found.value);
  const how = found.notes.map((note) => ({ ...note, pointer: "" }) as ReadNote);
  const locate = (pointer: string): Position | undefined => found.locate(intake.sourceOf(pointer));
  const draft = intake.exactly(read, text, locate);
  const findings = [...(found.findings ?? []), ...intake.findings].map((finding) => ({
    ...finding,
    where: { ...finding.where, ...locate(finding.where.pointer) },
  }));
  return { draft, notes: [...how, ...intake.notes], findings, locate };
}

/** The same for data that is already parsed. Never throws. */
export function normalizeDraft(value: unknown, options: ReadOptions = {}): Omit<ReadDraft, "locate"> {
  try {
    // Check says what is wrong with it. Plans that are built in code may be large.
    const rules = { strict: false, protoKey: false, most: 8 * LIMITS.valueBytes };
    if (notJson(value, rules) !== undefined) return { draft: value, notes: [], findings: [] };
    const intake = new Intake(options.inventory, false, options.author);
    const draft = intake.document(value);
    return { draft, notes: intake.notes, findings: intake.findings };
  } catch {
    return { draft: value, notes: [], findings: [] };
  }
}

/**
 * Joins the result of check with the findings of the reader. A plan that the reader is not certain about is refused,
 * whatever check says. All findings come at once.
 */
export function withReading(
  checked: CheckResult,
  { findings }: { readonly findings: readonly Finding[] },
): CheckResult {
  if (findings.length === 0) return checked;
  const all = joinedFindings(findings, checked.findings);
  const sorted = [...all.filter(isError), ...all.filter((finding) => !isError(finding))];
  return checked.ok && !findings.some(isError) ? { ...checked, findings: sorted } : { ok: false, findings: sorted };
}

/**
 * The findings of the reader, then those of check. A step that nobody uses may be meant by a text that only looks like
 * a reference. Of an integer that lost digits, check can only name the rounded number.
 */
export function joinedFindings(reading: readonly Finding[], checked: readonly Finding[]): readonly Finding[] {
  const long = new Set(reading.filter(({ code }) => code === "LONG_INTEGER").map(({ where }) => where.pointer));
  const others = checked.filter(({ where }) => !long.has(where.pointer));
  const texts = reading.filter(({ code }) => code === "REFERENCE_LIKE_TEXT").map(({ where }) => where.pointer);
  if (texts.length === 0) return [...reading, ...others];
  const named = others.map((finding) => {
    if (finding.code !== "UNUSED_STEP" || !("params" in finding)) return finding;
    const text = texts.find((pointer) => stepIndex(pointer) > stepIndex(finding.where.pointer));
    return text === undefined ? finding : { ...finding, params: { ...finding.params, text } };
  });
  return [...reading, ...named];
}

/** The index of the step at a pointer. The answer comes after all steps. */
function stepIndex(pointer: string): number {
  const index = /^\/steps\/(\d+)/.exec(pointer)?.[1];
  return index === undefined ? Infinity : Number(index);
}
