// A plan that was written reads and checks back to the same plan, with the same hash.
import { expect, test } from "vitest";
import { check } from "../../src/plan/check/check.js";
import { hashOf } from "../../src/plan/hash.js";
import { readPlan } from "../../src/plan/read/read.js";
import { writePlan } from "../../src/plan/write.js";
import { stringify } from "yaml";

const INVENTORY = {
  executors: [{ name: "own", model: "large" }],
  tools: [
    {
      name: "lookup",
      description: "Looks a word up.",
      input: {
        type: "object",
        properties: { word: { type: "string" }, deep: { type: "boolean" } },
        required: ["word"],
        additionalProperties: false,
      },
      output: { type: "array", items: { type: "string" } },
      effects: "none" as const,
    },
  ],
};

const PLANS: readonly (readonly [string, object])[] = [
  ["the least of a plan", { steps: [{ id: "a", title: "A word", tool: "lookup", with: { word: "yes" } }] }],
  [
    "every field of a plan",
    {
      goal: 'Words: of "all" kinds\nover two lines',
      inputs: { word: { type: "string", default: "no" }, more: { description: "More words" } },
      steps: [
        {
          id: "a",
          description: "Look it up",
          tool: "lookup",
          with: { word: "${{ inputs.word }}" },
          timeout: "1.5m",
          retry: { attempts: 2 },
        },
        { id: "b", title: "Fill", tool: "lookup", fill: "The word of the day", optional: true, dependsOn: ["a"] },
        {
          id: "c",
          title: "Each",
          agent: "Explain it.",
          tools: ["lookup"],
          forEach: "${{ a }}",
          as: "word",
          maxParallel: 2,
          with: { word: "${{ word }}", text: "$${{ literal" },
          output: "{ word: string, text: string | null }",
          when: "${{ size(a) > 0 }}",
          expect: "${{ output.word != '' }}",
          optional: true,
          retry: { attempts: 3, delay: "250ms", backoff: 1.5 },
        },
        {
          id: "d",
          title: "Each with the usual name",
          agent: "Go on.",
          model: "small",
          tools: "all",
          forEach: "${{ a }}",
          with: { it: "${{ item }}" },
          onFailure: "skip",
        },
        {
          id: "e",
          title: "Ask",
          ask: "Good?",
          output: "boolean",
          with: { c: "${{ c }}", d: "${{ d }}" },
          approval: "required",
        },
        {
          id: "f",
          title: "Own executor",
          agent: "Sum up.",
          executor: "own",
          dependsOn: ["e", "b"],
          output: { type: "string" },
        },
      ],
      answer: { from: ["f", "e"], instructions: "Short." },
    },
  ],
  [
    "an answer without a model",
    {
      steps: [{ id: "a", title: "A", tool: "lookup", with: { word: "x" } }],
      answer: { value: { first: "${{ a[0] }}" } },
    },
  ],
];

test.each(PLANS)("%s", (_what, draft) => {
  const first = check(draft, INVENTORY, { goal: "Words" });
  if (!first.ok) throw new Error(JSON.stringify(first.findings));
  const document = writePlan(first.plan);
  for (const text of [JSON.stringify(document), stringify(document)]) {
    const read = readPlan(text, { inventory: INVENTORY });
    if (read.kind !== "plan") throw new Error(JSON.stringify(read.findings));
    expect(read.notes).toEqual([]);
    const again = check(read.draft, INVENTORY);
    expect(again.ok && again.plan).toEqual(first.plan);
    expect(again.ok && again.hash).toBe(first.hash);
  }
  expect(hashOf(writePlan(first.plan))).toBe(hashOf(document));
});

test("what the defaults say anyway is left out", () => {
  const checked = check(PLANS[0]?.[1], INVENTORY, { goal: "Words" });
  expect(checked.ok && writePlan(checked.plan)).toEqual({
    planloom: 1,
    goal: "Words",
    steps: [{ id: "a", title: "A word", tool: "lookup", with: { word: "yes" } }],
  });
});
