// Calls that acted are undone: at the command of a person, or because the policy of the run wants it.
import { describe, expect, it } from "vitest";
import { z } from "zod";
import type { LoomConfig } from "../../src/loom/config.js";
import { createLoom } from "../../src/loom/create-loom.js";
import type { RunEvent } from "../../src/run/event.js";
import type { RunDocument } from "../../src/loom/document.js";
import type { LoomRun as Run } from "../../src/loom/loom-run.js";
import type { Clock } from "../../src/clock.js";
import { fakeClock } from "../../src/testing/fake-clock.js";
import { scriptedModel } from "../../src/testing/scripted-model.js";
import { replayRecording } from "../../src/recording/replay-recording.js";
import { memoryStore } from "../../src/store/memory.js";
import { tool, ToolError, type Tool } from "../../src/tools/tool.js";

/** What happened in the world, in order. */
type World = string[];

/** A shop that books, and can cancel its bookings. `undo` replaces how. */
function booker(world: World, undo?: (booking: string) => void, more: object = {}): Tool {
  return tool({
    name: "book",
    description: "Books a thing.",
    input: z.object({ what: z.string() }),
    output: z.object({ booking: z.string() }),
    effects: "once",
    run: ({ what }, { key }) => {
      world.push(`book ${what} ${key}`);
      return { booking: what };
    },
    compensate: ({ booking }, { what }, { key, callKey }) => {
      if (undo !== undefined) return undo(booking);
      world.push(`undo ${what} ${booking} ${key === callKey ? "same key" : "own key"}`);
    },
    ...more,
  });
}

const failing = tool({
  name: "break",
  description: "Fails.",
  input: z.object({}),
  effects: "none",
  run: () => {
    throw new ToolError("it is broken", { code: "BROKEN", retryable: false });
  },
});

const steps = [
  { id: "flight", tool: "book", with: { what: "flight" } },
  { id: "hotel", tool: "book", with: { what: "hotel" }, dependsOn: ["flight"] },
  { id: "fail", tool: "break", with: {}, dependsOn: ["hotel"] },
];
const plan = { steps, answer: { value: "${{ hotel.booking }}" } };

async function loomWith(tools: readonly Tool[], config: Partial<LoomConfig> = {}, clock: Clock = fakeClock()) {
  const whole = { tools, store: memoryStore(), guard: "off" as const, approval: "never" as const, ...config };
  return createLoom(whole, { env: {}, clock });
}

async function eventsOf(run: { events(): AsyncIterable<RunEvent> }): Promise<readonly RunEvent[]> {
  const events: RunEvent[] = [];
  for await (const event of run.events()) events.push(event);
  return events;
}

const undoings = (events: readonly RunEvent[]): readonly string[] =>
  events.flatMap(({ type, data }) =>
    type.startsWith("compensation.")
      ? [`${type.slice(13)} ${"step" in data && typeof data.step === "string" ? data.step : ""}`.trim()]
      : [],
  );

const booked = ["book flight", "book hotel"];
const undone = ["undo hotel", "undo flight"];
const failsAtOnce = { tool: "break" };

const acts = (world: World): readonly string[] => world.map((line) => line.split(" ").slice(0, 2).join(" "));

