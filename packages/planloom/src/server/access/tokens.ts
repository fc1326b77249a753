// Tokens of the server. In: tokens as they are written in flags and variables, and a request's token. Out: who asks. A
// token is compared in constant time.
import { createHash, timingSafeEqual } from "node:crypto";
import { LIMITS } from "../../limits.js";
import type { AccessToken, Caller, TokenRight } from "../../loom/handler-options.js";
import { PlanloomError } from "../../words/planloom-error.js";

const RIGHTS = ["read", "approve", "all"] as const satisfies readonly TokenRight[];

/** What routes know of the caller. */
export interface CallerVariables {
  readonly Variables: { caller: Caller };
}

const digest = (text: string): Buffer => createHash("sha256").update(text).digest();

/** The token that was meant. All tokens are compared, so the time tells nothing about which one fits. */
export function tokenMeant(tokens: readonly AccessToken[], given: string): AccessToken | undefined {
  const hash = digest(given);
  let found: AccessToken | undefined;
  for (const one of tokens) if (timingSafeEqual(digest(one.token), hash)) found = one;
  return found;
}

/** Reads `TOKEN`, `NAME=TOKEN` and `NAME:RIGHT=TOKEN`. Throws TOKEN_INVALID. */
export const readTokens = (written: readonly string[]): readonly AccessToken[] => soundTokens(written.map(readToken));

/** Throws TOKEN_INVALID for tokens that cannot be used, or not together. */
export function soundTokens(tokens: readonly AccessToken[]): readonly AccessToken[] {
  for (const [index, one] of tokens.entries()) {
    soundToken(one);
    for (const other of tokens.slice(0, index)) {
      if (other.name === one.name) throw new PlanloomError("TOKEN_INVALID", { fault: "twice", name: one.name });
      if (other.token === one.token)
        throw new PlanloomError("TOKEN_INVALID", { fault: "same", names: [other.name, one.name] });
    }
  }
  return tokens;
}

/** The name of a token that has none. */
const USER = "user";

function readToken(written: string): AccessToken {
  const [, name, right, token] = /^([^=:]+)(?::([^=]*))?=([^]*)$/u.exec(written) ?? [];
  // A token of base64 may end with "=".
  if (name === undefined || (right === undefined && /^=*$/u.test(token!) && name.length >= LIMITS.tokenChars))
    return { name: USER, token: written, right: "all" };
  return { name, token: token!, right: (right ?? "all") as TokenRight };
}

function soundToken({ name, token, right }: AccessToken): void {
  const least = LIMITS.tokenChars;
  if (!/^[A-Za-z0-9][\w.@-]*$/u.test(name) || name.length > LIMITS.nameChars)
    throw new PlanloomError("TOKEN_INVALID", { fault: "name", name: name.slice(0, SHOWN_CHARS) });
  if (!RIGHTS.includes(right)) throw new PlanloomError("TOKEN_INVALID", { fault: "right", name, right });
  if (token === "") throw new PlanloomError("TOKEN_INVALID", { fault: "empty" });
  if (!/^[\w.~+/=-]+$/u.test(token)) throw new PlanloomError("TOKEN_INVALID", { fault: "characters" });
  if (token.length < least) throw new PlanloomError("TOKEN_INVALID", { fault: "short", least });
}

/** A wrong name may be a token. */
const SHOWN_CHARS = 8;
