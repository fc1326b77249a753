// A tool acts and its output cannot be used, as a library user sees it: what waits, who is told, and that it acts once.
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { createLoom } from "../../src/loom/create-loom.js";
import type { LoomConfig } from "../../src/loom/config.js";
import { replayRecording } from "../../src/recording/replay-recording.js";
import { memoryStore } from "../../src/store/memory.js";
import { scriptedModel } from "../../src/testing/scripted-model.js";
import { tool } from "../../src/tools/tool.js";
import { sound } from "./parts.js";

const shipping = (effects: "once" | "idempotent" = "once") => {
  const shipped: string[] = [];
  const ship = tool({
    name: "ship",
    description: "Ships a parcel.",
    input: z.object({ parcel: z.string() }),
    output: z.object({ label: z.string() }),
    effects,
    run: ({ parcel }) => {
      shipped.push(parcel);
      return { label: 815 } as never;
    },
  });
  return { ship, shipped };
};

const open = (tools: LoomConfig["tools"], more: LoomConfig = {}) =>
  createLoom({ tools: tools ?? [], store: memoryStore(), ...more }, { env: {} });

const STEP = { id: "s", tool: "ship", with: { parcel: "p-9" } };
const plan = { steps: [STEP], answer: { value: "${{ s.label }}" } };

describe("a step whose call returned an unusable output", () => {
  it("shows what acted, with what, and what came back", async () => {
    const { ship, shipped } = shipping();
    const loom = await open([ship]);
    const run = await loom.start("Ship it.", { plan });
    const document = await run.result();
    expect(document.status).toBe("needs-attention");
    expect(document.waiting?.unusable).toMatchObject([
      { step: "s", tool: "ship", args: { parcel: "p-9" }, output: { label: 815 }, attempt: 1 },
    ]);
    const [asked] = document.waiting!.unusable;
    expect(asked!.key).toMatch(/^[0-9a-f]{64}$/);
    expect(asked!.error).toMatch(/ship has acted, but its output cannot be used: label:/);
    expect(asked!.next).toMatch(/`run\.settle\("s", "use" \| "skip" \| "fail" \| "again"\)`/);
    expect(document.steps[0]).toMatchObject({ status: "unusable", attempts: 1, error: { code: "BAD_OUTPUT" } });
    expect(shipped).toEqual(["p-9"]);
    await sound(run);
  });

  it("completes with the value that a person gives, and plays as it went", async () => {
    const { ship, shipped } = shipping();
    const loom = await open([ship]);
    const run = await loom.start("Ship it.", { plan });
    await run.result();
    await run.settle("s", "fail");
    expect(await run.result()).toMatchObject({ status: "failed", error: { code: "BAD_OUTPUT" } });
    await run.retry();
    expect((await run.result()).status).toBe("needs-attention");
    expect(await run.settle("s", "use", { output: { label: "815" } })).toEqual({ ok: true });
    expect(await run.result()).toMatchObject({ status: "completed", answer: "815" });
    expect(shipped).toEqual(["p-9"]);
    await sound(run);
    expect(await replayRecording(await run.recording(), { config: { tools: [ship] }, plan })).toMatchObject({
      answer: "815",
    });
    expect(shipped).toEqual(["p-9"]);
  });

  it("is also one of a tool that was not made by tool()", async () => {
    const { ship } = shipping();
    const circle: Record<string, unknown> = {};
    circle["itself"] = circle;
    for (const returned of [7n, new Date(0), circle]) {
      let calls = 0;
      const own = { ...ship, call: () => Promise.resolve(++calls).then(() => returned as never) };
      const document = await (await open([own])).run("Ship it.", { plan });
      expect(document.waiting?.unusable).toMatchObject([{ step: "s", partial: true }]);
      expect(calls).toBe(1);
    }
  });

  it("is called by a fork only where that is what was asked for", async () => {
    const { ship, shipped } = shipping();
    const look = tool({ name: "look", description: "Looks.", input: z.object({}), effects: "none", run: () => 1 });
    const loom = await open([ship, look]);
    const two = { ...plan, steps: [STEP, { id: "l", tool: "look", with: {} }] };
    const run = await loom.start("Ship it.", { plan: two });
    await run.result();
    await run.cancel();
    await run.result();
    await expect(run.fork({ at: "l" })).rejects.toMatchObject({ code: "STEP_UNUSABLE" });
    expect(await run.previewFork({ at: "s" })).toMatchObject({ ok: true, actAgain: ["s"], unusable: [] });
    const fork = await run.fork({ at: "s" });
    expect((await fork.result()).status).toBe("needs-attention");
    expect(shipped).toEqual(["p-9", "p-9"]);
  });
});

