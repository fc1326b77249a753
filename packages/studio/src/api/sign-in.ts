// The sign-in. In: the token in the fragment of the printed link. Out: a session, whose cookie no script can read. The
// token leaves the address at once.
import { post } from "./client.js";

/** Resolves once the session stands. Without a token in the address, an earlier session counts. */
export async function signIn(): Promise<void> {
  const [, token] = /^#token=(.+)$/.exec(location.hash) ?? [];
  if (token === undefined) return;
  history.replaceState(null, "", location.pathname + location.search);
  await post("/v1/session", { token: decodeURIComponent(token) });
}
