// A value against a whole JSON Schema: each keyword, and the place that does not fit. And which schemas can be checked.
import { describe, expect, it } from "vitest";
import type { Json, JsonObject } from "../../src/plan/json.js";
import { nonconformity } from "../../src/plan/type/conform.js";
import { schemaFault, wholeSchemaFault } from "../../src/plan/type/schema-fault.js";

const node = {
  type: "object",
  properties: { n: { type: "integer", minimum: 0 }, next: { $ref: "#" } },
  required: ["n"],
};

type Row = readonly [schema: JsonObject, fits: Json, wrong: Json, at: string, keyword?: string];

const ROWS: readonly Row[] = [
  [{ type: "string" }, "a", 3, ""],
  [{ type: "integer" }, 3, 3.5, "", "type"],
  [{ enum: ["a", null, [1]] }, [1], [2], "", "enum"],
  [{ const: { a: 1 } }, { a: 1 }, { a: 2 }, "", "const"],
  [{ minimum: 2 }, 2, 1, "", "minimum"],
  [{ exclusiveMaximum: 2 }, 1, 2, "", "exclusiveMaximum"],
  [{ multipleOf: 0.1 }, 0.3, 0.35, "", "multipleOf"],
  [{ multipleOf: 0.01 }, 1234567.89, 1234567.891, "", "multipleOf"],
  [{ multipleOf: 1 }, 4e9, 4_000_000_000.5, "", "multipleOf"],
  [{ minLength: 2 }, "𝄞𝄞", "𝄞", "", "minLength"],
  [{ pattern: "^ü+$" }, "üü", "ux", "", "pattern"],
  [{ minItems: 1 }, [1], [], "", "minItems"],
  [{ uniqueItems: true }, [1, "1"], [{ a: 1 }, { a: 1 }], "", "uniqueItems"],
  [{ contains: { const: 3 } }, [1, 3], [1], "", "contains"],
  [{ prefixItems: [{ const: 1 }], items: { const: 2 } }, [1, 2, 2], [1, 2, 3], "/2", "const"],
  [{ properties: { "a/b": { minimum: 1 } } }, { "a/b": 1 }, { "a/b": 0 }, "/a~1b", "minimum"],
  [{ minProperties: 1 }, { a: 1 }, {}, "", "minProperties"],
  [{ required: ["größe"] }, { größe: 1 }, {}, "", "required"],
  [{ patternProperties: { "^x": { const: 1 } }, additionalProperties: false }, { x1: 1 }, { y: 1 }, "/y", "false"],
  [{ additionalProperties: { maximum: 1 } }, { a: 1 }, { a: 2 }, "/a", "maximum"],
  [{ propertyNames: { maxLength: 1 } }, { a: 1 }, { ab: 1 }, "/ab", "maxLength"],
  [{ dependentRequired: { a: ["b"] } }, { a: 1, b: 1 }, { a: 1 }, "", "dependentRequired"],
  [{ allOf: [{ minimum: 1 }, { maximum: 2 }] }, 1, 3, "", "maximum"],
  [{ anyOf: [{ type: "string", minLength: 2 }, { type: "null" }] }, null, "a", "", "minLength"],
  [{ oneOf: [{ minimum: 1 }, { maximum: 2 }] }, 0, 1, "", "oneOf"],
  [{ not: { const: 1 } }, 2, 1, "", "not"],
  [{ if: { type: "string" }, then: { minLength: 1 }, else: { minimum: 1 } }, 1, "", "", "minLength"],
  [
    node,
    { n: 1, next: { n: 2, next: { n: 0 } } },
    { n: 1, next: { n: 2, next: { n: -1 } } },
    "/next/next/n",
    "minimum",
  ],
  [{ $defs: { a: { maximum: 1 } }, items: { $ref: "#/$defs/a" } }, [1], [1, 2], "/1", "maximum"],
  [{ type: "string", nullable: true, minLength: 1 }, null, "", "", "minLength"],
];

