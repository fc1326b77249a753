// Schemas of zod 3 as JSON Schema. In: a schema of zod 3, which offers none itself. Out: JSON Schema 2020-12, or an Error
// that names the part that JSON cannot carry. zod 3 is not imported: only the fields of its schemas are read.
import { LIMITS } from "../limits.js";
import { isObject, type Json, type JsonObject } from "../plan/json.js";

type Side = "input" | "output";

/** What zod 3 keeps about a schema. `typeName` says which other fields there are. */
interface Definition {
  readonly typeName: string;
  readonly description?: string;
  readonly [field: string]: unknown;
}

interface Zod3 {
  readonly _def: Definition;
}

export const isZod3 = (schema: unknown): schema is Zod3 =>
  typeof schema === "object" &&
  schema !== null &&
  !("_zod" in schema) &&
  "_def" in schema &&
  isObject(schema._def) &&
  typeof schema._def["typeName"] === "string";

/** The JSON Schema of the values before (input) or after (output) the schema has checked them. */
export function zod3Json(schema: Zod3, side: Side): JsonObject {
  const reading: Reading = { side, lazy: new Map(), defs: {}, depth: 0 };
  const root = read(schema, reading);
  return Object.keys(reading.defs).length === 0 ? root : { ...root, $defs: reading.defs };
}

interface Reading {
  readonly side: Side;
  /** The names of schemas that are read later, because they may contain themselves. */
  readonly lazy: Map<Zod3, string>;
  readonly defs: Record<string, JsonObject>;
  readonly depth: number;
}

function read(schema: unknown, reading: Reading): JsonObject {
  if (!isZod3(schema)) throw new Error("a part of it is not of zod 3");
  const { typeName, description } = schema._def;
  const form = Object.hasOwn(FORMS, typeName) ? FORMS[typeName] : undefined;
  if (form === undefined) throw new Error(`${typeName} has no JSON Schema`);
  if (reading.depth > LIMITS.jsonDepth) throw new Error(`it nests deeper than ${LIMITS.jsonDepth} levels`);
  const json = form(schema._def, { ...reading, depth: reading.depth + 1 }, schema);
  return description === undefined ? json : { ...json, description };
}

type Form = (definition: Definition, reading: Reading, schema: Zod3) => JsonObject;

/** The schema inside, as that of the one around it. */
const inside =
  (field: string): Form =>
  (definition, reading) =>
    read(definition[field], reading);

const FORMS: { readonly [typeName: string]: Form } = {
  ZodString: ({ checks }) => ({ type: "string", ...checked(checks, STRING_CHECKS) }),
  ZodNumber: ({ checks }) => ({ type: "number", ...checked(checks, NUMBER_CHECKS) }),
  ZodBoolean: () => ({ type: "boolean" }),
  ZodNull: () => ({ type: "null" }),
  ZodAny: () => ({}),
  ZodUnknown: () => ({}),
  ZodNever: () => ({ not: {} }),
  ZodLiteral: ({ value }) => ({ const: jsonLiteral(value) }),
  ZodEnum: ({ values }) => ({ type: "string", enum: values as Json }),
  ZodNativeEnum: ({ values }) => ({ enum: enumValues(values as Readonly<Record<string, Json>>) }),
  ZodObject: readObject,
  ZodRecord: readRecord,
  ZodArray: readArray,
  ZodTuple: readTuple,
  ZodUnion: ({ options }, reading) => ({ anyOf: (options as readonly unknown[]).map((one) => read(one, reading)) }),
  ZodDiscriminatedUnion: ({ options }, reading) => ({
    anyOf: [...(options as Iterable<unknown>)].map((one) => read(one, reading)),
  }),
  ZodIntersection: ({ left, right }, reading) => ({ allOf: [read(left, reading), read(right, reading)] }),
  ZodNullable: ({ innerType }, reading) => ({ anyOf: [read(innerType, reading), { type: "null" }] }),
  ZodOptional: inside("innerType"),
  ZodReadonly: inside("innerType"),
  ZodBranded: inside("type"),
  ZodCatch: inside("innerType"),
  ZodDefault: ({ innerType, defaultValue }, reading) => ({
    ...read(innerType, reading),
    ...withDefault((defaultValue as () => unknown)()),
  }),
  ZodEffects: ({ schema, effect }, reading) => {
    const { type } = effect as { readonly type: string };
    if (type === "transform" && reading.side === "output") throw new Error("the result of a transform is not known");
    return read(schema, reading);
  },
  ZodPipeline: (definition, reading) => read(definition[reading.side === "input" ? "in" : "out"], reading),
  ZodLazy: (definition, reading, schema) => ({ $ref: `#/$defs/${lazyName(definition, reading, schema)}` }),
};

/** A default that JSON cannot carry is a note that is left out. */
const withDefault = (value: unknown): JsonObject =>
  ["string", "number", "boolean"].includes(typeof value) || value === null ? { default: value as Json } : {};

function jsonLiteral(value: unknown): Json {
  if (value === null || ["string", "number", "boolean"].includes(typeof value)) return value as Json;
  throw new Error(`JSON has no ${typeof value}`);
}

/** An enum of TypeScript with numbers also has an entry from each number to its name. */
const enumValues = (values: Readonly<Record<string, Json>>): readonly Json[] =>
  Object.entries(values)
    .filter(([name, value]) => !(String(Number(name)) === name && values[value as string] === Number(name)))
    .map(([, value]) => value);

