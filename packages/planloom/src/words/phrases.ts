// Small phrases that many sentences share. In: names and values as data. Out: text. Pure.
import type { JsonKind } from "../plan/json.js";
import type { NotJson } from "../plan/not-json.js";
import type { BudgetShare } from "../plan/plan.js";
import type { Gist } from "../plan/type/type.js";
import { byCase } from "./by-case.js";

/** A text in quotes, cut where it is long. */
export function quoted(text: string): string {
  return JSON.stringify(text.length <= 80 ? text : `${text.slice(0, 77)}...`);
}

/** `a`, `a or b`, `a, b or c`. */
export const orList = (names: readonly string[]): string => joined(names, "or");

/** `a`, `a and b`, `a, b and c`. */
export const andList = (names: readonly string[]): string => joined(names, "and");

function joined(names: readonly string[], word: string): string {
  return names.length < 2 ? (names[0] ?? "") : `${names.slice(0, -1).join(", ")} ${word} ${names.at(-1)}`;
}

/** `a, b and 3 more`. */
export const withMore = (names: readonly string[], more: number): string =>
  more > 0 ? `${names.join(", ")} and ${more} more` : names.join(", ");

/** `1 step`, `3 steps`. */
export const counted = (count: number, noun: string): string => `${count} ${count === 1 ? noun : `${noun}s`}`;

/** US dollars: three figures that count, and cents above 10: `0.0042 USD`, `2 USD`, `1,234.5 USD`. */
export const dollarsText = (dollars: number): string =>
  `${dollars.toLocaleString("en-US", dollars < 10 ? { maximumSignificantDigits: 3 } : { maximumFractionDigits: 2 })} USD`;

/** `10 model calls, 5,000 tokens and 0.5 USD` */
export function budgetText(budget: BudgetShare): string {
  const { modelCalls, tokens, costUsd } = budget;
  return andList([
    ...(modelCalls === undefined ? [] : [counted(modelCalls, "model call")]),
    ...(tokens === undefined ? [] : [`${tokens.toLocaleString("en-US")} tokens`]),
    ...(costUsd === undefined ? [] : [dollarsText(costUsd)]),
  ]);
}

/** `850 ms`, `4.2 s`, `3 min 5 s`, `2 h 4 min`. It is rounded before it is split, so that no part is a whole unit. */
export function durationText(ms: number): string {
  const whole = Math.max(0, Math.round(ms));
  if (whole < 1_000) return `${whole} ms`;
  if (whole < 59_950) return `${(whole / 1_000).toFixed(1)} s`;
  const seconds = Math.round(whole / 1_000);
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${seconds % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** A process as a reader finds it: `process 4711 on laptop`. */
export const processText = ({ host, pid }: { readonly host: string; readonly pid?: string }): string =>
  pid === undefined ? host : `process ${pid} on ${host}`;

/** The last time that a date can hold. An earlier version took longer waits, and ended them after it. */
export const LAST_TIME = 8.64e15;

/** A point in time (ms since 1970), to the second: `2026-11-30T08:00:00Z`. */
export const timeText = (at: number): string => `${new Date(Math.min(at, LAST_TIME)).toISOString().slice(0, 19)}Z`;

/** A kind of value with its article: `a list`, `null`. */
export const kindText = (kind: JsonKind): string => (kind === "null" ? kind : `a ${kind}`);

/** A value in a few words: `the string "x"`, `a list of 3`, `null`, `missing`. */
export function gistText(gist: Gist): string {
  if ("length" in gist) return `a list of ${gist.length}`;
  if ("value" in gist) return `the ${gist.kind} ${JSON.stringify(gist.value)}`;
  if (gist.kind === "nothing") return "missing";
  return gist.kind === "record" ? "a record" : gist.kind;
}

/** Why a value is not JSON: `a[0].b is a function`. */
export function notJsonText(problem: NotJson): string {
  const place = problem.path.map((key) => (typeof key === "number" ? `[${key}]` : `.${key}`)).join("");
  return `${place.replace(/^\./, "") || "the value"} ${notJsonWords(problem)}`.slice(0, 1_000);
}

const notJsonWords: (problem: NotJson) => string = byCase("is", {
  undefined: () => "is undefined",
  hole: () => "is an empty place of a list",
  getter: () => "is computed by a getter",
  cycle: () => "contains itself",
  unreadable: () => "cannot be read",
  key: () => "has a key __proto__",
  type: ({ type }) => `is a ${type}`,
  number: ({ number }) => `is ${number}, which JSON has no word for`,
  instance: ({ of }) => `is a ${of}`,
  depth: ({ most }) => `nests deeper than ${most}`,
  size: ({ most }) => `is larger than ${most} bytes`,
});

/** Progress of a tool: `40 %, page 4 of 10`. A number from 0 to 1 is a share. */
export function reportText({ value, text }: { readonly value: number | string; readonly text?: string }): string {
  if (typeof value === "string") return value;
  const share = value >= 0 && value <= 1 ? `${Math.round(value * 100)} %` : String(value);
  return text === undefined ? share : `${share}, ${text}`;
}
