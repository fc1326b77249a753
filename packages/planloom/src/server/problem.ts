// Errors as responses. In: anything that was thrown, or a refused command. Out: application/problem+json (RFC 9457) with
// a code, what happened, and what to do next as an action.
import type { WordedRefusal } from "../loom/worded-reply.js";
import { firstAction, sentenceText, type Action } from "../words/action.js";
import type { ErrorKind } from "../words/error-words.js";
import { errorNext } from "../words/errors.js";
import { PlanloomError } from "../words/planloom-error.js";
import { refusalNext } from "../words/refusals.js";
import { httpSurface } from "./surface-http.js";

/** What to do next: an action with its parameters, and the same in words. */
export type ProblemNext = { readonly text: string } & (Action | { readonly action?: undefined });

export interface HttpProblem {
  readonly type: "about:blank";
  readonly title: string;
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly next: ProblemNext;
  readonly [field: string]: unknown;
}

const STATUS: { readonly [kind in ErrorKind]: number } = {
  usage: 400,
  plan: 422,
  provider: 502,
  config: 422,
  store: 503,
  run: 409,
  refused: 409,
  interrupted: 503,
};

/** Codes whose status is not that of their kind. */
const STATUS_OF_CODE: { readonly [code: string]: number } = {
  RUN_UNKNOWN: 404,
  APPROVAL_UNKNOWN: 404,
  TOKEN_NEEDED: 401,
};

export function errorProblem(thrown: unknown): HttpProblem {
  if (!(thrown instanceof PlanloomError)) return unexpected();
  const next = errorNext(thrown.code, thrown.params);
  const action = firstAction(next);
  return {
    ...headOf(STATUS_OF_CODE[thrown.code] ?? STATUS[thrown.kind], thrown.code),
    detail: thrown.message,
    next: { ...action, text: sentenceText(next, httpSurface) },
    ...("findings" in thrown.params ? { findings: thrown.params.findings } : {}),
  };
}

export function commandProblem(refused: WordedRefusal): HttpProblem {
  const next = refusalNext(refused);
  return {
    ...headOf(409, refused.code),
    detail: refused.message,
    next: { ...firstAction(next), text: sentenceText(next, httpSurface) },
  };
}

/** The text of an unknown error may hold private data, so it stays in the process. */
const unexpected = (): HttpProblem => ({
  ...headOf(500, "UNEXPECTED"),
  detail: "The server met an error that it does not know.",
  next: { text: "Look at the messages of the server's process." },
});

const headOf = (status: number, code: string) => ({ type: "about:blank" as const, title: code, status, code });

export const problemResponse = (problem: HttpProblem, headers: { readonly [name: string]: string } = {}): Response =>
  new Response(JSON.stringify(problem), {
    status: problem.status,
    headers: { "content-type": "application/problem+json", "cache-control": "no-store", ...headers },
  });
