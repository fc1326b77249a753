// The parts of a turn that people read. In: what a model was asked, or what it replied, as JSON of the journal. Out:
// messages with their roles; text and calls. JSON of another form stays as it is.
import type { Json } from "planloom";
import { callText, isRecord, textOf } from "../../../parts/value-text.js";

export interface PromptPart {
  readonly role: string;
  readonly value: Json;
}

/** undefined: it has no messages. */
export function promptParts(asked: Json): readonly PromptPart[] | undefined {
  const { system, messages } = isRecord(asked) ? asked : { messages: asked };
  if (!Array.isArray(messages)) return undefined;
  const first = typeof system === "string" && system !== "" ? [{ role: "system", value: system }] : [];
  const others = (messages as readonly Json[]).map((message) => (isRecord(message) ? messagePart(message) : undefined));
  return others.every((part) => part !== undefined) ? [...first, ...others] : undefined;
}

function messagePart({ role, ...rest }: { readonly [field: string]: Json }): PromptPart | undefined {
  if (typeof role !== "string") return undefined;
  const filled = Object.entries(rest).filter(([, value]) => value !== "" && value !== null);
  const [only] = filled;
  const isPlain = filled.length === 1 && only !== undefined && ["content", "text"].includes(only[0]);
  return { role, value: isPlain ? only[1] : Object.fromEntries(filled) };
}

export interface ReplyParts {
  readonly text?: string;
  /** Each as one line: `search(query: "…")`. */
  readonly calls: readonly string[];
  /** The reply, if it is of another form. */
  readonly other?: Json;
}

export function replyParts(reply: Json): ReplyParts {
  if (typeof reply === "string") return { text: reply, calls: [] };
  if (!isRecord(reply)) return { calls: [], other: reply };
  const calls = reply["toolCalls"] ?? reply["calls"];
  const { text } = reply;
  if (typeof text !== "string" && !Array.isArray(calls)) return { calls: [], other: reply };
  const lines = Array.isArray(calls) ? (calls as readonly Json[]).map(callLine) : [];
  return { ...(typeof text === "string" && text !== "" ? { text } : {}), calls: lines };
}

function callLine(call: Json): string {
  if (!isRecord(call)) return textOf(call);
  return callText(textOf(call["name"] ?? call["tool"] ?? ""), call["args"] ?? {});
}
