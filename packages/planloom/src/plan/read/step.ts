// The adapters of one step. In: a step as written, with the known names and tools. Out: the step in canonical fields.
// Each adapter rewrites one thing and reports it. Unknown parts stay for check to report. No adapter guesses a meaning.
// There are two groups: first those of the fields, which give the names of all steps; then those that use these names.
import { isObject } from "../json.js";
import { ID_PATTERN } from "../plan.js";
import { parseType } from "../type/text.js";
import { typeText } from "../type/type.js";
import { argumentField, fillFromDescription, readArguments, textArguments } from "./fields/arguments.js";
import { readArgumentTypes } from "./fields/argument-values.js";
import { keyedCall, readCalls, textStep } from "./fields/calls.js";
import { readExecutor } from "./fields/executor.js";
import { describesStep, fieldNamed, hasKind, rename, type Fields, type StepContext } from "./fields/fields.js";
import { readSubPlan } from "./fields/sub-plan.js";
import type { StepName, StepNames } from "./fields/ids.js";
import {
  ID_FIELDS,
  KIND_FIELDS,
  NOT_BEGUN,
  plainName,
  SAID_FIELDS,
  STATE_FIELDS,
  STEP_FIELDS,
} from "./fields/names.js";
import { approvalWish } from "./form/approval-wish.js";
import { readRounds } from "./fields/rounds.js";
import { readOtherNames } from "./fields/other-names.js";
import { inOurLanguage } from "./references/reference-paths.js";
import { isForgottenExpression } from "../prose.js";
import { readReferences, type ReferenceContext } from "./references/references.js";
import { dependenciesOf } from "./references/dependencies.js";

/** The fields of a step under their canonical names; undefined if it is not a step. */
export function openStep(step: unknown, at: StepContext): Fields | undefined {
  if (typeof step !== "string" && !isObject(step)) return undefined;
  const fields: Fields = typeof step === "string" ? textStep(step, at) : new Map(Object.entries(step));
  for (const adapter of [
    keyedCall,
    readExecutor,
    readSubPlan,
    leaveOut,
    renameFields,
    readCalls,
    readToolNames,
    readOtherNames,
    readName,
    readTask,
    readEach,
    readRounds,
    readEvidence,
  ])
    adapter(fields, at);
  return fields;
}

export function closeStep(fields: Fields, name: StepName, at: StepContext, context: ReferenceContext): unknown {
  nameStep(fields, name, at);
  readHints(fields, at);
  dependenciesOf(fields, context, at);
  readArguments(fields, at);
  readArgumentTypes(fields, at);
  agentFromDescription(fields, name, at);
  fillFromDescription(fields, at);
  readReferences(fields, context);
  textArguments(fields, at);
  wrapExpressions(fields, context.names, at);
  readWish(fields, at);
  readOutputType(fields, at);
  return Object.fromEntries(fields);
}

/** Models that must give every field write null for unused ones. Others put comments and states beside the plan. */
function leaveOut(fields: Fields, at: StepContext): void {
  for (const [field, value] of [...fields]) {
    const name = plainName(field);
    if (saysWhat(field, value, fields, at)) continue;
    if (value === null && name !== "id" && (STEP_FIELDS.has(name) || argumentField(field))) {
      fields.delete(field);
      at.note("NULL_DROPPED", { field }, undefined, { before: value });
    } else if (
      (SAID_FIELDS.has(name) && typeof value === "string") ||
      (STATE_FIELDS.has(name) && NOT_BEGUN.has(value)) ||
      describesStep(field, value)
    ) {
      fields.delete(field);
      at.note("LEFT_OUT", { field }, undefined, { before: value });
    }
  }
}

const SAYS = [
  "description",
  "title",
  "name",
  "task",
  "action",
  "instruction",
  "agent",
  "ask",
  "plan",
  "prompt",
  "tool",
];

