// Replies of a server with constrained decoding under the planner's schema: each names only tools and
// arguments that there are, and every sound plan can be written. The schemas are read by zod, and sampled by the few
// keywords that they have.
import fc from "fast-check";
import { expect, test } from "vitest";
import { z } from "zod";
import { planFromReply, planRequestSchema } from "../../src/agents/planner/plan-request-schema.js";
import { check } from "../../src/plan/check/check.js";
import { isObject, type Json, type JsonObject } from "../../src/plan/json.js";
import { toolNamed, type Inventory, type ToolSpec } from "../../src/plan/tool-spec.js";
import { schemaFromType, typeFromSchema } from "../../src/plan/type/schema.js";
import { membersOf, UNKNOWN, type RecordType, type Type } from "../../src/plan/type/type.js";

const NAMES = ["query", "limit", "object", "name", "value", "when", "entries"];
const runs = Number(process.env["PLANLOOM_PROPERTY_RUNS"] ?? 150);

// Types of arguments, nested as deep as the schema constrains them.

const scalar: fc.Arbitrary<Type> = fc.constantFrom<Type>(
  ...[{ kind: "string" } as const, { kind: "number" } as const, { kind: "boolean" } as const, UNKNOWN],
  { kind: "union", of: ["up", "down"].map((value) => ({ kind: "literal", value }) as const) },
  { kind: "union", of: [{ kind: "number" }, { kind: "null" }] },
);

const typeDraw = (depth: number): fc.Arbitrary<Type> =>
  depth === 0
    ? scalar
    : fc.oneof(
        { weight: 3, arbitrary: scalar },
        typeDraw(depth - 1).map((of) => ({ kind: "list", of }) as const),
        recordDraw(depth),
      );

const fieldDraw = (depth: number) => fc.record({ type: typeDraw(depth), optional: fc.boolean() });

function recordDraw(depth: number): fc.Arbitrary<RecordType> {
  const fields = fc.dictionary(fc.constantFrom(...NAMES), fieldDraw(depth - 1), { maxKeys: 3 });
  const rest = fc.constantFrom<Partial<RecordType>>(
    { closed: true },
    { closed: true },
    { rest: UNKNOWN },
    { rest: { kind: "string" } },
  );
  return fc.tuple(fields, rest).map(([known, more]) => ({ kind: "record", fields: known, ...more }));
}

const tools: fc.Arbitrary<readonly ToolSpec[]> = fc.array(recordDraw(3), { minLength: 1, maxLength: 4 }).map((types) =>
  types.map((type, at) => ({
    ...{ name: `tool_${at}`, description: "Does it.", effects: "none" as const, input: schemaFromType(type) },
  })),
);

// Values of a type, each as it stands in a plan and as it is written under the schema.

interface Written {
  readonly plain: Json;
  readonly strict: Json;
}
const same = (value: Json): Written => ({ plain: value, strict: value });
const REFERENCE = fc.constant(same("${{ inputs.any }}"));
const text = fc.constantFrom("", "up", "a text", "null", "é");
const number = fc.constantFrom(0, -1, 2.5);

function anything(depth: number): fc.Arbitrary<Written> {
  const plain: fc.Arbitrary<Written> = fc.oneof(text, number, fc.boolean()).map(same);
  if (depth === 0) return fc.oneof(plain, fc.constant(same(null)));
  const inner = anything(depth - 1);
  const lists = fc.array(inner, { maxLength: 2 }).map(listed);
  const objects = fc.dictionary(fc.constantFrom(...NAMES), inner, { maxKeys: 2 });
  return fc.oneof(
    plain,
    lists,
    objects.map((fields) => ({ plain: plainOf(fields), strict: { object: pairs(fields) } })),
  );
}

const listed = (items: readonly Written[]): Written => ({
  plain: items.map(({ plain }) => plain),
  strict: items.map(({ strict }) => strict),
});
const plainOf = (fields: { readonly [name: string]: Written }): JsonObject =>
  Object.fromEntries(Object.entries(fields).map(([name, { plain }]) => [name, plain]));
const pairs = (fields: { readonly [name: string]: Written }): Json =>
  Object.entries(fields).map(([name, { strict }]) => ({ name, value: strict }));

