// Shapes: types of JSON values, tied to the TypeScript types that they stand for. In: the shapes of fields. Out: the shape of a
// record, which does not compile where a field of the TypeScript type is missing, and a fast test of values.
import { isObject, type Json } from "../../plan/json.js";
import {
  BOOLEAN,
  listOf,
  literalOf,
  NULL,
  NUMBER,
  STRING,
  UNKNOWN,
  unionOf,
  type Field,
  type Type,
} from "../../plan/type/type.js";

/** The type of values of `T`, and nothing else. */
export interface Shape<T> {
  readonly type: Type;
  /** Never there: it ties the shape to `T`, neither wider nor narrower. */
  readonly of?: (value: T) => T;
}

type OptionalKeys<T> = { [K in keyof T]-?: object extends Pick<T, K> ? K : never }[keyof T];
type RequiredKeys<T> = Exclude<keyof T, OptionalKeys<T>>;

export const text: Shape<string> = { type: STRING };
export const number: Shape<number> = { type: NUMBER };
export const flag: Shape<boolean> = { type: BOOLEAN };
export const yes: Shape<true> = { type: literalOf(true) };
export const anyJson: Shape<Json> = { type: UNKNOWN };

export const oneOf = <const V extends string>(...values: readonly V[]): Shape<V> => ({
  type: unionOf(values.map(literalOf)),
});

export const nullable = <T>({ type }: Shape<T>): Shape<T | null> => ({ type: unionOf([type, NULL]) });

export const list = <T>({ type }: Shape<T>): Shape<readonly T[]> => ({ type: listOf(type) });

export const either = <A, B>(a: Shape<A>, b: Shape<B>): Shape<A | B> => ({ type: unionOf([a.type, b.type]) });

/** By names that are not known before. */
export const map = <T>({ type }: Shape<T>): Shape<{ readonly [name: string]: T }> => ({
  type: { kind: "record", fields: {}, rest: type },
});

type Required<T> = { readonly [K in RequiredKeys<T>]: Shape<T[K]> };
type Optional<T> = { readonly [K in OptionalKeys<T>]: Shape<Exclude<T[K], undefined>> };

/** Fields that nobody knows may be there. */
export function record<T>(required: Required<T>, optional: Optional<T>): Shape<T> {
  const fields = [...fieldsOf(required, false), ...fieldsOf(optional, true)];
  return { type: { kind: "record", fields: Object.fromEntries(fields) } };
}

/** Of a record whose fields are not looked at: who reads them expects anything. */
export const unchecked = <T>(): Shape<T> => ({ type: { kind: "record", fields: {} } });

function fieldsOf(shapes: object, optional: boolean): [string, Field][] {
  const entries = Object.entries(shapes) as [string, Shape<unknown>][];
  return entries.map(([name, { type }]) => [name, { type, optional }]);
}

/** Whether a value is of the type: what `mismatch` finds, without saying where, and compiled once. */
export function testOf(type: Type): (value: unknown) => boolean {
  switch (type.kind) {
    case "unknown":
      return () => true;
    case "null":
      return (value) => value === null;
    case "literal":
      return (value) => value === type.value;
    case "list": {
      const test = testOf(type.of);
      return (value) => Array.isArray(value) && value.every(test);
    }
    case "union": {
      const tests = type.of.map(testOf);
      return (value) => tests.some((test) => test(value));
    }
    case "record":
      return recordTest(type);
    default:
      return (value) => typeof value === type.kind;
  }
}

function recordTest({ fields, rest }: Type & { readonly kind: "record" }): (value: unknown) => boolean {
  const tests = Object.entries(fields).map(([name, { type, optional }]) => ({ name, optional, test: testOf(type) }));
  const others = rest === undefined ? undefined : testOf(rest);
  return (value) => {
    if (!isObject(value)) return false;
    for (const { name, optional, test } of tests) {
      const field = value[name];
      if (field === undefined ? !optional : !test(field)) return false;
    }
    return others === undefined || Object.entries(value).every(([name, one]) => name in fields || others(one));
  };
}
