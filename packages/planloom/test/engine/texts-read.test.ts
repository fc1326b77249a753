// Numbers that a model writes as texts: they are read as numbers, and the trace says so.
import { expect, onTestFinished, test } from "vitest";
import { createLoom } from "../../src/loom/create-loom.js";
import { scriptedModel } from "../../src/testing/scripted-model.js";
import { tool } from "../../src/tools/tool.js";

test("a number that is written as text is a number, and stands in the trace", async () => {
  const given: unknown[] = [];
  const look = tool({
    ...{ name: "look", description: "Looks.", effects: "none", output: { type: "string" } },
    input: { type: "object", properties: { limit: { type: "number" }, city: { type: "string" } }, required: ["limit"] },
    run: (args) => (given.push(args), "found"),
  });
  const model = scriptedModel([
    { toolCalls: [{ name: "look", args: { limit: "3", city: "4" } }] },
    { text: '{ "count": "4", "name": "5" }' },
  ]);
  const config = { tools: [look], models: { default: { model } }, store: "memory", approval: "never" } as const;
  const loom = await createLoom(config, { env: {} });
  onTestFinished(() => loom.close());
  const steps = [{ id: "do", agent: "Do it.", tools: ["look"], output: "{ count: number, name: string }" }];
  const run = await loom.start("Do it", { plan: { steps, answer: { value: "${{ do.name }}" } } });
  const { steps: done } = await run.result();
  expect(done[0]?.output).toEqual({ count: 4, name: "5" });
  expect(given).toEqual([{ limit: 3, city: "4" }]);
  expect((await run.trace())[0]?.textsRead).toEqual([
    { in: "look", at: "/limit", text: "3" },
    { in: "output", at: "/count", text: "4" },
  ]);
});
