// Reads the arguments of a step in the forms of other systems. In: the fields of a step. Out: `with`, or `fill` if a
// tool step has no arguments. It knows the tools' schemas.
import { isObject, jsonIn, type Json } from "../../json.js";
import { fieldNamed, hasKind, rename, type Fields, type StepContext } from "./fields.js";
import { ARGUMENT_FIELDS, plainName } from "./names.js";
import { soleTextArgument, type ToolSpec } from "../../tool-spec.js";

export const argumentField = (field: string): boolean => ARGUMENT_FIELDS.includes(plainName(field));

type Values = { readonly [name: string]: Json };

export function readArguments(fields: Fields, at: StepContext): void {
  const field = fieldNamed(fields, ...ARGUMENT_FIELDS);
  if (field === undefined || fields.has("with")) return namedArguments(fields, "with", at);
  const written = fields.get(field);
  const values = isEmpty(written) ? {} : argumentsOf(written, at.tool(fields.get("tool")));
  if (values === undefined) return;
  rename(fields, field, "with", at);
  fields.set("with", values);
  const [name] = Object.keys(values);
  if (typeof written === "string" && name !== undefined)
    at.note("TEXT_ARGUMENT", { field, argument: name }, "with", { before: written, after: values });
  else if (Array.isArray(written) && isPairs(written))
    at.note("NAMED_ARGUMENTS", { field }, "with", { before: written, after: values });
}

function namedArguments(fields: Fields, field: string, at: StepContext): void {
  const written = fields.get(field);
  const values = Array.isArray(written) ? valuesOf(written) : undefined;
  if (values === undefined) return;
  fields.set(field, values);
  at.note("NAMED_ARGUMENTS", { field }, field, { before: written, after: values });
}

/** `with` as one text. A model's step gets it under the name that the reference ends with. */
export function textArguments(fields: Fields, at: StepContext): void {
  const written = fields.get("with");
  if (typeof written !== "string" || written.trim() === "" || !hasKind(fields)) return;
  const tool = at.tool(fields.get("tool"));
  const whole = /^\s*\$\{\{[^{}]*?(\w+)(?:\[\d+\])?\s*\}\}\s*$/.exec(written);
  const plain = objectIn(written);
  const name = tool === undefined ? (whole?.[1] ?? "input") : soleTextArgument(tool);
  if (plain === undefined && (name === undefined || (tool === undefined && whole === null))) return;
  const values = plain ?? { [name!]: written };
  fields.set("with", values);
  at.note("TEXT_ARGUMENT", { field: "with", argument: Object.keys(values)[0] ?? "" }, "with", {
    before: written,
    after: values,
  });
}

const isEmpty = (value: unknown): boolean =>
  (typeof value === "string" && value.trim() === "") || (Array.isArray(value) && value.length === 0);

/**
 * Arguments as an object. They may be given as an object, as pairs, as JSON in a text, or as text for the tool's only
 * required text argument.
 */
function argumentsOf(written: unknown, tool: ToolSpec | undefined): Values | undefined {
  if (isObject(written)) return written;
  if (Array.isArray(written) && isPairs(written)) return valuesOf(written);
  const text: unknown = Array.isArray(written) && written.length === 1 ? written[0] : written;
  if (typeof text !== "string") return undefined;
  return objectIn(text) ?? { [(tool === undefined ? undefined : soleTextArgument(tool)) ?? "input"]: text };
}

const isPairs = (list: readonly unknown[]): boolean => list.every(isPair);
const isPair = (item: unknown): item is { readonly name: string; readonly value: Json } =>
  isObject(item) && typeof item["name"] === "string" && Object.hasOwn(item, "value") && Object.keys(item).length === 2;

/** `[{ "name": …, "value": … }]` as an object; undefined if a name occurs twice. */
function valuesOf(list: readonly unknown[]): Values | undefined {
  if (!list.every(isPair) || new Set(list.map(({ name }) => name)).size < list.length) return undefined;
  return Object.fromEntries(list.map(({ name, value }) => [name, value]));
}

function objectIn(text: string): Values | undefined {
  if (!/^\s*\{\s*["}]/.test(text)) return undefined;
  const value = jsonIn(text);
  return isObject(value) ? value : undefined;
}

/** Only if no argument is given. One missing argument is a mistake for check to report. */
export function fillFromDescription(fields: Fields, at: StepContext): void {
  if (at.headed) return;
  const required = at.tool(fields.get("tool"))?.input["required"];
  const given = fields.get("with");
  if (!Array.isArray(required) || required.length === 0 || fields.has("fill") || fields.has("agent")) return;
  if (given !== undefined && !(isObject(given) && Object.keys(given).length === 0)) return;
  const instruction = fields.get("description") ?? fields.get("title");
  if (typeof instruction !== "string") return;
  fields.set("fill", instruction);
  at.note("FILL_FROM_DESCRIPTION", {}, "fill", { before: null, after: instruction });
}
