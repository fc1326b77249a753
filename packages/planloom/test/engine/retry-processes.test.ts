// A run that is retried by whichever process: who obeys, who is told what, what followers see, and what its recording
// plays.
import { describe, expect, it } from "vitest";
import { replayRecording } from "../../src/recording/replay-recording.js";
import type { LoomRun } from "../../src/loom/loom-run.js";
import type { RunEvent } from "../../src/run/event.js";
import { scriptedModel } from "../../src/testing/scripted-model.js";
import { createLoom } from "../../src/loom/create-loom.js";
import { memoryStore } from "../../src/store/memory.js";
import { bench, chain } from "./bench.js";
import { eventsOf, latch, soundChain, toolNamed, until } from "./parts.js";

const plan = { goal: "pay", ...chain };

async function heardOf(events: AsyncIterable<RunEvent>): Promise<readonly string[]> {
  const types: string[] = [];
  for await (const { type } of events) types.push(type);
  return types;
}

/** A run that has failed at its last step, and a bench on which that step works now. */
async function failed() {
  const made = bench();
  made.broken.add("c");
  const first = await made.loom();
  const run = await first.start("", { plan, runId: "r" });
  expect((await run.result()).status).toBe("failed");
  made.broken.clear();
  return { ...made, first, run };
}

async function strictly(run: LoomRun): Promise<void> {
  await run.replay({ strict: true });
  const recording = await run.recording();
  expect(soundChain(recording.events)).toBe(true);
  const again = await replayRecording(JSON.parse(JSON.stringify(recording)) as typeof recording);
  const { status, answer, steps } = await run.document();
  expect(again).toMatchObject({ status, answer, stepsTotal: steps.length });
}

describe("two processes that retry a run at once", () => {
  it.each([
    ["while it is at work: one is obeyed, the other is told that it has not ended", true],
    ["that ends at once: one is obeyed, the other is told that there is nothing to retry", false],
  ])("%s", async (_, slow) => {
    const { calls, latches, run, loom } = await failed();
    const gate = latch();
    if (slow) latches.set("c", gate);
    const others = await Promise.all([loom(), loom()]);
    const theirs = await Promise.all(others.map((other) => other.get("r")));
    const replies = await Promise.all([run, ...theirs].map((one) => one.retry()));
    gate.open();
    expect(replies.filter(({ ok }) => ok)).toHaveLength(1);
    for (const reply of replies)
      if (!reply.ok) expect(["RUN_NOT_ENDED", ...(slow ? [] : ["NOTHING_TO_RETRY"])]).toContain(reply.code);
    for await (const event of run.events({ fromSeq: 2, follow: true })) expect(event.runId).toBe("r");
    expect((await run.document()).status).toBe("completed");
    const log = (await run.recording()).events;
    expect(eventsOf(log, "run.reopened")).toHaveLength(1);
    expect(calls).toEqual(["a", "b:a", "c:b a"]);
    await strictly(run);
  });
});

describe("a retry that is only recorded", () => {
  it("is applied by the next owner, and commands from before it are not", async () => {
    const { calls, run, loom, first } = await failed();
    const other = await (await loom()).get("r");
    expect(await other.cancel("too late", { record: "only" })).toMatchObject({ ok: false, code: "RUN_ENDED" });
    // As from a sender who did not know yet.
    const late = { at: 0, by: "ann", payload: { type: "cancel", reason: "too late" } };
    await first.store.put("r", { inputId: "late", ...late });
    const before = (await run.document()).status;
    expect(await other.retry({ record: "only" })).toEqual({ ok: true });
    expect(before).toBe((await run.document()).status);
    await run.resume();
    expect((await run.result()).status).toBe("completed");
    const log = (await run.recording()).events;
    expect(eventsOf(log, "input.refused")).toMatchObject([{ inputId: "late", data: { code: "RUN_ENDED" } }]);
    expect(calls).toEqual(["a", "b:a", "c:b a"]);
    await strictly(run);
    // Once: what was obeyed is not obeyed again.
    await run.resume();
    expect((await run.recording()).events).toEqual(log);
  });

  it("can be cancelled before a process drives the run: nothing starts", async () => {
    const { calls, run, loom } = await failed();
    const other = await (await loom()).get("r");
    expect(await other.retry({ record: "only" })).toEqual({ ok: true });
    expect(await other.cancel("not any more")).toEqual({ ok: true });
    expect((await other.result()).status).toBe("cancelled");
    expect(calls).toEqual(["a", "b:a"]);
    expect(eventsOf((await run.recording()).events, "run.reopened")).toHaveLength(1);
    await strictly(other);
  });

  it("changes nothing until a process drives the run", async () => {
    const { run } = await failed();
    const { events } = await run.recording();
    await run.resume();
    expect((await run.recording()).events).toEqual(events);
  });
});

