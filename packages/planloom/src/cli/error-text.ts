// The words of an error on the command line. In: anything thrown, or the failure of a role. Out: lines for stderr, and
// the document of the error for `--json`. Both have the same parts: what happened, its code, and what to do next.
import { messageOf } from "../error.js";
import { failureDocument, type FailureDocument } from "../loom/failure-document.js";
import type { JsonObject } from "../plan/json.js";
import type { Failure } from "../run/failure.js";
import { sentenceText } from "../words/action.js";
import { errorNext } from "../words/errors.js";
import { PlanloomError } from "../words/planloom-error.js";
import { printJson, say, stdoutUsed } from "./output.js";
import { manyLines, paint } from "./style.js";
import { cliSurface, toldOnce } from "./surface.js";

/** The parts of an error that a person reads. */
type Problem = Pick<FailureDocument, "code" | "message" | "next">;

export function sayProblem(problem: Problem): void {
  for (const line of problemLines(problem)) say(line);
}

export function problemLines({ code, message, next }: Problem): readonly string[] {
  const what = `${paint("red", "error")} ${paint("bold", code)}: ${manyLines(message)}`;
  return next === undefined || next === "" ? [what] : [what, `  next: ${manyLines(toldOnce(next))}`];
}

/** Prints `{ error }`, the only document of a command that failed. Prints nothing after another document. */
export function printError(error: FailureDocument): void {
  if (!stdoutUsed()) printJson({ error });
}

/** Never shows a stack trace, unless PLANLOOM_DEBUG is set. */
export function sayError(thrown: unknown): void {
  sayProblem(problemOf(thrown));
  if (process.env["PLANLOOM_DEBUG"]) say(thrown instanceof Error ? (thrown.stack ?? "") : String(thrown));
}

/** The thrown error as data. For the failure of a role: the failure beside the error. */
export function problemOf(thrown: unknown): FailureDocument {
  if (thrown instanceof PlanloomError) return operatingProblem(thrown);
  const failure = failureIn(thrown);
  if (failure !== undefined) return failureDocument(failure, (sentence) => sentenceText(sentence, cliSurface));
  const next = "This is a fault in Planloom or in a tool; PLANLOOM_DEBUG=1 shows where.";
  return { code: "INTERNAL", message: messageOf(thrown), next, retryable: false };
}

function operatingProblem(error: PlanloomError): FailureDocument {
  const { code, message, params, action, retryable, retryAfterMs } = error;
  return {
    code,
    message,
    params: params as unknown as JsonObject,
    next: errorNextText(error),
    ...(action === undefined ? {} : { action }),
    retryable,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  };
}

/** The next actions after an error, as commands. */
export const errorNextText = ({ code, params }: PlanloomError): string =>
  sentenceText(errorNext(code, params), cliSurface);

function failureIn(thrown: unknown): Failure | undefined {
  return thrown instanceof Error && "failure" in thrown ? (thrown.failure as Failure) : undefined;
}

/** A wrong argument: the reason, and what to write instead. */
export const usageError = (text: string, next: string): PlanloomError => new PlanloomError("USAGE", { text, next });
