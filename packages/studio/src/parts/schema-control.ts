// Which control fits a value of a JSON Schema. In: a schema. Out: the control, and its type in words for the hint below it.
// The server checks the value once more.
import type { Json } from "planloom";
import type { Control } from "./typed-value.js";

interface Schema {
  readonly type?: Json;
  readonly enum?: readonly Json[];
  readonly const?: Json;
  readonly anyOf?: readonly Schema[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly items?: Schema;
  readonly properties?: { readonly [name: string]: Schema };
  readonly required?: readonly string[];
  readonly description?: string;
}

export const schemaIn = (value: unknown): Schema =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? value : {};

export function controlOfSchema(schema: Schema): Control {
  const literals = literalsOf(schema);
  if (literals !== undefined) return { kind: "choice", choices: literals };
  switch (schema.type) {
    case "string":
      return { kind: "text" };
    case "number":
    case "integer":
    case "boolean":
      return { kind: schema.type };
    case "array":
    case "object":
      return { kind: "json" };
    default:
      return { kind: schema.type === undefined && schema.anyOf === undefined ? "any" : "json" };
  }
}

function literalsOf({ enum: choices, const: only, anyOf }: Schema): readonly Json[] | undefined {
  if (choices !== undefined) return choices;
  if (only !== undefined) return [only];
  const parts = anyOf?.map(literalsOf) ?? [];
  return parts.length === 0 || parts.includes(undefined) ? undefined : parts.flatMap((part) => part ?? []);
}

const WORDS: { readonly [type: string]: string } = {
  string: "text",
  number: "number",
  integer: "whole number",
  boolean: "yes or no",
  array: "list",
  object: "record",
};

/** `number, 0.01 to 500`, `one of EUR, USD`. */
export function schemaHint(schema: Schema): string {
  const literals = literalsOf(schema);
  if (literals !== undefined) return `one of ${literals.map(plainText).join(", ")}`;
  const word = typeof schema.type === "string" ? (WORDS[schema.type] ?? schema.type) : "any value";
  const { minimum: least = schema.exclusiveMinimum, maximum: most } = schema;
  // A schema of whole numbers names the largest ones that a computer holds.
  const isReal = (limit: number | undefined): limit is number =>
    limit !== undefined && Math.abs(limit) < Number.MAX_SAFE_INTEGER;
  if (isReal(least) && isReal(most)) return `${word}, ${least} to ${most}`;
  if (isReal(least)) return `${word}, at least ${least}`;
  return isReal(most) ? `${word}, at most ${most}` : word;
}

const plainText = (value: Json): string => (typeof value === "string" ? value : JSON.stringify(value));
