// The reference of the built-in tools, made from the tools themselves. In: nothing. Out: a page for each, and an index.
// A new tool of builtins.ts gets a page as it is. `npm run docs` writes them; a test holds them to the code.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { builtInMissing } from "../../src/plan/built-in.js";
import type { Json, JsonObject } from "../../src/plan/json.js";
import { isObject } from "../../src/plan/json.js";
import type { ToolSpec } from "../../src/plan/tool-spec.js";
import { builtinTools, type BuiltinOptions } from "../../src/tools/builtin/builtins.js";
import type { Tool } from "../../src/tools/tool.js";
import { SET_UP } from "../../src/words/set-up.js";
import { argumentFacts, outputFacts, outputType, toolSentences, type FieldFact } from "../../src/words/tool-facts.js";
import { toolWords } from "../../src/words/tool-failures.js";
import type { GeneratedPage } from "./api-page.js";
import { ROOT } from "./snippet.js";

const NOTE = "<!-- Made by `npm run docs` from the tools. Do not edit. -->";
const TOOLS = path.join(ROOT, "packages", "planloom", "src", "tools");

/** Every built-in tool. An option that the builder gets does not compile without a value here. */
const ALL: Required<Omit<BuiltinOptions, "own">> = {
  files: { roots: [path.join(ROOT, "docs", "start")], write: true },
  search: { folder: path.join(ROOT, "docs", "start") },
  fetch: true,
  sql: {
    databases: [{ name: "shop", file: "shop.db", tables: "orders(id INTEGER, total REAL)", tableNames: ["orders"] }],
    write: true,
  },
  http: { hosts: ["api.example.com"], methods: ["GET", "HEAD", "PUT", "DELETE", "POST", "PATCH"] },
  summarize: () => Promise.reject(new Error("no model is asked")),
};

/** In the order of their names. */
export const builtIns = (): readonly Tool[] =>
  [...builtinTools(ALL).tools].sort((a, b) => (a.spec.name < b.spec.name ? -1 : 1));

const SERVICE = { url: "https://api.example.com/orders/7" };

/** The arguments of the example, where those that the schema suggests say little. */
const EXAMPLES: { readonly [tool: string]: JsonObject } = {
  calculate: { expression: "price * 1.2", variables: { price: 40 } },
  edit_file: { path: "notes.md", edits: [{ old: "in 2025", new: "in 2026" }] },
  fetch_url: { url: "https://example.com/prices.html" },
  http_delete: SERVICE,
  http_get: { url: "https://api.example.com/orders", query: { state: "open" } },
  http_head: SERVICE,
  http_patch: { ...SERVICE, body: { state: "closed" } },
  http_post: { url: "https://api.example.com/orders", body: { article: "A7", count: 2 } },
  http_put: { ...SERVICE, body: { article: "A7", count: 3 } },
  list_files: { path: ".", glob: "**/*.md" },
  read_file: { path: "notes.md", from: 1, count: 100 },
  search: { query: "delivery times", limit: 5 },
  sql_query: { sql: "SELECT id FROM orders WHERE total > ?", params: [100] },
  sql_write: { sql: "UPDATE orders SET total = :total WHERE id = :id", params: { total: 40, id: 7 } },
  summarize: { text: "${{ page.text }}", words: 100 },
  write_file: { path: "report.md", text: "${{ page.text }}" },
};

export function toolPages(): readonly GeneratedPage[] {
  const tools = builtIns();
  const rows = tools.map(
    ({ spec: { name, description, effects } }) =>
      `| [\`${name}\`](tools/${name}.md) | ${effects} | ${cell(description)} |`,
  );
  const index = [
    "# The built-in tools",
    NOTE,
    "All built-in tools, as plans may call them. `planloom tools NAME` shows a tool as it is set up here, and also your own" +
      "\ntools and those of MCP servers. [Tools](../tools.md) says where tools come from.",
    `| tool | effects | what it does |\n|---|---|---|\n${rows.join("\n")}`,
  ];
  return [
    { name: "reference/built-in-tools.md", text: `${index.join("\n\n")}\n` },
    ...tools.map((tool) => ({ name: `reference/tools/${tool.spec.name}.md`, text: pageText(tool) })),
  ];
}

