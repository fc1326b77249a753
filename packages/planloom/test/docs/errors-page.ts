// The tables of docs/errors.md, made from the catalogue of words. In: the page. Out: the same page with today's tables between its
// marks (`<!-- store -->` … `<!-- end -->`). Separate from the test, which holds the page to this; `npm run docs` writes it.
import { exitOfError } from "../../src/cli/exit-code.js";
import { surfaceOf } from "../../src/cli/surface.js";
import { sentenceText } from "../../src/words/action.js";
import { ERROR_AREAS, errorNext, type ErrorCode } from "../../src/words/errors.js";
import { sampleErrors } from "../words/samples.js";

const surface = surfaceOf("planloom");

/** Readings of one code that a table shows at most: those that come first among its samples. */
const SHOWN = 4;

const AREAS: { readonly [mark: string]: readonly (keyof typeof ERROR_AREAS)[] } = {
  "command line": ["commandLine"],
  configuration: ["configuration"],
  models: ["models"],
  "plans and runs": ["plans", "runs", "recordings"],
  store: ["store"],
};

export function withTables(page: string): string {
  return Object.entries(AREAS).reduce((text, [mark, areas]) => {
    const [before, rest] = parted(text, `<!-- ${mark} -->\n`);
    const [, after] = parted(rest, "<!-- end -->");
    return `${before}<!-- ${mark} -->\n\n${table(areas)}\n<!-- end -->${after}`;
  }, page);
}

function parted(text: string, mark: string): readonly [string, string] {
  const at = text.indexOf(mark);
  if (at === -1) throw new Error(`the page has no mark ${mark}`);
  return [text.slice(0, at), text.slice(at + mark.length)];
}

function table(areas: readonly (keyof typeof ERROR_AREAS)[]): string {
  const codes = areas.flatMap((area) => Object.keys(ERROR_AREAS[area]) as ErrorCode[]);
  const head = "| code | what happened, for example | next | exit |\n|---|---|---|---|\n";
  return `${head}${codes.map((code) => `${row(code)}\n`).join("")}`;
}

function row(code: ErrorCode): string {
  const errors = sampleErrors(code);
  const messages = errors.map(({ message }) => message);
  const nexts = errors.map(({ params }) => sentenceText(errorNext(code, params), surface));
  return `| \`${code}\` | ${cell(messages)} | ${cell(nexts)} | ${exitOfError(errors[0])} |`;
}

function cell(texts: readonly string[]): string {
  const distinct = [...new Set(texts)];
  const more = distinct.length > SHOWN ? ["…"] : [];
  return [...distinct.slice(0, SHOWN), ...more]
    .join("<br>")
    .replaceAll("|", "\\|")
    .replaceAll("<html>", "`<html>`")
    .replaceAll("\n", "<br>");
}
