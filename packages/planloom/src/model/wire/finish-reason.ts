// Why a reply ended, in the words of many servers. In: a finish_reason as sent. Out: a word that packages know, or that
// the reply is broken: then it is no result.
import type { Json } from "../../plan/json.js";

const LENGTH =
  /^(?:(?:max|model)_?(?:(?:output|completion|new)_?)?(?:tokens?|length)(?:_?reached)?|length\w+|token_?limit\w*|(?:model_?)?context_?(?:length|window)\w*)$/i;
const FILTER =
  /^(?:content_?filter\w+|safety|image_?safety|prohibited_?content|recitation|blocklist|spii|sensitive|moderat\w+|refusal|guardrail\w*|language)$/i;
const BROKEN =
  /^(?:\w*error|abort(?:ed)?|cancell?(?:ed)?|interrupted|time_?out|timed_?out|fail(?:ed|ure)?|insufficient_?system_?resources?|malformed_?(?:function|tool)_?call|unexpected_?tool_?call)$/i;

/** A chunk with any other word need not be read. */
export const USUAL_FINISH = /"finish_reason"\s*:\s*(?:null\b|"(?:stop|length|tool_calls|content_filter)?")/;

/** `broken`: the server gave up. Its half reply must not be taken for a whole one. */
export function finishIn(reason: Json | undefined): { readonly reason: Json | undefined; readonly broken?: string } {
  if (reason === undefined || reason === null) return { reason };
  if (typeof reason === "object") return finishIn((reason as { readonly type?: Json }).type ?? "stop");
  if (typeof reason !== "string") return { reason: "stop" };
  const word = reason.trim();
  if (LENGTH.test(word)) return { reason: "length" };
  if (FILTER.test(word)) return { reason: "content_filter" };
  return BROKEN.test(word) ? { reason, broken: word } : { reason };
}
