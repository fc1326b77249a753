// The difference of a new revision, as a person sees it.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { LIMITS } from "../../src/limits.js";
import { check } from "../../src/plan/check/check.js";
import { completeStep } from "../../src/plan/complete.js";
import { diffPlans, diffText } from "../../src/plan/revise/diff.js";
import { type DraftStep, type Plan } from "../../src/plan/plan.js";
import { SAMPLE } from "./sample-inventory.js";

function planOf(draft: object): Plan {
  const result = check(draft, SAMPLE, { goal: "Compare companies." });
  if (!result.ok) throw new Error(JSON.stringify(result.findings));
  return result.plan;
}
const find = { id: "find", title: "Search", tool: "search", with: { query: "companies", limit: 5 } };
const read = { id: "read", title: "Read", agent: "Say what matters.", with: { hits: "${{ find.results }}" } };
const sum = { id: "sum", title: "Sum up", tool: "calculate", with: { expression: "1 + 1" } };

const before = planOf({ steps: [find, read, sum], inputs: { n: { default: 1 } } });
const after = planOf({
  goal: "Compare them.",
  inputs: { n: { default: 2 }, m: { default: 3 } },
  steps: [
    { ...find, with: { query: "top companies" }, timeout: "20s" },
    { id: "page", title: "Read a page", tool: "fetch_url", with: { url: "${{ find.results[0].url }}" } },
    { ...sum, onFailure: "skip" },
  ],
  answer: { value: "${{ page.text }}" },
});

describe("diffPlans", () => {
  test("steps by id, fields one by one, as a person would write them", () => {
    expect(diffPlans(before, after)).toEqual({
      plan: [
        { field: "goal", before: "Compare companies.", after: "Compare them." },
        { field: "inputs.n", before: { default: 1 }, after: { default: 2 } },
        { field: "inputs.m", after: { default: 3 } },
        { field: "answer.value", after: "${{ page.text }}" },
      ],
      dropped: [read],
      added: [{ id: "page", title: "Read a page", tool: "fetch_url", with: { url: "${{ find.results[0].url }}" } }],
      changed: [
        {
          id: "find",
          title: "Search",
          fields: [
            { field: "with.query", before: "companies", after: "top companies" },
            { field: "with.limit", before: 5 },
            { field: "timeout", after: "20000ms" },
          ],
        },
        { id: "sum", title: "Sum up", fields: [{ field: "onFailure", after: "skip" }] },
      ],
      unchanged: [],
    });
  });

  test("steps that only moved, and defaults that are only written out, are unchanged", () => {
    const moved = planOf({
      steps: [sum, { ...find, retry: { attempts: 4 }, optional: false, dependsOn: [] }, read],
      inputs: { n: { default: 1 } },
    });
    const diff = diffPlans(before, moved);
    expect(diff).toEqual({ plan: [], dropped: [], added: [], changed: [], unchanged: ["sum", "find", "read"] });
    expect(diffText(diff)).toBe("The plans do not differ.\n");
  });

  test("an answer from named steps is not the answer from all outputs", () => {
    const named = planOf({
      steps: [find, read, sum],
      inputs: { n: { default: 1 } },
      answer: { from: ["read", "sum"] },
    });
    expect(diffPlans(before, named).plan).toEqual([{ field: "answer.from", after: ["read", "sum"] }]);
  });

  test("another kind of step is a change of its fields", () => {
    const asked = planOf({ steps: [find, read, { id: "sum", title: "Sum up", ask: "How much?" }] });
    expect(diffPlans(planOf({ steps: [find, read, sum] }), asked).changed).toEqual([
      {
        id: "sum",
        title: "Sum up",
        fields: [
          { field: "ask", after: "How much?" },
          { field: "tool", before: "calculate" },
          { field: "with.expression", before: "1 + 1" },
        ],
      },
    ]);
  });

  test("an empty type is not no type", () => {
    const typed = (output?: object): Plan => planOf({ steps: [{ ...read, with: {}, ...(output && { output }) }] });
    expect(diffPlans(typed(), typed({})).changed[0]?.fields).toEqual([{ field: "output", after: {} }]);
  });
});

