// What the five documents expect of a plan and of its check. Each test quotes the row of the mission that it belongs to.
import { describe, expect, test } from "vitest";
import { check } from "../../src/plan/check/check.js";
import { isUnclear } from "../../src/plan/check/unclear.js";
import { nextFix, planQuality } from "../../src/words/quality.js";
import { SAMPLE } from "./sample-inventory.js";

const codes = (draft: unknown): readonly string[] => check(draft, SAMPLE).findings.map(({ code }) => code);
const quality = (steps: readonly object[]) => {
  const checked = check({ steps }, SAMPLE);
  return planQuality(checked.findings, checked.ok ? checked.plan : undefined);
};

describe("P3: steps clear, order defined, hand-off defined; every problem named together with the next fix", () => {
  const load = { id: "load", agent: "Load the tickets of this week." };
  const count = { id: "count", agent: "Count the tickets of each category.", dependsOn: ["load"], output: "object" };
  const report = { id: "report", agent: "Write a short report.", dependsOn: ["count"] };

  test("a step whose text is unclear: stuff, handle data, go", () => {
    for (const text of ["stuff", "handle data", "Handle the data.", "go", "do stuff", "Process everything", "Step 3"])
      expect([text, isUnclear(text)]).toEqual([text, true]);
    for (const text of ["Count data", "Go through the tickets", "Load", "Daten laden", "处理数据", "Run the tests"])
      expect([text, isUnclear(text)]).toEqual([text, false]);
    expect(codes({ steps: [{ id: "a", agent: "handle data" }] })).toEqual(["NO_TEXT"]);
    const call = { id: "a", tool: "search", with: { query: "tea" } };
    expect(codes({ steps: [{ ...call, description: "stuff" }] })).toEqual(["NO_TEXT"]);
    expect(codes({ steps: [call] })).toEqual([]);
  });

  test("the documents' four sentences begin the next fix, word for word", () => {
    const firsts = [
      quality([{ ...load, agent: "stuff" }, count, report]),
      quality([load, { ...count, dependsOn: [] }, { ...report, dependsOn: [] }]),
      quality([load, count, report, { id: "alone", agent: "Look at the weather." }]),
      quality([load, count, report]),
    ].map((said) => said.nextFix);
    expect(firsts[0]).toMatch(/^First make the step descriptions clear\. /);
    expect(firsts[1]).toMatch(/^First define the execution order\. /);
    expect(firsts[2]).toMatch(/^First clarify how each step’s output is passed to the next step\. /);
    expect(firsts[3]).toBe("The plan is now basically executable.");
  });

  test("a record of the checklist gives its next fix, in the document's names or in ours", () => {
    const record = { steps_clear: true, order_defined: true, handoff_defined: false };
    expect(nextFix(record)).toBe("First clarify how each step’s output is passed to the next step.");
    expect(nextFix({ ...record, order_defined: false })).toBe("First define the execution order.");
    expect(nextFix({ ...record, steps_clear: false })).toBe("First make the step descriptions clear.");
    expect(nextFix({ stepsClear: true, orderDefined: true, handoffDefined: true })).toBe(
      "The plan is now basically executable.",
    );
    for (const odd of [{}, { steps_clear: "yes" }, { steps: true }, null, []])
      expect(() => nextFix(odd as never)).toThrow("steps_clear, order_defined and handoff_defined");
  });

  test("the report names each step and its fault", () => {
    const { faults } = quality([
      { ...load, agent: "stuff" },
      count,
      report,
      { id: "alone", agent: "See the weather." },
    ]);
    expect(faults.map(({ step, about }) => [step, about])).toEqual([
      ["load", "steps"],
      ["alone", "handoff"],
      ["load", "output"],
    ]);
    for (const { message, fix } of faults) expect([message, fix].every((text) => text.endsWith("."))).toBe(true);
    const { findings } = check({ steps: [{ ...load, tool: "search" }] }, SAMPLE);
    expect(planQuality(findings).faults[0]).toMatchObject({ step: 1, about: "steps" });
  });

  test("several steps without order are a warning; independent steps that the answer joins are not", () => {
    const apart = [load, { ...count, dependsOn: [] }, { ...report, dependsOn: [] }];
    expect(codes({ steps: apart })).toEqual(["NO_ORDER"]);
    expect(codes({ steps: apart, answer: { from: ["load", "count", "report"] } })).toEqual([]);
    const vendors = ["first", "second", "third"].map((name) => ({ id: name, agent: `Research the ${name} vendor.` }));
    expect(codes({ steps: vendors })).toEqual([]);
    expect(codes({ steps: [vendors[0], { ...vendors[0], id: "again" }] })).toEqual(["NO_ORDER"]);
    const search = (id: string) => ({ id, tool: "search", with: { query: id } });
    expect(codes({ steps: [search("a"), search("b")] })).toEqual([]);
  });
});
