// What searches on a server have in common. In: a reply, or the error of a request. Out: JSON, short texts, and errors
// that say what to do about this server.
import { isObject } from "../../plan/json.js";
import { builtinError } from "../builtin-error.js";
import type { Got } from "../http-get.js";
import { ToolError } from "../tool.js";

export type SearchServer = "searxng" | "brave";

/** Maximum characters of a server's text about a page. */
const SNIPPET_CHARS = 500;

export const snippetText = (text: string): string => text.replace(/\s+/g, " ").trim().slice(0, SNIPPET_CHARS);

/** Throws ToolError SEARCH_FAILED. */
export function replyJson({ type, body }: Got, server: SearchServer): unknown {
  try {
    return JSON.parse(body.toString("utf8"));
  } catch {
    throw builtinError("SEARCH_FAILED", { problem: "not-json", server, ...(type === "" ? {} : { type }) });
  }
}

/** The failed request, with its status: a server says by it that its settings or the key are wrong. */
export function explained(error: unknown, server: SearchServer): unknown {
  if (!(error instanceof ToolError)) return error;
  const { message, retryable, retryAfterMs, cause, failure } = error;
  const { params } = failure ?? {};
  const status = isObject(params) && typeof params["status"] === "number" ? { status: params["status"] } : {};
  const fault = { problem: "request", server, reason: message, ...status } as const;
  return builtinError("SEARCH_FAILED", fault, { retryable, retryAfterMs, cause });
}
