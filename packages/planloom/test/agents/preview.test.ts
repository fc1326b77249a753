// Previews for a model of values that are too large for its text.
import { expect, test } from "vitest";
import { Previews, textOf } from "../../src/agents/preview.js";
import { LIMITS } from "../../src/limits.js";

test("outputs of a fan-out that are too large together are left out, with a note", () => {
  const item = "x".repeat(LIMITS.valueBytes - 2);
  // 100,000 times the same text: as JSON it would be longer than any text can be.
  const all = new Array<string>(100_000).fill(item);
  expect(textOf(all)).toMatch(/^\[left out: it is larger than \d+ bytes\]$/);
  expect(new Previews().show("facts", all)).toContain("left out");
  expect(textOf([1, 2])).toBe("[1,2]");
});
