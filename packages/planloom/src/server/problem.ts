// Errors as responses. In: anything that was thrown, or a refused command. Out: application/problem+json (RFC 9457) with
// a code, what happened, and what to do next as an action.
import type { WordedRefusal } from "../loom/worded-reply.js";
import { firstAction, inRun, sentenceText, type Action, type Sentence, type Surface } from "../words/action.js";
import type { ErrorCode, ErrorParams } from "../words/errors.js";
import { errorNext } from "../words/errors.js";
import { worded } from "../words/findings.js";
import { hasCode, PlanloomError } from "../words/planloom-error.js";
import { refusalNext } from "../words/refusals.js";
import { httpStatus } from "./status.js";
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

export function errorProblem(thrown: unknown, surface: Surface = httpSurface): HttpProblem {
  if (!(thrown instanceof PlanloomError)) return unexpected();
  const { code, kind, params, message, retryAfterMs } = thrown;
  return {
    ...headOf(httpStatus(code, kind), code),
    detail: message,
    next: nextOf(errorNext(code, params), surface),
    ...shownParams(params),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  };
}

/** The response for anything that was thrown. */
export function thrownResponse(thrown: unknown, surface: Surface): Response {
  const needsToken = hasCode(thrown, "TOKEN_NEEDED") ? { "www-authenticate": "Bearer" } : {};
  const waitMs = thrown instanceof PlanloomError ? thrown.retryAfterMs : undefined;
  const wait = waitMs === undefined ? {} : { "retry-after": String(Math.ceil(waitMs / 1_000)) };
  return problemResponse(errorProblem(thrown, surface), { ...needsToken, ...wait });
}

/** What a program reads of the parameters: the findings of a plan, and the fields of a request that do not fit. */
function shownParams(params: ErrorParams[ErrorCode]): object {
  if ("findings" in params) return { findings: worded(params.findings) };
  return "faults" in params ? { faults: params.faults } : {};
}

/** `more` are fields beside those of every problem. */
export function commandProblem(
  refused: WordedRefusal,
  runId: string,
  surface: Surface,
  more: object = {},
): HttpProblem {
  return {
    ...headOf(409, refused.code),
    detail: refused.message,
    next: nextOf(refusalNext(refused), inRun(runId, surface), { runId }),
    ...(refused.params === undefined ? {} : { params: refused.params }),
    ...more,
  };
}

function nextOf(next: Sentence, surface: Surface, run: { readonly runId?: string } = {}): ProblemNext {
  const action = firstAction(next);
  const about = action === undefined || action.action.startsWith("set") ? {} : run;
  return { ...(action && { ...about, ...action }), text: sentenceText(next, surface) };
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
    headers: {
      "content-type": "application/problem+json",
      "cache-control": "no-store",
      ...(problem.status === 503 ? { "retry-after": RETRY_AFTER_S } : {}),
      ...headers,
    },
  });

/** Seconds. A store that is busy, or a process that is ending, is usually free again by then. */
const RETRY_AFTER_S = "2";
