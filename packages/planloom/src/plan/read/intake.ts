// Reads a document: applies every adapter in order and collects their reports. In: a parsed document, or its steps one
// by one as they arrive. Out: the canonical draft or step, notes, findings, and the map from the draft back to the
// document. A whole text and a stream use the same code.
import { beginning } from "../../beginning.js";
import { LIMITS } from "../../limits.js";
import type { Finding } from "../finding.js";
import { isObject, pointerTo, type Json } from "../json.js";
import { wholeDocument, type Moves } from "./document.js";
import type { Fields, StepContext } from "./fields.js";
import { StepNames, type StepName } from "./ids.js";
import type { ReadNote, TakeNote } from "./note-params.js";
import { withReferences, type ReferenceContext } from "./references.js";
import { closeStep, openStep, stepPointer } from "./step.js";
import type { Inventory, ToolSpec } from "../tool-spec.js";

interface Opened {
  readonly at: StepContext;
  readonly fields: Fields;
  readonly name: StepName;
}

export class Intake {
  readonly notes: ReadNote[] = [];
  readonly findings: Finding[] = [];
  private readonly names = new StepNames();
  private readonly moves: Moves = new Map();
  private readonly tools: ReadonlyMap<unknown, ToolSpec>;
  private ours = false;

  constructor(
    inventory: Inventory | undefined,
    private readonly calls: boolean,
  ) {
    this.tools = new Map((inventory?.tools ?? []).map((tool) => [tool.name, tool]));
  }

  document(value: unknown): unknown {
    const document = wholeDocument(value, this.note, this.moves);
    const written: unknown = isObject(document) ? document["steps"] : undefined;
    if (!isObject(document) || !Array.isArray(written)) return document;
    this.ours = hasOurs([written, document["answer"] ?? null]);
    const contexts = written.map((_, index) => this.stepContext(index));
    const opened = written.map((step: unknown, index) => openStep(step, contexts[index]!));
    this.names.reserve(opened.filter((fields) => fields !== undefined));
    const named = opened.map((fields, index): Opened | undefined =>
      fields === undefined ? this.names.skip() : { at: contexts[index]!, fields, name: this.names.add(fields) },
    );
    const steps = named.map((step, index) => (step === undefined ? (written[index] as unknown) : this.close(step)));
    const answer = this.answer(document["answer"]);
    return { ...document, ...(answer === undefined ? {} : { answer }), steps };
  }

  /** The next step of a document that is still being written. It may refer only to the steps before it. */
  step(value: unknown, index: number): unknown {
    this.ours ||= hasOurs([value as Json]);
    const at = this.stepContext(index);
    const fields = openStep(value, at);
    if (fields === undefined) {
      this.names.skip();
      return value;
    }
    return this.close({ at, fields, name: this.names.add(fields) });
  }

  /** Maps a pointer of the draft to the pointer in the document as written. */
  sourceOf(pointer: string): string {
    for (let head = pointer; ; head = head.slice(0, head.lastIndexOf("/"))) {
      const source = this.moves.get(head);
      if (source !== undefined) return source + pointer.slice(head.length);
      if (head === "") return pointer;
    }
  }

  private close({ at, fields, name }: Opened): unknown {
    return closeStep(fields, name, at, this.referenceContext(stepPointer(at.index), name.id));
  }

  private stepContext(index: number): StepContext {
    return {
      index,
      tool: (name) => this.tools.get(name),
      note: (code, params, field, change) => this.note(code, params, stepPointer(index, field), change),
      moved: (field, from, ...inner) => {
        const source = inner.reduce((at, part) => pointerTo(at, part), this.sourceOf(stepPointer(index, from)));
        this.moves.set(stepPointer(index, field), source);
      },
    };
  }

  private referenceContext(pointer: string, id: string | undefined): ReferenceContext {
    return {
      names: this.names,
      id,
      pointer,
      dependsOn: undefined,
      ours: this.ours,
      calls: this.calls,
      tool: (name) => this.tools.get(name),
      note: this.note,
      find: (finding) => {
        if (this.findings.length < LIMITS.findings) this.findings.push(finding);
      },
    };
  }

  private answer(answer: Json | undefined): unknown {
    if (!isObject(answer)) return undefined;
    const from = answer["from"];
    const isName = (value: Json): value is string | number => typeof value === "string" || typeof value === "number";
    const ids = Array.isArray(from)
      ? (from as readonly Json[]).map((id) => (isName(id) ? this.names.idOf(id) : id))
      : from;
    const value = answer["value"];
    return {
      ...answer,
      ...(ids === undefined ? {} : { from: ids }),
      ...(value === undefined
        ? {}
        : { value: withReferences(value, "/answer/value", this.referenceContext("/answer", undefined)) }),
    };
  }

  private readonly note: TakeNote = (code, params, pointer, change) => {
    if (this.notes.length >= LIMITS.notes) return;
    // The signature relates code and parameters. The union of notes cannot.
    this.notes.push({ code, params, pointer, ...briefly(change) } as ReadNote);
  };
}

function briefly(change: { readonly before: unknown; readonly after?: unknown } | undefined) {
  if (change?.before === undefined) return {};
  const { before, after } = change;
  return { before: brief(before), ...(after === undefined ? {} : { after: brief(after) }) };
}

function brief(value: unknown): string {
  const text = typeof value === "string" ? value : (JSON.stringify(value) ?? "");
  return text.length <= LIMITS.noteChars ? text : `${beginning(text, LIMITS.noteChars - 1)}…`;
}

/** Whether a value holds a reference in our own notation. */
function hasOurs(value: unknown): boolean {
  if (typeof value === "string") return value.includes("${{");
  if (Array.isArray(value)) return value.some(hasOurs);
  return isObject(value) && Object.values(value).some(hasOurs);
}
