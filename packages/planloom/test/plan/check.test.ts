// Sound plans are let through in silence, whole, with the hash that a person approves.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { check, type CheckOptions } from "../../src/plan/check/check.js";
import { findingText } from "../../src/words/findings.js";
import type { Json } from "../../src/plan/json.js";
import { planSchema } from "../../src/plan/plan.js";
import { readPlan } from "../../src/plan/read/read.js";
import { planJsonSchema, PLAN_SCHEMA_ID } from "../../src/plan/schema-document.js";
import { SAMPLE } from "./sample-inventory.js";

const DESIGN = `
planloom: 1
goal: Compare the leading AI companies, and what an engineer keeps after housing.
inputs:
  salary: { type: number, default: 150000 }
steps:
  - id: find
    title: Search for the leading AI companies
    tool: search
    with: { query: "top AI companies 2026" }
  - id: companies
    title: Pick the three names
    agent: List the three most often named companies in these results.
    with: { results: "\${{ find.results }}" }
    output: "string[]"
  - id: facts
    title: Collect facts on each company
    forEach: "\${{ companies }}"
    as: company
    agent: Find revenue and products, each with its source.
    tools: [search, fetch_url]
    with: { company: "\${{ company }}" }
    output: "{ company: string, revenueUsd: number | null, sources: string[] }"
  - id: housing
    title: Housing at 30 % of salary
    tool: calculate
    with: { expression: "salary * 0.3", variables: { salary: "\${{ inputs.salary }}" } }
answer:
  from: [facts, housing]
  instructions: One paragraph, then a table.
`;

const agent = (id: string, more: object = {}): object => ({
  id,
  agent: "Read the data and say what matters.",
  ...more,
});
const find = { id: "find", tool: "search", with: { query: "q" } };

function sound(draft: unknown, options: CheckOptions = {}): Extract<ReturnType<typeof check>, { ok: true }> {
  const result = check(draft, SAMPLE, options);
  expect(result.findings.map(findingText)).toEqual([]);
  if (!result.ok) throw new Error("not sound");
  return result;
}

describe("sound plans give no findings at all", () => {
  test("the example of the design", () => {
    const read = readPlan(DESIGN, { inventory: SAMPLE });
    if (read.kind !== "plan") throw new Error(read.kind);
    expect(read.notes).toEqual([]);
    const { plan, inputs, tools, hash } = sound(read.draft);
    expect(plan.steps.map(({ id, kind }) => `${kind} ${id}`)).toEqual([
      "tool find",
      "agent companies",
      "agent facts",
      "tool housing",
    ]);
    expect(inputs).toEqual({ salary: 150000 });
    expect(tools.map(({ name }) => name)).toEqual(["calculate", "fetch_url", "search"]);
    expect(hash).toMatch(/^[0-9a-f]{64}$/);
  });

  const PLANS: Record<string, object> = {
    "a question to a person": {
      steps: [{ id: "ok", ask: "May we go on?", output: "boolean" }, agent("b", { when: "${{ ok }}" })],
    },
    "fill in place of arguments": { steps: [{ id: "a", tool: "search", fill: "Search for the leading companies." }] },
    "fill beside some arguments": {
      steps: [{ id: "a", tool: "send_email", with: { to: "a@b.c" }, fill: "Write a friendly greeting." }],
    },
    "index and item": {
      steps: [find, agent("b", { forEach: "${{ find.results }}", with: { n: "${{ index }}", u: "${{ item.url }}" } })],
    },
    "an inline list": {
      steps: [agent("b", { forEach: '${{ ["a", "b"] }}', with: { x: "${{ item }}" }, maxParallel: 2 })],
    },
    "expect on output": { steps: [{ ...find, expect: "${{ size(output.results) > 0 }}" }] },
    "expect per item": {
      steps: [
        find,
        agent("b", {
          forEach: "${{ find.results }}",
          with: { r: "${{ item }}" },
          output: "number",
          expect: "${{ output > 0 }}",
        }),
      ],
    },
    "a null that is allowed": { steps: [agent("a", { optional: true }), agent("b", { with: { maybe: "${{ a }}" } })] },
    "a fallback for a skipped step": {
      steps: [
        agent("a", { optional: true }),
        { id: "b", tool: "summarize", with: { text: "${{ a == null ? 'none' : a }}" } },
      ],
    },
    "text around a number": {
      steps: [
        { id: "n", tool: "calculate", with: { expression: "1" } },
        { id: "b", tool: "summarize", with: { text: "It is ${{ n }}." } },
      ],
    },
    "an unknown output": {
      steps: [
        { id: "o", tool: "opaque", with: { value: 1 } },
        { id: "b", tool: "summarize", with: { text: "${{ o.anything.at[0].all }}" } },
      ],
    },
    "an output that narrows": {
      steps: [
        { id: "o", tool: "opaque", output: "{ name: string }[]" },
        agent("b", { forEach: "${{ o }}", with: { x: "${{ item.name }}" } }),
      ],
    },
    "an answer without a model": {
      steps: [find],
      answer: { value: { first: "${{ find.results[0].title }}", all: "${{ size(find.results) }}" } },
    },
    "independent first steps": { steps: [find, { ...find, id: "more" }, agent("b", { dependsOn: ["find", "more"] })] },
    "effects that nobody refers to": {
      steps: [agent("a"), { id: "mail", tool: "send_email", with: { to: "x", body: "${{ a }}" } }],
      answer: { from: ["a"] },
    },
    "a literal reference": { steps: [agent("a", { with: { x: "cost $${{ 5 }}" } })] },
    settings: {
      steps: [
        agent("a", {
          retry: { attempts: 2, delay: "5s" },
          timeout: "2m",
          model: "m",
          approval: "required",
          onFailure: "fail",
        }),
      ],
    },
    "a JSON Schema as output": {
      steps: [
        agent("a", { output: { type: "object", properties: { n: { type: "number" } }, required: ["n"] } }),
        { id: "b", tool: "search", with: { query: "q", limit: "${{ a.n }}" } },
      ],
    },
    "a secret": { steps: [{ id: "mail", tool: "send_email", with: { to: "a@b.c", body: { secret: "BODY" } } }] },
    "skipped items": {
      steps: [
        find,
        agent("b", { forEach: "${{ find.results }}", with: { r: "${{ item }}" }, onFailure: "skip" }),
        agent("c", { with: { kept: "${{ b.filter(x, x != null) }}" } }),
      ],
    },
  };
  test.each(Object.entries(PLANS))("%s", (_name, draft) => void sound(draft));

  test("steps in any order of writing", () => {
    sound({ steps: [agent("b", { with: { x: "${{ find.results }}" } }), find] });
  });
});