describe("a failed run", () => {
  it("offers the undoing of its calls, and undoes them in reverse order at the command of a person", async () => {
    const world: World = [];
    const loom = await loomWith([booker(world), failing]);
    const run = await loom.start("a trip", { plan });
    expect((await run.result()).status).toBe("failed");
    const preview = await run.previewCompensation();
    expect(preview.calls.map(({ step, args }) => [step, args])).toEqual([
      ["hotel", { what: "hotel" }],
      ["flight", { what: "flight" }],
    ]);
    expect(await run.compensate({ hash: preview.hash })).toEqual({ ok: true });
    const document = await run.result({ untilEnd: true });
    expect(document.status).toBe("failed");
    expect(acts(world)).toEqual(["book flight", "book hotel", "undo hotel", "undo flight"]);
    expect(world[2]).toBe("undo hotel hotel own key");
    expect(document.steps.map(({ id, status, output }) => [id, status, output])).toEqual([
      ["flight", "undone", undefined],
      ["hotel", "undone", undefined],
      ["fail", "failed", undefined],
    ]);
    expect(undoings(await eventsOf(run))).toEqual([
      "requested",
      "started hotel",
      "completed hotel",
      "started flight",
      "completed flight",
      "ended",
    ]);
    await run.replay({ strict: true });
    expect(await run.compensate()).toMatchObject({ ok: false, code: "NOTHING_TO_UNDO" });
  });

  it("undoes them by itself if its policy says so", async () => {
    const world: World = [];
    const loom = await loomWith([booker(world), failing], { onFailure: "compensate" });
    const run = await loom.start("a trip", { plan });
    const document = await run.result();
    expect([document.status, document.error?.code]).toEqual(["failed", "BROKEN"]);
    expect(acts(world)).toEqual(["book flight", "book hotel", "undo hotel", "undo flight"]);
    await run.replay({ strict: true });
  });
});

/** The run is driven to its next wait. Its log decides the same again, and plays to the same end. */
async function settled(run: Run): Promise<RunDocument> {
  const document = await run.result();
  await run.replay({ strict: true });
  const played = document.finishedAt === null ? document : await replayRecording(await run.recording());
  expect([played.status, played.acted]).toEqual([document.status, document.acted]);
  return document;
}

const broken = (retryable: boolean) => new ToolError("the desk is closed", { code: "CLOSED", retryable });

async function failedTrip(
  undo?: (booking: string) => void,
  config: Partial<LoomConfig> = {},
  more: object = {},
  clock = fakeClock(),
) {
  const world: World = [];
  const loom = await loomWith([booker(world, undo, more), failing], { onFailure: "compensate", ...config }, clock);
  const run = await loom.start("a trip", { plan });
  return { world, loom, run };
}

