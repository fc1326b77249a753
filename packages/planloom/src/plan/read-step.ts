// The adapters of one step. In: a step as written, with what is known of its names and tools. Out: the step in canonical fields.
// Each adapter rewrites one thing and reports it; what none of them knows is left for check to name. None guesses meaning.
import { isObject } from "./json.js";
import { ID_FIELDS } from "./read-ids.js";
import { pointerTo } from "./read-position.js";
import { ARGUMENT_FIELDS, fillFromDescription, readArguments } from "./read-arguments.js";
import { rename, type Fields, type StepPlace } from "./read-fields.js";

type Adapter = (fields: Fields, at: StepPlace) => void;

const RENAMED: readonly (readonly [from: string, to: string])[] = [
  ["depends_on", "dependsOn"],
  ["dependencies", "dependsOn"],
  ["for_each", "forEach"],
  ["max_parallel", "maxParallel"],
  ["on_failure", "onFailure"],
];
const OPTIONAL_FIELDS = [
  ...[
    "title",
    "description",
    "dependsOn",
    "when",
    "forEach",
    "as",
    "maxParallel",
    "output",
    "optional",
    "retry",
    "timeout",
  ],
  ...[
    "onFailure",
    "expect",
    "approval",
    "model",
    "executor",
    "with",
    "fill",
    "tool",
    "agent",
    "ask",
    "tools",
    "tool_hints",
  ],
  ...ARGUMENT_FIELDS,
  ...RENAMED.map(([from]) => from),
];

const ADAPTERS: readonly Adapter[] = [
  dropNulls,
  renameFields,
  nameStep,
  readName,
  readTask,
  readHints,
  readDependencies,
  readArguments,
  agentFromDescription,
  fillFromDescription,
  wrapExpressions,
  rewriteReferences,
];

export function normalizeStep(step: unknown, at: StepPlace): unknown {
  if (typeof step === "string") at.note("TEXT_STEP", "A step written as plain text is an agent step.");
  else if (!isObject(step)) return step;
  const fields: Fields = new Map(typeof step === "string" ? [["agent", step]] : Object.entries(step));
  for (const adapter of ADAPTERS) adapter(fields, at);
  return Object.fromEntries(fields);
}

/** Models that must give every field write null for those they do not use. */
function dropNulls(fields: Fields, at: StepPlace): void {
  for (const field of OPTIONAL_FIELDS) {
    if (fields.get(field) !== null) continue;
    fields.delete(field);
    at.note("NULL_DROPPED", `${field}: null means the same as leaving it out.`);
  }
}

function renameFields(fields: Fields, at: StepPlace): void {
  for (const [from, to] of RENAMED) if (fields.has(from) && !fields.has(to)) rename(fields, from, to, at);
}

function nameStep(fields: Fields, at: StepPlace): void {
  const name = at.names.names[at.index];
  if (name === undefined) return;
  const field = name.field ?? "id";
  if (name.field === undefined && ID_FIELDS.some((key) => fields.has(key))) return;
  fields.delete(field);
  prepend(fields, "id", name.id);
  if (field !== "id") at.moved("id", field);
  if (name.written === undefined) at.note("ID_GIVEN", `A step without an id is called ${name.id}.`, "id");
  else if (name.written !== name.id)
    at.note("ID_REWRITTEN", `${field} ${String(name.written)} is the id ${name.id}.`, "id");
  else if (field !== "id") at.note("FIELD_RENAMED", `${field} is written id.`, "id");
  const sentence = typeof name.written === "string" && /\s/.test(name.written.trim());
  if (sentence && !fields.has("title")) fields.set("title", name.written);
}

function prepend(fields: Fields, key: string, value: unknown): void {
  const rest = [...fields];
  fields.clear();
  fields.set(key, value);
  for (const [field, content] of rest) if (field !== key) fields.set(field, content);
}

function readName(fields: Fields, at: StepPlace): void {
  if (typeof fields.get("name") === "string" && !fields.has("title")) rename(fields, "name", "title", at);
}

