// Flags that a printed command repeats: without them it would name another store, configuration, tool or model. In: the
// flags of the command that runs. Out: the words of a command that can be copied, also from another folder.
import { resolve } from "node:path";
import { PROGRAM } from "./output.js";
import { shellWord } from "./shell-word.js";
import { COMMANDS } from "./table/commands.js";

/** The flags of a command, as commander gives them. */
type Flags = { readonly [name: string]: unknown };

/** The text of a flag's value as it holds in every folder. */
type Hold = (value: string) => string;

const asPath: Hold = (value) => (value === "memory" || /^[a-z][a-z0-9+.-]*:\/\//i.test(value) ? value : resolve(value));
const asGiven: Hold = (value) => value;

const ROLES = ["", "planner-", "executor-", "synthesizer-"];

const CARRIED: readonly (readonly [flag: string, hold: Hold])[] = [
  ["--config", asPath],
  ["--store", asPath],
  ["--search", asPath],
  ["--files", asPath],
  ["--mcp", asGiven],
  ...ROLES.flatMap((role) => [[`--${role}model`, asGiven] as const, [`--${role}base-url`, asGiven] as const]),
];

let carried: ReadonlyMap<string, readonly string[]> = new Map();
let inMemory = false;

/** Another shell has other variables. A printed command names what these say. */
const VARIABLES: Flags = { "--store": "PLANLOOM_STORE", "--config": "PLANLOOM_CONFIG" };

/** Commands that are printed from now on repeat these flags, and what variables say in their place. */
export function carry(flags: Flags, env: Flags = process.env): void {
  inMemory = false;
  carried = new Map(
    CARRIED.flatMap(([flag, hold]) => {
      const given = [flags[optionOf(flag)] ?? (env[String(VARIABLES[flag])] || [])]
        .flat()
        .filter((value) => typeof value === "string");
      return given.length === 0 ? [] : [[flag, given.map((value) => `${flag} ${shellWord(hold(value))}`)] as const];
    }),
  );
}

/** Commands that are printed from now on name this store, if they name no other. */
export function carryStore(path: string): void {
  carried = new Map([["--store", [`--store ${shellWord(asPath(path))}`]], ...carried]);
}

/** The store of this process is in its memory. No command in another process finds its runs. */
export function carryMemory(): void {
  inMemory = true;
}

/** Whether the runs of this process end with it. Then no command about one of them is printed. */
export const endsWithProcess = (): boolean => inMemory;

/** commander's name of a flag: `--base-url` is `baseUrl`. */
const optionOf = (flag: string): string =>
  flag.slice(2).replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());

/** The carried flags that this command takes. */
function carriedFor(name: string): readonly string[] {
  if (carried.size === 0) return [];
  const flags = COMMANDS.find((command) => command.name === name)?.flags ?? [];
  const takes = (long: string) => flags.some(({ flag }) => flag.split(/[\s,]+/).includes(long));
  return [...carried].flatMap(([long, words]) => (takes(long) ? words : []));
}

/**
 * A command to copy. The words stand as they are: names of others are words of a shell before. Carried flags stand
 * after the arguments, before the flags.
 */
export function commandLine(words: readonly string[], program = PROGRAM): string {
  const [name = "", ...rest] = words;
  const at = rest.findIndex((word) => word.startsWith("-"));
  const [given, flags] = at === -1 ? [rest, []] : [rest.slice(0, at), rest.slice(at)];
  return [program, name, ...given, ...carriedFor(name), ...flags].join(" ");
}