describe("a planner that is asked after a person let such a step fail", () => {
  it.each(["codes", "excerpt"] as const)("reads that it acted (replanContext %s)", async (replanContext) => {
    const { ship, shipped } = shipping();
    const ask = tool({
      name: "track",
      description: "Finds the label of a parcel.",
      input: z.object({ parcel: z.string() }),
      output: z.object({ label: z.string() }),
      effects: "none",
      run: () => ({ label: "815" }),
    });
    const again = {
      operations: [{ op: "replace", id: "s", step: { ...STEP, title: "Once more", output: "unknown" } }],
    };
    const track = { operations: [{ op: "replace", id: "s", step: { ...STEP, tool: "track" } }] };
    const answers = [plan, again, track];
    const planner = scriptedModel(() => ({ text: JSON.stringify(answers.shift()) }));
    const loom = await open([ship, ask], {
      models: { planner },
      onFailure: "patch",
      replanContext,
      planner: { critique: false },
    });
    const run = await loom.start("Ship it.");
    await run.result();
    await run.settle("s", "fail");
    expect(await run.result()).toMatchObject({ status: "completed", answer: "815" });
    expect(shipped).toEqual(["p-9"]);
    const texts = planner.requests.map(({ messages }) => JSON.stringify(messages));
    expect(texts[1]).toContain("it has acted: the effect has happened");
    expect(texts[2]).toContain("makes the call of ship again");
  });
});

describe("an agent step whose call returned an unusable output", () => {
  it.each(["once", "idempotent"] as const)("tells the model that the tool has acted (%s)", async (effects) => {
    const { ship, shipped } = shipping(effects);
    const wants = { toolCalls: [{ name: "ship", args: { parcel: "p-9" } }] };
    const executor = scriptedModel((_request, index) => (index < 2 ? wants : "shipped, label unknown"));
    const loom = await open([ship], { models: { executor } });
    const agent = { steps: [{ id: "s", agent: "Ship it.", tools: ["ship"] }], answer: { value: "${{ s }}" } };
    const run = await loom.start("Ship it.", { plan: agent });
    expect(await run.result()).toMatchObject({ status: "completed", answer: "shipped, label unknown" });
    expect(shipped).toEqual(["p-9"]);
    const [, first, second] = executor.requests.map(({ messages }) => JSON.stringify(messages.at(-1)));
    expect(first).toMatch(/ship has acted: the effect has happened.*815/);
    expect(second).toMatch(/This call was not made\. the same call was made before/i);
    await sound(run);
  });

  it("keeps that over the attempts of the step", async () => {
    const { ship, shipped } = shipping();
    const wants = { toolCalls: [{ name: "ship", args: { parcel: "p-9" } }] };
    const replies = [wants, "no", wants, "done"];
    const executor = scriptedModel(() => replies.shift() ?? "done");
    const loom = await open([ship], { models: { executor } });
    const step = { id: "s", agent: "Ship it.", tools: ["ship"], output: "string", expect: '${{ output == "done" }}' };
    const agent = { steps: [{ ...step, retry: { attempts: 2, delay: "1ms" } }], answer: { value: "${{ s }}" } };
    const document = await loom.run("Ship it.", { plan: agent });
    expect(shipped).toEqual(["p-9"]);
    expect(document).toMatchObject({ status: "completed", answer: "done" });
  });
});
