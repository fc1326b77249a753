// The built-ins together: which are offered, what the planner is told, and the two small ones, calculate and summarize.
import { realpathSync } from "node:fs";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { PlanloomError } from "../../src/words/planloom-error.js";
import { hashOf } from "../../src/plan/hash.js";
import { isObject, type Json } from "../../src/plan/json.js";
import { isBuiltin, type ToolSpec } from "../../src/plan/tool-spec.js";
import { calculateTool } from "../../src/tools/builtin/calculate.js";
import type { Usage } from "../../src/plan/usage.js";
import { summarizeTool, type SummarizeOptions } from "../../src/tools/builtin/summarize.js";
import { builtinTools, type BuiltinOptions } from "../../src/tools/builtin/builtins.js";
import { createInventory } from "../../src/tools/inventory.js";
import { ToolError } from "../../src/tools/tool.js";
import { called, contextOf, errorOf } from "./tool-context.js";

/** A schema without its descriptions. */
function withoutProse(value: Json): Json {
  if (Array.isArray(value)) return (value as readonly Json[]).map(withoutProse);
  if (!isObject(value)) return value;
  const kept = Object.entries(value).filter(([key, field]) => key !== "description" || typeof field !== "string");
  return Object.fromEntries(kept.map(([key, field]) => [key, withoutProse(field)]));
}

const reply = (text: string) => ({ text, usage: { calls: 1, inputTokens: 7, outputTokens: 2 } });

describe("builtinTools", () => {
  let base: string;
  beforeEach(async () => {
    base = await mkdtemp(join(tmpdir(), "planloom-builtins-"));
    await mkdir(join(base, "docs", "teas"), { recursive: true });
    await mkdir(join(base, "other"));
    await writeFile(join(base, "docs", "teas", "oolong.md"), "Oolong.");
  });
  afterEach(() => rm(base, { recursive: true, force: true }));

  const made = (options: BuiltinOptions) => {
    const { tools, notes } = builtinTools(options);
    return { ...createInventory(tools, notes), notes, names: tools.map(({ spec }) => spec.name) };
  };
  /** Searches, and reads what was found. */
  async function foundText(options: BuiltinOptions): Promise<Json> {
    const { tools } = made(options);
    const { results } = (await called(tools.get("search")!, { query: "oolong" })) as unknown as {
      results: { url: string }[];
    };
    return called(tools.get("read_file")!, { path: results[0]!.url });
  }

  it("says which folders and hosts its calls can reach, by their real names", async () => {
    await symlink(join(base, "docs"), join(base, "link"));
    const files = { roots: [join(base, "other"), join(base, "link")], write: true, allow: [".env"] };
    const reachOf = (options: BuiltinOptions, name: string) => made(options).get(name)!.spec.reach;
    const real = { roots: [join(base, "docs"), join(base, "other")].map((path) => realpathSync(path)) };
    for (const name of ["read_file", "list_files", "write_file"]) {
      expect(reachOf({ files }, name), name).toEqual({ ...real, open: [".env"] });
    }
    expect(reachOf({ fetch: true }, "fetch_url")).toEqual({ hosts: [] });
    expect(reachOf({ fetch: { allowHosts: ["wiki:80", "a.example"] } }, "fetch_url")).toEqual({
      hosts: ["a.example", "wiki:80"],
    });
    expect(reachOf({ search: { folder: join(base, "link") } }, "search")).toEqual({ roots: [real.roots[0]] });
    expect(reachOf({ search: { searxng: "http://find.example:8080/x" } }, "search")).toEqual({
      hosts: ["find.example:8080"],
    });
  });

  // If a call means the same as before, change the digest here. Otherwise raise the version of the tool, too: runs that
  // were approved before then ask a person.
  it("change nothing about what a call means under the same version", () => {
    const all = [
      ...made({
        files: { roots: [base], write: true },
        fetch: true,
        summarize: async () => reply("s"),
        search: { searxng: "http://127.0.0.1:1" },
        sql: { databases: [], write: true },
        http: { hosts: ["a.example"], methods: ["GET", "PUT", "POST"] },
      }).specs,
      made({ search: { folder: base } }).get("search")!.spec,
    ];
    const digest = ({ description: _said, reach: _where, ...means }: ToolSpec) =>
      `${means.version} ${hashOf(withoutProse(means)).slice(0, 12)}`;
    expect(all.map((spec) => `${spec.name} ${digest(spec)}`)).toEqual([
      "calculate planloom/1 211aea7dc3ba",
      "read_file planloom/2 94bdda28384c",
      "list_files planloom/1 4e1cfe7db739",
      "write_file planloom/1 724c80036eb3",
      "edit_file planloom/1 aab1cc5fc1eb",
      "fetch_url planloom/1 a66cce8c738a",
      "sql_query planloom/1 9804661a9513",
      "sql_write planloom/1 a6edc1fb1a34",
      "http_get planloom/1 6578e2224d51",
      "http_put planloom/1 6bdee5e8c022",
      "http_post planloom/1 b66ff09dda8f",
      "summarize planloom/1 25ffeb49cd2d",
      "search planloom/1 e68dad02d1da",
      "search planloom/1 2a3dbe1fb2ee",
    ]);
  });

  it("offers what it has options for", () => {
    const { names, notes } = made({});
    expect(names).toEqual(["calculate"]);
    expect(notes).toEqual([expect.stringContaining("no search")]);
    const all = made({
      files: { roots: [base], write: true },
      fetch: true,
      summarize: async () => reply("s"),
      search: { searxng: "http://127.0.0.1:1" },
    });
    expect(all.names).toEqual([
      "calculate",
      "read_file",
      "list_files",
      "write_file",
      "edit_file",
      "fetch_url",
      "summarize",
      "search",
    ]);
    expect(all.notes).toEqual([]);
    expect(all.specs.every(isBuiltin)).toBe(true);
    expect(all.specs.filter(({ effects }) => effects !== "none").map(({ name }) => name)).toEqual([
      "write_file",
      "edit_file",
    ]);
    expect(made({ fetch: false }).names).toEqual(["calculate"]);
  });

  it("what search finds, read_file opens", async () => {
    const docs = join(base, "docs");
    const search = { folder: docs };
    expect(await foundText({ search })).toMatchObject({ path: "teas/oolong.md", text: "Oolong." });
    expect(await foundText({ search, files: { roots: [base] } })).toMatchObject({
      path: "docs/teas/oolong.md",
      text: "Oolong.",
    });
    const files = { roots: [join(base, "other"), docs] };
    expect(await foundText({ search, files })).toMatchObject({ path: "docs/teas/oolong.md", text: "Oolong." });
    const apart = made({ search, files: { roots: [join(base, "other")] } });
    expect(apart.notes).toEqual([expect.stringContaining("read_file cannot open")]);
  });

  it("has schemas as data that plans are checked against", () => {
    const { tools, specs } = made({ fetch: true, summarize: async () => reply(""), search: { folder: base } });
    const argumentsOf = (name: string) => {
      const { properties, required, additionalProperties } = tools.get(name)!.spec.input as Record<string, object>;
      return [Object.keys(properties!), required, additionalProperties];
    };
    expect(argumentsOf("calculate")).toEqual([["expression", "variables"], ["expression"], false]);
    expect(argumentsOf("search")).toEqual([["query", "limit"], ["query"], false]);
    expect(argumentsOf("fetch_url")).toEqual([["url"], ["url"], false]);
    expect(argumentsOf("read_file")).toEqual([["path", "from", "count", "raw"], ["path"], false]);
    expect(argumentsOf("list_files")).toEqual([["path", "glob"], ["path"], false]);
    expect(argumentsOf("summarize")).toEqual([["text", "words"], ["text"], false]);
    for (const spec of specs) expect(spec.output).toBeDefined();
  });
});

