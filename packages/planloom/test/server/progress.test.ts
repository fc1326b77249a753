// The progress of a run as a stream: what is never stored, with bounded memory, until the run ends.
import { expect, test } from "vitest";
import { z } from "zod";
import type { Progress } from "../../src/engine/engine.js";
import { LIMITS } from "../../src/limits.js";
import { ProgressPieces } from "../../src/streams/progress-pieces.js";
import { memoryStore } from "../../src/store/memory.js";
import { scriptedModel } from "../../src/testing/scripted-model.js";
import { tool } from "../../src/tools/tool.js";
import { testServer, TOKENS } from "./server.js";
import { readerOf, restOf } from "./sse.js";

test("tools, turns of agents and pieces of the answer are told while the run is driven here", async () => {
  let goOn = () => {};
  const gate = new Promise<void>((resolve) => (goOn = resolve));
  let end = () => {};
  const isSeen = new Promise<void>((resolve) => (end = resolve));
  const slow = tool({
    name: "slow",
    description: "Works slowly.",
    input: z.object({}),
    effects: "none",
    run: async (_input, { progress }) => {
      await gate;
      progress(0.5);
      await isSeen;
      return "done";
    },
  });
  const executor = scriptedModel([
    { toolCalls: [{ name: "slow", args: {} }] },
    { text: "The work is done, and here is the result." },
  ]);
  const synthesizer = scriptedModel([{ text: "All of the work is done, as it was asked for." }]);
  const server = await testServer({}, memoryStore(), { tools: [slow], models: { executor, synthesizer } });
  const run = await server.loom.start("work", {
    plan: { steps: [{ id: "a", agent: "Work slowly.", tools: ["slow"] }] },
  });
  const response = await server.ask(`/v1/runs/${run.id}/progress`, {
    token: TOKENS.read,
    headers: { accept: "text/event-stream" },
  });
  expect(response.status).toBe(200);
  const reader = readerOf(response);
  goOn();
  const wanted = { type: "step", step: "a", item: null, value: 0.5 };
  let received = await reader.next();
  while (received !== undefined && JSON.stringify(received.data) !== JSON.stringify(wanted))
    received = await reader.next();
  expect(received?.data).toEqual(wanted);
  end();
  const events = await restOf(reader);
  const types = events.map(({ type }) => type);
  expect(events.every(({ id }) => id === undefined)).toBe(true);
  expect(events.filter(({ type }) => type === "turn").map(({ data }) => (data as { name: string }).name)).toContain(
    "turn 2",
  );
  expect(types.at(-1)).toBe("end");
  await server.loom.close();
});

test("a reader that does not read costs bounded memory", () => {
  const pieces = new ProgressPieces();
  const step = (name: string, value: number): Progress => ({ type: "step", step: name, item: null, value });
  for (let value = 0; value < 100; value++) pieces.add(step("a", value));
  for (let index = 0; index < 100; index++) pieces.add({ type: "answer", delta: "x" });
  expect(pieces.take()).toEqual([step("a", 99), { type: "answer", delta: "x".repeat(100) }]);
  for (let index = 0; index < LIMITS.progressPieces * 2; index++) pieces.add(step(`s${index}`, 1));
  expect(pieces.take()).toHaveLength(LIMITS.progressPieces);
  for (let index = 0; index < 40; index++) pieces.add({ type: "answer", delta: "x".repeat(LIMITS.streamText) });
  const chars = pieces.take().reduce((sum, one) => sum + (one.type === "answer" ? one.delta.length : 0), 0);
  expect(chars).toBe(LIMITS.streamText);
});
