// The tables of docs/errors.md, made from the catalogue of words. In: the page. Out: the same page with today's tables between its
// marks (`<!-- store -->` … `<!-- end -->`). Separate from the test, which holds the page to this; `npm run docs` writes it.
import { exitOfError } from "../../src/cli/exit-code.js";
import { surfaceOf } from "../../src/cli/surface.js";
import { sentenceText } from "../../src/words/action.js";
import { ERROR_AREAS, errorNext, type ErrorCode } from "../../src/words/errors.js";
import { TOOL_AREAS, type ToolFailureCode } from "../../src/words/tool-failures.js";
import { sampleErrors, toolSamples } from "../words/samples.js";

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

const TOOLS: { readonly [mark: string]: keyof typeof TOOL_AREAS } = {
  calculate: "calculate",
  files: "files",
  "network and models": "fetch",
};

export function withTables(page: string): string {
  const errors = Object.entries(AREAS).map(([mark, areas]) => [mark, table(areas)] as const);
  const tools = Object.entries(TOOLS).map(([mark, area]) => [mark, toolTable(area)] as const);
  return [...errors, ...tools].reduce((text, [mark, rows]) => {
    const [before, rest] = parted(text, `<!-- ${mark} -->\n`);
    const [, after] = parted(rest, "<!-- end -->");
    return `${before}<!-- ${mark} -->\n\n${rows}\n<!-- end -->${after}`;
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

function toolTable(area: keyof typeof TOOL_AREAS): string {
  const codes = Object.keys(TOOL_AREAS[area]) as ToolFailureCode[];
  const head = "| code | what it says, for example | tried again |\n|---|---|---|\n";
  return `${head}${codes.map((code) => `${toolRow(code)}\n`).join("")}`;
}

function toolRow(code: ToolFailureCode): string {
  const samples = toolSamples(code);
  const says = samples.map(({ message, next }) =>
    next === undefined ? message : `${message} ${sentenceText(next, surface)}`,
  );
  return `| \`${code}\` | ${cell(says)} | ${samples[0]?.retryable === true ? "yes" : "no"} |`;
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
