// Texts as values of declared types. In: a type as a plan declares it, and a text. Out: a value, or a refusal with an
// example. A command line, an answer and a file have no types of their own.
import { describe, expect, test } from "vitest";
import { check } from "../../src/plan/check/check.js";
import type { Json } from "../../src/plan/json.js";
import { valueFor, type Declared } from "../../src/plan/type/value-for.js";

const LONG = "9007199254740993";

const FITTING: readonly (readonly [declared: Declared | undefined, text: string, value: Json])[] = [
  ["string", "12345", "12345"],
  ["string", "00501", "00501"],
  ["string", "true", "true"],
  ["string", "null", "null"],
  ["string", "1.10", "1.10"],
  ["string", "12e4567", "12e4567"],
  ["string", LONG, LONG],
  ["string", "", ""],
  ["string", ' 7 "x" ', ' 7 "x" '],
  ["string", "[1, 2]", "[1, 2]"],
  ["string", '"in quotes"', "in quotes"],
  [{ type: "string", pattern: "^[0-9]{5}$" }, "12345", "12345"],
  ["number", "42", 42],
  ["number", " -1.50e2\n", -150],
  ["number", "3.14159265358979323846", Math.PI],
  ["number", "10000000000000000000000", 1e22],
  ["integer", "42", 42],
  ["integer", "4e1", 40],
  [{ type: "integer" }, "-7", -7],
  ["boolean", "false", false],
  ["null", "null", null],
  ['"1" | "2" | "3"', "2", "2"],
  ["1 | 2", "2", 2],
  ['"on" | "off"', "on", "on"],
  [{ enum: ["true", "auto"] }, "true", "true"],
  [{ const: 5 }, "5", 5],
  ["string | null", "12345", "12345"],
  ["string | null", "null", null],
  ["string | number", "12345", 12345],
  ["string | number", "012345", "012345"],
  ["string | number", '"12345"', "12345"],
  ["string | number", LONG, LONG],
  ["string | boolean", "true", true],
  ["Optional[string]", "7", "7"],
  [{ type: ["integer", "null"] }, "null", null],
  [{ type: "string", nullable: true }, "7", "7"],
  ["string[]", '[12345, true, "a", 1.10]', ["12345", "true", "a", "1.10"]],
  ["number[]", "[1, 2.5]", [1, 2.5]],
  ["(string | number)[]", '[1, "2"]', [1, "2"]],
  ["{ zip: string, n: number }", `{"zip": 12345, "n": 2}`, { zip: "12345", n: 2 }],
  ["{ id: string }[]", `[{"id": ${LONG}}]`, [{ id: LONG }]],
  ["Record<string, string>", '{"a": 1, "b": "2"}', { a: "1", b: "2" }],
  ["string | { zip: string }", '{"zip": 1}', '{"zip": 1}'],
  ["unknown", "12345", 12345],
  ["a list of zips", "12345", 12345],
  [undefined, "12345", 12345],
  [undefined, "12.50", 12.5],
  [undefined, "1e3", 1000],
  [undefined, "007", "007"],
  [undefined, "-007", "-007"],
  [undefined, "12e4567", "12e4567"],
  [undefined, "0.12345678901234567890", "0.12345678901234567890"],
  [undefined, LONG, LONG],
  [undefined, "null", null],
  [undefined, "yes", "yes"],
  [undefined, `{"a": [${LONG}, 1e999, 2]}`, { a: [LONG, "1e999", 2] }],
];

test.each(FITTING)("%j takes %j as %j", (declared, text, value) => {
  expect(valueFor(declared, text)).toEqual({ ok: true, value });
});

const UNFITTING: readonly (readonly [declared: Declared, text: string, example: string])[] = [
  ["number", "007", "4.2"],
  ["number", "1,5", "4.2"],
  ["number", "+5", "4.2"],
  ["number", "", "4.2"],
  ["number", '"42"', "4.2"],
  ["number", "1e999", "4.2"],
  ["number", LONG, "4.2"],
  ["integer", "1.5", "42"],
  ["integer", LONG, "42"],
  [{ type: ["integer", "null"] }, "1.5", "42 or null"],
  ["boolean", "yes", "true"],
  ["boolean", "True", "true"],
  ["boolean", "1", "true"],
  ["null", "", "null"],
  ['"on" | "off"', "On", '"on" or "off"'],
  ["1 | 2", "3", "1 or 2"],
  ["number | null", "", "4.2 or null"],
  ["string[]", "a, b", '["text"]'],
  ["number[]", "[1, 02]", "[4.2]"],
  ["{ zip: string, tag?: string }", "12345", '{"zip":"text"}'],
  ["{ n: number }", `{"n": ${LONG}}`, '{"n":4.2}'],
  ["Record<string, boolean>", "{}x", '{"name":true}'],
];

test.each(UNFITTING)("%j refuses %j, and shows how %s is written", (declared, text, example) => {
  expect(valueFor(declared, text)).toMatchObject({
    ok: false,
    example,
    expected: expect.stringMatching(/./) as string,
  });
});

test("an example is a value of its type", () => {
  for (const [declared] of UNFITTING) {
    const refused = valueFor(declared, "\u0001");
    const example = refused.ok ? "" : refused.example.split(" or ")[0]!;
    expect(valueFor(declared, example), JSON.stringify(declared)).toMatchObject({ ok: true });
  }
});

describe("check", () => {
  const fixOf = (type: string, value: Json) => {
    const draft = { inputs: { x: { type } }, steps: [{ id: "a", ask: "?" }], answer: { value: "x" } };
    const found = check(draft, { tools: [] }, { goal: "g", inputs: { x: value } }).findings;
    return found.flatMap((finding) => (finding.code === "INPUT_TYPE" && "params" in finding ? [finding.params] : []));
  };
  test("names an example", () => {
    expect(fixOf("boolean", "yes")).toMatchObject([{ wanted: "boolean", example: "true" }]);
  });
  test("refuses a fraction for an integer", () => {
    expect(fixOf("integer", 1.5)).toMatchObject([{ wanted: "integer", example: "42" }]);
    expect(fixOf("integer", 2)).toEqual([]);
  });
  test("long lists of choices and deep types do not make a long example", () => {
    const choices = Array.from({ length: 60 }, (_, at) => `"choice ${at}"`).join(" | ");
    expect(fixOf(choices, 5)[0]?.example?.length).toBeLessThan(300);
  });
});
