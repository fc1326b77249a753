// The reference of the command line, made from the table of commands. In: the table. Out: a page with each command, its
// arguments, flags and examples. `npm run docs` writes it; a test holds it to the code.
import { commandReference, type ReferencedCommand, type ReferencedFlag } from "../../src/cli/table/commands.js";
import type { GeneratedPage } from "./api-page.js";

const NOTE = "<!-- Made by `npm run docs` from the table of commands. Do not edit. -->";

export function commandsPage(): GeneratedPage {
  const commands = commandReference();
  const rows = commands.map(({ name, summary }) => `| [\`${name}\`](#${anchorOf(name)}) | ${cell(summary)} |`);
  const list = `| command | what it does |\n|---|---|\n${rows.join("\n")}`;
  return {
    name: "reference/commands.md",
    text: `# Commands\n\n${NOTE}\n\nAll commands of \`planloom\`, with their arguments, flags and examples. [The command line](../command-line.md) says what is\nthe same for all of them.\n\n${list}\n\n${commands.map(commandText).join("\n")}`,
  };
}

const anchorOf = (name: string): string => `planloom-${name.replaceAll(" ", "-")}`;

function commandText(command: ReferencedCommand): string {
  const { name, description, usage, alias, flags, examples, note } = command;
  const parts = [
    `## planloom ${name}`,
    description,
    `    ${usage}`,
    ...(alias === undefined ? [] : [`Another name: \`${alias}\`.`]),
    ...table(
      "argument",
      command.arguments.map(({ name: argument, does }) => [`\`${argument}\``, does]),
    ),
    ...table(
      "flag",
      flags.map((flag) => [`\`${flagWords(flag)}\``, flagMeaning(flag)]),
    ),
    ...(note === undefined ? [] : [note]),
    examples.map(({ words, does }) => `    planloom ${words}    # ${does}`).join("\n"),
  ];
  return `${parts.filter((part) => part !== "").join("\n\n")}\n`;
}

function table(head: string, rows: readonly (readonly [string, string])[]): readonly string[] {
  if (rows.length === 0) return [];
  return [
    `| ${head} | meaning |\n|---|---|\n${rows.map(([name, does]) => `| ${cell(name)} | ${cell(does)} |`).join("\n")}`,
  ];
}

const flagWords = ({ short, long, value }: ReferencedFlag): string =>
  `${short === undefined ? "" : `${short}, `}${long}${value === undefined ? "" : ` ${value}`}`;

function flagMeaning({ does, default: standard, choices, repeatable, required }: ReferencedFlag): string {
  const more = [
    ...(choices === undefined ? [] : [`one of ${choices.map((one) => `\`${one}\``).join(", ")}`]),
    ...(standard === undefined ? [] : [`default: ${standard}`]),
    ...(repeatable ? ["may be given several times"] : []),
    ...(required ? ["required"] : []),
  ];
  return `${does}${more.length === 0 ? "" : ` (${more.join("; ")})`}`;
}

/** Angle brackets outside of code would be taken for HTML. */
const cell = (text: string): string =>
  text
    .split("`")
    .map((part, index) => (index % 2 === 1 ? part : part.replaceAll("<", "&lt;")))
    .join("`")
    .replaceAll("|", "\\|")
    .replaceAll("\n", " ");
