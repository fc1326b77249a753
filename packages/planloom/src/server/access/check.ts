// Who may ask what. In: a request. Out: the request goes on with the caller's name, or a problem. Runs before every
// route of the API.
import { getCookie } from "hono/cookie";
import type { MiddlewareHandler } from "hono";
import { tokenMeant, type AccessToken } from "./tokens.js";
import { PlanloomError } from "../../words/planloom-error.js";

/** What routes know of the caller. */
export interface CallerVariables {
  readonly Variables: { caller: AccessToken };
}

export const sessionCookie = (port: number): string => `planloom-${port}`;

/** `cookie`: the name of the session's cookie. The Studio keeps its token there. */
export const withAccess =
  (tokens: readonly AccessToken[], cookie: string): MiddlewareHandler<CallerVariables> =>
  async (context, next) => {
    const [, bearer] = /^Bearer (\S+)$/iu.exec(context.req.header("authorization") ?? "") ?? [];
    const given = bearer ?? getCookie(context, cookie);
    const caller = given === undefined ? undefined : tokenMeant(tokens, given);
    if (caller === undefined) throw new PlanloomError("TOKEN_NEEDED", {});
    context.set("caller", caller);
    return next();
  };
