// An error of the server, as RFC 9457 has it. In: a response. Out: what happened, and what to do next.

export class Problem extends Error {
  override readonly name = "Problem";

  constructor(
    readonly status: number,
    readonly code: string,
    readonly detail: string,
    /** A sentence; empty if there is nothing to do. */
    readonly next: string,
    /** All fields of the server's answer. */
    readonly data: Readonly<Record<string, unknown>> = {},
  ) {
    super(detail);
  }
}

export async function problemIn(response: Response): Promise<Problem> {
  const data = (await response.json().catch(() => ({}))) as Record<string, unknown>;
  const { code = "UNEXPECTED", detail = `The server answered with ${response.status}.` } = data;
  const next = (data["next"] as { readonly text?: unknown } | undefined)?.text;
  return new Problem(response.status, String(code), String(detail), typeof next === "string" ? next : "", data);
}

/** The server could not be reached. The page keeps what it has and tries again. */
export const notReached = (): Problem =>
  new Problem(0, "NOT_CONNECTED", "The server cannot be reached.", "This page tries again by itself.");
