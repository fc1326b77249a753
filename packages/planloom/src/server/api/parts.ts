// Parts of requests that several routes share. In: nothing. Out: zod schemas, from which the OpenAPI document is made.
import { z } from "zod";
import { isObject, type Json, type JsonObject } from "../../plan/json.js";
import { INPUT_TRUST } from "../../plan/label.js";

const described = (description: string) => ({ description });

/** Any JSON value, kept as it was sent. */
const anyJson = z.custom<Json>((value) => value !== undefined, "a JSON value");

/** A record that is kept as it was sent, with every field. */
const record = z.custom<JsonObject>(isObject, "a record").meta({ type: "object", additionalProperties: true });

const text = z.string();

/** A whole number in a query or a path. */
const wholeText = z
  .string()
  .regex(/^\d{1,15}$/u, "a whole number")
  .transform(Number)
  .meta({ type: "integer", minimum: 0, pattern: undefined });

/** A yes or no in a query. */
const flagText = z
  .enum(["true", "false"], "true or false")
  .transform((value) => value === "true")
  .meta({ type: "boolean", enum: undefined });

const whole = z
  .int("a smaller number")
  .min(0, "a whole number from 0")
  .max(Number.MAX_SAFE_INTEGER, "a smaller number");

const plan = z
  .custom<string | JsonObject>((value) => typeof value === "string" || isObject(value), "a plan: a record, or a text")
  .meta({
    anyOf: [{ type: "object", additionalProperties: true }, { type: "string" }],
    ...described("The document of a plan (docs/plan-format.md), or its text in JSON or YAML."),
  });

const inputs = record.meta({
  ...described("The data of the run, by name. A plan refers to it as `inputs.NAME`."),
});

const trust = z
  .record(z.string(), z.enum(INPUT_TRUST))
  .meta(described("What is known of inputs, by name. untrusted: others wrote it. public: it may leave this machine."));

const answerSchema = record.meta(described("The JSON Schema that the answer must fit."));

const step = text.meta(described("The id of a step."));
const item = whole.meta(described("The index of an item of a `forEach` step, from 0."));
const itemText = wholeText.meta(described("The index of an item of a `forEach` step, from 0."));

/** The fields of requests, by what they mean. */
export const FIELD = {
  whole,
  anyJson,
  record,
  text,
  wholeText,
  flagText,
  plan,
  inputs,
  trust,
  answerSchema,
  step,
  item,
  itemText,
} as const;

/** The same for a record of records. */
export const givenInside = <T extends object>(fields: T): GivenInside<T> =>
  JSON.parse(JSON.stringify(fields)) as GivenInside<T>;

type GivenInside<T> = {
  readonly [Key in keyof T]?: Exclude<T[Key], undefined> extends infer Value
    ? Value extends object
      ? GivenInside<Value>
      : Value
    : never;
};

type Given<T> = {
  [Key in keyof T as undefined extends T[Key] ? never : Key]: T[Key];
} & { [Key in keyof T as undefined extends T[Key] ? Key : never]?: Exclude<T[Key], undefined> };

/** Only the fields that were given: the library tells an absent option from an undefined one. */
export const onlyGiven = <T extends object>(fields: T): Given<T> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Given<T>;
