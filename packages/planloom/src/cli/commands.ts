// The parser and the help of the command line, made from the table of commands. In: a place for the exit code. Out: a
// program for commander. The code of a command is imported only when it is called.
import { Command, Option } from "commander";
import { carry } from "./carried.js";
import { EXIT } from "./exit-code.js";
import { LOADERS } from "./loaders.js";
import { print, printText, PROGRAM, say } from "./output.js";
import { oneLine } from "./style.js";
import { usageError } from "./error-text.js";
import type { CommandData, Flag } from "./table/command.js";
import { COMMANDS, descriptionOf } from "./table/commands.js";

interface Outcome {
  code: number;
}

/** The command line. The exit code of the called command is stored in `outcome`. */
export function programFor(outcome: Outcome): Command {
  const program = new Command("planloom")
    .description("From a goal to a checked plan, parallel steps and an answer.")
    .exitOverride()
    .configureOutput({
      outputError: () => undefined,
      writeOut: (text) => printText(text.trimEnd()),
      writeErr: (text) => say(text.trimEnd()),
    })
    .showHelpAfterError(false)
    .enablePositionalOptions()
    .addHelpText("after", HELP)
    .helpCommand(true)
    .option("-V, --version", "print the version")
    .usage("<command> [options]")
    .argument("[words...]")
    .action(async (words: string[], flags: { readonly version?: boolean }) => {
      outcome.code = flags.version === true ? await version() : await noCommand(program, words);
    });
  for (const command of COMMANDS) addCommand(program, command, outcome);
  return program;
}

function addCommand(parent: Command, data: CommandData, outcome: Outcome, before = ""): void {
  const command = parent.command(data.name).summary(data.summary).description(descriptionOf(data));
  if (data.alias !== undefined) command.alias(data.alias);
  for (const { argument, does } of data.arguments ?? []) command.argument(argument, does);
  for (const flag of data.flags ?? []) command.addOption(optionOf(flag));
  command.addHelpText("after", afterFlags(data));
  command.action(async (...args: unknown[]) => {
    const { mcp: _mcp, ...shown } = command.opts();
    // Callers of a server read its commands, and the words of --mcp may hold a key.
    carry(SERVED.has(data.name) ? shown : command.opts());
    const call = await LOADERS[`${before}${data.name}`]!();
    outcome.code = await call(...(args as never[]));
  });
  for (const inner of data.commands ?? []) addCommand(command, inner, outcome, `${data.name} `);
}

function optionOf(flag: Flag): Option {
  const { choices, isRepeatable, isRequired, isHidden, conflicts, implies, initial } = flag;
  const option = new Option(flag.flag, helpOf(flag));
  if (choices !== undefined) option.choices(choices);
  if (isRepeatable === true) option.argParser(collected);
  if (isRequired === true) option.makeOptionMandatory();
  if (isHidden === true) option.hideHelp();
  if (conflicts !== undefined) option.conflicts([...conflicts]);
  if (implies !== undefined) option.implies(implies);
  if (initial !== undefined) option.default(initial);
  return option;
}

const collected = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];

/** commander adds the choices, and what the command gets without the flag. */
function helpOf({ does, otherwise, isRepeatable }: Flag): string {
  const more = isRepeatable === true ? "; repeatable" : "";
  return `${does}${more}${otherwise === undefined ? "" : ` (default: ${otherwise})`}`;
}

function afterFlags({ examples, note }: CommandData): string {
  const width = Math.max(...examples.map(({ words }) => words.length));
  const lines = examples.map(({ words, does }) => `  ${PROGRAM} ${words.padEnd(Math.min(width, WIDEST))}  # ${does}`);
  return ["", "Examples:", ...lines, ...(note === undefined ? [] : ["", note])].join("\n");
}

const WIDEST = 60;

async function version(): Promise<number> {
  const { ownVersion } = await import("./own-file.js");
  print(await ownVersion());
  return EXIT.done;
}

async function noCommand(program: Command, [word]: readonly string[]): Promise<number> {
  if (word === undefined) {
    program.outputHelp({ error: true });
    return EXIT.usage;
  }
  const { nearestNames } = await import("../plan/nearest.js");
  const [meant = OTHER_NAMES[word]] = nearestNames(
    word,
    COMMANDS.map(({ name }) => name),
    1,
  );
  const near = meant === undefined ? "" : `Did you mean \`${PROGRAM} ${meant}\`? `;
  const next =
    word === "eval"
      ? "Scoring recorded plans is a package of its own: npx planloom-eval DATASET."
      : `${near}\`${PROGRAM} --help\` lists the commands. A goal goes to one of them: \`${PROGRAM} run "your goal"\`.`;
  throw usageError(`Unknown command "${oneLine(word, 60)}".`, next);
}

const SERVED: ReadonlySet<string> = new Set(["mcp", "serve", "studio"]);

/** What others call our commands. */
const OTHER_NAMES: { readonly [name: string]: string } = { undo: "compensate", rollback: "compensate", logs: "events" };

const HELP = `
Begin with: planloom demo · planloom init · planloom doctor · planloom run "your goal" --model NAME --base-url URL
Exit codes: 0 done · 1 the run failed or was cancelled · 2 usage · 3 the plan is invalid · 4 provider, configuration or
store · 5 waiting for a person · 6 rejected or expired · 7 a limit was reached · 130 interrupted`;