describe("a value and a schema", () => {
  it.each(ROWS.map((row) => [row[0], row] as const))("%j", (_, [schema, fits, wrong, path, keyword]) => {
    expect(wholeSchemaFault(schema)).toBeUndefined();
    expect(nonconformity(fits, schema)).toBeUndefined();
    expect(nonconformity(wrong, schema)).toMatchObject({ path, ...(keyword === undefined ? {} : { keyword }) });
  });

  it("ends in time, whatever the schema", () => {
    const branches: Json = { anyOf: Array.from({ length: 30 }, () => ({ $ref: "#", type: "number" })) };
    const deep = Array.from({ length: 30 }).reduce<Json>((inner) => [inner], "x");
    const schema = {
      $ref: "#/$defs/a",
      $defs: {
        a: { items: { anyOf: [{ $ref: "#/$defs/a" }, { $ref: "#/$defs/b" }] }, not: { const: "x" } },
        b: { items: { anyOf: [{ $ref: "#/$defs/b" }, { $ref: "#/$defs/a" }] }, not: { const: "x" } },
      },
    };
    expect(nonconformity(deep, schema)).toBeDefined();
    expect(nonconformity("x", branches)).toBeDefined();
    const many: Json = Array.from({ length: 3000 }, () => "x");
    const often = Array.from({ length: 400 }, () => ({ items: { minLength: 1 } }));
    expect(nonconformity(many, { not: { allOf: often } })).toMatchObject({ keyword: "size" });
  });

  it("with notes of its author, and formats, is checked as without", () => {
    const schema = { type: "string", format: "email", title: "a", "x-order": 3, examples: ["b"], default: "c" };
    expect(wholeSchemaFault(schema)).toBeUndefined();
    expect(nonconformity("no address", schema)).toBeUndefined();
  });
});

interface Fault {
  readonly at: string;
  readonly is: string;
  readonly write?: string;
}

const FAULTS: readonly (readonly [JsonObject, Fault])[] = [
  [{ type: "strnig" }, { at: "/type", is: "type", write: "string" }],
  [{ items: { type: "str" } }, { at: "/items/type", is: "type", write: "string" }],
  [{ min_length: 1 }, { at: "/min_length", is: "keyword", write: "minLength" }],
  [{ props: {} }, { at: "/props", is: "keyword", write: "properties" }],
  [{ multipleOf: 0 }, { at: "/multipleOf", is: "value" }],
  [{ dependentRequired: { a: "b" } }, { at: "/dependentRequired", is: "value" }],
  [{ properties: { a: { pattern: "(" } } }, { at: "/properties/a/pattern", is: "pattern" }],
  [
    { $ref: "#/$defs/a%20c", $defs: { "a b": {} } },
    { at: "/$ref", is: "reference" },
  ],
  [
    { type: "string", enum: ["a", 1] },
    { at: "", is: "never" },
  ],
  [
    { properties: { city: {} }, required: ["cty"] },
    { at: "", is: "required", write: "city" },
  ],
];

const UNCHECKED: readonly (readonly [JsonObject, Fault])[] = [
  [{ unevaluatedProperties: false }, { at: "/unevaluatedProperties", is: "unchecked", write: "additionalProperties" }],
  [{ items: [{ type: "string" }] }, { at: "/items", is: "unchecked", write: "prefixItems" }],
  [
    { minimum: 1, exclusiveMinimum: true },
    { at: "/exclusiveMinimum", is: "value" },
  ],
  [{ $ref: "https://example.com/a.json" }, { at: "/$ref", is: "reference" }],
];

describe("a schema with a fault", () => {
  it.each(FAULTS)("%j is refused for a tool and for an answer", (schema, fault) => {
    expect(schemaFault(schema)).toMatchObject(fault);
    expect(wholeSchemaFault(schema)).toMatchObject(fault);
  });

  it.each(UNCHECKED)("%j is refused for an answer alone", (schema, fault) => {
    expect(schemaFault(schema)).toBeUndefined();
    expect(wholeSchemaFault(schema)).toMatchObject(fault);
  });

  it("is told from one with a reference as an address writes it", () => {
    const schema = { type: "array", items: { $ref: "#/$defs/a%20b" }, $defs: { "a b": { maximum: 1 } } };
    expect(wholeSchemaFault(schema)).toBeUndefined();
    expect(nonconformity([1, 2], schema)).toMatchObject({ path: "/1", keyword: "maximum" });
  });
});

it("accepts no value that was not looked at to its end, also under `not` and `oneOf`", () => {
  const all = { allOf: Array.from({ length: 100 }, () => ({})) };
  const long = Array.from({ length: 10_000 }, () => 1);
  const number = { items: { allOf: [all, { type: "number" }] } };
  for (const schema of [{ not: number }, { oneOf: [{ minItems: 1 }, number] }])
    expect(nonconformity(long, schema)).toMatchObject({ keyword: "size" });
});
