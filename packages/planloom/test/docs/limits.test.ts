// docs/limits.md is true: every limit stands in it once, with its value, and every code that it names is explained
// elsewhere.
import { expect, test } from "vitest";
import { LIMITS } from "../../src/limits.js";
import { codesOf, document, matches } from "./codes.js";

const page = document("limits.md");
const rows = page.split("\n").flatMap((line) => {
  const [, name = "", value = ""] = /^\| `(\w+)`(?: \*)? \| (\d+) \|/.exec(line) ?? [];
  return name === "" ? [] : [[name, Number(value)] as const];
});

test("every limit stands in it once, with its value", () => {
  expect(Object.fromEntries(rows)).toEqual(LIMITS);
  expect(rows).toHaveLength(Object.keys(LIMITS).length);
});

test("those that can be set are those of the configuration, and the concurrency", () => {
  const keys = matches(document("configuration.md"), /^\| `limits\.(\w+)`/gm);
  expect([...matches(page, /^\| `(\w+)` \*/gm)].sort()).toEqual([...keys, "concurrency"].sort());
});

test("every code that it names is explained", () => {
  const explained = new Set([...codesOf(document("errors.md")), ...codesOf(document("plan-format.md"))]);
  const named = matches(page, /`([A-Z][A-Z0-9]+(?:_[A-Z0-9]+)*)`/g);
  expect(named.length).toBeGreaterThan(30);
  expect(named.filter((code) => !explained.has(code))).toEqual([]);
});
