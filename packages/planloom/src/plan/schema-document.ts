// The published JSON Schema of the plan document (draft 2020-12), generated from the one zod schema. In: nothing. Out: JSON.
// Separate because prompts, editors and the docs want it as data, and nobody should write it by hand.
import { z } from "zod";
import { isObject, type JsonObject } from "./json.js";
import { planSchema } from "./plan.js";

export const PLAN_SCHEMA_ID = "urn:planloom:plan:1";

/** The JSON Schema of a plan as people and models write it. */
export function planJsonSchema(): JsonObject {
  const document = z.toJSONSchema(planSchema, { target: "draft-2020-12", io: "input" }) as unknown as JsonObject;
  const definitions = document["$defs"];
  const root = isObject(definitions) ? definitions[PLAN_SCHEMA_ID] : undefined;
  if (!isObject(definitions) || !isObject(root)) return { ...document, $id: PLAN_SCHEMA_ID };
  const { $schema } = document;
  const others = Object.entries(definitions).filter(([name]) => name !== PLAN_SCHEMA_ID);
  // Zod puts a schema that has an id under $defs and refers to it; published, it is the document itself.
  return { $schema: $schema ?? null, $id: PLAN_SCHEMA_ID, ...root, $defs: Object.fromEntries(others) };
}
