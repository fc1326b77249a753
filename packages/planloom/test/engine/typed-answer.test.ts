// Typed answers: a program says what type the answer has, and the run gives it, or says that it cannot. With the real
// loom and scripted models.
import { describe, expect, expectTypeOf, it, onTestFinished } from "vitest";
import { z } from "zod";
import { createLoom } from "../../src/loom/create-loom.js";
import { agent } from "../../src/loom/agent.js";
import type { LoomConfig } from "../../src/loom/config.js";
import type { Json } from "../../src/plan/json.js";
import { memoryStore } from "../../src/store/memory.js";
import { tool } from "../../src/tools/tool.js";
import type { EventStore } from "../../src/store/event-store.js";
import { script, textIn } from "../agents/parts.js";
import { eventsIn, sound } from "./parts.js";

const calls: string[] = [];
const look = tool({
  name: "look",
  description: "Looks.",
  input: z.object({ at: z.string() }),
  output: z.string(),
  effects: "none",
  run: ({ at }) => (calls.push(at), `seen ${at}`),
});
const plan = { steps: [{ id: "a", tool: "look", with: { at: "x" } }], answer: { from: ["a"] } };

async function loomWith(config: LoomConfig, store: EventStore = memoryStore()) {
  const loom = await createLoom({ store, tools: [look], ...config });
  onTestFinished(() => loom.close());
  return loom;
}

/** A reply under the schema. */
const says = (answer: Json): string => JSON.stringify({ answer });

const Report = z.object({
  title: z.string().min(1),
  stars: z.number().int().optional(),
  kind: z.union([z.literal("long"), z.literal("short")]).default("short"),
});

describe("an answer of a type", () => {
  it("is written under the schema, and has the type of the schema", async () => {
    const synthesizer = script(says({ title: "Seen", stars: null }));
    const loom = await loomWith({ models: { synthesizer } });
    const result = await loom.run("Look.", { plan, answer: Report });
    if (result.status !== "completed") throw new Error(result.status);
    expectTypeOf(result.answer).toEqualTypeOf<z.output<typeof Report>>();
    expect(result.answer).toEqual({ title: "Seen", kind: "short" });
    const [request] = synthesizer.requests;
    expect(request?.output).toMatchObject({
      name: "answer",
      schema: { properties: { answer: { properties: { title: { type: "string" } } } }, required: ["answer"] },
    });
    expect(textIn(request)).toMatch(/JSON of this type.*title: string, stars\?: number[^]*"minLength[^]{1,4}:1/);
    const run = await loom.get(result.runId);
    await sound(run);
    // The log has the answer as it was written, and the schema.
    expect(await run.document()).toMatchObject({ answer: { title: "Seen" }, answerSchema: { type: "object" } });
  });

  it("is corrected once, and the model is told what is wrong", async () => {
    const synthesizer = script(says({ title: "" }), says({ title: "Yes" }));
    const loom = await loomWith({ models: { synthesizer } });
    const result = await loom.run("Look.", { plan, answer: Report });
    expect(result).toMatchObject({
      status: "completed",
      answer: { title: "Yes" },
      usage: { synthesizer: { calls: 2 } },
    });
    expect(textIn(synthesizer.requests[1])).toContain("/title must have at least 1 characters");
  });

  it("ends with ANSWER_INVALID if it stays wrong; retry writes only the answer", async () => {
    calls.length = 0;
    const wrong = says({ stars: 1 });
    const synthesizer = script(wrong, wrong, says({ title: "Now" }));
    const loom = await loomWith({ models: { synthesizer } });
    const run = await loom.start("Look.", { plan, answer: Report });
    const failed = await run.result();
    expect(failed).toMatchObject({ status: "failed", answer: null, error: { code: "ANSWER_INVALID" } });
    expect(failed.error?.message).toContain("/title should be string, but is missing");
    expect(await run.previewRetry()).toMatchObject({ reused: ["a"], runs: [] });
    await run.retry();
    expect(await run.result()).toMatchObject({ status: "completed", answer: { title: "Now", kind: "short" } });
    expect(calls).toEqual(["x"]);
    await sound(run);
  });
});

export type { Json };
void agent;
void eventsIn;
