// The cost of living: the document's own plan as it stands, our fuller plan, and the goal planned by a model. Every
// model is scripted; the server, the requests and the search are real.
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { createLoom, type Loom, type RunEvent } from "planloom";
import type { FakeOpenAI } from "planloom/testing";
import { afterEach, beforeEach, expect, test } from "vitest";
import { runJson, runScript } from "../shared/command.js";
import { readPlanFile } from "../shared/plan-file.mjs";
import { scriptedModels, startScripted } from "./scripted.mjs";

const GOAL = "Compare the cost of living in San Francisco vs Austin.";
const folder = fileURLToPath(new URL("docs", import.meta.url));
const planFile = (name: string) => new URL(name, import.meta.url);

let server: FakeOpenAI;
let loom: Loom;

beforeEach(async () => {
  server = await startScripted();
  loom = await createLoom({
    builtins: { search: { folder } },
    models: scriptedModels(server.url),
    store: "memory",
  });
});

afterEach(async () => {
  await loom.close();
  await server.close();
});

test("the document's own plan: three steps start at once, the fourth after the third", async () => {
  const { draft } = await readPlanFile(planFile("document-plan.json"), loom.inventory);
  const run = await loom.start(GOAL, { plan: draft });
  const result = await run.result();
  expect(result.success).toBe(true);
  expect(result.steps.map(({ id, output }) => [id, output]).slice(2)).toEqual([
    ["s3", 45_000],
    ["s4", 105_000],
  ]);
  expect(JSON.stringify(result.steps[0]?.output)).toContain("94%");
  expect(JSON.stringify(result.steps[1]?.output)).toContain("4% above the US average");

  const course = await stepEvents(run.events());
  expect(course.slice(0, 3).toSorted()).toEqual(["step.started s1", "step.started s2", "step.started s3"]);
  expect(course.indexOf("step.started s4")).toBeGreaterThan(course.indexOf("step.completed s3"));
  expect(course).toHaveLength(8);
});

test("our plan reads the indexes out of the texts, and calculates the rest", async () => {
  const { goal, draft } = await readPlanFile(planFile("plan.yaml"));
  const result = await loom.run(goal, { plan: draft });
  expect(result.success).toBe(true);
  expect(Object.fromEntries(result.steps.map(({ id, output }) => [id, output]))).toMatchObject({
    housing: 45_000,
    afterHousing: 105_000,
    indexes: { sanFrancisco: 94, austin: 4 },
    worthSanFrancisco: 54_123.71,
    worthAustin: 100_961.54,
    advantage: 46_837.83,
  });
  expect(result.answer).toContain("Austin is ahead by $46,837.83.");
  expect(server.requests.map(({ body }) => body.model)).toEqual(["scripted-executor", "scripted-synthesizer"]);
});

test("the goal alone: a scripted planner writes the plan, the engine runs it on this run's inputs", async () => {
  const result = await loom.run(GOAL, { inputs: { salary: 90_000 } });
  expect(result).toMatchObject({ success: true, goal: GOAL, plan: { cause: "goal", revision: 1 } });
  expect(result.steps.find(({ id }) => id === "advantage")?.output).toBe(28_102.69);
  expect(result.usage).toMatchObject({ planner: { calls: 1 }, executor: { calls: 1 }, synthesizer: { calls: 1 } });
  const [planning] = server.requests;
  expect(planning?.body.response_format?.type).toBe("json_schema");
  expect(JSON.stringify(planning?.body.messages)).not.toContain("90000");
});

test("the script prints what the README shows", async () => {
  const ended = await runScript("examples/cost-of-living/run.mjs");
  expect(ended).toMatchObject({ code: 0, stderr: "" });
  expect(await readFile(planFile("README.md"), "utf8")).toContain(ended.stdout.trimEnd());
});

test("the command line runs the document's plan with the synthesizer that a variable names", async () => {
  const { code, document } = await runJson(
    ["run", "examples/cost-of-living/document-plan.json", "--config", "examples/cost-of-living/planloom.config.ts"],
    { PLANLOOM_SYNTHESIZER_MODEL: "scripted-synthesizer", PLANLOOM_SYNTHESIZER_BASE_URL: server.url },
  );
  expect(code).toBe(0);
  expect(document).toMatchObject({
    status: "completed",
    success: true,
    answer: "Housing costs $45,000 a year, which leaves $105,000 in each city.",
    stepsTotal: 4,
    stepsCompleted: 4,
    usage: { planner: { calls: 0 }, executor: { calls: 0 }, synthesizer: { calls: 1 } },
  });
  expect(document.steps[3]).toMatchObject({
    id: "s4",
    title: "Calculate remaining income after housing",
    tool: "calculate",
    input: { expression: "150000 - 45000" },
    output: 105_000,
  });
});

/** `step.started s1` and so on, in the order of the log. */
async function stepEvents(events: AsyncIterable<RunEvent>): Promise<string[]> {
  const found: string[] = [];
  for await (const event of events) {
    if (event.type === "step.started" || event.type === "step.completed")
      found.push(`${event.type} ${event.data.step}`);
  }
  return found;
}
