// The form in which an answer with a type is asked for. In: the type of the answer. Out: the schema, the words for the
// model, and the readings of a reply. The root of a schema must be one object, so it is { answer }. A text needs none.
import { LIMITS } from "../../limits.js";
import { isObject, type Json, type JsonObject } from "../../plan/json.js";
import { membersOf, typeText, type Type } from "../../plan/type/type.js";
import type { ModelRequest } from "../../model/port.js";
import { jsonReadings } from "./json-reply.js";
import { withDefinitions } from "./schema-definitions.js";
import { closedObject, fromStrict, isFree, strictSchema } from "./strict-schema.js";
import { withoutTextValues } from "./text-values.js";

/** The type that an answer must have. `schema`: the JSON Schema that says more than the type, if there is one. */
export interface WantedAnswer {
  readonly type: Type;
  readonly schema?: JsonObject;
}

/** Whether the answer is a plain text: then the reply is the answer, and not JSON. */
export const isText = ({ type }: WantedAnswer): boolean => type.kind === "string";

/** How the reply is asked for. undefined: strict decoders cannot express the type, or the answer is a text. */
export function answerOutput(wanted: WantedAnswer): ModelRequest["output"] {
  const { type } = wanted;
  if (isText(wanted) || levelsOf(type) > LIMITS.answerLevels || isRecursive(wanted)) return undefined;
  const schema = closedObject({ answer: strictSchema(type, false, LIMITS.answerLevels) });
  return { name: "answer", schema: withDefinitions(schema), described: { enforced: "", told: TOLD } };
}

const TOLD = "Reply with one JSON object and nothing else: no words around it, no code fence.";

/** The type of the whole reply, and all else that the schema says, as a model reads it. */
export function wantedText(wanted: WantedAnswer): string {
  const { schema } = wanted;
  const more = schema !== undefined && saysMore(schema) ? `\nJSON Schema of the answer: ${JSON.stringify(schema)}` : "";
  if (isText(wanted)) return `The answer is one text, and nothing else.${more}`;
  return `Your reply must be JSON of this type, and nothing else: ${replyTypeText(wanted)}${more}`;
}

export const replyTypeText = ({ type }: WantedAnswer): string => `{ answer: ${typeText(type)} }`;

/** The values that a reply may stand for, the most literal one first. A text is its own value. */
export function readingsOf(text: string, wanted: WantedAnswer): readonly Json[] {
  if (isText(wanted)) return [text];
  const { type } = wanted;
  const held = jsonReadings(text).flatMap((value) => heldIn(value, type));
  const values = held.length === 0 ? [text] : held;
  return values.flatMap((value) => [value, withoutTextValues(value, type)]);
}

/**
 * What a JSON value of the reply may stand for. Types let unknown fields pass, so a record in the form is the answer
 * only if the type has a field `answer`, and a record that has no field of the type is something else.
 */
function heldIn(value: Json, type: Type): readonly Json[] {
  const records = membersOf(type).filter((member) => member.kind === "record");
  const names = new Set(records.flatMap(({ fields }) => Object.keys(fields)));
  const whole = [fromStrict(value, type), value];
  if (!isObject(value)) return whole;
  const given = Object.keys(value);
  const hasAnswer = Object.hasOwn(value, "answer") && (given.length === 1 || (names.size > 0 && !names.has("answer")));
  const inside = hasAnswer ? [fromStrict(value["answer"]!, type), value["answer"]!] : [];
  if (hasAnswer && !names.has("answer")) return inside;
  const isForeign =
    given.length > 0 &&
    records.length > 0 &&
    records.every((record) => !isFree(record) && record.rest === undefined) &&
    !given.some((name) => names.has(name) || name === "object");
  return isForeign ? inside : [...inside, ...whole];
}

/** Nesting of lists and records. */
function levelsOf(type: Type): number {
  const inner = membersOf(type).flatMap((member) => {
    if (member.kind === "list") return [1 + levelsOf(member.of)];
    if (member.kind !== "record") return [0];
    const parts = [...Object.values(member.fields).map((field) => field.type), ...(member.rest ? [member.rest] : [])];
    return [1 + Math.max(0, ...parts.map(levelsOf))];
  });
  return Math.max(0, ...inner);
}

/** A recursive schema: its type is unknown where it repeats, and the strict schema would end there. */
const isRecursive = ({ type, schema }: WantedAnswer): boolean =>
  schema !== undefined &&
  JSON.stringify(schema).includes('"$ref"') &&
  JSON.stringify(type).includes('"kind":"unknown"');

/** Whether a schema says something that the text of its type does not: descriptions, limits, formats, defaults. */
function saysMore(schema: JsonObject): boolean {
  const plain = new Set(["type", "properties", "required", "items", "additionalProperties", "anyOf", "enum", "const"]);
  const isMore = (value: Json): boolean => {
    if (Array.isArray(value)) return (value as readonly Json[]).some(isMore);
    if (!isObject(value)) return false;
    return Object.entries(value).some(([name, part]) => {
      if (!plain.has(name)) return true;
      if (name === "enum" || name === "const") return false;
      return name === "properties" && isObject(part) ? Object.values(part).some(isMore) : isMore(part);
    });
  };
  return isMore(schema);
}
