// The sign-in of the Studio. In: the token of the printed link, once. Out: a cookie that no script can read. The cookie
// is a random id; the sessions live in the memory of the server.
import { createHash, randomBytes } from "node:crypto";
import { Hono, type Context } from "hono";
import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import type { Clock } from "../../clock.js";
import { LIMITS } from "../../limits.js";
import { isObject } from "../../plan/json.js";
import type { AccessToken, Caller } from "../../loom/handler-options.js";
import { PlanloomError } from "../../words/planloom-error.js";
import { tokenMeant, type CallerVariables } from "./tokens.js";

/** The name of the cookie carries the port, because a browser sends cookies to every port of a host. */
export const sessionCookie = (port: number): string => `planloom-${port}`;

export class Sessions {
  /** By the hash of the id, the oldest first. */
  readonly #open = new Map<string, { readonly caller: Caller; readonly until: number }>();

  constructor(private readonly clock: Clock) {}

  /** The id of a new session. */
  begin({ name, right }: Caller): string {
    const id = randomBytes(32).toString("base64url");
    // The sessions of a caller end none of another one.
    const own = [...this.#open].filter(([, one]) => one.caller.name === name);
    if (own.length >= LIMITS.sessions) this.#open.delete(own[0]![0]);
    this.#open.set(keyOf(id), { caller: { name, right }, until: this.clock.now() + LIMITS.sessionMs });
    return id;
  }

  callerOf(id: string): Caller | undefined {
    const found = this.#open.get(keyOf(id));
    if (found !== undefined && found.until > this.clock.now()) return found.caller;
    this.end(id);
    return undefined;
  }

  end(id: string): void {
    this.#open.delete(keyOf(id));
  }
}

const keyOf = (id: string): string => createHash("sha256").update(id).digest("base64");

interface SessionPorts {
  readonly tokens: readonly AccessToken[];
  readonly cookie: string;
  readonly sessions: Sessions;
}

/** GET tells who asks. POST begins a session, and DELETE ends it; they have no caller. */
export function sessionRoutes({ tokens, cookie, sessions }: SessionPorts): Hono<CallerVariables> {
  return new Hono<CallerVariables>()
    .get("/", (context) => {
      const { name, right } = context.get("caller");
      return context.json({ name, right });
    })
    .post("/", async (context) => {
      const body: unknown = await context.req.json().catch(() => undefined);
      const given = isObject(body) && typeof body["token"] === "string" ? body["token"] : "";
      const caller = tokenMeant(tokens, given);
      if (caller === undefined) throw new PlanloomError("TOKEN_NEEDED", {});
      const earlier = getCookie(context, cookie);
      if (earlier !== undefined) sessions.end(earlier);
      setCookie(context, cookie, sessions.begin(caller), { ...kept(context), maxAge: LIMITS.sessionMs / 1_000 });
      return context.json({ name: caller.name, right: caller.right });
    })
    .delete("/", (context) => {
      const id = getCookie(context, cookie);
      if (id !== undefined) sessions.end(id);
      deleteCookie(context, cookie, kept(context));
      return context.body(null, 204);
    });
}

/** Behind a proxy with TLS, the page says so by its origin. */
const kept = (context: Context) => ({
  httpOnly: true,
  sameSite: "Strict" as const,
  path: "/",
  ...(context.req.header("origin")?.startsWith("https:") === true ? { secure: true } : {}),
});
