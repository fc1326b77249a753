// Reads one part of a text as a document: JSON, JSON that needs repair, or YAML. In: the part. Out: its value, how it
// was read and the positions of its parts, or why it is not a document. text.ts finds the parts.
import { LIMITS } from "../../limits.js";
import type { Finding } from "../finding.js";
import { depthOf, isObject } from "../json.js";
import { declines, planLikeness, questionsIn, stepCount } from "./fields/document.js";
import { badSyntax, tooDeep, tooLarge, truncated, type ReadFailure } from "./failure.js";
import { scanJson, type JsonScan, type Repairs } from "./notation/json.js";
import { looksLikeStep } from "./fields/names.js";
import { textNote, type TextNote } from "./note-params.js";
import { positionsIn, positionsOf, textPosition, type Position } from "./position.js";
import { refusalByModel, valueResult, type Questions } from "./prose.js";
import type { ToolNames } from "./tool-names.js";
import { areKeyedCalls, openedCalls } from "./fields/value-calls.js";
import { parseYaml } from "./notation/yaml.js";

export interface FoundText {
  readonly kind: "found";
  readonly value: unknown;
  /** How it was found and repaired. Absent for plain JSON or YAML. */
  readonly notes: readonly TextNote[];
  /** The position of a pointer of the value in the text. */
  readonly locate: (pointer: string) => Position | undefined;
  /** The document is a list of calls as text. */
  readonly calls?: boolean;
  /** Uncertain parts, at pointers of the value. */
  readonly findings?: readonly Finding[];
}
export type TextResult =
  FoundText | Questions | ReadFailure | (ReadFailure<"truncated"> & { readonly partial?: FoundText });

/** A part of the text that may be a document, and its start in the text. */
export interface Part {
  readonly text: string;
  readonly source: string;
  readonly base: number;
  readonly tools: ToolNames;
  /** The text above the block that the part is. */
  readonly above?: string;
  /** The part stands in the frame of a plan. */
  readonly framed?: boolean;
}

export type Read = TextResult & { readonly end?: number };

/** The JSON value at the beginning of a part. `end` is its end in the part. */
export function jsonText(part: Part, length: number): Read {
  const source = part.source.slice(0, length);
  const whole = parseJson(source);
  if (whole !== undefined) return { ...accept(whole.value, part, []), end: source.length };
  if (source.length > LIMITS.lenientChars) return strictHead(part, source);
  return scanned(scanJson(source, 0), part);
}

/** For a part that is too large for repair: strict JSON with text behind it, or nothing. */
function strictHead(part: Part, source: string): Read {
  const scan = scanJson(source, 0);
  const parsed = scan.kind === "value" ? parseJson(source.slice(0, scan.end)) : undefined;
  if (scan.kind !== "value" || parsed !== undefined) return scanned(scan, part);
  return tooLarge({ of: "loose-json", most: LIMITS.lenientChars });
}

export function scanned(scan: JsonScan, part: Part): Read {
  if (scan.kind === "bad")
    return scan.problem === undefined ? tooDeep() : badSyntax(part.text, part.base + scan.at, scan.problem);
  const notes = repairNotes(scan.repairs, part);
  if (scan.kind === "value") return { ...accept(scan.value, part, notes), end: scan.end };
  const partial = likeness(scan.value, part.tools) === undefined ? undefined : accept(scan.value, part, notes);
  return { ...truncated(part.text), ...(partial?.kind === "found" ? { partial } : {}) };
}

export function repairNotes(repairs: Repairs, { text, base }: Part): TextNote[] {
  return [...repairs.values()].map(({ code, at, before, after, count }) => {
    const { line, column } = textPosition(text, base + at);
    return textNote(code, { count, line, column }, { before, after });
  });
}

