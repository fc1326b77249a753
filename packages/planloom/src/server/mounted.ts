// The HTTP API as a function from a request to a response, for servers of other kinds. In: a loom, and how callers are
// known. Out: the function. The program's own server listens, ends, and bounds its connections.
import type { HandlerOptions, RequestHandler } from "../loom/handler-options.js";
import type { Loom } from "../loom/loom.js";
import { PlanloomError } from "../words/planloom-error.js";
import { soundNames } from "./access/place.js";
import { readTokens, soundTokens } from "./access/tokens.js";
import { serverApp } from "./app.js";

/** A handler of requests, as hono, Next.js, Deno and Bun take it. It never rejects. Throws HANDLER_OPEN, TOKEN_INVALID. */
export function serverHandler(loom: Loom, options: HandlerOptions): RequestHandler {
  const { tokens = [], authenticate, basePath = "", hosts, stopping } = options;
  if (tokens.length > 0 === (authenticate !== undefined))
    throw new PlanloomError("HANDLER_OPEN", { both: tokens.length > 0 });
  const app = serverApp(loom, {
    tokens: soundTokens(tokens.flatMap((one) => (typeof one === "string" ? readTokens([one]) : [one]))),
    cookie: "planloom",
    ...(authenticate === undefined ? {} : { authenticate }),
    ...(hosts === undefined ? {} : { names: soundNames(hosts) }),
    ...(stopping === undefined ? {} : { stopping }),
  });
  const base = basePath.replace(/\/+$/u, "");
  return async (request) => app.fetch(base === "" ? request : below(base, request));
}

/** The request as it is without the path of the mount. A path outside of it is unknown. */
function below(base: string, request: Request): Request {
  const url = new URL(request.url);
  if (url.pathname !== base && !url.pathname.startsWith(`${base}/`)) return request;
  url.pathname = url.pathname.slice(base.length) || "/";
  return new Request(url, request);
}
