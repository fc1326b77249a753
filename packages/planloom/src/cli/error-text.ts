// Text for a person after an error. In: anything thrown, or a failure of a run. Out: lines for stderr. Every error has
// the same three parts: what happened, its code, and what to do next.
import { messageOf } from "../error.js";
import type { Failure } from "../run/failure.js";
import { failureNext, failureText } from "../words/failures.js";
import { sentenceText, type Action } from "../words/action.js";
import { errorNext } from "../words/errors.js";
import { PlanloomError } from "../words/planloom-error.js";
import { say } from "./output.js";
import { manyLines, paint } from "./render/style.js";
import { cliSurface } from "./surface.js";

interface Problem {
  readonly code: string;
  readonly message: string;
  readonly next?: string | undefined;
  /** The next actions, as data for programs. */
  readonly action?: Action;
}

export function sayProblem(problem: Problem): void {
  for (const line of problemLines(problem)) say(line);
}

export function problemLines({ code, message, next }: Problem): readonly string[] {
  const what = `${paint("red", "error")} ${paint("bold", code)}: ${manyLines(message)}`;
  return next === undefined ? [what] : [what, `  next: ${manyLines(next)}`];
}

/** Never shows a stack trace, unless PLANLOOM_DEBUG is set. */
export function sayError(thrown: unknown): void {
  sayProblem(problemOf(thrown));
  if (process.env["PLANLOOM_DEBUG"]) say(thrown instanceof Error ? (thrown.stack ?? "") : String(thrown));
}

/** The thrown error as data. For the failure of a role: the failure beside the error. */
export function problemOf(thrown: unknown): Problem {
  if (thrown instanceof PlanloomError) {
    const { code, message, action } = thrown;
    return { code, message, next: errorNextText(thrown), ...(action === undefined ? {} : { action }) };
  }
  const failure = failureIn(thrown);
  if (failure !== undefined) return failure;
  const next = "This is a fault in Planloom or in a tool; PLANLOOM_DEBUG=1 shows where.";
  return { code: "INTERNAL", message: messageOf(thrown), next };
}

/** The next actions after an error, as commands. */
export const errorNextText = ({ code, params }: PlanloomError): string =>
  sentenceText(errorNext(code, params), cliSurface);

function failureIn(thrown: unknown): Problem | undefined {
  if (!(thrown instanceof Error) || !("failure" in thrown)) return undefined;
  const failure = thrown.failure as Failure;
  const next = failureNext(failure);
  const { code } = failure;
  return { code, message: failureText(failure), next: next && sentenceText(next, cliSurface) };
}

/** A wrong argument: the reason, and what to write instead. */
export const usageError = (text: string, next: string): PlanloomError => new PlanloomError("USAGE", { text, next });
