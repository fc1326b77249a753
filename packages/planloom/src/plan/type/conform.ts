// Checks a value against a whole JSON Schema 2020-12: types, limits, patterns. In: a value and a schema that
// schema-fault.ts has accepted. Out: the first place that does not fit. Pure, so that a replay decides the same.
// A type (type.ts) is the part of a schema that check can infer with; this file is for values of a run.
import { LIMITS } from "../../limits.js";
import { canonicalJson, isObject, own, pointerTo, type Json, type JsonObject } from "../json.js";
import { resolvePointer, typeFromSchema } from "./schema.js";
import { gistOf, mismatch, type Gist, type Mismatch } from "./type.js";

/** A value that has the right type and breaks another rule of the schema. */
export interface Breach {
  /** A JSON pointer into the value. */
  readonly path: string;
  /** The keyword of the schema. */
  readonly keyword: string;
  /** What the schema says by it: a number, a text, or true. */
  readonly limit: string | number | true;
  readonly found: Gist;
}

/** The value has another type, or breaks another rule. */
export type Misfit = Mismatch | Breach;

/** The first place where a value does not fit a schema, or undefined. */
export function nonconformity(value: Json, schema: JsonObject): Misfit | undefined {
  const wrong = mismatch(value, typeFromSchema(schema));
  if (wrong !== undefined) return wrong;
  const at = { root: schema, path: "", left: { work: LIMITS.conformWork }, open: [] };
  const broken = breachAt(value, schema, at);
  // `not`, `oneOf` and `if` would take the end of the work for a value that does not fit.
  return at.left.work < 0 ? tooMuch(value, at) : broken;
}

interface Place {
  readonly root: JsonObject;
  readonly path: string;
  /** Comparisons left. Branches inside branches multiply. */
  readonly left: { work: number };
  /** References followed at this value. Meeting one again adds nothing. */
  readonly open: readonly string[];
}

type Rule = (value: Json, limit: Json, schema: JsonObject, at: Place) => Breach | boolean;

/** The first rule that a value breaks. A boolean schema accepts all values, or none. */
function breachAt(value: Json, schema: Json | undefined, at: Place): Breach | undefined {
  if (schema === false) return breach(value, "false", true, at);
  if (!isObject(schema) || (value === null && own(schema, "nullable") === true)) return undefined;
  if (at.left.work-- <= 0) return tooMuch(value, at);
  for (const [keyword, limit] of Object.entries(schema)) {
    const rule = Object.hasOwn(RULES, keyword) ? RULES[keyword] : undefined;
    const kept = rule === undefined || rule(value, limit, schema, at);
    if (kept === false) return breach(value, keyword, shown(limit), at);
    if (kept !== true) return kept;
  }
  return undefined;
}

const breach = (value: Json, keyword: string, limit: Breach["limit"], { path }: Place): Breach => ({
  path,
  keyword,
  limit,
  found: gistOf(value),
});

const tooMuch = (value: Json, at: Place): Breach => breach(value, "size", LIMITS.conformWork, at);

const shown = (limit: Json): Breach["limit"] =>
  typeof limit === "number" || typeof limit === "string" || limit === true ? limit : JSON.stringify(limit);

const fits = (value: Json, schema: Json | undefined, at: Place): boolean => breachAt(value, schema, at) === undefined;

const within = (at: Place, token: string | number): Place => ({ ...at, path: pointerTo(at.path, token), open: [] });

/** A rule for numbers. It says nothing of other values. */
const ofNumber =
  (holds: (value: number, limit: number) => boolean): Rule =>
  (value, limit) =>
    typeof value !== "number" || typeof limit !== "number" || holds(value, limit);

const ofCount =
  (count: (value: Json) => number | undefined, holds: (count: number, limit: number) => boolean): Rule =>
  (value, limit) => {
    const counted = count(value);
    return counted === undefined || typeof limit !== "number" || holds(counted, limit);
  };

/** JSON Schema counts characters, not UTF-16 units. */
const charsOf = (value: Json) => (typeof value === "string" ? [...value].length : undefined);
const itemsOf = (value: Json) => (Array.isArray(value) ? value.length : undefined);
const fieldsOf = (value: Json) => (isObject(value) ? Object.keys(value).length : undefined);
const atLeast = (one: number, other: number) => one >= other;
const atMost = (one: number, other: number) => one <= other;

