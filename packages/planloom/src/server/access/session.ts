// The sign-in of the Studio. In: the token of the printed link, once. Out: a cookie that no script can read.
import { Hono } from "hono";
import { deleteCookie, setCookie } from "hono/cookie";
import { isObject } from "../../plan/json.js";
import { PlanloomError } from "../../words/planloom-error.js";
import { tokenMeant, type AccessToken } from "./tokens.js";

export function sessionRoutes(tokens: readonly AccessToken[], cookie: string): Hono {
  return new Hono()
    .post("/", async (context) => {
      const body: unknown = await context.req.json().catch(() => undefined);
      const given = isObject(body) && typeof body.token === "string" ? body.token : "";
      const caller = tokenMeant(tokens, given);
      if (caller === undefined) throw new PlanloomError("TOKEN_NEEDED", {});
      setCookie(context, cookie, caller.token, { httpOnly: true, sameSite: "Strict", path: "/" });
      return context.json({ name: caller.name, right: caller.right });
    })
    .delete("/", (context) => {
      deleteCookie(context, cookie, { path: "/" });
      return context.body(null, 204);
    });
}
