// Changes of a step that change its definition hash, and changes that do not.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { check } from "../../src/plan/check/check.js";
import { completeStep } from "../../src/plan/complete.js";
import type { Json } from "../../src/plan/json.js";
import { type DraftStep, type Plan, type Step } from "../../src/plan/plan.js";
import { sameDefinition, stepHashes } from "../../src/plan/revise/step-hash.js";
import type { ToolSpec } from "../../src/plan/tool-spec.js";
import { SAMPLE } from "./sample-inventory.js";

const { tools } = SAMPLE;
type Inputs = { readonly [name: string]: Json };

const planOf = (...steps: DraftStep[]): Pick<Plan, "steps"> => ({ steps: steps.map(completeStep) });
const hashOfLast = (steps: DraftStep[], inputs: Inputs = {}, specs: readonly ToolSpec[] = tools): string =>
  stepHashes(planOf(...steps), inputs, specs).get(steps.at(-1)!.id)!;

const find: DraftStep = { id: "find", tool: "search", with: { query: "q" } };
const read: DraftStep = { id: "read", agent: "Say what matters.", with: { hits: "${{ find.results }}" } };
const count: DraftStep = { id: "count", tool: "calculate", with: { expression: "1" }, dependsOn: ["find"] };
const each: DraftStep = { id: "each", agent: "Sum up.", forEach: "${{ find.results }}", with: { hit: "${{ item }}" } };

describe("a step's own fields", () => {
  const same: readonly (readonly [string, DraftStep, Partial<DraftStep>])[] = [
    ["title and description", read, { title: "Other words", description: "More words" }],
    ["retry and timeout", read, { retry: { attempts: 1 }, timeout: "1s" }],
    ["what follows a failure", read, { optional: true, onFailure: "skip" }],
    ["how many items run at once", each, { maxParallel: 2 }],
    ["the usual name of the item, written out", each, { as: "item" }],
    ["the id", read, { id: "other" }],
    ["the same dependency once more", count, { dependsOn: ["find", "find"] }],
  ];
  test.each(same)("%s: the same hash", (_what, step, fields) => {
    expect(hashOfLast([find, { ...step, ...fields }])).toBe(hashOfLast([find, step]));
  });

  const other: readonly (readonly [string, DraftStep, object])[] = [
    ["tool", count, { tool: "summarize" }],
    ["arguments", count, { with: { expression: "2" } }],
    ["fill", count, { fill: "The sum." }],
    ["instruction", read, { agent: "Say nothing." }],
    ["tools", read, { tools: ["search"] }],
    ["all tools", read, { tools: "all" }],
    ["output", read, { output: "string[]" }],
    ["expect", read, { expect: "${{ output != '' }}" }],
    ["when", read, { when: "${{ find != null }}" }],
    ["list", each, { forEach: "${{ find.results.map(r, r) }}" }],
    ["item name", each, { as: "hit", with: { hit: "${{ hit }}" } }],
    ["items that may be null", each, { onFailure: "skip" }],
    ["model", read, { model: "large" }],
    ["executor", read, { executor: "own" }],
    ["approval", read, { approval: "required" }],
    ["outputs that an agent is given whole", read, { dependsOn: ["find"] }],
  ];
  test.each(other)("%s: another hash", (_what, step, fields) => {
    expect(hashOfLast([find, { ...step, ...fields }])).not.toBe(hashOfLast([find, step]));
  });

  test("kinds with the same text differ", () => {
    const hashes = (["agent", "ask", "tool"] as const).map((kind) =>
      hashOfLast([{ id: "a", [kind]: "search" } as unknown as DraftStep]),
    );
    expect(new Set(hashes).size).toBe(3);
  });

  test("tools in another order are the same tools", () => {
    const using = (names: string[]): string => hashOfLast([{ id: "a", agent: "Look.", tools: names }]);
    expect(using(["search", "calculate"])).toBe(using(["calculate", "search", "search"]));
  });
});

describe("tools", () => {
  const changed = (name: string): ToolSpec[] =>
    tools.map((tool) => (tool.name === name ? { ...tool, description: "Another." } : tool));

  test("a tool that is defined differently changes the steps that may use it, and no others", () => {
    const hash = (step: DraftStep, specs: readonly ToolSpec[]): string => hashOfLast([step], {}, specs);
    const agent: DraftStep = { id: "a", agent: "Look.", tools: ["calculate"] };
    const ask: DraftStep = { id: "a", ask: "Which?" };
    expect(hash(find, changed("search"))).not.toBe(hash(find, tools));
    expect(hash(find, changed("calculate"))).toBe(hash(find, tools));
    expect(hash(agent, changed("calculate"))).not.toBe(hash(agent, tools));
    expect(hash(agent, changed("search"))).toBe(hash(agent, tools));
    expect(hash(ask, changed("search"))).toBe(hash(ask, tools));
  });

  test("`all` is every tool but those that wait for a person, in any order", () => {
    const all: DraftStep = { id: "a", agent: "Look.", tools: "all" };
    const hash = (specs: readonly ToolSpec[]): string => hashOfLast([all], {}, specs);
    expect(hash(changed("calculate"))).not.toBe(hash(tools));
    expect(hash(tools.filter(({ name }) => name !== "search"))).not.toBe(hash(tools));
    expect(hash(changed("refund"))).toBe(hash(tools));
    expect(hash([...tools].reverse())).toBe(hash(tools));
  });

  test("a tool that is not known is no error", () => {
    expect(hashOfLast([find], {}, [])).not.toBe(hashOfLast([find]));
  });
});

