// A question that an MCP server asks a person (elicitation). In: the request of the server. Out: a question of a tool; and,
// from the answer of the person, the answer to the server. Nothing of a server is trusted here.
import type { ElicitResult } from "@modelcontextprotocol/client";
import { isObject, type Json, type JsonObject } from "../../plan/json.js";
import { addressQuestionText, confirmQuestionText, formQuestionText } from "../../words/server-question.js";
import { beginning } from "../../beginning.js";
import { LIMITS } from "../../limits.js";
import type { Question } from "../question.js";

type Elicited =
  | { readonly mode: "form"; readonly message: string; readonly schema: JsonObject }
  | { readonly mode: "url"; readonly message: string; readonly url: URL };

/** undefined if it is no request that a person can be asked. */
function elicited(params: unknown): Elicited | undefined {
  if (!isObject(params)) return undefined;
  const { mode = "form", message, requestedSchema, url } = params as { readonly [name: string]: Json | undefined };
  if (typeof message !== "string") return undefined;
  const text = beginning(message, LIMITS.askChars / 2);
  if (mode === "form" && isObject(requestedSchema)) return { mode, message: text, schema: requestedSchema };
  const address = mode === "url" && typeof url === "string" ? addressIn(url) : undefined;
  return address === undefined ? undefined : { mode: "url", message: text, url: address };
}

function addressIn(text: string): URL | undefined {
  if (text.length > LIMITS.askChars / 4 || !URL.canParse(text)) return undefined;
  const url = new URL(text);
  const isPlain = url.username === "" && url.password === "";
  return isPlain && (url.protocol === "https:" || url.protocol === "http:") ? url : undefined;
}

/** undefined if it is no request that a person can be asked. */
export function questionOf(server: string, params: unknown): Question | undefined {
  const asked = elicited(params);
  if (asked === undefined) return undefined;
  const { message } = asked;
  if (asked.mode === "url")
    return { question: addressQuestionText({ server, message, url: asked.url }), type: "boolean", declines: true };
  const type = formType(asked.schema);
  return type === undefined
    ? { question: confirmQuestionText({ server, message }), type: "boolean", declines: true }
    : { question: formQuestionText({ server, message }), type, declines: true };
}

/** The type of the answer: a record of the fields of the form. undefined if the form has none. */
function formType({ properties, required }: JsonObject): JsonObject | undefined {
  if (!isObject(properties) || Object.keys(properties).length === 0) return undefined;
  const fields = Object.entries(properties).map(([name, field]) => [name, fieldType(field)] as const);
  const names = Array.isArray(required) ? (required as readonly Json[]).filter((name) => typeof name === "string") : [];
  return {
    type: "object",
    properties: Object.fromEntries(fields),
    required: names.filter((name) => Object.hasOwn(properties, name)),
    additionalProperties: false,
  };
}

/** The keywords that the protocol gives to a field. Others of a server do not count. */
const KEYWORDS: readonly string[] = [
  ...["type", "title", "description", "default", "enum", "minLength", "maxLength", "minimum", "maximum"],
  ...["format", "pattern", "minItems", "maxItems"],
];

function fieldType(field: Json): JsonObject {
  if (!isObject(field)) return { type: "string" };
  const kept = Object.fromEntries(Object.entries(field).filter(([keyword]) => KEYWORDS.includes(keyword)));
  const { oneOf, items } = field;
  const titled = choicesIn(oneOf);
  if (titled !== undefined) return { ...kept, ...titled };
  if (kept["type"] !== "array" || !isObject(items)) return kept;
  return { ...kept, items: choicesIn(items["anyOf"]) ?? fieldType(items) };
}

/** Values with titles: the titles go into the description. */
function choicesIn(choices: Json | undefined): JsonObject | undefined {
  if (!Array.isArray(choices)) return undefined;
  const all = (choices as readonly Json[]).filter(isObject);
  const titles = all.map((one) => `${wordOf(one["const"])}: ${wordOf(one["title"])}`);
  return { enum: all.map((one) => one["const"] ?? null), description: titles.join("; ") };
}

const wordOf = (value: Json | undefined): string => (typeof value === "string" ? value : JSON.stringify(value ?? null));

/** The answer to the server. */
export function elicitResultOf(params: unknown, answer: Json): ElicitResult {
  if (isObject(answer) && answer["declined"] === true && Object.keys(answer).length === 1) return { action: "decline" };
  if (answer === false) return CANCELLED;
  const asked = elicited(params);
  if (asked?.mode === "url") return { action: "accept" };
  return { action: "accept", content: (isObject(answer) ? answer : {}) as NonNullable<ElicitResult["content"]> };
}

/** The answer when no person can be asked. */
export const CANCELLED: ElicitResult = { action: "cancel" };
