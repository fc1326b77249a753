// Limits along one path agree: what a fan-out may give, the steps after it can take. In: fan-outs of many items and of
// large items. Out: runs that complete through each kind of join.
import { expect, onTestFinished, test } from "vitest";
import { createLoom } from "../../src/loom/create-loom.js";
import { LIMITS } from "../../src/limits.js";
import { tool } from "../../src/tools/tool.js";

const page = (chars: number) =>
  tool({
    name: "page",
    description: "A page.",
    input: { type: "object", properties: { n: { type: "number" } }, required: ["n"] },
    output: {
      type: "object",
      properties: { n: { type: "number" }, text: { type: "string" } },
      required: ["n", "text"],
    },
    effects: "none",
    run: ({ n }) => ({ n: n as number, text: "p".repeat(chars) }),
  });

const count = tool({
  name: "count",
  description: "The size of a value as JSON.",
  input: { type: "object", properties: { value: {} } },
  output: { type: "number" },
  effects: "none",
  run: ({ value }) => JSON.stringify(value).length,
});

async function joined(items: number, chars: number, value: string): Promise<unknown> {
  const loom = await createLoom({ store: "memory", tools: [page(chars), count], concurrency: 100 }, { env: {} });
  onTestFinished(() => loom.close());
  const plan = {
    inputs: { list: { type: "number[]", default: Array.from({ length: items }, (_, n) => n) } },
    steps: [
      { id: "pages", forEach: "${{ inputs.list }}", tool: "page", with: { n: "${{ item }}" } },
      { id: "counted", tool: "count", with: { value } },
    ],
    answer: { value: "${{ counted }}" },
  };
  const { status, error, answer } = await loom.run("join", { plan });
  return error === null || error === undefined ? answer : { status, error };
}

const JOINS: readonly string[] = [
  "${{ pages }}",
  "${{ pages.map(p, p.text) }}",
  "${{ pages.filter(p, p.text.contains('p')) }}",
  "${{ pages.map(p, p.text).join('\\n') }}",
  "All of it: ${{ pages }}",
];

test.each(JOINS)("100 pages of 100 KB are taken by %s", async (value) => {
  expect(await joined(100, 100_000, value)).toBeGreaterThan(10_000_000);
});

test("as many items as a fan-out may have can be filtered", async () => {
  expect(LIMITS.macroList).toBe(LIMITS.fanOut);
  expect(await joined(1_001, 1, "${{ pages.filter(p, p.n > 0) }}")).toBeGreaterThan(10_000);
});
