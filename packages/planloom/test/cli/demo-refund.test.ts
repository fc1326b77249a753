// The refund story of the demo: what its scripted planner makes of a goal and of a person's comments.
import { describe, expect, test } from "vitest";
import { createLoom } from "../../src/loom/create-loom.js";
import { NOTE } from "../../src/cli/demo/another-plan.js";
import { DEMO_GOALS, REFUND } from "../../src/cli/demo/goals.js";
import { DEMO_MODELS } from "../../src/cli/demo/models.js";
import { demoReply } from "../../src/cli/demo/script.js";
import { demoTools } from "../../src/cli/demo/tools.js";
import { memoryStore } from "../../src/store/memory.js";
import { startFakeOpenAI } from "../../src/testing/fake-openai-server.js";

interface PlanText {
  readonly steps: readonly { readonly title: string; readonly description: string; readonly with: object }[];
}

const planAfter = (...comments: readonly string[]): PlanText => {
  const said = comments.map((comment) => `A person rejected this plan:\n{}\nThe person says: ${comment}`);
  const content = [`Goal: ${REFUND.goal}`, ...said].join("\n");
  return demoReply({ model: DEMO_MODELS.planner, messages: [{ role: "user", content }] }).json as unknown as PlanText;
};

describe("the scripted planner", () => {
  test.each([
    [[], "Refund the whole order", "${{ order.priceEur + order.deliveryEur }}"],
    [["Only 10 % of the price"], "Refund 10 % of the price", "${{ order.priceEur * 0.1 }}"],
    [["30 EUR is enough"], "Refund 30 EUR", 30],
    [["Pay € 12.50"], "Refund 12.50 EUR", 12.5],
    [["The shipping, no more"], "Refund the cost of delivery", "${{ order.deliveryEur }}"],
    [["Too much", "Still too much"], "Refund 10 % of the price", "${{ order.priceEur * 0.1 }}"],
  ])("after the comments %j plans: %s", (comments, title, amountEur) => {
    const [, refund] = planAfter(...comments).steps;
    expect(refund).toMatchObject({ title, with: { order: "${{ order.id }}", amountEur } });
  });

  test("says in the plan what it read, and what it did not understand", () => {
    expect(planAfter("30 EUR is enough").steps[1]?.description).toContain('read "30 EUR is enough"');
    expect(planAfter("Be kinder").steps[1]?.description).toContain("found none of them");
  });

  test("plans no refund where the person wants none", () => {
    expect(planAfter("Refund nothing").steps).toHaveLength(1);
  });
});

test("a refund is rejected once, approved with another amount, paid once, and its answer has the figures", async () => {
  const server = await startFakeOpenAI({ reply: (body) => ({ ...demoReply(body), delayMs: 0 }) });
  const role = (model: string) => ({ model, baseURL: server.url, apiKey: "demo" });
  const { planner, executor, synthesizer } = DEMO_MODELS;
  const models = { planner: role(planner), executor: role(executor), synthesizer: role(synthesizer) };
  const loom = await createLoom({ tools: demoTools(), models, store: memoryStore(), approval: "effects" }, { env: {} });
  try {
    const run = await loom.start(REFUND.goal);
    const asked = async () => (await run.result()).waiting?.approvals[0];
    expect(await asked()).toMatchObject({ subject: "plan" });
    await run.reject("Too much: 20 EUR will do");
    const second = await asked();
    expect(second).toMatchObject({ subject: "plan" });
    await run.approve(second!.hash);
    const call = await asked();
    expect(call).toMatchObject({ tool: "refund", editable: true, args: { order: "4711", amountEur: 20 } });
    await run.approve(call!.hash, { args: { order: "4711", amountEur: 25, reason: "A voucher on top" } });
    const ended = await run.result();
    expect(ended).toMatchObject({ status: "completed", replanCount: 0 });
    expect(ended.answer).toBe(
      "25 EUR were refunded to Ada Moreno, because order 4711 came 7 days late. Receipt: R-1001. (Sample data: the shop is made up.)",
    );
    for (const feedback of ["Expected: 30 EUR", "Expected: 20 EUR"]) {
      await run.retry({ feedback });
      const again = await run.result();
      expect(again).toMatchObject({ status: "completed" });
      expect(again.answer).toBe(`${ended.answer as string}\n\n${NOTE}`);
    }
    const other = await loom.run("Water the plants");
    expect(other.answer).toContain("this goal is not in its script");
    for (const { goal } of DEMO_GOALS) expect(other.answer).toContain(goal);
  } finally {
    await loom.close();
    await server.close();
  }
});
