// Configuration files, inputs, plans and drawings from the command line.
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { ChatBody, FakeReply } from "../../src/testing/index.js";
import { ableReply, isLong } from "./able-model.js";
import { modelServer, workspace, SUMS } from "./planloom.js";

const TOOL = `
import { z } from "zod";
import { defineConfig, tool, ToolError } from "planloom";
const limit: number = 3;
let calls = 0;
export default defineConfig({
  concurrency: 2,
  tools: [
    tool({
      name: "shout", description: "Says it louder.", effects: "none",
      input: z.object({ text: z.string() }), output: z.string(),
      run: ({ text }: { text: string }) => {
        if (++calls < 2) throw new ToolError("not yet", { code: "EARLY" });
        return text.toUpperCase() + "!".repeat(limit);
      },
      summary: (said: string) => "Shouted " + said.length + " characters",
    }),
  ],
});
`;
const SHOUT = {
  steps: [
    { id: "loud", title: "Say it", tool: "shout", with: { text: "${{ inputs.text }}" }, retry: { delay: "1ms" } },
  ],
  inputs: { text: { type: "string" } },
  answer: { value: "${{ loud }}" },
};

test("a TypeScript configuration brings tools of its own, whose errors this library knows as such", async () => {
  const here = workspace();
  here.write("planloom.config.ts", TOOL);
  here.write("plan.json", SHOUT);
  expect((await here.run(["run", "plan.json", "--input", "text=hey"])).stdout).toBe("HEY!!!\n");
  const { stdout } = await here.run(["show", "last", "--trace"]);
  expect(stdout).toContain("EARLY: not yet -> retry (attempt 1 of 4 failed)");
  expect(stdout).toContain("Shouted 6 characters");
  const traced = await here.json<{ trace: { attempts: { read: unknown; decision?: string }[]; written: unknown }[] }>([
    "show",
    "last",
    "--trace",
    "--json",
  ]);
  expect(traced.trace[0]).toMatchObject({
    attempts: [{ read: { text: "hey" }, decision: "retry" }, {}],
    written: "HEY!!!",
  });
  expect((await here.run(["tools"])).stdout).toContain("shout { text: string } -> string");
  const one = await here.run(["tools", "shout"]);
  expect(one.stdout).toMatch(/^shout\n {2}.+\n\narguments\n {2}text: string.*\n\noutput: string\n/);
  expect(one.stdout).toContain("Its output is untrusted and private.");
  const wrong = await here.run(["tools", "shoot"]);
  expect(wrong).toMatchObject({ code: 2, stderr: expect.stringContaining("Did you mean shout?") as string });
});

test("a YAML configuration is found upward in the same project, and its paths count from where it is", async () => {
  const { server } = await modelServer((_body, index) => (index === 0 ? { json: SUMS } : { text: "Fine." }));
  const here = workspace();
  here.write(
    "planloom.config.yaml",
    `models:\n  default: { model: m, baseURL: "${server.url}" }\nstore: kept/runs.db\n`,
  );
  mkdirSync(join(here.folder, ".git"));
  mkdirSync(join(here.folder, "below"));
  expect((await here.run(["run", "Add"], { below: "below" })).stdout).toBe("Fine.\n");
  expect(readFileSync(join(here.folder, "kept", "runs.db")).length).toBeGreaterThan(0);
  expect((await here.run(["answer", "last"])).stdout).toBe("Fine.\n");
  expect((await here.run(["runs", "--store", "other.db"])).stdout).toBe("");
});

