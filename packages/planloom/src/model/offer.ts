// What a request offers to a model: the tools that it may call, and the text that it may quote. In: a request as sent.
// Out: an Offer, for the reader of the reply.
import type { CallOptions } from "./ai-sdk.js";
import type { ModelMessage, ModelRequest } from "./port.js";
import type { Offer } from "./reply.js";
import type { ToolForm } from "./tool-form.js";

export function offerOf(options: CallOptions, { messages }: ModelRequest, { names, mark }: ToolForm): Offer {
  // Made once, and only for a reply that may quote it.
  let read: string | undefined;
  return {
    tools: names.length > 0 ? names : (options.tools ?? []).map(({ name }) => name),
    ...(mark === undefined ? {} : { mark }),
    isQuoted: (text) => (read ??= withoutLayout(messages.map(textOf).join("\n"))).includes(withoutLayout(text)),
  };
}

/** What a model reads in a message: nothing in one of its own. */
function textOf(message: ModelMessage): string {
  if (message.role === "tool") return message.results.map(({ text }) => text).join("\n");
  return message.role === "user" ? message.text : "";
}

/**
 * A text of a tool stands in the request as JSON, with other white space and with escapes; that of a page as HTML, with
 * entities.
 */
const withoutLayout = (text: string): string =>
  text.replace(/\\u00[2-7][0-9a-f]/gi, plainLetter).replace(/&(?:\w+|#\w+);|\\[ntr]|[\s\\"'`<>&]/g, "");

const plainLetter = (escape: string): string => String.fromCharCode(Number.parseInt(escape.slice(2), 16));
