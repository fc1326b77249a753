// Types: their text, their schemas, and what values are of them.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Json, JsonObject } from "../../src/plan/json.js";
import { schemaFromType, typeFromSchema, typeOf } from "../../src/plan/type/schema.js";
import { parseType } from "../../src/plan/type/text.js";
import { assignable } from "../../src/plan/type/fit.js";
import {
  BOOLEAN,
  listOf,
  literalOf,
  mismatch,
  NULL,
  NUMBER,
  STRING,
  type Type,
  typeText,
  UNKNOWN,
  unionOf,
  type Gist,
} from "../../src/plan/type/type.js";

function type(text: string): Type {
  const parsed = parseType(text);
  if (!parsed.ok) throw new Error(`${text}: ${parsed.problem.kind} at ${parsed.at}`);
  return parsed.type;
}

describe("unions", () => {
  test("are flat and without duplicates; literals fall into their kind, unknown takes all", () => {
    expect(typeText(unionOf([STRING, unionOf([NULL, STRING]), literalOf("a")]))).toBe("null | string");
    expect(unionOf([literalOf(true), literalOf(false)])).toEqual(BOOLEAN);
    expect(unionOf([NUMBER])).toBe(NUMBER);
    expect(unionOf([NUMBER, UNKNOWN])).toBe(UNKNOWN);
    expect(unionOf(Array.from({ length: 500 }, (_, i) => literalOf(i)))).toBe(NUMBER);
  });
});

describe("the text of types", () => {
  test.each([
    ["string", "string"],
    ["integer", "number"],
    ["any", "unknown"],
    ["string[]", "string[]"],
    ["Array<string>", "string[]"],
    ["(string | null)[]", "(string | null)[]"],
    ["string | null[]", "string | null[]"],
    ["Record<string, number>", "Record<string, number>"],
    ["object", "Record<string, unknown>"],
    ["{ a: int, b?: Float, c: bool, d: str | None }", "{ a: number, b?: number, c: boolean, d: string | null }"],
    ["list[int]", "number[]"],
    ["List[ list[str] ]", "string[][]"],
    ["list<number>[]", "number[][]"],
    ["list[]", "unknown[][]"],
    ["list", "unknown[]"],
    ["dict[str, int]", "Record<string, number>"],
    ["Optional[str]", "string | null"],
    ["Union[int, list[bool], None]", "number | boolean[] | null"],
    ["{}", "{}"],
    ["{ a: string; b?: number }", "{ a: string, b?: number }"],
    ["{ a: string,\n  'c d': true, }", '{ a: string, "c d": true }'],
    ["{ a: string\n b: number }", "{ a: string, b: number }"],
    ["{ a: string, [key: string]: number }", "{ a: string, [name: string]: number }"],
    ["'a' | \"b\" | 3 | -1.5 | true", '"a" | "b" | 3 | -1.5 | true'],
    ["| 'a' | 'b'", '"a" | "b"'],
    [
      "{ name: string, revenueUsd: number | null, sources: string[] }[]",
      "{ name: string, revenueUsd: number | null, sources: string[] }[]",
    ],
    ["  ( ( number ) ) [ ] [ ]  ", "number[][]"],
    ['"it\'s \\"\\u0041\\""', '"it\'s \\"A\\""'],
  ])("%s", (text, canonical) => {
    expect(typeText(type(text))).toBe(canonical);
    expect(type(canonical)).toEqual(type(text));
  });

  test.each([
    ["", { kind: "ends-early" }],
    ["strin", { kind: "unknown-type", name: "strin" }],
    ["Date", { kind: "unknown-type", name: "Date" }],
    ["string string", { kind: "character", found: "s", after: true }],
    ["string[", { kind: "missing", token: "]" }],
    ["list[int", { kind: "missing", token: "]" }],
    ["list[int>", { kind: "missing", token: "]" }],
    ["dict[int, str]", { kind: "record-keys" }],
    ["{ a: string", { kind: "separator" }],
    ["{ a string }", { kind: "missing", token: ":" }],
    ["{ a: string b: number }", { kind: "separator" }],
    ["{ a: string, a: number }", { kind: "field-twice", name: "a" }],
    ["{ __proto__: string }", { kind: "forbidden-name", name: "__proto__" }],
    ['{ "constructor": string }', { kind: "forbidden-name", name: "constructor" }],
    ["Record<number, string>", { kind: "record-keys" }],
    ['"abc', { kind: "open-string" }],
    ["string |", { kind: "ends-early" }],
    ["(".repeat(100) + "string", { kind: "too-deep", most: 64 }],
    ["string" + "[]".repeat(100), { kind: "too-deep", most: 64 }],
    ["{ a: ".repeat(100), { kind: "too-deep", most: 64 }],
  ])("%s is refused", (text, problem) => {
    expect(parseType(text)).toMatchObject({ ok: false, problem });
  });

  test("parseType never throws and reads back what it wrote", () => {
    const pieces = fc.constantFrom(
      "{",
      "}",
      "[",
      "]",
      "(",
      ")",
      "|",
      "a",
      ":",
      "?",
      ",",
      "string",
      "number",
      "Array<",
      ">",
      '"',
      "'",
      "\\",
      " ",
      "-",
      "1",
      ".",
      "Record<string,",
    );
    const text = fc.oneof(
      fc.string(),
      fc.array(pieces, { maxLength: 30 }).map((parts) => parts.join("")),
    );
    fc.assert(
      fc.property(text, (value) => {
        const parsed = parseType(value);
        if (parsed.ok) expect(type(typeText(parsed.type))).toEqual(parsed.type);
      }),
      { numRuns: 2_000 },
    );
  });

  test("a very long text takes no stack", () => {
    expect(parseType(`"${"a".repeat(1_000_000)}"`).ok).toBe(true);
    expect(parseType(Array.from({ length: 50_000 }, (_, i) => `"${i}"`).join("|"))).toMatchObject({
      ok: true,
      type: STRING,
    });
  });
});

