// Every finding: the smallest draft that triggers it, and the place that it names.
import { describe, expect, test } from "vitest";
import { check, type CheckOptions } from "../../src/plan/check/check.js";
import { LIMITS } from "../../src/limits.js";
import { findingText } from "../../src/words/findings.js";
import type { Inventory } from "../../src/plan/tool-spec.js";
import { SAMPLE } from "./sample-inventory.js";

const search = { id: "find", tool: "search", with: { query: "q" } };
const steps = (...list: object[]): object => ({ steps: list });
const agent = (id: string, more: object = {}): object => ({
  id,
  agent: "Read the data and say what matters.",
  ...more,
});
const subPlan = (more: object = {}): object => ({
  id: "order",
  plan: "Order what is missing.",
  with: { found: "${{ find.results }}" },
  ...more,
});
const REPEAT = { until: "${{ output == previous }}", most: 3 };
const TEXT = { until: '${{ output.text != "" }}', most: 3 };
const with1 = (value: unknown): object => ({ with: { data: value } });

interface Case {
  readonly code: string;
  readonly draft: unknown;
  readonly at: string;
  /** Some of the parameters. */
  readonly params?: object;
  readonly options?: CheckOptions;
  readonly severity?: "warning";
}

const deep = (levels: number): unknown => (levels === 0 ? 1 : [deep(levels - 1)]);
const CASES: readonly Case[] = [
  { code: "EMPTY_PLAN", draft: { steps: [] }, at: "/steps" },
  {
    code: "TOO_MANY_STEPS",
    draft: steps(search, { ...search, id: "more" }),
    at: "/steps",
    options: { limits: { steps: 1 } },
  },
  { code: "TOO_LARGE", draft: steps(search), at: "", options: { limits: { planBytes: 10 } } },
  { code: "TOO_DEEP", draft: steps({ ...search, with: { query: deep(100) } }), at: "" },
  {
    code: "FORBIDDEN_KEY",
    draft: JSON.parse('{"steps":[{"id":"a","agent":"Say hello.","with":{"x":{"__proto__":1}}}]}'),
    at: "/steps/0/with/x/__proto__",
  },
  { code: "BAD_VALUE", draft: "steps", at: "" },
  { code: "BAD_VALUE", draft: { steps: "none" }, at: "/steps" },
  { code: "BAD_VALUE", draft: { steps: [7] }, at: "/steps/0" },
  {
    code: "BAD_VALUE",
    draft: steps(agent("a", { timeout: "soon" })),
    at: "/steps/0/timeout",
    params: { field: "timeout", found: '"soon"' },
  },
  { code: "BAD_VALUE", draft: steps({ id: "a", tool: "search", with: "q" }), at: "/steps/0/with" },
  {
    code: "BAD_VALUE",
    draft: { planloom: 2, steps: [search] },
    at: "/planloom",
    params: { form: { kind: "one-of", values: [1] } },
  },
  {
    code: "BAD_VALUE",
    draft: { inputs: { topic: "string" }, steps: [search] },
    at: "/inputs/topic",
    params: { form: { kind: "input" } },
  },
  {
    code: "BAD_VALUE",
    draft: steps(search, agent("b", { dependsOn: "find" })),
    at: "/steps/1/dependsOn",
    params: { form: { kind: "list" } },
  },
  {
    code: "BAD_VALUE",
    draft: steps(agent("b", { retry: { attempts: 0 } })),
    at: "/steps/0/retry/attempts",
    params: { form: { kind: "least", limit: 1 } },
  },
  {
    code: "UNKNOWN_FIELD",
    draft: steps({ id: "a", tool: "search", with: { query: "q" }, limit: 3 }),
    at: "/steps/0/limit",
    params: { tool: "search" },
  },
  { code: "BAD_VALUE", draft: { steps: [search], answer: "short" }, at: "/answer" },
  { code: "MISSING_FIELD", draft: {}, at: "" },
  { code: "MISSING_FIELD", draft: steps({ agent: "Say hello." }), at: "/steps/0", params: { field: "id" } },
  {
    code: "UNKNOWN_FIELD",
    draft: { steps: [search], goall: "x" },
    at: "/goall",
    params: { field: "goall", near: ["goal"] },
  },
  {
    code: "UNKNOWN_FIELD",
    draft: steps({ ...search, dependOn: [] }),
    at: "/steps/0/dependOn",
    params: { near: ["dependsOn"] },
  },
  { code: "UNKNOWN_FIELD", draft: steps(agent("a", { retry: { tries: 3 } })), at: "/steps/0/retry/tries" },
  { code: "WRONG_KIND", draft: steps({ id: "a" }), at: "/steps/0", params: { kinds: [] } },
  {
    code: "WRONG_KIND",
    draft: steps({ id: "a", tool: "search", agent: "Look." }),
    at: "/steps/0",
    params: { kinds: ["tool", "agent"] },
  },
  { code: "BAD_ID", draft: steps(agent("Step-1")), at: "/steps/0/id" },
  { code: "BAD_ID", draft: { steps: [search], inputs: { "a b": { type: "string" } } }, at: "/inputs/a b" },
  { code: "RESERVED_ID", draft: steps(agent("output")), at: "/steps/0/id" },
  { code: "RESERVED_ID", draft: steps(agent("string")), at: "/steps/0/id" },
  {
    code: "RESERVED_ID",
    draft: steps(search, agent("b", { forEach: "${{ find.results }}", as: "inputs" })),
    at: "/steps/1/as",
  },
  { code: "DUPLICATE_ID", draft: steps(search, { ...search }), at: "/steps/1/id" },
  {
    code: "AS_IS_STEP",
    draft: steps(search, agent("b", { forEach: "${{ find.results }}", as: "find" })),
    at: "/steps/1/as",
  },
  {
    code: "UNKNOWN_TOOL",
    draft: steps({ id: "a", tool: "serch", with: { query: "q" } }),
    at: "/steps/0/tool",
    params: { near: ["search", "web_search"] },
  },
  {
    code: "UNKNOWN_TOOL",
    draft: steps({ id: "a", tool: "Text-to-Speech", with: { text: "q" } }),
    at: "/steps/0/tool",
    params: { near: expect.arrayContaining(["Text-to-Audio"]) as string[] },
  },
  { code: "UNKNOWN_TOOL", draft: steps(agent("a", { tools: ["search", "browse"] })), at: "/steps/0/tools/1" },
  {
    code: "MISSING_ARGUMENT",
    draft: steps({ id: "a", tool: "search" }),
    at: "/steps/0/with",
    params: { argument: "query" },
  },
  {
    code: "UNKNOWN_ARGUMENT",
    draft: steps({ id: "a", tool: "search", with: { query: "q", limits: 3 } }),
    at: "/steps/0/with/limits",
    params: { near: ["limit"] },
  },
  {
    code: "ARGUMENT_TYPE",
    draft: steps({ id: "a", tool: "search", with: { query: "q", limit: "3" } }),
    at: "/steps/0/with/limit",
    params: { instead: { kind: "no-quotes", value: 3 } },
  },
  {
    code: "ARGUMENT_TYPE",
    draft: steps(search, { id: "b", tool: "summarize", with: { text: "${{ find.results }}" } }),
    at: "/steps/1/with/text",
  },
  {
    code: "ARGUMENT_TYPE",
    draft: steps(
      { id: "n", tool: "calculate", with: { expression: "1" } },
      { id: "b", tool: "summarize", with: { text: "${{ n }}" } },
    ),
    at: "/steps/1/with/text",
    params: { instead: { kind: "text", source: "n" } },
  },
  {
    code: "ARGUMENT_TYPE",
    draft: steps(search, { id: "b", tool: "summarize", with: { text: "${{ find }}" } }),
    at: "/steps/1/with/text",
    params: { instead: { kind: "inside-text", source: "find" } },
  },
  {
    code: "ARGUMENT_TYPE",
    draft: steps(
      { id: "p", tool: "fetch_url", with: { url: "u" } },
      { id: "b", tool: "search", with: { query: "x", limit: "${{ p }}" } },
    ),
    at: "/steps/1/with/limit",
    params: { instead: { kind: "field", source: "p", field: "status" } },
  },
  {
    code: "UNKNOWN_REFERENCE",
    draft: steps(search, agent("b", with1("${{ steps.find.output.results }}"))),
    at: "/steps/1/with/data",
    params: { name: "steps", meant: "steps" },
  },
  {
    code: "UNKNOWN_REFERENCE",
    draft: steps(search, agent("b", with1("${{ fnd.results }}"))),
    at: "/steps/1/with/data",
    params: { name: "fnd", near: ["find"] },
  },
  {
    code: "UNKNOWN_REFERENCE",
    draft: steps(agent("b", with1(["${{ item }}"]))),
    at: "/steps/0/with/data/0",
    params: { name: "item", meant: "item" },
  },
  {
    code: "UNKNOWN_REFERENCE",
    draft: { inputs: { salary: { default: 1 } }, steps: [agent("b", with1("${{ salary }}"))] },
    at: "/steps/0/with/data",
    params: { name: "salary", meant: "input" },
  },
  { code: "SELF_REFERENCE", draft: steps(agent("b", with1("${{ b }}"))), at: "/steps/0/with/data" },
  { code: "SELF_REFERENCE", draft: steps(agent("b", { dependsOn: ["b"] })), at: "/steps/0/dependsOn/0" },
  { code: "BAD_EXPRESSION", draft: steps(search, agent("b", with1("${{ find. }}"))), at: "/steps/1/with/data" },
  { code: "BAD_EXPRESSION", draft: steps(search, agent("b", with1("${{ find"))), at: "/steps/1/with/data" },
  {
    code: "BAD_EXPRESSION",
    draft: steps(search, agent("b", { when: "find.results" })),
    at: "/steps/1/when",
    params: { instead: "${{ find.results }}" },
  },
  {
    code: "REFERENCE_PLACE",
    draft: steps(search, { id: "b", agent: "Read ${{ find.results }} and say what matters.", dependsOn: ["find"] }),
    at: "/steps/1/agent",
  },
  {
    code: "REFERENCE_PLACE",
    draft: steps(search, { id: "b", tool: "${{ find.results[0].title }}" }),
    at: "/steps/1/tool",
  },
  {
    code: "REFERENCE_PLACE",
    draft: { steps: [search], answer: { instructions: "Say ${{ find }}" } },
    at: "/answer/instructions",
  },
  { code: "PATH_NOT_IN_TYPE", draft: steps(search, agent("b", with1("${{ find.hits }}"))), at: "/steps/1/with/data" },
  {
    code: "CYCLE",
    draft: steps(agent("a", with1("${{ b }}")), agent("b", with1("${{ a }}"))),
    at: "/steps/0",
    params: { path: ["a", "b", "a"] },
  },
  {
    code: "CYCLE",
    draft: steps(agent("a", { dependsOn: ["b"] }), agent("b", { dependsOn: ["a"] })),
    at: "/steps/0",
    params: { path: ["a", "b", "a"] },
  },
  {
    code: "CONTRADICTING_ORDER",
    draft: steps(agent("a", { dependsOn: ["b"] }), agent("b", with1("${{ a }}"))),
    at: "/steps/0/dependsOn/0",
    params: { from: "a", to: "b" },
  },
  {
    code: "UNKNOWN_DEPENDENCY",
    draft: steps(search, agent("b", { dependsOn: ["fin"] })),
    at: "/steps/1/dependsOn/0",
    params: { name: "fin", near: ["find"] },
  },
  {
    code: "UNKNOWN_INPUT",
    draft: { inputs: { salary: { default: 1 } }, steps: [agent("b", with1("${{ inputs.salery }}"))] },
    at: "/steps/0/with/data",
    params: { name: "salery", near: ["salary"] },
  },
  {
    code: "UNKNOWN_INPUT",
    draft: { inputs: { salary: { default: 1 } }, steps: [search] },
    at: "/inputs",
    options: { inputs: { salry: 2 } },
    params: { near: ["salary"] },
    severity: "warning",
  },
  {
    code: "MISSING_INPUT",
    draft: { inputs: { salary: { type: "number" } }, steps: [search] },
    at: "/inputs/salary",
    options: { inputs: {} },
  },
  {
    code: "INPUT_TYPE",
    draft: { inputs: { salary: { type: "number" } }, steps: [search] },
    at: "/inputs/salary",
    options: { inputs: { salary: "much" } },
  },
  {
    code: "INPUT_TYPE",
    draft: { inputs: { salary: { type: "number", default: "much" } }, steps: [search] },
    at: "/inputs/salary/default",
  },
  {
    code: "FOREACH_NOT_A_LIST",
    draft: steps(search, agent("b", { forEach: "${{ find }}" })),
    at: "/steps/1/forEach",
    params: { type: expect.any(String) as string },
  },
  {
    code: "SUBPLAN_DEPTH",
    draft: steps(search, subPlan()),
    at: "/steps/1",
    params: { step: "order", most: 3 },
    options: { within: { depth: 3, goals: ["One", "Two", "Three"] } },
  },
  {
    code: "SUBPLAN_REPEATS",
    draft: { goal: " order  WHAT is\nmissing.", ...steps(search, subPlan()) },
    at: "/steps/1/plan",
    params: { of: "plan" },
  },
  {
    code: "SUBPLAN_REPEATS",
    draft: steps(search, subPlan()),
    at: "/steps/1/plan",
    params: { of: "above" },
    options: { goal: "Order it", within: { depth: 1, goals: ["ORDER what is missing."] } },
  },
  {
    code: "SUBPLAN_BUDGET",
    draft: steps(search, subPlan({ budget: { modelCalls: 9, tokens: 500 } })),
    at: "/steps/1/budget/modelCalls",
    params: { share: 9, most: 8 },
    options: { budget: { modelCalls: 8, tokens: 500, costUsd: null } },
  },
  { code: "SUBPLAN_BUDGET", draft: steps(search, subPlan({ budget: { costUsd: 0 } })), at: "/steps/1/budget/costUsd" },
  { code: "BAD_VALUE", draft: steps(search, subPlan({ budget: { costUsd: -1 } })), at: "/steps/1/budget/costUsd" },
  { code: "UNKNOWN_FIELD", draft: steps(search, subPlan({ budget: { usd: 1 } })), at: "/steps/1/budget/usd" },
  { code: "UNKNOWN_TOOL", draft: steps(search, subPlan({ tools: ["serch"] })), at: "/steps/1/tools/0" },
  {
    code: "REFERENCE_PLACE",
    draft: steps(search, { id: "a", plan: "Order ${{ find.results }}." }),
    at: "/steps/1/plan",
  },
  {
    code: "NO_HANDOFF",
    draft: steps(search, agent("a", with1("${{ find }}")), { id: "b", plan: "Order it." }),
    at: "/steps/2",
    severity: "warning",
  },
  {
    code: "REPEAT_PLACE",
    draft: steps(search, agent("b", { forEach: "${{ find.results }}", repeat: REPEAT })),
    at: "/steps/1/repeat",
    params: { beside: "forEach" },
  },
  {
    code: "REPEAT_PLACE",
    draft: steps({ id: "a", ask: "Which?", repeat: REPEAT }),
    at: "/steps/0/repeat",
    params: { beside: "ask" },
  },
  {
    code: "CONDITION_NOT_BOOLEAN",
    draft: steps(agent("a", { with: { x: "${{ previous }}" }, repeat: { until: "${{ output }}", most: 3 } })),
    at: "/steps/0/repeat/until",
  },
  {
    code: "SELF_REFERENCE",
    draft: steps(agent("a", { with: { x: "${{ previous }}" }, repeat: { until: "${{ a != '' }}", most: 3 } })),
    at: "/steps/0/repeat/until",
  },
  {
    code: "UNKNOWN_REFERENCE",
    draft: steps(agent("a", { with: { x: "${{ previous }}" } })),
    at: "/steps/0/with/x",
    params: { name: "previous", meant: "round" },
  },
  {
    code: "POSSIBLY_NULL",
    draft: steps(agent("a", { output: "{ text: string }", with: { x: "${{ previous.text }}" }, repeat: TEXT })),
    at: "/steps/0/with/x",
    severity: "warning",
  },
  { code: "BAD_VALUE", draft: steps(agent("a", { repeat: { ...REPEAT, most: 1 } })), at: "/steps/0/repeat/most" },
  {
    code: "BAD_VALUE",
    draft: steps(agent("a", { repeat: { ...REPEAT, most: LIMITS.rounds + 1 } })),
    at: "/steps/0/repeat/most",
    params: { form: { kind: "most", limit: LIMITS.rounds } },
  },
  { code: "MISSING_FIELD", draft: steps(agent("a", { repeat: { most: 3 } })), at: "/steps/0/repeat" },
  {
    code: "RESERVED_ID",
    draft: steps(agent("round"), agent("b", { with: { x: "${{ previous }}" }, repeat: REPEAT })),
    at: "/steps/0/id",
  },
  {
    code: "UNTIL_NEVER_CHANGES",
    draft: steps(
      search,
      agent("b", { with: { x: "${{ previous }}" }, repeat: { until: "${{ size(find.results) > 1 }}", most: 3 } }),
    ),
    at: "/steps/1/repeat/until",
    severity: "warning",
  },
  {
    code: "ROUNDS_ALIKE",
    draft: steps({ ...search, repeat: { until: "${{ size(output.results) > 1 }}", most: 3 } }),
    at: "/steps/0/with",
    severity: "warning",
    params: { step: "find", tool: "search" },
  },
  { code: "BAD_TYPE", draft: steps(agent("a", { output: "List[name]" })), at: "/steps/0/output" },
  {
    code: "OUTPUT_DESCRIBED",
    draft: steps(agent("a", { output: "a list of names" })),
    at: "/steps/0/output",
    severity: "warning",
  },
  {
    code: "OUTPUT_DESCRIBED",
    draft: steps({ ...search, output: "a list of names" }),
    at: "/steps/0/output",
    severity: "warning",
    params: { tool: "search" },
  },
  { code: "BAD_TYPE", draft: steps(agent("a", { output: "never" })), at: "/steps/0/output", params: { type: "never" } },
  { code: "BAD_TYPE", draft: steps(agent("a", { output: { enum: [] } })), at: "/steps/0/output" },
  { code: "BAD_TYPE", draft: steps(agent("a", { output: "{ a: number, b: never }" })), at: "/steps/0/output" },
  { code: "BAD_TYPE", draft: { inputs: { x: { type: "strng[" } }, steps: [search] }, at: "/inputs/x/type" },
  {
    code: "ARGUMENT_TYPE",
    draft: {
      inputs: { city: { type: "string" } },
      steps: [{ id: "a", tool: "calculate", with: { expression: "${{ inputs }}" } }],
    },
    at: "/steps/0/with/expression",
    params: { found: { type: "{ city: string }" } },
  },
  {
    code: "TYPE_MISMATCH",
    draft: steps(
      { ...search, id: "a", tool: "calculate", with: { expression: "2" } },
      agent("b", with1("${{ (a == null ? a : a).map(x, x) }}")),
    ),
    at: "/steps/1/with/data",
    params: { by: "map" },
  },
  {
    code: "OUTPUT_TYPE",
    draft: steps({ id: "n", tool: "calculate", with: { expression: "1" }, output: "string" }),
    at: "/steps/0/output",
  },
  {
    code: "CONDITION_NOT_BOOLEAN",
    draft: steps(search, agent("b", { when: "${{ find.results }}" })),
    at: "/steps/1/when",
    params: { compare: "list" },
  },
  { code: "CONDITION_NOT_BOOLEAN", draft: steps(agent("b", { expect: "${{ output }}" })), at: "/steps/0/expect" },
  {
    code: "MAY_BE_SKIPPED",
    draft: steps(agent("a", { optional: true }), { id: "b", tool: "summarize", with: { text: "${{ a }}" } }),
    at: "/steps/1/with/text",
    severity: "warning",
  },
  {
    code: "MAY_BE_SKIPPED",
    draft: { steps: [agent("a", { optional: true })], answer: { value: "${{ a }}" } },
    at: "/answer/value",
  },
  {
    code: "NULL_IN_TEXT",
    draft: steps(
      { id: "a", agent: "Give the age, if any is known.", output: "number | null" },
      agent("b", with1("age: ${{ a }}")),
    ),
    at: "/steps/1/with/data",
    severity: "warning",
  },
  {
    code: "POSSIBLY_NULL",
    draft: steps({ id: "a", tool: "lookup", with: { name: "x" } }, agent("b", with1("${{ a.age }}"))),
    at: "/steps/1/with/data",
    severity: "warning",
  },
  {
    code: "INTEGER_DIVISION",
    draft: steps(agent("b", with1("${{ 7 / 2 }}"))),
    at: "/steps/0/with/data",
    severity: "warning",
  },
  {
    code: "UNUSED_STEP",
    draft: { steps: [search, agent("b")], answer: { from: ["b"] } },
    at: "/steps/0",
    severity: "warning",
  },
  { code: "NO_TEXT", draft: steps({ id: "a", agent: "Step 1" }), at: "/steps/0/agent", severity: "warning" },
  { code: "NO_ORDER", draft: steps(agent("a"), agent("b")), at: "/steps", severity: "warning" },
  {
    code: "NO_HANDOFF",
    draft: steps(search, agent("b"), agent("c", { dependsOn: ["find"] })),
    at: "/steps/1",
    severity: "warning",
  },
  { code: "UNKNOWN_STEP", draft: { steps: [search], answer: { from: ["fnd"] } }, at: "/answer/from/0" },
];

