// A recorded run as a test: it goes the same way again with nothing behind its calls, or says where it does not.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import type { LoomConfig } from "../../src/loom/config.js";
import { toolsIn } from "../../src/loom/config-tools.js";
import { createLoom } from "../../src/loom/create-loom.js";
import { readRecording, type Recording } from "../../src/engine/recording.js";
import { replayRecording } from "../../src/recording/replay-recording.js";
import { eventHash, type RunEvent } from "../../src/run/event.js";
import { memoryStore } from "../../src/store/memory.js";
import { scriptedModel } from "../../src/testing/scripted-model.js";
import { tool } from "../../src/tools/tool.js";
import { call, folder, latch, toolNamed, until } from "./parts.js";

const STEPS = [
  call("seen", "look", { with: { n: "${{ inputs.n }}" } }),
  { id: "told", agent: "Say what was put.", tools: ["put"], with: { seen: "${{ seen }}" } },
];
const PLAN = { goal: "Look and tell", steps: STEPS, answer: { from: ["told"], instructions: "One line." } };

/** Tools and a model that do something, and count how often. */
function working() {
  const look = toolNamed("look", "none", ({ n }) => `saw ${n as number}`);
  const put = toolNamed("put", "once", ({ x }) => `put ${x as string}`);
  const model = scriptedModel((request) => {
    if (!request.system.includes("executor")) return { text: "It was put." };
    const acted = request.messages.some(({ role }) => role === "tool");
    return acted ? { text: "put it" } : { toolCalls: [{ name: "put", args: { x: "there" } }] };
  });
  return {
    look,
    put,
    model,
    config: { tools: [look, put], models: { default: model }, guard: "off" } satisfies LoomConfig,
  };
}

/** The same tools where nothing may happen any more. */
function dead(): LoomConfig {
  const fail = () => {
    throw new Error("a recorded run calls no tool");
  };
  return { tools: [toolNamed("look", "none", fail), toolNamed("put", "once", fail)] };
}

async function recorded(plan: unknown = PLAN, config: LoomConfig = working().config): Promise<Recording> {
  const loom = await createLoom({ ...config, store: memoryStore() }, { env: {} });
  onTestFinished(() => loom.close());
  const run = await loom.start("", { plan, inputs: { n: 7 } });
  await run.result();
  return JSON.parse(JSON.stringify(await run.recording())) as Recording;
}

