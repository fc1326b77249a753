// The schema of the planner's reply: only tools that exist, only arguments they take, and the way back to a document.
import { describe, expect, it } from "vitest";
import { planFromReply, planRequestSchema } from "../../src/agents/plan-request-schema.js";
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

function branches(of: Inventory): readonly Schema[] {
  const schema = planRequestSchema(of) as unknown as { properties: { steps: { items: { anyOf: Schema[] } } } };
  return schema.properties.steps.items.anyOf;
}

/** Every object schema inside a schema. */
function objectsIn(value: Json): JsonObject[] {
  if (Array.isArray(value)) return (value as Json[]).flatMap(objectsIn);
  if (!isObject(value)) return [];
  const inner = Object.values(value).flatMap(objectsIn);
  return value["type"] === "object" ? [value, ...inner] : inner;
}

describe("the schema", () => {
  it("has a branch per tool, one to fill, one for agents and one to ask", () => {
    const kinds = branches(inventory).map(
      ({ properties }) => properties["tool"] ?? (properties["agent"] ? "agent" : "ask"),
    );
    expect(kinds).toEqual([
      { type: "string", const: "search" },
      { type: "string", const: "calculate" },
      { type: "string", enum: ["search", "calculate"] },
      "agent",
      "ask",
    ]);
  });

  it("constrains arguments to those of the tool, each with room for a reference", () => {
    const [search, calculate] = branches(inventory).map((branch) => branch.properties["with"]);
    expect(search).toMatchObject({ additionalProperties: false, required: ["query", "limit"] });
    expect(search?.properties["query"]).toEqual({ type: "string" });
    expect(search?.properties["limit"]).toEqual({ anyOf: [{ type: "number" }, { type: "string" }, { type: "null" }] });
    expect(calculate?.properties["rounding"]).toEqual({
      anyOf: [{ type: "string", enum: ["up", "down"] }, { type: "string" }, { type: "null" }],
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
    const schema = planRequestSchema(inventory);
    const objects = objectsIn(schema);
    expect(objects.length).toBeGreaterThan(10);
    for (const object of objects) {
      expect(object["additionalProperties"]).toBe(false);
      expect(object["required"]).toEqual(Object.keys(object["properties"] as JsonObject));
    }
    const keywords = new Set([...JSON.stringify(schema).matchAll(/"(\$?\w+)":(?=[{["tf])/g)].map((match) => match[1]!));
    for (const unsupported of ["pattern", "format", "oneOf", "allOf", "$ref", "default", "minLength", "maximum"]) {
      expect(keywords).not.toContain(unsupported);
    }
  });

  it("names the tools beyond the hundredth without their arguments", () => {
    const many = { tools: Array.from({ length: 103 }, (_, index) => specOf(`tool${index}`)) };
    const tools = branches(many).map((branch) => branch.properties["tool"]);
    expect(tools[99]).toEqual({ type: "string", const: "tool99" });
    expect(tools[100]).toEqual({ type: "string", enum: ["tool100", "tool101", "tool102"] });
  });
});

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
