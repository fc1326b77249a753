// Three companies: a goal becomes a plan, the fan-out looks into each, and a table comes out. Every model is scripted;
// the server, the requests, the search and the reading of files are real.
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { createLoom, type Loom } from "planloom";
import type { FakeOpenAI } from "planloom/testing";
import { afterEach, beforeEach, expect, test } from "vitest";
import { runJson, runScript } from "../shared/command.js";
import { dataText, hasData, toolResults } from "../shared/model-request.mjs";
import { scriptedModels, startScripted } from "./scripted.mjs";
import { tools } from "./tools.mjs";

const GOAL = "Research the top 3 AI companies and create a comparison report";
const TABLE = `| company | revenueUsd | products | source |
| --- | --- | --- | --- |
| OpenAI | 300000000 | ChatGPT, an API for developers | openai.md |
| Anthropic | 200000000 | Claude, an API for developers | anthropic.md |
| Google DeepMind | not published | Gemini, AlphaFold | google-deepmind.md |`;
const ANSWER = `3 companies were compared; 1 of them publishes no revenue.\n\n${TABLE}`;
const folder = fileURLToPath(new URL("docs", import.meta.url));

let server: FakeOpenAI;
let loom: Loom;

beforeEach(async () => {
  server = await startScripted();
  loom = await createLoom({
    tools,
    builtins: { search: { folder } },
    models: scriptedModels(server.url),
    store: "memory",
  });
});

afterEach(async () => {
  await loom.close();
  await server.close();
});

test("the goal becomes a plan, three items, a table and a summary", async () => {
  const result = await loom.run(GOAL);
  expect(result).toMatchObject({ success: true, answer: ANSWER, plan: { cause: "goal" }, stepsTotal: 5 });
  const facts = result.steps.find(({ id }) => id === "facts");
  expect(facts?.items?.map(({ index, status }) => [index, status])).toEqual([
    [0, "completed"],
    [1, "completed"],
    [2, "completed"],
  ]);
  expect(facts?.output).toEqual(facts?.items?.map(({ output }) => output));
});

test("all three items are started before any of them has ended", async () => {
  const run = await loom.start(GOAL);
  await run.result();
  const course: string[] = [];
  for await (const event of run.events()) {
    const { type } = event;
    if ((type === "step.started" || type === "step.completed") && event.data.item !== undefined) course.push(type);
  }
  expect(course.slice(0, 3)).toEqual(["step.started", "step.started", "step.started"]);
  expect(course).toHaveLength(6);
});

test("a tool that fails inside an agent step tells the model why, and the model tries another way", async () => {
  const result = await loom.run(GOAL);
  expect(result.replanCount).toBe(0);
  const turns = server.requests
    .map(({ body }) => body)
    .filter((body) => hasData(body, "with.company") && dataText(body, "with.company") === "Google DeepMind");
  expect(turns).toHaveLength(4);
  expect(toolResults(turns[1]!)[0]).toContain("deepmind.md");
  expect(toolResults(turns[1]!)[0]).toMatch(/^The call failed/);
});

test("the planner is told of the tools, the executor of its own two and of the one that reads on", async () => {
  await loom.run(GOAL);
  const [planning] = server.requests;
  expect(planning?.body.model).toBe("scripted-planner");
  expect(planning?.body.messages[0]?.content).toContain("- create_table");
  const offered = server.requests
    .map(({ body }) => body)
    .filter((body) => hasData(body, "with.company"))
    .map((body) => body.tools?.map((tool) => tool.function.name));
  expect(new Set(offered.map((names) => names?.toSorted().join(" ")))).toEqual(
    new Set(["read_file read_result search"]),
  );
});

test("the script prints what the README shows", async () => {
  const ended = await runScript("examples/top-companies/run.mjs");
  expect(ended).toMatchObject({ code: 0, stderr: "" });
  const readme = await readFile(new URL("README.md", import.meta.url), "utf8");
  expect(readme).toContain(ended.stdout.trimEnd());
});

test("the command line runs plan.yaml with the executor that its flags name", async () => {
  const { code, document } = await runJson([
    ...["run", "examples/top-companies/plan.yaml", "--config", "examples/top-companies/planloom.config.ts"],
    ...["--executor-model", "scripted-executor", "--executor-base-url", server.url],
  ]);
  expect(code).toBe(0);
  expect(document).toMatchObject({ status: "completed", success: true, goal: GOAL, answer: ANSWER });
  expect(document.steps.map(({ id, items }) => [id, items?.length ?? null])).toEqual([
    ["find", null],
    ["companies", null],
    ["facts", 3],
    ["table", null],
    ["summary", null],
  ]);
});