describe("JSON Schema", () => {
  const READ: readonly (readonly [text: string, schema: JsonObject])[] = [
    ["string", { type: "string", minLength: 1 }],
    ["number", { type: "integer" }],
    ["string | null", { type: ["string", "null"] }],
    ["string | null", { type: "string", nullable: true }],
    ['"a" | null', { enum: ["a", null] }],
    ["3", { const: 3 }],
    ["string[]", { type: "array", items: { type: "string" } }],
    ["unknown[]", { type: "array" }],
    ["(string | number)[]", { type: "array", prefixItems: [{ type: "string" }, { type: "number" }], items: false }],
    [
      "{ a: string, b?: number }",
      { type: "object", properties: { a: { type: "string" }, b: { type: "number" } }, required: ["a"] },
    ],
    ["Record<string, unknown>", { type: "object" }],
    ["Record<string, number>", { type: "object", additionalProperties: { type: "number" } }],
    ["string | number", { anyOf: [{ type: "string" }, { type: "number" }] }],
    ["string | null", { oneOf: [{ type: "string" }, { type: "null" }] }],
    [
      "{ a: string, b: number }",
      {
        allOf: [
          { type: "object", properties: { a: { type: "string" } }, required: ["a"] },
          { type: "object", properties: { b: { type: "number" } }, required: ["b"] },
        ],
      },
    ],
    [
      "{ a: string }",
      { type: "object", properties: { a: { $ref: "#/$defs/t" } }, required: ["a"], $defs: { t: { type: "string" } } },
    ],
    ["{ next?: unknown }", { type: "object", properties: { next: { $ref: "#" } } }],
    ["unknown", {}],
    ["unknown", { not: { type: "string" } }],
    ["unknown", { $ref: "https://example.org/other.json" }],
    ["unknown", { type: "tuple" }],
    ["{}", { type: "object", additionalProperties: false }],
  ];
  test.each(READ)("%s", (text, schema) => {
    expect(typeText(typeFromSchema(schema))).toBe(text);
  });

  test("references that fan out end as unknown", () => {
    const defs = Object.fromEntries(
      Array.from({ length: 40 }, (_, i) => [
        `d${i}`,
        { type: "object", properties: { a: { $ref: `#/$defs/d${i + 1}` }, b: { $ref: `#/$defs/d${i + 1}` } } },
      ]),
    );
    expect(typeFromSchema({ $ref: "#/$defs/d0", $defs: defs }).kind).toBe("record");
  });

  test("property names that reach a prototype are left out", () => {
    const schema = JSON.parse(
      '{"type":"object","properties":{"__proto__":{"type":"string"},"a":{"type":"string"}}}',
    ) as JsonObject;
    expect(typeText(typeFromSchema(schema))).toBe("{ a?: string }");
  });

  test("a type and its schema are the same", () => {
    for (const text of [
      "string",
      "unknown",
      "null",
      '"a" | "b"',
      '"a" | null',
      "3",
      "boolean | null",
      "(number | null)[]",
      "Record<string, number[]>",
      "{ a: string, b?: { c: number }[], d: unknown }",
      "{ a: string, [name: string]: number }",
      "never[]",
    ]) {
      const schema = schemaFromType(type(text));
      const back = typeFromSchema(schema);
      if (text !== "never[]") expect(typeText(back)).toBe(text);
      expect(schemaFromType(back)).toEqual(text === "never[]" ? { type: "array", items: {} } : schema);
    }
    expect(schemaFromType(type("{ a: string, b?: number }"))).toEqual({
      type: "object",
      properties: { a: { type: "string" }, b: { type: "number" } },
      required: ["a"],
      additionalProperties: false,
    });
  });

  test("output may be a text or a schema", () => {
    expect(typeOf("string[]")).toMatchObject({ ok: true, type: listOf(STRING) });
    expect(typeOf({ type: "string" })).toEqual({ ok: true, type: STRING });
    expect(typeOf("strin")).toMatchObject({ ok: false, at: 0 });
  });
});

