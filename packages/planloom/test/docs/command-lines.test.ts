// Command lines in the documents, in blocks and in the text: each names a command that exists, with flags that it has.
import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { commandReference } from "../../src/cli/table/commands.js";
import { pages, ROOT } from "./snippet.js";

const COMMANDS = new Map(commandReference().map(({ name, alias, flags }) => [name, { alias, flags }]));
const NAMES = new Set([...COMMANDS].flatMap(([name, { alias }]) => (alias === undefined ? [name] : [name, alias])));
/** Flags of the program itself. */
const GENERAL = new Set(["--help", "--version", "-h", "-V"]);

/** Two of them may stand side by side in a block. In blocks that are indented or fenced, and in `code`. */
const LINE = /^(?:    |\$ )?(?:npx )?planloom ([a-z]\S*(?: .*)?)$|`(?:npx )?planloom ([a-z][^`]*)`/gm;

const linesOf = (page: string): readonly string[] =>
  [...readFileSync(path.join(ROOT, page), "utf8").matchAll(LINE)]
    .flatMap(([, block, code]) => (block ?? code ?? "").split(/ {2,}planloom /))
    .map((line) => line.trim());

function faultOf(line: string): string | undefined {
  const words = line.replace(/\s+#.*$/, "").split(/\s+/);
  const [first = "", second = ""] = words;
  const name = COMMANDS.has(`${first} ${second}`) ? `${first} ${second}` : first.replace(/[,.].*$/, "");
  if (!NAMES.has(name)) return `no command ${name}: ${line}`;
  const flags = COMMANDS.get(name)?.flags ?? [];
  const known = new Set([
    ...GENERAL,
    ...flags.flatMap(({ long, short }) => [long, ...(short === undefined ? [] : [short])]),
  ]);
  const given = words.flatMap((word) => /^\[?(--[a-z][a-z-]*|-[a-zA-Z](?![\w]))/.exec(word)?.[1] ?? []);
  const strange = given.filter((flag) => !known.has(flag));
  return strange.length === 0 ? undefined : `${name} has no ${strange.join(", ")}: ${line}`;
}

test("each command line of the documents has a command and flags that exist", () => {
  const lines = pages().flatMap((page) => linesOf(page).map((line) => ({ page, line })));
  expect(lines.length).toBeGreaterThan(100);
  const faults = lines.flatMap(({ page, line }) => {
    const fault = faultOf(line);
    return fault === undefined ? [] : [`${page}: ${fault}`];
  });
  expect(faults).toEqual([]);
});
