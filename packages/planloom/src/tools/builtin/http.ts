// The tools `http_get`, `http_post` and so on, one for each method: the effects of a tool are fixed, and those of a
// request follow from its method. In: the named hosts. Out: the tools.
import { z } from "zod";
import type { Json } from "../../plan/json.js";
import { builtinVersion } from "../../plan/tool-spec.js";
import { neededStateText } from "../../words/missing-state.js";
import { calledBody, calledHeaders, calledUrl, callHttp } from "../http/http-call.js";
import { HTTP_EFFECTS, type HttpMethod } from "../http/http-method.js";
import { namedHosts, type HostSettings, type NamedHosts } from "../http/named-hosts.js";
import type { MissingState } from "../missing-state.js";
import { tool, type Tool, type ToolContext } from "../tool.js";

export interface HttpOptions extends HostSettings {
  /** The methods that are offered. Default: GET and HEAD. */
  readonly methods?: readonly HttpMethod[];
}

const DOES: { readonly [method in HttpMethod]: { readonly description: string } } = {
  GET: { description: "Reads from an HTTP service. JSON is given as it is" },
  HEAD: { description: "Asks an HTTP service for the status and the headers of an address" },
  PUT: { description: "Puts a body at an address of an HTTP service, in place of what is there" },
  DELETE: { description: "Deletes what is at an address of an HTTP service" },
  POST: { description: "Posts a body to an HTTP service, which makes or does something" },
  PATCH: { description: "Changes a part of what is at an address of an HTTP service" },
};

const value = z.union([z.string(), z.number(), z.boolean(), z.null()]);
const url = z.string().max(8_000).describe("The full address, with https://.");
const query = z.record(z.string(), z.union([value, z.array(value)])).optional();
const headers = z.record(z.string(), z.string().max(8_000)).optional();
const reading = { url, query: query.describe("Added to the address, encoded."), headers };
const writing = {
  ...reading,
  body: z.unknown().optional().describe("A record or a list is sent as JSON, a text as text."),
};
const output = z.strictObject({
  url: z.string(),
  status: z.int(),
  headers: z.record(z.string(), z.string()),
  body: z.unknown(),
  unread: z.string().optional(),
});

/** The settings must be sound: see hostFault. */
export function httpTools({ methods = ["GET", "HEAD"], ...settings }: HttpOptions): readonly Tool[] {
  const hosts = namedHosts(settings);
  return [...new Set(methods)].map((method) =>
    HTTP_EFFECTS[method] === "none" ? reader(method, hosts) : writer(method, hosts),
  );
}

const named = ({ origins }: NamedHosts): string =>
  origins.map((origin) => origin.replace(/^https:\/\//, "")).join(", ");

const common = (method: HttpMethod, hosts: NamedHosts) =>
  ({
    name: `http_${method.toLowerCase()}`,
    version: builtinVersion(1),
    reach: { hosts: hosts.origins },
    description: `${DOES[method].description}. Hosts: ${named(hosts)}.`,
    output,
    effects: HTTP_EFFECTS[method],
    egress: true,
    precheck: ({ url }: { readonly url: string }) => missingNamedHost(url, hosts),
    summary: ({ status, url }: { readonly status: number; readonly url: string }) => `${status} ${url}`,
  }) as const;

function missingNamedHost(url: string, hosts: NamedHosts): MissingState | undefined {
  if (!URL.canParse(url) || hosts.headersFor(new URL(url)) !== undefined) return undefined;
  return {
    argument: "url",
    what: neededStateText({ is: "named-host", name: new URL(url).host }),
    nearest: hosts.origins,
  };
}

function reader(method: HttpMethod, hosts: NamedHosts): Tool {
  return tool({
    ...common(method, hosts),
    input: z.strictObject(reading),
    // They go to a host that a person has named, and nowhere else. The address chooses among several.
    content: hosts.origins.length === 1 ? ["url", "query", "headers"] : ["query", "headers"],
    run: (args, context) => answered(method, args, hosts, context),
  });
}

function writer(method: HttpMethod, hosts: NamedHosts): Tool {
  return tool({
    ...common(method, hosts),
    input: z.strictObject(writing),
    // A body says what is done.
    content: [],
    run: (args, context) => answered(method, args, hosts, context),
  });
}

interface Arguments {
  readonly url: string;
  readonly query?: { readonly [name: string]: Json } | undefined;
  readonly headers?: { readonly [name: string]: string } | undefined;
  readonly body?: unknown;
}

async function answered(method: HttpMethod, args: Arguments, hosts: NamedHosts, context: ToolContext) {
  const address = calledUrl(args.url, args.query ?? {}, hosts);
  const sent = calledBody(args.body as Json | undefined, calledHeaders(args.headers ?? {}));
  return callHttp({ method, effects: HTTP_EFFECTS[method], url: address, ...sent }, hosts, context);
}
