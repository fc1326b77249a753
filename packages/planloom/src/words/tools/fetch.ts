// Words for failures of the tools that use the network or a model: fetch_url, search on a server, summarize.
import { byCase } from "../by-case.js";
import type { ToolTable } from "./tool-words.js";

type UrlFault =
  | { readonly problem: "not-a-url"; readonly url: string }
  | { readonly problem: "protocol"; readonly protocol: string }
  | { readonly problem: "credentials"; readonly host: string };

type TypeFault =
  | { readonly problem: "packed"; readonly encoding: string }
  /** `type` is absent if the server gives none. */
  | { readonly problem: "not-text"; readonly type?: string };

/** Absent in failures of earlier versions: SearXNG. */
type Server = { readonly server?: "searxng" | "brave" };

type SearchFault =
  | ({ readonly problem: "not-results" } & Server)
  | ({ readonly problem: "not-json"; readonly type?: string } & Server)
  | { readonly problem: "query"; readonly chars: number; readonly limit: number }
  /** The request failed. `reason` is the text of its error. */
  | ({ readonly problem: "request"; readonly reason: string; readonly status?: number } & Server);

export interface FetchFailures {
  FETCH_URL: UrlFault;
  /** `address` is absent if the host is an address itself. */
  FETCH_ADDRESS: { readonly host: string; readonly address?: string };
  FETCH_REDIRECTS: { readonly url: string; readonly limit: number };
  FETCH_STATUS: { readonly url: string; readonly status: number };
  FETCH_TYPE: { readonly url: string } & TypeFault;
  FETCH_TOO_LARGE: { readonly url: string; readonly limit: number };
  FETCH_FAILED: { readonly url: string; readonly reason: string };
  SEARCH_FAILED: SearchFault;
  SUMMARIZE_TEXT: { readonly chars: number; readonly limit: number };
  SUMMARIZE_EMPTY: Record<string, never>;
  SUMMARIZE_FAILED: { readonly reason: string };
}

const ENABLE_JSON = 'add "json" to search.formats in the settings.yml of the SearXNG server.';

function searchAdvice(status: number | undefined, server: Server["server"]): string {
  if (server !== "brave") return status === 403 ? ` Perhaps ${ENABLE_JSON}` : "";
  return status === 401 || status === 403 || status === 422 ? " Perhaps the key is wrong or has expired." : "";
}

export const FETCH_FAILURES: ToolTable<FetchFailures> = {
  FETCH_URL: {
    message: byCase("problem", {
      "not-a-url": ({ url }) => `"${url}" is not a URL. Write it with https:// in front.`,
      protocol: ({ protocol }) => `${protocol} cannot be fetched. Only http and https can.`,
      credentials: ({ host }) =>
        `The URL for ${host} carries a user or password, which would end up in the log. Remove it.`,
    }),
  },
  FETCH_ADDRESS: {
    message: ({ host, address }) =>
      `${host}${address === undefined ? "" : ` (${address})`} is not on the public internet. This tool does not go ` +
      "there.",
    next: () => ["If it is meant, allow the host with ", { action: "set", setting: "builtins.fetch.allowHosts" }, "."],
  },
  FETCH_REDIRECTS: { message: ({ url, limit }) => `${url} leads through more than ${limit} redirects.` },
  FETCH_STATUS: { message: ({ url, status }) => `${url} answered with status ${status}.` },
  FETCH_TYPE: {
    message: byCase("problem", {
      packed: ({ url, encoding }) => `${url} is packed as ${encoding}, which cannot be unpacked.`,
      "not-text": ({ url, type = "data of no known type" }) =>
        `${url} is ${type}, not text. Look for the same as a web page.`,
    }),
  },
  FETCH_TOO_LARGE: { message: ({ url, limit }) => `${url} is larger than ${limit} bytes. Fetch a smaller page.` },
  FETCH_FAILED: { message: ({ url, reason }) => `${url} could not be fetched: ${reason}.` },
  SEARCH_FAILED: {
    message: byCase("problem", {
      "not-results": ({ server }) =>
        `The search server answered something other than results.${server === "brave" ? "" : " Is it SearXNG?"}`,
      "not-json": ({ type = "no known type", server }) =>
        `The search server answered ${type} instead of JSON${server === "brave" ? "." : `; ${ENABLE_JSON}`}`,
      query: ({ chars, limit }) => `The query has ${chars} characters. This service takes at most ${limit}.`,
      request: ({ reason, status, server }) => `The search failed: ${reason}${searchAdvice(status, server)}`,
    }),
  },
  SUMMARIZE_TEXT: {
    message: ({ chars, limit }) =>
      chars === 0
        ? "The text to summarize is empty."
        : `The text has ${chars} characters. At most ${limit} can be summarized at once.`,
  },
  SUMMARIZE_EMPTY: { retryable: true, message: () => "The model gave an empty summary." },
  SUMMARIZE_FAILED: { retryable: true, message: ({ reason }) => `The model could not summarize: ${reason}` },
};
