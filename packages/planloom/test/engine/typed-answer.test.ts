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
import { scriptedModel } from "../../src/testing/scripted-model.js";
import { startFakeOpenAI } from "../../src/testing/fake-openai-server.js";
import { script, textIn } from "../agents/parts.js";
import { sound } from "./parts.js";

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

  it("is a text as it stands, if its type is text", async () => {
    const synthesizer = script("No.", "A longer text.");
    const loom = await loomWith({ models: { synthesizer } });
    const result = await loom.run("Look.", { plan, answer: z.string().min(5) });
    expect(result).toMatchObject({ status: "completed", answer: "A longer text." });
    expect(synthesizer.requests[0]).not.toHaveProperty("output");
  });

  it("holds 10,000 items, and names that are not ASCII", async () => {
    const items = Array.from({ length: 10_000 }, (_, n) => ({ größe: n, 名前: `n${n}` }));
    const schema = z.array(z.object({ größe: z.number(), 名前: z.string() })).min(1);
    const loom = await loomWith({ models: { synthesizer: script(says(items)) } });
    const result = await loom.run("Look.", { plan, answer: schema });
    expect(result.status === "completed" && result.answer[9_999]).toEqual({ größe: 9_999, 名前: "n9999" });
  });

  it("that was cut is corrected, and never taken in part", async () => {
    const cut = { text: '{"answer": {"title": "Se', finish: "length" } as const;
    const loom = await loomWith({ models: { synthesizer: script(cut, says({ title: "Short" })) } });
    expect(await loom.run("Look.", { plan, answer: Report })).toMatchObject({ answer: { title: "Short" } });
  });

  const Loose = z.object({ total: z.number().default(0), note: z.string().optional(), of: z.unknown().optional() });

  it.each([
    ["the form around a wrong value", '{"answer": {"total": "many"}}'],
    ["the form with a note beside it", '{"answer": {"total": "many"}, "sure": true}'],
    ["a record of other fields", '{"report": {"total": 7}}'],
    ["a part of a reply that was cut, and no server says so", '{"answer": {"total": 7, "of": {"total": 3}'],
    ["a list of such parts", '{"answer": {"of": [{"total": 3}, {"total": 4}, {"to'],
    ["the same in a fence", '```json\n{"answer": {"of": {"total": 3}'],
  ])("is not %s", async (_, reply) => {
    const synthesizer = script(reply, says({ total: 8 }));
    const loom = await loomWith({ models: { synthesizer } });
    expect(await loom.run("Look.", { plan, answer: Loose })).toMatchObject({
      status: "completed",
      answer: { total: 8 },
    });
  });

  it.each(['{"answer": {"total": 7}, "sure": true}', 'Note [a]: {"total": 7}', '{ no } {"answer": {"total": 7}}'])(
    "is found in %s",
    async (reply) => {
      const loom = await loomWith({ models: { synthesizer: script(reply) } });
      expect(await loom.run("Look.", { plan, answer: Loose })).toMatchObject({ answer: { total: 7 } });
    },
  );

  it("is never wrong because a schema throws: the run says that it has no answer", async () => {
    const Broken = z.object({ total: z.number() }).refine(() => {
      throw new TypeError("a bug of the schema");
    });
    const loom = await loomWith({ models: { synthesizer: script(says({ total: 1 }), says({ total: 2 })) } });
    const failed = await loom.run("Look.", { plan, answer: Broken });
    expect(failed).toMatchObject({ status: "failed", answer: null, error: { code: "ANSWER_INVALID" } });
    expect(failed.error?.message).toContain("a bug of the schema");
  });

  it("is refused by the schema of the program, which knows more than JSON Schema", async () => {
    const Even = z.object({ n: z.number() }).refine(({ n }) => n % 2 === 0, "must be even");
    const synthesizer = script(says({ n: 1 }), says({ n: 4 }));
    const loom = await loomWith({ models: { synthesizer } });
    expect(await loom.run("Look.", { plan, answer: Even })).toMatchObject({ answer: { n: 4 } });
    expect(textIn(synthesizer.requests[1])).toContain("must be even");
  });

  it("keeps a partial answer apart, as text", async () => {
    const broken = { ...look, call: () => Promise.reject(new Error("it broke")) };
    const steps = [
      plan.steps[0]!,
      { id: "b", tool: "broken", with: { at: "y" }, retry: { attempts: 1 }, onFailure: "fail" },
    ];
    const synthesizer = script("Only x was seen.");
    const tools = [look, { ...broken, spec: { ...look.spec, name: "broken" } }];
    const loom = await loomWith({ models: { synthesizer }, tools });
    const draft = { steps, answer: { from: ["a", "b"], onFailure: "partial" } };
    const result = await loom.run("Look.", { plan: draft, answer: Report });
    expect(result).toMatchObject({ status: "failed", answer: null, partial: true, partialAnswer: "Only x was seen." });
    expect(synthesizer.requests[0]).not.toHaveProperty("output");
    const untyped = await loomWith({ models: { synthesizer: script("Only x.") }, tools });
    const old = await untyped.run("Look.", { plan: draft });
    expect(old).toMatchObject({ status: "failed", answer: "Only x.", partial: true, partialAnswer: "Only x." });
  });

  it("is that of agent(), too", async () => {
    const one = agent({ tools: [look], synthesizer: script(says([1, 2])), store: memoryStore() });
    onTestFinished(() => one.close());
    const result = await one.run("Look.", { plan, answer: z.array(z.number()) });
    if (result.status === "completed") expectTypeOf(result.answer).toEqualTypeOf<number[]>();
    expect(result.answer).toEqual([1, 2]);
    const json = await loomWith({ models: { synthesizer: script(says(["a"])) } });
    const untyped = await json.run("Look.", { plan, answer: { type: "array", items: { type: "string" } } });
    if (untyped.status === "completed") expectTypeOf(untyped.answer).toEqualTypeOf<Json>();
    expect(untyped.answer).toEqual(["a"]);
  });
});

