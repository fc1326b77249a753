// Schemas of tools, from any schema library. In: a Standard Schema (zod 4 and others) or a plain JSON Schema object.
// Out: its JSON Schema as data, and a function that checks a value against it. No other file depends on a schema
// library.
import { fromJSONSchema, toJSONSchema } from "zod";
import { messageOf } from "../error.js";
import { LIMITS } from "../limits.js";
import { isObject, pointerTo, type Json, type JsonObject } from "../plan/json.js";
import { typeFromSchema } from "../plan/type/schema.js";
import { schemaFault, type SchemaFault } from "../plan/type/schema-fault.js";
import { mismatch } from "../plan/type/type.js";
import type { SchemaProblem } from "../run/failure.js";
import { isZod3, zod3Json } from "./zod3-schema.js";

type Side = "input" | "output";

interface Issue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}
type Validated<Output> =
  { readonly value: Output; readonly issues?: undefined } | { readonly issues: readonly Issue[] };

/** Version 1 of standardschema.dev, with the optional JSON Schema part. Written here because only its shape matters. */
export interface StandardSchema<Input = unknown, Output = Input> {
  readonly "~standard": {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => Validated<Output> | Promise<Validated<Output>>;
    readonly types?: { readonly input: Input; readonly output: Output } | undefined;
    readonly jsonSchema?:
      | { readonly [side in Side]: (options: { readonly target: "draft-2020-12" }) => Record<string, unknown> }
      | undefined;
    /** A person wrote the JSON Schema, so it may have slips. */
    readonly byHand?: true | undefined;
  };
}

/** What a tool may give as `input` or `output`. */
export type Schema = StandardSchema | JsonObject;

/** The type of a value before the schema has checked it. */
export type Before<S> =
  S extends StandardSchema<unknown, unknown> ? NonNullable<S["~standard"]["types"]>["input"] : unknown;
/** The type of a value after the schema has checked it (defaults filled in, transforms done). */
export type After<S> =
  S extends StandardSchema<unknown, unknown> ? NonNullable<S["~standard"]["types"]>["output"] : unknown;

export type Checked =
  { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly problem: SchemaProblem };

export interface ReadSchema {
  /** JSON Schema 2020-12. */
  readonly json: JsonObject;
  /** Checks a value. Never throws for a value that does not match. */
  check(value: unknown): Promise<Checked>;
}

/** A JSON Schema with a word that is misspelt, or with a part that no value fits. */
export class BadSchema extends Error {
  constructor(readonly fault: SchemaFault) {
    super(fault.is);
  }
}

/** A schema that cannot be written as JSON Schema. `vendor`: its library, as it names itself. */
export class NoJsonSchema extends Error {
  constructor(
    readonly vendor: string,
    readonly reason?: string,
    cause?: unknown,
  ) {
    super(`it cannot be written as JSON Schema (${reason ?? `its library, ${vendor}, offers none`})`, { cause });
  }
}

/** A plain object that holds a schema of a library, such as `{ name: z.string() }`. */
export class MixedSchema extends Error {
  constructor(readonly at: string) {
    super("mixed schema");
  }
}

/**
 * Reads the schema of one side (input or output). Throws BadSchema, MixedSchema, NoJsonSchema, or an Error that says why
 * it cannot be used.
 */
export function readSchema(schema: unknown, side: Side): ReadSchema {
  if (isStandard(schema)) return readStandard(schema, side);
  if (isZod3(schema)) throw new Error("it is of zod before 3.25, which has no Standard Schema");
  if (!isObject(schema)) throw new Error("it is neither a Standard Schema nor a JSON Schema object");
  assertNotMixed(schema);
  const json = plain(schema);
  const fault = schemaFault(json);
  if (fault !== undefined) throw new BadSchema(fault);
  const type = typeFromSchema(schema);
  let whole: ReturnType<typeof wholeSchema>;
  return {
    json,
    async check(value) {
      const wrong = mismatch(value as Json, type);
      if (wrong !== undefined) return { ok: false, problem: { code: "MISFIT", ...wrong } };
      // A tool may say more than it keeps in its outputs. Its arguments have to keep all of it.
      if (side === "output") return { ok: true, value };
      whole ??= wholeSchema(json);
      const parsed = whole?.safeParse(value);
      if (parsed === undefined || parsed.success) return { ok: true, value };
      return { ok: false, problem: refusedBy(parsed.error.issues) };
    },
  };
}