describe("a recorded run", () => {
  test("gives the same answer again, with no model and no tool", async () => {
    const { look, put, model, config } = working();
    const recording = await recorded(PLAN, config);
    const before = [look.calls.length, put.calls.length, model.requests.length];
    expect(before).toEqual([1, 1, 3]);

    expect(await replayRecording(recording)).toMatchObject({ status: "completed", answer: "It was put." });
    expect(await replayRecording(recording, { config: dead(), plan: PLAN })).toMatchObject({ answer: "It was put." });
    expect([look.calls.length, put.calls.length, model.requests.length]).toEqual(before);
  });

  test("keeps what the approval function said, and what a person edited", async () => {
    const { config } = working();
    const trusted = await recorded(PLAN, { ...config, approval: () => false });
    expect(await replayRecording(trusted, { config: dead(), plan: PLAN })).toMatchObject({ status: "completed" });

    const loom = await createLoom({ ...config, approval: () => "ask ann", store: memoryStore() }, { env: {} });
    onTestFinished(() => loom.close());
    const run = await loom.start("", { plan: PLAN, inputs: { n: 7 } });
    await run.result();
    await run.edit({ ...PLAN, answer: { value: "${{ told }}" } });
    const edited = await run.result();
    await run.approve(edited.plan!.hash);
    await run.result();
    const recording = JSON.parse(JSON.stringify(await run.recording())) as Recording;
    expect(await replayRecording(recording)).toMatchObject({ status: "completed", answer: "put it" });
    expect(await replayRecording(recording, { config: dead(), plan: PLAN })).toMatchObject({ answer: "put it" });
  });

  test("is read from its file, and heard as it goes", async () => {
    const path = join(folder(), "recording.json");
    writeFileSync(path, JSON.stringify(await recorded()));
    const heard: string[] = [];
    await replayRecording(path, { listener: { event: ({ type }) => void heard.push(type) } });
    expect(heard).toEqual((await readRecording(path)).events.map(({ type }) => type));
  });

  test("does not wait for the time of its retries", async () => {
    let calls = 0;
    const busy = tool({
      name: "busy",
      description: "Is busy at first.",
      input: { type: "object", properties: {} },
      effects: "none",
      run: () => (++calls === 1 ? Promise.reject(new Error("busy")) : "done"),
    });
    const step = { id: "a", tool: "busy", retry: { attempts: 2, delay: "10ms" } };
    const recording = await recorded({ goal: "g", steps: [step] }, { tools: [busy] });
    const later = { ...step, retry: { attempts: 2, delay: "4m" } };
    const again = await replayRecording(recording, { config: { tools: [busy] }, plan: { goal: "g", steps: [later] } });
    expect(again).toMatchObject({ answer: "done", steps: [{ attempts: 2 }] });
    expect(calls).toBe(2);
  });

  test("asks a planner that is not there, and shows its plan to a person who said yes", async () => {
    const { look, config } = working();
    const plans = [call("a", "look", { with: { n: 1 } }), call("a", "look", { with: { n: 2 } })];
    const planner = async () => ({ plan: { steps: [plans.shift()] } });
    const loom = await createLoom(
      { ...config, models: { planner }, approval: "always", store: memoryStore() },
      { env: {} },
    );
    onTestFinished(() => loom.close());
    const run = await loom.start("look");
    await run.result();
    await run.reject("look twice");
    const hash = (await run.result()).waiting?.approvals[0]?.hash ?? "";
    expect(await run.approve("0".repeat(64))).toMatchObject({ ok: false });
    await run.approve(hash);
    expect(await run.result()).toMatchObject({ status: "completed", answer: "saw 2" });

    const recording = await run.recording();
    expect(await replayRecording(recording, { config: dead() })).toMatchObject({ answer: "saw 2", stepsTotal: 1 });
    expect(look.calls).toHaveLength(1);
    await expect(replayRecording(recording, { goal: "something else" })).rejects.toMatchObject({
      code: "RECORDING_DIFFERS",
      message: expect.stringMatching(/planner request 1.*"goal":"look".*"goal":"something else"/s) as string,
    });
  });
});

describe("what changed is named", () => {
  const [first, second] = STEPS;
  const changes: readonly (readonly [string, object, RegExp])[] = [
    [
      "arguments",
      { ...PLAN, steps: [call("seen", "look", { with: { n: 8 } }), second] },
      /step seen, attempt 1.*"n":7.*"n":8/s,
    ],
    [
      "an instruction",
      { ...PLAN, steps: [first, { ...second, agent: "Say nothing." }] },
      /step told, attempt 1.*Say what was put.*Say nothing/s,
    ],
    [
      "a step more",
      { ...PLAN, steps: [...STEPS, call("more", "look")] },
      /step more, attempt 1: it is not in the record/,
    ],
    [
      "a step less",
      { ...PLAN, steps: [{ ...second, with: { seen: "saw 7" } }] },
      /step seen, attempt 1: it is not asked now/,
    ],
    ["the answer's form", { ...PLAN, answer: { from: ["told"], instructions: "Two lines." } }, /the answer, attempt 1/],
    ["a plan that is none", { ...PLAN, steps: [call("seen", "nothing")] }, /does not pass check.*UNKNOWN_TOOL/s],
  ];
  test.each(changes)("%s", async (_what, plan, message) => {
    const replayed = replayRecording(await recorded(), { config: dead(), plan });
    await expect(replayed).rejects.toMatchObject({ code: "RECORDING_DIFFERS", kind: "run" });
    await expect(replayed).rejects.toThrow(message);
  });

  test("a step that is optional hides no difference", async () => {
    const optional = { ...PLAN, steps: STEPS.map((step) => ({ ...step, optional: true })) };
    const changed = { ...optional, steps: [{ ...optional.steps[0], with: { n: 8 } }, optional.steps[1]] };
    const recording = await recorded(optional);
    await expect(replayRecording(recording, { config: dead(), plan: changed })).rejects.toThrow(/step seen, attempt 1/);
  });

  test("another end", async () => {
    const plan = { goal: "g", steps: [call("seen", "look", { with: { n: 1 } })], answer: { value: "${{ seen }}" } };
    const changed = { ...plan, answer: { value: "so: ${{ seen }}" } };
    const replayed = replayRecording(await recorded(plan), { config: dead(), plan: changed });
    await expect(replayed).rejects.toThrow(/it ends differently.*"saw 1".*"so: saw 1"/s);
  });

  test("a tool that is gone, and one that takes other arguments", async () => {
    const recording = await recorded();
    const [look, put] = toolsIn(dead().tools);
    await expect(replayRecording(recording, { config: { tools: [look!] } })).rejects.toThrow(/UNKNOWN_TOOL/);
    const other = {
      ...look!,
      spec: { ...look!.spec, input: { type: "object", properties: { n: { type: "string" } } } },
    };
    await expect(replayRecording(recording, { config: { tools: [other, put!] } })).rejects.toMatchObject({
      code: "RECORDING_DIFFERS",
    });
  });

  test("a question that is put otherwise", async () => {
    const asking = (ask: string) => ({ goal: "g", steps: [{ id: "q", ask, output: "number" }] });
    const loom = await createLoom({ store: memoryStore() }, { env: {} });
    onTestFinished(() => loom.close());
    const run = await loom.start("", { plan: asking("How many?") });
    await run.result();
    await run.respond("q", "three");
    await run.respond("q", 3);
    const recording = await run.recording();
    expect(await replayRecording(recording, { plan: asking("How many?") })).toMatchObject({ answer: 3 });
    const replayed = replayRecording(recording, { plan: asking("How much?") });
    await expect(replayed).rejects.toThrow(/the question of step q.*How many.*How much/s);
  });
});

