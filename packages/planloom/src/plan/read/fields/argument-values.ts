// Reads the arguments of a tool in the types that its schema wants. In: the fields of a step. Out: the same arguments,
// where another type has the same meaning: a number as text, one text for a list of one. Nothing is rounded or guessed.
import { isObject, jsonIn, type Json, type JsonObject } from "../../json.js";
import type { Fields, StepContext } from "./fields.js";

export function readArgumentTypes(fields: Fields, at: StepContext): void {
  const tool = at.tool(fields.get("tool"));
  const given = fields.get("with");
  const properties = tool?.input["properties"];
  if (tool === undefined || !isObject(given) || !isObject(properties)) return;
  const required: unknown = tool.input["required"];
  const values = new Map(Object.entries(given));
  for (const [name, value] of values) {
    const schema = Object.hasOwn(properties, name) ? properties[name] : undefined;
    if (!isObject(schema)) continue;
    if (value === null && !wants(schema, "null") && !(Array.isArray(required) && required.includes(name))) {
      values.delete(name);
      at.note("NULL_DROPPED", { field: name }, "with", { before: given });
      continue;
    }
    const read = asWanted(value, schema);
    if (read === undefined) continue;
    values.set(name, read.value);
    at.note("ARGUMENT_READ", { argument: name, as: read.as }, "with", { before: value, after: read.value });
  }
  fields.set("with", Object.fromEntries(values));
}

interface Read {
  readonly as: "number" | "boolean" | "text" | "list" | "record";
  readonly value: Json;
}

/** undefined if the value stays as it is. */
function asWanted(value: Json, schema: JsonObject): Read | undefined {
  const types = typesOf(schema);
  if (types.length === 0) return undefined;
  if (typeof value === "string") return types.includes("string") ? undefined : fromText(value, types, schema);
  if (typeof value === "number" && types.every((type) => type === "string" || type === "null"))
    return Number.isSafeInteger(value) ? { as: "text", value: String(value) } : undefined;
  if (types.includes("array") && !Array.isArray(value) && value !== null && fitsItem(value, schema))
    return { as: "list", value: [value] };
  return undefined;
}

function fromText(text: string, types: readonly string[], schema: JsonObject): Read | undefined {
  if (text.includes("${{")) return undefined;
  const plain = text.trim();
  if (types.includes("number") || types.includes("integer")) {
    const number = Number(plain);
    const whole = types.includes("number") || Number.isSafeInteger(number);
    if (plain !== "" && String(number) === plain && Number.isFinite(number) && whole)
      return { as: "number", value: number };
  }
  if (types.includes("boolean") && /^(?:true|false)$/i.test(plain))
    return { as: "boolean", value: plain.toLowerCase() === "true" };
  const parsed = /^[[{]/.test(plain) ? jsonIn(plain) : undefined;
  if (Array.isArray(parsed) && types.includes("array")) return { as: "list", value: parsed as Json };
  if (isObject(parsed) && types.includes("object")) return { as: "record", value: parsed };
  // Several texts in one are a guess.
  if (types.includes("array") && plain !== "" && !/[,;\n[\]{}]/.test(plain) && fitsItem(text, schema))
    return { as: "list", value: [text] };
  return undefined;
}

function fitsItem(value: Json, schema: JsonObject): boolean {
  const items = schema["items"];
  if (!isObject(items)) return false;
  const types = typesOf(items);
  const kind = typeof value === "object" ? "object" : typeof value;
  return types.includes(kind) || (types.includes("integer") && Number.isSafeInteger(value));
}

const wants = (schema: JsonObject, type: string): boolean => {
  const types = typesOf(schema);
  return types.length === 0 || types.includes(type);
};

/** Whether a schema takes a text. */
export const wantsText = (schema: JsonObject): boolean => typesOf(schema).includes("string");

/** The types that a schema names. Empty if it says nothing simple. */
function typesOf(schema: JsonObject): readonly string[] {
  const type = schema["type"];
  if (typeof type === "string") return [type];
  if (Array.isArray(type)) return type.filter((one) => typeof one === "string");
  const choices = schema["anyOf"] ?? schema["oneOf"];
  if (!Array.isArray(choices)) return [];
  const all = (choices as readonly Json[]).map((one) => (isObject(one) ? typesOf(one) : []));
  return all.every((types) => types.length > 0) ? all.flat() : [];
}
