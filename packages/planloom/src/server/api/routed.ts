// Serves routes that are data. In: routes and a loom. Out: a hono app that checks each request and calls the route's
// function, and the answers for other methods and unknown paths.
import { Hono, type Context } from "hono";
import type { Loom } from "../../loom/loom.js";
import { PlanloomError } from "../../words/planloom-error.js";
import { assertRight } from "../access/rights.js";
import type { CallerVariables } from "../access/tokens.js";
import { errorProblem, problemResponse } from "../problem.js";
import { readBody, readQuery } from "./request.js";
import { honoPath, rightFor, type Route, type RouteFacts } from "./route.js";

export function routed(loom: Loom, routes: readonly Route[]): Hono<CallerVariables> {
  const app = new Hono<CallerVariables>();
  for (const one of routes)
    app.on(one.method.toUpperCase(), honoPath(one.path), (context) => answered(loom, one, context));
  return app;
}

async function answered(loom: Loom, one: Route, context: Context<CallerVariables>): Promise<Response> {
  const request = context.req.raw;
  const caller = context.get("caller");
  if (one.isOpen !== true) assertRight(caller, rightFor(one));
  const query = readQuery(new URL(request.url).searchParams, one.query);
  const body = one.body === undefined ? undefined : await readBody(request, one.body);
  if (one.rightOf !== undefined) assertRight(caller, one.rightOf(body));
  return one.handle(loom, { params: context.req.param(), query, body, caller, request });
}

/** What is asked of a path that has other methods, and of a path that does not exist. Mounted after all routes. */
export function otherwise(described: readonly RouteFacts[]): Hono<CallerVariables> {
  const app = new Hono<CallerVariables>();
  for (const path of new Set(described.map((one) => one.path))) {
    const methods = described.flatMap((one) => (one.path === path ? [one.method.toUpperCase()] : []));
    const allow = [...methods, ...(methods.includes("GET") ? ["HEAD"] : [])].join(", ");
    app.all(honoPath(path), ({ req: { method } }) =>
      problemResponse(errorProblem(new PlanloomError("METHOD_NOT_ALLOWED", { method, path, allow })), { allow }),
    );
  }
  app.all("/v1/*", ({ req: { method, path } }) => {
    throw new PlanloomError("ROUTE_UNKNOWN", { method, path });
  });
  return app;
}

/** A JSON answer. Nothing of a run may stay in a cache of the browser. */
export const jsonAnswer = (value: unknown, status = 200, headers: { readonly [name: string]: string } = {}): Response =>
  new Response(JSON.stringify(value), {
    status,
    headers: { "content-type": "application/json", "cache-control": "no-store", ...headers },
  });
