// Types of inputs that allow only values that a person can oversee, and whether a value has the declared type. In: a
// declared type, as a plan holds it. Out: facts about it.
import { beginning } from "../../beginning.js";
import type { Json, JsonObject } from "../json.js";
import { isObject, own } from "../json.js";
import { expression, nonconformity } from "../type/conform.js";
import { typeOf } from "../type/schema.js";
import { membersOf, mismatch, shortText, type Type } from "../type/type.js";
import { isFraction } from "../type/value-for.js";

/** As a plan declares it: the text of a type, or a JSON Schema. */
type Declared = string | JsonObject;

/** A text that no useful pattern allows. */
const ANY_TEXT = "any text, whatever: \u00a7 <&> ?!";

/**
 * Whether the type lists its values, or bounds them: literals, booleans, an enumeration, a pattern from `^` to `$` that
 * does not allow any text, or a number with `minimum` and `maximum`.
 */
export function isBounded(declared: Declared | undefined): boolean {
  if (declared === undefined) return false;
  if (isObject(declared) && hasBounds(declared)) return true;
  const parsed = typeOf(declared);
  return parsed.ok && membersOf(parsed.type).length > 0 && membersOf(parsed.type).every(isListed);
}

const isListed = ({ kind }: Type): boolean => kind === "literal" || kind === "boolean" || kind === "null";

function hasBounds(schema: JsonObject): boolean {
  const kind = own(schema, "type");
  if (kind === "string") return isTight(own(schema, "pattern"));
  const isNumber = kind === "number" || kind === "integer";
  return isNumber && typeof own(schema, "minimum") === "number" && typeof own(schema, "maximum") === "number";
}

function isTight(pattern: Json | undefined): boolean {
  if (typeof pattern !== "string" || !/^\^(?:.*[^\\])?\$$/s.test(pattern) || /^\^\|/.test(pattern)) return false;
  // One branch of an open alternative has no beginning, or no end.
  if (hasOpenBranch(pattern)) return false;
  try {
    return !expression(pattern).test(ANY_TEXT) && !expression(pattern).test(`${ANY_TEXT}\n${ANY_TEXT}`);
  } catch {
    return false;
  }
}

/** Whether a `|` stands outside of all groups and classes. */
function hasOpenBranch(pattern: string): boolean {
  let depth = 0;
  let inClass = false;
  for (let at = 0; at < pattern.length; at++) {
    const sign = pattern[at];
    if (sign === "\\") at++;
    else if (inClass) inClass = sign !== "]";
    else if (sign === "[") inClass = true;
    else if (sign === "(") depth++;
    else if (sign === ")") depth--;
    else if (sign === "|" && depth === 0) return true;
  }
  return false;
}

/** What a value of an input should be; undefined if it has the declared type, with all that a JSON Schema says. */
export function unlikeType(value: Json, declared: Declared | undefined): string | undefined {
  if (declared === undefined) return undefined;
  const parsed = typeOf(declared);
  if (!parsed.ok) return undefined;
  if (mismatch(value, parsed.type) !== undefined) return wantedOf(declared, parsed.type);
  if (isFraction(declared, value)) return "a whole number";
  return isObject(declared) && nonconformity(value, declared) !== undefined
    ? wantedOf(declared, parsed.type)
    : undefined;
}

/** A declared type in a few words. */
export function wantedOf(declared: Declared, type?: Type): string {
  const parsed = type === undefined ? typeOf(declared) : ({ ok: true, type } as const);
  const text = parsed.ok ? shortText(parsed.type) : "";
  if (!isObject(declared)) return beginning(declared, 160);
  const { pattern, minimum, maximum, type: kind } = declared;
  const named = kind === "integer" ? "integer" : text;
  if (typeof pattern === "string") return `${named} that matches ${pattern}`;
  if (typeof minimum === "number" && typeof maximum === "number") return `${named} from ${minimum} to ${maximum}`;
  return named;
}
