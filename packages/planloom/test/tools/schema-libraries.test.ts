// The same tool with the schemas of every library: what planners read, and what becomes of arguments and outputs.
import { type } from "arktype";
import { toStandardJsonSchema } from "@valibot/to-json-schema";
import * as v from "valibot";
import { describe, expect, expectTypeOf, test } from "vitest";
import { z as z4 } from "zod";
import * as mini from "zod/mini";
import { z as z3 } from "zod-3";
import { PlanloomError, tool, type Json } from "../../src/index.js";
import type { JsonObject } from "../../src/plan/json.js";
import { withJsonSchema, type Schema } from "../../src/tools.js";
import { called, errorOf, unusableOf } from "./tool-context.js";

interface Library {
  /** `{ city: text, days: whole number, default 3, unit?: "c" or "f" }` */
  readonly forecast: Schema;
  /** A text that the tool gets as a number. */
  readonly transform: Schema;
  /** Refuses the city "nowhere" after a while. Absent: the library has no checks that wait. */
  readonly later?: Schema;
  /** `{ at: text or { lat: number } }` */
  readonly union: Schema;
  /** `{ name: text, parts: list of the same }` */
  readonly tree: Schema;
}

const isSomewhere = (city: string): Promise<boolean> => Promise.resolve(city !== "nowhere");

interface Tree {
  readonly name: string;
  readonly parts: readonly Tree[];
}
const tree3: z3.ZodType<Tree> = z3.lazy(() => z3.object({ name: z3.string(), parts: z3.array(tree3) }));
const tree4: z4.ZodType<Tree> = z4.lazy(() => z4.object({ name: z4.string(), parts: z4.array(tree4) }));
const treeV: v.GenericSchema<Tree> = v.object({ name: v.string(), parts: v.array(v.lazy(() => treeV)) });
const TREE_JSON: JsonObject = {
  type: "object",
  properties: { name: { type: "string" }, parts: { type: "array", items: { $ref: "#" } } },
  required: ["name", "parts"],
};

const forecastV = v.object({
  city: v.string(),
  days: v.optional(v.pipe(v.number(), v.integer()), 3),
  unit: v.optional(v.picklist(["c", "f"])),
});
const CITY_JSON: JsonObject = { type: "object", properties: { city: { type: "string" } }, required: ["city"] };
const laterV = v.objectAsync({ city: v.pipeAsync(v.string(), v.checkAsync(isSomewhere)) });

const LIBRARIES: { readonly [name: string]: Library } = {
  "zod 3": {
    forecast: z3.object({
      city: z3.string(),
      days: z3.number().int().default(3),
      unit: z3.enum(["c", "f"]).optional(),
    }),
    transform: z3.object({ n: z3.string().transform(Number) }),
    later: z3.object({ city: z3.string().refine(isSomewhere) }),
    union: z3.object({ at: z3.union([z3.string(), z3.object({ lat: z3.number() })]) }),
    tree: z3.object({ name: z3.string(), parts: z3.array(tree3) }),
  },
  "zod 4": {
    forecast: z4.object({ city: z4.string(), days: z4.int().default(3), unit: z4.enum(["c", "f"]).optional() }),
    transform: z4.object({ n: z4.string().transform(Number) }),
    later: z4.object({ city: z4.string().refine(isSomewhere) }),
    union: z4.object({ at: z4.union([z4.string(), z4.object({ lat: z4.number() })]) }),
    tree: z4.object({ name: z4.string(), parts: z4.array(tree4) }),
  },
  "zod/mini": {
    forecast: mini.object({
      city: mini.string(),
      days: mini._default(mini.int(), 3),
      unit: mini.optional(mini.enum(["c", "f"])),
    }),
    transform: mini.object({ n: mini.pipe(mini.string(), mini.transform(Number)) }),
    later: mini.object({ city: mini.string().check(mini.refine(isSomewhere)) }),
    union: mini.object({ at: mini.union([mini.string(), mini.object({ lat: mini.number() })]) }),
    tree: mini.object({ name: mini.string(), parts: mini.array(tree4) }),
  },
  valibot: {
    forecast: toStandardJsonSchema(forecastV),
    transform: toStandardJsonSchema(v.object({ n: v.pipe(v.string(), v.transform(Number)) })),
    later: withJsonSchema(laterV, CITY_JSON),
    union: toStandardJsonSchema(v.object({ at: v.union([v.string(), v.object({ lat: v.number() })]) })),
    tree: toStandardJsonSchema(treeV),
  },
  arktype: {
    forecast: type({ city: "string", days: "number.integer = 3", "unit?": "'c' | 'f'" }),
    transform: type({ n: type("string").pipe(Number).to("number") }),
    union: type({ at: type("string").or({ lat: "number" }) }),
    tree: withJsonSchema(type({ name: "string", parts: "unknown[]" }), TREE_JSON),
  },
};

