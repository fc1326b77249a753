// The tools that fuzzed plans are made of and checked against. In: nothing. Out: an inventory in which every output has
// a type, so that what check lets pass can be held against what the run finds; one opaque tool gives anything.
import type { JsonObject } from "../../src/plan/json.js";
import type { Inventory, ToolSpec } from "../../src/plan/tool-spec.js";

const text: JsonObject = { type: "string" };
const number: JsonObject = { type: "number" };
const object = (properties: JsonObject, required = Object.keys(properties)): JsonObject => ({
  type: "object",
  properties,
  required,
});
const list = (items: JsonObject): JsonObject => ({ type: "array", items });

function spec(name: string, input: JsonObject, output: JsonObject, extra: Partial<ToolSpec> = {}): ToolSpec {
  return { name, description: `Does ${name.replaceAll("_", " ")}.`, input, output, effects: "none", ...extra };
}

const closed = (properties: JsonObject, required = Object.keys(properties)): JsonObject => ({
  ...object(properties, required),
  additionalProperties: false,
});
const hit = object({ title: text, url: text, score: number });

export const TOOLS: Inventory = {
  tools: [
    spec("search", closed({ query: text, limit: { type: "integer" } }, ["query"]), object({ results: list(hit) })),
    spec("fetch_url", closed({ url: text }), object({ url: text, status: number, title: text, text })),
    spec("calculate", closed({ expression: text, variables: { type: "object" } }, ["expression"]), number),
    spec("names", closed({ of: text }), list(text)),
    spec("lookup", closed({ name: text }), { ...object({ age: number, city: text }), type: ["object", "null"] }),
    spec("grade", closed({ value: number }), { enum: ["good", "fair", "poor"] }),
    spec("flag", closed({ on: { type: "boolean" }, values: list(number) }, ["on"]), { type: "boolean" }),
    spec("average", closed({ values: list(number) }), { anyOf: [number, { type: "null" }] }),
    spec("table", closed({ rows: list(object({ name: text, value: number })) }), {
      type: "object",
      additionalProperties: list(number),
    }),
    spec("shape", closed({ kind: { enum: ["round", "square"] }, size: number }), {
      oneOf: [
        object({ kind: { const: "round" }, radius: number }),
        object({ kind: { const: "square" }, side: number, tags: list(text) }),
      ],
    }),
    spec("profile", closed({ of: hit }), object({ name: text, mail: text, nick: text }, ["name"])),
    spec("tree", closed({ depth: number }), { $ref: "#/$defs/node", $defs: { node: object({ name: text }) } }),
    spec("pair", closed({}), { type: "array", prefixItems: [text, number], items: false }),
    spec("mail", closed({ to: text, body: text, copies: list(text) }, ["to", "body"]), object({ id: text }), {
      effects: "once",
    }),
    spec("save", closed({ path: text, text }), { type: "null" }, { effects: "idempotent" }),
    spec("refund", closed({ order: text }), text, { effects: "once", approval: "required" }),
    spec("opaque", { type: "object" }, {}),
  ],
};
