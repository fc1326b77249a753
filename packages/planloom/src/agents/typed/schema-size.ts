// The size of a schema, as providers count it. In: a JSON Schema of the strict subset. Out: numbers, and whether they
// are within the limits. The planner's schema is built branch by branch, as long as there is room.
import { LIMITS } from "../../limits.js";
import { isObject, type Json, type JsonObject } from "../../plan/json.js";

export interface SchemaSize {
  /** Properties of all objects. */
  readonly properties: number;
  /** Characters of property names, of enum values, and of consts. */
  readonly chars: number;
  /** Number of values of all enums. */
  readonly enums: number;
  /** Nesting of objects. */
  readonly levels: number;
}

const NOTHING: SchemaSize = { properties: 0, chars: 0, enums: 0, levels: 0 };

/** Each definition counts once, and its levels wherever it is used. */
export function schemaSize(schema: JsonObject): SchemaSize {
  const definitions = (schema["$defs"] ?? {}) as JsonObject;
  const sizes = new Map<string, SchemaSize>();
  const sizeOfName = (name: string): SchemaSize => {
    const size = sizes.get(name) ?? sizeOf(definitions[name] ?? null, levelsOf);
    sizes.set(name, size);
    return size;
  };
  const levelsOf = (reference: string): number => sizeOfName(reference.slice("#/$defs/".length)).levels;
  const root = sizeOf(schema, levelsOf);
  return { ...Object.keys(definitions).map(sizeOfName).reduce(bothSizes, root), levels: root.levels };
}

function sizeOf(schema: Json, levelsOf: (reference: string) => number): SchemaSize {
  if (!isObject(schema)) return NOTHING;
  const { $ref, properties = {}, items = null, anyOf = [], enum: values = [] } = schema;
  if (typeof $ref === "string") return { ...NOTHING, levels: levelsOf($ref) };
  const names = Object.keys(properties as JsonObject);
  const inner = [...Object.values(properties as JsonObject), items, ...(anyOf as readonly Json[])].map((part) =>
    sizeOf(part, levelsOf),
  );
  const literals = [values, schema["const"] ?? []].flat() as readonly (string | number | boolean)[];
  const own = {
    properties: names.length,
    chars: [...names, ...literals].reduce<number>((sum, text) => sum + String(text).length, 0),
    enums: (values as readonly Json[]).length,
    levels: 0,
  };
  const all = inner.reduce(bothSizes, own);
  return schema["type"] === "object" ? { ...all, levels: all.levels + 1 } : all;
}

/** The size of two schemas side by side. */
export function bothSizes(a: SchemaSize, b: SchemaSize): SchemaSize {
  return {
    properties: a.properties + b.properties,
    chars: a.chars + b.chars,
    enums: a.enums + b.enums,
    levels: Math.max(a.levels, b.levels),
  };
}

export function isTaken({ properties, chars, enums }: SchemaSize): boolean {
  return properties <= LIMITS.schemaProperties && chars <= LIMITS.schemaChars && enums <= LIMITS.schemaEnums;
}