describe("the plan of a run with a typed answer", () => {
  const schema = z.object({ seen: z.string() });

  it("is written by a planner that knows the type, after the goal and the inputs", async () => {
    const wrong = { steps: plan.steps, answer: { value: { seen: 3 } } };
    const right = { steps: plan.steps, answer: { value: { seen: "${{ a }}" } } };
    const planner = script(JSON.stringify(wrong), JSON.stringify(right));
    const loom = await loomWith({ models: { planner } });
    const result = await loom.run("Look.", { answer: schema });
    expect(result).toMatchObject({ status: "completed", answer: { seen: "seen x" } });
    expect(textIn(planner.requests[0])).toMatch(
      /Goal: Look\.[^]*The answer must have this type: \{ seen: string \}[^]*Today is/,
    );
    expect(textIn(planner.requests[1])).toContain("does not fit the type of the answer that the run wants");
    expect(planner.requests[0]?.system).toBe(planner.requests[1]?.system);
  });

  it.each([
    ["a value", { value: "${{ a }}" }, "value"],
    ["a value that breaks a limit", { value: { seen: "" } }, "value"],
    ["outputs that no model puts into the type", { from: ["a"] }, "outputs"],
    ["a type that contradicts", { value: { seen: "${{ a }}" }, type: "number" }, "type"],
  ])("is refused before the run: %s", async (_, answer, is) => {
    const loom = await loomWith({});
    const started = loom.start("Look.", { plan: { ...plan, answer }, answer: z.object({ seen: z.string().min(1) }) });
    await expect(started).rejects.toMatchObject({
      code: "PLAN_INVALID",
      params: { findings: expect.arrayContaining([expect.objectContaining({ code: "ANSWER_TYPE" })]) as unknown },
    });
    await expect(started).rejects.toMatchObject({ params: { findings: [{ params: { is } }] } });
    expect((await loom.list()).runs).toEqual([]);
  });

  it("that passed check for no type is checked again for one", async () => {
    const loom = await loomWith({});
    const checked = loom.check({ ...plan, answer: { value: "${{ a }}" } });
    expect(checked.ok).toBe(true);
    await expect(loom.start("Look.", { plan: checked, answer: schema })).rejects.toMatchObject({
      code: "PLAN_INVALID",
    });
  });

  it("may carry a type of its own, which is checked in the run where check cannot know", async () => {
    const any = { ...look, spec: { ...look.spec, name: "any", output: {} } };
    const loom = await loomWith({ tools: [any] });
    const steps = [{ id: "a", tool: "any", with: { at: "x" } }];
    const run = await loom.start("Look.", { plan: { steps, answer: { value: "${{ a }}", type: "number" } } });
    expect(await run.result()).toMatchObject({ status: "failed", error: { code: "ANSWER_INVALID" }, answer: null });
    await sound(run);
    await run.retry({ plan: { steps, answer: { value: "${{ a }}", type: "string" } } });
    expect(await run.result()).toMatchObject({ status: "completed", answer: "seen x" });
    await sound(run);
  });
});

