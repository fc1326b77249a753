// The keywords of JSON Schema: what their values are, which of them conform.ts checks, and what people write instead of
// them. In: a keyword. Out: facts about it.
import { own } from "../json.js";
import { nearestNames } from "../nearest.js";

export const TYPES = ["string", "number", "integer", "boolean", "object", "array", "null"] as const;

/** What the value of a keyword is. `named`: schemas by names. `lists`: lists of names, by names. */
export type KeywordForm =
  | "any"
  | "text"
  | "number"
  | "count"
  | "boolean"
  | "schema"
  | "schemas"
  | "named"
  | "texts"
  | "list"
  | "lists"
  | "pattern";

const words = (form: KeywordForm, names: string): readonly (readonly [string, KeywordForm])[] =>
  names.split(" ").map((name) => [name, form] as const);

/** The keywords of JSON Schema 2020-12 and the drafts before it, and those of OpenAPI. */
const KEYWORDS: ReadonlyMap<string, KeywordForm> = new Map([
  ...words("any", "type const default examples example exclusiveMinimum exclusiveMaximum dependencies discriminator"),
  ...words("any", "xml externalDocs $vocabulary $recursiveAnchor enumNames enumDescriptions markdownDescription"),
  ...words("text", "title description $ref $id id $schema $comment $anchor $dynamicRef $dynamicAnchor format"),
  ...words("text", "contentMediaType contentEncoding $recursiveRef"),
  ...words("pattern", "pattern"),
  ...words("number", "minimum maximum multipleOf"),
  ...words("count", "minLength maxLength minItems maxItems minProperties maxProperties minContains maxContains"),
  ...words("boolean", "uniqueItems nullable deprecated readOnly writeOnly"),
  ...words("schema", "additionalItems additionalProperties unevaluatedItems unevaluatedProperties"),
  ...words("schema", "items not if then else contains propertyNames contentSchema"),
  ...words("schemas", "anyOf oneOf allOf prefixItems"),
  ...words("named", "properties patternProperties $defs definitions dependentSchemas"),
  ...words("texts", "required"),
  ...words("list", "enum"),
  ...words("lists", "dependentRequired"),
]);

/** undefined for a word that is no keyword. */
export const formOf = (keyword: string): KeywordForm | undefined => KEYWORDS.get(keyword);

/** Keywords that are a condition, and that conform.ts does not check; each with one that it does check, or "". */
const UNCHECKED: { readonly [keyword: string]: string } = {
  $dynamicRef: "$ref",
  $recursiveRef: "$ref",
  $dynamicAnchor: "$defs",
  $anchor: "$defs",
  $id: "$defs",
  additionalItems: "items",
  dependencies: "dependentRequired",
  dependentSchemas: "if",
  unevaluatedProperties: "additionalProperties",
  unevaluatedItems: "items",
  minContains: "contains",
  maxContains: "contains",
  contentSchema: "",
};

/** What to write instead of a condition that conform.ts does not check, or "". undefined for all other keywords. */
export const uncheckedInstead = (keyword: string): string | undefined => own(UNCHECKED, keyword) as string | undefined;

/** Types as other languages name them. */
const TYPES_MEANT: { readonly [given: string]: string } = {
  ...{ str: "string", text: "string", char: "string", varchar: "string", uuid: "string", date: "string" },
  ...{ int: "integer", int32: "integer", int64: "integer", long: "integer", bigint: "integer" },
  ...{ float: "number", double: "number", decimal: "number", num: "number", real: "number" },
  ...{ bool: "boolean", list: "array", tuple: "array", set: "array" },
  ...{ dict: "object", map: "object", record: "object", struct: "object", json: "object" },
  ...{ none: "null", nil: "null", undefined: "null" },
};

/** Keywords as other libraries name them. */
const KEYWORDS_MEANT: { readonly [given: string]: string } = {
  ...{ props: "properties", fields: "properties", attributes: "properties", shape: "properties", args: "properties" },
  ...{ min: "minimum", max: "maximum", gte: "minimum", lte: "maximum", gt: "exclusiveMinimum", lt: "exclusiveMaximum" },
  ...{ enums: "enum", values: "enum", choices: "enum", options: "enum" },
  ...{ regex: "pattern", regexp: "pattern", desc: "description", doc: "description", item: "items", of: "items" },
  ...{ minlen: "minLength", maxlen: "maxLength", length: "maxLength", optional: "required", mandatory: "required" },
  ...{ additional: "additionalProperties", strict: "additionalProperties" },
  ...{ ref: "$ref", defs: "$defs", defaultvalue: "default", unique: "uniqueItems" },
};

/** The type that a word means; undefined if none is near. */
export function typeMeant(given: string): string | undefined {
  const lower = given.toLowerCase();
  return (own(TYPES_MEANT, lower) as string | undefined) ?? nearestNames(lower, TYPES)[0];
}

/** The keyword that a word means. undefined for a keyword, for a word of another program (`x-…`), and if none is near. */
export function keywordMeant(given: string): string | undefined {
  if (KEYWORDS.has(given) || /^(?:x[-_]|\$|~)/.test(given)) return undefined;
  const plain = given.toLowerCase().replace(/[_-]/g, "");
  const known = [...KEYWORDS.keys()];
  return (
    (own(KEYWORDS_MEANT, plain) as string | undefined) ??
    known.find((keyword) => keyword.toLowerCase() === plain) ??
    nearestNames(given, known)[0]
  );
}
