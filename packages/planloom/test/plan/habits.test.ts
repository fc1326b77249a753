// Habits of other languages in references: the finding writes what is meant.
import { describe, expect, it } from "vitest";
import { check } from "../../src/plan/check/check.js";
import { withoutHabits } from "../../src/plan/expression/habits.js";
import type { Inventory } from "../../src/plan/tool-spec.js";
import { findingText } from "../../src/words/findings.js";

describe("an expression of another language", () => {
  it.each([
    ["a.rows.length", "size(a.rows)"],
    ["a.rows.length > 2 && b.length == 0", "size(a.rows) > 2 && size(b) == 0"],
    ["a.rows.map(r => r.n)", "a.rows.map(r, r.n)"],
    ["a.rows.filter((r) => r.s.length > 2).length", "size(a.rows.filter(r, size(r.s) > 2))"],
    ["a.rows[0].names.length()", "size(a.rows[0].names)"],
    ["a === 'x.length' ? 1 : 2", "a == 'x.length' ? 1 : 2"],
    ["a.some(x => x.ok)", "a.exists(x, x.ok)"],
    ["len(a)", "size(a)"],
    ["{ 'n': a.length }", "{ 'n': size(a) }"],
  ])("%s is meant as %s", (written, meant) => {
    expect(withoutHabits(written)).toBe(meant);
  });

  it.each(["a.rows.map(r, r.n)", "a.reduce((x, y) => x + y, 0)", "=> ", "'a.length'", "a".repeat(2_000) + ".length"])(
    "%s has no better form",
    (written) => expect(withoutHabits(written)).toBeUndefined(),
  );

  it("ends soon for a hostile text", () => {
    expect(withoutHabits("(".repeat(500) + ".length".repeat(60))).toBeUndefined();
  });
});

it("is answered with the replacement", () => {
  const rows = { type: "array", items: { type: "object", properties: { s: { type: "string" } }, required: ["s"] } };
  const inventory: Inventory = {
    tools: [
      { name: "list", description: "d", effects: "none", input: { type: "object" }, output: rows },
      { name: "take", description: "d", effects: "none", input: { type: "object", properties: { v: {} } } },
    ],
  };
  const said = (expression: string): string => {
    const steps = [
      { id: "a", tool: "list" },
      { id: "b", tool: "take", with: { v: `the ${expression}` } },
    ];
    return check({ steps, answer: { from: ["b"] } }, inventory, { goal: "g" })
      .findings.map(findingText)
      .join("\n");
  };
  expect(said("${{ a.length }}")).toContain("Write size(a).");
  expect(said("${{ a.map(r, r.s.length) }}")).toContain("Write size(r.s).");
  expect(said("${{ a.map(r => r.s) }}")).toContain("Write ${{ a.map(r, r.s) }}.");
});
