// The tool `fetch_url`. In: the private hosts that are allowed. Out: the tool, which returns a web page as text. The
// request itself is in http-get.ts.
import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import { networkInterfaces } from "node:os";
import { z } from "zod";
import { LIMITS } from "../../limits.js";
import { webText } from "../web-text.js";
import { htmlText, type PageText } from "../html-text.js";
import { isTextType } from "../http-exchange.js";
import { httpGet, type Got } from "../http-get.js";
import { pdfPages } from "../pdf-text.js";
import { builtinError } from "../builtin-error.js";
import { neededStateText } from "../../words/missing-state.js";
import { builtinVersion } from "../../plan/tool-spec.js";
import type { MissingState } from "../missing-state.js";
import { tool, type Tool } from "../tool.js";

export interface FetchOptions {
  /** Hosts that may be reached although their addresses are private: "127.0.0.1", "wiki.intern:8080". */
  readonly allowHosts?: readonly string[];
}

const ACCEPT =
  "text/html, application/xhtml+xml, application/json, application/pdf, text/*;q=0.9, application/xml;q=0.8";

export function fetchUrlTool({ allowHosts = [] }: FetchOptions = {}): Tool {
  return tool({
    name: "fetch_url",
    version: builtinVersion(1),
    // All public hosts, and these.
    reach: { hosts: allowHosts },
    description:
      "Fetches a page of the web (http or https) and gives its text; HTML and PDF are turned into plain text, JSON is left as it is.",
    input: z.strictObject({ url: z.string().max(8_000).describe("The full address, with https://.") }),
    output: z.strictObject({ url: z.string(), status: z.int(), title: z.string(), text: z.string() }),
    effects: "none",
    egress: true,
    // A page of a private host is not public.
    public: allowHosts.length === 0,
    async run({ url }, { signal }) {
      const got = await httpGet(url, { signal, allowHosts, maxBytes: LIMITS.fetchBytes, accept: ACCEPT });
      return { url: got.url, status: got.status, ...(await pageOf(got, signal)) };
    },
    precheck: ({ url }) => missingHost(url),
    summary: ({ title, url }) => `Fetched ${title || url}`,
  });
}

/** Asks for the address of the host, and sends nothing to it. Without a network, nobody knows. */
async function missingHost(url: string): Promise<MissingState | undefined> {
  const host = URL.canParse(url) ? new URL(url).hostname : "";
  if (host === "" || host.startsWith("[") || isIP(host) !== 0) return undefined;
  try {
    await lookup(host);
    return undefined;
  } catch (error) {
    const isUnknown = (error as { readonly code?: unknown }).code === "ENOTFOUND" && hasNetwork();
    return isUnknown ? { argument: "url", what: neededStateText({ is: "host", name: host }) } : undefined;
  }
}

const hasNetwork = (): boolean =>
  Object.values(networkInterfaces()).some((addresses = []) => addresses.some(({ internal }) => !internal));

async function pageOf(got: Got, signal: AbortSignal): Promise<PageText> {
  if (got.type === "application/pdf") {
    const { pages } = await pdfPages(got.body, got.url, { from: 1, count: undefined }, signal);
    return { title: "", text: pages.join("\n\n") };
  }
  if (!isText(got)) {
    const type = got.type === "" ? {} : { type: got.type };
    throw builtinError("FETCH_TYPE", { url: got.url, problem: "not-text", ...type });
  }
  const text = webText(got.body, got.charset);
  return isHtml(got, text) ? htmlText(text, got.url, signal) : { title: "", text };
}

const isText = ({ type, body }: Got): boolean => (type === "" ? !body.includes(0) : isTextType(type));

function isHtml({ type }: Got, text: string): boolean {
  return (
    type === "text/html" ||
    type === "application/xhtml+xml" ||
    (type === "" && /^\s*<(?:!doctype html|html)/i.test(text))
  );
}
