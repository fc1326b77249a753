// Turns schemas of an OpenAPI document into the JSON Schema of tools. In: a schema with references. Out: one without, for
// requests or for responses. A schema that refers to itself ends at a depth: deeper values are not checked here.
import { LIMITS } from "../../limits.js";
import { isObject, type Json, type JsonObject } from "../../plan/json.js";
import { followed, type ApiDocument } from "./document.js";

export type SchemaSide = "request" | "response";

/** Keywords that are kept as they are. */
const KEPT = [
  ...["type", "enum", "const", "description", "title", "default", "format", "minimum", "maximum", "multipleOf"],
  ...["minLength", "maxLength", "minItems", "maxItems", "uniqueItems", "minProperties", "maxProperties"],
];

/** Throws Unfit for a reference that cannot be followed. */
export function schemaForm(document: ApiDocument, schema: Json | undefined, side: SchemaSide): JsonObject {
  return new Forming(document, side).form(schema, 0);
}

class Forming {
  #nodes = LIMITS.openApiNodes;

  constructor(
    private readonly document: ApiDocument,
    private readonly side: SchemaSide,
  ) {}

  form(schema: Json | undefined, depth: number): JsonObject {
    if (depth > LIMITS.openApiDepth || this.#nodes-- <= 0) return {};
    const given = followed(this.document, schema);
    const kept = Object.fromEntries(KEPT.flatMap((name) => (Object.hasOwn(given, name) ? [[name, given[name]!]] : [])));
    const formed: JsonObject = {
      ...kept,
      ...bounds(given),
      ...pattern(given),
      ...this.#properties(given, depth),
      ...(isObject(given["items"]) ? { items: this.form(given["items"], depth + 1) } : {}),
      ...this.#lists(given, depth),
    };
    return this.document.old && given["nullable"] === true ? nullable(formed) : formed;
  }

  #properties(given: JsonObject, depth: number): JsonObject {
    const { properties, required, additionalProperties } = given;
    const rest = isObject(additionalProperties) ? this.form(additionalProperties, depth + 1) : additionalProperties;
    const more = rest === undefined ? {} : { additionalProperties: rest };
    if (!isObject(properties)) return more;
    const left = this.side === "request" ? "readOnly" : "writeOnly";
    const kept = Object.entries(properties).filter(([, one]) => followed(this.document, one)[left] !== true);
    const names = kept.map(([name]) => name);
    const needed = Array.isArray(required)
      ? (required as readonly Json[]).filter((name) => typeof name === "string" && names.includes(name))
      : [];
    return {
      properties: Object.fromEntries(kept.map(([name, one]) => [name, this.form(one, depth + 1)])),
      ...(needed.length === 0 ? {} : { required: needed }),
      ...more,
    };
  }

  /** One of several is checked as any of them: a service says itself if more than one fits. */
  #lists(given: JsonObject, depth: number): JsonObject {
    const forms = (name: string): readonly JsonObject[] => {
      const list = given[name];
      return Array.isArray(list) ? (list as readonly Json[]).map((one) => this.form(one, depth + 1)) : [];
    };
    const either = [...forms("anyOf"), ...forms("oneOf")];
    const all = forms("allOf");
    return { ...(either.length === 0 ? {} : { anyOf: either }), ...(all.length === 0 ? {} : { allOf: all }) };
  }
}

/** 3.0 has `exclusiveMinimum: true` beside `minimum`. */
function bounds(given: JsonObject): JsonObject {
  const pairs = [["exclusiveMinimum", "minimum"] as const, ["exclusiveMaximum", "maximum"] as const];
  return Object.fromEntries(
    pairs.flatMap(([name, limit]) => {
      const bound = given[name] === true ? given[limit] : given[name];
      return typeof bound === "number" ? [[name, bound]] : [];
    }),
  );
}

/** Some patterns are for other engines. The service checks them itself. */
function pattern({ pattern: given }: JsonObject): JsonObject {
  try {
    return typeof given === "string" && new RegExp(given, "u") ? { pattern: given } : {};
  } catch {
    return {};
  }
}

function nullable(schema: JsonObject): JsonObject {
  const { type, enum: values } = schema;
  if (typeof type !== "string") return { anyOf: [schema, { type: "null" }] };
  const listed = Array.isArray(values) ? { enum: [...new Set([...(values as readonly Json[]), null])] } : {};
  return { ...schema, type: [type, "null"], ...listed };
}