/** A kind that names a tool is the tool. A goal is the description, if nothing else says what the step does. */
function saysWhat(field: string, value: unknown, fields: Fields, at: StepContext): boolean {
  const name = plainName(field);
  if (typeof value !== "string" || value.trim() === "") return false;
  const isTool = KIND_FIELDS.has(name) && at.toolMeant(value) !== undefined;
  const others = [...fields.keys()].filter((other) => other !== field).map(plainName);
  if (isTool && !others.some((other) => STEP_FIELDS.get(other) === "tool" || other === "agent" || other === "ask")) {
    rename(fields, field, "tool", at);
    return true;
  }
  const isGoal = ["goal", "stepgoal", "purpose"].includes(name);
  if (!isGoal || others.some((other) => SAYS.includes(STEP_FIELDS.get(other) ?? other))) return false;
  rename(fields, field, "description", at);
  return true;
}

function renameFields(fields: Fields, at: StepContext): void {
  for (const field of [...fields.keys()]) {
    const to = STEP_FIELDS.get(plainName(field));
    if (to !== undefined && to !== field && to !== "id" && !fields.has(to)) rename(fields, field, to, at);
  }
}

/** The exact names of tools for names in another case, with other separators, or with the marks of a call. */
function readToolNames(fields: Fields, at: StepContext): void {
  const spelled = (written: unknown, field: string): unknown => {
    const tool = typeof written === "string" && at.tool(written) === undefined ? at.toolMeant(written) : undefined;
    if (tool === undefined) return written;
    at.note("TOOL_NAME", { written: String(written), tool: tool.name }, field, { before: written, after: tool.name });
    return tool.name;
  };
  if (fields.has("tool")) fields.set("tool", spelled(fields.get("tool"), "tool"));
  for (const field of ["tools", "tool_hints"]) {
    const named = fields.get(field);
    if (Array.isArray(named))
      fields.set(
        field,
        named.map((one: unknown) => spelled(one, field)),
      );
    else if (typeof named === "string" && named !== "all") toolList(named, field);
  }

  function toolList(named: string, field: string): void {
    const names = named.split(/[,;]/).map((one) => one.trim());
    if (names.length > 20 || !names.every((one) => at.toolMeant(one) !== undefined)) return;
    fields.set(
      field,
      names.map((one) => spelled(one, field)),
    );
    at.note("ONE_AS_LIST", { field }, field, { before: named, after: fields.get(field) });
  }
}

/** Evidence as one text. */
function readEvidence(fields: Fields, at: StepContext): void {
  const evidence = fields.get("evidence");
  if (typeof evidence !== "string" || evidence.trim() === "") return;
  fields.set("evidence", [evidence]);
  at.note("ONE_AS_LIST", { field: "evidence" }, "evidence", { before: evidence, after: [evidence] });
}

const EACH_LIST = ["in", "items", "list", "over", "of", "from"];
const EACH_ITEM = ["as", "item", "var", "variable", "name"];

