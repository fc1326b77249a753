// Ended runs that go on, and runs that begin in the middle of another: what was finished is neither paid nor done
// again.
import { expect, it } from "vitest";
import { bench, chain } from "./bench.js";
import { eventsOf } from "./parts.js";

it("continues at the failure, in another process, with the finished work", async () => {
  const { calls, broken, loom } = bench();
  broken.add("c");
  const first = await loom();
  const failed = await (await first.start("", { plan: { goal: "pay", ...chain }, runId: "r" })).result();
  expect(failed.status).toBe("failed");
  await first.close();
  broken.clear();
  const run = await (await loom()).get("r");
  expect(await run.retry()).toEqual({ ok: true });
  expect(await run.result()).toMatchObject({ status: "completed", answer: "c b a", stepsCompleted: 3 });
  expect(calls).toEqual(["a", "b:a", "c:b a"]);
  await run.replay({ strict: true });
});

it("begins again from a step, and does not act twice for it", async () => {
  const { calls, loom } = bench();
  const run = await (await loom()).start("", { plan: { goal: "pay", ...chain } });
  await run.result();
  expect(await run.retry()).toMatchObject({ ok: false, code: "NOTHING_TO_RETRY" });
  expect(await run.retry({ from: "nobody" })).toMatchObject({ ok: false, code: "UNKNOWN_STEP" });
  expect(await run.previewRetry({ from: "b" })).toMatchObject({
    reused: ["a"],
    runs: ["b", "c"],
    restarted: ["b", "c"],
    actAgain: ["b"],
  });
  expect(await run.retry({ from: "b" })).toEqual({ ok: true });
  expect(await run.result()).toMatchObject({ status: "completed" });
  expect(calls).toEqual(["a", "b:a", "c:b a", "c:b a"]);
  await run.replay({ strict: true });
});

it("runs only the items that failed", async () => {
  const { calls, broken, loom } = bench();
  broken.add("y");
  const plan = {
    goal: "all",
    inputs: { list: { default: ["x", "y", "z"] } },
    steps: [
      { id: "all", forEach: "${{ inputs.list }}", as: "one", tool: "pay", with: { of: "${{ one }}" }, maxParallel: 1 },
    ],
    answer: { value: "${{ all }}" },
  };
  const run = await (await loom()).start("", { plan });
  expect(await run.result()).toMatchObject({ status: "failed" });
  expect(calls).toEqual(["all:x", "all:z"]);
  expect(await run.previewRetry()).toMatchObject({ runs: ["all"], restarted: [], actAgain: [] });
  expect(await run.previewFork({ at: "all" })).toMatchObject({ restarted: ["all"], actAgain: ["all"] });
  broken.clear();
  const heard: string[] = [];
  await run.retry({ listener: { event: ({ type }) => void heard.push(type) } });
  expect(await run.result()).toMatchObject({ status: "completed", answer: ["all x", "all y", "all z"] });
  expect(calls).toEqual(["all:x", "all:z", "all:y"]);
  expect([heard[0], heard.at(-1)]).toEqual(["run.reopened", "run.completed"]);
  await run.replay({ strict: true });
});

it("takes another plan, and keeps what means the same in it", async () => {
  const { calls, broken, loom } = bench();
  broken.add("c");
  const run = await (await loom()).start("", { plan: { goal: "pay", ...chain } });
  await run.result();
  const [a, b] = chain.steps;
  const plan = {
    goal: "pay",
    steps: [{ ...a, title: "Look first" }, b, { id: "d", tool: "look", with: { of: "${{ b }}" } }],
  };
  expect(await run.retry({ plan })).toEqual({ ok: true });
  const document = await run.result();
  expect(document).toMatchObject({ status: "completed", answer: "d b a" });
  expect(document.plans.map(({ cause }) => cause)).toEqual(["given", "edit"]);
  expect(calls).toEqual(["a", "b:a", "d:b a"]);
  await run.replay({ strict: true });
});

it("begins another run at a step, with what was done before it", async () => {
  const { calls, loom } = bench();
  const opened = await loom();
  const run = await opened.start("", { plan: { goal: "pay", ...chain }, runId: "r" });
  await run.result();
  const fork = await run.fork({ at: "c", runId: "s" });
  const document = await fork.result();
  expect(document).toMatchObject({ status: "completed", answer: "c b a", parent: { runId: "r", at: "c" } });
  expect(calls).toEqual(["a", "b:a", "c:b a", "c:b a"]);
  const carried = eventsOf(await opened.store.read("s"), "step.completed").map(({ data }) => [data.step, data.carried]);
  expect(carried).toEqual([
    ["a", "r"],
    ["b", "r"],
    ["c", undefined],
  ]);
  await fork.replay({ strict: true });
});

it("asks a person for a fork only where what is still to run may act", async () => {
  const { calls, broken, loom } = bench();
  const opened = await loom("effects");
  const plan = {
    goal: "pay",
    ...chain,
    steps: chain.steps.map((step) => (step.id === "b" ? { ...step, expect: "${{ false }}" } : step)),
  };
  const run = await opened.start("", { plan });
  const waiting = await run.result();
  await run.approve(waiting.waiting!.approvals[0]!.hash);
  expect(await run.result()).toMatchObject({ status: "failed", error: { code: "EXPECT_FAILED" } });
  expect(calls).toEqual(["a", "b:a"]);
  // Its output was refused, but it has acted.
  expect(await run.previewFork({ at: "b", plan: { goal: "pay", ...chain } })).toMatchObject({ actAgain: ["b"] });
  broken.add("c");
  await run.retry({ plan: { goal: "pay", ...chain } });
  await run.approve((await run.result()).waiting!.approvals[0]!.hash);
  expect(await run.result()).toMatchObject({ status: "failed", stepsCompleted: 2 });
  expect(calls).toEqual(["a", "b:a"]);
  broken.clear();
  const late = await run.fork({ at: "c" });
  expect(await late.result()).toMatchObject({ status: "completed", answer: "c b a" });
  const early = await run.fork({ at: "b" });
  expect(await early.result()).toMatchObject({ status: "awaiting-approval" });
  await late.replay({ strict: true });
  await early.replay({ strict: true });
});
