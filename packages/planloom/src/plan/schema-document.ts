// The published JSON Schema of the plan document (draft 2020-12), generated from the one zod schema. In: nothing. Out:
// JSON. Prompts, editors and the docs use it.
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
  // Zod puts a schema with an id under $defs and refers to it. The published document is that schema itself.
  return { $schema: $schema ?? null, $id: PLAN_SCHEMA_ID, ...root, $defs: Object.fromEntries(others) };
}
