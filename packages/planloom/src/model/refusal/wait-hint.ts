// How long a server asks to wait. In: the headers and the text of a refusal, and the time. Out: ms, if it names a time.
import { isObject, jsonIn, type Json } from "../../plan/json.js";

type Headers = { readonly [name: string]: string | undefined };

interface Refused {
  readonly status: number;
  readonly headers?: Headers;
  /** The body as text. */
  readonly body: string;
}

/** `now` in ms since 1970, for dates. */
export function waitHint({ status, headers = {}, body }: Refused, now: number): number | undefined {
  const inside = () => inWords(body) ?? inBody(jsonIn(body), now, 0);
  // Servers tell the state of their limits beside every reply.
  return afterIn(headers, now) ?? (status === 429 ? resetIn(headers, now) : undefined) ?? inside();
}

function afterIn(headers: Headers, now: number): number | undefined {
  const ms = numberIn(headers["retry-after-ms"]);
  const after = headers["retry-after"];
  if (ms !== undefined) return Math.ceil(ms);
  return after === undefined ? undefined : momentOrSeconds(after, now);
}

/**
 * When a used-up limit is full again. A server names each of its limits: `x-ratelimit-reset-tokens` beside
 * `x-ratelimit-remaining-tokens`. Those that are used up count, or all if none says so.
 */
function resetIn(headers: Headers, now: number): number | undefined {
  const resets = Object.entries(headers).flatMap(([header, value = ""]) => {
    const name = header.toLowerCase();
    const ms = /rate-?limit.*reset/.test(name) ? resetTime(value, now) : undefined;
    const left = Object.entries(headers).find(([other]) => other.toLowerCase() === name.replace("reset", "remaining"));
    return ms === undefined ? [] : [{ ms, isUsedUp: numberIn(left?.[1]) === 0 }];
  });
  const usedUp = resets.filter(({ isUsedUp }) => isUsedUp).map(({ ms }) => ms);
  if (usedUp.length > 0) return Math.max(...usedUp);
  return resets.length === 0 ? undefined : Math.min(...resets.map(({ ms }) => ms));
}

/** `12`, `1.5s`, `6m0s`, a date, or a time since 1970 in seconds or ms. */
const resetTime = (value: string, now: number): number | undefined =>
  spanIn(value.trim()) ?? momentOrSeconds(value, now);

/** Numbers from here on are times since 1970: seconds, then ms. */
const EPOCH_S = 1e9;
const EPOCH_MS = 1e12;

function momentOrSeconds(value: string, now: number): number | undefined {
  const number = numberIn(value);
  if (number !== undefined) {
    if (number >= EPOCH_MS) return Math.max(0, Math.ceil(number - now));
    return Math.max(0, Math.ceil(number >= EPOCH_S ? number * 1000 - now : number * 1000));
  }
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

const numberIn = (value: string | undefined): number | undefined =>
  value !== undefined && /^\s*\d{1,15}(?:\.\d{1,9})?\s*$/.test(value) ? Number(value) : undefined;

const UNIT_MS: { readonly [unit: string]: number } = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `6.2s`, `1m30.5s`, `20ms`, `5 seconds`. undefined for a number without a unit. */
function spanIn(text: string): number | undefined {
  const parts = [...text.matchAll(/(\d{1,9}(?:\.\d{1,9})?) ?(ms|milliseconds?|[smhd][a-z]{0,10})/gi)];
  if (parts.length === 0 || !/^\d/.test(text)) return undefined;
  return Math.ceil(parts.reduce((sum, [, count, unit]) => sum + Number(count) * unitMs(unit!.toLowerCase()), 0));
}

const unitMs = (unit: string): number => UNIT_MS[/^(?:ms|milli)/.test(unit) ? "ms" : unit[0]!]!;

const SPAN = String.raw`((?:\d{1,9}(?:\.\d{1,9})? ?(?:ms|milliseconds?|seconds?|secs?|s|minutes?|mins?|m|hours?|h|days?|d)(?![a-z]) ?)+)`;
const WORDS = new RegExp(
  String.raw`(?:try again|retry|wait|available|reset\w*)(?: again| after| for| in| at least)*:? (?:another )?(?:about )?${SPAN}`,
  "i",
);

/** "Please try again in 6.2s", "retry after 20 seconds". */
function inWords(text: string): number | undefined {
  const [, span] = WORDS.exec(text.slice(0, SEARCHED_CHARS)) ?? [];
  // Parts of a span stand together: "1m30.5s" has no word boundary inside.
  return span === undefined ? undefined : spanIn(span);
}

const SEARCHED_CHARS = 4_000;

/** `retryDelay: "31s"` of Google, `retry_after: 12`, or headers that a router passes on. */
function inBody(value: Json | undefined, now: number, depth: number): number | undefined {
  if (typeof value !== "object" || value === null || depth > 6) return undefined;
  if (Array.isArray(value)) return firstOf(value.slice(0, 20), now, depth);
  if (!isObject(value)) return undefined;
  for (const [name, part] of Object.entries(value)) {
    const key = name.toLowerCase().replaceAll("_", "").replaceAll("-", "");
    const isTold = key === "retrydelay" || key === "retryafter" || key === "retryafterseconds";
    if (isTold && (typeof part === "string" || typeof part === "number")) {
      const text = String(part);
      const ms = spanIn(text) ?? momentOrSeconds(text, now);
      if (ms !== undefined) return ms;
    }
    if (key === "retryafterms" && typeof part === "number") return Math.max(0, Math.ceil(part));
    if (key === "headers" && isObject(part)) {
      const texts = Object.entries(part).map(([header, text]) => [header.toLowerCase(), String(text as string)]);
      const given = Object.fromEntries(texts) as Headers;
      const ms = afterIn(given, now) ?? resetIn(given, now);
      if (ms !== undefined) return ms;
    }
  }
  return firstOf(Object.values(value), now, depth);
}

function firstOf(values: readonly Json[], now: number, depth: number): number | undefined {
  for (const value of values) {
    const ms = inBody(value, now, depth + 1);
    if (ms !== undefined) return ms;
  }
  return undefined;
}
