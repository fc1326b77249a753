// Reads the flag --mcp. In: `name=command args` or `name=address`. Out: servers for the configuration. A command is split
// into words as a shell does it, but no shell runs: nothing in it is a variable, a pattern or another command.
import type { McpServer, McpServers } from "../tools/mcp/server-config.js";
import { usageError } from "./error-text.js";
import { oneLine } from "./style.js";

const EXAMPLE = 'Write --mcp NAME="COMMAND ARGUMENTS", or --mcp NAME=https://ADDRESS.';

const NAME_RULE = "A name has a letter, then letters, digits, _ or -.";

/** Throws a usage error. */
export function serversIn(flags: readonly string[]): McpServers {
  return Object.fromEntries(flags.map(serverIn));
}

function serverIn(flag: string): readonly [name: string, server: McpServer] {
  const [, name, text = ""] = /^([A-Za-z][\w-]{0,63})=(.+)$/su.exec(flag) ?? [];
  if (name === undefined) throw noServer(flag);
  if (/^https?:\/\//iu.test(text)) return [name, { url: text }];
  const words = shellWords(text);
  if (words === undefined) throw usageError(`The command of --mcp ${name} has a quote without an end.`, EXAMPLE);
  const [command, ...args] = words;
  if (command === undefined) throw usageError(`--mcp ${name} has no command.`, EXAMPLE);
  return [name, { command, args, cwd: process.cwd() }];
}

function noServer(flag: string): Error {
  const [, given = "", text = ""] = /^([^=]*)=(.*)$/su.exec(flag) ?? [];
  if (given.trim() === "") return usageError(`--mcp ${oneLine(flag, 80)} gives the server no name.`, EXAMPLE);
  if (text === "") return usageError(`--mcp ${oneLine(given, 80)} has no command and no address.`, EXAMPLE);
  return usageError(`"${oneLine(given, 80)}" cannot be the name of a server.`, `${NAME_RULE} ${EXAMPLE}`);
}

/** One piece of a word: in single quotes, in double quotes, after a backslash, or as it stands. */
const PIECE = /'([^']*)'|"((?:[^"\\]|\\.)*)"|\\(.)|([^\s'"\\]+)/suy;

/** The words of a command; undefined if a quote has no end. */
export function shellWords(text: string): readonly string[] | undefined {
  const words: string[] = [];
  let word: string | undefined;
  for (let at = 0; at < text.length;) {
    if (/\s/u.test(text[at]!)) {
      if (word !== undefined) words.push(word);
      word = undefined;
      at += 1;
      continue;
    }
    PIECE.lastIndex = at;
    const [piece, single, double, escaped, plain] = PIECE.exec(text) ?? [];
    if (piece === undefined) return undefined;
    word = (word ?? "") + (single ?? double?.replace(/\\(["\\$`])/gu, "$1") ?? escaped ?? plain ?? "");
    at += piece.length;
  }
  return word === undefined ? words : [...words, word];
}
