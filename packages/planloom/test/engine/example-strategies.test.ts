// The goals of the examples under `react` and `tools`, with their own documents and tools. In: a table, and scripted
// models. Out: the same answers come from the same tools, without a planner. The examples' own tests run their plans.
import { expect, test } from "vitest";
import { createLoom } from "../../src/loom/create-loom.js";
import { scriptedModel, type ScriptedCall } from "../../src/testing/scripted-model.js";

const examples = new URL("../../../../examples/", import.meta.url);

const search = (query: string): ScriptedCall => ({ name: "search", args: { query, limit: 1 } });
const calculate = (expression: string): ScriptedCall => ({ name: "calculate", args: { expression } });

/** The calls that a model makes for the goal, and a part of what one of them finds. */
const EXAMPLES: readonly (readonly [string, string, string, readonly ScriptedCall[], string])[] = [
  [
    "cost-of-living",
    "docs",
    "Compare the cost of living in San Francisco and Austin.",
    [search("cost of living San Francisco"), search("cost of living Austin"), calculate("150000 * 0.3")],
    "45000",
  ],
  ["research-survey", "docs", "Survey what is known about cooling hot cities.", [search("cooling cities")], "cool"],
  ["top-companies", "docs", "Research the top 3 AI companies.", [search("AI companies")], "compan"],
  [
    "knowledge-base",
    "articles",
    "Answer a question from the articles.",
    [search("refund"), search("password")],
    "password",
  ],
];

test.each(
  EXAMPLES.flatMap((example) => (["react", "tools"] as const).map((strategy) => [strategy, ...example] as const)),
)("%s: %s", async (strategy, folder, docs, goal, calls, found) => {
  const executor = scriptedModel(({ messages }, index) => {
    const one = calls[index];
    if (strategy === "tools" && index === 0) return { toolCalls: calls };
    if (strategy === "react" && one !== undefined) return { toolCalls: [one] };
    const results = messages.flatMap((message) => (message.role === "tool" ? message.results : []));
    return { text: results.map(({ text }) => text).join("\n") };
  });
  const builtins = { search: { folder: new URL(`${folder}/${docs}`, examples).pathname } };
  const loom = await createLoom({ store: "memory", builtins, models: { executor } }, { env: {} });
  const document = await loom.run(goal, { strategy });
  expect(document).toMatchObject({ status: "completed", success: true, strategy });
  expect(JSON.stringify(document.answer).toLowerCase()).toContain(found);
  expect(document.usage).toMatchObject({ planner: { calls: 0 }, synthesizer: { calls: 0 } });
  expect(executor.requests).toHaveLength(strategy === "tools" ? 2 : calls.length + 1);
  await loom.close();
});
