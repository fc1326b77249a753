// Web search through a SearXNG server. In: its address, a query. Out: results, in the same shape as those of a folder
// search.
import { z } from "zod";
import { PlanloomError } from "../../words/planloom-error.js";
import { LIMITS } from "../../limits.js";
import { httpGet, type Got } from "../http-get.js";
import { builtinError } from "../builtin-error.js";
import type { Hit, Search } from "./hit.js";
import { explained, replyJson, snippetText } from "./search-reply.js";

/** The fields that are read from a reply. Engines may leave fields out, and other fields vary. */
const replySchema = z.object({
  results: z.array(z.object({ url: z.string(), title: z.string().nullish(), content: z.string().nullish() })),
});

/** Throws PlanloomError BAD_SEARCH (kind config) if the address is not a URL. */
export function searxngSearch(address: string): Search {
  const base = baseOf(address);
  return async (query, limit, signal) => {
    const url = new URL(base);
    url.search = String(new URLSearchParams({ q: query, format: "json" }));
    return hitsOf(await fetched(url, signal)).slice(0, limit);
  };
}

/** A person named this server, so it may be private. Redirects are checked as usual. */
async function fetched(url: URL, signal: AbortSignal): Promise<Got> {
  try {
    const options = { signal, maxBytes: LIMITS.fetchBytes, allowHosts: [url.host], accept: "application/json" };
    return await httpGet(url.href, options);
  } catch (error) {
    throw explained(error, "searxng");
  }
}

/** Throws as searxngSearch does. */
export const searxngHost = (address: string): string => baseOf(address).host;

function baseOf(address: string): URL {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) throw new PlanloomError("BAD_SEARCH", { address });
  const path = url.pathname.replace(/\/+$/, "");
  url.pathname = path.endsWith("/search") ? path : `${path}/search`;
  return url;
}

function hitsOf(got: Got): Hit[] {
  const reply = replySchema.safeParse(replyJson(got, "searxng"));
  if (!reply.success) throw builtinError("SEARCH_FAILED", { problem: "not-results", server: "searxng" });
  return reply.data.results.map(({ url, title, content }) => ({
    title: title || url,
    url,
    snippet: snippetText(content ?? ""),
  }));
}
