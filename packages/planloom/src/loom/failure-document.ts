// A failure as a document. In: a failure as an event holds it, and the surface that names actions. Out: plain data with
// sentences.
import type { JsonObject } from "../plan/json.js";
import type { Failure, Thrown } from "../run/failure.js";
import { firstAction, inRun, sentenceText, type Action, type Sentence, type Surface } from "../words/action.js";
import { failureNext, toldText } from "../words/failures.js";
import { librarySurface } from "../words/surface-library.js";

/** A failure with its words. */
export interface FailureDocument {
  readonly code: string;
  readonly message: string;
  /** The parameters of the message. */
  readonly params?: JsonObject;
  /** What to do next, and its first action as data. */
  readonly next?: string;
  readonly action?: Action;
  /** The code is a tool's own, although Planloom has one of the same name. */
  readonly foreign?: true;
  /** What a tool threw: its class, its place in the code, its stack and its causes. */
  readonly thrown?: Thrown;
  /** What followed from it, and ended the run: no other plan was found, for example. */
  readonly then?: { readonly code: string; readonly message: string };
  readonly retryable: boolean;
  readonly retryAfterMs?: number;
}

/** Puts a sentence of one document into words. */
export type Say = (sentence: Sentence) => string;

/** The run's id, for the actions in the document. */
export const sayingOf =
  (runId: string, surface: Surface): Say =>
  (sentence) =>
    sentenceText(sentence, inRun(runId, surface));

export function failureDocument(
  failure: Failure,
  say: Say = sayingOf("", librarySurface),
  next: Sentence | undefined = failureNext(failure),
): FailureDocument {
  const { code, params, foreign, retryable, retryAfterMs } = failure;
  const action = next && firstAction(next);
  return {
    code,
    message: toldText(failure),
    ...(params === undefined ? {} : { params }),
    ...(next === undefined ? {} : { next: say(next) }),
    ...(action === undefined ? {} : { action }),
    ...(foreign === true ? { foreign } : {}),
    ...(failure.thrown === undefined ? {} : { thrown: failure.thrown }),
    retryable,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  };
}