function pageText({ spec, precheck, preview }: Tool): string {
  const codes = codesOf(spec.name);
  const parts = [
    `# ${spec.name}`,
    NOTE,
    spec.description,
    "## Set up",
    setUpText(spec.name),
    "## Arguments",
    table(argumentFacts(spec).map((fact) => [fact, fact.isControl ? "" : " It is only passed on."])),
    "## Output",
    `\`${outputType(spec)}\``,
    table(outputFacts(spec).map((fact) => [fact, ""])),
    "## Effects and labels",
    toolSentences(spec, false).join("\n"),
    ...(precheck === undefined
      ? []
      : ["It has a [precheck](../../own-tools.md#prechecks): a plan that names what does not exist is not approved."]),
    ...(preview === undefined ? [] : ["It has a [preview](../../own-tools.md#previews) of what a call would change."]),
    "## Errors",
    codes.length === 0
      ? "It has no errors of its own."
      : codes.map((code) => `[\`${code}\`](../../errors.md)`).join(" ·\n"),
    "Every tool can also fail with `BAD_ARGUMENTS`, `TIMEOUT` and `BAD_OUTPUT`.",
    "## Example",
    `\`\`\`json\n${JSON.stringify(exampleStep(spec), null, 2)}\n\`\`\``,
  ];
  return `${parts.filter((part) => part !== "").join("\n\n")}\n`;
}

function setUpText(name: string): string {
  const missing = builtInMissing(name, () => false);
  if (missing === undefined) return "It is always there.";
  const how = SET_UP[missing.setting];
  return `To have it: ${how}. See [configuration](../../configuration.md#keys).`;
}

function table(rows: readonly (readonly [FieldFact, string])[]): string {
  if (rows.length === 0) return "";
  const lines = rows.map(
    ([{ name, type, isNeeded, about }, more]) =>
      `| \`${name}\` | \`${type.replaceAll("|", "\\|")}\` | ${isNeeded ? "yes" : "no"} | ${cell(`${about}${more}`.trim())} |`,
  );
  return `| name | type | always | meaning |\n|---|---|---|---|\n${lines.join("\n")}`;
}

const cell = (text: string): string => text.replaceAll("|", "\\|").replaceAll("\n", " ");

/** A step of a plan. */
export function exampleStep({ name, input }: ToolSpec): JsonObject {
  return { id: "done", tool: name, with: EXAMPLES[name] ?? exampleOf(input) };
}

/** The needed arguments, each with a value of its type. */
function exampleOf({ properties = {}, required = [] }: JsonObject): JsonObject {
  const needed = (required as readonly string[]).map((name) => [name, (properties as JsonObject)[name]!] as const);
  return Object.fromEntries(needed.map(([name, schema]) => [name, valueOf(schema)]));
}

function valueOf(schema: Json): Json {
  const { type, enum: values, anyOf } = isObject(schema) ? schema : {};
  if (Array.isArray(values)) return (values as readonly Json[])[0]!;
  if (Array.isArray(anyOf)) return valueOf((anyOf as readonly Json[])[0]!);
  const simple: { readonly [type: string]: Json } = { number: 1, integer: 1, boolean: true, array: [], null: null };
  if (type === "object") return exampleOf(schema as JsonObject);
  return typeof type === "string" ? (simple[type] ?? "…") : "…";
}

/** The error codes in the file of the tool, and in the files of tools/ that it imports. */
function codesOf(name: string): readonly string[] {
  const seen = new Set([fileOf(name)]);
  const codes = new Set<string>();
  // Iteration over a set includes elements that are added during it.
  for (const file of seen) {
    const text = readFileSync(file, "utf8");
    for (const [, code] of text.matchAll(/\b([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)"/g))
      if (toolWords(code!) !== undefined) codes.add(code!);
    for (const [, imported] of text.matchAll(/(?:from |import\()"(\.[^"]+)\.js"/g)) {
      const next = path.join(path.dirname(file), `${imported}.ts`);
      if (next.startsWith(TOOLS)) seen.add(next);
    }
  }
  return [...codes].sort();
}

const FILES = ["builtin", "http", "sql", "."];

/** The file that makes the tool of this name. */
function fileOf(name: string): string {
  for (const folder of FILES) {
    const files = listed(path.join(TOOLS, folder));
    const found = files.find((file) => makes(readFileSync(file, "utf8"), name));
    if (found !== undefined) return found;
  }
  throw new Error(`no file of src/tools makes the tool ${name}`);
}

/** The name, or its beginning if a file makes several tools. */
const makes = (source: string, name: string): boolean =>
  [...source.matchAll(/name: (?:"(\w+)"|`(\w+)\$\{)/g)].some(
    ([, whole, start]) => whole === name || (start !== undefined && name.startsWith(start)),
  );

const listed = (folder: string): readonly string[] =>
  existsSync(folder)
    ? readdirSync(folder)
        .filter((file) => file.endsWith(".ts"))
        .map((file) => path.join(folder, file))
    : [];
