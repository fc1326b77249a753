// Limits a reply before it is recorded. In: anything a model gave. Out: a reply within the limits, or a PlanloomError
// PROVIDER_FAILED. Any program may implement the port, and a recorded reply is read on every replay.
import { beginning } from "../../beginning.js";
import { PlanloomError } from "../../words/planloom-error.js";
import { LIMITS } from "../../limits.js";
import { isObject, sizeOf, type Json, type JsonObject } from "../../plan/json.js";
import { soundUsage } from "../../plan/sound-usage.js";
import { asJson } from "../../tools/output.js";
import { notJsonText } from "../../words/phrases.js";
import { replyNotesIn } from "../../words/reply-notes.js";
import type { ModelReply, Reasoning, ToolCall } from "../port.js";

/**
 * The reply, within the limits. A text that is too long is cut, and counts as cut by the output limit. Calls beyond the
 * limit are dropped. Arguments that are not JSON, nest too deeply or are too large are replaced with a text that says
 * so.
 */
export function soundReply(given: unknown, model: string): ModelReply {
  const { text, toolCalls, reasoning, holdsCall, notes, usage, finish } = isObject(given)
    ? (given as { readonly [field: string]: unknown })
    : {};
  if (typeof text !== "string" || !Array.isArray(toolCalls) || !toolCalls.every(isCall)) {
    throw new PlanloomError("PROVIDER_FAILED", { model, problem: "not-a-reply" });
  }
  let room: number = LIMITS.replyChars;
  const calls = toolCalls.slice(0, LIMITS.toolCalls).map(({ id, name, args, meta }): ToolCall => {
    const sound = soundArguments(args, room);
    room -= sizeOf(sound, room);
    return { id, name: beginning(name, LIMITS.nameChars), args: sound, ...soundMeta(meta) };
  });
  const thoughts = Array.isArray(reasoning) ? soundReasoning(reasoning) : [];
  const noted = replyNotesIn(notes);
  return {
    text: beginning(text, LIMITS.replyChars),
    toolCalls: calls,
    ...(thoughts.length === 0 ? {} : { reasoning: thoughts }),
    ...(holdsCall === true ? { holdsCall } : {}),
    ...(noted.length === 0 ? {} : { notes: noted }),
    usage: soundUsage(usage),
    finish: text.length > LIMITS.replyChars ? "length" : (FINISHES.find((one) => one === finish) ?? "other"),
  };
}

const FINISHES: readonly ModelReply["finish"][] = ["stop", "length", "tool-calls", "content-filter", "other"];

interface SomeCall {
  readonly id: string;
  readonly name: string;
  readonly args: unknown;
  readonly meta?: unknown;
}

/** What cannot be kept whole is left out: half a signature is of no use. */
function soundReasoning(reasoning: readonly unknown[]): readonly Reasoning[] {
  return reasoning.slice(0, LIMITS.toolCalls).flatMap((part) => {
    const { text, meta } = isObject(part) ? (part as { readonly [field: string]: unknown }) : {};
    return typeof text === "string" && text.length <= LIMITS.replyChars ? [{ text, ...soundMeta(meta) }] : [];
  });
}

function soundMeta(meta: unknown): { readonly meta?: JsonObject } {
  const copy = meta === undefined ? undefined : asJson(meta);
  if (copy?.ok !== true || !isObject(copy.value) || sizeOf(copy.value, LIMITS.replyChars) > LIMITS.replyChars)
    return {};
  return { meta: copy.value };
}

/** Ids are opaque and returned as they came. A value without a valid id and name is not a call. */
function isCall(value: unknown): value is SomeCall {
  if (!isObject(value)) return false;
  const { id, name } = value as { readonly [field: string]: unknown };
  return typeof id === "string" && id.length <= LIMITS.messageChars && typeof name === "string";
}

function soundArguments(args: unknown, room: number): Json {
  const copy = asJson(args);
  if (!copy.ok) return `(left out: ${notJsonText(copy.problem)})`;
  return sizeOf(copy.value, room) <= room ? copy.value : "(left out: the reply is too large)";
}
