// A call inside an agent step whose outcome nobody knows: a person says what became of it, and the step goes on from
// there.
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { createLoom } from "../../src/loom/create-loom.js";
import { memoryStore } from "../../src/store/memory.js";
import { scriptedModel } from "../../src/testing/scripted-model.js";
import { tool } from "../../src/tools/tool.js";

const plan = { steps: [{ id: "pay_it", agent: "Pay the bill.", tools: ["pay"] }], answer: { value: "${{ pay_it }}" } };

async function inDoubt() {
  const calls: string[] = [];
  const pay = tool({
    name: "pay",
    description: "Pays an amount.",
    input: z.object({ amount: z.number() }),
    output: z.object({ receipt: z.string() }),
    effects: "once",
    run: (_args, { key }) => {
      calls.push(key);
      if (calls.length === 1) throw new Error("connection lost");
      return { receipt: "second" };
    },
  });
  const pays = { toolCalls: [{ name: "pay", args: { amount: 5 } }] };
  const model = scriptedModel((request) => {
    const seen = JSON.stringify(request.messages);
    if (seen.includes("second") || seen.includes("r-17"))
      return { text: `paid: ${seen.includes("r-17") ? "r-17" : "second"}` };
    return pays;
  });
  const loom = await createLoom(
    { tools: [pay], models: { executor: model }, store: memoryStore(), guard: "off" },
    { env: {} },
  );
  const run = await loom.start("pay", { plan });
  const waiting = await run.result();
  return { loom, run, waiting, calls, model };
}

describe("settling a call inside an agent step", () => {
  it("waits for a person, and calls nothing again by itself", async () => {
    const { loom, run, waiting, calls } = await inDoubt();
    expect(waiting.status).toBe("needs-attention");
    const [key] = calls;
    const subject = { step: "pay_it", tool: "pay", args: { amount: 5 }, key, attempt: 1 };
    expect(waiting.waiting?.unknown).toMatchObject([subject]);
    expect(Date.parse(waiting.waiting!.unknown[0]!.at)).toBeGreaterThan(0);
    await loom.close();
    await (await loom.get(run.id)).resume();
    const again = await run.result();
    expect(again.status).toBe("needs-attention");
    expect(again.waiting?.unknown).toStrictEqual(waiting.waiting?.unknown);
    expect(calls).toHaveLength(1);
  });

  it("goes on with the output that a person gives, asking the model no finished turn again", async () => {
    const { run, calls, model } = await inDoubt();
    expect(await run.settle("pay_it", "happened", { output: { receipt: "r-17" } })).toEqual({ ok: true });
    const done = await run.result();
    expect(done).toMatchObject({ status: "completed", answer: "paid: r-17" });
    expect(calls).toHaveLength(1);
    expect(model.requests).toHaveLength(2);
  });

  it("lets the model call again, under another key, where it did not happen", async () => {
    const { run, calls } = await inDoubt();
    await run.settle("pay_it", "not-happened");
    expect(await run.result()).toMatchObject({ status: "completed", answer: "paid: second" });
    expect(calls).toHaveLength(2);
    expect(calls[0]).not.toBe(calls[1]);
  });

  it("fails the step where the person gives it up", async () => {
    const { run, calls } = await inDoubt();
    await run.settle("pay_it", "abort");
    expect(await run.result()).toMatchObject({ status: "failed", error: { code: "ABORTED" } });
    expect(calls).toHaveLength(1);
  });
});