function readTask(fields: Fields, at: StepPlace): void {
  const task = fields.get("task");
  if (typeof task !== "string" || task.trim() === "") return;
  if (!hasKind(fields) && at.tool(task) !== undefined) rename(fields, "task", "tool", at);
  else if (!fields.has("description")) rename(fields, "task", "description", at);
}

const hasKind = (fields: Fields): boolean => ["tool", "agent", "ask"].some((kind) => fields.has(kind));

function readHints(fields: Fields, at: StepPlace): void {
  const hints = fields.get("tool_hints");
  if (hints === undefined || fields.has("tool") || fields.has("ask") || fields.has("tools")) return;
  rename(fields, "tool_hints", "tools", at);
  if (typeof hints === "string") fields.set("tools", [hints]);
  if (!Array.isArray(hints) || hints.length > 0) return;
  fields.set("tools", "all");
  at.note("HINTS_EMPTY", "Empty tool_hints leave the choice to the step: tools is all.", "tools");
}

function readDependencies(fields: Fields, at: StepPlace): void {
  if (!fields.has("dependsOn")) return;
  const written = fields.get("dependsOn");
  const isName = (value: unknown): value is string | number => typeof value === "string" || typeof value === "number";
  const list: unknown = isName(written) ? [written] : written;
  if (!Array.isArray(list)) return;
  const mapped = list.map((value: unknown) => (isName(value) ? at.names.idOf(value) : value));
  fields.set("dependsOn", mapped);
  const changed = mapped.filter((value, i) => value !== list[i]);
  if (changed.length > 0) at.note("ID_REWRITTEN", `dependsOn names the ids ${changed.join(", ")}.`, "dependsOn");
}

function agentFromDescription(fields: Fields, at: StepPlace): void {
  if (hasKind(fields) || fields.has("plan")) return;
  const written = at.names.names[at.index]?.written;
  const instruction = [fields.get("description"), fields.get("title"), written].find(
    (text): text is string => typeof text === "string" && text.trim() !== "",
  );
  if (instruction === undefined) return;
  fields.set("agent", instruction);
  at.note(
    "AGENT_FROM_DESCRIPTION",
    "A step with neither tool nor agent is an agent step; its description is the instruction.",
    "agent",
  );
  if (fields.has("description")) at.moved("agent", "description");
}

function wrapExpressions(fields: Fields, at: StepPlace): void {
  for (const field of ["when", "forEach", "expect"]) {
    const source = expressionSource(fields.get(field), field);
    if (source === undefined || source.includes("${{")) continue;
    fields.set(field, `\${{ ${source} }}`);
    at.note("EXPRESSION_WRAPPED", `${field} is an expression and stands in \${{ }}.`, field);
  }
}

function expressionSource(value: unknown, field: string): string | undefined {
  if (typeof value === "string") return value.trim() === "" ? undefined : value.trim();
  if (typeof value === "boolean" && field !== "forEach") return String(value);
  return Array.isArray(value) && field === "forEach" ? JSON.stringify(value) : undefined;
}

function rewriteReferences(fields: Fields, at: StepPlace): void {
  for (const field of ["with", "when", "forEach", "expect"]) {
    if (fields.has(field)) fields.set(field, rewriteTexts(fields.get(field), at.names.rewrite));
  }
}

/** Applies `rewrite` to every text inside a value; the value is no deeper than LIMITS.jsonDepth. */
export function rewriteTexts(value: unknown, rewrite: (text: string) => string): unknown {
  if (typeof value === "string") return rewrite(value);
  if (Array.isArray(value)) return value.map((item) => rewriteTexts(item, rewrite));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, rewriteTexts(field, rewrite)]));
}

/** The pointer of a field of the step at `index` of the canonical document. */
export const stepPointer = (index: number, field?: string): string =>
  field === undefined ? `/steps/${index}` : pointerTo(`/steps/${index}`, field);
