// What the adapters of a step work on: its fields, and what they may know and report. In: a field. Out: the same, renamed.
import type { StepNames } from "./read-ids.js";
import type { ToolSpec } from "./tool-spec.js";

export interface StepPlace {
  readonly index: number;
  readonly names: StepNames;
  readonly tool: (name: unknown) => ToolSpec | undefined;
  /** Reports what was rewritten, at a field of the canonical step. */
  readonly note: (code: string, message: string, field?: string) => void;
  /** Records that a canonical field was written as another one. */
  readonly moved: (field: string, from: string) => void;
}

/** A map and no object, so that no key of the document can be a key of the prototype. */
export type Fields = Map<string, unknown>;

/** Gives a field its canonical name and reports it. */
export function rename(fields: Fields, from: string, to: string, at: StepPlace): void {
  const value = fields.get(from);
  fields.delete(from);
  fields.set(to, value);
  at.moved(to, from);
  at.note("FIELD_RENAMED", `${from} is written ${to}.`, to);
}
