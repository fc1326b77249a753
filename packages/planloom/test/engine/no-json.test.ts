// Values of a program that are to be recorded and are not JSON: refused before anything is stored, and the run goes on.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createLoom } from "../../src/loom/create-loom.js";
import type { Loom } from "../../src/loom/loom.js";
import type { LoomRun } from "../../src/loom/loom-run.js";
import type { Json } from "../../src/plan/json.js";
import { tool } from "../../src/tools/tool.js";

const cycle: unknown[] = [];
cycle.push(cycle);
let deep: unknown = 1;
for (let i = 0; i < 1_000; i++) deep = [deep];
const throwing = {
  get total(): number {
    throw new Error("no total");
  },
};
const VALUES: readonly (readonly [string, unknown])[] = [
  ["undefined", undefined],
  ["an undefined field", { a: undefined }],
  ["a function", () => 1],
  ["a symbol", Symbol("x")],
  ["NaN", { a: [NaN] }],
  ["a cycle", cycle],
  ["a BigInt", { a: 1n }],
  ["a Date", new Date(0)],
  ["a Map", [new Map()]],
  ["a list with holes", new Array(3)],
  ["a getter that throws", throwing],
  ["a thousand levels", deep],
  ["9 MB", "x".repeat(9_000_000)],
];

let loom: Loom;
beforeAll(async () => {
  const pay = tool({
    name: "pay",
    description: "Pays.",
    input: { type: "object", properties: {} },
    effects: "once",
    run: () => {
      throw new Error("lost the connection");
    },
  });
  loom = await createLoom({ store: "memory", tools: [pay] }, { env: {} });
});
afterAll(() => loom.close());

const seqOf = async (run: LoomRun): Promise<number> => {
  let seq = 0;
  for await (const event of run.events()) seq = event.seq;
  return seq;
};
const asked = async (step: object): Promise<LoomRun> => {
  const run = await loom.start("x", { plan: { steps: [{ id: "a", output: "unknown", ...step }] } });
  await run.result();
  return run;
};

describe.each(VALUES)("%s", (_, value) => {
  it("is refused as an answer", async () => {
    const run = await asked({ ask: "How many?" });
    const before = await seqOf(run);
    await expect(run.respond("a", value as Json)).rejects.toMatchObject({ code: "VALUE_NOT_JSON", kind: "usage" });
    const command = { type: "respond", step: "a", value } as Parameters<Loom["engine"]["send"]>[1];
    await expect(loom.engine.send(run.id, command, { by: "user" })).rejects.toMatchObject({ code: "COMMAND_INVALID" });
    expect(await seqOf(run)).toBe(before);
    expect(await run.respond("a", 3)).toEqual({ ok: true });
    expect(await run.result()).toMatchObject({ status: "completed" });
  });

  it("is refused as the goal, the id, the tags and the trust of a run", async () => {
    if (value === undefined) return;
    const plan = { steps: [{ id: "a", ask: "How many?" }] };
    const begun = (options: object) => loom.start("x", { plan, ...options });
    if (typeof value !== "string")
      await expect(loom.start(value as string, { plan })).rejects.toMatchObject({ code: "PLAN_INVALID" });
    await expect(begun({ inputs: value })).rejects.toMatchObject({ code: "INPUTS_NOT_JSON" });
    await expect(begun({ runId: value })).rejects.toMatchObject({ code: "RUN_ID_INVALID" });
    if (!Array.isArray(value)) await expect(begun({ tags: value })).rejects.toMatchObject({ code: "TAGS_INVALID" });
    await expect(begun({ tags: [value] })).rejects.toMatchObject({ code: "TAGS_INVALID" });
    await expect(begun({ trust: value })).rejects.toMatchObject({ code: "TRUST_INVALID" });
    await expect(begun({ trust: { a: value } })).rejects.toMatchObject({ code: "TRUST_INVALID" });
  });

  it("is refused as the output of a settled call", async () => {
    const run = await asked({ tool: "pay" });
    if (value !== undefined) {
      await expect(run.settle("a", "happened", { output: value as Json })).rejects.toMatchObject({
        code: "VALUE_NOT_JSON",
      });
    }
    expect(await run.settle("a", "happened", { output: 1 })).toEqual({ ok: true });
    expect(await run.result()).toMatchObject({ status: "completed" });
  });

  it("is refused as a sender", async () => {
    if (value === undefined) return;
    const run = await asked({ ask: "How many?" });
    const by = value as string;
    await expect(run.respond("a", 1, { by })).rejects.toMatchObject({ code: "COMMAND_INVALID" });
    expect(await run.cancel("enough")).toEqual({ ok: true });
  });

  it("is refused as an input", async () => {
    const inputs = { data: value as Json };
    const plan = { inputs: { data: {} }, steps: [{ id: "a", ask: "?", with: { x: "${{ inputs.data }}" } }] };
    const refused = expect.objectContaining({ code: "INPUTS_NOT_JSON" }) as Error;
    await expect(loom.start("x", { plan, inputs })).rejects.toEqual(refused);
    expect(loom.check(plan, { inputs })).toMatchObject({
      ok: false,
      findings: [{ code: "BAD_VALUE", where: { pointer: "/inputs" } }],
    });
    await expect(loom.estimate(plan, { inputs })).rejects.toMatchObject({ code: "PLAN_INVALID" });
    const run = await asked({ ask: "How many?" });
    await run.cancel("enough");
    await run.result();
    await expect(run.retry({ inputs })).rejects.toEqual(refused);
    await expect(run.fork({ at: "a", inputs })).rejects.toEqual(refused);
  });
});

it.each(VALUES.filter(([name]) => !/undefined|holes|9 MB/.test(name)))("%s in a plan is a finding", (_, value) => {
  const variables = { list: value };
  const steps = [{ id: "a", tool: "calculate", with: { expression: "1", variables } }];
  const checked = loom.check({ steps });
  expect(checked.ok).toBe(false);
  expect(["BAD_VALUE", "TOO_DEEP", "CHECK_FAILED"]).toContain(checked.findings[0]!.code);
});

it("inputs that are no record, and a fork that names no step, are refused", async () => {
  const plan = { steps: [{ id: "a", ask: "How many?" }] };
  for (const inputs of [5, "text", [1]])
    await expect(loom.start("x", { plan, inputs: inputs as never })).rejects.toMatchObject({ code: "INPUTS_NOT_JSON" });
  const run = await loom.start("x", { plan });
  await run.cancel();
  await run.result();
  for (const options of [{}, { at: 3 }])
    await expect(run.fork(options as never)).rejects.toMatchObject({ code: "UNKNOWN_STEP" });
});
