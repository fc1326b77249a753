// Calls that acted are undone: at the command of a person, or because the policy of the run wants it.
import { describe, expect, it } from "vitest";
import { z } from "zod";
import type { LoomConfig } from "../../src/loom/config.js";
import { createLoom } from "../../src/loom/create-loom.js";
import type { RunEvent } from "../../src/run/event.js";
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

async function loomWith(tools: readonly Tool[], config: Partial<LoomConfig> = {}) {
  return createLoom({ tools, store: memoryStore(), guard: "off", approval: "never", ...config }, { env: {} });
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
