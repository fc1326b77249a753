// Schemas of tools as they are sent: only keywords that all decoders know, and the same meaning as far as these have it.
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { openModel } from "../../src/model/model.js";
import { wireSchema } from "../../src/model/request/wire-schema.js";
import { isObject, type Json, type JsonObject } from "../../src/plan/json.js";
import { startFakeOpenAI } from "../../src/testing/index.js";

const KEYWORDS = new Set(["type", "description", "properties", "required", "items", "enum", "anyOf"]);

/** All keywords of a schema. */
function keywordsIn(schema: Json): readonly string[] {
  if (Array.isArray(schema)) return (schema as readonly Json[]).flatMap(keywordsIn);
  if (!isObject(schema)) return [];
  const { properties, items, anyOf } = schema;
  const fields = isObject(properties) ? Object.values(properties) : [];
  return [...Object.keys(schema), ...[...fields, items ?? null, anyOf ?? null].flatMap(keywordsIn)];
}
const field = (schema: JsonObject): Json =>
  (wireSchema({ type: "object", properties: { it: schema } })["properties"] as JsonObject)["it"]!;

describe("the schema of a tool on the wire", () => {
  it("has only keywords that every decoder knows", () => {
    const schema = z.toJSONSchema(
      z.strictObject({
        when: z.iso.datetime().describe("When it begins"),
        count: z.int().min(1).max(9).multipleOf(2).default(4),
        code: z
          .string()
          .regex(/^[A-Z]{3}$/)
          .min(3)
          .optional(),
        kind: z.literal("a"),
        level: z.union([z.literal(1), z.literal(2)]).nullable(),
        tags: z.array(z.string()).min(1).max(3),
        pair: z.tuple([z.string(), z.number()]),
        names: z.record(z.string(), z.number()),
        any: z.unknown(),
      }),
      { io: "input" },
    ) as unknown as JsonObject;
    const wire = wireSchema(schema);
    expect(keywordsIn(wire).filter((keyword) => !KEYWORDS.has(keyword))).toEqual([]);
    expect(wire["required"]).toEqual(["when", "kind", "level", "tags", "pair", "names", "any"]);
    expect(wire["properties"]).toMatchObject({
      when: { type: "string", description: expect.stringMatching(/^When it begins \(.*format date-time\)$/) as string },
      count: { type: "integer", description: "at least 1, at most 9, a multiple of 2, default 4" },
      code: { type: "string", description: "at least 3 characters, matches /^[A-Z]{3}$/" },
      kind: { type: "string", enum: ["a"] },
      tags: { type: "array", items: { type: "string" }, description: "at least 1 items, at most 3 items" },
      pair: { type: "array", items: { anyOf: [{ type: "string" }, { type: "number" }] } },
      names: { type: "object", description: "fields of any name, each of type number" },
      any: {},
    });
  });

  it("names values that are no texts in the description", () => {
    expect(field({ enum: [1, 2, 3], description: "The level" })).toEqual({
      type: "number",
      description: "The level (one of 1, 2, 3)",
    });
    expect(field({ const: true })).toEqual({ type: "boolean", description: "always true" });
    expect(field({ enum: ["a", null] })).toEqual({ anyOf: [{ type: "string", enum: ["a"] }, { type: "null" }] });
  });

  it("writes unions and nulls in one way", () => {
    const textOrNull = { anyOf: [{ type: "string" }, { type: "null" }] };
    expect(field({ type: ["string", "null"] })).toEqual(textOrNull);
    expect(field({ type: "string", nullable: true })).toEqual(textOrNull);
    expect(field({ oneOf: [{ type: "string" }, { type: ["string", "null"] }] })).toEqual(textOrNull);
  });

  it("follows references and parts that must all hold, and ends at a recursion", () => {
    const node = {
      type: "object",
      properties: { name: { $ref: "#/$defs/name" }, next: { $ref: "#/$defs/node" } },
      required: ["name"],
    };
    const schema = {
      allOf: [{ $ref: "#/$defs/node" }, { properties: { size: { type: "number" } }, required: ["size"] }],
      $defs: { node, name: { type: "string", minLength: 1 } },
    };
    const name = { type: "string", description: "at least 1 characters" };
    const inner = { type: "object", properties: { name, next: { type: "object" } }, required: ["name"] };
    expect(wireSchema(schema)).toEqual({
      type: "object",
      properties: { name, next: inner, size: { type: "number" } },
      required: ["name", "size"],
    });
    expect(JSON.stringify(wireSchema({ properties: { self: { $ref: "#" } } }))).toBe(
      '{"type":"object","properties":{"self":{}}}',
    );
  });

  it("keeps arguments that are called like keywords, and is an object whatever it is given", () => {
    const named = { type: "object", properties: { pattern: { type: "string" }, $ref: { type: "string" } } };
    expect(wireSchema(named)).toEqual(named);
    expect(wireSchema({})).toEqual({ type: "object", properties: {} });
    expect(wireSchema({ type: "object", properties: { a: true }, required: ["a", "b", 3] })).toEqual({
      type: "object",
      properties: { a: {} },
      required: ["a"],
    });
  });

  it("is what a server gets, the same each time", async () => {
    const server = await startFakeOpenAI({ reply: () => ({ text: "done" }) });
    const input = { type: "object", properties: { n: { type: "number", exclusiveMinimum: 0 } }, $schema: "x" };
    const model = openModel({ model: "m", baseURL: server.url }, "executor");
    const request = {
      system: "s",
      messages: [{ role: "user", text: "go" }],
      tools: [{ name: "t", description: "d", input }],
    };
    for (let at = 0; at < 2; at++) await model.call({ ...request, signal: new AbortController().signal } as never);
    const [first, second] = server.requests.map(({ body }) => JSON.stringify(body.tools));
    await server.close();
    expect(first).toBe(second);
    expect(first).toContain(
      '"parameters":{"type":"object","properties":{"n":{"type":"number","description":"more than 0"}}}',
    );
  });
});
