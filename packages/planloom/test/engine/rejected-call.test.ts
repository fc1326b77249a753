// A person rejects a call and says why. In: a call that waits, a comment, and each `onFailure`. Out: who reads the comment, and what follows.
import { expect, onTestFinished, test } from "vitest";
import { createLoom } from "../../src/loom/create-loom.js";
import type { LoomConfig } from "../../src/loom/config.js";
import { memoryStore } from "../../src/store/memory.js";
import { tool } from "../../src/tools/tool.js";

const input = { type: "object", properties: { to: { type: "string" } }, required: ["to"], additionalProperties: false };

async function rejected(config: LoomConfig, replacement: object) {
  const paid: unknown[] = [];
  const asked: string[] = [];
  const pay = tool({
    name: "pay",
    description: "Pays.",
    input,
    effects: "once",
    run: ({ to }) => paid.push(to),
  });
  const planner = async (request: unknown) => {
    asked.push(JSON.stringify(request));
    return { operations: [{ op: "replace", id: "a", step: { id: "a", ...replacement } }] };
  };
  const loom = await createLoom(
    { store: memoryStore(), tools: [pay], approval: "never", models: { planner }, ...config },
    { env: {} },
  );
  onTestFinished(() => loom.close());
  const step = { id: "a", tool: "pay", with: { to: "acct-1" }, approval: "required" };
  const run = await loom.start("Pay the bill", { plan: { steps: [step], answer: { value: "done" } } });
  const [waiting] = (await run.result()).waiting!.approvals;
  await run.reject("use the other account", { hash: waiting!.hash });
  return { run, waiting, paid, asked, after: await run.result() };
}

test("the planner reads the comment; what it writes instead runs, if it acts on nothing", async () => {
  const { waiting, paid, asked, after, run } = await rejected(
    { onFailure: "patch" },
    { tool: "calculate", with: { expression: "1" } },
  );
  expect(waiting?.rejecting).toBe("the planner reads the comment and mends the plan");
  expect(asked[0]).toContain("use the other account");
  expect(after.status).toBe("completed");
  expect(paid).toEqual([]);
  await run.replay({ strict: true });
});

test("a plan that may act instead is shown to the person first, whatever the policy is", async () => {
  const { paid, after, run } = await rejected({ onFailure: "patch" }, { tool: "pay", with: { to: "acct-2" } });
  expect(after.waiting?.approvals).toMatchObject([
    { subject: "plan", reason: "the call of step a was rejected, and this plan may act instead" },
  ]);
  expect(paid).toEqual([]);
  await run.approve(after.plan!.hash);
  expect(await run.result()).toMatchObject({ status: "completed" });
  expect(paid).toEqual(["acct-2"]);
});

test.each([
  ["fail", "the step fails, and the run with it", "failed"],
  ["skip", "the step is skipped", "completed"],
] as const)("under %s nobody else is asked", async (onFailure, words, status) => {
  const { waiting, asked, after } = await rejected({ onFailure }, {});
  expect(waiting?.rejecting).toBe(words);
  expect(after.status).toBe(status);
  expect(asked).toEqual([]);
});