const echo = (input: Schema) =>
  tool({ name: "echo", description: "d", input, effects: "none", run: (args) => args as object });

describe.each(Object.entries(LIBRARIES))("%s", (_, library) => {
  test("planners read names, types and choices; a default makes an argument optional", () => {
    const { properties, required } = echo(library.forecast).spec.input as {
      readonly properties: { readonly [name: string]: JsonObject };
      readonly required: readonly string[];
    };
    expect(properties["city"]).toMatchObject({ type: "string" });
    expect(properties["days"]).toMatchObject({ type: "integer" });
    expect(properties["unit"]!["enum"]).toStrictEqual(["c", "f"]);
    expect(required).toStrictEqual(["city"]);
  });

  test.each<[Json, Json | undefined]>([
    [{ city: "Rome" }, { city: "Rome", days: 3 }],
    [
      { city: "Rome", days: 1, unit: "c" },
      { city: "Rome", days: 1, unit: "c" },
    ],
    [{ city: "Rome", days: 1.5 }, undefined],
    [{ city: 3 }, undefined],
    [{}, undefined],
    [{ city: "Rome", unit: "k" }, undefined],
    [{ city: "Rome", days: "3" }, undefined],
  ])("%j becomes %j", async (args, got) => {
    const call = called(echo(library.forecast), args as JsonObject);
    if (got === undefined) expect(await errorOf(call)).toMatchObject({ code: "BAD_ARGUMENTS", retryable: false });
    else expect(await call).toStrictEqual(got);
  });

  test("a transform gives the tool its result; the plan gives what was before", async () => {
    const made = echo(library.transform);
    expect(made.spec.input["properties"]).toMatchObject({ n: { type: "string" } });
    expect(await called(made, { n: "4" })).toStrictEqual({ n: 4 });
  });

  test.skipIf(library.later === undefined)("a check that waits is waited for", async () => {
    const made = echo(library.later!);
    expect(await called(made, { city: "Rome" })).toStrictEqual({ city: "Rome" });
    expect(await errorOf(called(made, { city: "nowhere" }))).toMatchObject({ code: "BAD_ARGUMENTS" });
  });

  test("a union takes each of its parts", async () => {
    const made = echo(library.union);
    expect(await called(made, { at: "here" })).toStrictEqual({ at: "here" });
    expect(await called(made, { at: { lat: 1 } })).toStrictEqual({ at: { lat: 1 } });
    expect(await errorOf(called(made, { at: 3 }))).toMatchObject({ code: "BAD_ARGUMENTS" });
  });

  test("a schema that contains itself", async () => {
    const made = echo(library.tree);
    expect(JSON.stringify(made.spec.input)).toContain("$ref");
    const leaf = { name: "leaf", parts: [] };
    expect(await called(made, { name: "root", parts: [leaf] })).toStrictEqual({ name: "root", parts: [leaf] });
  });

  test("an output is checked as arguments are, and defaults are filled in", async () => {
    const made = tool({
      ...{ name: "t", description: "d", input: CITY_JSON, effects: "none" },
      output: library.forecast,
      run: ({ city }) => ({ city }),
    });
    expect(made.spec.output).toMatchObject({ type: "object" });
    expect(await called(made, { city: "Rome" })).toStrictEqual({ city: "Rome", days: 3 });
    const wrong = tool({
      ...{ name: "t", description: "d", input: {} as JsonObject, effects: "none" },
      input: { type: "object" },
      output: library.forecast,
      run: () => ({ city: 3 }),
    });
    expect(await unusableOf(called(wrong, {}))).toMatchObject({ code: "BAD_OUTPUT" });
  });
});

test("the types of run follow from each library", () => {
  const base = { name: "t", description: "d", effects: "none" } as const;
  type Forecast = { city: string; days: number; unit?: "c" | "f" | undefined };
  const f3 = z3.object({ city: z3.string(), days: z3.number().default(3), unit: z3.enum(["c", "f"]).optional() });
  const f4 = z4.object({ city: z4.string(), days: z4.number().default(3), unit: z4.enum(["c", "f"]).optional() });
  tool({ ...base, input: f3, run: (args) => expectTypeOf(args).toEqualTypeOf<Forecast>() });
  tool({ ...base, input: f4, run: (args) => expectTypeOf(args).toEqualTypeOf<Forecast>() });
  tool({
    ...base,
    input: toStandardJsonSchema(forecastV),
    run: (args) => expectTypeOf(args).toEqualTypeOf<Forecast>(),
  });
  const ark = type({ city: "string", days: "number = 3" });
  tool({ ...base, input: ark, run: (args) => expectTypeOf(args).toEqualTypeOf<{ city: string; days: number }>() });
  const given = withJsonSchema(v.object({ n: v.pipe(v.string(), v.transform(Number)) }), { type: "object" });
  tool({ ...base, input: given, run: (args) => expectTypeOf(args).toEqualTypeOf<{ n: number }>() });
});

