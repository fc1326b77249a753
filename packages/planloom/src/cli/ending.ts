// The end of the process of the command line. In: the exit code of a command, or an end that nobody asked for. Out: an
// exit code that is never 0 while the command is not done, and a message that names the run and how to continue it.
import { PlanloomError } from "../words/planloom-error.js";
import { printError, problemOf, sayError, sayProblem } from "./error-text.js";
import { EXIT, exitOfError } from "./exit-code.js";
import { faultOf } from "./streams.js";

/** The run that this process drives or has driven. `runId` is absent before its first event. */
interface Driven {
  readonly runId: string | undefined;
  /** Names of the tools that are being called now. */
  toolsAtWork(): readonly string[];
}

let driven: Driven | undefined;
let isDriving = false;
let decided: number | undefined;

/** This process drives a run from now on. The returned function says that it does no more. */
export function nowDriving(begun: Driven): () => void {
  driven = begun;
  isDriving = true;
  return () => void (isDriving = false);
}

/** The command is done. However the process ends now, it ends with this code. */
export function endWith(code: number): void {
  decided = code;
}

/** Ends the process with this code. */
export function leave(code: number): never {
  endWith(code);
  return process.exit(code);
}

/** The exit code after all output: an answer that could not be written is no success. */
export function codeAfterOutput(code: number): number {
  const fault = faultOf("stdout");
  // A reader that has gone, as in `| head`, wants no more.
  if (fault === undefined || fault.code === "EPIPE") return code;
  const run = driven?.runId === undefined ? {} : { runId: driven.runId };
  const error = new PlanloomError("OUTPUT_UNWRITABLE", { reason: fault.message, ...run });
  sayError(error);
  return code === EXIT.done ? exitOfError(error) : code;
}

/**
 * Watches for ends that no command decided: a tool that calls process.exit, an exception that nobody caught, a promise
 * that can never settle. `isJson`: the command was to print a document.
 */
export function watchEnd(isJson: boolean): void {
  process.on("unhandledRejection", (reason) => sayError(reason));
  process.on("uncaughtException", (error) => {
    // After it the process cannot be trusted. Another process resumes the run.
    sayError(error);
    if (isJson) printError(problemOf(error));
    if (isDriving && driven?.runId !== undefined) sayProblem(problemOf(endedBy({ by: "exception" })));
    leave(EXIT.failed);
  });
  process.on("exit", (code) => {
    process.exitCode = decided ?? EXIT.failed;
    if (decided !== undefined) return;
    const problem = problemOf(endedBy(code === UNSETTLED ? { by: "idle" } : { by: "exit", status: code }));
    sayProblem(problem);
    if (isJson) printError(problem);
  });
}

/** The exit code of Node if nothing is left that could settle the promise of the command. */
const UNSETTLED = 13;

function endedBy(how: { by: "exit"; status: number } | { by: "idle" | "exception" }): PlanloomError {
  const now = isDriving ? driven : undefined;
  const which = now?.runId === undefined ? {} : { runId: now.runId, tools: now.toolsAtWork() };
  return new PlanloomError("PROCESS_ENDED", { ...how, ...which });
}
