// Reads tool calls that a server left in the text of a reply. In: the text, and the names of the offered tools. Out:
// the calls if the whole text is calls of offered tools; or that the text holds the marks of a call, and so is no
// result. Nothing is guessed: a call in a code fence, beside other text or of another tool is never made.
import { isObject, jsonIn, type Json } from "../plan/json.js";
import { toolMeant } from "./tool-name.js";

export interface WrittenCall {
  readonly name: string;
  readonly args: Json;
}

export type WrittenCalls =
  | { readonly found: "calls"; readonly calls: readonly WrittenCall[] }
  /** Marks of a call, which cannot be made. */
  | { readonly found: "marks" }
  | { readonly found: "none" };

/**
 * `offered` are the names of the tools that the model may call. `isQuoted` tells whether the model has read this text:
 * then it may only be repeating it. `mark` is the sign of a call where calls are text: nothing that the model has read
 * holds it.
 */
export function writtenCalls(
  text: string,
  offered: readonly string[],
  isQuoted: (text: string) => boolean,
  mark?: string,
): WrittenCalls {
  const whole = text.trim();
  const spoken = mark === undefined ? undefined : spokenCalls(whole, offered, mark);
  if (spoken !== undefined) return spoken;
  const calls = readWhole(whole, offered);
  if (calls === undefined) return { found: hasMarks(whole) ? "marks" : "none" };
  const known = calls.map(({ name, args }) => ({ name: offeredName(name, offered), args }));
  const isRepeated = [whole, ...calls.flatMap(({ written }) => written ?? [])].some(isQuoted);
  const isMade = known.every(({ name }) => name !== undefined) && !isRepeated;
  return isMade ? { found: "calls", calls: known as readonly WrittenCall[] } : { found: "marks" };
}

/** `written`: the part of the text that is this call. Absent: the whole text. */
interface ReadCall extends WrittenCall {
  readonly written?: string;
}

function readWhole(text: string, offered: readonly string[]): readonly ReadCall[] | undefined {
  for (const { marks, read } of FORMS) {
    if (!marks.test(text)) continue;
    const calls = read(text);
    return calls === undefined || calls.length === 0 ? undefined : calls;
  }
  return bareCalls(text, offered);
}

