// Tokens of the server. In: the names and rights that were configured, and a request's token. Out: who asks. A token is
// compared in constant time.
import { createHash, timingSafeEqual } from "node:crypto";

/** read: GET only. approve: also commands that answer what waits. all: everything. */
export type TokenRight = "read" | "approve" | "all";

export interface AccessToken {
  /** The author of the token's commands, for the log. */
  readonly name: string;
  readonly token: string;
  readonly right: TokenRight;
}

const digest = (text: string): Buffer => createHash("sha256").update(text).digest();

/** The token that was meant. All tokens are compared, so the time tells nothing about which one fits. */
export function tokenMeant(tokens: readonly AccessToken[], given: string): AccessToken | undefined {
  const hash = digest(given);
  let found: AccessToken | undefined;
  for (const one of tokens) if (timingSafeEqual(digest(one.token), hash)) found = one;
  return found;
}
