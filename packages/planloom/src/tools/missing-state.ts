// What a precheck finds: state that a call needs and that is not there. In: what a tool gives, which may come from
// JavaScript. Out: the same within limits. Never asks the world anything itself.
import { beginning } from "../beginning.js";
import { LIMITS } from "../limits.js";
import { isObject } from "../plan/json.js";

/** State that a call needs and that does not exist. */
export interface MissingState {
  /** Names it: `the file "a.txt"`. Planners read it, so it has no text of others. */
  readonly what: string;
  /** The argument that names it. */
  readonly argument?: string;
  /** Names of the same kind that exist and are near, the best first. */
  readonly nearest?: readonly string[];
  /** A name for this state that is the same in all tools, such as the real path of a file. See `Tool.makes`. */
  readonly state?: string;
}

/** undefined: nothing is missing. Throws a TypeError for anything else. */
export function checkedMissing(given: unknown): MissingState | undefined {
  if (given === undefined || given === null) return undefined;
  if (!isObject(given) || typeof given["what"] !== "string" || given["what"].trim() === "")
    throw new TypeError("precheck returned neither nothing nor { what, nearest? }");
  const { what, argument, nearest, state } = given;
  const names = Array.isArray(nearest) ? (nearest as readonly unknown[]) : [];
  return {
    what: beginning(what, LIMITS.missingChars),
    ...(typeof argument === "string" ? { argument } : {}),
    nearest: names
      .filter((name): name is string => typeof name === "string")
      .slice(0, LIMITS.nearNames)
      .map((name) => beginning(name, LIMITS.missingChars)),
    ...(typeof state === "string" ? { state } : {}),
  };
}
