// A model that replies from a script. In: a script of replies, or a function. Out: a Model that keeps its requests.
// Tests can run whole runs without a server, deterministically.
import { beginning } from "../beginning.js";
import type { Json } from "../plan/json.js";
import type { Usage } from "../plan/usage.js";
import type { Model, ModelReply, ModelRequest } from "../model/port.js";

export interface ScriptedCall {
  readonly name: string;
  readonly args?: Json;
  /** Default: call-1, call-2, … over the whole script. */
  readonly id?: string;
}

/** A text alone, or the parts of a reply. */
export type ScriptedReply =
  | string
  | {
      readonly text?: string;
      /** The text is this value as JSON. */
      readonly json?: Json;
      readonly toolCalls?: readonly ScriptedCall[];
      /** Default: one token for every 4 characters. */
      readonly usage?: Usage;
      readonly finish?: ModelReply["finish"];
      /** Thrown instead of a reply. */
      readonly error?: Error;
      /** The reply arrives when this settles. If the request is aborted, the wait ends. */
      readonly wait?: Promise<unknown>;
    };

/** Replies in order, or a function of the request and its index from 0. */
export type Script =
  readonly ScriptedReply[] | ((request: ModelRequest, index: number) => ScriptedReply | Promise<ScriptedReply>);

export interface ScriptedModel extends Model {
  readonly requests: readonly ModelRequest[];
}

/** Characters of one token, and of one piece of a streamed text. */
const TOKEN_CHARS = 4;
const PIECE_CHARS = 12;

/** Throws if the script has no reply left, so that a test with too many requests fails. */
export function scriptedModel(script: Script, { name = "scripted" }: { readonly name?: string } = {}): ScriptedModel {
  const requests: ModelRequest[] = [];
  let calls = 0;

  async function call(request: ModelRequest): Promise<ModelReply> {
    request.signal.throwIfAborted();
    const index = requests.push(request) - 1;
    const scripted =
      typeof script === "function" ? await script(request, index) : replyAt(script, request, index, name);
    const reply = typeof scripted === "string" ? { text: scripted } : scripted;
    if (reply.wait !== undefined) await settled(reply.wait, request.signal);
    request.signal.throwIfAborted();
    if (reply.error !== undefined) throw reply.error;
    const text = reply.json === undefined ? (reply.text ?? "") : JSON.stringify(reply.json);
    const toolCalls = (reply.toolCalls ?? []).map(({ id, name: tool, args }) => ({
      id: id ?? `call-${++calls}`,
      name: tool,
      args: args ?? {},
    }));
    if (request.onText !== undefined) pieces(text).forEach((piece) => request.onText?.(piece));
    const usage = reply.usage ?? usageOf(request, text, toolCalls);
    return { text, toolCalls, usage, finish: reply.finish ?? (toolCalls.length > 0 ? "tool-calls" : "stop") };
  }

  return { name, requests, call };
}

/** The number of tokens that the testing kit counts for a text. */
export function tokensOf(text: string): number {
  return Math.ceil(text.length / TOKEN_CHARS);
}

/** The text cut into the pieces that the testing kit streams. */
export function pieces(text: string): readonly string[] {
  return text.match(new RegExp(`[^]{1,${PIECE_CHARS}}`, "g")) ?? [];
}

function replyAt(
  script: readonly ScriptedReply[],
  { messages }: ModelRequest,
  index: number,
  name: string,
): ScriptedReply {
  const reply = script[index];
  if (reply !== undefined) return reply;
  const replies = `${script.length} ${script.length === 1 ? "reply" : "replies"}`;
  // What a planner is told after a draft with faults names these faults.
  const told = messages.findLast(({ role }) => role === "user");
  const last = told?.role === "user" ? ` Its last message says: ${beginning(told.text, LAST_CHARS)}` : "";
  throw new Error(`The model ${name} was asked ${index + 1} times; its script has ${replies}.${last}`);
}

/** Characters of the last message in the error of a script that has ended. */
const LAST_CHARS = 400;

function usageOf(request: ModelRequest, text: string, toolCalls: ModelReply["toolCalls"]): Usage {
  const asked = request.system + JSON.stringify(request.messages);
  const answered = toolCalls.length === 0 ? text : text + JSON.stringify(toolCalls);
  return { calls: 1, inputTokens: tokensOf(asked), outputTokens: tokensOf(answered) };
}

/** Resolves when the promise settles, or the signal is aborted. */
function settled(promise: Promise<unknown>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => resolve();
    signal.addEventListener("abort", done, { once: true });
    promise.then(done, done);
  });
}