describe("inputs", () => {
  const reads = (expression: string, inputs: Inputs): string =>
    hashOfLast([{ id: "a", agent: "Look.", with: { data: `\${{ ${expression} }}` } }], inputs);

  test.each([
    "inputs.who",
    'inputs["who"]',
    "inputs.who.name",
    "has(inputs.who)",
    "[1].map(x, x == inputs.who)",
    "{'a': !inputs.who}",
    "true ? 1 : -inputs.who",
  ])("%s reads that input alone", (expression) => {
    expect(reads(expression, { who: 1, other: 1 })).toBe(reads(expression, { who: 1, other: 2 }));
    expect(reads(expression, { who: 1 })).not.toBe(reads(expression, { who: 2 }));
    expect(reads(expression, { who: null })).not.toBe(reads(expression, {}));
  });

  test.each([
    "inputs",
    "size(inputs)",
    "inputs.who + size(inputs)",
    "inputs[inputs.who]",
    "inputs.map(name, name)",
    "'who' in inputs",
    "[inputs.who, {'all': inputs}]",
  ])("%s reads them all", (expression) => {
    expect(reads(expression, { who: "a", other: 1 })).not.toBe(reads(expression, { who: "a", other: 2 }));
  });

  test("a step that reads none depends on none, whatever its texts say", () => {
    const step: DraftStep = { id: "a", agent: "Read inputs.who.", with: { text: "inputs.who, $${{ inputs.who }}" } };
    expect(hashOfLast([step], { who: 1 })).toBe(hashOfLast([step], { who: 2 }));
  });

  test.each(["when", "forEach", "expect"])("%s counts", (field) => {
    const step = { id: "a", agent: "Look.", [field]: "${{ inputs.who }}" } as unknown as DraftStep;
    expect(hashOfLast([step], { who: 1 })).not.toBe(hashOfLast([step], { who: 2 }));
  });

  test("names of the prototype are no inputs", () => {
    expect(reads("inputs.toString", {})).toBe(reads("inputs.toString", { other: 1 }));
  });
});

describe("the steps it needs", () => {
  test("a change reaches every step that depends on it, and no other", () => {
    const other: DraftStep = { id: "other", tool: "search", with: { query: "q" } };
    const steps = [find, read, count, other];
    const before = stepHashes(planOf(...steps), {}, tools);
    const after = stepHashes(planOf({ ...find, with: { query: "p" } }, read, count, other), {}, tools);
    const changed = steps.map(({ id }) => id).filter((id) => before.get(id) !== after.get(id));
    expect(changed).toEqual(["find", "read", "count"]);
    expect([...before.keys()].sort()).toEqual(["count", "find", "other", "read"]);
  });

  test("neither unknown steps nor a circle are an error", () => {
    const odd = planOf(
      { id: "a", agent: "Look.", dependsOn: ["b", "nobody"] },
      { id: "b", agent: "Look.", dependsOn: ["a", "b"] },
    );
    expect([...stepHashes(odd, {}, []).keys()].sort()).toEqual(["a", "b"]);
  });

  test("100,000 steps in a row, written in either order", () => {
    const row: Step[] = Array.from({ length: 100_000 }, (_, i) =>
      completeStep({ id: `s${i}`, tool: "calculate", dependsOn: i === 0 ? [] : [`s${i - 1}`] }),
    );
    const hashes = stepHashes({ steps: row }, {}, tools);
    expect(hashes.size).toBe(100_000);
    expect(stepHashes({ steps: row.toReversed() }, {}, tools).get("s99999")).toBe(hashes.get("s99999"));
  });

  test("steps in any order have the same hashes", () => {
    const result = check({ steps: [find, read, count, each] }, SAMPLE);
    if (!result.ok) throw new Error(JSON.stringify(result.findings));
    const { plan } = result;
    const hashes = Object.fromEntries(stepHashes(plan, {}, tools));
    const orders = fc.shuffledSubarray([...plan.steps], { minLength: plan.steps.length });
    fc.assert(
      fc.property(orders, (steps) => {
        expect(Object.fromEntries(stepHashes({ steps }, {}, tools))).toEqual(hashes);
      }),
    );
  });
});

test("two definitions are the same whatever the steps before them are", () => {
  const [a, b] = [completeStep(read), completeStep({ ...read, title: "Other words", id: "other" })];
  expect(sameDefinition(a, b)).toBe(true);
  expect(sameDefinition(a, completeStep({ ...read, with: {} }))).toBe(false);
});
