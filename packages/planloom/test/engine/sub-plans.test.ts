// Runs sub-plans: a step that is a goal of its own, planned when it is reached, and run as a run of its own.
import { expect, test } from "vitest";
import { z } from "zod";
import { createLoom, tool, type LoomConfig } from "../../src/index.js";
import { scriptedModel } from "../../src/testing/scripted-model.js";

const echo = tool({
  name: "echo",
  description: "Gives its text back.",
  input: z.object({ text: z.string() }),
  output: z.string(),
  effects: "none",
  run: ({ text }) => text,
});
const pick = <T>(value: T | undefined): T => {
  if (value === undefined) throw new Error("nothing waits");
  return value;
};
const sent: string[] = [];
const send = tool({
  name: "send",
  description: "Sends a text.",
  input: z.object({ text: z.string() }),
  output: z.string(),
  effects: "once",
  run: ({ text }) => (sent.push(text), "sent"),
});

const planner = (plan: (goal: string) => unknown) => ({
  ...scriptedModel(({ messages }) => ({ json: plan(JSON.stringify(messages)) as never }), { name: "planner" }),
});

const loomWith = (config: LoomConfig) => createLoom({ store: "memory", tools: [echo, send], ...config });

const PARENT = {
  steps: [
    { id: "a", tool: "echo", with: { text: "rivers" } },
    { id: "survey", plan: "Survey the topic.", with: { topic: "${{ a }}" }, output: "{ words: number }" },
  ],
  answer: { value: "${{ survey.words }}" },
};
const CHILD = {
  steps: [{ id: "said", tool: "echo", with: { text: "${{ inputs.topic }}" } }],
  answer: { value: { words: "${{ size(said) }}" } },
};

test("a sub-plan is planned when it is reached, with its own inputs, and its answer is the output of the step", async () => {
  const loom = await loomWith({ models: { planner: planner(() => CHILD) } });
  const document = await loom.run("Count.", { plan: PARENT });
  expect(document).toMatchObject({ status: "completed", answer: 6 });
  const child = await loom.get(`${document.runId}.survey`);
  expect(await child.document()).toMatchObject({
    goal: "Survey the topic.",
    status: "completed",
    answer: { words: 6 },
  });
  const usage = document.usage.planner;
  expect(usage.calls).toBe(1);
  await loom.close();
});

test("each item of a list has a child run of its own", async () => {
  const loom = await loomWith({ models: { planner: planner(() => CHILD) } });
  const plan = {
    steps: [
      {
        id: "each",
        forEach: '${{ ["ab", "cde"] }}',
        plan: "Survey the topic.",
        with: { topic: "${{ item }}" },
        output: "{ words: number }",
      },
    ],
    answer: { value: "${{ each.map(e, e.words) }}" },
  };
  expect(await loom.run("Count.", { plan })).toMatchObject({ status: "completed", answer: [2, 3] });
  await loom.close();
});

test("a child run that waits for approval makes its parent wait; its approval lets both go on", async () => {
  const acts = {
    steps: [{ id: "said", tool: "send", with: { text: "hello" } }],
    answer: { value: { words: "${{ size(said) }}" } },
  };
  const loom = await loomWith({ models: { planner: planner(() => acts) }, approval: "always" });
  const run = await loom.start("Count.", { plan: PARENT });
  const waiting = await run.result();
  await run.approve(pick(waiting.waiting?.approvals?.[0]?.hash));
  const below = await run.result();
  const waits = { runId: `${run.id}.survey`, waits: "awaiting-approval" };
  expect(below).toMatchObject({
    status: "awaiting-approval",
    waiting: { approvals: [], children: [{ step: "survey", ...waits }] },
    steps: [{}, { id: "survey", child: { ...waits, status: "awaiting-approval" } }],
  });
  const view = await run.view();
  expect(view.waits).toMatchObject([{ kind: "child", key: "survey", runId: waits.runId }]);
  expect(view.rows.find(({ key }) => key === "survey")).toMatchObject({
    status: "waiting",
    line: "waits for you · approve in its sub-plan",
    child: waits,
  });
  const place = { runId: run.id, step: "survey", root: run.id, depth: 1 };
  expect((await loom.waiting()).waits).toMatchObject([{ kind: "plan", runId: waits.runId, within: place }]);
  const child = await loom.get(`${run.id}.survey`);
  const asked = await child.document();
  expect(asked.within).toEqual(place);
  expect((await child.view()).within).toEqual(place);
  expect(asked.status).toBe("awaiting-approval");
  await child.approve(pick(asked.waiting?.approvals?.[0]?.hash), { calls: true });
  expect(await run.result({ untilEnd: true })).toMatchObject({ status: "completed", answer: 4 });
  expect(sent).toEqual(["hello"]);
  await loom.close();
});

test("a cancel of the parent cancels its child runs", async () => {
  const loom = await loomWith({ models: { planner: planner(() => CHILD) }, approval: "always" });
  const run = await loom.start("Count.", { plan: PARENT });
  await run.approve(pick((await run.result()).waiting?.approvals?.[0]?.hash));
  await run.result();
  await run.cancel("enough");
  expect(await run.result({ untilEnd: true })).toMatchObject({ status: "cancelled" });
  const child = await loom.get(`${run.id}.survey`);
  expect(await child.document()).toMatchObject({ status: "cancelled" });
  await loom.close();
});

test("runs nest at most three levels deep", async () => {
  const nested = (goal: string) => ({ steps: [{ id: "below", plan: `${goal}!` }], answer: { value: "${{ below }}" } });
  // The goal of each run has one mark more than that of the run above it.
  const deeper = (messages: string) => nested(/Goal: (Go on!*)/.exec(messages)?.[1] ?? "Go on");
  const loom = await loomWith({ models: { planner: planner(deeper) }, onFailure: "fail" });
  const document = await loom.run("Go down.", { plan: nested("Go on") });
  expect(document.status).toBe("failed");
  expect(JSON.stringify(document.error)).toContain("sub-plans nest 3 levels deep at most");
  await loom.close();
});
