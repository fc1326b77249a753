// The schema of the planner's reply, and the way back to a plan document. In: an inventory. Out: JSON Schema for constrained
// decoding, where a step can only name tools that exist, with the arguments that they take.
// Separate from plan.ts because decoders accept only a strict subset: there absent fields are null and free-form objects
// are lists of { name, value } (strict-schema.ts).
import { LIMITS } from "../limits.js";
import { isObject, type Json, type JsonObject } from "../plan/json.js";
import { toolNamed, type Inventory, type ToolSpec } from "../plan/tool-spec.js";
import { typeFromSchema } from "../plan/type-schema.js";
import { UNKNOWN, type RecordType } from "../plan/type.js";
import {
  closedObject,
  entries,
  fromStrict,
  objectFromEntries,
  orNull,
  recordSchema,
  strictSchema,
  TEXT,
} from "./strict-schema.js";

const TEXTS: JsonObject = { type: "array", items: TEXT };
const NOTHING: JsonObject = { type: "null" };

/** The JSON Schema of a planner's reply for this inventory. */
export function planRequestSchema(inventory: Inventory): JsonObject {
  return closedObject({ steps: { type: "array", items: { anyOf: stepSchemas(inventory) } }, answer: ANSWER });
}

/** The same of a patch (plan/revise.ts): what an operation does not need is null. */
export function patchRequestSchema(inventory: Inventory): JsonObject {
  const operation = closedObject({
    op: { type: "string", enum: ["add", "replace", "drop"] },
    id: orNull(TEXT),
    step: { anyOf: [...stepSchemas(inventory), NOTHING] },
  });
  return closedObject({ operations: { type: "array", items: operation }, answer: ANSWER });
}

function stepSchemas(inventory: Inventory): readonly JsonObject[] {
  const { tools } = inventory;
  const names = tools.map((tool) => tool.name);
  const steps: JsonObject[] = tools.slice(0, LIMITS.schemaTools).map((tool) => {
    return step({ tool: { type: "string", const: tool.name }, with: recordSchema(argumentsOf(tool), true) });
  });
  if (tools.length > LIMITS.schemaTools)
    steps.push(step({ tool: { type: "string", enum: names.slice(LIMITS.schemaTools) }, with: entries() }));
  if (tools.length > 0) steps.push(step({ tool: { type: "string", enum: names }, fill: TEXT, with: entries() }));
  const agentTools = names.length === 0 ? NOTHING : { type: "array", items: { type: "string", enum: names } };
  steps.push(step({ agent: TEXT, tools: agentTools, with: entries() }), step({ ask: TEXT, with: entries() }));
  return steps;
}

const ANSWER: JsonObject = {
  anyOf: [
    closedObject({ from: TEXTS, instructions: orNull(TEXT) }),
    closedObject({ value: strictSchema(UNKNOWN, true) }),
    NOTHING,
  ],
};

/** What every step has; fields that are a person's to decide (retry, approval, model) are not asked for. */
function step(own: JsonObject): JsonObject {
  return closedObject({
    id: TEXT,
    title: TEXT,
    description: TEXT,
    ...own,
    dependsOn: TEXTS,
    when: orNull(TEXT),
    forEach: orNull(TEXT),
    as: orNull(TEXT),
    output: orNull(TEXT),
    expect: orNull(TEXT),
    optional: orNull({ type: "boolean" }),
  });
}

function argumentsOf(tool: ToolSpec): RecordType {
  const type = typeFromSchema(tool.input);
  return type.kind === "record" ? type : { kind: "record", fields: {}, rest: UNKNOWN };
}

/**
 * A reply under the schema as a plan document. A null as the field of a step or of the answer means that it is absent; inside
 * `with` a null is left out only where the tool's argument may be absent and does not take null (fromStrict). Whatever else
 * the reply holds passes unchanged: the tolerant reader and check speak about it.
 */
export function planFromReply(reply: Json, inventory: Inventory): Json {
  if (!isObject(reply) || !Array.isArray(reply["steps"])) return reply;
  const steps = (reply["steps"] as readonly Json[]).map((draft) =>
    isObject(draft) ? stepFromReply(draft, inventory) : draft,
  );
  const answer = reply["answer"];
  return withoutNulls({ ...reply, steps, ...(isObject(answer) ? { answer: answerFromReply(answer) } : {}) });
}

/** A reply under the schema as a patch. What an operation has no use for is left out; all else passes unchanged. */
export function patchFromReply(reply: JsonObject, inventory: Inventory): JsonObject {
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
  return given === undefined ? kept : { ...kept, with: argumentsFromReply(given, kept["tool"], inventory) };
}

function argumentsFromReply(given: Json, toolName: Json | undefined, inventory: Inventory): Json {
  const plain = Array.isArray(given) ? (objectFromEntries(given as readonly Json[]) ?? given) : given;
  const tool = typeof toolName === "string" ? toolNamed(inventory, toolName) : undefined;
  return tool === undefined ? plain : fromStrict(plain, argumentsOf(tool));
}

function answerFromReply(answer: JsonObject): JsonObject {
  return "value" in answer ? answer : withoutNulls(answer);
}

function withoutNulls(object: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([, field]) => field !== null));
}
