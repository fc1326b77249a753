// Reads calls in the form of text: `search("x")`, `search(query="x", limit=3)`, `Search[x]`. In: a text and a place.
// Out: the tool, its arguments and the end of the call, or why it cannot be read. list.ts and call-rows.ts decide
// whether the text around it belongs to a call.
import type { SyntaxProblem } from "../../finding-params.js";
import { scanJson } from "../notation/json.js";
import { afterSpace, atWord } from "../notation/json-space.js";
import { PATH } from "../spellings.js";

export interface Call {
  readonly tool: string;
  /** Arguments by name, one text, or a list. Absent if there are none. */
  readonly given?: unknown;
  /** Arguments without a name, and those with one, if any has no name. */
  readonly values?: readonly unknown[];
  readonly named?: { readonly [name: string]: unknown };
}

/** The final call of some planners: make the answer from the results. */
export const JOIN = "join";

/** Earlier results by the names that the text gives them, as references. */
export type ResultNames = ReadonlyMap<string, unknown>;

export type CallScan =
  | { readonly kind: "call"; readonly call: Call; readonly end: number }
  /** A name and an open bracket, and then something that is no argument. */
  | { readonly kind: "bad"; readonly tool: string; readonly at: number; readonly problem: SyntaxProblem }
  | { readonly kind: "none" };

const NAME = /[A-Za-z_](?:[\w.-]|\\[_.-]){0,80}/y;
/** Marks between a name in bold and its bracket. */
const MARKS = /^(?:\*\*|__|`|\*)?/;
const MOST_CHARS = 100_000;
const NO_NAMES: ResultNames = new Map();

/** The call that begins at a place. Linear time. */
export function callAt(text: string, at: number, results: ResultNames = NO_NAMES): CallScan {
  NAME.lastIndex = at;
  const written = NAME.exec(text)?.[0];
  if (written === undefined) return { kind: "none" };
  const tool = written.replaceAll("\\", "");
  const open = at + written.length + MARKS.exec(text.slice(at + written.length, at + written.length + 4))![0].length;
  if (text[open] !== "(") return { kind: "none" };
  const read = argumentsAt(text, open + 1, results);
  if ("problem" in read) return { kind: "bad", tool, ...read };
  const { named, values, end } = read;
  if (named.size + values.length === 0) return { kind: "call", call: { tool }, end };
  const given = named.size > 0 ? Object.fromEntries(named) : values.length === 1 ? values[0] : values;
  const call = values.length === 0 ? { tool, given } : { tool, given, values, named: Object.fromEntries(named) };
  return { kind: "call", call, end };
}

interface Arguments {
  readonly named: ReadonlyMap<string, unknown>;
  readonly values: readonly unknown[];
  readonly end: number;
}
interface Wrong {
  readonly at: number;
  readonly problem: SyntaxProblem;
}

/** `"x", limit=3)`: values, and names with values. */
function argumentsAt(text: string, from: number, results: ResultNames): Arguments | Wrong {
  const named = new Map<string, unknown>();
  const values: unknown[] = [];
  for (let at = atValue(text, from); ; at = atValue(text, at)) {
    if (text[at] === ")") return { named, values, end: at + 1 };
    const name = nameAt(text, at);
    if (name !== undefined && named.has(name.text))
      return { at, problem: { kind: "key-twice", key: name.text.slice(0, 80) } };
    const value = valueAt(text, name?.end ?? at, results);
    if ("problem" in value) return value;
    if (name === undefined) values.push(value.value);
    else named.set(name.text, value.value);
    at = afterSpace(text, value.end);
    if (text[at] === ",") at++;
    else if (text[at] !== ")") return { at, problem: { kind: "comma-expected", found: text[at] ?? "" } };
  }
}

/** `query=` or `query:`, not `query==`. */
function nameAt(text: string, at: number): { readonly text: string; readonly end: number } | undefined {
  const name = atWord(text, at);
  if (name === "") return undefined;
  const mark = afterSpace(text, at + name.length);
  const isMark = (text[mark] === "=" && text[mark + 1] !== "=") || text[mark] === ":";
  return isMark ? { text: name, end: mark + 1 } : undefined;
}

type Value = { readonly value: unknown; readonly end: number };

/** A reference without quotes, with its path: `$1`, `#E1`, `$1.results[0].url`. */
const REFERENCE = new RegExp(
  `(?:\\$\\d{1,4}|#E\\d{1,4}|<node-\\d{1,4}>)${PATH}|\\$\\{[^{}\\n]{1,80}\\}|\\{\\{[^{}\\n]{1,80}\\}\\}`,
  "y",
);

/** The place behind white space and comments. `#E1` is a reference and no comment. */
function atValue(text: string, from: number): number {
  SPACE.lastIndex = from;
  const at = from + SPACE.exec(text)![0].length;
  return text[at] === "#" && /^#E\d/.test(text.slice(at, at + 3)) ? at : afterSpace(text, from);
}

const SPACE = /\s{0,200}/y;

function valueAt(text: string, from: number, results: ResultNames): Value | Wrong {
  const at = atValue(text, from);
  REFERENCE.lastIndex = at;
  const found = REFERENCE.exec(text)?.[0];
  if (found !== undefined && /^\s{0,20}[,)]/.test(text.slice(at + found.length, at + found.length + 24)))
    return { value: found, end: at + found.length };
  const word = atWord(text, at);
  if (results.has(word) && /^\s{0,20}[,)]/.test(text.slice(at + word.length, at + word.length + 24)))
    return { value: results.get(word), end: at + word.length };
  if (text.length - at > MOST_CHARS && "[{(".includes(text[at] ?? " "))
    return { at, problem: { kind: "value-expected", found: text.slice(at, at + 20) } };
  const scan = scanJson(text, at);
  if (scan.kind === "value") return { value: scan.value, end: scan.end };
  if (scan.kind === "bad" && scan.problem !== undefined) return { at: scan.at, problem: scan.problem };
  return { at, problem: { kind: "value-expected", found: text.slice(at, at + 20) } };
}

/** `Search[x]`: all of the text in the brackets is the only argument. */
export function bracketCall(text: string): Call | undefined {
  const tool = /^[A-Za-z_][\w.-]{0,63}/.exec(text)?.[0];
  if (tool === undefined || text[tool.length] !== "[" || !text.endsWith("]") || text.length > MOST_CHARS)
    return undefined;
  const inner = text.slice(tool.length + 1, -1).trim();
  if (inner === "") return { tool };
  const quoted = /^(["']).*\1$/s.test(inner) ? scanJson(`[${inner}]`, 0) : undefined;
  const value =
    quoted?.kind === "value" && Array.isArray(quoted.value) && quoted.value.length === 1
      ? (quoted.value[0] as unknown)
      : inner;
  return { tool, given: value };
}
