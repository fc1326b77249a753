// The process of the command line: start, failure and end. In: the words after `planloom`. Out: an exit code. These
// rules hold for every command and every tool.
import { type Command, CommanderError } from "commander";
import { flagInstead, settingInstead } from "../plan/foreign-settings.js";
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
  const help = `\`${[PROGRAM, ...named.map((command) => command.name()), "--help"].join(" ")}\``;
  const next =
    named.length === 0
      ? `${help} lists the commands.`
      : `${code === "commander.unknownOption" ? flagAdvice(message, named.at(-1)!) : ""}${help} lists its arguments and flags.`;
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

/** The command that is called, from the outermost: none where the first word names no command. */
function commandIn(program: Command, argv: readonly string[]): readonly Command[] {
  const [word, ...rest] = argv;
  const found = program.commands.find((command) => command.name() === word);
  return found === undefined ? [] : [found, ...commandIn(found, rest)];
}

/** A flag of another program: our flag if this command has it, or our setting; else nothing. */
function flagAdvice(message: string, command: Command): string {
  const flag = /'--([^'=]+)/.exec(message)?.[1] ?? "";
  const has = (name: string): boolean => command.options.some(({ long, short }) => long === name || short === name);
  const write = flagInstead(flag);
  if (write !== undefined && has(write.split(" ")[0]!)) return `Write ${write}. `;
  const setting = has("--config") ? settingInstead(flag, undefined) : undefined;
  return setting === undefined || setting === "" ? "" : `There is a setting in the configuration: ${setting}. `;
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
