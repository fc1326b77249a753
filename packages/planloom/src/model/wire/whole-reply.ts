// A reply in one piece, as a package reads it. In: the text of a body with status 200. Out: a reply, or an error with the
// server's words. Some servers send a stream to whoever asks for one piece, or a page.
import { beginning } from "../../beginning.js";
import { isObject, type Json, type JsonObject } from "../../plan/json.js";
import { eventsIn } from "./event-stream.js";
import { lenientJson } from "./reply-text.js";
import { mendedReply } from "./reply-shape.js";

/** Throws an Error that shows the text if it is no reply. `error` in the result: the server tells of one. */
export function wholeReply(text: string): JsonObject {
  if (text.trim() === "") throw new Error("an empty body");
  if (PAGE.test(text)) throw new Error(`a web page, ${pageTitle(text)}`);
  const body = lenientJson(text) ?? joined(text);
  const mended = isObject(body) ? mendedReply(body) : {};
  if (mended["error"] !== undefined || Array.isArray(mended["choices"])) return mended;
  throw new Error(`no reply of this API: ${beginning(text.trim(), 200)}`);
}

/** The same as a stream of one chunk. */
export function asEvents(reply: JsonObject): string {
  if (reply["error"] !== undefined) return `data: ${JSON.stringify(reply)}\n\n`;
  const choices = (reply["choices"] as readonly Json[]).map((choice) => {
    const { message, ...rest } = isObject(choice) ? choice : {};
    return { ...rest, ...(isObject(message) ? { delta: message } : { delta: rest["delta"] ?? {} }) };
  });
  return `data: ${JSON.stringify({ ...reply, choices })}\n\ndata: [DONE]\n\n`;
}

/** A page of a web site in place of a reply: the path is wrong, or a proxy stands before the server. */
const PAGE = /^\s*<(?:!doctype html|html|head|body)\b/i;

function pageTitle(page: string): string {
  const title = /<title[^>]*>([^<]*)/i.exec(page)?.[1] ?? page.replace(/<[^<>]*>/g, " ");
  return beginning(title.trim(), 200);
}

/** The reply that the chunks of a stream make. undefined if the text is no stream. */
function joined(text: string): JsonObject | undefined {
  const chunks = eventsIn(text);
  const failed = chunks.find(({ error }) => error !== undefined);
  if (failed !== undefined || chunks.length === 0) return failed;
  const all = chunks.flatMap(({ choices }) => (Array.isArray(choices) ? (choices as readonly Json[]) : []));
  const sent = all.filter((choice): choice is JsonObject => isObject(choice));
  const end = sent.findIndex(({ finish_reason: reason }) => typeof reason === "string" && reason !== "");
  if (end < 0) return { error: { message: "the stream ended before the reply did", code: 502 } };
  const parts = sent.slice(0, end + 1);
  const ended = parts.at(-1);
  const deltas = parts.map(({ delta }) => (isObject(delta) ? delta : {}));
  const calls = joinedCalls(deltas);
  const reasoning = textIn(deltas, "reasoning_content") || textIn(deltas, "reasoning");
  const message = {
    role: "assistant",
    content: textIn(deltas, "content"),
    ...(reasoning === "" ? {} : { reasoning_content: reasoning }),
    ...(calls.length === 0 ? {} : { tool_calls: calls }),
  };
  const finish = ended?.["finish_reason"] ?? (calls.length === 0 ? "stop" : "tool_calls");
  const usage = chunks.map((chunk) => chunk["usage"]).findLast(isObject);
  return { choices: [{ index: 0, message, finish_reason: finish }], ...(usage === undefined ? {} : { usage }) };
}

const textIn = (deltas: readonly JsonObject[], name: string): string =>
  deltas
    .map((delta) => delta[name])
    .flatMap((part) => (Array.isArray(part) ? (part as readonly Json[]) : [part ?? null]))
    .map((part) =>
      typeof part === "string" ? part : isObject(part) && typeof part["text"] === "string" ? part["text"] : "",
    )
    .join("");

function joinedCalls(deltas: readonly JsonObject[]): readonly JsonObject[] {
  const calls = new Map<Json, { call: JsonObject; name: string; args: string }>();
  for (const { tool_calls: pieces } of deltas)
    for (const [at, piece] of (Array.isArray(pieces) ? (pieces as readonly Json[]) : []).entries()) {
      if (!isObject(piece)) continue;
      const made = isObject(piece["function"]) ? piece["function"] : {};
      const key = piece["index"] ?? at;
      const call = calls.get(key) ?? { call: piece, name: "", args: "" };
      calls.set(key, call);
      if (typeof made["name"] === "string" && call.name === "") call.name = made["name"];
      if (typeof made["arguments"] === "string") call.args += made["arguments"];
    }
  return [...calls.values()].map(({ call, name, args }) => ({
    ...call,
    type: "function",
    function: { name, arguments: args },
  }));
}