test.each([
  ["planloom.config.ts", "throw new Error('no luck');", "CONFIG_FAILED", "no luck"],
  ["planloom.config.ts", "export default 7;", "CONFIG_INVALID", "The configuration is 7, not a configuration"],
  ["planloom.config.js", "export default { tools: [{ name: 'x' }] };", "CONFIG_INVALID", "not made by tool()"],
  ["planloom.config.json", "{ not json", "CONFIG_FAILED", "planloom.config.json"],
  ["planloom.config.yaml", "concurency: 4", "CONFIG_INVALID", "concurency"],
  ["planloom.config.yaml", "models: { boss: gpt }", "CONFIG_INVALID", "models.boss"],
  ["planloom.config.yaml", "models: { planner: { baseUrl: x } }", "CONFIG_INVALID", "models.planner.baseUrl"],
  ["planloom.config.yaml", "builtins: { searh: { folder: . } }", "CONFIG_INVALID", "builtins.searh"],
  ["planloom.config.yaml", "builtins: 4", "CONFIG_INVALID", "builtins is 4, not a record"],
  ["planloom.config.yaml", "builtins: { files: { roots: x } }", "CONFIG_INVALID", "builtins.files.roots"],
  ["planloom.config.yaml", "builtins: { search: x }", "CONFIG_INVALID", "builtins.search"],
  ["planloom.config.yaml", "builtins: { search: {} }", "CONFIG_INVALID", "builtins.search"],
  ["planloom.config.yaml", "models: { planner: 3 }", "CONFIG_INVALID", "models.planner"],
  ["planloom.config.yaml", "limits: 3", "CONFIG_INVALID", "limits is 3, not a record"],
  ["planloom.config.yaml", "secrets: { A: 3 }", "CONFIG_INVALID", "secrets"],
  ["planloom.config.yaml", "onFailure: mend", "CONFIG_INVALID", "one of fail, skip, patch, replan"],
  ["planloom.config.yaml", "replan: always", "CONFIG_INVALID", "one of never, on-failure, each-step"],
  ["planloom.config.yaml", "replanContext: all", "CONFIG_INVALID", "one of codes, excerpt, full"],
  ["planloom.config.yaml", "limits: { replans: -1 }", "CONFIG_INVALID", "limits.replans"],
  ["planloom.config.yaml", "limits: { replanTokens: many }", "CONFIG_INVALID", "limits.replanTokens"],
  ["planloom.config.yaml", "limits: { replanCostUsd: -0.5 }", "CONFIG_INVALID", "limits.replanCostUsd"],
  ["planloom.config.yaml", "store: 5", "CONFIG_INVALID", "store is 5, neither a path nor a store"],
])("a wrong %s (%s) says which file and what", async (name, content, code, words) => {
  const here = workspace();
  here.write(name, content);
  const ended = await here.run(["tools"]);
  expect(ended).toMatchObject({ code: 4, stdout: "" });
  for (const text of [code, words, name, "next: "]) expect(ended.stderr).toContain(text);
  expect(ended.stderr).not.toMatch(/^\s+at /m);
});

test("inputs are JSON, text, or the content of a file", async () => {
  const here = workspace();
  const names = ["number", "word", "json", "yaml", "text", "at"];
  here.write("plan.json", {
    inputs: Object.fromEntries(names.map((name) => [name, {}])),
    steps: [{ id: "one", title: "One", tool: "calculate", with: { expression: "1" } }],
    answer: { value: Object.fromEntries(names.map((name) => [name, `\${{ inputs.${name} }}`])) },
  });
  here.write("a.json", { list: [1] });
  here.write("a.yaml", "deep:\n  - true\n");
  here.write("a.txt", "just\ntext");
  const given = ["number=2.5", "word=two words", "json=@a.json", "yaml=@a.yaml", "text=@a.txt", "at=@@home"];
  const { stdout } = await here.run(["run", "plan.json", ...given.flatMap((pair) => ["--input", pair])]);
  expect(JSON.parse(stdout)).toEqual({
    number: 2.5,
    word: "two words",
    json: { list: [1] },
    yaml: { deep: [true] },
    text: "just\ntext",
    at: "@home",
  });
});

test("a plan is written as a document that runs again, in YAML and in JSON", async () => {
  const { env } = await modelServer(() => ({ json: { ...SUMS, answer: { value: "${{ left * right }}" } } }));
  const here = workspace(env);
  expect(await here.run(["plan", "Multiply", "two", "sums", "-o", "plan.yaml"])).toMatchObject({ code: 0, stdout: "" });
  expect(readFileSync(join(here.folder, "plan.yaml"), "utf8")).toMatch(
    /^planloom: 1\ngoal: Multiply two sums\nsteps:\n {2}- id: left/,
  );
  expect((await here.run(["run", "plan.yaml"])).stdout).toBe("45\n");
  const { stdout } = await here.run(["plan", "Multiply two sums"]);
  expect((await here.run(["run", "-"], { stdin: stdout })).stdout).toBe("45\n");
  expect((await here.run(["graph", "plan.yaml", "--format", "mermaid"])).stdout).toMatch(
    /^flowchart TD\n {2}n_left\["left: Add the left"\]/,
  );
  expect((await here.run(["check", "-"], { stdin: stdout })).code).toBe(0);
});