describe("an undoing that fails", () => {
  const closedFor = (what: string, times: { left: number }, thrown: () => Error) => (booking: string) => {
    if (booking === what && times.left-- > 0) throw thrown();
  };

  it.each([
    ["a ToolError that may pass", () => broken(true), { left: 1 }],
    ["an error after which nobody knows", () => new Error("connection lost"), { left: 1 }],
  ])("is tried again after %s, with the same key", async (_, thrown, times) => {
    const clock = fakeClock();
    const { run } = await failedTrip(closedFor("hotel", times, thrown), {}, {}, clock);
    let document: RunDocument | undefined;
    void run.result().then((ended) => (document = ended));
    while (document === undefined) await clock.advance(1_000);
    expect(document.acted?.map(({ undoing }) => undoing)).toEqual(["undone", "undone"]);
    const events = await eventsOf(run);
    const keys = events.flatMap(({ type, data }) => (type === "compensation.started" ? [data.key] : []));
    expect([keys.length, new Set(keys).size]).toEqual([3, 2]);
    await run.replay({ strict: true });
  });

  it.each([
    ["again", ["undone", "undone"]],
    ["undone", ["undone", "undone"]],
    ["leave", ["undone", "left"]],
  ] as const)("stops the chain and waits for a person, who says %s", async (verdict, fates) => {
    const { run } = await failedTrip(closedFor("hotel", { left: 1 }, () => broken(false)));
    const waiting = await settled(run);
    expect(waiting.status).toBe("needs-attention");
    expect(waiting.waiting?.undoing).toMatchObject({ step: "hotel", tool: "book", undoing: "failed", attempt: 1 });
    expect(waiting.acted?.map(({ undoing }) => undoing)).toEqual([undefined, "failed"]);
    expect(await run.settle("hotel", "happened")).toMatchObject({ ok: false, code: "WRONG_VERDICT" });
    expect(await run.settle("flight", verdict)).toMatchObject({ ok: false, code: "NOT_UNKNOWN" });
    expect(await run.respond("hotel", 1)).toMatchObject({ ok: false, code: "RUN_COMPENSATING" });
    expect(await run.settle("hotel", verdict)).toEqual({ ok: true });
    const document = await settled(run);
    expect([document.status, document.acted?.map(({ undoing }) => undoing)]).toEqual(["failed", fates]);
    expect(document.acted?.[1]?.byHand).toBe(verdict === "undone" ? true : undefined);
  });

  it("ends where a person cancels it, and goes on later", async () => {
    const { run } = await failedTrip(closedFor("hotel", { left: 1 }, () => broken(false)));
    await settled(run);
    expect(await run.cancel("not now")).toEqual({ ok: true });
    const document = await settled(run);
    expect([document.status, document.error?.code]).toEqual(["failed", "BROKEN"]);
    expect((await run.previewCompensation()).calls.map(({ step }) => step)).toEqual(["hotel", "flight"]);
    expect(await run.compensate()).toEqual({ ok: true });
    expect((await settled(run)).acted?.map(({ undoing }) => undoing)).toEqual(["undone", "undone"]);
  });

  it("is in doubt if it acts once and threw: nothing repeats it, also in a later undoing", async () => {
    const once = { compensateEffects: "once" };
    const { run } = await failedTrip(
      closedFor("hotel", { left: 9 }, () => new Error("lost")),
      {},
      once,
    );
    expect((await settled(run)).waiting?.undoing).toMatchObject({ undoing: "unknown", attempt: 1 });
    await run.cancel("later");
    expect((await settled(run)).status).toBe("failed");
    await run.compensate();
    expect((await settled(run)).waiting?.undoing).toMatchObject({ undoing: "unknown", attempt: 1 });
    await run.settle("hotel", "undone");
    expect((await settled(run)).acted?.map(({ undoing }) => undoing)).toEqual(["undone", "undone"]);
  });

  it("ends the undoing if there is nobody to ask", async () => {
    const { run } = await failedTrip(
      closedFor("hotel", { left: 1 }, () => broken(false)),
      { attended: false },
    );
    const document = await settled(run);
    expect([document.status, document.acted?.map(({ undoing }) => undoing)]).toEqual(["failed", [undefined, "failed"]]);
  });
});

describe("approval", () => {
  const asks = { approval: "effects" as const };

  async function askedTrip(config: Partial<LoomConfig> = {}, clock = fakeClock()) {
    const trip = await failedTrip(undefined, { ...asks, ...config }, {}, clock);
    await trip.run.result();
    await trip.run.approve((await trip.run.document()).plan!.hash, { calls: true });
    return trip;
  }

  it("is asked for each undoing, with the call and what it returned", async () => {
    const { run, world } = await askedTrip();
    const waiting = await settled(run);
    const [approval] = waiting.waiting!.approvals;
    expect([waiting.status, waiting.waiting!.approvals.length]).toEqual(["awaiting-approval", 1]);
    expect(approval).toMatchObject({
      subject: { step: "hotel" },
      code: "UNDOES",
      tool: "book",
      args: { what: "hotel" },
      undoes: { tool: "book", output: { booking: "hotel" } },
    });
    expect(await run.review(approval!.hash)).toMatchObject({ kind: "call", undoes: { tool: "book" } });
    await run.approve(approval!.hash);
    const next = (await settled(run)).waiting!.approvals[0]!;
    expect([next.subject, acts(world).at(-1)]).toEqual([{ step: "flight" }, "undo hotel"]);
    await run.reject("the flight stays", { hash: next.hash });
    const document = await settled(run);
    expect(document.acted?.map(({ undoing }) => undoing)).toEqual(["left", "undone"]);
    expect(acts(world)).not.toContain("undo flight");
  });

  it("is given by the person who saw the list, and not for another list", async () => {
    const { run, world } = await askedTrip({ onFailure: "fail" });
    await settled(run);
    expect(await run.compensate({ hash: "sha256:other" })).toMatchObject({ ok: false, code: "UNDOING_CHANGED" });
    const { hash } = await run.previewCompensation();
    await run.compensate({ hash });
    expect((await settled(run)).status).toBe("failed");
    expect(acts(world).slice(2)).toEqual(["undo hotel", "undo flight"]);
  });

  it("ends the undoing if nobody answers in time", async () => {
    const clock = fakeClock();
    const { run } = await askedTrip({ limits: { approvalMs: 1_000 } }, clock);
    expect((await settled(run)).status).toBe("awaiting-approval");
    await clock.advance(2_000);
    const document = await run.result({ untilEnd: true });
    await run.replay({ strict: true });
    expect([document.status, document.acted?.map(({ undoing }) => undoing)]).toEqual(["failed", [undefined, "asking"]]);
  });
});

