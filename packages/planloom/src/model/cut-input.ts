// Notices a server that reads only a part of a request and says nothing. In: a request, and the usage that the server
// reports. Out: the tokens that were sent by our estimate, and those that it has read, if they are far fewer.
import type { Usage } from "../plan/usage.js";
import type { ModelRequest } from "./port.js";

export interface InputCut {
  /** Tokens of the request by our estimate. */
  readonly estimated: number;
  /** Tokens that the server reports. */
  readonly reported: number;
}

/** Characters of one token on average: English has 4 to 5, code and other languages have fewer. */
export const TOKEN_CHARS = 4;
/** No text of ours has as many characters in each token. */
const MOST_TOKEN_CHARS = 8;
/** A shorter request is not judged: every server reads as much. */
const LEAST_CHARS = 8_000;
/** Usual sizes of a context that nobody has set. A server that cuts reports just as many, or a few less. */
const DEFAULT_CONTEXTS = [2_048, 4_096, 8_192];
const NEAR = 64;

export function inputCut(request: ModelRequest, usage: Usage): InputCut | undefined {
  const { inputTokens: reported, cachedInputTokens } = usage;
  // Some servers report only the tokens that were not cached.
  if (reported === null || reported === 0 || cachedInputTokens !== undefined) return undefined;
  const chars = charsOf(request);
  if (chars < LEAST_CHARS) return undefined;
  const isDefault = DEFAULT_CONTEXTS.some((size) => reported <= size && reported > size - NEAR);
  const isFew = chars > reported * (isDefault ? MOST_TOKEN_CHARS * 0.7 : MOST_TOKEN_CHARS);
  return isFew ? { estimated: Math.round(chars / TOKEN_CHARS), reported } : undefined;
}

/** Reasoning is left out, because many templates drop it. */
function charsOf({ system, messages, tools = [] }: ModelRequest): number {
  let chars = system.length + tools.reduce((sum, tool) => sum + JSON.stringify(tool).length, 0);
  for (const message of messages) {
    if (message.role === "tool") chars += message.results.reduce((sum, { text }) => sum + text.length, 0);
    else chars += message.text.length;
    if (message.role === "assistant" && message.toolCalls !== undefined)
      chars += message.toolCalls.reduce((sum, { args }) => sum + JSON.stringify(args).length, 0);
  }
  return chars;
}
