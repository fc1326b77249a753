// The adapters of one step. In: a step as written, with what is known of its names and tools. Out: the step in canonical fields.
// Each adapter rewrites one thing and reports it; what none of them knows is left for check to name. None guesses meaning.
import { isObject, type Json } from "./json.js";
import type { StepNames } from "./read-ids.js";
import { ID_FIELDS } from "./read-ids.js";
import { pointerTo } from "./read-position.js";
import { soleTextArgument, type ToolSpec } from "./tool-spec.js";

export interface StepPlace {
  readonly index: number;
  readonly names: StepNames;
  readonly tool: (name: unknown) => ToolSpec | undefined;
  /** Reports what was rewritten, at a field of the canonical step. */
  readonly note: (code: string, message: string, field?: string) => void;
  /** Records that a canonical field was written as another one. */
  readonly moved: (field: string, from: string) => void;
}
type Fields = Map<string, unknown>;
type Adapter = (fields: Fields, at: StepPlace) => void;

const RENAMED: readonly (readonly [from: string, to: string])[] = [
  ["depends_on", "dependsOn"],
  ["dependencies", "dependsOn"],
  ["for_each", "forEach"],
  ["max_parallel", "maxParallel"],
  ["on_failure", "onFailure"],
];
const ARGUMENT_FIELDS = ["tool_input", "toolInput", "params", "arguments", "args", "input"];
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

function rename(fields: Fields, from: string, to: string, at: StepPlace): void {
  const value = fields.get(from);
  fields.delete(from);
  fields.set(to, value);
  at.moved(to, from);
  at.note("FIELD_RENAMED", `${from} is written ${to}.`, to);
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

function readArguments(fields: Fields, at: StepPlace): void {
  const field = ARGUMENT_FIELDS.find((name) => fields.has(name));
  if (field === undefined || fields.has("with")) return;
  const written = fields.get(field);
  const tool = at.tool(fields.get("tool"));
  const values = isEmpty(written) ? {} : argumentsOf(written, tool);
  if (values === undefined) return;
  rename(fields, field, "with", at);
  fields.set("with", values);
  if (typeof written === "string")
    at.note("TEXT_ARGUMENT", `The text of ${field} is the argument ${Object.keys(values)[0] ?? "of nothing"}.`, "with");
}

const isEmpty = (value: unknown): boolean =>
  (typeof value === "string" && value.trim() === "") || (Array.isArray(value) && value.length === 0);

/** Arguments as an object: as they are, as JSON in a text, or a text for the tool's only required text argument. */
function argumentsOf(written: unknown, tool: ToolSpec | undefined): { readonly [name: string]: Json } | undefined {
  if (isObject(written)) return written;
  const text: unknown = Array.isArray(written) && written.length === 1 ? written[0] : written;
  if (typeof text !== "string") return undefined;
  return objectIn(text) ?? { [(tool === undefined ? undefined : soleTextArgument(tool)) ?? "input"]: text };
}

function objectIn(text: string): { readonly [name: string]: Json } | undefined {
  if (!/^\s*\{\s*["}]/.test(text)) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
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

/** Only where no argument at all is given: one that is missing beside others is a mistake to be reported. */
function fillFromDescription(fields: Fields, at: StepPlace): void {
  const required = at.tool(fields.get("tool"))?.input["required"];
  const given = fields.get("with");
  if (!Array.isArray(required) || required.length === 0 || fields.has("fill") || fields.has("agent")) return;
  if (given !== undefined && !(isObject(given) && Object.keys(given).length === 0)) return;
  const instruction = fields.get("description") ?? fields.get("title");
  if (typeof instruction !== "string") return;
  fields.set("fill", instruction);
  at.note(
    "FILL_FROM_DESCRIPTION",
    "A tool step without arguments has them written by a model from its description.",
    "fill",
  );
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
