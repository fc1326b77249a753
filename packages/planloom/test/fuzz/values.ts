// Values of JSON Schemas: what a tool that keeps its word returns. In: a schema and dice. Out: a value that it allows.
// Separate because it reads the schema itself and not our types: a mistake in reading schemas must show.
import { isObject, type Json, type JsonObject } from "../../src/plan/json.js";
import type { Dice } from "./dice.js";

const TEXTS = [
  "",
  "a",
  "Berlin",
  "12",
  "-0.5",
  "true",
  "https://example.org/?q=1",
  "ünï ☂ 漢字",
  "a,b,c",
  "x y",
  "null",
];
const NUMBERS = [0, 1, -1, 2.5, 3, 7, 100, -0.25, 1e6, 1e-7, 9_007_199_254_740_991, 1e308];

const DEEPEST = 12;

/** A value that `schema` allows; of what is not understood, any value. */
export function valueOf(schema: Json | undefined, dice: Dice, root: Json | undefined = schema, depth = 0): Json {
  if (!isObject(schema)) return anything(dice, depth);
  // A schema that only refers to itself allows everything.
  if (depth > DEEPEST) return null;
  const reference = schema["$ref"];
  if (typeof reference === "string") return valueOf(pointed(root, reference), dice, root, depth + 1);
  if ("const" in schema) return schema["const"];
  const choices = schema["enum"] ?? schema["anyOf"] ?? schema["oneOf"];
  if (Array.isArray(choices) && choices.length > 0) {
    const choice = dice.pick(choices as readonly Json[]);
    return "enum" in schema ? choice : valueOf(choice, dice, root, depth + 1);
  }
  const { type } = schema;
  return ofKind(Array.isArray(type) ? dice.pick(type as readonly Json[]) : type, schema, dice, root, depth);
}

function ofKind(kind: Json | undefined, schema: JsonObject, dice: Dice, root: Json | undefined, depth: number): Json {
  switch (kind) {
    case "null":
      return null;
    case "boolean":
      return dice.chance(0.5);
    case "integer":
      return dice.int(-3, 20);
    case "number":
      return dice.pick(NUMBERS);
    case "string":
      return dice.pick(TEXTS);
    case "array":
      return listOf(schema, dice, root, depth);
    case "object":
      return recordOf(schema, dice, root, depth);
    default:
      return anything(dice, depth);
  }
}

function listOf(schema: JsonObject, dice: Dice, root: Json | undefined, depth: number): Json {
  const prefix = schema["prefixItems"];
  if (Array.isArray(prefix)) return (prefix as readonly Json[]).map((item) => valueOf(item, dice, root, depth + 1));
  const length = depth > 6 ? 0 : dice.pick([0, 1, 2, 3]);
  return Array.from({ length }, () => valueOf(schema["items"], dice, root, depth + 1));
}

function recordOf(schema: JsonObject, dice: Dice, root: Json | undefined, depth: number): Json {
  const properties = isObject(schema["properties"]) ? schema["properties"] : {};
  const required = new Set(Array.isArray(schema["required"]) ? (schema["required"] as readonly Json[]) : []);
  const fields = Object.entries(properties)
    .filter(([name]) => required.has(name) || dice.chance(0.5))
    .map(([name, field]) => [name, valueOf(field, dice, root, depth + 1)] as const);
  const rest = schema["additionalProperties"];
  if (!isObject(rest) || depth > 6) return Object.fromEntries(fields);
  const more = ["k1", "k2"].filter(() => dice.chance(0.6));
  return Object.fromEntries([...fields, ...more.map((name) => [name, valueOf(rest, dice, root, depth + 1)] as const)]);
}

function pointed(root: Json | undefined, reference: string): Json | undefined {
  let value = root;
  for (const token of reference.split("/").slice(1)) value = isObject(value) ? value[token] : undefined;
  return value;
}

function anything(dice: Dice, depth: number): Json {
  const kinds = ["null", "boolean", "number", "string", ...(depth > 3 ? [] : ["array", "object"])];
  const schema: JsonObject = { type: dice.pick(kinds), additionalProperties: {} };
  return ofKind(schema["type"], schema, dice, schema, depth + 1);
}