describe("calculate", () => {
  it("calculates with variables", async () => {
    const args = { expression: "round(salary * 0.3 / 12, 2)", variables: { salary: 100_000 } };
    expect(await called(calculateTool(), args)).toBe(2_500);
    expect(await called(calculateTool(), { expression: "sum(all)", variables: { all: [1, 2] } })).toBe(3);
  });

  it("refuses prototype keys and what is no number", async () => {
    const refused = async (variables: string) =>
      (await errorOf(called(calculateTool(), { expression: "a", variables: JSON.parse(variables) as Json }))).code;
    expect(await refused('{ "__proto__": { "a": 1 } }')).toBe("BAD_ARGUMENTS");
    expect(await refused('{ "constructor": 1 }')).toBe("CALC_VARIABLE");
    expect(await refused('{ "a": "1" }')).toBe("BAD_ARGUMENTS");
    expect(await refused('{ "b": 1 }')).toBe("CALC_NAME");
  });
});

describe("summarize", () => {
  it("asks the model with the text as data", async () => {
    const asked: unknown[] = [];
    const stop = new AbortController();
    const summarize = summarizeTool({
      ask: async (prompt, signal) => {
        asked.push(prompt, signal);
        return reply(" Short. ");
      },
    });
    const spent: Usage[] = [];
    const context = contextOf(stop.signal, (usage: Usage) => void spent.push(usage));
    expect(await summarize.call({ text: "A long text.", words: 20 }, context)).toBe("Short.");
    expect(spent).toEqual([{ calls: 1, inputTokens: 7, outputTokens: 2 }]);
    expect(asked).toEqual([
      { system: expect.stringContaining("at most 20 words") as string, text: "A long text." },
      stop.signal,
    ]);
  });

  it("asks nobody about no text, or too much", async () => {
    const summarize = summarizeTool({ ask: () => Promise.reject(new Error("asked")) });
    for (const text of [" ", "x".repeat(200_001)]) {
      expect(await errorOf(called(summarize, { text }))).toMatchObject({ code: "SUMMARIZE_TEXT", retryable: false });
    }
  });

  it("says what the model did wrong, and whether to try again", async () => {
    const failing = (ask: () => ReturnType<SummarizeOptions["ask"]>) =>
      errorOf(called(summarizeTool({ ask }), { text: "t" }));
    expect(await failing(async () => reply(" "))).toMatchObject({ code: "SUMMARIZE_EMPTY", retryable: true });
    const refused = new PlanloomError("PROVIDER_UNAUTHORIZED", { model: "m" });
    expect(await failing(() => Promise.reject(refused))).toMatchObject({
      code: "SUMMARIZE_FAILED",
      retryable: false,
      cause: refused,
    });
    const busy = new ToolError("busy", { code: "BUSY" });
    expect(await failing(() => Promise.reject(busy))).toBe(busy);
  });
});
