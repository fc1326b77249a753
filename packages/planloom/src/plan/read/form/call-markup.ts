// Reads tool calls in the markups of models: Hermes, Qwen, Llama, Mistral, DeepSeek, Kimi, Gemma, gpt-oss and others.
// In: a text. Out: its calls, if the text consists of them. The readers of plans and of replies share it. A new markup
// is one row in the table FORMS.
import { exactJsonIn } from "../../exact-integer.js";
import { isObject, type Json } from "../../json.js";

export interface WrittenCall {
  readonly name: string;
  readonly args: Json;
}

/** `written`: the part of the text that is this call. Absent: the whole text. */
export interface MarkedCall extends WrittenCall {
  readonly written?: string;
}

/** The calls of a text that consists of them; undefined if it has no marks, or holds anything else. */
export function markedCalls(text: string): readonly MarkedCall[] | undefined {
  const form = FORMS.find(({ marks }) => marks.test(text));
  const calls = form?.read(text);
  return calls === undefined || calls.length === 0 ? undefined : calls;
}

/** Whether the text holds marks of a call that no result has. A text about such marks has them in code. */
export function hasCallMarks(text: string): boolean {
  const outside = text.replace(/```[^]*?(?:```|$)/g, "").replace(/`[^`\n]*`/g, "");
  return FORMS.some(({ marks }) => marks.test(outside));
}

/** Where the first mark of a call stands in a text; -1 if there is none. */
export function callMarkAt(text: string): number {
  const places = FORMS.map(({ marks }) => text.search(marks)).filter((at) => at >= 0);
  return places.length === 0 ? -1 : Math.min(...places);
}

interface Form {
  readonly marks: RegExp;
  /** The marks that end its calls. */
  readonly ends: readonly string[];
  /** The calls of a text that consists of them; undefined if it holds anything else. */
  readonly read: (text: string) => readonly MarkedCall[] | undefined;
}

/** The tool stands in the header of the channel, or before it. */
const CHANNEL_CALL = /<\|channel\|>commentary to=|\bto=[^\s<=]+<\|channel\|>/;

/** Whether a text has a call in a channel of gpt-oss. */
export const holdsChannelCall = (text: string): boolean => CHANNEL_CALL.test(text);

// Each pattern takes time in proportion to the text: a mark without its end must not be looked for again and again.
const FORMS: readonly Form[] = [
  // Hermes, Qwen
  {
    marks: /<tool_call>/,
    ends: ["</tool_call>"],
    read: (text) => each(text, /\s*<tool_call>([^]*?)(?:<\/tool_call>|$)/y, taggedCall),
  },
  // Qwen Coder
  {
    marks: /<function=[^<>\s]+>/,
    ends: ["</function>"],
    read: (text) => each(text, /\s*(<function=[^]*?(?:<\/function>|$))/y, taggedCall),
  },
  // Llama
  { marks: /<\|python_tag\|>/, ends: ["<|eom_id|>", "<|eot_id|>"], read: pythonTag },
  // Mistral
  { marks: /\[TOOL_CALLS\]/, ends: [], read: mistralCalls },
  // DeepSeek
  { marks: /<｜tool▁calls?▁begin｜>/, ends: ["<｜tool▁calls▁end｜>", "<｜tool▁call▁end｜>"], read: deepSeekCalls },
  // Kimi
  { marks: /<\|tool_calls_section_begin\|>/, ends: ["<|tool_calls_section_end|>"], read: kimiCalls },
  // Gemma
  {
    marks: /<\|tool_call>/,
    ends: ["<tool_call|>"],
    read: (text) => each(text, /\s*<\|tool_call>([^]*?)<(?:\/tool_call|tool_call\|)>/y, gemmaCall),
  },
  // Phi, Granite
  {
    marks: /<\|tool_call\|>/,
    ends: ["<|/tool_call|>"],
    read: (text) =>
      each(text, /\s*<\|tool_call\|>([^]*?)(?:<\|\/tool_call\|>|$)/y, (part) => jsonCalls(exactJsonIn(part))),
  },
  // Nemotron, older Hermes
  {
    marks: /<(?:TOOLCALL|function_call)>/,
    ends: ["</TOOLCALL>", "</function_call>"],
    read: (text) =>
      each(text, /\s*<(?:TOOLCALL|function_call)>([^]*?)(?:<\/(?:TOOLCALL|function_call)>|$)/y, taggedCall),
  },
  // Claude, MiniMax
  {
    marks: /<invoke name="[^"<>\s]+">/,
    ends: ["</invoke>", "</function_calls>", "</minimax:tool_call>"],
    read: invokedCalls,
  },
  // Calls that a server prints
  {
    marks: /^\[(?:Calling tool|Tool call): [\w.-]+\(/m,
    ends: [")]"],
    read: (text) => each(text, /\s*\[(?:Calling tool|Tool call): ([^\n]*)\](?=\n|$)/y, printedCall),
  },
  // gpt-oss
  { marks: CHANNEL_CALL, ends: ["<|call|>"], read: channelCalls },
];

/** The end marks of all forms. */
const ENDS = FORMS.flatMap(({ ends }) => ends);

/** Where the calls of a text end, whose first mark is at `start`: behind the last end mark. */
export function callMarksEnd(text: string, start: number): number {
  const ends = ENDS.map((mark) => ({ mark, at: text.lastIndexOf(mark) })).filter(({ at }) => at > start);
  return ends.length === 0 ? text.length : Math.max(...ends.map(({ mark, at }) => at + mark.length));
}

/** Reads a text that consists of parts of this pattern, which must be sticky. */
function each(
  text: string,
  pattern: RegExp,
  read: (part: string) => readonly MarkedCall[] | undefined,
): readonly MarkedCall[] | undefined {
  const calls: MarkedCall[] = [];
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
  if (text.startsWith("<function>")) return namedCall(text);
  if (text.includes("<arg_key>")) return keyedCall(text);
  if (!text.startsWith("<function=")) return jsonCalls(exactJsonIn(text));
  const match = /^<function=([^>\s]+)>([^]*?)(?:<\/function>)?$/.exec(text);
  if (match === null) return undefined;
  const body = match[2]!;
  if (/^\s*\{/.test(body)) return callOf(match[1]!, exactJsonIn(body));
  const args: [string, Json][] = [];
  let at = 0;
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

const callOf = (name: string, args: Json | undefined): readonly WrittenCall[] | undefined =>
  isObject(args) ? [{ name, args }] : undefined;

/** `<function>look</function>` and the arguments as JSON behind it. */
function namedCall(text: string): readonly WrittenCall[] | undefined {
  const [, name, rest = ""] = /^<function>([^<>]{1,200})<\/function>([^]*)$/.exec(text) ?? [];
  const args = exactJsonIn(rest.replace(/^\s*<(?:arguments|parameters)>|<\/(?:arguments|parameters)>\s*$/g, ""));
  return name !== undefined && isObject(args) ? [{ name: name.trim(), args }] : undefined;
}

/** The name, then `<arg_key>` and `<arg_value>` in turn, as GLM writes them. */
function keyedCall(text: string): readonly WrittenCall[] | undefined {
  const name = /^[^<\s]{1,200}/.exec(text)?.[0];
  const pair = /\s*<arg_key>([^<]*)<\/arg_key>\s*<arg_value>([^]*?)<\/arg_value>/y;
  const args: [string, Json][] = [];
  let at = name?.length ?? 0;
  while (text.slice(at).trim() !== "") {
    pair.lastIndex = at;
    const found = pair.exec(text);
    if (found === null) return undefined;
    args.push([found[1]!.trim(), typedValue(found[2]!)]);
    at = pair.lastIndex;
  }
  return name === undefined ? undefined : [{ name, args: Object.fromEntries(args) }];
}

/** Without a schema, only numbers, true, false, lists and objects are no text. */
const typedValue = (text: string): Json =>
  /^\s*(?:[[{]|-?\d{1,15}\s*$|true\s*$|false\s*$)/.test(text) ? (exactJsonIn(text) ?? text) : text;

function invokedCalls(text: string): readonly MarkedCall[] | undefined {
  const inner = text.replace(/<\/?(?:function_calls|minimax:tool_call|antml:function_calls)>/g, "");
  return each(inner, /\s*(<invoke name="[^]*?<\/invoke>)/y, (part) => {
    const [, name, body = ""] = /^<invoke name="([^"]+)">([^]*)<\/invoke>$/.exec(part) ?? [];
    const args: [string, Json][] = [];
    const parameter = /\s*<parameter name="([^"]+)"[^>]{0,80}>([^]*?)<\/parameter>/y;
    for (let at = 0; body.slice(at).trim() !== ""; at = parameter.lastIndex) {
      parameter.lastIndex = at;
      const found = parameter.exec(body);
      if (found === null) return undefined;
      args.push([found[1]!, typedValue(found[2]!)]);
    }
    return name === undefined ? undefined : [{ name, args: Object.fromEntries(args) }];
  });
}

/** `look({"city": "Paris"})`. */
function printedCall(text: string): readonly WrittenCall[] | undefined {
  const [, name, given] = /^([\w.-]+)\(([^]*)\)$/.exec(text) ?? [];
  const args = given === undefined ? undefined : given.trim() === "" ? {} : exactJsonIn(given);
  return name !== undefined && isObject(args) ? [{ name, args }] : undefined;
}

/** Values of parameters are plain text, or JSON of a list or object. One line break at each end is layout. */
function parameterValue(text: string): Json {
  const value = text.replace(/^\n/, "").replace(/\n$/, "");
  return /^\s*[[{]/.test(value) ? (exactJsonIn(value) ?? value) : value;
}

function pythonTag(text: string): readonly WrittenCall[] | undefined {
  const match = /^<\|python_tag\|>([^]*?)(?:<\|eom_id\|>|<\|eot_id\|>)?$/.exec(text);
  if (match === null) return undefined;
  const calls = match[1]!.split(/;\s*(?=\{)/).map((part) => jsonCalls(exactJsonIn(part)));
  return calls.every((one) => one !== undefined) ? calls.flat() : undefined;
}

function mistralCalls(text: string): readonly MarkedCall[] | undefined {
  const list = /^\[TOOL_CALLS\]\s*(\[[^]*\])$/.exec(text)?.[1];
  if (list !== undefined) return jsonCalls(exactJsonIn(list));
  return each(text, /\s*\[TOOL_CALLS\]([^]*?)(?=\[TOOL_CALLS\]|$)/y, (part) => {
    const withoutId = part.replace(/^([^\s{[]+\s*)\[CALL_ID\][^[{]*/, "$1");
    const match = /^([^\s{[]+)(?:\s*\[ARGS\])?\s*(\{[^]*\})$/.exec(withoutId);
    const args = match === null ? undefined : exactJsonIn(match[2]!);
    return isObject(args) ? [{ name: match![1]!, args }] : undefined;
  });
}

function deepSeekCalls(text: string): readonly MarkedCall[] | undefined {
  const inner = text.replace(/<｜tool▁calls▁(?:begin|end)｜>|<｜end▁of▁sentence｜>/g, "");
  return each(inner, /\s*<｜tool▁call▁begin｜>([^]*?)<｜tool▁call▁end｜>/y, (part) => {
    const [head = "", ...rest] = part.split("<｜tool▁sep｜>");
    const body = rest.join("<｜tool▁sep｜>");
    const fenced = /^([^\n]+)\n```(?:json)?\n([^]*?)\n?```$/.exec(body.trim());
    const [name, args] = fenced === null ? [head, exactJsonIn(body)] : [fenced[1]!, exactJsonIn(fenced[2]!)];
    return isObject(args) ? [{ name, args }] : undefined;
  });
}

function kimiCalls(text: string): readonly MarkedCall[] | undefined {
  const inner = text.replace(/<\|tool_calls_section_(?:begin|end)\|>/g, "");
  return each(inner, /\s*<\|tool_call_begin\|>([^]*?)<\|tool_call_end\|>/y, (part) => {
    const [name = "", ...rest] = part.split("<|tool_call_argument_begin|>");
    const args = exactJsonIn(rest.join(""));
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
  const args = exactJsonIn(`{${keyed}}`);
  return isObject(args) ? [{ name: match[1]!, args }] : undefined;
}

/** A string of JSON, or of what follows if it has no end; or a key without quotes. */
const STRING_OR_KEY = /("(?:[^"\\]+|\\[^])*(?:"|\\?$))|(?<![\w-])([A-Za-z_][\w-]*)\s*:/g;

/** The calls of a text that consists of whole messages. Other channels hold thoughts and remarks. */
function channelCalls(text: string): readonly MarkedCall[] | undefined {
  const named = text.replace(TOOL_BEFORE_CHANNEL, "<|channel|>commentary to=$1 ");
  return each(named.replaceAll("<|start|>assistant", ""), CHANNEL_MESSAGE, (written) => {
    const [, header, said] = /^<\|channel\|>([^]*?)<\|message\|>([^]*)$/.exec(written)!;
    // A message that is not ended before the next one quotes it.
    if (said!.includes("<|channel|>")) return undefined;
    const name = /^commentary to=([^\s<]+)/.exec(header!)?.[1];
    if (name === undefined) return header!.startsWith("final") && said!.trim() !== "" ? undefined : [];
    const args = exactJsonIn(said!);
    return isObject(args) ? [{ name, args, written }] : undefined;
  });
}

const TOOL_BEFORE_CHANNEL = / ?\bto=([^\s<=]+)<\|channel\|>(?:commentary|analysis)\b ?/g;
const CHANNEL_MESSAGE =
  /\s*(<\|channel\|>[^<]*(?:<\|constrain\|>[^<]*)?<\|message\|>[^]*?)(?:<\|(?:end|call|return)\|>|$)/y;

/** The calls that a JSON value describes; undefined if it describes anything else. */
export function jsonCalls(value: Json | undefined): readonly WrittenCall[] | undefined {
  if (Array.isArray(value)) {
    const calls = (value as readonly Json[]).map(jsonCalls);
    return calls.every((one) => one !== undefined) ? calls.flat() : undefined;
  }
  if (!isObject(value)) return undefined;
  if (isObject(value["function"])) return jsonCalls(value["function"]);
  const { name } = value;
  const given = value["arguments"] ?? value["parameters"] ?? value["args"];
  if (typeof name !== "string" || given === undefined) return undefined;
  const args = typeof given === "string" ? exactJsonIn(given) : given;
  return isObject(args) ? [{ name, args }] : undefined;
}
