// The schema of the planner's reply, and the conversion back to a plan document. In: an inventory. Out: JSON Schema for
// constrained decoding, in which a step can only name existing tools, with their arguments. Decoders accept only a
// strict subset: absent fields are null, and free-form objects are lists of { name, value } (strict-schema.ts).
import { isObject, type Json, type JsonObject } from "../../plan/json.js";
import { toolNamed, type Inventory, type ToolSpec } from "../../plan/tool-spec.js";
import { typeFromSchema } from "../../plan/type/schema.js";
import { UNKNOWN, type RecordType } from "../../plan/type/type.js";
import { withDefinitions } from "../typed/schema-definitions.js";
import { bothSizes, isTaken, schemaSize } from "../typed/schema-size.js";
import {
  argumentsSchema,
  closedObject,
  entries,
  fromStrict,
  NOTHING,
  objectFromEntries,
  orNull,
  recordFromStrict,
  strictSchema,
  TEXT,
} from "../typed/strict-schema.js";

const TEXTS: JsonObject = { type: "array", items: TEXT };

export interface PlanSchema {
  readonly schema: JsonObject;
  /**
   * The number of tools whose arguments are in the schema. The others are in it by name, because providers limit the
   * size of schemas.
   */
  readonly tools: number;
}

export interface ReplyForm {
  readonly patch: boolean;
  /** Whether the reply may ask for further tools instead. */
  readonly mayAsk?: boolean;
  /** Whether steps may be sub-plans. */
  readonly subPlans?: boolean;
}

/**
 * The JSON Schema of a planner's reply for this inventory: a plan, or a patch (plan/revise/revise.ts). Unused fields
 * are null. Repeated parts stand under $defs.
 */
export function planRequestSchema(
  { tools, executors = [] }: Inventory,
  { patch, mayAsk = false, subPlans = false }: ReplyForm,
): PlanSchema {
  const schemaOf = (own: readonly ToolSpec[]): JsonObject => {
    const byName = tools.filter((tool) => !own.includes(tool));
    const names = { tools: tools.map(({ name }) => name), executors: executors.map(({ name }) => name) };
    const later = subPlans ? [subPlanStep(names.tools)] : [];
    const steps = [...callSteps(own), ...namedSteps(byName), ...stepsOfAll(names), ...later];
    return withDefinitions(closedObject({ ...(mayAsk && ASKING), ...replyOf(steps, patch) }));
  };
  const whole = schemaOf(tools);
  if (isTaken(schemaSize(whole))) return { schema: whole, tools: tools.length };
  // First reserves the size of all tools by name alone. Then each tool that fits gets a branch with its arguments.
  let size = schemaSize(schemaOf([]));
  const own: ToolSpec[] = [];
  for (const tool of tools) {
    const larger = callSteps([tool]).map(schemaSize).reduce(bothSizes, size);
    if (!isTaken(larger)) continue;
    own.push(tool);
    size = larger;
  }
  return { schema: schemaOf(own), tools: own.length };
}

/** The field with which the planner asks for tools that its request did not show: search words. */
const ASKING: JsonObject = { needTools: orNull(TEXTS) };

function replyOf(steps: readonly JsonObject[], patch: boolean): JsonObject {
  if (!patch) return { steps: { type: "array", items: { anyOf: steps } }, answer: ANSWER };
  const operation = closedObject({
    op: { type: "string", enum: ["add", "replace", "drop"] },
    id: orNull(TEXT),
    step: { anyOf: [...steps, NOTHING] },
  });
  return { operations: { type: "array", items: operation }, answer: ANSWER };
}

// Decoders tell branches apart by their first key: `tool` with names of its own, `fill`, `agent`, `ask` or `plan`.

/** Direct calls: one branch for all tools with the same fields. */
function callSteps(tools: readonly ToolSpec[]): readonly JsonObject[] {
  const alike = new Map<string, { readonly fields: JsonObject; readonly names: string[] }>();
  for (const tool of tools) {
    const fields = { ...givenTo(tool), ...(tool.output === undefined ? OUTPUT : {}) };
    const key = JSON.stringify(fields);
    const before = alike.get(key) ?? { fields, names: [] };
    alike.set(key, { ...before, names: [...before.names, tool.name] });
  }
  return [...alike.values()].map(({ fields, names }) => step({ tool: oneOf(names) }, fields));
}

/** The field for the arguments. A tool that takes none has no such field: some decoders refuse an empty object. */
function givenTo(tool: ToolSpec): JsonObject {
  const type = argumentsOf(tool);
  const takesNone = Object.keys(type.fields).length === 0 && type.rest === undefined;
  return takesNone ? {} : { with: argumentsSchema(type) };
}

/** Direct calls of tools whose arguments are not in the schema. */
function namedSteps(tools: readonly ToolSpec[]): readonly JsonObject[] {
  return tools.length === 0 ? [] : [step({ tool: oneOf(tools.map(({ name }) => name)) }, FREE)];
}