describe("each finding", () => {
  test.each(CASES.map((one, i) => [`${one.code} (${i})`, one] as const))("%s", (_name, one) => {
    const result = check(one.draft, SAMPLE, one.options);
    const all = result.findings.map(findingText).join("\n");
    const found = result.findings.find(({ code, where }) => code === one.code && where.pointer === one.at);
    expect(found, all).toBeDefined();
    expect(found?.severity).toBe(one.severity ?? "error");
    expect(result.ok, all).toBe(one.severity === "warning");
    if (one.params !== undefined) expect(found).toMatchObject({ params: one.params });
  });

  test.each(
    CASES.filter(({ code }) => !/REFERENCE_PLACE|UNUSED/.test(code)).map(
      (one, i) => [`${one.code} (${i})`, one] as const,
    ),
  )("%s comes alone", (_name, one) => {
    const { findings } = check(one.draft, SAMPLE, one.options);
    expect(findings.map(findingText)).toHaveLength(1);
  });
});

test("five defects give five findings in one round", () => {
  const draft = {
    steps: [
      { id: "find", tool: "serch", with: { query: "q" } },
      { id: "count", tool: "calculate", with: {} },
      { id: "read", agent: "Read the data and say what matters.", with: { data: "${{ fnid }}" }, colour: "red" },
      { id: "last", tool: "summarize", with: { text: 7 }, dependsOn: ["nobody"] },
    ],
  };
  const codes = check(draft, SAMPLE).findings.map(({ code }) => code);
  expect(codes.sort()).toEqual([
    "ARGUMENT_TYPE",
    "MISSING_ARGUMENT",
    "UNKNOWN_DEPENDENCY",
    "UNKNOWN_FIELD",
    "UNKNOWN_REFERENCE",
    "UNKNOWN_TOOL",
  ]);
});