const KNOWN: readonly DraftStep[] = ["a", "b", "c", "d", "e", "f"].flatMap((id) => [
  { id, tool: "calculate", with: { expression: "1" } },
  { id, agent: "Look." },
]);
const anyPlan = fc
  .uniqueArray(fc.constantFrom(...KNOWN), { selector: ({ id }) => id })
  .map((steps): Plan => ({ goal: "", inputs: {}, steps: steps.map(completeStep), answer: { kind: "from", from: [] } }));

test("every step of both plans is spoken of once, and the way back is the mirror image", () => {
  fc.assert(
    fc.property(anyPlan, anyPlan, (one, other) => {
      const [there, back] = [diffPlans(one, other), diffPlans(other, one)];
      const changed = there.changed.map(({ id }) => id);
      const ids = [...there.added.map(({ id }) => id), ...changed, ...there.unchanged];
      expect(ids.sort()).toEqual(other.steps.map(({ id }) => id).sort());
      expect(there.added).toEqual(back.dropped);
      expect(there.dropped).toEqual(back.added);
      expect(changed.sort()).toEqual(back.changed.map(({ id }) => id).sort());
      expect(diffPlans(one, one).unchanged).toHaveLength(one.steps.length);
    }),
  );
});

describe("diffText", () => {
  const grown = planOf({ steps: [find, read, sum, { ...sum, id: "more" }], inputs: { n: { default: 1 } } });

  test("the whole of it", () => {
    expect(diffText(diffPlans(before, after))).toBe(
      [
        '- goal: "Compare companies."',
        '+ goal: "Compare them."',
        '- inputs.n: {"default":1}',
        '+ inputs.n: {"default":2}',
        '+ inputs.m: {"default":3}',
        '+ answer.value: "${{ page.text }}"',
        "- read: Read",
        "~ find: Search",
        '    - with.query: "companies"',
        '    + with.query: "top companies"',
        "    - with.limit: 5",
        '    + timeout: "20000ms"',
        "~ sum: Sum up",
        '    + onFailure: "skip"',
        "+ page: Read a page",
        '    + tool: "fetch_url"',
        '    + with.url: "${{ find.results[0].url }}"',
        "",
      ].join("\n"),
    );
    expect(diffText(diffPlans(before, grown))).toMatch(/^  3 steps unchanged$/m);
  });

  test("of two long values, the part that differs is shown", () => {
    const long = (end: string): Plan => planOf({ steps: [{ id: "a", title: "A", agent: "Look. ".repeat(200) + end }] });
    const lines = diffText(diffPlans(long("Say yes, and why."), long("Say no, and why."))).split("\n");
    expect(lines.filter((line) => line.length > LIMITS.diffChars + 30)).toEqual([]);
    expect(lines[1]).toMatch(/^ {4}- agent: ….*Say yes, and why\."$/);
    expect(lines[2]).toMatch(/^ {4}\+ agent: ….*Say no, and why\."$/);
  });

  test("a difference in the middle of long values is shown with what is around it", () => {
    const long = (word: string): Plan =>
      planOf({ steps: [{ id: "a", title: "A", agent: `${"Look. ".repeat(99)}${word} ${"Write. ".repeat(99)}` }] });
    const [, minus, plus] = diffText(diffPlans(long("yes"), long("no"))).split("\n");
    expect(minus).toMatch(/…(?:.*)Look\. yes Write\..*…$/);
    expect(plus).toMatch(/…(?:.*)Look\. no Write\..*…$/);
  });

  test("nothing in a plan steers the terminal, breaks a line or turns the text around", () => {
    const hostile = "\u001b[2J\u009b31m\n+ fake: step\u202e\u2028\r";
    const plan = planOf({
      steps: [{ id: "a", title: hostile, agent: `Say ${hostile}.`, with: { [hostile]: hostile } }],
    });
    const text = diffText(diffPlans(before, plan));
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2028]/);
    expect(text.split("\n").filter((line) => line.startsWith("+ "))).toEqual([expect.stringMatching(/^\+ a: /)]);
  });
});
