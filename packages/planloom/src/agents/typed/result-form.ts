// The form in which a typed result is asked for under a schema. In: the type of a step's output. Out: the schema, and
// the readings of a reply. The root of a schema must be one object, and a model must be able to say that a step cannot
// be done: so it is { result, failed }.
import { isObject, type Json, type JsonObject } from "../../plan/json.js";
import { typeText, type Type } from "../../plan/type/type.js";
import { jsonReadings } from "./json-reply.js";
import { withDefinitions } from "./schema-definitions.js";
import { closedObject, fromStrict, orNull, strictSchema, TEXT } from "./strict-schema.js";

export interface ResultForm {
  readonly output: { readonly name: string; readonly schema: JsonObject };
  /** The type of the whole reply, as a model reads it. */
  readonly text: string;
  /** A value that was written in this form, the form's own reading first. A value without the form stays as it is. */
  readonly readings: (value: Json) => readonly Json[];
}

/** undefined for a type that text has. */
export function resultForm(type: Type | undefined): ResultForm | undefined {
  if (type === undefined || type.kind === "string" || type.kind === "unknown") return undefined;
  const schema = closedObject({ result: orNull(strictSchema(type, false)), failed: orNull(TEXT) });
  return {
    output: { name: "result", schema: withDefinitions(schema) },
    text: `{ result: ${typeText(type)} | null, failed: string | null }`,
    readings: (value) => {
      const held = isForm(value) ? [fromStrict(value["result"] ?? null, type), value["result"] ?? null] : [];
      return [...held, fromStrict(value, type), value];
    },
  };
}

/** The reason in a reply in this form that the step cannot be done; undefined if it gives a result. */
export function failedIn(text: string): string | undefined {
  const value = jsonReadings(text).find(isForm);
  const failed = (value?.["result"] ?? null) === null ? value?.["failed"] : undefined;
  return typeof failed === "string" && failed.trim() !== "" ? failed.trim() : undefined;
}

function isForm(value: Json): value is JsonObject {
  if (!isObject(value)) return false;
  const names = Object.keys(value);
  return names.length > 0 && names.every((name) => name === "result" || name === "failed");
}
