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

/** A step that makes a value, and a step of a model that gets the whole value. */
const using = (made: object) => ({
  steps: [
    { id: "made", title: "Make", tool: "calculate", ...made },
    { id: "use", agent: "Use what was made.", dependsOn: ["made"] },
  ],
  answer: { value: "${{ use }}" },
});

test("the trace: the outputs of the plan that the step follows, not of a step with the same name in an earlier plan", async () => {
  const loom = await createLoom({ store: "memory", models: { default: scriptedModel(["three", "one"]) } });
  onTestFinished(() => loom.close());
  const fan = { forEach: "${{ [1, 2] }}", with: { expression: "1 + 1" } };
  const run = await loom.start("Use it", { plan: using(fan) });
  await run.result();
  expect(await run.retry({ plan: using({ with: { expression: "3 + 4" } }) })).toMatchObject({ ok: true });
  expect(await run.result()).toMatchObject({ answer: "one", plan: { revision: 2 } });
  const uses = (await run.trace()).filter(({ step }) => step === "use");
  expect(uses.map(({ attempts }) => attempts[0]?.context)).toEqual([{ made: [2, 2] }, { made: 7 }]);
  expect(await run.context("use")).toMatchObject({ context: { made: 7 } });
});

test("the trace: a step that is restarted in a fork does not keep the mark of a reused result", async () => {
  const loom = await createLoom({ store: "memory", models: { default: scriptedModel(["first", "second", "third"]) } });
  onTestFinished(() => loom.close());
  const first = await loom.start("Use it", { plan: using({ with: { expression: "3 + 4" } }) });
  await first.result();
  const fork = await first.fork({ at: "use" });
  await fork.result();
  expect((await fork.trace())[0]).toMatchObject({ step: "made", carried: first.id, attempts: [] });
  expect(await fork.retry({ from: "made" })).toMatchObject({ ok: true });
  await fork.result();
  const [again] = await fork.trace();
  expect(again).toMatchObject({ step: "made", status: "completed", written: 7, attempts: [{ read: {} }] });
  expect(again).not.toHaveProperty("carried");
});

test("the context of a step: whole outputs only of the steps that it depends on; references are apart", async () => {
  const loom = await createLoom({ store: "memory", models: { default: scriptedModel(["done"]) } });
  onTestFinished(() => loom.close());
  const run = await loom.start("Use it", {
    plan: {
      steps: [
        { id: "sum", title: "Add", tool: "calculate", with: { expression: "3 + 4" } },
        { id: "use", agent: "Use it.", with: { text: "${{ sum }} is the sum" } },
      ],
      answer: { value: "${{ use }}" },
    },
  });
  const { steps } = await run.result();
  expect(await run.context("use")).toMatchObject({ references: { sum: 7 }, context: {} });
  expect((await run.trace())[1]!.attempts[0]).not.toHaveProperty("context");
  expect(steps[1]).not.toHaveProperty("context");
});