function readStandard(schema: StandardSchema, side: Side): ReadSchema {
  const { validate, byHand } = schema["~standard"];
  if (typeof validate !== "function") throw new Error("it has no `~standard.validate`");
  const json = jsonSchemaOf(schema, side);
  const fault = byHand === true ? schemaFault(json) : undefined;
  if (fault !== undefined) throw new BadSchema(fault);
  return { json, check: (value) => checkStandard(schema, value) };
}

/** As a JSON Schema, such an object would check nothing. Throws MixedSchema. */
export function assertNotMixed(schema: object, at = "", depth = 0): void {
  for (const [name, value] of Object.entries(schema) as readonly (readonly [string, unknown])[]) {
    const place = pointerTo(at, name);
    if (isStandard(value)) throw new MixedSchema(place);
    if (typeof value === "object" && value !== null && depth < LIMITS.jsonDepth)
      assertNotMixed(value, place, depth + 1);
  }
}

/** The schema with its limits: lengths, patterns, numbers. undefined if it has keywords that zod does not know. */
function wholeSchema(json: JsonObject): ReturnType<typeof fromJSONSchema> | undefined {
  try {
    return fromJSONSchema(withoutFormats(json) as Parameters<typeof fromJSONSchema>[0]);
  } catch {
    return undefined;
  }
}

/** JSON Schema calls a format a note, no condition. */
function withoutFormats(schema: Json): Json {
  if (Array.isArray(schema)) return (schema as readonly Json[]).map(withoutFormats);
  if (!isObject(schema)) return schema;
  const kept = Object.entries(schema).filter(([name]) => name !== "format" && name !== "default");
  return Object.fromEntries(kept.map(([name, value]) => [name, inKeyword(name, value)] as const));
}

function inKeyword(name: string, value: Json): Json {
  if (name === "enum" || name === "const") return value;
  if (!NAMED.has(name) || !isObject(value)) return withoutFormats(value);
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, withoutFormats(one)] as const));
}

/** Keywords whose values are schemas by names of their own. */
const NAMED: ReadonlySet<string> = new Set(["properties", "patternProperties", "$defs", "definitions"]);

export function isStandard(schema: unknown): schema is StandardSchema {
  // Some libraries make their schemas functions.
  return (typeof schema === "object" || typeof schema === "function") && schema !== null && "~standard" in schema;
}

/**
 * Zod 3, and 4 before 4.2, cannot give JSON Schema themselves. Zod's own function reads any zod 4 schema by its `_zod`.
 */
function jsonSchemaOf(schema: StandardSchema, side: Side): JsonObject {
  const standard = schema["~standard"];
  try {
    if (standard.jsonSchema) return plain(standard.jsonSchema[side]({ target: "draft-2020-12" }));
    if ("_zod" in schema)
      return plain(toJSONSchema(schema as unknown as Parameters<typeof toJSONSchema>[0], { io: side }));
    if (isZod3(schema)) return plain(zod3Json(schema, side));
  } catch (error) {
    throw new NoJsonSchema(standard.vendor, messageOf(error), error);
  }
  throw new NoJsonSchema(standard.vendor);
}

/** A copy of the schema as JSON. Leaves out `$schema`, which every tool would repeat. */
function plain(schema: object): JsonObject {
  const { $schema: _dialect, ...rest } = JSON.parse(JSON.stringify(schema)) as Record<string, Json>;
  return rest;
}

async function checkStandard(schema: StandardSchema, value: unknown): Promise<Checked> {
  const result = await schema["~standard"].validate(value);
  if (result.issues === undefined) return { ok: true, value: result.value };
  return { ok: false, problem: refusedBy(result.issues) };
}

const refusedBy = (issues: readonly Issue[]): SchemaProblem => ({
  code: "SCHEMA_REFUSES",
  text: issues.slice(0, 5).map(issueText).join("; "),
});

function issueText({ path, message }: Issue): string {
  const keys = (path ?? []).map((part) => String(typeof part === "object" ? part.key : part));
  return keys.length === 0 ? message : `${keys.join(".")}: ${message}`;
}
