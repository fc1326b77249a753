// Rows E3 and D3 of the mission for plans in the documents' own formats: what a step was given by `dependsOn` is shown
// wherever its input is.
// E3: "Results are written back to the context after each step; later steps get exactly the outputs they refer to"
// D3: "Trace, replay and retry: how the context changed after each step can be read and replayed"
import { expect, onTestFinished, test } from "vitest";
import { createLoom } from "../../src/loom/create-loom.js";
import { scriptedModel } from "../../src/testing/index.js";
import { modelServer, workspace } from "../cli/planloom.js";
import { eventsIn, eventsOf } from "../engine/parts.js";

/** Steps as documents 000 and 001 write them: no arguments, only descriptions and dependencies. */
const WEEKLY = {
  goal: "Generate this week's customer support report",
  steps: [
    { step_id: 1, title: "Load tickets", description: "Load this week's support tickets", depends_on: [] },
    { step_id: 2, title: "Count intents", description: "Count the issues of each category", depends_on: [1] },
    {
      step_id: 3,
      title: "Draft report",
      description: "Write a short weekly report",
      depends_on: [1, 2],
      tool_hints: [],
    },
  ],
};
const REPLIES = ["5 tickets", "3 of them about refunds", "Most tickets are about refunds.", "Refunds lead."];

/** Steps as document 003 writes them: the arguments of the second call are left to a model. */
const FILLED = [
  { step: 1, description: "Add the salaries", tool: "calculate", tool_input: "3 + 4", depends_on: [] },
  { step: 2, description: "Double the sum of the salaries", tool: "calculate", depends_on: [1] },
];

test("the library: sources, document, trace, and the context of any step", async () => {
  const loom = await createLoom({ store: "memory", models: { default: scriptedModel(REPLIES) } });
  onTestFinished(() => loom.close());
  const run = await loom.start("", { plan: WEEKLY });
  const document = await run.result();
  expect(document).toMatchObject({ status: "completed", success: true });
  const given = { s1: "5 tickets", s2: "3 of them about refunds" };
  expect(document.steps[2]).toMatchObject({ id: "s3", input: {}, context: given });
  const started = eventsOf(await eventsIn(run), "step.started");
  expect(started.map(({ data }) => data.from.steps)).toEqual([[], ["s1"], ["s1", "s2"]]);
  const trace = await run.trace();
  expect(trace.map(({ step, written }) => [step, written])).toEqual([
    ["s1", "5 tickets"],
    ["s2", "3 of them about refunds"],
    ["s3", "Most tickets are about refunds."],
  ]);
  expect(trace[2]).toMatchObject({ attempts: [{ read: {}, context: given, from: { steps: ["s1", "s2"] } }] });
  expect(await run.context("s2")).toMatchObject({ step: "s2", context: { s1: "5 tickets" }, attempt: 1, revision: 1 });
  expect(await run.context("s3")).toMatchObject({ context: given, goal: WEEKLY.goal });
  await expect(run.context("s4")).rejects.toMatchObject({ code: "STEP_NOT_BEGUN" });
  await expect(run.context("s3", { item: 2 })).rejects.toMatchObject({ code: "STEP_NOT_BEGUN" });
});

test("the library: a call whose arguments a model filled in was given the outputs, too", async () => {
  const models = { default: scriptedModel([{ json: { expression: "7 * 2" } }, "14"]) };
  const loom = await createLoom({ store: "memory", models });
  onTestFinished(() => loom.close());
  const run = await loom.start("Double the salaries", { plan: FILLED });
  const document = await run.result();
  expect(document.steps[1]).toMatchObject({ input: { expression: "7 * 2" }, context: { s1: 7 }, output: 14 });
  expect(await run.context("s2")).toMatchObject({ context: { s1: 7 }, arguments: { expression: "7 * 2" } });
  expect((await run.trace())[1]).toMatchObject({ attempts: [{ context: { s1: 7 }, from: { steps: ["s1"] } }] });
});

test("the command line: show --trace and show --at print what a step was given, and no empty input", async () => {
  let asked = 0;
  const { env } = await modelServer(() => ({ text: REPLIES[asked++] ?? "?" }));
  const here = workspace(env);
  here.write("weekly.json", WEEKLY);
  expect((await here.run(["run", "weekly.json"])).code).toBe(0);
  const trace = (await here.run(["show", "last", "--trace"])).stdout;
  expect(trace).toContain("    given  s1: 5 tickets\n    given  s2: 3 of them about refunds\n");
  // Only the first step was given nothing.
  expect(trace.match(/read +\{\}/g)).toHaveLength(1);
  const at = (await here.run(["show", "last", "--at", "s3"])).stdout;
  expect(at).toMatch(/^context +s1 = 5 tickets\n +s2 = 3 of them about refunds$/m);
  expect(await here.json(["show", "last", "--json"])).toMatchObject({
    steps: [{}, { context: { s1: "5 tickets" } }, { context: { s1: "5 tickets", s2: "3 of them about refunds" } }],
  });
});