test("the schema is that of a plan", async () => {
  const schema = await workspace().json<{ properties: object }>(["schema"]);
  expect(Object.keys(schema.properties)).toContain("steps");
});

test("doctor asks each model, names what is wrong, and exits with 4 for it", async () => {
  const { env, server } = await modelServer(ableReply);
  const here = workspace(env);
  const well = await here.run(["doctor"]);
  expect(well.code).toBe(0);
  expect(well.stdout).toMatch(/^ok +planner +test-model at http:\/\/127\.0\.0\.1:\d+\/v1: replied "OK"/m);
  expect(well.stdout).toMatch(/^ok +executor .*calls tools natively; reads a request of about \d+ tokens to its end$/m);
  expect(server.requests).toHaveLength(4);
  expect((await here.run(["doctor", "--offline"])).code).toBe(0);
  expect(server.requests).toHaveLength(4);
  const without = await workspace().run(["doctor", "--offline"]);
  expect(without.code).toBe(4);
  expect(without.stdout).toMatch(/^wrong +planner +no model\n +next: Set /m);
});

test.each<[string, (body: ChatBody) => FakeReply, RegExp]>([
  [
    "a server that cuts long requests",
    (body) => ({ ...ableReply(body), ...(isLong(body) ? { text: "?", usage: { prompt_tokens: 4_090 } } : {}) }),
    /^wrong +planner .*does not read a request of about \d+ tokens: it read only 4090 tokens.*\n +next: Raise the context/m,
  ],
  [
    "a server that refuses long requests",
    (body) => (isLong(body) ? { status: 400, text: "maximum context length is 4096 tokens" } : ableReply(body)),
    /^wrong +synthesizer .*refuses a request of about \d+ tokens: .*4096.*\n +next: Raise the context/m,
  ],
  [
    "a model that calls no tool",
    (body) => (isLong(body) ? ableReply(body) : { text: "OK" }),
    /^wrong +executor .*calls no tools in any way.*\n +next: Set another model for the executor/m,
  ],
])("doctor finds %s", async (_name, reply, finding) => {
  const { env } = await modelServer(reply);
  const { code, stdout } = await workspace(env).run(["doctor"]);
  expect(code).toBe(4);
  expect(stdout).toMatch(finding);
});

test("check tells how it read a plan in another format", async () => {
  const here = workspace();
  here.write("plan.json", [
    { step: 1, description: "Add two numbers", tool: "calculate", params: { expression: "1 + 1" } },
  ]);
  const { code, stdout, stderr } = await here.run(["check", "plan.json"]);
  expect({ code, stdout }).toEqual({ code: 0, stdout: "" });
  expect(stderr).toMatch(/^note: .*params/m);
  expect(stderr).toContain("plan.json: the plan is sound (1 step)");
});

test("a planner that is a function plans where no flag or variable names a model for it", async () => {
  const { env, server } = await modelServer(() => ({ json: { ...SUMS, answer: { value: "${{ left + right }}" } } }));
  const here = workspace();
  here.write(
    "planloom.config.mjs",
    `export default { models: { planner: () => ({
      steps: [{ id: "own", title: "Own", tool: "calculate", with: { expression: "1" } }], answer: { value: "\${{ own }}" } }) } };`,
  );
  expect(await here.run(["run", "Add"])).toMatchObject({ code: 0, stdout: "1\n" });
  // A model for all roles is no word about the planner, unless a flag says it.
  expect(await here.run(["run", "Add"], { env })).toMatchObject({ code: 0, stdout: "1\n" });
  const flags = ["--planner-model", "m", "--planner-base-url", server.url];
  expect(await here.run(["run", "Add", ...flags])).toMatchObject({ code: 0, stdout: "14\n" });
  const variables = { PLANLOOM_PLANNER_MODEL: "m", PLANLOOM_PLANNER_BASE_URL: server.url };
  expect(await here.run(["run", "Add"], { env: variables })).toMatchObject({ code: 0, stdout: "14\n" });
});
