// Definitions of tools that come from JavaScript, or from other programs: what would be dropped in silence is refused.
import { expect, test } from "vitest";
import { z } from "zod";
import { tool } from "../../src/index.js";
import { PlanloomError } from "../../src/words/planloom-error.js";

const sound = { name: "pay", description: "Pays.", input: z.object({ to: z.string() }), effects: "once", run: () => 1 };

function refused(definition: unknown): PlanloomError {
  try {
    tool(definition as never);
  } catch (error) {
    if (error instanceof PlanloomError) return error;
    throw error;
  }
  throw new Error("it is accepted");
}

test.each<[string, unknown, string]>([
  ["needsApproval", true, 'approval: "required"'],
  ["needsApproval", () => true, 'approval: "required"'],
  ["requires_confirmation", true, 'approval: "required"'],
  ["timeoutMs", 5_000, "timeout: 5000"],
  ["timeoutSeconds", 5, 'timeout: "5s"'],
  ["execute", () => 1, "run(args, context)"],
  ["handler", () => 1, "run(args, context)"],
  ["parameters", {}, "input: "],
  ["inputSchema", {}, "input: "],
  ["input_schema", {}, "input: "],
  ["outputSchema", {}, "output: "],
  ["retries", 2, "retry: { attempts: 3 }"],
  ["maxRetries", "many", "retry: { attempts: N }"],
  ["readOnly", true, 'effects: "none"'],
  ["idempotent", true, 'effects: "idempotent"'],
  ["destructive", true, 'effects: "once"'],
  ["aproval", "required", "approval"],
  ["efects", "none", "effects"],
  ["reconsile", () => 1, "reconcile"],
  ["strict", true, "Leave strict out."],
  ["colour", "red", "Instead of colour: one of name,"],
  ["needsApproval", undefined, 'approval: "required"'],
])("the key %s (%o) is refused, with what to write", (key, value, write) => {
  const error = refused({ ...sound, [key]: value });
  expect(error).toMatchObject({ code: "BAD_TOOL", message: expect.stringContaining(key) as string });
  expect(error.next).toContain(write);
});

test("all unknown keys are told at once, before what is missing because of them", () => {
  const { input: _input, run: _run, ...rest } = sound;
  const { message, next } = refused({ ...rest, parameters: {}, execute: () => 1, needsApproval: true });
  for (const key of ["parameters", "execute", "needsApproval"]) expect(message).toContain(key);
  for (const write of ["input: ", "run(args", "approval: "]) expect(next).toContain(write);
});

test.each<[string, unknown]>([
  ["approval", true],
  ["approval", "always"],
  ["trusted", "yes"],
  ["public", 1],
  ["egress", "true"],
  ["labels", "keep"],
  ["content", "text"],
  ["version", 2],
  ["reach", { host: ["a"] }],
  ["reach", { hosts: "a" }],
  ["summary", "done"],
  ["reconcile", {}],
  ["timeout", Number.NaN],
  ["timeout", Infinity],
  ["timeout", -1],
  ["timeout", 0],
  ["timeout", 0.5],
  ["timeout", 1e300],
  ["timeout", "0s"],
  ["timeout", "99999999d"],
  ["timeout", "soon"],
  ["timeout", null],
])("%s: %o is refused", (key, value) => {
  expect(refused({ ...sound, [key]: value })).toMatchObject({ code: "BAD_TOOL" });
});

test.each([undefined, null, "pay", () => 1, [sound]])("%o is no definition", (definition) => {
  expect(refused(definition)).toMatchObject({ code: "BAD_TOOL", params: { problem: "definition" } });
});

const n = (schema: unknown) => ({ type: "object", properties: { n: schema }, required: ["n"] });

