// Reads a document: applies every adapter in order and collects their reports. In: a parsed document, or its steps one
// by one as they arrive. Out: the canonical draft or step, notes, findings, and the map from the draft back to the
// document. A whole text and a stream use the same code.
import { beginning } from "../../beginning.js";
import { LIMITS } from "../../limits.js";
import { findingOf, type Finding } from "../finding.js";
import { isObject, pointerTo, type Json, type JsonObject } from "../json.js";
import { wholeDocument, withoutRecord, type Moves } from "./fields/document.js";
import { withEdges } from "./fields/edges.js";
import { stepPointer, type Fields, type StepContext } from "./fields/fields.js";
import { StepNames, type StepName } from "./fields/ids.js";
import { withExactIntegers, withExactIntegersIn, type Exactness } from "./fields/long-integers.js";
import type { ReadNote, TakeNote } from "./note-params.js";
import type { Position } from "./position.js";
import type { ReferenceContext } from "./references/reference-context.js";
import { readReferences, withReferences } from "./references/references.js";
import { closeStep, openStep } from "./step.js";
import { namedSpecialist, offeredTools, type ToolNames } from "./tool-names.js";
import type { Inventory } from "../tool-spec.js";

/**
 * Who wrote a document. A document of a person with `planloom: 1` is canonical and is read as it stands. Models copy
 * the header: there it only means that missing arguments are not written by a model.
 */
