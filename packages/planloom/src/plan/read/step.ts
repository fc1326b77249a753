// The adapters of one step. In: a step as written, with the known names and tools. Out: the step in canonical fields.
// Each adapter rewrites one thing and reports it. Unknown parts stay for check to report. No adapter guesses a meaning.
// There are two groups: first those of the fields, which give the names of all steps; then those that use these names.
import { isObject, pointerTo } from "../json.js";
import { ID_PATTERN } from "../plan.js";
import { argumentField, fillFromDescription, readArguments } from "./arguments.js";
import { readCalls } from "./calls.js";
import { fieldNamed, hasKind, rename, type Fields, type StepContext } from "./fields.js";
import type { StepName, StepNames } from "./ids.js";
import { ID_FIELDS, NOT_BEGUN, plainName, SAID_FIELDS, STATE_FIELDS, STEP_FIELDS } from "./names.js";
import { readReferences, type ReferenceContext } from "./references.js";
import { dependenciesOf } from "./dependencies.js";

/** The fields of a step under their canonical names; undefined if it is not a step. */
export function openStep(step: unknown, at: StepContext): Fields | undefined {
  if (typeof step === "string") at.note("TEXT_STEP", {});
  else if (!isObject(step)) return undefined;
  const fields: Fields = new Map(typeof step === "string" ? [["agent", step]] : Object.entries(step));
  for (const adapter of [leaveOut, renameFields, readCalls, readName, readTask]) adapter(fields, at);
  return fields;
}

export function closeStep(fields: Fields, name: StepName, at: StepContext, context: ReferenceContext): unknown {
  nameStep(fields, name, at);
  readHints(fields, at);
  dependenciesOf(fields, context, at);
  readArguments(fields, at);
  agentFromDescription(fields, name, at);
  fillFromDescription(fields, at);
  readReferences(fields, context);
  wrapExpressions(fields, context.names, at);
  return Object.fromEntries(fields);
}

/** Models that must give every field write null for unused ones. Others put comments and states beside the plan. */
function leaveOut(fields: Fields, at: StepContext): void {
  for (const [field, value] of [...fields]) {
    const name = plainName(field);
    if (value === null && name !== "id" && (STEP_FIELDS.has(name) || argumentField(field))) {
      fields.delete(field);
      at.note("NULL_DROPPED", { field }, undefined, { before: value });
    } else if (
      (SAID_FIELDS.has(name) && typeof value === "string") ||
      (STATE_FIELDS.has(name) && NOT_BEGUN.has(value))
    ) {
      fields.delete(field);
      at.note("LEFT_OUT", { field }, undefined, { before: value });
    }
  }
}

function renameFields(fields: Fields, at: StepContext): void {
  for (const field of [...fields.keys()]) {
    const to = STEP_FIELDS.get(plainName(field));
    if (to !== undefined && to !== field && to !== "id" && !fields.has(to)) rename(fields, field, to, at);
  }
}

/** `name` is the id if it is a legal id and no other field is. Otherwise it may be the title. */
function readName(fields: Fields, at: StepContext): void {
  const named = ID_FIELDS.some((name) => fieldNamed(fields, name) !== undefined);
  for (const field of ["name", "label"]) {
    const value = fields.get(field);
    if (typeof value !== "string" || fields.has("title")) continue;
    if (named || !ID_PATTERN.test(value)) rename(fields, field, "title", at);
  }
}

function readTask(fields: Fields, at: StepContext): void {
  for (const field of ["task", "action"]) {
    const task = fields.get(field);
    if (typeof task !== "string" || task.trim() === "") continue;
    if (!hasKind(fields) && at.tool(task) !== undefined) rename(fields, field, "tool", at);
    else if (!fields.has("description")) rename(fields, field, "description", at);
  }
}

function nameStep(fields: Fields, name: StepName, at: StepContext): void {
  const field = name.field ?? "id";
  if (name.field === undefined && ID_FIELDS.some((known) => fieldNamed(fields, known) !== undefined)) return;
  fields.delete(field);
  prepend(fields, "id", name.id);
  if (field !== "id") at.moved("id", field);
  const { id, written } = name;
  if (written === undefined) at.note("ID_GIVEN", { id }, "id", { before: null, after: id });
  else if (written !== id)
    at.note("ID_REWRITTEN", { field, written: String(written), id }, "id", { before: written, after: id });
  else if (field !== "id") at.note("FIELD_RENAMED", { from: field, to: "id" }, "id", { before: field, after: "id" });
  const sentence = typeof written === "string" && /\s/.test(written.trim());
  if (sentence && !fields.has("title")) fields.set("title", written);
}

function prepend(fields: Fields, key: string, value: unknown): void {
  const rest = [...fields];
  fields.clear();
  fields.set(key, value);
  for (const [field, content] of rest) if (field !== key) fields.set(field, content);
}

function readHints(fields: Fields, at: StepContext): void {
  const hints = fields.get("tool_hints");
  if (hints === undefined || fields.has("tool") || fields.has("ask") || fields.has("tools")) return;
  rename(fields, "tool_hints", "tools", at);
  if (typeof hints === "string") fields.set("tools", [hints]);
  if (!Array.isArray(hints) || hints.length > 0) return;
  fields.set("tools", "all");
  at.note("HINTS_EMPTY", {}, "tools", { before: hints, after: "all" });
}

function agentFromDescription(fields: Fields, { written }: StepName, at: StepContext): void {
  if (hasKind(fields) || fields.has("plan")) return;
  const isText = (text: unknown): text is string => typeof text === "string" && text.trim() !== "";
  // A name that is a sentence says what to do. A name of one word is a name.
  const sentence = typeof written === "string" && /\s/.test(written.trim()) ? written : undefined;
  const instruction = [fields.get("description"), fields.get("title"), sentence].find(isText);
  if (instruction === undefined) return;
  fields.set("agent", instruction);
  at.note("AGENT_FROM_DESCRIPTION", {}, "agent", { before: null, after: instruction });
  if (fields.has("description")) at.moved("agent", "description");
}

function wrapExpressions(fields: Fields, names: StepNames, at: StepContext): void {
  for (const field of ["when", "forEach", "expect"]) {
    const source = expressionSource(fields.get(field), field);
    if (source === undefined || source.includes("${{")) continue;
    const wrapped = names.rewrite(`\${{ ${source} }}`);
    at.note("EXPRESSION_WRAPPED", { field }, field, { before: fields.get(field), after: wrapped });
    fields.set(field, wrapped);
  }
}

function expressionSource(value: unknown, field: string): string | undefined {
  if (typeof value === "string") return value.trim() === "" ? undefined : value.trim();
  if (typeof value === "boolean" && field !== "forEach") return String(value);
  return Array.isArray(value) && field === "forEach" ? JSON.stringify(value) : undefined;
}

/** The pointer of a field of the step at `index` of the canonical document. */
export const stepPointer = (index: number, field?: string): string =>
  field === undefined ? `/steps/${index}` : pointerTo(`/steps/${index}`, field);
