// Makes the completion scripts of shells. In: the table of commands. Out: a script for bash, zsh or fish. Pure. The ids
// of runs are asked for when they are needed, by `planloom completion runs`.
import type { CommandData, Completes, Flag } from "./table/command.js";
import { commandReference, flagParts, type ReferencedFlag } from "./table/commands.js";

export type Shell = "bash" | "zsh" | "fish";

export const completionScript = (shell: Shell, commands: readonly CommandData[]): string => SCRIPTS[shell](commands);

const RUN_IDS = "planloom completion runs 2>/dev/null";

/** A command with its subcommands, each with the words that select it. */
interface Entry {
  readonly path: readonly string[];
  readonly summary: string;
  readonly flags: readonly ReferencedFlag[];
  readonly completes: Completes;
}

function entriesOf(commands: readonly CommandData[], before: readonly string[] = []): readonly Entry[] {
  return commands.flatMap((command) => {
    const path = [...before, command.name];
    const flags = (command.flags ?? []).filter(({ isHidden }: Flag) => isHidden !== true).map(flagParts);
    const subcommands = (command.commands ?? []).map(({ name }) => name);
    const [first] = command.arguments ?? [];
    const completes = subcommands.length > 0 ? subcommands : (first?.completes ?? "text");
    return [{ path, summary: command.summary, flags, completes }, ...entriesOf(command.commands ?? [], path)];
  });
}

/** What follows a flag: words to choose from, a file, or anything. undefined: the flag takes no value. */
function valuesOf({ value, choices }: ReferencedFlag): Completes | undefined {
  if (value === undefined) return undefined;
  return choices ?? (/file|folder|path/.test(value) ? "file" : "text");
}

/** All flags with a value, once each. A flag means the same in every command. */
function valuedFlags(commands: readonly CommandData[]): readonly (readonly [ReferencedFlag, Completes])[] {
  const flags = new Map(
    commandReference(commands).flatMap((command) => command.flags.map((flag) => [flag.long, flag])),
  );
  return [...flags.values()].flatMap((flag) => {
    const values = valuesOf(flag);
    return values === undefined ? [] : [[flag, values] as const];
  });
}

const namesOf = ({ short, long }: ReferencedFlag): readonly string[] => (short === undefined ? [long] : [short, long]);

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

function bashScript(commands: readonly CommandData[]): string {
  const fill = (words: string): string => `COMPREPLY=($(compgen -W "${words}" -- "$cur"))`;
  const files = `COMPREPLY=($(compgen -f -- "$cur"))`;
  const after = (completes: Completes): string =>
    completes === "run"
      ? fill(`$(${RUN_IDS})`)
      : completes === "file" || completes === "folder"
        ? files
        : completes === "text"
          ? "COMPREPLY=()"
          : fill(completes.join(" "));
  const valued = valuedFlags(commands).map(
    ([flag, values]) => `    ${namesOf(flag).join("|")}) ${after(values)}; return ;;`,
  );
  const entries = entriesOf(commands).map(({ path, flags, completes }) => {
    const words = flags.flatMap(namesOf).join(" ");
    return `    ${quoted(path.join(" "))}) if [[ $cur == -* ]]; then ${fill(words)}; else ${after(completes)}; fi ;;`;
  });
  return [
    "# bash completion of planloom",
    "_planloom() {",
    "  local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} path=${COMP_WORDS[1]}",
    "  compopt -o filenames 2>/dev/null",
    `  if (( COMP_CWORD == 1 )); then ${fill([...commands.map(({ name }) => name), "--help", "--version"].join(" "))}; return; fi`,
    "  case $prev in",
    ...valued,
    "  esac",
    `  case "$path \${COMP_WORDS[2]}" in`,
    ...nestedPaths(commands).map((path) => `    ${quoted(path)}) (( COMP_CWORD > 2 )) && path=${quoted(path)} ;;`),
    "  esac",
    "  case $path in",
    ...entries,
    "  esac",
    "}",
    "complete -F _planloom planloom",
  ].join("\n");
}

const nestedPaths = (commands: readonly CommandData[]): readonly string[] =>
  entriesOf(commands).flatMap(({ path }) => (path.length > 1 ? [path.join(" ")] : []));

function zshScript(commands: readonly CommandData[]): string {
  const described = (name: string, does: string): string => quoted(`${name.replaceAll(":", "\\:")}:${does}`);
  const after = (completes: Completes): string =>
    completes === "run"
      ? `compadd -- \${(f)"$(${RUN_IDS})"}`
      : completes === "file" || completes === "folder"
        ? "_files"
        : completes === "text"
          ? "_message text"
          : `compadd -- ${completes.join(" ")}`;
  const valued = valuedFlags(commands).map(
    ([flag, values]) => `    ${namesOf(flag).join("|")}) ${after(values)}; return ;;`,
  );
  const entries = entriesOf(commands).map(({ path, flags, completes }) => {
    const words = flags.flatMap((flag) => namesOf(flag).map((name) => described(name, flag.does)));
    return `    ${quoted(path.join(" "))}) if [[ $PREFIX == -* ]]; then entries=(${words.join(" ")}); _describe flag entries; else ${after(completes)}; fi ;;`;
  });
  return [
    "#compdef planloom",
    "_planloom() {",
    "  local -a entries",
    "  local at=$words[2]",
    `  if (( CURRENT == 2 )); then entries=(${commands.map(({ name, summary }) => described(name, summary)).join(" ")}); _describe command entries; return; fi`,
    "  case $words[CURRENT-1] in",
    ...valued,
    "  esac",
    '  case "$at $words[3]" in',
    ...nestedPaths(commands).map((path) => `    ${quoted(path)}) (( CURRENT > 3 )) && at=${quoted(path)} ;;`),
    "  esac",
    "  case $at in",
    ...entries,
    "  esac",
    "}",
    "compdef _planloom planloom",
  ].join("\n");
}

function fishScript(commands: readonly CommandData[]): string {
  const line = (condition: string, rest: string): string => `complete -c planloom -n ${quoted(condition)} ${rest}`;
  const after = (completes: Completes): string =>
    completes === "run"
      ? `-f -a ${quoted(`(${RUN_IDS})`)}`
      : completes === "file" || completes === "folder"
        ? "-F"
        : completes === "text"
          ? "-f"
          : `-f -a ${quoted(completes.join(" "))}`;
  const flagLine = (condition: string, flag: ReferencedFlag): string => {
    const short = flag.short === undefined ? "" : ` -s ${flag.short.slice(1)}`;
    const values = valuesOf(flag);
    const value = values === undefined ? "" : ` -r ${after(values)}`;
    return line(condition, `-l ${flag.long.slice(2)}${short}${value} -d ${quoted(flag.does)}`);
  };
  const lines = entriesOf(commands).flatMap(({ path, summary, flags, completes }) => {
    const own = path.map((word) => `__fish_seen_subcommand_from ${word}`).join("; and ");
    const before = path.length === 1 ? "__fish_use_subcommand" : `__fish_seen_subcommand_from ${path[0]}`;
    return [
      line(before, `-f -a ${path.at(-1)} -d ${quoted(summary)}`),
      line(own, after(completes)),
      ...flags.map((flag) => flagLine(own, flag)),
    ];
  });
  return ["# fish completion of planloom", ...lines].join("\n");
}

const SCRIPTS: { readonly [S in Shell]: (commands: readonly CommandData[]) => string } = {
  bash: bashScript,
  zsh: zshScript,
  fish: fishScript,
};
