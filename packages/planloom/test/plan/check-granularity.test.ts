// Plans that are cut too finely or too coarsely, and those that are not.
import { describe, expect, test } from "vitest";
import { check, type CheckOptions } from "../../src/plan/check/check.js";
import { SAMPLE } from "./sample-inventory.js";

const write = (id: string, more: object = {}): object => ({ id, agent: `Write the ${id}.`, ...more });
const search = (id: string): object => ({ id, tool: "search", with: { query: id } });

function advice(draft: object, options: CheckOptions = {}): string[] {
  const { ok, findings } = check(draft, SAMPLE, options);
  expect(ok).toBe(true);
  return findings
    .filter(({ code }) => code.endsWith("DECOMPOSED"))
    .map(({ code, where }) => `${code} ${where.pointer}`);
}

describe("too finely", () => {
  const side = (count: number): object => ({ steps: Array.from({ length: count }, (_, i) => search(`s${i}`)) });

  test.each([
    [undefined, 10, 11],
    ["coarse", 4, 5],
    ["fine", 20, 21],
  ] as const)("%s: %i steps are as wished, %i are not", (granularity, most, more) => {
    const options = granularity === undefined ? {} : { granularity };
    expect(advice(side(most), options)).toEqual([]);
    expect(advice(side(more), options)).toEqual(["OVER_DECOMPOSED /steps"]);
  });

  const chain = (...more: object[]): object => ({
    steps: [
      search("find"),
      write("notes", { with: { results: "${{ find.results }}" }, ...more[0] }),
      write("draft", { with: { notes: "${{ notes }}" }, ...more[1] }),
      write("text", { dependsOn: ["draft"], ...more[2] }),
    ],
  });

  test("three calls in a row that only hand their text on", () => {
    expect(advice(chain())).toEqual(["OVER_DECOMPOSED /steps/1"]);
  });

  test.each([
    ["a tool", { tools: ["search"] }],
    ["all tools", { tools: "all" }],
    ["a type", { output: "{ title: string }" }],
    ["an expectation", { expect: "${{ size(output) > 10 }}" }],
    ["a model of its own", { model: "large" }],
    ["a condition", { when: "${{ size(find.results) > 0 }}" }],
    ["a second source", { dependsOn: ["find"] }],
  ])("not where the step between has %s", (_what, more) => {
    expect(advice(chain({}, more))).toEqual([]);
  });

  test("not where the answer, or another step, is made of a step between", () => {
    expect(advice({ ...chain(), answer: { from: ["notes", "draft", "text"] } })).toEqual([]);
    const { steps } = chain() as { steps: object[] };
    expect(advice({ steps: [...steps, write("title", { dependsOn: ["draft"] })] })).toEqual([]);
  });
});

describe("too coarsely", () => {
  const all = { steps: [write("all", { tools: ["search"] })] };

  test.each([
    "Find the three leading companies. Collect the revenue of each, then write a table.",
    "- Find the companies\n- Compare their revenue\n- Write a table",
    "Find flights to London; find a hotel there; draw up a budget",
  ])("one step for a goal that names several things: %s", (goal) => {
    expect(advice(all, { goal })).toEqual(["UNDER_DECOMPOSED /steps"]);
    expect(advice({ goal, ...all })).toEqual(["UNDER_DECOMPOSED /steps"]);
  });

  test.each([
    "Write a poem about rain.",
    "Compare the revenue, the products and the staff of three companies.",
    "I have a file of sales. It has three columns. The first is the date. Compute the mean of the last.",
    "Find the leading company, and write one paragraph.",
    "",
  ])("not for a goal that names one or two: %s", (goal) => {
    expect(advice(all, { goal })).toEqual([]);
  });

  test("not where there is a step for each, a step with forEach, a direct call, or a coarse plan is wished", () => {
    const goal = "Find the companies. Compare their revenue. Write a table.";
    const three = ["find", "compare", "table"].map((id) => write(id, { tools: ["search"] }));
    expect(advice({ steps: three }, { goal })).toEqual([]);
    expect(advice({ steps: [write("each", { forEach: "${{ ['a', 'b'] }}" })] }, { goal })).toEqual([]);
    expect(advice({ steps: [search("find"), write("rest", { dependsOn: ["find"] })] }, { goal })).toEqual([]);
    expect(advice(all, { goal, granularity: "coarse" })).toEqual([]);
  });
});