test.each<[object, string, string]>([
  [n({ type: "numbr" }), "/properties/n/type", 'Write "number".'],
  [n({ type: "int" }), "/properties/n/type", 'Write "integer".'],
  [n({ type: "String" }), "/properties/n/type", 'Write "string".'],
  [n({ type: ["string", "nul"] }), "/properties/n/type", 'Write "null".'],
  [n({ type: [] }), "/properties/n/type", "Write one of"],
  [n({ type: 5 }), "/properties/n/type", "Write one of"],
  [n({ type: "array", items: { type: "strng" } }), "/properties/n/items/type", 'Write "string".'],
  [n({ anyOf: [{ type: "string" }, { type: "dict" }] }), "/properties/n/anyOf/1/type", 'Write "object".'],
  [{ ...n({}), $defs: { a: { type: "bool" } } }, "/$defs/a/type", 'Write "boolean".'],
  [{ type: "object", propertys: {} }, "/propertys", "Write properties."],
  [{ type: "object", properties: {}, requird: [] }, "/requird", "Write required."],
  [n({ type: "number", minimun: 3 }), "/properties/n/minimun", "Write minimum."],
  [n({ type: "string", min_length: 3 }), "/properties/n/min_length", "Write minLength."],
  [n({ type: "string", enums: ["a"] }), "/properties/n/enums", "Write enum."],
  [n({ type: "string", regex: "a" }), "/properties/n/regex", "Write pattern."],
  [n({ type: "string", required: true }), "/properties/n/required", "a list of texts"],
  [n({ type: "string", minLength: -1 }), "/properties/n/minLength", "a whole number"],
  [n({ type: "number", minimum: "3" }), "/properties/n/minimum", "a number"],
  [n({ type: "string", pattern: "(" }), "/properties/n/pattern", "Correct the pattern"],
  [n({ enum: [] }), "/properties/n/enum", "a list that is not empty"],
  [n({ anyOf: [] }), "/properties/n/anyOf", "a list of schemas"],
  [n({ type: "array", items: 3 }), "/properties/n/items", "a schema"],
  [n("string"), "/properties/n", "a schema"],
  [n({ $ref: "#/$defs/nobody" }), "/properties/n/$ref", "Refer to a part"],
  [n({ type: "number", minimum: 5, maximum: 3 }), "/properties/n", "Change one"],
  [n({ type: "string", minLength: 5, maxLength: 3 }), "/properties/n", "Change one"],
  [n({ type: "string", enum: ["a", 3] }), "/properties/n", "Change one"],
  [n({ type: "number", const: "3" }), "/properties/n", "Change one"],
  [{ type: "object", properties: { amount: {} }, required: ["amuont"] }, "requires", 'Write "amount"'],
  [
    { type: "object", properties: { a: {} }, required: ["id"], additionalProperties: false },
    "requires",
    "Add the property",
  ],
])("the schema %o is refused at its place", (input, at, write) => {
  const error = refused({ ...sound, input });
  expect(error).toMatchObject({ code: "BAD_TOOL", message: expect.stringContaining(at) as string });
  expect(error.next).toContain(write);
  expect(() => tool({ ...sound, output: { type: "object", properties: { inner: input } } } as never)).toThrow();
});

test.each<object>([
  n({ type: ["string", "null"], description: "d", format: "date-time", "x-order": 1, markdownDescription: "m" }),
  n({ type: "string", nullable: true, enum: ["a", null] }),
  n({ type: "array", prefixItems: [{ type: "integer" }], items: false, minItems: 1, uniqueItems: true }),
  n({ oneOf: [{ const: 1 }, { not: {} }], default: 3, examples: [1], deprecated: true }),
  {
    ...n({ $ref: "#/$defs/tree" }),
    $defs: { tree: { type: "object", properties: { next: { $ref: "#/$defs/tree" } } } },
  },
  { type: "object", properties: { type: { type: "string" }, requird: {} }, additionalProperties: { type: "number" } },
  { type: "object", properties: { a: {} }, required: ["a", "other"], patternProperties: { "^o": {} } },
  { type: "object", dependentRequired: { a: ["b"] }, propertyNames: { pattern: "^[a-z]+$" } },
  { $schema: "http://json-schema.org/draft-07/schema#", type: "object", definitions: {}, additionalProperties: true },
])("a sound schema is taken: %o", (input) => {
  expect(tool({ ...sound, input } as never).spec.name).toBe("pay");
});

test.each<[string, object, string, string]>([
  ["input", { to: z.string() }, "a schema of a library at /to", "input: z.object({ ... })"],
  ["output", { receipt: z.string() }, "a schema of a library at /receipt", "output: z.object({ ... })"],
  ["input", { type: "object", properties: { to: z.string() } }, "at /properties/to", "input: z.object({ ... })"],
])("fields without an object schema around them are no %s: %o", (side, schema, where, write) => {
  const error = refused({ ...sound, [side]: schema });
  expect(error.message).toContain(where);
  expect(error.next).toContain(write);
});

test("a class of effects that does not exist is named", () => {
  const { message, next } = refused({ ...sound, effects: "write" });
  expect(message).toContain('has effects: "write", which is not allowed');
  expect(next).toContain('Write effects: "none"');
});
