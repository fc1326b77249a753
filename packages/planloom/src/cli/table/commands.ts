// All commands as data. In: nothing. Out: the table, and the reference that is made from it: commands, arguments, flags,
// defaults and examples. commands.ts makes the parser from the same table.
import type { CommandData, Example, Flag } from "./command.js";
import { PERSONS } from "./persons.js";
import { PLANS } from "./plans.js";
import { PLAYBOOKS } from "./playbooks.js";
import { READERS } from "./readers.js";
import { SERVERS } from "./servers.js";
import { STARTS } from "./starts.js";
import { STORES } from "./stores.js";

export const COMMANDS: readonly CommandData[] = [
  ...STARTS,
  ...SERVERS,
  ...PLANS,
  ...PLAYBOOKS,
  ...READERS,
  ...STORES,
  ...PERSONS,
];

export interface ReferencedFlag {
  /** `-m` */
  readonly short?: string;
  /** `--message` */
  readonly long: string;
  /** `<text>`, or `[json]` where the value may be left out. Absent: the flag takes no value. */
  readonly value?: string;
  readonly does: string;
  readonly default?: string;
  readonly choices?: readonly string[];
  readonly repeatable: boolean;
  readonly required: boolean;
}

export interface ReferencedCommand {
  /** `models test` */
  readonly name: string;
  readonly alias?: string;
  readonly summary: string;
  readonly description: string;
  /** `planloom show [options] <run>` */
  readonly usage: string;
  readonly arguments: readonly { readonly name: string; readonly does: string }[];
  readonly flags: readonly ReferencedFlag[];
  readonly examples: readonly Example[];
  readonly note?: string;
}

/** The reference of the command line as data. Pure. A command with subcommands stands before them. */
export const commandReference = (
  commands: readonly CommandData[] = COMMANDS,
  before = "",
): readonly ReferencedCommand[] =>
  commands.flatMap((command) => {
    const name = `${before}${command.name}`;
    return [referenced(command, name), ...commandReference(command.commands ?? [], `${name} `)];
  });

function referenced(command: CommandData, name: string): ReferencedCommand {
  const { alias, summary, examples, note, arguments: taken = [] } = command;
  const flags = (command.flags ?? []).filter(({ isHidden }) => isHidden !== true).map(flagParts);
  const usage = ["planloom", name, ...(flags.length === 0 ? [] : ["[options]"]), ...taken.map((one) => one.argument)];
  return {
    name,
    ...(alias === undefined ? {} : { alias }),
    summary,
    description: descriptionOf(command),
    usage: usage.join(" "),
    arguments: taken.map(({ argument, does }) => ({ name: argument, does })),
    flags,
    examples,
    ...(note === undefined ? {} : { note }),
  };
}

export const descriptionOf = ({ description, summary }: CommandData): string =>
  description ?? `${summary.charAt(0).toUpperCase()}${summary.slice(1)}.`;

export function flagParts(flag: Flag): ReferencedFlag {
  const { does, otherwise, initial, choices, isRepeatable = false, isRequired = false } = flag;
  const [, short, long = "", value] = /^(?:(-\w), )?(--[\w-]+)(?: (.+))?$/.exec(flag.flag)!;
  const standard = otherwise ?? initial;
  return {
    ...(short === undefined ? {} : { short }),
    long,
    ...(value === undefined ? {} : { value }),
    does,
    ...(standard === undefined ? {} : { default: standard }),
    ...(choices === undefined ? {} : { choices }),
    repeatable: isRepeatable,
    required: isRequired,
  };
}
