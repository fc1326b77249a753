// Who may ask what. In: a request. Out: the request goes on with the caller's name, or a problem. Runs before every
// route of the API.
import type { Context, MiddlewareHandler } from "hono";
import { getCookie } from "hono/cookie";
import type { AccessToken, Authenticate, Caller } from "../../loom/handler-options.js";
import { PlanloomError } from "../../words/planloom-error.js";
import { boundedBody } from "./body.js";
import { assertOwnPage, assertPlace } from "./place.js";
import type { Rates } from "./rates.js";
import type { Sessions } from "./session.js";
import { tokenMeant, type CallerVariables } from "./tokens.js";

export interface Access {
  readonly tokens: readonly AccessToken[];
  readonly authenticate?: Authenticate | undefined;
  readonly sessions: Sessions;
  readonly cookie: string;
  /** The names under which the server answers. Absent: any. */
  readonly names?: readonly string[] | undefined;
  readonly rates: Rates;
  /** Aborted when the server stops. */
  readonly stopping?: AbortSignal | undefined;
}

/** The body is read only once the caller is known. */
export const withAccess =
  (access: Access): MiddlewareHandler<CallerVariables> =>
  async (context, next) => {
    const { req } = context;
    const { tokens, names, rates, stopping } = access;
    if (stopping?.aborted === true) throw new PlanloomError("SERVER_STOPPING", {}, { retryAfterMs: 1_000 });
    assertPlace(req.raw, names);
    assertNoToken(new URL(req.url).searchParams, tokens);
    // A session is begun and ended without a caller.
    const isSession = req.path === "/v1/session" && req.method !== "GET" && req.method !== "HEAD";
    const caller = isSession ? undefined : await callerOf(context, access);
    rates.count(caller?.name ?? "");
    if (caller === undefined && !isSession) throw new PlanloomError("TOKEN_NEEDED", {});
    req.raw = await boundedBody(req.raw);
    if (caller !== undefined) context.set("caller", caller);
    return next();
  };

async function callerOf(context: Context, access: Access): Promise<Caller | undefined> {
  const { authenticate, tokens, sessions, cookie } = access;
  const request = context.req.raw;
  if (authenticate !== undefined) {
    // The program may ask its own cookie.
    if (request.headers.has("cookie")) assertOwnPage(request);
    return authenticate(request);
  }
  const given = request.headers.get("authorization");
  if (given !== null) return tokenMeant(tokens, /^Bearer +(\S+)$/iu.exec(given)?.[1] ?? "");
  const session = getCookie(context, cookie);
  if (session === undefined) return undefined;
  assertOwnPage(request);
  return sessions.callerOf(session);
}

const TOKEN_NAMES: readonly string[] = ["token", "access_token", "api_key", "authorization"];

/** Addresses stand in logs and histories. Throws TOKEN_IN_QUERY. */
function assertNoToken(query: URLSearchParams, tokens: readonly AccessToken[]): void {
  for (const [parameter, value] of query)
    if (tokenMeant(tokens, parameter) !== undefined) throw new PlanloomError("TOKEN_IN_QUERY", { parameter: "…" });
    else if (TOKEN_NAMES.includes(parameter.toLowerCase()) || tokenMeant(tokens, value) !== undefined)
      throw new PlanloomError("TOKEN_IN_QUERY", { parameter: parameter.slice(0, 40) });
}