function valueOf(type: Type, depth: number): fc.Arbitrary<Written> {
  const value = (): fc.Arbitrary<Written> => {
    switch (type.kind) {
      case "unknown":
        return anything(depth >= 2 ? 2 : 1);
      case "string":
        return text.map(same);
      case "number":
        return number.map(same);
      case "boolean":
        return fc.boolean().map(same);
      case "null":
        return fc.constant(same(null));
      case "literal":
        return fc.constant(same(type.value));
      case "union":
        return fc.oneof(...type.of.map((member) => valueOf(member, depth)));
      case "list":
        return fc.array(valueOf(type.of, depth - 1), { maxLength: 2 }).map(listed);
      case "record":
        return recordOf(type, depth);
    }
  };
  return fc.oneof({ weight: 4, arbitrary: value() }, { weight: 1, arbitrary: REFERENCE });
}

function recordOf(type: RecordType, depth: number): fc.Arbitrary<Written> {
  const known = Object.entries(type.fields);
  const fields = Object.fromEntries(
    known.map(([name, field]) => {
      const value = valueOf(field.type, depth - 1);
      // Of these two, absent and null are one under the schema.
      const always = membersOf(field.type).some(({ kind }) => kind === "null");
      return [name, field.optional && !always ? fc.option(value, { nil: undefined }) : value] as const;
    }),
  );
  const others =
    type.rest === undefined
      ? fc.constant({})
      : fc.dictionary(fc.constantFrom("extra", "more"), valueOf(type.rest, depth - 1));
  return fc.tuple(fc.record(fields), others).map(([own, more]) => {
    const present = Object.fromEntries(Object.entries({ ...own, ...more }).filter(([, value]) => value !== undefined));
    const given = present as { readonly [name: string]: Written };
    const nulls = Object.fromEntries(known.map(([name]) => [name, given[name]?.strict ?? null]));
    const isList = Object.keys(more).length > 0 || (known.length === 0 && type.closed !== true);
    return { plain: plainOf(given), strict: isList ? pairs(given) : nulls };
  });
}

// Steps.

const NULLS = { dependsOn: [], when: null, forEach: null, as: null, output: null, expect: null, optional: null };
const words = { title: "Do it", description: "Do this well." };

function stepDraw(inventory: Inventory, id: string): fc.Arbitrary<Written> {
  const free = fc.dictionary(fc.constantFrom(...NAMES), anything(2), { maxKeys: 3 });
  const step = (own: JsonObject, given: Written, takesNone = false): Written => ({
    plain: { id, ...words, ...own, ...(takesNone ? {} : { with: given.plain }), dependsOn: [] },
    strict: { ...NULLS, id, ...words, ...own, ...(takesNone ? {} : { with: given.strict }) },
  });
  const context = free.map((fields) => ({ plain: plainOf(fields), strict: pairs(fields) }));
  const calls = inventory.tools.flatMap((tool) => {
    const type = typeFromSchema(tool.input) as RecordType;
    const takesNone = Object.keys(type.fields).length === 0 && type.rest === undefined;
    const call = recordOf(type, 3).map((given) => step({ tool: tool.name }, given, takesNone));
    if (takesNone || nullable(type)) return [call];
    const filled = someOf(type).map((given) => step({ tool: tool.name, fill: "Supply the rest." }, given));
    return [call, filled];
  });
  const tools = inventory.tools.map(({ name }) => name).slice(0, 1);
  const agent = { agent: "Read it.", tools, evidence: ["a number"] };
  const repeat = { until: "${{ output == previous }}", most: 3, otherwise: "last" };
  const agents = fc.tuple(context, fc.boolean()).map(([given, inRounds]) => {
    const { plain, strict } = step(inRounds ? { ...agent, repeat } : agent, given);
    return { plain, strict: { repeat: null, ...(strict as JsonObject) } };
  });
  const asks = [agents, context.map((given) => step({ ask: "Which?" }, given))];
  return fc.oneof(...calls, ...asks);
}

/** Some arguments of a call to fill: a list of any names, with values of any type. */
function someOf({ fields }: RecordType): fc.Arbitrary<Written> {
  const values = Object.entries(fields).map(([name, { type }]) => {
    const value = type.kind === "record" || type.kind === "list" ? REFERENCE : valueOf(type, 2);
    return [name, fc.option(value, { nil: undefined })] as const;
  });
  return fc.record(Object.fromEntries(values)).map((drawn) => {
    const given = Object.fromEntries(Object.entries(drawn).filter(([, value]) => value !== undefined)) as {
      readonly [name: string]: Written;
    };
    return { plain: plainOf(given), strict: pairs(given) };
  });
}

/** In a step to fill a null stands for what the executor supplies. */
const nullable = ({ fields }: RecordType): boolean =>
  Object.values(fields).some(({ type }) => membersOf(type).some(({ kind }) => kind === "null"));