/** `forEach: { in, as }` */
function readEach(fields: Fields, at: StepContext): void {
  const each = fields.get("forEach");
  if (!isObject(each) || fields.has("as")) return;
  const keys = Object.keys(each);
  const list = keys.find((key) => EACH_LIST.includes(plainName(key)));
  const item = keys.find((key) => EACH_ITEM.includes(plainName(key)));
  if (list === undefined || keys.length > (item === undefined ? 1 : 2)) return;
  fields.set("forEach", each[list]);
  at.moved("forEach", "forEach", list);
  if (item !== undefined) {
    fields.set("as", each[item]);
    at.moved("as", "forEach", item);
  }
  at.note("EACH_OPENED", {}, "forEach", { before: each, after: each[list] });
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

/** A safety wish is never dropped: words that want approval give the step its approval. */
function readWish(fields: Fields, at: StepContext): void {
  if (fields.has("approval") || fields.has("ask")) return;
  const texts = ["title", "description", "agent", "plan"].map((field) => fields.get(field));
  const wish = texts.flatMap((text) => (typeof text === "string" ? (approvalWish(text) ?? []) : []))[0];
  if (wish === undefined) return;
  fields.set("approval", "required");
  at.note("APPROVAL_IN_TEXT", { text: wish }, "approval", { before: null, after: "required" });
}

function readHints(fields: Fields, at: StepContext): void {
  const hints = fields.get("tool_hints");
  if (hints === undefined || fields.has("tool") || fields.has("ask") || fields.has("tools")) return;
  rename(fields, "tool_hints", "tools", at);
  const isEmpty = typeof hints === "string" ? hints.trim() === "" : Array.isArray(hints) && hints.length === 0;
  if (typeof hints === "string" && hints !== "all") fields.set("tools", [hints]);
  if (!isEmpty) return;
  fields.set("tools", "all");
  at.note("HINTS_EMPTY", {}, "tools", { before: hints, after: "all" });
}

function agentFromDescription(fields: Fields, { written }: StepName, at: StepContext): void {
  if (hasKind(fields)) return;
  const isText = (text: unknown): text is string => typeof text === "string" && text.trim() !== "";
  // A name that is a sentence says what to do. A name of one word is a name.
  const sentence = typeof written === "string" && /\s/.test(written.trim()) ? written : undefined;
  const instruction = [fields.get("description"), fields.get("title"), sentence].find(isText);
  if (instruction === undefined) return;
  fields.set("agent", instruction);
  at.note("AGENT_FROM_DESCRIPTION", {}, "agent", { before: null, after: instruction });
  if (fields.has("description")) at.moved("agent", "description");
  chooseAsNeeded(fields, at);
}

/** In formats without kinds of steps, a step that names no tools may choose among all of them. */
function chooseAsNeeded(fields: Fields, at: StepContext): void {
  if (fields.has("tools")) return;
  fields.set("tools", "all");
  at.note("HINTS_EMPTY", {}, "tools", { before: null, after: "all" });
}

const FOREIGN_TYPE = /\b(?:str|int|float|double|bool|none|list|dict|array|map|optional|union)\b(?!\s*\??:)/i;

/** A type in the notation of another language, in ours. */
function readOutputType(fields: Fields, at: StepContext): void {
  const written = fields.get("output");
  if (typeof written !== "string" || !FOREIGN_TYPE.test(written)) return;
  const parsed = parseType(written);
  const read = parsed.ok ? typeText(parsed.type) : written;
  if (read.replace(/\s/g, "") === written.replace(/\s/g, "") || !parseType(read).ok) return;
  fields.set("output", read);
  at.note("TYPE_READ", {}, "output", { before: written, after: read });
}

function wrapExpressions(fields: Fields, names: StepNames, at: StepContext): void {
  const wrap = (value: unknown, field: string, top = field): unknown => {
    const source = expressionSource(value, field);
    if (source === undefined || source.includes("${{")) return value;
    // Prose stays: a model judges by it.
    if (field === "expect" && !isForgottenExpression(source)) return value;
    const wrapped = inOurLanguage(names.rewrite(`\${{ ${source} }}`), () => undefined);
    at.note("EXPRESSION_WRAPPED", { field }, top, { before: value, after: wrapped });
    return wrapped;
  };
  for (const field of ["when", "forEach", "expect"])
    if (fields.has(field)) fields.set(field, wrap(fields.get(field), field));
  const repeat = fields.get("repeat");
  if (isObject(repeat) && "until" in repeat)
    fields.set("repeat", { ...repeat, until: wrap(repeat["until"], "until", "repeat") });
}

function expressionSource(value: unknown, field: string): string | undefined {
  if (typeof value === "string") return value.trim() === "" ? undefined : value.trim();
  if (typeof value === "boolean" && field !== "forEach") return String(value);
  return Array.isArray(value) && field === "forEach" ? JSON.stringify(value) : undefined;
}
