// The error codes of the sources and of the documents. In: TypeScript text, Markdown text. Out: sets of codes, fenced
// blocks. Separate because both documents are held against the same sources in the same way.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const SOURCES = fileURLToPath(new URL("../../src", import.meta.url));
const DOCUMENTS = fileURLToPath(new URL("../../../../docs", import.meta.url));

/**
 * The TypeScript below one folder, comments left out. The demo and the suites are left out: their tools fail on
 * purpose. So is what watches runs: its codes are no errors.
 */
export const sources = (folder = "."): readonly string[] =>
  textsBelow(folder, /(^|[/\\])(demo|conformance|telemetry)[/\\]/);

/** The TypeScript below one folder, comments left out, without the files whose names fit `left`. */
export function textsBelow(folder: string, left = /^$/): readonly string[] {
  const names = readdirSync(join(SOURCES, folder), { recursive: true, encoding: "utf8" });
  return names
    .filter((name) => name.endsWith(".ts") && !left.test(name))
    .map((name) => withoutComments(readFileSync(join(SOURCES, folder, name), "utf8")));
}

const withoutComments = (text: string): string => text.replace(/^\s*(?:\/\/|\/\*|\*).*$/gm, "");

export function document(name: string): string {
  return readFileSync(join(DOCUMENTS, name), "utf8");
}

/** Words of the same form that are no codes of ours: variables of the environment, names of OpenTelemetry, codes of undici and of the system. */
const OTHERS = /^(?:PLANLOOM|OPENAI)_|^NO_COLOR$|^ROOT_CONTEXT$|^UND_ERR_|^EAI_/;

const LONG = /(?<![=!]== )"([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)"/g;
/** Where a code stands: what makes or reports an error, up to its first text. */
const MADE =
  /(?:PlanloomError|usageError|failWith|refused|no|report|note|finding|failure|fail|failed|permanent|Stop|Unresolved)\(/
    .source;
const SHORT_MADE = new RegExp(`${MADE}\\s*(?:\\w+,\\s*|"[^"]*",\\s*)?"([A-Z]{3,})"`, "g");
const CODE_LINE = /\bcode(?::| =).*$/gm;
const SHORT = /(?<![=!]== )"([A-Z]{3,})"/g;

/**
 * Every code that some sources name: all texts of the form LIKE_THIS, whatever they are used for (an environment
 * variable is told by its name), and single words where something called `code` is given or an error is made.
 */
export function codesIn(texts: readonly string[]): ReadonlySet<string> {
  const found = texts.flatMap((text) => [
    ...matches(text, LONG),
    ...matches(text, SHORT_MADE),
    ...[...text.matchAll(CODE_LINE)].flatMap(([line]) => matches(line, SHORT)),
  ]);
  return new Set(found.filter((code) => !OTHERS.test(code)));
}

export function matches(text: string, pattern: RegExp): readonly string[] {
  return [...text.matchAll(pattern)].flatMap((match) => match[1] ?? []);
}

/** Cells of the rows of all tables whose first column names codes; `codes` are those of the first cell. */
export function codeRows(
  markdown: string,
): readonly { readonly codes: readonly string[]; readonly cells: readonly string[] }[] {
  return markdown.split("\n").flatMap((line) => {
    if (!line.startsWith("| `")) return [];
    const cells = line
      .slice(1, -1)
      .split(/(?<!\\)\|/)
      .map((cell) => cell.trim());
    const codes = matches(cells[0] ?? "", /`([A-Z][A-Z0-9_]{2,})`/g);
    return codes.length === 0 ? [] : [{ codes, cells }];
  });
}

export function codesOf(markdown: string): readonly string[] {
  return codeRows(markdown).flatMap(({ codes }) => codes);
}

/** The part of a document under a heading, up to the next heading of the same or a higher level. */
export function section(markdown: string, heading: string): string {
  const lines = markdown.split("\n");
  const start = lines.indexOf(heading);
  if (start === -1) throw new Error(`no heading ${heading}`);
  const level = heading.indexOf(" ");
  const length = lines.slice(start + 1).findIndex((line) => /^#+ /.test(line) && line.indexOf(" ") <= level);
  return lines.slice(start, length === -1 ? undefined : start + 1 + length).join("\n");
}

export interface Block {
  /** The words behind the fence: language, then what the block is. */
  readonly info: readonly string[];
  readonly text: string;
}

export function blocks(markdown: string): readonly Block[] {
  return [...markdown.matchAll(/^```(\S[^\n]*)\n([\s\S]*?)^```$/gm)].map(([, info = "", text = ""]) => ({
    info: info.split(" "),
    text,
  }));
}
