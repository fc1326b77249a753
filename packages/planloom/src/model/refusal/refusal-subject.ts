// What an error of a server is about. In: its status, its codes and its words. Out: the subject where it is known, and the
// status where a server gives none. With a subject, no other form of the request helps, and people are told what does.
import { isObject, type Json } from "../../plan/json.js";
import type { RefusalSubject } from "../../words/errors/model.js";

interface Kind {
  /** Absent: it passes, or another form of the request may help. */
  readonly subject?: RefusalSubject;
  /** The status that an error of this kind has. */
  readonly status: number;
  /** Its codes, in the fields `code`, `type` and `status`. */
  readonly codes?: RegExp;
  /** What servers write about it. */
  readonly words?: RegExp;
}

/** In order: the first that fits counts. */
const KINDS: readonly Kind[] = [
  // Google says this of its limits by the minute, too, and then names the time.
  { status: 429, words: /exceeded your current quota[^]{0,2000}please retry in [\d.]+ ?(?:ms|s|m)\b/i },
  {
    ...{
      subject: "quota",
      status: 402,
      codes: /insufficient_?(?:quota|funds|balance)|exceeded_?current_?quota|billing|arrearage/i,
    },
    words:
      /insufficient[_ ]quota|exceeded[_ ](?:your )?current[_ ]quota|insufficient[_ ](?:balance|credits?|funds)|credit balance|credit limit|more credits|(?:out of|no|used all|all available|included|prepa\w+) credits|credits? (?:\w+ ){0,3}(?:exhausted|depleted|used up)|exhausted (?:\w+ ){0,3}credits|spend(?:ing)? (?:limit|cap)|payment required|(?:unpaid|past due) (?:invoice|bill)|(?:calls|requests) ?\/ ?month|arrearage|in good standing|(?<!\/)billing\b(?!\/)|余额不足|欠费|充值/i,
  },
  {
    ...{ subject: "length", status: 400, codes: /context_?(?:length|size|window)/i },
    words:
      /context (?:length|window|size)|maximum context|context_length_exceeded|too many tokens|(?:prompt|input) is too long|exceeds? the (?:available )?context|request too large/i,
  },
  { status: 429, codes: /rate_?limit|too_?many_?requests/i },
  {
    ...{ subject: "not-loaded", status: 404 },
    words: /no models? (?:is |are )?loaded|model (?:is )?not loaded|load a model/i,
  },
  {
    ...{ subject: "model", status: 404, codes: /model_?not_?found|deployment_?not_?found/i },
    words:
      /not a (?:valid|chat) model|(?:invalid|unknown|unsupported) model\b|no such model|model_not_found|\b(?:models?|deployment)\b.{0,80}\b(?:not found|does not exist|is not available)\b/i,
  },
  {
    ...{ subject: "path", status: 404, codes: /not_?found|unexpected endpoint/i },
    words:
      /unexpected endpoint|page not found|cannot (?:get|post) \/|invalid url|no route|unknown (?:path|url|endpoint)/i,
  },
  {
    ...{ subject: "key", status: 401, codes: /auth|api_?key|permission/i },
    words: /api key|invalid token|authentication/i,
  },
  {
    ...{ subject: "filter", status: 400, codes: /content_?(?:filter|policy)|moderation/i },
    words:
      /content (?:management )?policy|content[ _]filter|flagged (?:as|by|for)|moderation|safety (?:system|filter)/i,
  },
  { status: 400, codes: /invalid_?request|bad_?request|unsupported/i },
];

/** Statuses whose meaning needs no words. */
const BY_STATUS: { readonly [status: number]: RefusalSubject } = { 402: "quota", 413: "length" };

/** Statuses that say nothing about the form of a request: credentials, money, size, rate, conflict, law. */
export const NOT_ABOUT_FORM: ReadonlySet<number> = new Set([401, 402, 403, 407, 408, 409, 410, 413, 425, 429, 451]);

export function refusalSubject(status: number | undefined, words: string): RefusalSubject | undefined {
  const byStatus = status === undefined ? undefined : BY_STATUS[status];
  if (byStatus !== undefined) return byStatus;
  const kind = KINDS.find((one) => one.words?.test(words));
  return kind?.subject ?? (refusedSetting(words) === undefined ? undefined : "setting");
}

/** The status that an error in a body stands for. 500 if it does not say. */
export function statusIn(error: Json): number {
  const { code, type, status, message } = isObject(error) ? error : {};
  for (const value of [code, status, type]) {
    const number = typeof value === "string" && /^\d{3}$/.test(value) ? Number(value) : value;
    if (typeof number === "number" && number >= 400 && number < 600) return number;
  }
  const codes = [code, type, status, error].filter((value) => typeof value === "string");
  const byCode = KINDS.find((kind) => codes.some((one) => kind.codes?.test(one)));
  const words = typeof message === "string" ? message : typeof error === "string" ? error : "";
  return (byCode ?? KINDS.find((kind) => kind.words?.test(words)))?.status ?? 500;
}

/** Settings of a role by their names in refusals. */
const SETTINGS: readonly (readonly [string, RegExp])[] = [
  ["maxOutputTokens", /max_?(?:completion_|output_|new_)?tokens|\bmaximum\b.{0,40}\boutput tokens/i],
  ["reasoningEffort", /reasoning[_.]?effort|thinking[_ ]?(?:level|budget)/i],
  ["topP", /\btop_?p\b/i],
  ["stop", /['"`]stop['"`]|stop_?sequences/i],
  ["seed", /['"`]seed['"`]/i],
  ["temperature", /\btemperature\b/i],
];
const ABOUT_VALUE =
  /supported values|valid (?:values|range)|invalid value|does not support ['"`]|must be|should be|less than|greater than|at most|too large|maximum allowed|out of range|exceed/i;
/** A form of the request, which may name anything. */
const ABOUT_FORM = /schema|response_format|grammar|\btools?\b|function/i;

/** The setting whose value a server refuses. It knows the setting, so a person corrects the value. */
export function refusedSetting(words: string): string | undefined {
  if (!ABOUT_VALUE.test(words) || ABOUT_FORM.test(words)) return undefined;
  return SETTINGS.find(([, pattern]) => pattern.test(words))?.[0];
}

/** What a model wrote, and its server could not read. The same request may succeed. */
const BAD_SAMPLE =
  /tool_use_failed|json_validate_failed|failed_generation|failed to (?:call a function|generate json|parse tool call)|error parsing tool call|malformed function call/i;

export const isBadSample = (words: string): boolean => BAD_SAMPLE.test(words);
