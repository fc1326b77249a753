// Outputs whose call was undone, or may have been: nothing builds on them, and nothing acts again by itself. In: runs.
// Out: what happened in the world, and what the run says.
import { expect, it } from "vitest";
import { z } from "zod";
import type { LoomConfig } from "../../src/loom/config.js";
import { createLoom } from "../../src/loom/create-loom.js";
import type { RunDocument } from "../../src/loom/document.js";
import type { LoomRun as Run } from "../../src/loom/loom-run.js";
import { memoryStore } from "../../src/store/memory.js";
import { fakeClock } from "../../src/testing/fake-clock.js";
import { scriptedModel } from "../../src/testing/scripted-model.js";
import { tool, ToolError } from "../../src/tools/tool.js";

/** A trip whose second step fails; `undo` undoes its booking. */
async function trip(config: Partial<LoomConfig> = {}, undo: () => void = () => {}, more: object = {}) {
  const world: string[] = [];
  const book = tool({
    name: "book",
    description: "Books a thing.",
    input: z.object({ what: z.string() }),
    output: z.object({ booking: z.string() }),
    effects: "once",
    run: ({ what }) => {
      world.push(`book ${what}`);
      return { booking: what };
    },
    compensate: (_output, { what }) => {
      world.push(`undo ${what}`);
      undo();
    },
    ...more,
  });
  const use = tool({
    name: "use",
    description: "Uses a booking.",
    input: z.object({ booking: z.string() }),
    effects: "none",
    run: () => {
      throw new ToolError("it is broken", { code: "BROKEN", retryable: false });
    },
  });
  const steps = [
    { id: "flight", tool: "book", with: { what: "flight" } },
    { id: "use", tool: "use", with: { booking: "${{ flight.booking }}" } },
  ];
  const plan = { steps, answer: { from: ["flight"] } };
  const whole = { tools: [book, use], store: memoryStore(), guard: "off" as const, approval: "never" as const };
  const loom = await createLoom({ ...whole, ...config }, { env: {}, clock: fakeClock() });
  return { world, plan, loom, run: await loom.start("a trip", { plan }) };
}

async function settled(run: Run): Promise<RunDocument> {
  const document = await run.result();
  await run.replay({ strict: true });
  return document;
}

const flight = ({ steps }: RunDocument) => steps.find(({ id }) => id === "flight");

it("a step that took the outcome of its earlier call is undone with that call", async () => {
  const { run, world } = await trip();
  await settled(run);
  // The call acts once, so the restarted step takes its outcome.
  await run.retry({ from: "flight" });
  await settled(run);
  await run.compensate();
  expect(flight(await settled(run))).toMatchObject({ status: "undone" });
  await run.retry();
  const { waiting } = await settled(run);
  expect(waiting?.approvals).toMatchObject([{ subject: { step: "flight" }, code: "WAS_UNDONE" }]);
  expect(world).toEqual(["book flight", "undo flight"]);
});

it.each([{ compensateEffects: "once" }, {}])(
  "a call that may have been undone is settled before a retry or a fork: %j",
  async (more) => {
    let fails = true;
    const lost = () => {
      if (fails) throw new Error("connection lost");
    };
    const { run, world, loom } = await trip({}, lost, more);
    await settled(run);
    await run.compensate();
    await run.cancel("not now");
    expect(flight(await settled(run))).toMatchObject({ status: "completed" });
    for (const refused of [await run.retry(), await run.retry({ from: "flight" }), await run.previewRetry()])
      expect(refused).toMatchObject({ ok: false, code: "UNDOING_UNKNOWN", params: { step: "flight" } });
    await expect(loom.get(run.id).then((one) => one.fork({ at: "use" }))).rejects.toMatchObject({
      code: "UNDOING_UNKNOWN",
    });
    fails = false;
    await run.compensate();
    if ((await settled(run)).status === "needs-attention") await run.settle("flight", "leave");
    const document = await settled(run);
    expect(document.status).toBe("failed");
    expect(await run.retry()).toEqual({ ok: true });
    expect(world[0]).toBe("book flight");
  },
);

it("a cancel ends the undoing of a failed run: it begins no second one, and writes no answer", async () => {
  const synthesizer = scriptedModel([]);
  const { run, world } = await trip({
    onFailure: "compensate",
    answer: { onFailure: "partial" },
    approval: "effects",
    models: { synthesizer },
  });
  const { waiting } = await settled(run);
  await run.approve(waiting!.approvals[0]!.hash);
  expect((await settled(run)).waiting?.approvals).toMatchObject([{ code: "UNDOES" }]);
  await run.cancel("stop");
  expect((await settled(run)).status).toBe("failed");
  expect(world).toEqual(["book flight"]);
});

it.each([
  ["in a plan that is given again", "flight"],
  ["under another name", "other"],
])("a call that was undone waits for a person %s, whatever was approved before", async (_, id) => {
  let asks = true;
  const { run, world } = await trip({ approval: () => asks });
  const { waiting } = await settled(run);
  await run.approve(waiting!.approvals[0]!.hash, { calls: true });
  await settled(run);
  await run.compensate({ hash: (await run.previewCompensation()).hash });
  await settled(run);
  asks = false;
  const steps = [{ id, tool: "book", with: { what: "flight" } }];
  expect(await run.retry({ plan: { steps, answer: { value: `\${{ ${id} }}` } } })).toEqual({ ok: true });
  const again = await settled(run);
  expect(again.waiting?.approvals).toMatchObject([{ subject: { step: id }, code: "WAS_UNDONE" }]);
  expect(world).toEqual(["book flight", "undo flight"]);
  await run.approve(again.waiting!.approvals[0]!.hash);
  expect((await settled(run)).status).toBe("completed");
  expect(world).toEqual(["book flight", "undo flight", "book flight"]);
});
