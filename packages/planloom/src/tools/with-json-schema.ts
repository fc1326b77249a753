// A schema with a JSON Schema beside it, for schemas that cannot be written as one. In: both. Out: a Standard Schema that
// gives the JSON Schema. The schema still checks the values.
import type { JsonObject } from "../plan/json.js";
import type { After, Before, StandardSchema } from "./schema.js";

/**
 * The schema, with the JSON Schema that planners and models read. The schema alone checks the values, so both have to
 * agree. For `input` the JSON Schema describes the values before the check, for `output` those after it. A fault in the
 * JSON Schema is an error of the tool that gets it (BAD_TOOL).
 */
export function withJsonSchema<S extends StandardSchema>(
  schema: S,
  json: JsonObject,
): StandardSchema<Before<S>, After<S>> {
  const { version, vendor, validate } = schema["~standard"];
  const written = (): Record<string, unknown> => json;
  return {
    "~standard": {
      ...{ version, vendor, jsonSchema: { input: written, output: written }, byHand: true },
      validate: (value) => validate(value) as ReturnType<StandardSchema<Before<S>, After<S>>["~standard"]["validate"]>,
    },
  };
}