export type Author = "person" | "model";

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
  private readonly tools: ToolNames;
  private readonly specialist: (name: unknown) => string | undefined;
  private ours = false;
  private headed: boolean;

  /** `headed`: the document is known to be in our format before it is read as a whole. */
  constructor(
    inventory: Inventory | undefined,
    private readonly calls: boolean,
    private readonly author: Author = "model",
    headed = false,
  ) {
    this.headed = headed;
    this.tools = offeredTools(inventory);
    this.specialist = namedSpecialist(inventory ?? {});
  }

  document(value: unknown): unknown {
    if (this.author === "person" && isHeaded(value)) return this.canonical(value);
    const whole = wholeDocument(value, this.note, this.moves);
    const document = isObject(whole) ? withEdges(whole, this.note) : whole;
    this.headed ||= isHeaded(document);
    const written: unknown = isObject(document) ? document["steps"] : undefined;
    if (!isObject(document) || !Array.isArray(written)) return document;
    this.ours = hasOurs([written, document["answer"] ?? null]);
    const contexts = written.map((_, index) => this.stepContext(index));
    const opened = written.map((step: unknown, index) => openStep(step, contexts[index]!));
    this.noCalls(written, opened);
    this.names.reserve(opened.filter((fields) => fields !== undefined));
    const named = opened.map((fields, index): Opened | undefined =>
      fields === undefined ? this.names.skip() : { at: contexts[index]!, fields, name: this.names.add(fields) },
    );
    const closed = named.map((step, index) => (step === undefined ? (written[index] as unknown) : this.close(step)));
    const steps = areTexts(written) ? this.inOrder(closed) : closed;
    const answer = this.answer(document["answer"]);
    return { ...document, ...(answer === undefined ? {} : { answer }), steps };
  }

  /** In a list of texts that are calls, a text that is none is not run as an instruction. */
  private noCalls(written: readonly unknown[], opened: readonly (Fields | undefined)[]): void {
    if (!areTexts(written) || !opened.some((fields) => fields?.has("tool"))) return;
    for (const [index, fields] of opened.entries())
      if (fields?.has("agent") === true) {
        const text = beginning(String(written[index]), LIMITS.noteChars);
        this.find(findingOf("ITEM_IS_NO_CALL", { pointer: stepPointer(index) }, { text }));
      }
  }

  /**
   * A document in our format, by a person. Only a record of a run beside the plan is left out. References in another
   * notation are findings.
   */
  private canonical(value: unknown): unknown {
    const document = isObject(value) ? withoutRecord(value, this.note) : value;
    const steps: unknown = isObject(document) ? document["steps"] : undefined;
    if (!isObject(document) || !Array.isArray(steps)) return document;
    const named = steps.map((step: unknown) => {
      const fields: Fields = new Map(isObject(step) ? Object.entries(step) : []);
      return isObject(step) ? { fields, id: this.names.add(fields).id } : { fields, id: this.names.skip() };
    });
    for (const [index, { fields, id }] of named.entries()) {
      const { dependsOn, ...context } = this.referenceContext(stepPointer(index), id);
      const waits = fields.get("dependsOn");
      const declared = Array.isArray(waits) ? new Set(waits.filter((one) => typeof one === "string")) : dependsOn;
      readReferences(fields, { ...context, dependsOn: declared, rewrites: false });
    }
    const answer = document["answer"];
    if (isObject(answer) && answer["value"] !== undefined)
      withReferences(answer["value"], "/answer/value", {
        ...this.referenceContext("/answer", undefined),
        rewrites: false,
      });
    return document;
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

  /** A draft of this text, with the digits of long integers. A model's digits become a text where a tool wants one. */
  exactly(draft: unknown, text: string, locate: (pointer: string) => Position | undefined): unknown {
    return withExactIntegers(draft, this.exactness(text, locate));
  }

  /** The same for one step of a document that is still being written. */
  stepExactly(step: unknown, index: number, text: string): unknown {
    return withExactIntegersIn(
      step,
      index,
      this.exactness(text, () => undefined),
    );
  }

  private exactness(text: string, locate: Exactness["locate"]): Exactness {
    const converts = this.author === "model";
    return { text, locate, converts, tool: this.tools.exact, note: this.note, find: this.find };
  }

  /** Maps a pointer of the draft to the pointer in the document as written. */
  sourceOf(pointer: string): string {
    for (let head = pointer; ; head = head.slice(0, head.lastIndexOf("/"))) {
      const source = this.moves.get(head);
      if (source !== undefined) return source + pointer.slice(head.length);
      if (head === "") return pointer;
    }
  }

  /** A list of texts that names no step and hands nothing on has only its order. */
  private inOrder(steps: readonly unknown[]): readonly unknown[] {
    if (!steps.every((step) => isObject(step) && step["dependsOn"] === undefined && !hasOurs(step))) return steps;
    this.note("LIST_IN_ORDER", {}, "/steps");
    return steps.map((step, index) => {
      const before = index === 0 ? undefined : (steps[index - 1] as JsonObject)["id"];
      return before === undefined ? step : { ...(step as JsonObject), dependsOn: [before] };
    });
  }

  private close({ at, fields, name }: Opened): unknown {
    return closeStep(fields, name, at, this.referenceContext(stepPointer(at.index), name.id));
  }

  private stepContext(index: number): StepContext {
    return {
      index,
      headed: this.headed,
      tool: this.tools.exact,
      toolMeant: this.tools.meant,
      toolNames: this.tools,
      specialist: this.specialist,
      find: this.find,
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
      rewrites: true,
      tool: this.tools.exact,
      note: this.note,
      find: this.find,
    };
  }

  private answer(written: Json | undefined): unknown {
    const answer = answerRecord(written, (name) => this.names.placeOf(this.names.idOf(name)) !== -1);
    if (answer === undefined) return undefined;
    if (answer !== written) this.note("ANSWER_NAMED", {}, "/answer", { before: written, after: answer });
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

  private readonly find = (finding: Finding): void => {
    if (this.findings.length < LIMITS.findings) this.findings.push(finding);
  };

  private readonly note: TakeNote = (code, params, pointer, change) => {
    if (this.notes.length >= LIMITS.notes) return;
    // The signature relates code and parameters. The union of notes cannot.
    this.notes.push({ code, params, pointer, ...briefly(change) } as ReadNote);
  };
}

/**
 * The answer as a record. Plans also write the id of a step, a list of ids, or null for what is not used. A text that
 * names no step stays for check to report.
 */
function answerRecord(written: Json | undefined, isStep: (name: string | number) => boolean): JsonObject | undefined {
  const named = (one: Json): one is string | number =>
    (typeof one === "string" || typeof one === "number") && isStep(one);
  const listed = (list: Json): Json | undefined => {
    if (named(list)) return [list];
    return Array.isArray(list) && list.length > 0 && (list as readonly Json[]).every(named) ? list : undefined;
  };
  if (written === undefined || written === null) return undefined;
  if (!isObject(written)) {
    const from = listed(written);
    if (from !== undefined) return { from };
    return typeof written === "string" && written.includes("${{") ? { value: written } : undefined;
  }
  const kept = Object.fromEntries(Object.entries(written).filter(([, value]) => value !== null));
  const tidy = Object.keys(kept).length < Object.keys(written).length && !("value" in written) ? kept : written;
  const from = tidy["from"] === undefined || Array.isArray(tidy["from"]) ? undefined : listed(tidy["from"]);
  return from === undefined ? tidy : { ...tidy, from };
}

const areTexts = (steps: readonly unknown[]): boolean =>
  steps.length > 1 && steps.every((step) => typeof step === "string");

/** Whether a document says that it is in our format. */
const isHeaded = (document: unknown): boolean => isObject(document) && document["planloom"] === 1;

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
