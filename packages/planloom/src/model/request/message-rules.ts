// Rules on messages that servers and chat templates have. In: the messages or the prompt of a request, the rules that a
// server asked for, and the words of a refusal. Out: messages in an order that every template takes, and under the rules.
import { sha256 } from "../../sha256.js";
import type { CallOptions } from "../ai-sdk.js";
import type { ModelMessage, ToolResult } from "../port.js";

/**
 * no-system: the instructions begin the first message of the user. short-ids: ids of calls have nine letters and digits.
 * one-call: a message has one call, and its result follows.
 */
export type MessageRule = "no-system" | "short-ids" | "one-call";

const REFUSALS: { readonly [R in MessageRule]: RegExp } = {
  "no-system":
    /\bsystem\b.{0,20}\b(?:role|message|prompt|instruction)s?\b.{0,40}\b(?:not|unsupported|unknown)\b|\b(?:unknown|unsupported|invalid|unexpected)\b.{0,20}\brole:? ['"`]?system|developer instruction is not enabled|only user and assistant roles are supported!|roles must alternate user\/assistant(?!.{0,40}except)/i,
  "short-ids":
    /(?:tool_calls?(?:\[\d+\])?\.id|tool_call_id|tool_use\.id|tool call ids?)\b.{0,120}(?:too long|length|pattern|alphanumeric)/i,
  "one-call": /single tool.?calls?|only (?:supports? )?(?:one|a single) (?:tool|function).?call/i,
};

/** The template takes a system message, so another rule is broken. */
const WITH_SYSTEM = /optional system message/i;

export const MESSAGE_RULES = Object.keys(REFUSALS) as readonly MessageRule[];

/** Whether the words of a refusal ask for this rule. */
export const asksFor = (rule: MessageRule, words: string): boolean =>
  REFUSALS[rule].test(words) && !(rule === "no-system" && WITH_SYSTEM.test(words));

/**
 * Users and assistants alternate, and no user follows the results of tools: a text that would do so stands below the
 * last result.
 */
export function orderedMessages(messages: readonly ModelMessage[]): readonly ModelMessage[] {
  const ordered: ModelMessage[] = [];
  for (const message of messages) {
    const last = ordered.at(-1);
    const joined = last === undefined ? undefined : joinedWith(last, message);
    if (joined === undefined) ordered.push(message);
    else ordered[ordered.length - 1] = joined;
  }
  return ordered;
}

const paragraphs = (...texts: readonly string[]): string => texts.filter((text) => text !== "").join("\n\n");

/** Two messages as one; undefined if the second may follow the first. */
function joinedWith(last: ModelMessage, next: ModelMessage): ModelMessage | undefined {
  if (last.role === "user")
    return next.role === "user" ? { ...last, text: paragraphs(last.text, next.text) } : undefined;
  if (last.role === "tool") {
    if (next.role === "tool") return { ...last, results: [...last.results, ...next.results] };
    const result = last.results.at(-1);
    if (next.role !== "user" || result === undefined) return undefined;
    const noted = { ...result, text: paragraphs(result.text, next.text) };
    return { ...last, results: [...last.results.slice(0, -1), noted] };
  }
  const isPlain = last.toolCalls === undefined || last.toolCalls.length === 0;
  return next.role === "assistant" && isPlain ? { ...next, text: paragraphs(last.text, next.text) } : undefined;
}

/** The messages under the rules that concern single messages. */
export function messagesUnder(messages: readonly ModelMessage[], rules: ReadonlySet<string>): readonly ModelMessage[] {
  const single = rules.has("one-call") ? oneCallEach(messages) : messages;
  return rules.has("short-ids") ? single.map(withShortIds) : single;
}

function withShortIds(message: ModelMessage): ModelMessage {
  if (message.role === "tool") return { ...message, results: message.results.map(withShortId) };
  if (message.role === "user" || message.toolCalls === undefined) return message;
  return { ...message, toolCalls: message.toolCalls.map(withShortId) };
}

const withShortId = <T extends { readonly id: string }>(part: T): T =>
  /^[A-Za-z0-9]{9}$/.test(part.id) ? part : { ...part, id: sha256(part.id).slice(0, 9) };

function oneCallEach(messages: readonly ModelMessage[]): readonly ModelMessage[] {
  return messages.flatMap((message, index): readonly ModelMessage[] => {
    const calls = message.role === "assistant" ? (message.toolCalls ?? []) : [];
    const next = messages[index + 1];
    if (message.role === "tool") return callsBefore(messages, index).length > 1 ? [] : [message];
    if (message.role === "user" || calls.length < 2 || next?.role !== "tool") return [message];
    return calls.flatMap((call, number): readonly ModelMessage[] => {
      const { reasoning: _, ...rest } = message;
      const said = number === 0 ? message : { ...rest, text: "" };
      const results = next.results.filter(({ id }: ToolResult) => id === call.id);
      return [
        { ...said, toolCalls: [call] },
        { role: "tool", results },
      ];
    });
  });
}

function callsBefore(messages: readonly ModelMessage[], index: number) {
  const before = messages[index - 1];
  return before?.role === "assistant" ? (before.toolCalls ?? []) : [];
}

/** The prompt under the rule on system messages. */
export function promptUnder(prompt: CallOptions["prompt"], rules: ReadonlySet<string>): CallOptions["prompt"] {
  const [head, first, ...rest] = prompt;
  if (!rules.has("no-system") || head?.role !== "system") return prompt;
  if (first?.role !== "user") return [userMessage(head.content), ...prompt.slice(1)];
  const texts = first.content.map((part) => (part.type === "text" ? part.text : ""));
  return [userMessage(paragraphs(head.content, ...texts)), ...rest];
}

const userMessage = (text: string): CallOptions["prompt"][number] => ({
  role: "user",
  content: [{ type: "text", text }],
});
