// The schema of the planner's reply: only tools that exist, only arguments they take, and the way back to a document.
import { describe, expect, it } from "vitest";
import { planFromReply, planRequestSchema } from "../../src/agents/planner/plan-request-schema.js";
import { schemaSize } from "../../src/agents/typed/schema-size.js";
import { LIMITS } from "../../src/limits.js";
import { isObject, type Json, type JsonObject } from "../../src/plan/json.js";
import type { Inventory } from "../../src/plan/tool-spec.js";
import { QUERY, specOf } from "./parts.js";

const CALCULATE: JsonObject = {
  type: "object",
  properties: {
    expression: { type: "string" },
    variables: { type: "object", additionalProperties: { type: "number" } },
    rounding: { type: "string", enum: ["up", "down"] },
    unit: { anyOf: [{ type: "string" }, { type: "null" }] },
  },
  required: ["expression"],
};
const inventory: Inventory = { tools: [specOf("search", "none", QUERY), specOf("calculate", "none", CALCULATE)] };

type Schema = { readonly [key: string]: Json } & { readonly properties: { readonly [name: string]: Schema } };

const schemaOf = (of: Inventory): JsonObject => planRequestSchema(of, { patch: false }).schema;

/** A schema in which every reference is replaced with its definition. */
function writtenOut(part: Json, definitions: JsonObject): Json {
  if (Array.isArray(part)) return (part as Json[]).map((inner) => writtenOut(inner, definitions));
  if (!isObject(part)) return part;
  const { $ref, ...rest } = part;
  if (typeof $ref === "string") return writtenOut(definitions[$ref.replace("#/$defs/", "")]!, definitions);
  return Object.fromEntries(Object.entries(rest).map(([name, inner]) => [name, writtenOut(inner, definitions)]));
}

function branches(of: Inventory): readonly Schema[] {
  const { $defs, ...schema } = schemaOf(of);
  const whole = writtenOut(schema, $defs as JsonObject) as unknown as {
    properties: { steps: { items: { anyOf: Schema[] } } };
  };
  return whole.properties.steps.items.anyOf;
}

/** Every object schema inside a schema. */
function objectsIn(value: Json): JsonObject[] {
  if (Array.isArray(value)) return (value as Json[]).flatMap(objectsIn);
  if (!isObject(value)) return [];
  const inner = Object.values(value).flatMap(objectsIn);
  return value["type"] === "object" ? [value, ...inner] : inner;
}

