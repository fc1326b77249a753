// A reply as it may be recorded. In: whatever a model gave. Out: a reply within the limits, or a PlanloomError PROVIDER_FAILED.
// Separate because any program may stand behind the port, and what is recorded once is read for ever.
import { PlanloomError } from "../words/planloom-error.js";
import { LIMITS } from "../limits.js";
import { isObject, sizeOf, type Json } from "../plan/json.js";
import { soundUsage } from "../plan/usage.js";
import { asJson } from "../tools/output.js";
import type { ModelReply, ToolCall } from "./port.js";

/**
 * The reply, cut where it is too long: a text counts as cut by the output limit then, calls that are too many are not made, and
 * arguments that are no JSON, nest too deeply or are too large give way to a text that says so.
 */
export function soundReply(given: unknown, model: string): ModelReply {
  const { text, toolCalls, usage, finish } = isObject(given) ? (given as { readonly [field: string]: unknown }) : {};
  if (typeof text !== "string" || !Array.isArray(toolCalls) || !toolCalls.every(isCall)) {
    throw new PlanloomError("PROVIDER_FAILED", { model, problem: "not-a-reply" });
  }
  let room: number = LIMITS.replyChars;
  const calls = toolCalls.slice(0, LIMITS.toolCalls).map(({ id, name, args }): ToolCall => {
    const sound = soundArguments(args, room);
    room -= sizeOf(sound, room);
    return { id, name: name.slice(0, LIMITS.nameChars), args: sound };
  });
  return {
    text: text.slice(0, LIMITS.replyChars),
    toolCalls: calls,
    usage: soundUsage(usage),
    finish: text.length > LIMITS.replyChars ? "length" : (FINISHES.find((one) => one === finish) ?? "other"),
  };
}

const FINISHES: readonly ModelReply["finish"][] = ["stop", "length", "tool-calls", "content-filter", "other"];

/** Ids are opaque, and handed back as they came: one that is no name is no id. */
function isCall(value: unknown): value is { readonly id: string; readonly name: string; readonly args: unknown } {
  if (!isObject(value)) return false;
  const { id, name } = value as { readonly [field: string]: unknown };
  return typeof id === "string" && id.length <= LIMITS.messageChars && typeof name === "string";
}

function soundArguments(args: unknown, room: number): Json {
  const copy = asJson(args);
  if (!copy.ok) return `(left out: ${copy.problem})`;
  return sizeOf(copy.value, room) <= room ? copy.value : "(left out: the reply is too large)";
}