describe("a typed answer in another process", () => {
  const Day = z.object({ day: z.iso.date().transform((text) => new Date(text)) });

  it("is checked by the recorded schema; the program's own one gives the value", async () => {
    const store = memoryStore();
    const loom = await loomWith({ models: { synthesizer: script(says({ day: "2026-11-30" })) } }, store);
    const first = await loom.start("Look.", { plan, answer: Day });
    const result = await first.result();
    expect(result.status === "completed" && result.answer.day.getFullYear()).toBe(2026);
    const other = await loomWith({}, store);
    expect(await (await other.get(first.id)).result()).toMatchObject({ answer: { day: "2026-11-30" } });
    const typed = await (await other.get(first.id, { answer: Day })).result();
    expect(typed.answer).toEqual({ day: new Date("2026-11-30") });
    await expect(other.get(first.id, { answer: z.string() })).rejects.toMatchObject({ code: "ANSWER_SCHEMA_DIFFERS" });
  });

  it("goes on after the process went away between the reply and its correction, and pays no reply twice", async () => {
    const store = memoryStore();
    let asked = 0;
    const lost = scriptedModel(() => {
      if (++asked === 1) return says({ day: 3 });
      void gone.close();
      return new Promise(() => undefined) as never;
    });
    const gone = await createLoom({ store, tools: [look], models: { synthesizer: lost } });
    const { id } = await gone.start("Look.", { plan, answer: Day });
    await expect((await gone.get(id)).result()).rejects.toThrow();
    const synthesizer = script(says({ day: "2026-12-01" }));
    const other = await loomWith({ models: { synthesizer } }, store);
    const run = await other.get(id);
    await run.resume();
    expect(await run.result()).toMatchObject({ status: "completed", answer: { day: "2026-12-01" } });
    // The journal had the first reply: only the correction was asked for.
    expect(textIn(synthesizer.requests[0])).toContain("This answer cannot be used");
    expect(synthesizer.requests).toHaveLength(1);
    await sound(run);
  });

  it("is that of a fork, with the schema of the parent", async () => {
    const store = memoryStore();
    const models = {
      synthesizer: script(says({ day: "2026-11-30" }), says({ day: "x", more: 1 }), says({ day: "2026-12-24" })),
    };
    const loom = await loomWith({ models }, store);
    const run = await loom.start("Look.", { plan, answer: Day });
    await run.result();
    const fork = await run.fork({ at: "a" });
    expect(await fork.result()).toMatchObject({ answer: { day: new Date("2026-12-24") } });
    expect(await fork.document()).toMatchObject({ answerSchema: { type: "object" } });
    await sound(fork);
  });

  it("that another process gave is refused by the program's own schema alone", async () => {
    const loom = await loomWith({});
    const Odd = z.object({ n: z.number() }).refine(({ n }) => n % 2 === 1, "must be odd");
    const run = await loom.start("Look.", { plan: { ...plan, answer: { value: { n: 2 } } }, answer: Odd });
    await expect(run.result()).rejects.toMatchObject({ code: "ANSWER_REFUSED", message: /must be odd/ });
    expect(await run.document()).toMatchObject({ status: "completed", answer: { n: 2 } });
  });
});

describe("the schema of an answer", () => {
  it.each([
    [{ type: "strnig" }, "type"],
    [{ type: "object", propertys: {} }, "keyword"],
    [{ type: "object", unevaluatedProperties: false }, "unchecked"],
    [{ type: "array", items: [{ type: "string" }] }, "unchecked"],
    [{ type: "string", pattern: "(" }, "pattern"],
    [{ $ref: "#/$defs/nothing" }, "reference"],
    [{ type: "string", description: "x".repeat(70_000) }, "size"],
    [Array.from({ length: 40 }).reduce<object>((inner) => ({ type: "array", items: { anyOf: [inner] } }), {}), "depth"],
  ])("that cannot be checked whole is refused, and nothing is recorded: %#", async (schema, is) => {
    const loom = await loomWith({});
    const started = loom.start("Look.", { plan: { ...plan, answer: { value: 1 } }, answer: schema as never });
    await expect(started).rejects.toMatchObject({ code: "ANSWER_SCHEMA_INVALID", params: { fault: { is } } });
    expect((await loom.list()).runs).toEqual([]);
  });

  it.each([[z.date()], ["no schema"], [null], [{ a: () => 1 }], [{ total: z.number() }]])(
    "that is none is refused: %#",
    async (schema) => {
      const loom = await loomWith({});
      const started = loom.start("Look.", { plan, answer: schema as never });
      await expect(started).rejects.toMatchObject({ code: "ANSWER_SCHEMA_INVALID" });
    },
  );
});

describe("a server without structured output", () => {
  it.each([[["json_schema"]], [["json_schema", "tools", "json_object"]]] as const)(
    "that refuses %s is asked in words",
    async (refuse) => {
      const reply = '```json\n{ "answer": { "title": "Seen", "stars": "4" } }\n```';
      const server = await startFakeOpenAI({ refuse, reply: () => ({ text: reply }) });
      onTestFinished(() => server.close());
      const synthesizer = { model: "small", baseURL: server.url };
      const loom = await loomWith({ models: { synthesizer } });
      const result = await loom.run("Look.", { plan, answer: Report });
      expect(result).toMatchObject({ status: "completed", answer: { title: "Seen", stars: 4, kind: "short" } });
    },
  );
});
