// What a request offers to a model: the tools that it may call, and the text that it may quote. In: a request as sent.
// Out: an Offer, for the reader of the reply.
import type { CallOptions } from "./ai-sdk.js";
import type { ModelMessage, ModelRequest } from "./port.js";
import type { Offer } from "./reply/reply.js";
import type { ToolForm } from "./request/tool-form.js";

export function offerOf(options: CallOptions, { messages }: ModelRequest, { names, mark }: ToolForm): Offer {
  // Made once, and only for a reply that may quote it.
  let read: string | undefined;
  let material: string | undefined;
  return {
    tools: names.length > 0 ? names : (options.tools ?? []).map(({ name }) => name),
    ...(mark === undefined ? {} : { mark }),
    isQuoted: (text) => (read ??= withoutLayout(messages.map(textOf).join("\n"))).includes(withoutLayout(text)),
    isShown: (tool) => showsCall((material ??= plain(messages.map(materialOf).join("\n"))), tool),
  };
}

/** What a model reads in a message: nothing in one of its own. */
function textOf(message: ModelMessage): string {
  if (message.role === "tool") return message.results.map(({ text }) => text).join("\n");
  return message.role === "user" ? message.text : "";
}

/** What others wrote in a message: results of tools, and data beside a task. */
function materialOf(message: ModelMessage): string {
  const text = textOf(message);
  return message.role === "tool" ? text : [...text.matchAll(/<data name=[^]*?<\/data>/g)].join("\n");
}

/**
 * A text of a tool stands in the request as JSON, with other white space and with escapes; that of a page as HTML, with
 * entities.
 */
const withoutLayout = (text: string): string =>
  text.replace(/\\u00[2-7][0-9a-f]/gi, plainLetter).replace(/&(?:\w+|#\w+);|\\[ntr]|[\s\\"'`<>&]/g, "");

const plainLetter = (escape: string): string => String.fromCharCode(Number.parseInt(escape.slice(2), 16));

/** Letters in one form and case, without quotes, and without what separates the words of a name. */
const plain = (text: string): string =>
  text
    .replace(/\\u00[2-7][0-9a-f]/gi, plainLetter)
    .replace(/&(?:quot|apos|#34|#39);/g, "")
    .normalize("NFKC")
    .toLowerCase()
    .replace(/\\[ntr]/g, " ")
    .replace(/[\p{Cf}\\"'`_-]/gu, "");

/**
 * Whether a text holds a call of this tool, in any notation. A model that repeats it in other words, with other
 * arguments or another spelling of the name, may be led by whoever wrote the text.
 */
function showsCall(material: string, tool: string): boolean {
  const name = plain(tool).replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  if (name === "") return false;
  const isNamed = `(?<![\\p{L}\\p{N}])${name}(?![\\p{L}\\p{N}])`;
  const called = [
    // look(…), look.call(…), look{…}
    `${isNamed}\\s*(?:\\.call)?\\s*[({]`,
    // name: look, arguments: {…}, in either order
    `${isNamed}[^{}]{0,80}(?:arguments|parameters|args|input)\\s*[:=]\\s*\\{`,
    `(?:arguments|parameters|args|input)\\s*[:=]\\s*\\{[^]{0,500}?(?:name|tool|function)\\s*[:=]\\s*${isNamed}`,
    // function=look, call:look, to=functions.look, marks of models
    `(?:function|functions|invoke name|toolcall|call|to)\\s*[=:.]\\s*${isNamed}`,
    `[|\\]]\\s*>?\\s*${isNamed}`,
  ];
  return new RegExp(called.join("|"), "u").test(material);
}
