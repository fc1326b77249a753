// The process of the command line: start, failure and end. In: the words after `planloom`. Out: an exit code. These
// rules hold for every command and every tool.
import { type Command, CommanderError } from "commander";
import { programFor } from "./commands.js";
import { printError, problemOf, sayError, sayProblem, usageError } from "./error-text.js";
import { codeAfterOutput, endWith, leave, watchEnd } from "./ending.js";
import { EXIT, exitOfError } from "./exit-code.js";
import { flushed, PROGRAM } from "./output.js";
import { faultOf, takeStreams } from "./streams.js";

/** Runs one command. Never throws. The process then ends by itself, even if a tool has left something open. */
export async function main(argv: readonly string[]): Promise<number> {
  takeStreams();
  watchEnd(wantsJson(argv));
  const ended = await dispatch(argv);
  await flushed();
  const code = codeAfterOutput(ended);
  endWith(code);
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
    if (thrown instanceof CommanderError) return usage(thrown, program, argv);
    sayError(thrown);
    if (wantsJson(argv)) printError(problemOf(thrown));
    return exitOfError(thrown);
  }
}

function usage({ code, message, exitCode }: CommanderError, program: Command, argv: readonly string[]): number {
  if (exitCode === 0) return EXIT.done;
  if (code === "commander.help") return EXIT.usage;
  const named = commandIn(program, argv);
  const next =
    named.length === 0
      ? `\`${PROGRAM} --help\` lists the commands.`
      : `\`${[PROGRAM, ...named, "--help"].join(" ")}\` lists its arguments and flags.`;
  const problem = problemOf(usageError(message.replace(/^error: /, ""), next));
  sayProblem(problem);
  if (wantsJson(argv)) printError(problem);
  return EXIT.usage;
}

/** Whether the command is to print a document. Holds for words that cannot be parsed, too. */
function wantsJson(argv: readonly string[]): boolean {
  const end = argv.indexOf("--");
  return (end === -1 ? argv : argv.slice(0, end)).includes("--json");
}

/** The names of the command that is called, from the outermost: none where the first word names no command. */
function commandIn(program: Command, argv: readonly string[]): readonly string[] {
  const [word, ...rest] = argv;
  const found = program.commands.find((command) => command.name() === word);
  return found === undefined ? [] : [found.name(), ...commandIn(found, rest)];
}

/** A connection or a timer that a tool left open must not keep the process alive. Unwritten output may. */
function leaveSoon(code: number): void {
  const check = (): void => {
    if (faultOf("stdout") !== undefined || process.stdout.writableLength === 0) leave(code);
    setTimeout(check, LEAVE_MS).unref();
  };
  setTimeout(check, LEAVE_MS).unref();
}

const LEAVE_MS = 1_000;
