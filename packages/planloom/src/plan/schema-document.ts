// The published JSON Schema of the plan document (draft 2020-12), generated from the one zod schema. In: nothing. Out: JSON.
import { z } from "zod";
import type { JsonObject } from "./json.js";
import { planSchema } from "./plan.js";

export const PLAN_SCHEMA_ID = "https://planloom.dev/schema/plan-1.json";

/** The JSON Schema of a plan as people and models write it. */
export function planJsonSchema(): JsonObject {
  return {
    ...z.toJSONSchema(planSchema, { target: "draft-2020-12", io: "input" }),
    $id: PLAN_SCHEMA_ID,
  } as unknown as JsonObject;
}
