// Checks the parts of a request. In: a request and a schema. Out: the checked value; throws REQUEST_INVALID,
// JSON_INVALID, MEDIA_TYPE. Fields that nobody reads are refused, because they may have been meant as a safeguard.
import { z } from "zod";
import { beginning } from "../../beginning.js";
import { messageOf } from "../../error.js";
import { LIMITS } from "../../limits.js";
import { depthOf, kindOf, pointerTo, type Json } from "../../plan/json.js";
import { PlanloomError } from "../../words/planloom-error.js";
import type { RequestFault, RequestPart } from "../../words/errors/requests.js";

/** A query in which each name stands once, unless its schema is a list. */
export function readQuery(given: URLSearchParams, schema: z.ZodObject = z.strictObject({})): unknown {
  const names = [...new Set(given.keys())];
  // Object.fromEntries keeps a name such as __proto__ as an own property.
  const value = Object.fromEntries(
    names.map((name) => {
      const all = given.getAll(name);
      return [name, isList(schema, name) || all.length > 1 ? all : all[0]];
    }),
  );
  return checkedPart(value, schema, "query");
}

function isList({ shape }: z.ZodObject, name: string): boolean {
  const field: unknown = Object.hasOwn(shape, name) ? shape[name] : undefined;
  return plain(field) instanceof z.ZodArray;
}

export async function readBody(request: Request, schema: z.ZodType): Promise<unknown> {
  const given = request.headers.get("content-type") ?? "";
  const type = given.split(";", 1)[0]!.trim().toLowerCase();
  const [, charset = "utf-8"] = /;\s*charset\s*=\s*"?([^\s";]*)/iu.exec(given) ?? [];
  if (type !== "application/json" || !/^utf-?8$/iu.test(charset))
    throw new PlanloomError("MEDIA_TYPE", { given: beginning(given, 80) });
  return checkedPart(parsed(decoded(await request.arrayBuffer())), schema, "body");
}

/** A byte that is no UTF-8 is refused: a replaced character would be recorded as if it had been sent. */
function decoded(bytes: ArrayBuffer): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new PlanloomError("JSON_INVALID", { reason: "its text is not UTF-8" });
  }
}

function parsed(text: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new PlanloomError("JSON_INVALID", { reason: beginning(messageOf(error), 200) });
  }
  if (depthOf(value, LIMITS.eventDepth) <= LIMITS.eventDepth) return value;
  throw new PlanloomError("JSON_INVALID", { reason: `it is nested deeper than ${LIMITS.eventDepth}` });
}

/** The value as the schema gives it. Throws REQUEST_INVALID. */
export function checkedPart(value: unknown, schema: z.ZodType, part: RequestPart): unknown {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const faults = result.error.issues.flatMap((issue) => faultsOf(issue, value, schema));
  throw new PlanloomError("REQUEST_INVALID", { part, faults: faults.slice(0, LIMITS.requestFaults) });
}

function faultsOf(issue: z.core.$ZodIssue, value: unknown, schema: z.ZodType): readonly RequestFault[] {
  const at = issue.path.reduce<string>((parent, token) => pointerTo(parent, String(token)), "");
  const found = valueAt(value, issue.path);
  switch (issue.code) {
    case "unrecognized_keys":
      return issue.keys.map((field) => {
        return { at, is: "unknown", field: beginning(field, 80), known: fieldsAt(schema, issue.path, found) };
      });
    case "invalid_union":
      return [{ at, is: "one-of", choices: (issue as { options?: string[] }).options ?? [], given: shown(found) }];
    case "invalid_value":
      return [{ at, is: "one-of", choices: issue.values.map(String), given: shown(found) }];
    case "invalid_type":
      if (found === undefined) return [{ at, is: "missing" }];
      return [{ at, is: "type", wanted: WANTED[issue.expected] ?? issue.expected, given: shown(found) }];
    default:
      return [
        found === undefined ? { at, is: "missing" } : { at, is: "type", wanted: issue.message, given: shown(found) },
      ];
  }
}

const WANTED: { readonly [expected: string]: string } = {
  string: "a text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  object: "a record",
  record: "a record",
  array: "a list",
};

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  let at = value;
  for (const key of path) {
    if (typeof at !== "object" || at === null || !Object.hasOwn(at, key)) return undefined;
    at = (at as { readonly [key: PropertyKey]: unknown })[key];
  }
  return at;
}

/** The fields that the schema knows there. `found` chooses the schema of its type. */
function fieldsAt(schema: z.ZodType, path: readonly PropertyKey[], found: unknown): readonly string[] {
  let at: unknown = schema;
  for (const key of path) at = inside(plain(at), key);
  const here = plain(at);
  if (here instanceof z.ZodObject) return Object.keys(here.shape);
  if (!(here instanceof z.ZodDiscriminatedUnion)) return [];
  const options = (here.options as readonly unknown[]).filter((one) => one instanceof z.ZodObject);
  const { discriminator } = here.def;
  const type = (found as { readonly [key: string]: unknown })[discriminator];
  const meant = options.find((one) => (one.shape[discriminator] as z.ZodType).safeParse(type).success);
  return meant === undefined ? [] : Object.keys(meant.shape);
}

const plain = (schema: unknown): unknown => (schema instanceof z.ZodOptional ? schema.unwrap() : schema);

function inside(schema: unknown, key: PropertyKey): unknown {
  if (!(schema instanceof z.ZodObject)) return schema instanceof z.ZodArray ? schema.element : undefined;
  const fields: { readonly [name: string]: unknown } = schema.shape;
  return fields[String(key)];
}

function shown(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(beginning(value, 60));
  if (typeof value === "number" || typeof value === "boolean" || value === null) return String(value);
  return value === undefined ? "nothing" : `a ${kindOf(value as Json)}`;
}