describe("the schema", () => {
  it("has one branch per tool, one to fill any tool, one for agents and one to ask, told apart by their first key", () => {
    const firsts = branches(inventory).map(({ properties }) => Object.entries(properties)[0]!);
    expect(firsts).toEqual([
      ["tool", { type: "string", enum: ["search"] }],
      ["tool", { type: "string", enum: ["calculate"] }],
      ["fill", { type: "string" }],
      ["agent", { type: "string" }],
      ["ask", { type: "string" }],
    ]);
  });

  it("has one branch for all tools that take the same arguments", () => {
    const tools = [specOf("search", "none", QUERY), specOf("calculate", "none", CALCULATE), specOf("find")];
    expect(branches({ tools })[0]?.properties["tool"]?.["enum"]).toEqual(["search", "find"]);
  });

  it("has no arguments for a tool that takes none, and nothing to fill without tools", () => {
    const none = specOf("now", "none", { type: "object", properties: {}, additionalProperties: false });
    expect(branches({ tools: [none] })[0]?.properties).not.toHaveProperty("with");
    expect(branches({ tools: [] })).toHaveLength(2);
  });

  it("asks for the type of an output only where the tool declares none", () => {
    const declared = { ...specOf("search"), output: { type: "string" } };
    const [search, calculate] = branches({ tools: [declared, specOf("calculate", "none", CALCULATE)] });
    expect(search?.properties).not.toHaveProperty("output");
    expect(calculate?.properties).toHaveProperty("output");
  });

  it("lets a reply that may ask for tools say so", () => {
    const { schema } = planRequestSchema(inventory, { patch: true, mayAsk: true });
    expect(Object.keys(schema["properties"] as object)).toEqual(["needTools", "operations", "answer"]);
    expect(schemaOf(inventory)["properties"]).not.toHaveProperty("needTools");
  });

  it("constrains arguments to those of the tool, each with room for a reference", () => {
    const [search, calculate] = branches(inventory).map((branch) => branch.properties["with"]);
    expect(search).toMatchObject({ additionalProperties: false, required: ["query", "limit"] });
    expect(search?.properties["query"]).toEqual({ type: "string" });
    expect(search?.properties["limit"]).toEqual({ anyOf: [{ type: "number" }, { type: "string" }, { type: "null" }] });
    expect(calculate?.properties["rounding"]).toEqual({
      anyOf: [{ type: "string" }, { type: "null" }],
    });
  });

  it("limits the tools of an agent to those that exist", () => {
    const agent = branches(inventory).find((branch) => "agent" in branch.properties);
    expect(agent?.properties["tools"]).toEqual({
      type: "array",
      items: { type: "string", enum: ["search", "calculate"] },
    });
    expect(branches({ tools: [] }).map((branch) => branch.properties["tools"])).toEqual([{ type: "null" }, undefined]);
  });

  it("stays inside the strict subset: closed objects, everything required, no other keywords", () => {
    const schema = schemaOf(inventory);
    const objects = objectsIn(schema);
    expect(objects.length).toBeGreaterThan(10);
    for (const object of objects) {
      expect(object["additionalProperties"]).toBe(false);
      expect(object["required"]).toEqual(Object.keys(object["properties"] as JsonObject));
    }
    const keywords = new Set([...JSON.stringify(schema).matchAll(/"(\$?\w+)":(?=[{["tf])/g)].map((match) => match[1]!));
    for (const unsupported of ["pattern", "format", "oneOf", "allOf", "const", "default", "minLength", "maximum"]) {
      expect(keywords).not.toContain(unsupported);
    }
  });

  it("stays within the size limits of providers: tools that do not fit are listed by name", () => {
    const wide = (count: number, name: string): JsonObject => ({
      ...{ type: "object", required: [], additionalProperties: false },
      properties: Object.fromEntries(Array.from({ length: count }, (_, at) => [`${name}${at}`, { type: "string" }])),
    });
    const others = Array.from({ length: 50 }, (_, at) => specOf(`tool${at}`, "none", wide(100, `a${at}x`)));
    const many = { tools: [specOf("first"), specOf("huge", "none", wide(5_000, "a")), ...others] };
    const { schema, tools } = planRequestSchema(many, { patch: false });
    expect(tools).toBe(44);
    expect(schemaSize(schema)).toMatchObject({
      properties: expect.toSatisfy((n) => n > 4_500 && n <= 5_000) as number,
    });
    const called = branches(many).filter(({ properties }) => Object.keys(properties)[0] === "tool");
    const byName = called.at(-1)?.properties["tool"]?.["enum"] as unknown as string[];
    expect(new Set(byName).size).toBe(8);
    expect(byName).toContain("huge");
  });

  it("stays small for a large inventory", () => {
    const figures = [3, 10, 50, 80].map((count) => {
      const tools = Array.from({ length: count }, (_, at) => ({
        ...specOf(`tool${at}`, "none", unlike(at)),
        output: {},
      }));
      const text = JSON.stringify(planRequestSchema({ tools }, { patch: false }).schema);
      return { count, bytes: text.length, unions: text.split('"anyOf"').length - 1 };
    });
    expect(figures.filter(({ count, bytes }) => bytes > 3_800 + 800 * count)).toEqual([]);
    expect(figures[0]?.unions).toBeLessThanOrEqual(12);
    expect(figures.at(-1)?.unions).toBeLessThanOrEqual(12);
  });

  it("nests no deeper than providers take, whatever the tools do, also in a critique of a patch", () => {
    const deep = (levels: number): JsonObject => ({
      type: "object",
      properties: { inner: levels === 0 ? {} : deep(levels - 1), free: {} },
      required: ["inner"],
    });
    const { schema } = planRequestSchema({ tools: [specOf("deep", "none", deep(12))] }, { patch: true, mayAsk: true });
    expect(schemaSize(schema).levels).toBeGreaterThan(5);
    expect(schemaSize(schema).levels).toBeLessThanOrEqual(9);
  });

  it("takes all that are offered of a common inventory of 500 tools", () => {
    const offered = { tools: repeated(LIMITS.offeredTools, QUERY) };
    expect(planRequestSchema(offered, { patch: false, mayAsk: true }).tools).toBe(LIMITS.offeredTools);
  });
});

/** Arguments that no other tool takes. */
const unlike = (at: number): JsonObject => ({
  ...{ type: "object", required: [`id${at}`], additionalProperties: false },
  properties: {
    [`id${at}`]: { type: "string" },
    limit: { type: "number" },
    kind: { type: "string", enum: ["a", "b"] },
    labels: { type: "array", items: { type: "string" } },
  },
});

const repeated = (count: number, input: JsonObject) =>
  Array.from({ length: count }, (_, at) => specOf(`tool${at}`, "none", input));

describe("a reply", () => {
  const back = (step: JsonObject, answer: Json = null): Json => planFromReply({ steps: [step], answer }, inventory);

  it("loses the nulls of absent fields", () => {
    const step = {
      id: "find",
      tool: "search",
      with: { query: "x", limit: null },
      when: null,
      optional: null,
      dependsOn: [],
    };
    expect(back(step)).toEqual({ steps: [{ id: "find", tool: "search", with: { query: "x" }, dependsOn: [] }] });
  });

  it("keeps a null that the tool's argument takes", () => {
    const step = { id: "sum", tool: "calculate", with: { expression: "1", unit: null, rounding: null } };
    expect(back(step)).toEqual({ steps: [{ id: "sum", tool: "calculate", with: { expression: "1", unit: null } }] });
  });

  it("turns lists of names and values into objects, also inside arguments", () => {
    const sum = {
      id: "sum",
      tool: "calculate",
      with: { expression: "a", variables: [{ name: "a", value: "${{ b }}" }] },
    };
    expect(back(sum)).toMatchObject({ steps: [{ with: { expression: "a", variables: { a: "${{ b }}" } } }] });
    const agent = { id: "read", agent: "Read.", with: [{ name: "pages", value: ["p"] }] };
    expect(back(agent)).toMatchObject({ steps: [{ with: { pages: ["p"] } }] });
    const fill = { id: "find", tool: "search", fill: "Search.", with: [{ name: "limit", value: 3 }] };
    expect(back(fill)).toMatchObject({ steps: [{ with: { limit: 3 } }] });
  });

  it("decodes objects where a value of any type is allowed", () => {
    const object = (...pairs: readonly [string, Json][]): Json => ({
      object: pairs.map(([name, value]) => ({ name, value })),
    });
    const agent = {
      id: "read",
      agent: "Read.",
      with: [{ name: "who", value: object(["name", "Ada"], ["tags", [1]]) }],
    };
    expect(back(agent)).toMatchObject({ steps: [{ with: { who: { name: "Ada", tags: [1] } } }] });
    const answer = { value: object(["total", "${{ a }}"], ["inner", object(["x", null])]) };
    expect(back({ id: "a" }, answer)).toMatchObject({ answer: { value: { total: "${{ a }}", inner: { x: null } } } });
  });

  it("keeps lists of names and values where a list may stand, or where a name stands twice", () => {
    const list = [{ name: "a", value: 1 }];
    const agent = { id: "read", agent: "Read.", with: { pairs: list, object: list } };
    expect(back(agent)).toMatchObject({ steps: [{ with: { pairs: list, object: list } }] });
    const twice = [...list, ...list];
    expect(back({ id: "read", agent: "Read.", with: twice })).toMatchObject({ steps: [{ with: twice }] });
  });

  it("leaves null arguments of a `fill` step to the executor", () => {
    const fill = { id: "sum", tool: "calculate", fill: "Add.", with: { expression: null, unit: null, rounding: "up" } };
    expect(back(fill)).toMatchObject({ steps: [{ with: { rounding: "up" } }] });
    expect(JSON.stringify(back(fill))).not.toContain("unit");
  });

  it("passes unchanged where it was written in the plain way", () => {
    const plain = {
      goal: "g",
      steps: [{ id: "sum", tool: "calculate", with: { expression: "a", variables: { a: 1 } } }],
    };
    expect(planFromReply(plain, inventory)).toEqual(plain);
    const foreign = { steps: [{ step: 1, tool: "search", tool_input: "x" }, "?"] };
    expect(planFromReply(foreign, inventory)).toEqual(foreign);
    expect(planFromReply([1], inventory)).toEqual([1]);
  });

  it("keeps an answer that is a value, and drops absent instructions", () => {
    expect(back({ id: "a" }, { from: ["a"], instructions: null })).toMatchObject({ answer: { from: ["a"] } });
    expect(back({ id: "a" }, { value: "${{ a }}" })).toMatchObject({ answer: { value: "${{ a }}" } });
    expect(back({ id: "a" }, null)).not.toHaveProperty("answer");
  });
});
