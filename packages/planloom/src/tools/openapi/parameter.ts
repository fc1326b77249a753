// The parameters of an operation: where each goes and how its value is written (RFC 6570 styles). In: a parameter of the
// document. Out: its place and a function that writes a value. Unusual styles are refused.
import { isObject, type Json, type JsonObject } from "../../plan/json.js";
import { followed, Unfit, type ApiDocument } from "./document.js";
import { schemaForm } from "./schema-form.js";

export type ParameterPlace = "path" | "query" | "header" | "cookie";

export interface Parameter {
  /** Its name in the API. */
  readonly name: string;
  readonly place: ParameterPlace;
  readonly required: boolean;
  readonly schema: JsonObject;
  /** The names and values that it adds: one, or several for lists and records. Not yet encoded. */
  readonly written: (value: Json) => readonly (readonly [name: string, value: string])[];
}

const PLACES: readonly unknown[] = ["path", "query", "header", "cookie"] satisfies ParameterPlace[];

/** Throws Unfit. */
export function parameterOf(document: ApiDocument, given: Json): Parameter {
  const part = followed(document, given);
  const { name, in: place, description } = part;
  if (typeof name !== "string" || !PLACES.includes(place)) throw new Unfit(`parameter ${JSON.stringify(name)}`);
  const at = place as ParameterPlace;
  const { schema, written } = formOf(document, part, name, at);
  const said = typeof description === "string" ? { description } : {};
  return {
    name,
    place: at,
    required: at === "path" || part["required"] === true,
    schema: { ...schema, ...said },
    written,
  };
}

function formOf(
  document: ApiDocument,
  part: JsonObject,
  name: string,
  place: ParameterPlace,
): Pick<Parameter, "schema" | "written"> {
  const { content, schema } = part;
  if (isObject(content)) {
    const [[type, media] = ["", null]] = Object.entries(content);
    if (!/json/i.test(type)) throw new Unfit(`parameter ${name} as ${type}`);
    const inner = isObject(media) ? media["schema"] : undefined;
    return { schema: schemaForm(document, inner, "request"), written: (value) => [[name, JSON.stringify(value)]] };
  }
  return { schema: schemaForm(document, schema, "request"), written: writer(part, name, place) };
}

function writer(part: JsonObject, name: string, place: ParameterPlace): Parameter["written"] {
  const form = place === "query" || place === "cookie";
  const style = part["style"] ?? (form ? "form" : "simple");
  const { explode = style === "form" } = part;
  if (style === "simple" && !form) return (value) => [[name, joined(value, ",", explode === true)]];
  if (style === "form" && form)
    return explode === true ? (value) => exploded(name, value) : (value) => [[name, joined(value, ",", false)]];
  if (style === "spaceDelimited" && place === "query" && explode !== true)
    return (value) => [[name, joined(value, " ", false)]];
  if (style === "pipeDelimited" && place === "query" && explode !== true)
    return (value) => [[name, joined(value, "|", false)]];
  if ((style === "spaceDelimited" || style === "pipeDelimited") && place === "query")
    return (value) => exploded(name, value);
  if (style === "deepObject" && place === "query") return (value) => nested(name, value);
  throw new Unfit(`parameter ${name}: style ${textOf(style)}`);
}

const listOf = (value: Json): readonly Json[] => (Array.isArray(value) ? (value as readonly Json[]) : [value]);

const textOf = (value: Json): string => (typeof value === "string" ? value : JSON.stringify(value));

/** `a,b`, of a record `k,v` or, exploded, `k=v`. */
function joined(value: Json, sign: string, explode: boolean): string {
  if (!isObject(value)) return listOf(value).map(textOf).join(sign);
  const pairs = Object.entries(value).map(([key, one]) =>
    explode ? `${key}=${textOf(one)}` : `${key}${sign}${textOf(one)}`,
  );
  return pairs.join(sign);
}

const exploded = (name: string, value: Json): readonly (readonly [string, string])[] =>
  isObject(value)
    ? Object.entries(value).map(([key, one]) => [key, textOf(one)] as const)
    : listOf(value).map((one) => [name, textOf(one)] as const);

const nested = (name: string, value: Json): readonly (readonly [string, string])[] =>
  isObject(value)
    ? Object.entries(value).flatMap(([key, one]) => nested(`${name}[${key}]`, one))
    : listOf(value).map((one) => [name, textOf(one)] as const);