function readObject({ shape, unknownKeys, catchall }: Definition, reading: Reading): JsonObject {
  const fields = Object.entries((shape as () => Readonly<Record<string, unknown>>)());
  const properties = Object.fromEntries(fields.map(([name, field]) => [name, inField(name, field, reading)]));
  const required = fields.filter(([, field]) => !mayLack(field, reading.side)).map(([name]) => name);
  return {
    type: "object",
    properties,
    ...(required.length === 0 ? {} : { required }),
    ...otherKeys(unknownKeys, catchall, reading),
  };
}

function inField(name: string, field: unknown, reading: Reading): JsonObject {
  try {
    return read(field, reading);
  } catch (error) {
    throw new Error(`${name}: ${(error as Error).message}`, { cause: error });
  }
}

function otherKeys(unknownKeys: unknown, catchall: unknown, reading: Reading): JsonObject {
  if (isZod3(catchall) && catchall._def.typeName !== "ZodNever")
    return { additionalProperties: read(catchall, reading) };
  const drops = unknownKeys === "strip" && reading.side === "output";
  return unknownKeys === "strict" || drops ? { additionalProperties: false } : {};
}

const WRAPPERS: { readonly [typeName: string]: string } = {
  ...{ ZodNullable: "innerType", ZodReadonly: "innerType", ZodBranded: "type", ZodEffects: "schema" },
};

/** Whether an object may be without this field. After the check, a default is there. */
function mayLack(field: unknown, side: Side, depth = 0): boolean {
  if (!isZod3(field) || depth > LIMITS.jsonDepth) return false;
  const { typeName } = field._def;
  if (typeName === "ZodOptional" || typeName === "ZodAny" || typeName === "ZodUnknown") return true;
  if (typeName === "ZodDefault" || typeName === "ZodCatch") return side === "input";
  const inner = typeName === "ZodPipeline" ? (side === "input" ? "in" : "out") : WRAPPERS[typeName];
  return inner !== undefined && mayLack(field._def[inner], side, depth + 1);
}

function readRecord({ keyType, valueType }: Definition, reading: Reading): JsonObject {
  const names = read(keyType, reading);
  const isPlain = Object.keys(names).length === 1 && names["type"] === "string";
  return {
    type: "object",
    ...(isPlain ? {} : { propertyNames: names }),
    additionalProperties: read(valueType, reading),
  };
}

function readArray({ type, minLength, maxLength, exactLength }: Definition, reading: Reading): JsonObject {
  const limit = (of: unknown) => (of as { readonly value: number } | null)?.value;
  const exact = limit(exactLength);
  const [least, most] = [exact ?? limit(minLength), exact ?? limit(maxLength)];
  return {
    type: "array",
    items: read(type, reading),
    ...(least === undefined ? {} : { minItems: least }),
    ...(most === undefined ? {} : { maxItems: most }),
  };
}

function readTuple({ items, rest }: Definition, reading: Reading): JsonObject {
  const all = (items as readonly unknown[]).map((item) => read(item, reading));
  const closed = { items: false, maxItems: all.length } as const;
  const more = rest === null || rest === undefined ? closed : { items: read(rest, reading) };
  return { type: "array", prefixItems: all, minItems: all.length, ...more };
}

function lazyName({ getter }: Definition, reading: Reading, schema: Zod3): string {
  const known = reading.lazy.get(schema);
  if (known !== undefined) return known;
  const name = `part${reading.lazy.size + 1}`;
  reading.lazy.set(schema, name);
  reading.defs[name] = read((getter as () => unknown)(), reading);
  return name;
}

interface Check {
  readonly kind: string;
  readonly value?: unknown;
  readonly inclusive?: boolean;
  readonly regex?: RegExp;
}

type CheckForms = { readonly [kind: string]: (check: Check) => JsonObject };

/** Checks that JSON Schema cannot say are left out: zod makes them before each call. */
const checked = (checks: unknown, forms: CheckForms): JsonObject =>
  Object.assign({}, ...(checks as readonly Check[]).map((check) => forms[check.kind]?.(check) ?? {})) as JsonObject;

const formatOf = (format: string) => (): JsonObject => ({ format });

const STRING_CHECKS: CheckForms = {
  min: ({ value }) => ({ minLength: value as number }),
  max: ({ value }) => ({ maxLength: value as number }),
  length: ({ value }) => ({ minLength: value as number, maxLength: value as number }),
  regex: ({ regex }) => (regex!.flags === "" || regex!.flags === "u" ? { pattern: regex!.source } : {}),
  email: formatOf("email"),
  url: formatOf("uri"),
  uuid: formatOf("uuid"),
  datetime: formatOf("date-time"),
  date: formatOf("date"),
  time: formatOf("time"),
};

const NUMBER_CHECKS: CheckForms = {
  int: () => ({ type: "integer" }),
  min: ({ value, inclusive }) => ({ [inclusive === true ? "minimum" : "exclusiveMinimum"]: value as number }),
  max: ({ value, inclusive }) => ({ [inclusive === true ? "maximum" : "exclusiveMaximum"]: value as number }),
  multipleOf: ({ value }) => ({ multipleOf: value as number }),
};