describe("recordings", () => {
  test("of a run with an open call there are none", async () => {
    const gate = latch();
    const slow = toolNamed("slow", "none", () => gate.passed);
    const loom = await createLoom({ tools: [slow], store: memoryStore() }, { env: {} });
    onTestFinished(() => loom.close());
    const run = await loom.start("g", { plan: { steps: [call("a", "slow")] } });
    await until("it is called", () => slow.calls.length === 1);
    await expect(run.recording()).rejects.toMatchObject({ code: "RUN_NOT_STOPPED" });
    gate.open();
    await run.result();
    expect((await run.recording()).events.at(-1)?.type).toBe("run.completed");
  });

  test.each(["", "[]", '{"planloomRecording":2}', '{"planloomRecording":1,"events":[]}', '{"planloomRecording":1}'])(
    "%j is none",
    async (text) => {
      const path = join(folder(), "recording.json");
      writeFileSync(path, text);
      await expect(readRecording(path)).rejects.toMatchObject({ code: "RECORDING_INVALID", kind: "usage" });
    },
  );
});

describe("replay of a run in a store", () => {
  /** The same log with one event changed, and sealed again: the chain holds. */
  function resealed(log: readonly RunEvent[], change: (event: RunEvent) => RunEvent): readonly RunEvent[] {
    let prev = "";
    return log.map((event) => {
      const sealed = { ...change(event), prev };
      prev = eventHash(sealed);
      return sealed;
    });
  }

  async function replayedStrictly(events: readonly RunEvent[]) {
    const store = memoryStore();
    const runId = events[0]!.runId;
    await store.claim(runId, 0, "host/1/1/x", 0);
    await store.append(runId, { expectedSeq: 0, epoch: 1 }, events);
    const loom = await createLoom({ store }, { env: {} });
    onTestFinished(() => loom.close());
    const run = await loom.get(runId);
    return { lenient: await run.replay(), strict: run.replay({ strict: true }) };
  }

  test("gives the run with nothing called; strictly, the first decision that the kernel does not make", async () => {
    const { events } = await recorded();
    const { lenient, strict } = await replayedStrictly(events);
    expect(lenient).toMatchObject({ status: "completed", answer: "It was put." });
    expect(await strict).toEqual(lenient);

    const begun = events.find((event) => event.type === "step.started")!;
    const changed = resealed(events, (event) =>
      event.seq === begun.seq ? { ...begun, data: { ...begun.data, args: { n: 70 } } } : event,
    );
    const tampered = await replayedStrictly(changed);
    await expect(tampered.strict).rejects.toMatchObject({
      code: "REPLAY_DIFFERS",
      message: expect.stringContaining(`event ${begun.seq}, data.args: recorded {"n":70}, replayed {"n":7}`) as string,
    });
  });
});