describe("what a checked plan says", () => {
  test("an answer that is not written is made from what no step is given", () => {
    const order = { id: "rest", tool: "calculate", with: { expression: "2" }, dependsOn: ["cost"] };
    const { plan } = sound({ steps: [{ id: "cost", tool: "calculate", with: { expression: "1" } }, order] });
    expect(plan.answer).toEqual({ kind: "from", from: ["cost", "rest"], all: true });
  });

  test("an agent step is given what it depends on, so that is not for the answer", () => {
    const { plan } = sound({ steps: [find, agent("b", { dependsOn: ["find"] })] });
    expect(plan.answer).toEqual({ kind: "from", from: ["b"], all: true });
  });

  test("the goal of the run stands in where the draft names none", () => {
    expect(sound({ steps: [find] }, { goal: "Know more." }).plan.goal).toBe("Know more.");
  });

  test("tools all is the inventory without what waits for a person", () => {
    const names = sound({ steps: [agent("a", { tools: "all" })] }).tools.map(({ name }) => name);
    expect(names).toContain("send_email");
    expect(names).not.toContain("refund");
  });

  test("the hash follows inputs and tools, not the order of keys", () => {
    const draft = { inputs: { n: { type: "number", default: 1 } }, steps: [find] };
    const hash = sound(draft).hash;
    expect(sound({ steps: [{ with: { query: "q" }, tool: "search", id: "find" }], inputs: draft.inputs }).hash).toBe(
      hash,
    );
    expect(sound(draft, { inputs: { n: 2 } }).hash).not.toBe(hash);
    const others = { tools: SAMPLE.tools.map((tool) => ({ ...tool, description: "other" })) };
    const changed = check(draft, others);
    expect(changed.ok && changed.hash !== hash).toBe(true);
  });
});

describe("check never throws", () => {
  test("on any JSON", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(typeof check(value, SAMPLE).ok).toBe("boolean");
      }),
      { numRuns: 300 },
    );
  });

  test("on steps of random fields", () => {
    const names = [
      "id",
      "tool",
      "agent",
      "ask",
      "with",
      "when",
      "forEach",
      "as",
      "output",
      "dependsOn",
      "expect",
      "tools",
      "fill",
      "retry",
    ];
    const texts = fc.constantFrom(
      "a",
      "b",
      "search",
      "${{ a }}",
      "${{ a.b[0] }}",
      "${{",
      "${{ b + 1 }}",
      "string[]",
      "__proto__",
      "item",
    );
    const value = fc.oneof(texts, fc.jsonValue(), fc.array(texts), fc.dictionary(texts, texts));
    const step = fc.dictionary(fc.constantFrom(...names), value);
    fc.assert(
      fc.property(fc.array(step, { maxLength: 6 }), fc.option(fc.jsonValue()), (list, answer) => {
        const { findings } = check({ steps: list, answer: answer as Json }, SAMPLE);
        expect(findings.filter(({ code }) => code === "CHECK_FAILED")).toEqual([]);
      }),
      { numRuns: 1_000 },
    );
  });

  test.each([
    ["a function", () => 1],
    ["a big integer", { steps: [{ id: "a", agent: "x", with: { n: 1n } }] }],
    ["undefined", undefined],
    [
      "a field that throws",
      Object.defineProperty({}, "steps", {
        enumerable: true,
        get: () => {
          throw new Error("no");
        },
      }),
    ],
  ])("on %s", (_name, draft) => {
    expect(check(draft, SAMPLE).ok).toBe(false);
  });

  test("on a value that contains itself", () => {
    const loop: Record<string, unknown> = { steps: [] };
    loop["inputs"] = loop;
    expect(check(loop, SAMPLE).findings[0]?.code).toBe("TOO_DEEP");
  });
});

test("a long chain of steps is checked whole", () => {
  const chain = Array.from({ length: 3_000 }, (_, i) =>
    agent(`s${i}`, i === 0 ? {} : { with: { x: `\${{ s${i - 1} }}` } }),
  );
  expect(check({ steps: chain }, SAMPLE, { limits: { steps: 5_000 } }).ok).toBe(true);
});

test("the published schema is the one that check uses", () => {
  const schema = planJsonSchema();
  expect(schema["$id"]).toBe(PLAN_SCHEMA_ID);
  expect(schema["$schema"]).toBe("https://json-schema.org/draft/2020-12/schema");
  expect(Object.keys(schema["properties"] as object).sort()).toEqual(Object.keys(planSchema.shape).sort());
});
