// The fields of a step during reading. In: a field. Out: the same field, renamed. Adapters work on this, and report
// here.
import type { Finding } from "../../finding.js";
import { wantsPerson } from "../../foreign-settings.js";
import { isObject, pointerTo } from "../../json.js";
import { STEP_KINDS } from "../../step-kind.js";
import { BESIDE_PLAN, BESIDE_STEP, CONTROL_KINDS, KIND_FIELDS, plainName } from "./names.js";
import type { NoteCode, NoteParams } from "../note-params.js";
import type { ToolNames } from "../tool-names.js";
import type { ToolSpec } from "../../tool-spec.js";

export interface StepContext {
  readonly index: number;
  /** The document says that it is in our format. Then no argument is written for it that it lacks. */
  readonly headed: boolean;
  readonly tool: (name: unknown) => ToolSpec | undefined;
  /** The tool that a name means, over case and separators. */
  readonly toolMeant: (name: unknown) => ToolSpec | undefined;
  readonly toolNames: ToolNames;
  /** The specialist whose name this is, over case and separators; undefined if none or two have it. */
  readonly specialist: (name: unknown) => string | undefined;
  readonly find: (finding: Finding) => void;
  /** Reports a change by an adapter, at a field of the canonical step. */
  readonly note: <Code extends NoteCode>(
    code: Code,
    params: NoteParams[Code],
    field?: string,
    change?: { readonly before: unknown; readonly after?: unknown },
  ) => void;
  /** Records that a canonical field was written under another name, or inside another field. */
  readonly moved: (field: string, from: string, ...inner: string[]) => void;
}

/** A map, not an object, so that a key of the document can never be a key of the prototype. */
export type Fields = Map<string, unknown>;

export const isFilledText = (value: unknown): value is string => typeof value === "string" && value.trim() !== "";

/** Gives a field its canonical name and reports the change. */
export function rename(fields: Fields, from: string, to: string, at: StepContext): void {
  const value = fields.get(from);
  fields.delete(from);
  fields.set(to, value);
  at.moved(to, from);
  at.note("FIELD_RENAMED", { from, to }, to, { before: from, after: to });
}

/** The field with one of these plain names, as written. */
export function fieldNamed(fields: Fields, ...names: readonly string[]): string | undefined {
  let first = names.length;
  let found: string | undefined;
  for (const field of fields.keys()) {
    const at = names.indexOf(plainName(field));
    if (at !== -1 && at < first) [first, found] = [at, field];
  }
  return found;
}

const isPlain = (value: unknown): boolean => typeof value !== "object" || value === null;
const isPlainList = (value: unknown): boolean => Array.isArray(value) && value.every(isPlain);

/** Whether a field only describes a step. A kind of step that we do not have is more than a description. */
export function describesStep(field: string, value: unknown): boolean {
  const name = plainName(field);
  if (KIND_FIELDS.has(name)) return typeof value === "string" && !CONTROL_KINDS.has(plainName(value));
  return BESIDE_STEP.has(name) && (isPlain(value) || isPlainList(value));
}

/** Whether a field beside the steps only describes the plan. */
export function describesPlan(field: string, value: unknown): boolean {
  const name = plainName(field);
  if (name === "plan") return isPlain(value);
  if (isObject(value) && Object.entries(value).some(([key, inner]) => wantsPerson(key, inner))) return false;
  if (["metadata", "meta", "context"].includes(name)) return isPlain(value) || isPlainList(value) || isObject(value);
  return BESIDE_PLAN.has(name) && (isPlain(value) || isPlainList(value));
}

export const hasKind = (fields: Fields): boolean => STEP_KINDS.some((kind) => fields.has(kind));

/** The pointer of a field of the step at `index` of the canonical document. */
export const stepPointer = (index: number, field?: string): string =>
  field === undefined ? `/steps/${index}` : pointerTo(`/steps/${index}`, field);