describe("closed records", () => {
  const closed = typeFromSchema({
    type: "object",
    properties: { a: { type: "string" } },
    required: ["a"],
    additionalProperties: false,
  });
  test("refuse a field that is certainly there, not one that may be", () => {
    expect(assignable(type("{ a: string, b: string }"), closed)).toBe("no");
    expect(assignable(type("{ a: string, b?: string }"), closed)).toBe("unknown");
    expect(assignable(type("{ a: string }"), closed)).toBe("yes");
    expect(mismatch({ a: "x", b: 1 }, closed)).toMatchObject({
      path: "/b",
      expected: "nothing",
      found: { kind: "number", value: 1 },
    });
  });
});

describe("mismatch", () => {
  const WRONG: readonly (readonly [value: Json, text: string, path: string, expected: string, found: Gist])[] = [
    [1, "string", "", "string", { kind: "number", value: 1 }],
    [null, "string", "", "string", { kind: "null" }],
    ["c", '"a" | "b"', "", '"a" | "b"', { kind: "string", value: "c" }],
    [["a", 1], "string[]", "/1", "string", { kind: "number", value: 1 }],
    [{}, "{ a: string }", "/a", "string", { kind: "nothing" }],
    [{ "a/b": { c: [] } }, '{ "a/b": { c: string } }', "/a~1b/c", "string", { kind: "list", length: 0 }],
    [{ a: 1 }, "{ a: string } | null", "/a", "string", { kind: "number", value: 1 }],
    [{ x: "1" }, "Record<string, number>", "/x", "number", { kind: "string", value: "1" }],
    [[], "{ a: string }", "", "{ a: string }", { kind: "list", length: 0 }],
    [3, "never", "", "never", { kind: "number", value: 3 }],
  ];
  test.each(WRONG)("%j is no %s", (value, text, path, expected, found) => {
    expect(mismatch(value, type(text))).toEqual({ path, expected, found });
  });

  test.each([
    ["{ a: string, b?: number }", { a: "x", more: true }],
    ["(number | null)[]", [1, null]],
    ["unknown", { anything: [1] }],
    ["{ kind: 'a', x: number } | { kind: 'b' }", { kind: "b" }],
    ["{}", { toString: 1 }],
  ] as readonly (readonly [string, Json])[])("%s takes %j", (text, value) => {
    expect(mismatch(value, type(text))).toBeUndefined();
  });

  test("a field of the prototype is not there", () => {
    expect(mismatch({}, type("{ toString: unknown }"))).toMatchObject({
      path: "/toString",
      found: { kind: "nothing" },
    });
  });
});