const planDraw = (inventory: Inventory): fc.Arbitrary<Written> => {
  const steps = ["a", "b", "c"].map((id) => stepDraw(inventory, id));
  const answers = fc.oneof(
    fc.constant<Written>({ plain: { from: ["a"] }, strict: { from: ["a"], instructions: null } }),
    anything(2).map(({ plain, strict }) => ({ plain: { value: plain }, strict: { value: strict } })),
  );
  return fc.tuple(fc.tuple(...steps), answers).map(([all, answer]) => ({
    plain: { ...{ steps: all.map(({ plain }) => plain), answer: answer.plain } },
    strict: { ...{ steps: all.map(({ strict }) => strict), answer: answer.strict } },
  }));
};

test("every sound plan of an inventory can be written under its schema, and is read as it was meant", () => {
  let sound = 0;
  const draw = tools.chain((all) => fc.tuple(fc.constant({ tools: all }), planDraw({ tools: all })));
  fc.assert(
    fc.property(draw, ([inventory, { plain, strict }]) => {
      const checked = check({ ...(plain as object), inputs: { any: { type: "unknown" } } }, inventory, { goal: "g" });
      if (!checked.ok) return;
      sound++;
      const { schema } = planRequestSchema(inventory, { patch: false });
      const read = z.fromJSONSchema(schema).safeParse(strict);
      expect(read.error?.issues ?? []).toEqual([]);
      expect(planFromReply(strict, inventory)).toEqual(plain);
    }),
    { numRuns: runs },
  );
  expect(sound).toBeGreaterThan(0.9 * runs);
});

/** Anything that a decoder may write under a schema. */
function sampleOf(schema: Json, definitions: JsonObject): fc.Arbitrary<Json> {
  if (!isObject(schema)) throw new Error("no schema");
  const { $ref, anyOf, enum: values, type, items, properties } = schema;
  const sample = (part: Json): fc.Arbitrary<Json> => sampleOf(part, definitions);
  if (typeof $ref === "string") return sample(definitions[$ref.replace("#/$defs/", "")]!);
  if (anyOf !== undefined) return fc.oneof(...(anyOf as readonly Json[]).map(sample));
  if (values !== undefined) return fc.constantFrom(...(values as readonly Json[]));
  if (type === "string") return fc.constantFrom("x", "tool_9", "${{ a }}", "");
  if (type === "number") return fc.integer();
  if (type === "boolean") return fc.boolean();
  if (type === "null") return fc.constant(null);
  if (type === "array") return fc.array(sample(items!), { maxLength: 3 });
  if (type !== "object") throw new Error(`the keyword ${JSON.stringify(schema)} is not sampled`);
  const fields = Object.entries(properties as JsonObject).map(([name, field]) => [name, sample(field)] as const);
  return fc.record(Object.fromEntries(fields));
}

test("a plan under the schema can name only tools that exist, and arguments that they take", () => {
  let steps = 0;
  const draw = tools.chain((all) => {
    const inventory = { tools: all };
    const { schema } = planRequestSchema(inventory, { patch: false });
    return fc.tuple(fc.constant(inventory), sampleOf(schema, (schema["$defs"] ?? {}) as JsonObject));
  });
  fc.assert(
    fc.property(draw, ([inventory, reply]) => {
      const draft = planFromReply(reply, inventory) as { readonly steps: readonly JsonObject[] };
      for (const step of draft.steps) {
        steps++;
        const named = [step["tool"] ?? [], step["tools"] ?? []].flat() as readonly string[];
        expect(named.filter((name) => toolNamed(inventory, name) === undefined)).toEqual([]);
        const tool = toolNamed(inventory, step["tool"] as string);
        const type = tool && (typeFromSchema(tool.input) as RecordType);
        if (type === undefined || type.rest !== undefined || !isObject(step["with"] ?? null)) continue;
        // The schema leaves it to check which arguments of a call to fill are given.
        if (step["fill"] !== undefined) continue;
        expect(Object.keys(type.fields)).toEqual(expect.arrayContaining(Object.keys(step["with"] as object)));
      }
      const direct = draft.steps.filter((step) => step["fill"] === undefined);
      const checked = check({ ...draft, steps: direct, goal: "g" }, inventory);
      const codes = checked.findings.map(({ code }) => code);
      expect(codes).not.toContain("UNKNOWN_TOOL");
      expect(codes).not.toContain("UNKNOWN_ARGUMENT");
    }),
    { numRuns: runs },
  );
  expect(steps).toBeGreaterThan(runs);
});