describe("a schema that gives no JSON Schema", () => {
  const definition = { name: "t", description: "d", effects: "none", input: z4.object({}), run: () => 1 } as const;
  const refused = (changed: object): PlanloomError => {
    try {
      tool({ ...definition, ...changed });
    } catch (error) {
      if (error instanceof PlanloomError) return error;
      throw error;
    }
    throw new Error("it is accepted");
  };

  test.each<[string, object, RegExp, string]>([
    ["of valibot", { input: forecastV }, /valibot, offers none/, "input: toStandardJsonSchema(schema)"],
    ["of valibot with async parts", { input: laterV }, /valibot, offers none/, "toStandardJsonSchema"],
    [
      "of valibot with a transform, as output",
      { output: toStandardJsonSchema(v.pipe(v.string(), v.transform(Number))) },
      /"transform" action/,
      "output: withJsonSchema(schema, ",
    ],
    ["of zod 3 with a date", { input: z3.object({ at: z3.date() }) }, /at: ZodDate/, "input: withJsonSchema("],
    ["of zod 3 with a transform, as output", { output: z3.string().transform(Number) }, /transform/, "withJsonSchema("],
    ["of zod 4 with a date", { input: z4.object({ at: z4.date() }) }, /Date/, "input: withJsonSchema("],
    [
      "of a library without any",
      { output: { "~standard": { version: 1, vendor: "mine", validate: () => ({ value: 1 }) } } },
      /mine, offers none/,
      "output: withJsonSchema(",
    ],
    ["without validate", { input: { "~standard": { version: 1, vendor: "mine" } } }, /validate/, "Standard"],
    ["of zod before 3.25", { input: { _def: { typeName: "ZodObject" } } }, /zod before 3.25/, "3.25 or later"],
    [
      "with a slip in what a person wrote beside it",
      { input: withJsonSchema(v.object({}), { type: "object", properties: { n: { type: "nubmer" } } }) },
      /properties\/n\/type/,
      "number",
    ],
  ])("%s is refused, with what to write", (_, changed, message, next) => {
    const error = refused(changed);
    expect(error).toMatchObject({ code: "BAD_TOOL", message: expect.stringMatching(message) as string });
    expect(error.next).toContain(next);
  });
});

describe("schemas of zod 3", () => {
  const json = (input: z3.ZodType): unknown =>
    (
      tool({ name: "t", description: "d", input: z3.object({ a: input }), effects: "none", run: () => 1 }).spec
        .input as {
        readonly properties: { readonly a: unknown };
      }
    ).properties.a;

  test.each<[string, z3.ZodType, JsonObject]>([
    [
      "limits of a text",
      z3.string().min(1).max(5).email(),
      { type: "string", minLength: 1, maxLength: 5, format: "email" },
    ],
    ["a pattern", z3.string().regex(/^a/), { type: "string", pattern: "^a" }],
    ["a pattern with flags", z3.string().regex(/^a/i), { type: "string" }],
    ["limits of a number", z3.number().int().gt(3).lte(9), { type: "integer", exclusiveMinimum: 3, maximum: 9 }],
    [
      "a list",
      z3.array(z3.boolean()).length(2),
      { type: "array", items: { type: "boolean" }, minItems: 2, maxItems: 2 },
    ],
    ["a record", z3.record(z3.number()), { type: "object", additionalProperties: { type: "number" } }],
    ["a literal", z3.literal("x"), { const: "x" }],
    ["an enum of TypeScript", z3.nativeEnum({ 0: "Up", Up: 0, Down: "down" }), { enum: [0, "down"] }],
    ["null or a text", z3.string().nullable(), { anyOf: [{ type: "string" }, { type: "null" }] }],
    ["a description", z3.string().describe("Where."), { type: "string", description: "Where." }],
    [
      "a tuple",
      z3.tuple([z3.string()]),
      { type: "array", prefixItems: [{ type: "string" }], minItems: 1, items: false, maxItems: 1 },
    ],
    ["a strict object", z3.object({}).strict(), { type: "object", properties: {}, additionalProperties: false }],
    [
      "any other keys",
      z3.object({}).catchall(z3.string()),
      { type: "object", properties: {}, additionalProperties: { type: "string" } },
    ],
    ["both of two", z3.intersection(z3.unknown(), z3.string()), { allOf: [{}, { type: "string" }] }],
    ["brands and the like", z3.string().catch("x").readonly().brand("b"), { type: "string" }],
  ])("%s", (_, schema, expected) => {
    expect(json(schema)).toStrictEqual(expected);
  });
});
