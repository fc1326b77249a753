// Takes the keys of settings out of replies: some proxies repeat a request, with its headers, as the reply. In: a reply
// or its pieces. Out: the same with [key] in their place.
import { isObject, type Json } from "../../plan/json.js";
import type { ModelReply, ModelRequest } from "../port.js";

const SHOWN = "[key]";
/** A value that cannot be a word of a text. Placeholders such as `lm-studio` stay. */
const KEY_FORM = /^(?=\S*\d)(?=\S*[a-z])\S{12,}$/i;

export interface SecretKeeper {
  request(request: ModelRequest): ModelRequest;
  reply(reply: ModelReply): ModelReply;
  /** Gives the rest of the text, once the reply is whole. */
  end(): void;
}

/** For one call. undefined: nothing to keep. */
export function secretKeeper(known: readonly string[], { onText }: ModelRequest): SecretKeeper | undefined {
  const secrets = known.filter((secret) => KEY_FORM.test(secret));
  if (secrets.length === 0) return undefined;
  const without = (text: string): string => secrets.reduce((left, secret) => left.replaceAll(secret, SHOWN), text);
  let held = "";
  const show = (delta: string): void => {
    held = without(held + delta);
    const end = held.length - openEnd(held, secrets);
    if (end > 0) onText?.(held.slice(0, end));
    held = held.slice(end);
  };
  return {
    request: (request) => (onText === undefined ? request : { ...request, onText: show }),
    reply: (reply) => ({
      ...reply,
      text: without(reply.text),
      toolCalls: reply.toolCalls.map((call) => ({ ...call, args: inJson(call.args, without) })),
    }),
    end() {
      if (held !== "") onText?.(held);
      held = "";
    },
  };
}

/** Characters at the end of a text with which a secret may begin. */
function openEnd(text: string, secrets: readonly string[]): number {
  const longest = Math.max(...secrets.map(({ length }) => length)) - 1;
  for (let length = Math.min(longest, text.length); length > 0; length--)
    if (secrets.some((secret) => secret.length > length && secret.startsWith(text.slice(-length)))) return length;
  return 0;
}

function inJson(value: Json, without: (text: string) => string): Json {
  if (typeof value === "string") return without(value);
  if (Array.isArray(value)) return (value as readonly Json[]).map((item) => inJson(item, without));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, inJson(field, without)]));
}
