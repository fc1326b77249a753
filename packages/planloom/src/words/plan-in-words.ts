// Checking and reading for people. In: a draft or a text. Out: the results of check and of the reader, with sentences
// on their findings and notes.
import { check, type CheckOptions, type CheckResult } from "../plan/check/check.js";
import { normalizeDraft, readPlan, type ReadDraft, type ReadOptions, type ReadResult } from "../plan/read/read.js";
import type { Inventory } from "../plan/tool-spec.js";
import { withWords, worded, type Worded, type WordedFinding } from "./findings.js";
import { wordedNotes, type WordedNote } from "./notes.js";

export type CheckInWords = Worded<CheckResult>;

/** Checks a draft. Never throws; reports all findings at once, errors first. */
export function checkInWords(draft: unknown, inventory: Inventory, options: CheckOptions = {}): CheckInWords {
  return withWords(check(draft, inventory, options));
}

/** A draft from a text, with words on its notes and findings. */
interface DraftInWords extends Omit<ReadDraft, "notes" | "findings"> {
  readonly notes: readonly WordedNote[];
  readonly findings: readonly WordedFinding[];
}

export type ReadInWords =
  | ({ readonly kind: "plan" } & DraftInWords)
  | { readonly kind: "truncated"; readonly findings: readonly WordedFinding[]; readonly partial?: DraftInWords }
  | Worded<Exclude<ReadResult, { readonly kind: "plan" | "truncated" }>>;

/**
 * Reads a plan from text: JSON as models write it, YAML, a numbered list, also inside a fence or prose. Never throws.
 */
export function readInWords(text: string, options: ReadOptions = {}): ReadInWords {
  const result = readPlan(text, options);
  if (result.kind === "plan") return draftInWords(result);
  if (result.kind !== "truncated") return withWords(result);
  const { partial, ...cut } = withWords(result);
  return partial === undefined ? cut : { ...cut, partial: draftInWords(partial) };
}

/** The same for data that is already parsed. Never throws. */
export function normalizeInWords(value: unknown, options: ReadOptions = {}): Omit<DraftInWords, "locate"> {
  return draftInWords(normalizeDraft(value, options));
}

function draftInWords<Draft extends Pick<ReadDraft, "notes" | "findings">>(
  draft: Draft,
): Draft & Pick<DraftInWords, "notes" | "findings"> {
  return { ...draft, notes: wordedNotes(draft.notes), findings: worded(draft.findings) };
}
