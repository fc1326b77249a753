// Reads steps that are written as calls. Models and their APIs use several forms. In: the fields of a step. Out: `tool`
// and the field of its arguments side by side. These forms nest one object in another.
import { beginning } from "../../../beginning.js";
import { findingOf } from "../../finding.js";
import { isObject, type Json, type JsonObject } from "../../json.js";
import { argumentField } from "./arguments.js";
import { hasKind, rename, stepPointer, type Fields, type StepContext } from "./fields.js";
import { itemCall } from "../form/item-call.js";
import { statedNeeds } from "../form/list-needs.js";
import { fieldsOf } from "../form/list-steps.js";
import { plainName } from "./names.js";
import { isKeyedCall } from "./value-calls.js";

const NO_TOOL: ReadonlySet<string> = new Set(["", "none", "null", "n/a", "na", "notool", "nil"]);
const NAMES = ["name", "tool", "function", "toolname", "functionname", "action"];

/** A step as text: a call of an offered tool, or an instruction. */
export function textStep(text: string, at: StepContext): Fields {
  const read = at.toolNames.isOpen ? undefined : itemCall(text, at.toolNames);
  if (read?.kind === "bad") {
    const where = { pointer: stepPointer(at.index) };
    at.find(findingOf("CALL_UNREADABLE", where, { text: beginning(text, 80), problem: read.problem }));
  }
  if (read?.kind === "call" && at.toolNames.named(read.call.tool) !== undefined) {
    at.note("CALL_TEXT", {}, undefined, { before: text });
    const said = read.remark === "" ? {} : { description: read.remark };
    return new Map(Object.entries({ ...said, ...fieldsOf(read.call, at.toolNames) }));
  }
  at.note("TEXT_STEP", {});
  const { text: said, labels } = statedNeeds(text);
  if (labels === undefined) return new Map([["agent", text]]);
  at.note("LIST_DEPENDENCIES", {});
  return new Map<string, Json>([
    ["agent", said],
    ["dependsOn", labels.map((label) => (/^\d+$/.test(label) ? Number(label) : label))],
  ]);
}

/** `{ "search": { "query": "x" } }`: the only key is the name of a tool. */
export function keyedCall(fields: Fields, at: StepContext): void {
  const step = Object.fromEntries(fields) as JsonObject;
  if (!isKeyedCall(step, at.toolNames)) return;
  const [key] = Object.keys(step);
  const given = fields.get(key!);
  fields.clear();
  fields.set("tool", key);
  fields.set("args", given);
  at.moved("args", key!);
  at.note("CALL_OPENED", { field: key! }, "tool", { before: key, after: key });
}

export function readCalls(fields: Fields, at: StepContext): void {
  for (const field of ["tool", "function", "action", "tool_call", "function_call"]) nestedCall(fields, field, at);
  if (typeof fields.get("function") === "string" && !hasKind(fields)) rename(fields, "function", "tool", at);
  for (const field of ["name", "action"]) if (namesTool(fields, field, at)) rename(fields, field, "tool", at);
  noTool(fields, at);
  modelCall(fields, at);
}

/** A name beside arguments is a tool's name, if the tool is known or if no other field says what the step does. */
function namesTool(fields: Fields, field: string, at: StepContext): boolean {
  const called = [...fields.keys()].some(argumentField) || isObject(fields.get("with"));
  if (!called || hasKind(fields) || typeof fields.get(field) !== "string") return false;
  if (at.tool(fields.get(field)) !== undefined) return true;
  return !["description", "title", "task", field === "name" ? "action" : "name"].some((other) => fields.has(other));
}

/** `{ "tool": { "name": "search", "arguments": {…} } }`, also with `function` or `action`. */
function nestedCall(fields: Fields, field: string, at: StepContext): void {
  const call = fields.get(field);
  if (!isObject(call) || (field !== "tool" && hasKind(fields))) return;
  const names = Object.keys(call).filter((key) => NAMES.includes(plainName(key)) && typeof call[key] === "string");
  const given = Object.keys(call).filter((key) => argumentField(key) || key === "with");
  const [name] = names;
  if (name === undefined || names.length + given.length !== Object.keys(call).length || given.length > 1) return;
  if (names.length > 1 || given.some((key) => fields.has(key))) return;
  fields.delete(field);
  fields.set("tool", call[name]);
  at.moved("tool", field, name);
  for (const key of given) {
    fields.set(key, call[key]);
    at.moved(key, field, key);
  }
  at.note("CALL_OPENED", { field }, "tool", { before: call, after: call[name] });
}

/** A tool called "none" means no tool, unless such a tool exists. */
function noTool(fields: Fields, at: StepContext): void {
  const tool = fields.get("tool");
  if (typeof tool !== "string" || !NO_TOOL.has(plainName(tool.trim())) || at.tool(tool) !== undefined) return;
  fields.delete("tool");
  at.note("NO_TOOL", { tool }, undefined, { before: tool, after: null });
  for (const field of [...fields.keys()].filter(argumentField)) {
    const given = fields.get(field);
    if (given === "" || (isObject(given) && Object.keys(given).length === 0)) fields.delete(field);
  }
}

/** A tool called "LLM" means the model, unless such a tool exists. Its text is the instruction. */
function modelCall(fields: Fields, at: StepContext): void {
  const tool = fields.get("tool");
  if (typeof tool !== "string" || plainName(tool) !== "llm" || at.tool(tool) !== undefined || fields.has("agent"))
    return;
  const field = [...fields.keys()].find(argumentField);
  const instruction = field === undefined ? undefined : fields.get(field);
  if (field !== undefined && typeof instruction === "string" && instruction.trim() !== "") {
    fields.delete(field);
    fields.set("agent", instruction);
    at.moved("agent", field);
  }
  fields.delete("tool");
  at.note("MODEL_CALL", { tool }, "agent", { before: tool, after: fields.get("agent") ?? null });
}
