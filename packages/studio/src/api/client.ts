// Requests to the server that served this page. In: a path and a body. Out: JSON, or a Problem that is thrown. The
// session's cookie says who asks.
import { connectionHeld, connectionLost } from "./connection.js";
import { notReached, problemIn } from "./problem.js";
import { caller, session, sessionHeld, sessionRefused, takeToken, type Caller } from "./session.js";

export { Problem } from "./problem.js";

export const get = <T>(path: string, signal?: AbortSignal): Promise<T> => request<T>("GET", path, undefined, signal);

export const post = <T>(path: string, body: unknown, signal?: AbortSignal): Promise<T> =>
  request<T>("POST", path, body, signal);

/** Next steps name pages and buttons, and no routes. */
const WORDS = { "planloom-words": "studio" };

/** Any response that is not an error. Throws a Problem, or an AbortError. */
export async function answered(path: string, options: RequestInit): Promise<Response> {
  const headers = { ...(options.headers as Record<string, string> | undefined), ...WORDS };
  const response = await fetch(path, { credentials: "same-origin", ...options, headers }).catch((error: unknown) => {
    if (options.signal?.aborted === true) throw error;
    connectionLost();
    throw notReached();
  });
  connectionHeld();
  if (response.ok) return response;
  if (response.status === 401) sessionRefused();
  throw await problemIn(response);
}

async function request<T>(method: string, path: string, body: unknown, signal?: AbortSignal): Promise<T> {
  const response = await answered(path, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
    ...(signal === undefined ? {} : { signal }),
  });
  sessionHeld();
  return (response.status === 204 ? undefined : await response.json()) as T;
}

/** Opens a session with a token: that of the address, if none is given. Without one, an earlier session counts. */
export async function signIn(given: string | undefined = takeToken()): Promise<void> {
  const path = "/v1/session";
  caller.set(given === undefined ? await get<Caller>(path) : await post<Caller>(path, { token: given }));
}

/** Ends the session of this browser. */
export async function signOut(): Promise<void> {
  await request("DELETE", "/v1/session", undefined);
  session.set("missing");
}