/** Whether the text holds marks that no result has. A text about such marks has them in code. */
function hasMarks(text: string): boolean {
  const outside = text.replace(/```[^]*?(?:```|$)/g, "").replace(/`[^`\n]*`/g, "");
  return FORMS.some(({ marks }) => marks.test(outside));
}

/** The offered tool with this name. Where several are equally near, none is taken. */
function offeredName(written: string, offered: readonly string[]): string | undefined {
  const named = toolMeant(written, offered);
  return named.found === "one" ? named.name : undefined;
}

interface Form {
  readonly marks: RegExp;
  /** The calls of a text that consists of them; undefined if it holds anything else. */
  readonly read: (text: string) => readonly ReadCall[] | undefined;
}

/** The tool stands in the header of the channel, or before it. */
const CHANNEL_CALL = /<\|channel\|>commentary to=|\bto=[^\s<=]+<\|channel\|>/;

/** Whether a text has a call in a channel of gpt-oss. */
export const holdsChannelCall = (text: string): boolean => CHANNEL_CALL.test(text);

// Each pattern takes time in proportion to the text: a mark without its end must not be looked for again and again.
const FORMS: readonly Form[] = [
  // Hermes, Qwen
  { marks: /<tool_call>/, read: (text) => each(text, /\s*<tool_call>([^]*?)(?:<\/tool_call>|$)/y, taggedCall) },
  // Qwen Coder
  { marks: /<function=[^<>\s]+>/, read: (text) => each(text, /\s*(<function=[^]*?<\/function>)/y, taggedCall) },
  // Llama
  { marks: /<\|python_tag\|>/, read: pythonTag },
  // Mistral
  { marks: /\[TOOL_CALLS\]/, read: mistralCalls },
  // DeepSeek
  { marks: /<｜tool▁calls?▁begin｜>/, read: deepSeekCalls },
  // Kimi
  { marks: /<\|tool_calls_section_begin\|>/, read: kimiCalls },
  // Gemma
  {
    marks: /<\|tool_call>/,
    read: (text) => each(text, /\s*<\|tool_call>([^]*?)<(?:\/tool_call|tool_call\|)>/y, gemmaCall),
  },
  // gpt-oss
  { marks: CHANNEL_CALL, read: channelCalls },
];

/** Reads a text that consists of parts of this pattern, which must be sticky. */
function each(
  text: string,
  pattern: RegExp,
  read: (part: string) => readonly ReadCall[] | undefined,
): readonly ReadCall[] | undefined {
  const calls: ReadCall[] = [];
  let at = 0;
  while (text.slice(at).trim() !== "") {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    const part = match === null ? undefined : read(match[1]!.trim());
    if (match === null || part === undefined) return undefined;
    const written = match[0].trim();
    calls.push(...part.map((call) => ({ written, ...call })));
    at = pattern.lastIndex;
  }
  return calls;
}

function taggedCall(text: string): readonly WrittenCall[] | undefined {
  if (!text.startsWith("<function=")) return jsonCalls(jsonIn(text));
  const match = /^<function=([^>\s]+)>([^]*?)(?:<\/function>)?$/.exec(text);
  if (match === null) return undefined;
  const args: [string, Json][] = [];
  let at = 0;
  const body = match[2]!;
  const parameter = /\s*<parameter=([^>\s]+)>([^]*?)<\/parameter>/y;
  while (body.slice(at).trim() !== "") {
    parameter.lastIndex = at;
    const found = parameter.exec(body);
    if (found === null) return undefined;
    args.push([found[1]!, parameterValue(found[2]!)]);
    at = parameter.lastIndex;
  }
  return [{ name: match[1]!, args: Object.fromEntries(args) }];
}

/** Values of parameters are plain text, or JSON of a list or object. One line break at each end is layout. */
function parameterValue(text: string): Json {
  const value = text.replace(/^\n/, "").replace(/\n$/, "");
  return /^\s*[[{]/.test(value) ? (jsonIn(value) ?? value) : value;
}

function pythonTag(text: string): readonly WrittenCall[] | undefined {
  const match = /^<\|python_tag\|>([^]*?)(?:<\|eom_id\|>|<\|eot_id\|>)?$/.exec(text);
  if (match === null) return undefined;
  const calls = match[1]!.split(/;\s*(?=\{)/).map((part) => jsonCalls(jsonIn(part)));
  return calls.every((one) => one !== undefined) ? calls.flat() : undefined;
}

function mistralCalls(text: string): readonly ReadCall[] | undefined {
  const list = /^\[TOOL_CALLS\]\s*(\[[^]*\])$/.exec(text)?.[1];
  if (list !== undefined) return jsonCalls(jsonIn(list));
  return each(text, /\s*\[TOOL_CALLS\]([^]*?)(?=\[TOOL_CALLS\]|$)/y, (part) => {
    const withoutId = part.replace(/^([^\s{[]+\s*)\[CALL_ID\][^[{]*/, "$1");
    const match = /^([^\s{[]+)(?:\s*\[ARGS\])?\s*(\{[^]*\})$/.exec(withoutId);
    const args = match === null ? undefined : jsonIn(match[2]!);
    return isObject(args) ? [{ name: match![1]!, args }] : undefined;
  });
}

function deepSeekCalls(text: string): readonly ReadCall[] | undefined {
  const inner = text.replace(/<｜tool▁calls▁(?:begin|end)｜>|<｜end▁of▁sentence｜>/g, "");
  return each(inner, /\s*<｜tool▁call▁begin｜>([^]*?)<｜tool▁call▁end｜>/y, (part) => {
    const [head = "", ...rest] = part.split("<｜tool▁sep｜>");
    const body = rest.join("<｜tool▁sep｜>");
    const fenced = /^([^\n]+)\n```(?:json)?\n([^]*?)\n?```$/.exec(body.trim());
    const [name, args] = fenced === null ? [head, jsonIn(body)] : [fenced[1]!, jsonIn(fenced[2]!)];
    return isObject(args) ? [{ name, args }] : undefined;
  });
}

function kimiCalls(text: string): readonly ReadCall[] | undefined {
  const inner = text.replace(/<\|tool_calls_section_(?:begin|end)\|>/g, "");
  return each(inner, /\s*<\|tool_call_begin\|>([^]*?)<\|tool_call_end\|>/y, (part) => {
    const [name = "", ...rest] = part.split("<|tool_call_argument_begin|>");
    const args = jsonIn(rest.join(""));
    return isObject(args) ? [{ name, args }] : undefined;
  });
}

/** `call:look(city: "Paris", limit: 3)`, or with braces; texts in JSON's or in Gemma's own quotes. */
function gemmaCall(text: string): readonly WrittenCall[] | undefined {
  const match = /^call:([^\s({]+)\s*[({]([^]*)[)}]$/.exec(text);
  if (match === null) return undefined;
  const body = match[2]!.replace(/<\|"\|>([^]*?)<\|"\|>/g, (_, value: string) => JSON.stringify(value));
  const keyed = body.replace(STRING_OR_KEY, (whole, string?: string, key?: string) =>
    string === undefined && key !== undefined ? `"${key}":` : whole,
  );
  const args = jsonIn(`{${keyed}}`);
  return isObject(args) ? [{ name: match[1]!, args }] : undefined;
}

/** A string of JSON, or of what follows if it has no end; or a key without quotes. */
const STRING_OR_KEY = /("(?:[^"\\]+|\\[^])*(?:"|\\?$))|(?<![\w-])([A-Za-z_][\w-]*)\s*:/g;

/** The calls of a text that consists of whole messages. Other channels hold thoughts and remarks. */
function channelCalls(text: string): readonly ReadCall[] | undefined {
  const named = text.replace(TOOL_BEFORE_CHANNEL, "<|channel|>commentary to=$1 ");
  return each(named.replaceAll("<|start|>assistant", ""), CHANNEL_MESSAGE, (written) => {
    const [, header, said] = /^<\|channel\|>([^]*?)<\|message\|>([^]*)$/.exec(written)!;
    // A message that is not ended before the next one quotes it.
    if (said!.includes("<|channel|>")) return undefined;
    const name = /^commentary to=([^\s<]+)/.exec(header!)?.[1];
    if (name === undefined) return header!.startsWith("final") && said!.trim() !== "" ? undefined : [];
    const args = jsonIn(said!);
    return isObject(args) ? [{ name, args, written }] : undefined;
  });
}

const TOOL_BEFORE_CHANNEL = / ?\bto=([^\s<=]+)<\|channel\|>(?:commentary|analysis)\b ?/g;
const CHANNEL_MESSAGE =
  /\s*(<\|channel\|>[^<]*(?:<\|constrain\|>[^<]*)?<\|message\|>[^]*?)(?:<\|(?:end|call|return)\|>|$)/y;

/**
 * The calls of a reply where calls are text. undefined: it has no mark and may be read as any other text. A mark of
 * another turn, and a call beside other text, is never made.
 */
function spokenCalls(text: string, offered: readonly string[], mark: string): WrittenCalls | undefined {
  const [, fenced] = /^```(?:json)?\s*\n([^]*?)\n?```$/.exec(text) ?? [];
  const value = jsonIn(fenced ?? text);
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
  const value = jsonIn(text);
  const all: readonly (Json | undefined)[] = Array.isArray(value) ? (value as readonly Json[]) : [value];
  if (!all.every((one) => isObject(one) && Object.keys(one).every((key) => CALL_KEYS.has(key)))) return undefined;
  const calls = jsonCalls(value);
  return calls?.every(({ name }) => offeredName(name, offered) !== undefined) === true ? calls : undefined;
}

const CALL_KEYS: ReadonlySet<string> = new Set(["type", "id", "name", "arguments", "parameters", "args", "function"]);

/** The calls that a JSON value describes; undefined if it describes anything else. */
function jsonCalls(value: Json | undefined): readonly WrittenCall[] | undefined {
  if (Array.isArray(value)) {
    const calls = (value as readonly Json[]).map(jsonCalls);
    return calls.every((one) => one !== undefined) ? calls.flat() : undefined;
  }
  if (!isObject(value)) return undefined;
  if (isObject(value["function"])) return jsonCalls(value["function"]);
  const { name } = value;
  const given = value["arguments"] ?? value["parameters"] ?? value["args"];
  if (typeof name !== "string" || given === undefined) return undefined;
  const args = typeof given === "string" ? jsonIn(given) : given;
  return isObject(args) ? [{ name, args }] : undefined;
}
