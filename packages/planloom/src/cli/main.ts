// The process of the command line: how it begins, fails and ends. In: the words after `planloom`. Out: an exit code. Separate from
// the list of commands, because this is what must hold whatever a command or a tool does.
import { CommanderError } from "commander";
import { programFor } from "./commands.js";
import { sayError, sayProblem } from "./error-text.js";
import { EXIT, exitOfError } from "./exit-code.js";
import { flushed, stdoutGone, watchStreams } from "./output.js";

/** Runs one command; never throws. The process ends by itself afterwards, also where a tool has left something open. */
export async function main(argv: readonly string[]): Promise<number> {
  watchStreams();
  watchStrays();
  const code = await dispatch(argv);
  await flushed();
  leaveSoon(code);
  return code;
}

async function dispatch(argv: readonly string[]): Promise<number> {
  const outcome = { code: EXIT.done as number };
  const program = programFor(outcome);
  try {
    await program.parseAsync([...argv], { from: "user" });
    return outcome.code;
  } catch (thrown) {
    if (thrown instanceof CommanderError) return usage(thrown);
    sayError(thrown);
    return exitOfError(thrown);
  }
}

function usage({ code, message, exitCode }: CommanderError): number {
  if (exitCode === 0) return EXIT.done;
  if (code === "commander.help") return EXIT.usage;
  const next = "`planloom --help` lists the commands, `planloom COMMAND --help` the flags of one.";
  sayProblem({ code: "USAGE", message: message.replace(/^error: /, ""), next });
  return EXIT.usage;
}

/**
 * What a tool throws where nobody waits for it shows no stack trace. A promise that was left behind ends no run; after an
 * exception outside of everything the process cannot be trusted, and the run is resumed by another one.
 */
function watchStrays(): void {
  process.on("unhandledRejection", (reason) => sayError(reason));
  process.on("uncaughtException", (error) => {
    sayError(error);
    process.exit(EXIT.failed);
  });
}

/** A connection or a timer that a tool left open must not keep the process; what stdout still holds may. */
function leaveSoon(code: number): void {
  const leave = (): void => {
    if (stdoutGone() || process.stdout.writableLength === 0) process.exit(code);
    setTimeout(leave, LEAVE_MS).unref();
  };
  setTimeout(leave, LEAVE_MS).unref();
}

const LEAVE_MS = 1_000;
