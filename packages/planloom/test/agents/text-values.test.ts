// Numbers and booleans that a model wrote as texts become what the type asks for, and nothing else changes.
import { expect, test } from "vitest";
import { withoutTextValues } from "../../src/agents/typed/text-values.js";
import type { Json } from "../../src/plan/json.js";
import { parseType } from "../../src/plan/type/text.js";

test.each<[string, Json, Json]>([
  ["number", "4", 4],
  ["number", " -2.50 ", -2.5],
  ["boolean", "true", true],
  ["{ limit: number, name: string }", { limit: "3", name: "3" }, { limit: 3, name: "3" }],
  ["number[]", ["1", 2, "three"], [1, 2, "three"]],
  ["1 | 2", "2", 2],
  ["number | string", "4", "4"],
  ["any", "4", "4"],
  ["number", "0x10", "0x10"],
  ["number", "4 apples", "4 apples"],
  ["number", "", ""],
  ["number", "007", "007"],
  ["number", "1e400", "1e400"],
  ["number", "12345678901234567890", "12345678901234567890"],
])("%s: %j", (text, value, wanted) => {
  const type = parseType(text);
  if (!type.ok) throw new Error(text);
  expect(withoutTextValues(value, type.type)).toEqual(wanted);
});
