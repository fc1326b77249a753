// The rungs of tool calling, and which one is tried after a refusal. In: a failure of a request with tools. Out: the
// next rung, or none. Pure. tool-form.ts makes the requests.
import type { ProviderFailure } from "../refusal/provider-failure.js";
import { isBadSample, NOT_ABOUT_FORM, refusalSubject } from "../refusal/refusal-subject.js";

/**
 * auto: the model calls tools as it likes. required: it must call one; its result is a call of one more tool. text:
 * calls and results are text of user and assistant messages, for servers without tool calling.
 */
export type ToolRung = "auto" | "required" | "text";

/** From the best to the last. */
export const TOOL_RUNGS: readonly ToolRung[] = ["auto", "required", "text"];

/** The server has no tool calling for this model, whatever the choice. */
const NO_TOOLS: readonly RegExp[] = [
  /\b(?:not|n't|cannot|never)\b.{0,20}\b(?:support|allow|accept|have|offer|provide|handle|implement)\w*\b.{0,40}\b(?:tools?|functions?)\b/i,
  /\b(?:tools?|functions?)\b(?![ _-]?choice).{0,60}\b(?:not (?:\w+ )?(?:supported|enabled|available|implemented|permitted|allowed)|unsupported|unavailable|disabled|unknown|unrecogni[sz]ed)\b/i,
  /\bno endpoints? found\b.{0,40}\btool/i,
  /\b(?:unknown|unrecogni[sz]ed|unsupported|unexpected|extra|invalid|additional)\b.{0,60}['"`]?\btools['"`]?(?:\s|$|[.,:])/i,
  /requires? --jinja/i,
];
/** The choice is refused, and another one may do. */
const CHOICE = /tool[_ -]?choice|["'`]auto["'`]|enable-auto-tool/i;
/** A template that knows neither the role of results nor messages without text. */
const ROLES =
  /\broles? must alternate|only user and assistant|\bonly\b.{0,60}\broles? (?:are|is) supported|(?:unknown|unexpected|unsupported|invalid|unrecogni[sz]ed)\b.{0,20}\brole\b|\brole\b.{0,40}\b(?:not supported|unsupported|invalid)|jinja|chat[_ ]template/i;
const TOOLS = /\b(?:tools?|tool_\w+|functions?)\b/i;
/** Refusals that name nothing. */
const VAGUE = /^\W*(?:bad request|invalid request|unprocessable (?:entity|content)|not implemented|not found)?\W*$/i;

/** Whether the words say that there is no tool calling. */
export const saysNoTools = (words: string): boolean =>
  NO_TOOLS.some((pattern) => pattern.test(words)) && !CHOICE.test(words);

/** undefined if no other rung would help. */
export function toolRungAfter(
  rung: ToolRung,
  failure: ProviderFailure,
  tried: ReadonlySet<ToolRung>,
): ToolRung | undefined {
  if (rung === "text" || (failure.kind !== "refused" && failure.kind !== "failed")) return undefined;
  const { words } = failure;
  const left = TOOL_RUNGS.filter((one) => !tried.has(one));
  if (isBadSample(words) || NOT_ABOUT_FORM.has(failure.status ?? 400)) return undefined;
  if (saysNoTools(words)) return left.find((one) => one === "text");
  if (CHOICE.test(words)) return left[0];
  if (refusalSubject(failure.status, words) !== undefined) return undefined;
  if (ROLES.test(words)) return left.find((one) => one === "text");
  // A server that fails may mention tools, too: that passes, and says nothing about what it has.
  const isAnswer = failure.kind === "refused" || failure.status === 501;
  return isAnswer && (TOOLS.test(words) || VAGUE.test(words)) ? left.at(-1) : undefined;
}