/** Calls that an executor completes, agent steps, and questions to a person. */
function stepsOfAll({ tools: names, executors }: StepNames): readonly JsonObject[] {
  const by = executors.length === 0 ? {} : { executor: orNull(oneOf(executors)) };
  const agent = { agent: TEXT, tools: names.length === 0 ? NOTHING : { type: "array", items: oneOf(names) } };
  const fill = names.length === 0 ? [] : [step({ fill: TEXT, tool: oneOf(names) }, { ...FREE, ...by })];
  return [...fill, step(agent, { ...FREE, ...by, repeat: REPEAT, evidence: TEXTS }), step({ ask: TEXT }, FREE)];
}

/** The names that a step may use. */
interface StepNames {
  readonly tools: readonly string[];
  readonly executors: readonly string[];
}

/** Steps that are planned when they are reached. `tools: null` stands for all. A person decides on the budget. */
function subPlanStep(names: readonly string[]): JsonObject {
  const tools = names.length === 0 ? NOTHING : orNull({ type: "array", items: oneOf(names) });
  return step({ plan: TEXT, tools }, FREE);
}

/** The type of the output. A tool that declares its own needs no other. */
const OUTPUT: JsonObject = { output: orNull(TEXT) };

/** Arguments of any name. */
const FREE: JsonObject = { with: entries(), ...OUTPUT };

/** Rounds of an agent step. Other steps rarely need them. */
const REPEAT: JsonObject = orNull(
  closedObject({ until: TEXT, most: { type: "number" }, otherwise: { type: "string", enum: ["fail", "last"] } }),
);

const oneOf = (names: readonly string[]): JsonObject => ({ type: "string", enum: names });

const ANSWER: JsonObject = {
  anyOf: [
    closedObject({ from: TEXTS, instructions: orNull(TEXT) }),
    closedObject({ value: strictSchema(UNKNOWN, true) }),
    NOTHING,
  ],
};

/**
 * A step: the fields that make its kind, the fields of every step, and the arguments. Fields that a person decides
 * (retry, approval, model) are left out.
 */
function step(kind: JsonObject, fields: JsonObject): JsonObject {
  return closedObject({
    ...kind,
    id: TEXT,
    title: TEXT,
    description: TEXT,
    dependsOn: TEXTS,
    when: orNull(TEXT),
    forEach: orNull(TEXT),
    as: orNull(TEXT),
    ...fields,
    expect: orNull(TEXT),
    optional: orNull({ type: "boolean" }),
  });
}

function argumentsOf(tool: ToolSpec): RecordType {
  const type = typeFromSchema(tool.input);
  return type.kind === "record" ? type : { kind: "record", fields: {}, rest: UNKNOWN };
}

/**
 * Turns a reply under the schema into a plan document. A null field of a step or of the answer counts as absent. Inside
 * `with`, a null is left out only if the tool's argument may be absent and does not accept null (fromStrict).
 * Everything else passes unchanged: the tolerant reader and check report on it.
 */
export function planFromReply(given: Json, inventory: Inventory): Json {
  if (!isObject(given) || !Array.isArray(given["steps"])) return given;
  const { needTools: _needTools, ...reply } = given;
  const steps = (reply["steps"] as readonly Json[]).map((draft) =>
    isObject(draft) ? stepFromReply(draft, inventory) : draft,
  );
  const answer = reply["answer"];
  return withoutNulls({ ...reply, steps, ...(isObject(answer) ? { answer: answerFromReply(answer) } : {}) });
}

/**
 * Turns a reply under the schema into a patch. Fields that an operation does not use are left out. Everything else
 * passes unchanged.
 */
export function patchFromReply({ needTools: _needTools, ...reply }: JsonObject, inventory: Inventory): JsonObject {
  const operations = (reply["operations"] as readonly Json[]).map((operation) =>
    isObject(operation) ? operationFromReply(withoutNulls(operation), inventory) : operation,
  );
  const answer = reply["answer"];
  return withoutNulls({ ...reply, operations, ...(isObject(answer) ? { answer: answerFromReply(answer) } : {}) });
}

function operationFromReply({ step, ...rest }: JsonObject, inventory: Inventory): JsonObject {
  const { id, ...others } = rest;
  if (rest["op"] === "drop" || step === undefined) return rest;
  const written = isObject(step) ? stepFromReply(step, inventory) : step;
  if (rest["op"] !== "add") return { ...rest, step: written };
  const named = isObject(written) && id !== undefined && !("id" in written) ? { id, ...written } : written;
  return { ...others, step: named };
}

function stepFromReply(draft: JsonObject, inventory: Inventory): JsonObject {
  const kept = withoutNulls(draft);
  const given = kept["with"];
  return given === undefined ? kept : { ...kept, with: argumentsFromReply(given, kept, inventory) };
}

/** Arguments that an executor fills are null too. */
function argumentsFromReply(given: Json, { tool: name, fill }: JsonObject, inventory: Inventory): Json {
  const plain = Array.isArray(given) ? (objectFromEntries(given as readonly Json[]) ?? given) : given;
  if (!isObject(plain)) return plain;
  const tool = typeof name === "string" ? toolNamed(inventory, name) : undefined;
  return recordFromStrict(fill === undefined ? plain : withoutNulls(plain), tool && argumentsOf(tool));
}

function answerFromReply(answer: JsonObject): JsonObject {
  return "value" in answer ? { ...answer, value: fromStrict(answer["value"] ?? null, UNKNOWN) } : withoutNulls(answer);
}

function withoutNulls(object: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([, field]) => field !== null));
}
