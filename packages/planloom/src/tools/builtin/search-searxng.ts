// Search of the web through a SearXNG server. In: its address, a query. Out: results. Separate from the tool because a folder
// of documents answers in the same shape.
import { z } from "zod";
import { PlanloomError } from "../../words/planloom-error.js";
import { LIMITS } from "../../limits.js";
import { httpGet, type Got } from "../http-get.js";
import { ToolError } from "../tool.js";
import type { Hit, Search } from "./hit.js";

/** What is read of a reply; engines leave out fields, and other fields come and go. */
const replySchema = z.object({
  results: z.array(z.object({ url: z.string(), title: z.string().nullish(), content: z.string().nullish() })),
});

/** Characters kept of what an engine says of a page. */
const SNIPPET_CHARS = 500;

/** Throws PlanloomError BAD_SEARCH (kind config) when the address is no URL. */
export function searxngSearch(address: string): Search {
  const base = baseOf(address);
  return async (query, limit, signal) => {
    const url = new URL(base);
    url.search = String(new URLSearchParams({ q: query, format: "json" }));
    return hitsOf(await fetched(url, signal)).slice(0, limit);
  };
}

/** The person named this server, so it may be a private one; where its redirects lead is checked as ever. */
async function fetched(url: URL, signal: AbortSignal): Promise<Got> {
  try {
    const options = { signal, maxBytes: LIMITS.fetchBytes, allowHosts: [url.host], accept: "application/json" };
    return await httpGet(url.href, options);
  } catch (error) {
    throw explained(error);
  }
}

function baseOf(address: string): URL {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) throw new PlanloomError("BAD_SEARCH", { address });
  const path = url.pathname.replace(/\/+$/, "");
  url.pathname = path.endsWith("/search") ? path : `${path}/search`;
  return url;
}

function hitsOf(got: Got): Hit[] {
  const reply = replySchema.safeParse(parsed(got));
  if (!reply.success) throw failed("The search server answered something other than results; is it SearXNG?", false);
  return reply.data.results.map(({ url, title, content }) => ({
    title: title || url,
    url,
    snippet: (content ?? "").replace(/\s+/g, " ").trim().slice(0, SNIPPET_CHARS),
  }));
}

function parsed({ type, body }: Got): unknown {
  try {
    return JSON.parse(body.toString("utf8"));
  } catch {
    throw failed(`The search server answered ${type || "no known type"} instead of JSON; ${ENABLE}`, false);
  }
}

const ENABLE = 'add "json" to search.formats in the settings.yml of the SearXNG server.';

/** A server whose settings leave out JSON answers 403, which says nothing to whoever has not seen it before. */
function explained(error: unknown): unknown {
  if (!(error instanceof ToolError)) return error;
  const hint = error.message.includes("status 403") ? ` Perhaps ${ENABLE}` : "";
  const { retryable, retryAfterMs, cause } = error;
  const wait = retryAfterMs === undefined ? {} : { retryAfterMs };
  return new ToolError(`The search failed: ${error.message}${hint}`, {
    code: "SEARCH_FAILED",
    retryable,
    cause,
    ...wait,
  });
}

function failed(message: string, retryable: boolean): ToolError {
  return new ToolError(message, { code: "SEARCH_FAILED", retryable });
}
