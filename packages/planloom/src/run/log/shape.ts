// Shapes: types of JSON values, tied to TypeScript types. In: the shapes of fields. Out: the shape of a record, and a
// fast test of values. A record shape does not compile if it lacks a field of the TypeScript type.
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

/** A type of JSON values that matches exactly the values of `T`. */
export interface Shape<T> {
  readonly type: Type;
  /** Never present. It ties the shape to `T`, neither wider nor narrower. */
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

/** A record whose keys are not known in advance. */
export const map = <T>({ type }: Shape<T>): Shape<{ readonly [name: string]: T }> => ({
  type: { kind: "record", fields: {}, rest: type },
});

type Required<T> = { readonly [K in RequiredKeys<T>]: Shape<T[K]> };
type Optional<T> = { readonly [K in OptionalKeys<T>]: Shape<Exclude<T[K], undefined>> };

/** Unknown fields are allowed. */
export function record<T>(required: Required<T>, optional: Optional<T>): Shape<T> {
  const fields = [...fieldsOf(required, false), ...fieldsOf(optional, true)];
  return { type: { kind: "record", fields: Object.fromEntries(fields) } };
}

/** A record whose fields are not checked. Its readers must accept any value. */
export const unchecked = <T>(): Shape<T> => ({ type: { kind: "record", fields: {} } });

function fieldsOf(shapes: object, optional: boolean): [string, Field][] {
  const entries = Object.entries(shapes) as [string, Shape<unknown>][];
  return entries.map(([name, { type }]) => [name, { type, optional }]);
}

/** Whether a value has the type: the same test as `mismatch`, compiled once, without the place of the error. */
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