test("what nobody uses is said in the same round as errors that do not hide it", () => {
  const draft = {
    steps: [
      { id: "find", tool: "serch", with: { query: "q" } },
      agent("notes"),
      agent("last", { with: { data: "${{ find }}", more: "${{ 1 + 'a' }}" } }),
    ],
    answer: { from: ["last"] },
  };
  const codes = check(draft, SAMPLE).findings.map(({ code }) => code);
  expect(codes).toEqual(["UNKNOWN_TOOL", "TYPE_MISMATCH", "UNUSED_STEP"]);
});

test("warnings never crowd an error out", () => {
  const optional = Array.from({ length: 600 }, (_, i) => agent(`s${i}`, { optional: true }));
  const readers = optional.map((_, i) => ({ id: `t${i}`, tool: "summarize", with: { text: `\${{ s${i} }}` } }));
  const draft = { steps: [...optional, ...readers], answer: { value: "${{ s1 }}" } };
  const result = check(draft, SAMPLE, { limits: { steps: 2_000 } });
  expect(result).toMatchObject({ ok: false });
  expect(result.findings).toHaveLength(500);
  expect(result.findings[0]).toMatchObject({ code: "MAY_BE_SKIPPED", severity: "error" });
});

test("a type that takes too long to compare is not known, and no error", () => {
  let type: object = { type: "string" };
  let other: object = { type: "string" };
  for (let depth = 0; depth < 11; depth++) {
    const of = (inner: object, name: string): object => ({
      anyOf: ["x", "y"].map((tag) => ({
        type: "object",
        properties: { [name]: inner, tag: { const: tag } },
        required: [name, "tag"],
      })),
    });
    [type, other] = [of(type, "a"), of(other, depth === 0 ? "b" : "a")];
  }
  const reads = { name: "reads", description: "Reads it.", input: { properties: { it: type }, type: "object" } };
  const inventory = { tools: [{ ...reads, effects: "none" as const }] };
  const steps = [
    { id: "it", agent: "Make one.", output: other },
    { id: "read", tool: "reads", with: { it: "${{ it }}" } },
  ];
  expect(check({ steps }, inventory as Inventory).findings.map(({ code }) => code)).toEqual([]);
});

test("a step that refers to a skippable one is skippable itself", () => {
  const draft = {
    steps: [
      { id: "third", tool: "summarize", with: { text: "${{ second }}" } },
      { id: "second", tool: "summarize", with: { text: "${{ first }}" } },
      { id: "first", agent: "Find a text about the topic.", optional: true },
    ],
  };
  const places = check(draft, SAMPLE).findings.map(({ code, where }) => `${code} ${where.pointer}`);
  expect(places.sort()).toEqual(["MAY_BE_SKIPPED /steps/0/with/text", "MAY_BE_SKIPPED /steps/1/with/text"]);
});

test("positions are added where the text is known", () => {
  const result = check({ steps: [] }, SAMPLE, { locate: () => ({ line: 3, column: 7 }) });
  expect(result.findings[0]?.where).toEqual({ pointer: "/steps", line: 3, column: 7 });
});
