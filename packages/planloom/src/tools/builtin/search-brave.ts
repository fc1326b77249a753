// Web search through the Brave Search API. In: a key, a query. Out: results, in the same shape as those of a folder
// search. The host is fixed: the key goes nowhere else.
import { z } from "zod";
import { LIMITS } from "../../limits.js";
import { builtinError } from "../builtin-error.js";
import { httpGet } from "../http-get.js";
import { secretFilter } from "../secret-filter.js";
import type { Hit, Search } from "./hit.js";
import { explained, replyJson, snippetText } from "./search-reply.js";

export interface BraveOptions {
  readonly key: string;
  /** Another address than that of the service: for tests of a program. */
  readonly address?: string;
}

const ADDRESS = "https://api.search.brave.com/res/v1/web/search";
/** More is refused by the service. */
const QUERY_CHARS = 400;

export const braveHost = ({ address = ADDRESS }: BraveOptions): string => new URL(address).host;

/** Without results, `web` is absent. */
const replySchema = z.object({
  web: z
    .object({
      results: z.array(z.object({ url: z.string(), title: z.string().nullish(), description: z.string().nullish() })),
    })
    .nullish(),
});

export function braveSearch({ key, address = ADDRESS }: BraveOptions): Search {
  const filter = secretFilter({ "builtins.search.brave.key": key });
  // A program that names another address means it.
  const allowHosts = address === ADDRESS ? [] : [new URL(address).host];
  return async (query, limit, signal) => {
    if (query.length > QUERY_CHARS)
      throw builtinError("SEARCH_FAILED", { problem: "query", chars: query.length, limit: QUERY_CHARS });
    const url = new URL(address);
    url.search = String(new URLSearchParams({ q: query, count: String(limit), text_decorations: "false" }));
    const options = { signal, maxBytes: LIMITS.fetchBytes, allowHosts, accept: "application/json" };
    const got = await httpGet(url.href, { ...options, headers: { "x-subscription-token": key } }).catch(
      (error: unknown) => {
        throw explained(error, "brave");
      },
    );
    return hitsOf(replyJson(got, "brave"))
      .slice(0, limit)
      .map(({ title, url, snippet }) => ({
        title: filter.text(title),
        url: filter.text(url),
        snippet: filter.text(snippet),
      }));
  };
}

function hitsOf(reply: unknown): Hit[] {
  const read = replySchema.safeParse(reply);
  if (!read.success) throw builtinError("SEARCH_FAILED", { problem: "not-results", server: "brave" });
  return (read.data.web?.results ?? []).map(({ url, title, description }) => ({
    title: title || url,
    url,
    snippet: snippetText(description ?? ""),
  }));
}