const RULES: { readonly [keyword: string]: Rule } = {
  $ref: (value, reference, _schema, at) => {
    if (typeof reference !== "string" || at.open.includes(reference)) return true;
    const target = resolvePointer(reference, at.root);
    return breachAt(value, target, { ...at, open: [...at.open, reference] }) ?? true;
  },
  type: (value, type) => (Array.isArray(type) ? (type as readonly Json[]) : [type]).some((one) => isOf(value, one)),
  enum: (value, values) => !Array.isArray(values) || (values as readonly Json[]).some((one) => equal(one, value)),
  const: (value, other) => equal(value, other),
  minimum: ofNumber(atLeast),
  maximum: ofNumber(atMost),
  exclusiveMinimum: ofNumber((value, limit) => value > limit),
  exclusiveMaximum: ofNumber((value, limit) => value < limit),
  multipleOf: ofNumber(isMultiple),
  minLength: ofCount(charsOf, atLeast),
  maxLength: ofCount(charsOf, atMost),
  pattern: (value, pattern) =>
    typeof value !== "string" || typeof pattern !== "string" || expression(pattern).test(value),
  minItems: ofCount(itemsOf, atLeast),
  maxItems: ofCount(itemsOf, atMost),
  uniqueItems: (value, wanted) =>
    wanted !== true || !Array.isArray(value) || new Set(value.map(canonicalJson)).size === value.length,
  contains: (value, schema, _schema, at) =>
    !Array.isArray(value) || (value as readonly Json[]).some((item, i) => fits(item, schema, within(at, i))),
  prefixItems: (value, places, _schema, at) =>
    first(listOf(value), (item, i) => breachAt(item, listOf(places)[i], within(at, i))),
  items: (value, items, schema, at) => {
    const from = listOf(own(schema, "prefixItems") ?? []).length;
    return first(listOf(value), (item, i) => (i < from ? undefined : breachAt(item, items, within(at, i))));
  },
  minProperties: ofCount(fieldsOf, atLeast),
  maxProperties: ofCount(fieldsOf, atMost),
  required: (value, names, _schema, at) => {
    const lacking = isObject(value)
      ? listOf(names).find((name) => typeof name === "string" && !Object.hasOwn(value, name))
      : undefined;
    return typeof lacking !== "string" || breach(null, "required", lacking, at);
  },
  properties: (value, fields, _schema, at) =>
    !isObject(value) ||
    !isObject(fields) ||
    first(Object.entries(value), ([name, field]) =>
      Object.hasOwn(fields, name) ? breachAt(field, fields[name], within(at, name)) : undefined,
    ),
  patternProperties: (value, patterns, _schema, at) =>
    !isObject(value) ||
    !isObject(patterns) ||
    first(Object.entries(value), ([name, field]) =>
      matching(patterns, name)
        .map((schema) => breachAt(field, schema, within(at, name)))
        .find((one) => one !== undefined),
    ),
  additionalProperties: (value, rest, schema, at) =>
    !isObject(value) ||
    first(Object.entries(value), ([name, field]) =>
      isNamed(schema, name) ? undefined : breachAt(field, rest, within(at, name)),
    ),
  propertyNames: (value, names, _schema, at) =>
    !isObject(value) || first(Object.keys(value), (name) => breachAt(name, names, within(at, name))),
  dependentRequired: (value, needs) =>
    !isObject(value) ||
    !isObject(needs) ||
    Object.entries(needs).every(
      ([name, others]) =>
        !Object.hasOwn(value, name) ||
        listOf(others).every((other) => typeof other !== "string" || Object.hasOwn(value, other)),
    ),
  allOf: (value, all, _schema, at) => first(listOf(all), (schema) => breachAt(value, schema, at)),
  anyOf: (value, any, _schema, at) => branch(value, listOf(any), at),
  oneOf: (value, one, _schema, at) => {
    const fitting = listOf(one).filter((schema) => fits(value, schema, at)).length;
    return fitting === 0 ? branch(value, listOf(one), at) : fitting === 1;
  },
  not: (value, schema, _schema, at) => !fits(value, schema, at),
  if: (value, condition, schema, at) =>
    breachAt(value, own(schema, fits(value, condition, at) ? "then" : "else"), at) ?? true,
};

/** If all branches but one are for values of another kind, the breach of that one is the most helpful. */
function branch(value: Json, branches: readonly Json[], at: Place): Breach | boolean {
  const breaches: Breach[] = [];
  for (const schema of branches) {
    const found = breachAt(value, schema, at);
    if (found === undefined) return true;
    breaches.push(found);
  }
  const alike = breaches.filter(({ path, keyword }) => path !== at.path || !OF_KIND.has(keyword));
  return (alike.length === 1 && alike[0]) || false;
}

const OF_KIND: ReadonlySet<string> = new Set(["type", "const", "enum", "false"]);

function first<T>(list: readonly T[], look: (one: T, index: number) => Breach | undefined): Breach | true {
  for (let i = 0; i < list.length; i++) {
    const found = look(list[i] as T, i);
    if (found !== undefined) return found;
  }
  return true;
}

const listOf = (value: Json): readonly Json[] => (Array.isArray(value) ? (value as readonly Json[]) : []);

const matching = (patterns: JsonObject, name: string): readonly Json[] =>
  Object.entries(patterns).flatMap(([pattern, schema]) => (expression(pattern).test(name) ? [schema] : []));

function isNamed(schema: JsonObject, name: string): boolean {
  const [fields, patterns] = [own(schema, "properties"), own(schema, "patternProperties")];
  return (
    (isObject(fields) && Object.hasOwn(fields, name)) || (isObject(patterns) && matching(patterns, name).length > 0)
  );
}

/** Whether a value has a type of JSON Schema. */
export function isOf(value: Json, type: Json): boolean {
  if (type === "integer") return Number.isInteger(value);
  if (type === "array") return Array.isArray(value);
  if (type === "null") return value === null;
  return type === "object" ? isObject(value) : typeof value === type;
}

const equal = (one: Json, other: Json): boolean =>
  one === other || (typeof one === "object" && canonicalJson(one) === canonicalJson(other));

/** Exact for whole numbers. For fractions, up to the rounding of their division: 0.3 is a multiple of 0.1. */
function isMultiple(value: number, of: number): boolean {
  if (Number.isInteger(of)) return value % of === 0;
  const times = value / of;
  return Math.abs(times - Math.round(times)) <= 4 * Number.EPSILON * Math.max(1, Math.abs(times));
}

const expressions = new Map<string, RegExp>();

/** JSON Schema reads patterns as Unicode ones. Some are only valid without. */
export function expression(pattern: string): RegExp {
  let known = expressions.get(pattern);
  if (known === undefined) {
    if (expressions.size >= LIMITS.schemaNodes) expressions.clear();
    try {
      known = new RegExp(pattern, "u");
    } catch {
      known = new RegExp(pattern);
    }
    expressions.set(pattern, known);
  }
  return known;
}
