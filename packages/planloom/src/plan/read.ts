// The tolerant reader. In: the text that a person or a model wrote. Out: a draft in the canonical shape together with notes
// on what was normalised, or the kind of failure with its findings. Nothing here decides whether the draft is sound: check does.
import { messageOf } from "../error.js";
import { LIMITS } from "../limits.js";
import type { Finding } from "./finding.js";
import { depthOf, isObject } from "./json.js";
import { stepNames, type StepNames } from "./read-ids.js";
import { positionsIn, type Position } from "./read-position.js";
import { normalizeStep, rewriteTexts, stepPointer } from "./read-step.js";
import type { FailureKind } from "./read-failure.js";
import { findDocument } from "./read-text.js";
import type { Inventory, ToolSpec } from "./tool-spec.js";

/** Something that an adapter rewrote on intake. */
export interface ReadNote {
  readonly code: string;
  readonly message: string;
  readonly pointer: string;
}
export type ReadResult =
  | {
      readonly kind: "plan";
      /** The canonical document, not yet checked. */
      readonly draft: unknown;
      readonly notes: readonly ReadNote[];
      /** Where a pointer of the draft stands in the text, both from 1. */
      readonly locate: (pointer: string) => Position | undefined;
    }
  | { readonly kind: FailureKind; readonly findings: readonly Finding[] };
export interface ReadOptions {
  /** Lets text arguments (`tool_input`) and missing arguments be understood. */
  readonly inventory?: Inventory;
  readonly format?: "auto";
}

/** Reads a plan from text: JSON, a fenced block, or YAML. Never throws. */
export function readPlan(text: string, options: ReadOptions = {}): ReadResult {
  try {
    const found = findDocument(text);
    if (found.kind !== "found") return found;
    const { draft, notes, sourceOf } = intake(found.value, options);
    const positions = positionsIn(text, found.source, found.base);
    const how = found.notes.map((note) => ({ ...note, pointer: "" }));
    return { kind: "plan", draft, notes: [...how, ...notes], locate: (pointer) => positions(sourceOf(pointer)) };
  } catch (thrown) {
    return { kind: "malformed", findings: [unreadable(thrown)] };
  }
}

function unreadable(thrown: unknown): Finding {
  const message = `The document cannot be read: ${messageOf(thrown).slice(0, 200)}.`;
  return { code: "BAD_SYNTAX", severity: "error", where: { pointer: "" }, message, fix: "Write the plan as JSON." };
}

/** The same for data that is already parsed. Never throws. */
export function normalizeDraft(
  value: unknown,
  options: ReadOptions = {},
): { readonly draft: unknown; readonly notes: readonly ReadNote[] } {
  try {
    if (depthOf(value, LIMITS.jsonDepth) > LIMITS.jsonDepth) return { draft: value, notes: [] };
    const { draft, notes } = intake(value, options);
    return { draft, notes };
  } catch {
    return { draft: value, notes: [] };
  }
}

interface Intake {
  readonly draft: unknown;
  readonly notes: readonly ReadNote[];
  /** The pointer in the document as written that a pointer of the draft comes from. */
  readonly sourceOf: (pointer: string) => string;
}

function intake(value: unknown, options: ReadOptions): Intake {
  const notes: ReadNote[] = [];
  const moved = new Map<string, string>();
  const document = wholeDocument(value, notes, moved);
  const sourceOf = (pointer: string): string => sourcePointer(pointer, moved);
  if (!isObject(document)) return { draft: document, notes, sourceOf };
  const tidy = withoutNulls(withoutRecord(document, notes), notes);
  const steps: unknown = tidy["steps"];
  if (!Array.isArray(steps)) return { draft: tidy, notes, sourceOf };
  const names = stepNames(steps);
  const tools = new Map<unknown, ToolSpec>((options.inventory?.tools ?? []).map((tool) => [tool.name, tool]));
  const read = steps.map((step: unknown, index) =>
    normalizeStep(step, {
      index,
      names,
      tool: (name) => tools.get(name),
      note: (code, message, field) => notes.push({ code, message, pointer: stepPointer(index, field) }),
      moved: (field, from) => moved.set(stepPointer(index, field), `${sourceOf(stepPointer(index))}/${from}`),
    }),
  );
  return { draft: { ...tidy, ...answerOf(tidy, names), steps: read }, notes, sourceOf };
}

/** `[...]`, `{ plan: [...] }` and `{ plan: { steps } }` as `{ steps }`. */
function wholeDocument(value: unknown, notes: ReadNote[], moved: Map<string, string>): unknown {
  if (Array.isArray(value)) {
    moved.set("/steps", "");
    notes.push({ code: "BARE_LIST", message: "A bare list is the list of steps.", pointer: "/steps" });
    return { steps: value };
  }
  if (!isObject(value) || Object.hasOwn(value, "steps") || !Object.hasOwn(value, "plan")) return value;
  const inner = value["plan"];
  if (!Array.isArray(inner) && !isObject(inner)) return value;
  const beside = Object.keys(value).filter((key) => key !== "plan");
  const left = beside.length === 0 ? "" : `; what stood beside it was left out: ${beside.join(", ").slice(0, 200)}`;
  notes.push({ code: "UNWRAPPED_PLAN", message: `The document is the value of plan${left}.`, pointer: "" });
  moved.set(Array.isArray(inner) ? "/steps" : "", "/plan");
  return Array.isArray(inner) ? { steps: inner } : inner;
}

/** What a run's own document says of its plan beside the plan. */
const RECORD_FIELDS: readonly string[] = ["revision", "hash", "cause"];

function withoutRecord(document: Fields, notes: ReadNote[]): Fields {
  const recorded = RECORD_FIELDS.every((field) => Object.hasOwn(document, field));
  if (!recorded) return document;
  notes.push({
    code: "RECORD_LEFT_OUT",
    message: "revision, hash and cause are a run's record, not the plan.",
    pointer: "",
  });
  return Object.fromEntries(Object.entries(document).filter(([key]) => !RECORD_FIELDS.includes(key)));
}

type Fields = { readonly [key: string]: unknown };

function withoutNulls(
  document: { readonly [key: string]: unknown },
  notes: ReadNote[],
): { readonly [key: string]: unknown } {
  const dropped = ["planloom", "goal", "inputs", "answer"].filter((field) => document[field] === null);
  if (dropped.length === 0) return document;
  for (const field of dropped) {
    notes.push({ code: "NULL_DROPPED", message: `${field}: null means the same as leaving it out.`, pointer: "" });
  }
  return Object.fromEntries(Object.entries(document).filter(([key]) => !dropped.includes(key)));
}

function answerOf(document: { readonly [key: string]: unknown }, names: StepNames): { readonly answer?: unknown } {
  const answer = document["answer"];
  if (!isObject(answer)) return {};
  const from: unknown = answer["from"];
  const isName = (value: unknown): value is string | number => typeof value === "string" || typeof value === "number";
  return {
    answer: {
      ...answer,
      ...(Array.isArray(from) ? { from: from.map((id: unknown) => (isName(id) ? names.idOf(id) : id)) } : {}),
      ...(Object.hasOwn(answer, "value") ? { value: rewriteTexts(answer["value"], names.rewrite) } : {}),
    },
  };
}

function sourcePointer(pointer: string, moved: ReadonlyMap<string, string>): string {
  for (let head = pointer; ; head = head.slice(0, head.lastIndexOf("/"))) {
    const source = moved.get(head);
    if (source !== undefined) return source + pointer.slice(head.length);
    if (head === "") return pointer;
  }
}
