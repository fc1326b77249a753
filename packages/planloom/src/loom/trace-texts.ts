// Numbers and booleans that a model wrote as texts, in the trace. In: the journal rows of a step, and what became of
// them. Out: each such text with its place. Computed from what is recorded, so old runs have it, too.
import { isObject, jsonIn, pointerTo, type Json } from "../plan/json.js";

export interface TextRead {
  /** The tool of a call; `output`, or `arguments` of a direct call that a model completed. */
  readonly in: string;
  /** A JSON pointer into it. */
  readonly at: string;
  /** As the model wrote it. */
  readonly text: string;
}

interface Row {
  readonly name: string;
  readonly asked: Json;
  readonly answered: Json;
}

/** At most so many are listed. */
const MOST = 20;

/**
 * `rows`: the journal of the step, in order. `written`: its output. `args`: the arguments of its last attempt. At most 20
 * texts, in the order of the calls.
 */
export function textsRead(
  rows: readonly Row[],
  written: Json | undefined,
  args: Json | undefined,
): readonly TextRead[] {
  let reply: { readonly [field: string]: Json } = {};
  const found: TextRead[] = [];
  for (const { name, asked, answered } of rows) {
    if (isObject(answered) && Array.isArray(answered["toolCalls"])) reply = answered;
    else if (name.startsWith("tool ") && isObject(asked)) found.push(...textsOfCall(reply, asked));
    if (name.startsWith("fill")) found.push(...textsOf(reply["text"], args, "arguments"));
  }
  if (!rows.some(({ name }) => name.startsWith("fill"))) found.push(...textsOf(reply["text"], written, "output"));
  return found.slice(0, MOST);
}

function textsOfCall(reply: { readonly [field: string]: Json }, asked: { readonly [field: string]: Json }) {
  const tool = typeof asked["tool"] === "string" ? asked["tool"] : "";
  const calls = ((reply["toolCalls"] ?? []) as readonly Json[]).filter(isObject).filter(({ name }) => name === tool);
  const texts = calls.map((call) => changes(call["args"] ?? null, asked["args"] ?? null, ""));
  return (texts.find((one) => one.length > 0) ?? []).map((one) => ({ in: tool, ...one }));
}

function textsOf(text: Json | undefined, value: Json | undefined, place: string): readonly TextRead[] {
  const json = typeof text === "string" ? jsonIn(text.trim()) : undefined;
  if (json === undefined || value === undefined) return [];
  const held = isObject(json) ? json["result"] : undefined;
  const texts = [json, ...(held === undefined ? [] : [held])].map((one) => changes(one, value, ""));
  return (texts.find((one) => one.length > 0) ?? []).map((one) => ({ in: place, ...one }));
}

/** Places where a text became a number or a boolean. */
function changes(before: Json, after: Json, at: string): readonly Pick<TextRead, "at" | "text">[] {
  if (typeof before === "string") {
    const isRead = typeof after === "number" || typeof after === "boolean";
    return isRead && (before.trim() === String(after) || Number(before) === after) ? [{ at, text: before }] : [];
  }
  if (Array.isArray(before) && Array.isArray(after)) {
    const items = after as readonly Json[];
    return (before as readonly Json[]).flatMap((item, i) => changes(item, items[i] ?? null, pointerTo(at, i)));
  }
  if (!isObject(before) || !isObject(after)) return [];
  return Object.entries(before).flatMap(([name, field]) =>
    Object.hasOwn(after, name) ? changes(field, after[name]!, pointerTo(at, name)) : [],
  );
}
