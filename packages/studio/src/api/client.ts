// Requests to the server that served this page. In: a path and a body. Out: JSON, or a Problem that is thrown. The
// session's cookie says who asks.

/** An error of the server: what happened, and what to do next. See RFC 9457. */
class Problem extends Error {
  override readonly name = "Problem";

  constructor(
    readonly status: number,
    readonly code: string,
    readonly detail: string,
    readonly next: string,
    /** All fields of the server's answer. */
    readonly data: Readonly<Record<string, unknown>> = {},
  ) {
    super(detail);
  }
}

export const get = <T>(path: string, signal?: AbortSignal): Promise<T> => request<T>("GET", path, undefined, signal);

export const post = <T>(path: string, body: unknown, signal?: AbortSignal): Promise<T> =>
  request<T>("POST", path, body, signal);

async function request<T>(method: string, path: string, body: unknown, signal?: AbortSignal): Promise<T> {
  const response = await fetch(path, {
    method,
    credentials: "same-origin",
    ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
    ...(signal === undefined ? {} : { signal }),
  });
  if (response.ok) return (await response.json()) as T;
  throw await problemIn(response);
}

async function problemIn(response: Response): Promise<Problem> {
  const data = (await response.json().catch(() => ({}))) as Record<string, unknown>;
  const { code = "UNEXPECTED", detail = `The server answered with ${response.status}.` } = data;
  const next = (data["next"] as { readonly text?: unknown } | undefined)?.text;
  return new Problem(response.status, String(code), String(detail), typeof next === "string" ? next : "", data);
}
