// Checks the definition that `tool()` gets, which may come from JavaScript. In: any value. Out: nothing, or PlanloomError
// BAD_TOOL with what to write instead. A key that is not known is refused: it may have been meant as a safeguard.
import { beginning } from "../beginning.js";
import { messageOf } from "../error.js";
import { LIMITS } from "../limits.js";
import { DURATION_PATTERN, durationMs } from "../plan/duration.js";
import { toolKeyInstead } from "../plan/foreign-settings.js";
import { isObject } from "../plan/json.js";
import { nearestNames } from "../plan/nearest.js";
import { EFFECT_CLASSES } from "../plan/tool-spec.js";
import type { ToolFault, ToolValue, UnknownKey } from "../words/errors/configuration.js";
import { PlanloomError } from "../words/planloom-error.js";
import { BadSchema, MixedSchema, NoJsonSchema, readSchema, type ReadSchema } from "./schema.js";

/** A tool of the program. */
export const OWN_NAME = /^[A-Za-z][A-Za-z0-9_-]{0,63}$/;
/** A tool of a server: the name of the server, a dot, and what the server calls it. */
export const SERVER_TOOL_NAME = /^[A-Za-z][A-Za-z0-9_-]{0,63}\.[A-Za-z0-9_][A-Za-z0-9_./-]{0,127}$/;

const isTexts = (value: unknown): boolean => Array.isArray(value) && value.every((one) => typeof one === "string");
const REACH: readonly string[] = ["roots", "hosts", "open"];
const isReach = (value: unknown): boolean =>
  isObject(value) &&
  Object.entries(value).every(([key, one]) => REACH.includes(key) && (one === undefined || isTexts(one)));

const FITS: { readonly [wanted in ToolValue]: (value: unknown) => boolean } = {
  boolean: (value) => typeof value === "boolean",
  function: (value) => typeof value === "function",
  required: (value) => value === "required",
  acting: (value) => value === "idempotent" || value === "once",
  pass: (value) => value === "pass",
  arguments: isTexts,
  text: (value) => typeof value === "string",
  reach: isReach,
};

/** The keys of a definition, with the form of their values; null: it is checked elsewhere. */
export type DefinitionKeys = { readonly [key: string]: ToolValue | null };

/** Throws PlanloomError BAD_TOOL. The schemas and the timeout are not read here. */
export function checkDefinition(definition: unknown, keys: DefinitionKeys, names: RegExp): void {
  if (typeof definition !== "object" || definition === null || Array.isArray(definition))
    throw bad("(none)", { problem: "definition", given: shownOf(definition) });
  const given = definition as { readonly [key: string]: unknown };
  const { name, description, effects, run } = given;
  const unknown = unknownIn(given, keys);
  if (unknown !== undefined) throw bad(name, unknown);
  if (typeof name !== "string" || !names.test(name)) throw bad(name, { problem: "name" });
  if (typeof description !== "string" || description.trim() === "") throw bad(name, { problem: "description" });
  if (!(EFFECT_CLASSES as readonly unknown[]).includes(effects))
    throw bad(name, { problem: "effects", ...(effects === undefined ? {} : { given: shownOf(effects) }) });
  if (typeof run !== "function") throw bad(name, { problem: "run" });
  for (const [key, wanted] of Object.entries(keys)) {
    const value = given[key];
    if (wanted !== null && value !== undefined && !FITS[wanted](value))
      throw bad(name, { problem: "value", key, given: shownOf(value), wanted });
  }
}

/** A key with the value undefined counts, too: somebody wrote it. */
function unknownIn(definition: { readonly [key: string]: unknown }, keys: DefinitionKeys): ToolFault | undefined {
  const known = Object.keys(keys);
  const foreign = Object.keys(definition)
    .filter((key) => !Object.hasOwn(keys, key))
    .map((key): UnknownKey => {
      const write = toolKeyInstead(key, definition[key]) ?? nearestNames(key, known)[0];
      return { key: beginning(key, LIMITS.nameChars), ...(write === undefined ? {} : { write }) };
    });
  return foreign.length === 0 ? undefined : { problem: "keys", keys: foreign, known };
}

function shownOf(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(beginning(value, 80));
  if (Array.isArray(value)) return "a list";
  if (typeof value === "function") return "a function";
  return typeof value === "object" && value !== null ? "an object" : String(value);
}

export function toolSchema(name: string, side: "input" | "output", schema: unknown): ReadSchema {
  try {
    return readSchema(schema, side);
  } catch (error) {
    if (error instanceof BadSchema) throw bad(name, { problem: "schema-part", side, fault: error.fault });
    if (error instanceof MixedSchema) throw bad(name, { problem: "mixed-schema", side, at: error.at });
    if (error instanceof NoJsonSchema) {
      const { vendor, reason } = error;
      throw bad(name, { problem: "no-json-schema", side, vendor, ...(reason === undefined ? {} : { reason }) }, error);
    }
    throw bad(name, { problem: "schema", side, reason: messageOf(error) }, error);
  }
}

/** Whole ms. */
export function timeoutOf(name: string, timeout: unknown): number {
  const isText = typeof timeout === "string" && DURATION_PATTERN.test(timeout);
  const ms = isText ? Math.round(durationMs(timeout)) : timeout;
  if (typeof ms === "number" && Number.isSafeInteger(ms) && ms >= 1 && ms <= LIMITS.longestMs) return ms;
  throw bad(name, { problem: "timeout", given: typeof timeout === "string" ? timeout : shownOf(timeout) });
}

export function bad(name: unknown, fault: ToolFault, cause?: unknown): PlanloomError {
  const shown = typeof name === "string" ? beginning(name, 80) : shownOf(name);
  return new PlanloomError("BAD_TOOL", { tool: shown, ...fault }, { cause });
}