export function yamlText(part: Part): TextResult {
  const parsed = parseYaml(part.text, part.source, part.base);
  if ("kind" in parsed) return parsed;
  const read = accept(parsed.value, part, /^[{[]/.test(part.source) ? [textNote("READ_AS_YAML", {})] : []);
  return read.kind === "found" ? { ...read, locate: positionsIn(part.text, part.source, part.base) } : read;
}

export function accept(value: unknown, part: Part, notes: readonly TextNote[]): TextResult {
  if (depthOf(value, LIMITS.jsonDepth) > LIMITS.jsonDepth) return tooDeep();
  const opened = openedCalls(value, part.tools);
  if (opened === undefined) return acceptDocument(value, part, notes);
  const result = acceptDocument(opened.value, part, [...notes, textNote("CALLS_OPENED", {})]);
  if (result.kind !== "found") return result;
  const whole = positions(part);
  return { ...result, locate: (pointer) => whole(opened.sourceOf(pointer)) };
}

function acceptDocument(value: unknown, part: Part, notes: readonly TextNote[]): TextResult {
  if (declines(value)) return refusalByModel();
  if (likeness(value, part.tools) === undefined || questionsIn(value).length > 0) return valueResult(value);
  if (stepCount(value) > LIMITS.readSteps) return tooLarge({ of: "steps", most: LIMITS.readSteps });
  return { kind: "found", value, notes, locate: positions(part) };
}

function positions(part: Part): FoundText["locate"] {
  return positionsOf(part.text, () => {
    const map = new Map<string, number>();
    scanJson(part.source, 0, map);
    return new Map([...map].map(([pointer, offset]) => [pointer, part.base + offset]));
  });
}

/** How surely a value is a plan, among these tools. */
export const likeness = (value: unknown, tools: ToolNames): ReturnType<typeof planLikeness> =>
  areKeyedCalls(value, tools) ? "plan" : planLikeness(value);

/** Steps one after the other, without a list around them. undefined if there is anything else between them. */
export function stepsInRow(part: Part): TextResult | undefined {
  const { source, text, base } = part;
  const steps: unknown[] = [];
  const starts: number[] = [];
  if (source.length > LIMITS.lenientChars) return undefined;
  for (let at = 0; at < source.length;) {
    const scan = scanJson(source, at);
    if (scan.kind !== "value" || !isObject(scan.value) || !looksLikeStep(scan.value)) return undefined;
    steps.push(parseJson(source.slice(at, scan.end))?.value ?? scan.value);
    starts.push(base + at);
    at = scan.end + (/^\s*,?\s*/.exec(source.slice(scan.end, scan.end + 200))?.[0].length ?? 0);
  }
  if (steps.length < 2 || steps.length > LIMITS.readSteps || depthOf(steps, LIMITS.jsonDepth) > LIMITS.jsonDepth)
    return undefined;
  const offsets = new Map([["", base], ...starts.map((start, i) => [`/${i}`, start] as const)]);
  const notes = [textNote("STEPS_IN_ROW", {})];
  return { kind: "found", value: steps, notes, locate: positionsOf(text, () => offsets) };
}

export function noted(result: TextResult, note: TextNote): TextResult {
  if (result.kind === "found") return { ...result, notes: [note, ...result.notes] };
  if (result.kind !== "truncated" || result.partial === undefined) return result;
  return { ...result, partial: { ...result.partial, notes: [note, ...result.partial.notes] } };
}

/** undefined also if a key stands twice in one record: JSON.parse would take the last one in silence. */
export function parseJson(text: string): { readonly value: unknown } | undefined {
  try {
    const value = JSON.parse(text) as unknown;
    return keysWritten(text) === keysIn(value) ? { value } : undefined;
  } catch {
    return undefined;
  }
}

function keysWritten(text: string): number {
  let count = 0;
  for (const [, colon] of text.matchAll(/"(?:[^"\\]+|\\.)*"\s*(:)?/g)) if (colon !== undefined) count++;
  return count;
}

function keysIn(value: unknown): number {
  let count = 0;
  const left = [value];
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    if (typeof next !== "object" || next === null) continue;
    const inner: readonly unknown[] = Object.values(next);
    if (!Array.isArray(next)) count += inner.length;
    for (const one of inner) left.push(one);
  }
  return count;
}
