// What a person reads when something went wrong. In: anything thrown, or a failure out of a run. Out: lines for stderr.
// Separate because every error has the same three parts: what happened, its code, and what to do next.
import { messageOf, PlanloomError } from "../error.js";
import { PROGRAM, say } from "./output.js";
import { manyLines, paint } from "./render/style.js";

/** Advice out of a run's log, whose commands name the run as RUN, with the commands as they are to be typed. */
export const adviceFor = (text: string, runId: string): string =>
  text.replace(/\bplanloom ([a-z]+) RUN\b/g, `${PROGRAM} $1 ${runId}`);

interface Problem {
  readonly code: string;
  readonly message: string;
  readonly next?: string | undefined;
}

export function sayProblem(problem: Problem): void {
  for (const line of problemLines(problem)) say(line);
}

export function problemLines({ code, message, next }: Problem): readonly string[] {
  const what = `${paint("red", "error")} ${paint("bold", code)}: ${manyLines(message)}`;
  return next === undefined ? [what] : [what, `  next: ${manyLines(next)}`];
}

/** Never a stack trace, unless PLANLOOM_DEBUG is set. */
export function sayError(thrown: unknown): void {
  sayProblem(problemOf(thrown));
  if (process.env["PLANLOOM_DEBUG"]) say(thrown instanceof Error ? (thrown.stack ?? "") : String(thrown));
}

/** What was thrown, as data: also the failure of a role, which is carried beside its error. */
export function problemOf(thrown: unknown): Problem {
  if (thrown instanceof PlanloomError) return thrown;
  const failure = failureIn(thrown);
  if (failure !== undefined) return failure;
  const next = "This is a fault in Planloom or in a tool; PLANLOOM_DEBUG=1 shows where.";
  return { code: "INTERNAL", message: messageOf(thrown), next };
}

function failureIn(thrown: unknown): Problem | undefined {
  if (!(thrown instanceof Error) || !("failure" in thrown)) return undefined;
  return thrown.failure as Problem;
}

export function usageError(code: string, message: string, next?: string): PlanloomError {
  return new PlanloomError(code, message, { kind: "usage", ...(next === undefined ? {} : { next }) });
}
