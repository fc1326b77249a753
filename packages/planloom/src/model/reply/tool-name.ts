// Names of tools as models write them, and as they stand in a request. In: a written name, or the names of an inventory.
// Out: the tool that is meant, or a reversible map to names that every server takes.
import { sha256 } from "../../sha256.js";
import type { ModelMessage, ModelReply, ModelRequest } from "../port.js";

export type MeantTool =
  | { readonly found: "one"; readonly name: string }
  /** Several names are equally near. None of them is taken. */
  | { readonly found: "several"; readonly names: readonly string[] }
  | { readonly found: "none" };

/**
 * The offered tool that a model means. An exact name comes first, then a name without the prefix or number that some
 * models add (`functions.look:0`), then a name with other separators or letters of another case.
 */
export function toolMeant(written: string, offered: readonly string[]): MeantTool {
  const name = written.trim();
  const plain = name.replace(PREFIX, "").replace(/:\d+$/, "");
  for (const wanted of [name, plain]) if (offered.includes(wanted)) return { found: "one", name: wanted };
  const alike = offered.filter((one) => folded(one) === folded(plain));
  if (alike.length > 1) return { found: "several", names: alike };
  return alike[0] === undefined ? { found: "none" } : { found: "one", name: alike[0] };
}

const PREFIX = /^(?:functions?|tools?|default_api)[.:/]/;

const folded = (name: string): string => name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, "") || name;

/** The request with names that every server takes, and its reply with the names of the inventory. */
export function withWireNames(request: ModelRequest): {
  readonly request: ModelRequest;
  readonly read: (reply: ModelReply) => ModelReply;
} {
  const wire = wireNames((request.tools ?? []).map(({ name }) => name));
  const sent = (name: string): string => wire.get(name) ?? (WIRE_NAME.test(name) ? name : wireName(name));
  const names = new Map([...wire].map(([name, short]) => [short, name]));
  const isSame = [...wire].every(([name, short]) => name === short);
  const messages = request.messages.map((message) => renamed(message, sent));
  const tools = request.tools?.map((tool) => ({ ...tool, name: sent(tool.name) }));
  return {
    request: { ...request, messages, ...(tools === undefined ? {} : { tools }) },
    read: (reply) =>
      isSame
        ? reply
        : {
            ...reply,
            toolCalls: reply.toolCalls.map((call) => ({ ...call, name: names.get(call.name) ?? call.name })),
          },
  };
}

/** What all servers take as the name of a tool. */
const WIRE_NAME = /^[A-Za-z0-9_-]{1,64}$/;

/** A name that fits stays. Another one gets letters that fit, and a hash of itself where two would be the same. */
function wireNames(names: readonly string[]): ReadonlyMap<string, string> {
  const wire = new Map(names.filter((name) => WIRE_NAME.test(name)).map((name) => [name, name]));
  const taken = new Set([...wire.keys()].map((name) => name.toLowerCase()));
  const others = names.filter((name) => !wire.has(name));
  const shorts = others.map((name) => wireName(name).toLowerCase());
  for (const name of others) {
    const short = wireName(name);
    const isOwn = !taken.has(short.toLowerCase()) && shorts.filter((one) => one === short.toLowerCase()).length === 1;
    wire.set(name, isOwn ? short : hashedName(name));
  }
  return wire;
}

function wireName(name: string): string {
  const letters = name.normalize("NFKD").replace(/\p{M}/gu, "");
  const plain = letters.replace(/[^A-Za-z0-9_-]+/g, "_").replace(/^_+|_+$/g, "");
  return /[A-Za-z0-9]/.test(plain) && plain.length <= 64 ? plain : hashedName(name);
}

const hashedName = (name: string): string =>
  `${name.replace(/[^A-Za-z0-9_-]+/g, "_").slice(0, 51) || "tool"}_${sha256(name).slice(0, 12)}`;

function renamed(message: ModelMessage, sent: (name: string) => string): ModelMessage {
  if (message.role === "user") return message;
  if (message.role === "tool")
    return { ...message, results: message.results.map((result) => ({ ...result, name: sent(result.name) })) };
  const { toolCalls } = message;
  if (toolCalls === undefined) return message;
  return { ...message, toolCalls: toolCalls.map((call) => ({ ...call, name: sent(call.name) })) };
}