describe("afterwards", () => {
  it("a retry begins the undone steps and what depends on them anew, with other keys, and asks for each call", async () => {
    const { run, world } = await failedTrip();
    await run.result();
    expect(await run.previewRetry()).toMatchObject({
      undone: ["flight", "hotel"],
      restarted: ["flight", "hotel", "fail"],
    });
    expect(await run.retry()).toEqual({ ok: true });
    for (const step of ["flight", "hotel"]) {
      const { waiting } = await settled(run);
      expect(waiting?.approvals).toMatchObject([{ subject: { step }, code: "WAS_UNDONE" }]);
      await run.approve(waiting!.approvals[0]!.hash);
    }
    const document = await settled(run);
    expect(acts(world)).toEqual([...booked, ...undone, ...booked, ...undone]);
    const keys = world.filter((line) => line.startsWith("book")).map((line) => line.split(" ")[2]);
    expect(new Set(keys).size).toBe(4);
    expect(document.acted?.map(({ undoing }) => undoing)).toEqual(["undone", "undone", "undone", "undone"]);
  });

  it("a fork begins them anew and asks, too", async () => {
    const { run } = await failedTrip();
    await run.result();
    const fork = await run.fork({ at: "fail" });
    const { waiting } = await fork.result();
    expect(waiting?.approvals).toMatchObject([{ subject: { step: "flight" }, code: "WAS_UNDONE" }]);
    await fork.replay({ strict: true });
  });

  it("another plan may not refer to an undone output", async () => {
    const { run } = await failedTrip();
    await run.result();
    const other = { steps: [{ ...failsAtOnce, id: "other", with: {} }], answer: { value: "${{ hotel.booking }}" } };
    await expect(run.retry({ plan: other })).rejects.toMatchObject({ code: "PLAN_INVALID" });
    const same = { steps: steps.slice(0, 2), answer: { value: "${{ hotel.booking }}" } };
    expect(await run.previewRetry({ plan: same })).toMatchObject({ reused: [], runs: ["flight", "hotel"] });
  });
});

