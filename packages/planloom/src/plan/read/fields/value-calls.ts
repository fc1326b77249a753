// Reads calls that are written as JSON values: `{ "tool_calls": […] }`, one call alone, `{ "search": {…} }`, a plan in
// the arguments of `submit_plan`. In: a parsed value, and the names of the tools. Out: the value with the steps or
// calls, and where it stands in the written value.
import { isObject, jsonIn, type JsonObject } from "../../json.js";
import { planLikeness } from "./document.js";
import { ARGUMENT_FIELDS, plainName } from "./names.js";
import type { ToolNames } from "../tool-names.js";

export interface Opened {
  readonly value: unknown;
  /** Maps a pointer of the value to the written value. */
  readonly sourceOf: (pointer: string) => string;
}

const LISTS = ["toolcalls", "functioncalls", "calls", "toolcall", "functioncall", "tooluse", "tooluses"];
const NAMES = ["name", "tool", "toolname", "function", "functionname", "action", "api", "recipientname"];
const DEPTH = 4;

/** undefined if the value is not written as calls. */
export function openedCalls(value: unknown, tools: ToolNames, depth = DEPTH): Opened | undefined {
  if (depth === 0) return undefined;
  if (Array.isArray(value)) return value.length === 1 ? inner(value[0], "/0", tools, depth) : undefined;
  if (!isObject(value)) return undefined;
  const list = Object.keys(value).find((key) => LISTS.includes(plainName(key)));
  const called = list === undefined ? undefined : value[list];
  if (list !== undefined && (Array.isArray(called) || isObject(called))) {
    const at = `/${list}`;
    return inner(called, at, tools, depth) ?? asList(called, at);
  }
  return (
    severalKeys(value, tools) ??
    planInArguments(value, tools) ??
    (isCallRecord(value, tools) ? asList(value, "") : undefined)
  );
}

function inner(value: unknown, at: string, tools: ToolNames, depth: number): Opened | undefined {
  const opened = openedCalls(value, tools, depth - 1);
  if (opened === undefined) return undefined;
  return { ...opened, sourceOf: (pointer) => at + opened.sourceOf(pointer) };
}

/** One call is a list of one. */
function asList(value: unknown, at: string): Opened {
  if (Array.isArray(value)) return { value, sourceOf: (pointer) => at + pointer };
  return { value: [value], sourceOf: (pointer) => at + pointer.replace(/^\/0/, "") };
}

/** `{ "name": "submit_plan", "arguments": { "steps": […] } }`, for a name that is no tool of the plan. */
function planInArguments(value: JsonObject, tools: ToolNames): Opened | undefined {
  const call = isObject(value["function"]) ? value["function"] : value;
  const name = nameIn(call);
  const field = Object.keys(call).find((key) => ARGUMENT_FIELDS.includes(plainName(key)));
  if (name === undefined || field === undefined || tools.named(name) !== undefined) return undefined;
  const written = call[field];
  const given = typeof written === "string" ? jsonIn(written) : written;
  if (!isObject(given) || planLikeness(given) !== "plan") return undefined;
  const at = `${call === value ? "" : "/function"}/${field}`;
  return { value: given, sourceOf: (pointer) => (typeof written === "string" ? at : at + pointer) };
}

const nameIn = (value: JsonObject): string | undefined => {
  const names = Object.keys(value).filter((key) => NAMES.includes(plainName(key)) && typeof value[key] === "string");
  return names.length === 1 ? (value[names[0]!] as string) : undefined;
};

/** A record that is one call of an offered tool and nothing else. */
function isCallRecord(value: JsonObject, tools: ToolNames): boolean {
  if (isKeyedCall(value, tools)) return true;
  if (isObject(value["function"]) && (value["type"] === "function" || Object.keys(value).length === 1))
    return isCallRecord(value["function"], tools);
  const name = nameIn(value);
  const given = Object.keys(value).some((key) => ARGUMENT_FIELDS.includes(plainName(key)) || key === "with");
  return given && name !== undefined && tools.named(name) !== undefined && Object.keys(value).length <= 4;
}

/** `{ "search": {…}, "calculate": {…} }`: every key is the name of a tool. */
function severalKeys(value: JsonObject, tools: ToolNames): Opened | undefined {
  const keys = Object.keys(value);
  if (keys.length < 2 || !keys.every((key) => isKeyedCall({ [key]: value[key]! }, tools))) return undefined;
  return {
    value: keys.map((key) => ({ [key]: value[key] })),
    sourceOf: (pointer) => pointer.replace(/^\/\d+/, ""),
  };
}

/** `{ "search": { "query": "x" } }`: the only key is the name of a tool. */
export function isKeyedCall(value: JsonObject, tools: ToolNames): boolean {
  const [key, ...others] = Object.keys(value);
  if (key === undefined || others.length > 0 || tools.isOpen) return false;
  return tools.named(key) !== undefined && isArguments(value[key]);
}

const isArguments = (value: unknown): boolean =>
  isObject(value) || (typeof value === "string" && /^\s*\{/.test(value) && isObject(jsonIn(value)));

/** A list of calls, each under the name of its tool. */
export const areKeyedCalls = (value: unknown, tools: ToolNames): boolean =>
  Array.isArray(value) && value.length > 0 && value.every((item) => isObject(item) && isKeyedCall(item, tools));
