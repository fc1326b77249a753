// The graph of a plan: its dependencies, and its drawings.
import { describe, expect, test } from "vitest";
import { check } from "../../src/plan/check/check.js";
import { completeStep } from "../../src/plan/complete.js";
import {
  answerNeedsOf,
  contextNeedsOf,
  cycleIn,
  dataNeedsOf,
  descendantsOf,
  edgesOf,
  graphAscii,
  graphMermaid,
  needsOf,
  wavesOf,
} from "../../src/plan/graph.js";
import { type Plan, type Step } from "../../src/plan/plan.js";
import { SAMPLE } from "./sample-inventory.js";

function planOf(steps: object[], answer?: object): Plan {
  const result = check({ steps, ...(answer === undefined ? {} : { answer }) }, SAMPLE);
  if (!result.ok) throw new Error(JSON.stringify(result.findings));
  return result.plan;
}
const find = { id: "find", title: 'Look "it" up', tool: "search", with: { query: "q" } };
const more = { id: "more", tool: "web_search", with: { query: "q" } };
const read = {
  id: "read",
  agent: "Read each result with the rest in mind.",
  when: "${{ more != '' }}",
  forEach: "${{ find.results }}",
  as: "hit",
  with: { url: "${{ hit.url }}", n: "${{ index }}", who: "${{ inputs.who }}" },
  expect: "${{ output != '' }}",
  dependsOn: ["find", "first"],
};
const first = { id: "first", tool: "calculate", with: { expression: "1" } };
const last = { id: "last", tool: "calculate", with: { expression: "2" }, dependsOn: ["read"] };

function whole(): Plan {
  const result = check({ inputs: { who: { default: "me" } }, steps: [find, more, first, read, last] }, SAMPLE);
  if (!result.ok) throw new Error(JSON.stringify(result.findings));
  return result.plan;
}
const stepOf = (plan: Plan, id: string): Step => plan.steps.find((step) => step.id === id)!;

describe("needs", () => {
  test("dependsOn first, then references, each once, without inputs, index, output and the item", () => {
    const step = stepOf(whole(), "read");
    expect(needsOf(step)).toEqual(["find", "first", "more"]);
    expect(dataNeedsOf(step)).toEqual(["more", "find"]);
  });

  test("a direct step takes no data from what it only comes after", () => {
    const plan = whole();
    expect(contextNeedsOf(stepOf(plan, "last"))).toEqual([]);
    expect(contextNeedsOf(stepOf(plan, "read"))).toEqual(["find", "first", "more"]);
  });

  test("an answer needs what it names or refers to", () => {
    expect(answerNeedsOf(planOf([find, first], { from: ["find", "first"] }))).toEqual(["find", "first"]);
    expect(answerNeedsOf(planOf([find, first], { value: { a: "${{ find }}", b: ["${{ first }}"] } }))).toEqual([
      "find",
      "first",
    ]);
  });

  test("edges say whether data goes over them", () => {
    expect(edgesOf(whole())).toEqual([
      { from: "find", to: "read", kind: "data" },
      { from: "first", to: "read", kind: "order" },
      { from: "more", to: "read", kind: "data" },
      { from: "read", to: "last", kind: "order" },
    ]);
  });

  test("descendants: whatever waits for a step, over references or order", () => {
    expect([...descendantsOf(whole(), "find")]).toEqual(["read", "last"]);
    expect([...descendantsOf(whole(), "last")]).toEqual([]);
    expect([...descendantsOf(whole(), "nobody")]).toEqual([]);
  });

  test("descendants in a row of 100,000 steps, and in a circle", () => {
    const row = Array.from({ length: 100_000 }, (_, i) =>
      completeStep({ id: `s${i}`, tool: "calculate", dependsOn: i === 0 ? [] : [`s${i - 1}`] }),
    );
    expect(descendantsOf({ steps: row }, "s0").size).toBe(99_999);
    const circle = ["a", "b"].map((id) => completeStep({ id, agent: "Look.", dependsOn: [id === "a" ? "b" : "a"] }));
    expect([...descendantsOf({ steps: circle }, "a")]).toEqual(["b"]);
  });

  test("waves", () => {
    expect(wavesOf(whole())).toEqual([["find", "more", "first"], ["read"], ["last"]]);
  });
});

describe("cycles", () => {
  const over = (needs: Record<string, string[]>): string[] | undefined =>
    cycleIn(Object.keys(needs), (id) => needs[id] ?? []);
  test("none", () => {
    expect(over({ a: [], b: ["a"], c: ["a", "b"] })).toBeUndefined();
  });
  test("the path, without the way to it", () => {
    expect(over({ z: ["a"], a: ["b"], b: ["c"], c: ["a"] })).toEqual(["a", "b", "c", "a"]);
  });
  test("a step that needs itself", () => {
    expect(over({ a: ["a"] })).toEqual(["a", "a"]);
  });
  test("100,000 steps in a ring", () => {
    const ids = Array.from({ length: 100_000 }, (_, i) => `s${i}`);
    const ring = (id: string): string[] => [ids[(Number(id.slice(1)) + 1) % ids.length]!];
    expect(cycleIn(ids, ring)).toHaveLength(100_001);
    const row = (id: string): string[] => (id === "s99999" ? [] : ring(id));
    expect(cycleIn(ids, row)).toBeUndefined();
  });
});

describe("drawings", () => {
  test("Mermaid, with titles that cannot break out and the status of each step", () => {
    const text = graphMermaid(whole(), (id) => (id === "find" ? "completed" : undefined));
    expect(text).toContain('n_find["find: Look #quot;it#quot; up (completed)"]');
    expect(text).toContain("n_find --> n_read");
    expect(text).toContain("n_first -.-> n_read");
  });

  test("numbered steps in waves", () => {
    expect(graphAscii(whole())).toBe(
      [
        "wave 1",
        '  1. find: Look "it" up',
        "  2. more: web_search",
        "  3. first: calculate",
        "wave 2",
        "  4. read: Read each result with the rest in mind. [for each] <- 1, 3, 2",
        "wave 3",
        "  5. last: calculate <- 4",
        "",
      ].join("\n"),
    );
  });
});
