// Reads tool calls that a server left in the text of a reply. In: the text, and the names of the offered tools. Out:
// the calls if the whole text is calls of offered tools; or that the text holds the marks of a call, and so is no
// result. Nothing is guessed: a call in a code fence, beside other text or of another tool is never made.
import { exactJsonIn } from "../../plan/exact-integer.js";
import { isObject, type Json } from "../../plan/json.js";
import {
  callMarkAt,
  hasCallMarks,
  jsonCalls,
  markedCalls,
  type MarkedCall,
  type WrittenCall,
} from "../../plan/read/form/call-markup.js";
import { callAt } from "../../plan/read/form/call-text.js";
import { toolMeant } from "./tool-name.js";

export type WrittenCalls =
  | { readonly found: "calls"; readonly calls: readonly WrittenCall[] }
  /** Marks of a call, which cannot be made. */
  | { readonly found: "marks" }
  | { readonly found: "none" };

/**
 * `offered` are the names of the tools that the model may call. `isQuoted` tells whether the model has read this text:
 * then it may only be repeating it. `isShown` tells whether it has read a call of a tool, perhaps in other words. `mark`
 * is the sign of a call where calls are text: nothing that the model has read holds it.
 */
export function writtenCalls(
  text: string,
  offered: readonly string[],
  isQuoted: (text: string) => boolean,
  mark?: string,
  isShown: (tool: string) => boolean = () => false,
): WrittenCalls {
  const whole = text.trim();
  const spoken = mark === undefined ? undefined : spokenCalls(whole, offered, mark);
  if (spoken !== undefined) return spoken;
  const calls = readWhole(whole, offered);
  if (calls === undefined) return { found: holdsCall(whole, offered) ? "marks" : "none" };
  const known = calls.map(({ name, args }) => ({ name: offeredName(name, offered), args }));
  const isRepeated = [whole, ...calls.flatMap(({ written }) => written ?? [])].some(isQuoted);
  const isMade = known.every(({ name }) => name !== undefined && !isShown(name)) && !isRepeated;
  return isMade ? { found: "calls", calls: known as readonly WrittenCall[] } : { found: "marks" };
}

function readWhole(text: string, offered: readonly string[]): readonly MarkedCall[] | undefined {
  if (callMarkAt(text) !== -1) return markedCalls(text);
  return bareCalls(text, offered) ?? pythonCalls(text, offered);
}

const FENCED = /^```[\w-]{0,20}[ \t]*\n([^]*?)\n?```$/;

const holdsCall = (text: string, offered: readonly string[]): boolean =>
  hasCallMarks(text) || isUnnamedCall(text, offered) || isFencedCall(text, offered) || isDictCall(text, offered);

/** A call as Python writes a record. Its texts may hold anything, so it is not made. */
const isDictCall = (text: string, offered: readonly string[]): boolean =>
  /^[[{]/.test(text) &&
  /'(?:arguments|parameters|args)'\s*:/.test(text) &&
  [...text.matchAll(/'name'\s*:\s*'([^'\n]{1,200})'/g)].some(([, name]) => offeredName(name!, offered) !== undefined);

/** `look("Paris")` and nothing else: nothing says which argument it is. */
function isUnnamedCall(text: string, offered: readonly string[]): boolean {
  const [, name] = /^\[?([A-Za-z_][\w.-]{0,80})\(/.exec(text) ?? [];
  return name !== undefined && /\)\]?;?$/.test(text) && offeredName(name, offered) !== undefined;
}

/** A reply that is a call in a code fence, and nothing else. It may be an example, so it is not made. */
function isFencedCall(text: string, offered: readonly string[]): boolean {
  const inner = FENCED.exec(text)?.[1]?.trim();
  const calls = inner === undefined ? undefined : readWhole(inner, offered);
  return calls?.every(({ name }) => offeredName(name, offered) !== undefined) === true;
}

/** `[look(city="Paris"), look(city="Lyon")]`, or one such call, of offered tools with named arguments. */
function pythonCalls(text: string, offered: readonly string[]): readonly WrittenCall[] | undefined {
  const isList = text.startsWith("[") && text.endsWith("]");
  const end = isList ? text.length - 1 : text.length;
  const calls: WrittenCall[] = [];
  for (let at = isList ? 1 : 0; at < end;) {
    const scan = callAt(text, at);
    if (scan.kind !== "call" || offeredName(scan.call.tool, offered) === undefined) return undefined;
    const given = (scan.call.given ?? {}) as Json;
    const gap = /^\s{0,20}(?:,\s{0,20}|(?=\]?$))/.exec(text.slice(scan.end, scan.end + 50));
    if (!isObject(given) || gap === null) return undefined;
    calls.push({ name: scan.call.tool, args: given });
    if (!isList && calls.length > 1) return undefined;
    at = scan.end + gap[0].length;
  }
  return calls.length === 0 ? undefined : calls;
}

/** The offered tool with this name. Where several are equally near, none is taken. */
function offeredName(written: string, offered: readonly string[]): string | undefined {
  const named = toolMeant(written, offered);
  return named.found === "one" ? named.name : undefined;
}

/**
 * The calls of a reply where calls are text. undefined: it has no mark and may be read as any other text. A mark of
 * another turn, and a call beside other text, is never made.
 */
function spokenCalls(text: string, offered: readonly string[], mark: string): WrittenCalls | undefined {
  const [, fenced] = /^```(?:json)?\s*\n([^]*?)\n?```$/.exec(text) ?? [];
  const value = exactJsonIn(fenced ?? text);
  const all = Array.isArray(value) ? (value as readonly Json[]) : [value];
  const marks = all.map((one) => (isObject(one) ? one["mark"] : undefined));
  const calls = jsonCalls(value);
  if (calls === undefined || marks.includes(undefined)) {
    const isWhole = calls !== undefined && fenced === undefined;
    return !isWhole && holdsSpokenCall(text, offered) ? { found: "marks" } : undefined;
  }
  const known = calls.map(({ name, args }) => ({ name: offeredName(name, offered), args }));
  const isMade = marks.every((one) => one === mark) && known.every(({ name }) => name !== undefined);
  return isMade ? { found: "calls", calls: known as readonly WrittenCall[] } : { found: "marks" };
}

/** Whether a text holds an object that calls an offered tool, in code or not. */
function holdsSpokenCall(text: string, offered: readonly string[]): boolean {
  const found = text.matchAll(/\{\s*"name"\s*:\s*"([^"\n]+)"\s*,\s*"(?:arguments|parameters)"\s*:/g);
  return [...found].some(([, name]) => offeredName(name!, offered) !== undefined);
}

/** `{ "name": …, "parameters": … }` and nothing else, of an offered tool. Other JSON is a result. */
function bareCalls(text: string, offered: readonly string[]): readonly WrittenCall[] | undefined {
  if (!/^[[{]/.test(text)) return undefined;
  const value = exactJsonIn(text);
  const all: readonly (Json | undefined)[] = Array.isArray(value) ? (value as readonly Json[]) : [value];
  if (!all.every((one) => isObject(one) && Object.keys(one).every((key) => CALL_KEYS.has(key)))) return undefined;
  const calls = jsonCalls(value);
  return calls?.every(({ name }) => offeredName(name, offered) !== undefined) === true ? calls : undefined;
}

const CALL_KEYS: ReadonlySet<string> = new Set(["type", "id", "name", "arguments", "parameters", "args", "function"]);