describe("other runs", () => {
  it("a completed run is undone on request, and stays completed", async () => {
    const world: World = [];
    const loom = await loomWith([booker(world)]);
    const good = { steps: steps.slice(0, 2), answer: { value: "${{ hotel.booking }}" } };
    const run = await loom.start("a trip", { plan: good });
    expect((await run.result()).answer).toBe("hotel");
    await run.compensate();
    const document = await settled(run);
    expect([document.status, document.answer, document.stepsCompleted]).toEqual(["completed", "hotel", 0]);
    expect(acts(world).slice(2)).toEqual(undone);
    expect(await run.previewRetry()).toMatchObject({ ok: true, undone: ["flight", "hotel"] });
  });

  it("a cancelled run is undone with `compensate`", async () => {
    const world: World = [];
    const loom = await loomWith([booker(world)], { onFailure: "fail" });
    const asking = [...steps.slice(0, 2), { id: "ask", ask: "Go on?", dependsOn: ["hotel"] }];
    const run = await loom.start("a trip", { plan: { steps: asking, answer: { value: "x" } } });
    expect((await run.result()).status).toBe("needs-attention");
    await run.cancel("no", { compensate: true });
    expect((await settled(run)).status).toBe("cancelled");
    expect(acts(world).slice(2)).toEqual(undone);
  });

  it("the policy of the step that failed wins over that of the run", async () => {
    const world: World = [];
    const loom = await loomWith([booker(world), failing], { onFailure: "fail" });
    const own = [...steps.slice(0, 2), { ...steps[2], onFailure: "compensate" }];
    const run = await loom.start("a trip", { plan: { ...plan, steps: own } });
    await settled(run);
    expect(acts(world)).toEqual([...booked, ...undone]);
    const keeps = await loomWith([booker(world), failing], { onFailure: "compensate" });
    const kept = [...steps.slice(0, 2), { ...steps[2], onFailure: "fail" }];
    await settled(await keeps.start("a trip", { plan: { ...plan, steps: kept } }));
    expect(acts(world)).toEqual([...booked, ...undone, ...booked]);
  });

  it("undoes the items of a list, and leaves what has no way back or cannot be known", async () => {
    const world: World = [];
    const send = tool({
      name: "send",
      description: "Sends a mail.",
      input: z.object({}),
      effects: "once",
      run: () => "sent",
    });
    const loom = await loomWith([booker(world), failing, send], { onFailure: "compensate", concurrency: 1 });
    const listed = {
      steps: [
        { id: "rooms", tool: "book", forEach: ["a", "b"], as: "room", with: { what: "${{ room }}" } },
        { id: "mail", tool: "send", with: {}, dependsOn: ["rooms"] },
        { id: "fail", tool: "break", with: {}, dependsOn: ["mail"] },
      ],
      answer: { value: "${{ rooms }}" },
    };
    const run = await loom.start("rooms", { plan: listed });
    const document = await settled(run);
    expect(acts(world)).toEqual(["book a", "book b", "undo b", "undo a"]);
    expect(document.steps.map(({ status }) => status)).toEqual(["undone", "completed", "failed"]);
    expect(document.steps[0]?.items?.map(({ status }) => status)).toEqual(["undone", "undone"]);
    expect((await run.previewCompensation()).left).toMatchObject([{ step: "mail", because: "no-compensate" }]);
    await run.retry();
    for (const item of [0, 1]) {
      const { waiting } = await settled(run);
      expect(waiting?.approvals.map(({ subject }) => subject)).toContainEqual({ step: "rooms", item });
      await run.approve(waiting!.approvals.find(({ subject }) => (subject as { item: number }).item === item)!.hash);
    }
    await settled(run);
    expect(acts(world).slice(4)).toEqual(["book a", "book b", "undo b", "undo a"]);
  });

  it("undoes calls inside an agent step, and the retry begins its conversation anew", async () => {
    const world: World = [];
    let turns = 0;
    const model = scriptedModel(() => {
      turns++;
      if (turns % 3 === 0) return { text: "booked both" };
      return { toolCalls: [{ name: "book", args: { what: turns % 3 === 1 ? "flight" : "hotel" } }] };
    });
    const loom = await loomWith([booker(world), failing], {
      onFailure: "compensate",
      models: { executor: model },
    });
    const agent = {
      steps: [
        { id: "both", agent: "Book both.", tools: ["book"] },
        { id: "fail", tool: "break", with: {}, dependsOn: ["both"] },
      ],
      answer: { value: "${{ both }}" },
    };
    const run = await loom.start("a trip", { plan: agent });
    const document = await settled(run);
    expect(acts(world)).toEqual([...booked, ...undone]);
    expect(document.steps.map(({ status }) => status)).toEqual(["undone", "failed"]);
    await run.retry();
    const { waiting } = await settled(run);
    expect(waiting?.approvals).toMatchObject([{ subject: { step: "both" }, code: "WAS_UNDONE" }]);
    await run.approve(waiting!.approvals[0]!.hash);
    await settled(run);
    expect([turns, acts(world)]).toEqual([6, [...booked, ...undone, ...booked, ...undone]]);
    expect(new Set(world.filter((line) => line.startsWith("book"))).size).toBe(4);
  });
});