describe("a follower", () => {
  it("ends with the run, and follows again from a place after the reopening", async () => {
    const { broken, latches, loom } = bench();
    const [first, second] = [latch(), latch()];
    latches.set("c", first);
    broken.add("c");
    const run = await (await loom()).start("", { plan, runId: "r" });
    const early = heardOf(run.events({ follow: true }));
    expect((await run.result()).status).toBe("failed");
    expect((await early).at(-1)).toBe("run.failed");
    expect((await heardOf(run.events({ follow: true }))).at(-1)).toBe("run.failed");

    broken.clear();
    latches.set("c", second);
    const other = await (await loom()).get("r");
    const { events } = await other.recording();
    expect(await other.retry()).toEqual({ ok: true });
    expect((await run.document()).status).toBe("running");
    const late = heardOf(run.events({ fromSeq: events.length + 2, follow: true }));
    const whole = heardOf(run.events({ follow: true }));
    second.open();
    expect(await late).toEqual([
      "step.started",
      "step.completed",
      "execution.completed",
      "answer.written",
      "run.completed",
    ]);
    expect((await whole).slice(events.length)).toEqual(["run.reopened", ...(await late)]);
  });
});

describe("documents", () => {
  it("show a run that goes on as running, and a fork with where it comes from", async () => {
    const { latches, run, first } = await failed();
    const gate = latch();
    latches.set("c", gate);
    await run.retry();
    const document = await run.document();
    expect(document).toMatchObject({ status: "running", success: false, answer: null, stepsCompleted: 2 });
    expect(document).toMatchObject({ finishedAt: null });
    expect(document).not.toHaveProperty("error");
    expect(document).not.toHaveProperty("report");
    expect((await first.list()).runs.map(({ runId, lastType }) => [runId, lastType])).toEqual([["r", "step.started"]]);
    gate.open();
    expect(await run.result()).toMatchObject({ status: "completed", stepsCompleted: 3 });
    const fork = await run.fork({ at: "c", runId: "s" });
    expect(await fork.result()).toMatchObject({ parent: { runId: "r", at: "c" }, stepsCompleted: 3 });
    expect((await first.list()).runs.map(({ runId }) => runId).sort()).toEqual(["r", "s"]);
    await strictly(fork);
    // A fork is a run like any other.
    expect(await fork.retry({ from: "c" })).toEqual({ ok: true });
    expect((await fork.result()).status).toBe("completed");
    const second = await fork.fork({ at: "b", runId: "t" });
    expect((await second.result()).status).toBe("completed");
    for (const one of [fork, second]) await strictly(one);
  });

  it("are not made of what cannot be forked", async () => {
    const { latches, run } = await failed();
    latches.set("c", latch());
    await expect(run.fork({ at: "nobody" })).rejects.toMatchObject({ code: "UNKNOWN_STEP" });
    await run.retry();
    await expect(run.fork({ at: "a" })).rejects.toMatchObject({ code: "RUN_NOT_ENDED" });
    expect(await run.previewFork({ at: "a" })).toMatchObject({ ok: false, code: "RUN_NOT_ENDED" });
  });
});

describe("a recording", () => {
  it("of a run that was retried with another plan plays with the tools of today", async () => {
    const { calls, tools, run, loom } = await failed();
    const other = await (await loom()).get("r");
    await other.retry({
      plan: { ...plan, steps: [...chain.steps.slice(0, 2), { id: "d", tool: "look" }], answer: { value: "${{ d }}" } },
    });
    expect(await other.result()).toMatchObject({ status: "completed", answer: "d" });
    await strictly(run);
    const before = calls.length;
    const replayed = await replayRecording(await run.recording(), { config: { tools } });
    expect(replayed).toMatchObject({ status: "completed", answer: "d" });
    expect(calls).toHaveLength(before);
    const recording = await run.recording();
    await expect(replayRecording(recording, { config: { tools: tools.slice(1) } })).rejects.toMatchObject({
      code: "RECORDING_DIFFERS",
    });
  });
});

describe("an agent step that was stopped", () => {
  it("continues after the paid turns, in another process and under another plan", async () => {
    const put = toolNamed("put", "once", ({ x }) => `put ${x as string}`);
    const gate = latch();
    const model = scriptedModel((request) => {
      const acted = request.messages.some(({ role }) => role === "tool");
      return acted ? { text: "it is put", wait: gate.passed } : { toolCalls: [{ name: "put", args: { x: "there" } }] };
    });
    const store = memoryStore();
    const loom = () => createLoom({ tools: [put], models: { executor: model }, store, guard: "off" }, { env: {} });
    const agent = { id: "g", agent: "Put it there.", tools: ["put"] };
    const answer = { value: "${{ g }}" };
    const first = await loom();
    const run = await first.start("", { plan: { goal: "g", steps: [agent], answer } });
    await until("the second turn is asked for", () => model.requests.length === 2);
    await run.cancel();
    expect((await run.result()).status).toBe("cancelled");
    await first.close();
    gate.open();
    const second = await loom();
    const again = await second.get(run.id);
    await again.retry({ plan: { goal: "g", steps: [{ ...agent, title: "Better" }], answer } });
    expect(await again.result()).toMatchObject({ status: "completed", answer: "it is put" });
    expect(put.calls).toHaveLength(1);
    expect(model.requests).toHaveLength(3);
    // Begun anew it asks again, and does not act again.
    await again.retry({ from: "g" });
    expect((await again.result()).status).toBe("completed");
    expect(put.calls).toHaveLength(1);
    expect(model.requests).toHaveLength(5);
    await strictly(again);
    await second.close();
  });
});
