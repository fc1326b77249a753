// Tells why a value of a program is not JSON. In: any value. Out: the first problem and its place, as data. Nothing is
// copied, and no getter of a strict value is called.
import { beginning } from "../beginning.js";
import { LIMITS } from "../limits.js";

export type NotJson = {
  /** The keys from the whole value to the part, cut to LIMITS.nameChars. */
  readonly path: readonly (string | number)[];
} & NotJsonProblem;

export type NotJsonProblem =
  | { readonly is: "undefined" | "hole" | "getter" | "cycle" | "unreadable" | "key" }
  /** A type that JSON does not have: `function`, `symbol`, `bigint`. */
  | { readonly is: "type"; readonly type: string }
  /** NaN or an infinity. */
  | { readonly is: "number"; readonly number: string }
  /** An object of this class. */
  | { readonly is: "instance"; readonly of: string }
  | { readonly is: "depth" | "size"; readonly most: number };

export interface JsonRules {
  /** Whether undefined, holes of lists and getters are problems. JSON.stringify changes them into something else. */
  readonly strict: boolean;
  /** The most bytes that its text may have. */
  readonly most?: number;
  /** Whether a key `__proto__` is a problem. Default: yes. */
  readonly protoKey?: boolean;
}

/** undefined if the value is JSON, of a size and depth that is allowed. Never throws. */
export function notJson(value: unknown, rules: JsonRules): NotJson | undefined {
  const { most = LIMITS.valueBytes } = rules;
  try {
    inspect(value, { rules, most, left: most, above: [] });
    return undefined;
  } catch (thrown) {
    // A getter or a proxy may throw anything.
    return thrown instanceof Found ? { path: thrown.path, ...thrown.problem } : { path: [], is: "unreadable" };
  }
}

/** Ends the walk. Each level adds its key. */
class Found extends Error {
  readonly path: (string | number)[] = [];

  constructor(readonly problem: NotJsonProblem) {
    super(problem.is);
  }
}

interface Walk {
  readonly rules: JsonRules;
  readonly most: number;
  /** A lower bound of the bytes still free. It ends the walk of a value that repeats parts of itself many times. */
  left: number;
  readonly above: object[];
}

function inspect(value: unknown, walk: Walk): void {
  walk.left -= typeof value === "string" ? value.length + 2 : 1;
  if (walk.left < 0) throw new Found({ is: "size", most: walk.most });
  switch (typeof value) {
    case "string":
    case "boolean":
      return;
    case "number":
      if (!Number.isFinite(value)) throw new Found({ is: "number", number: String(value) });
      return;
    case "object":
      return value === null ? undefined : inspectNested(value, walk);
    case "undefined":
      if (walk.rules.strict) throw new Found({ is: "undefined" });
      return;
    default:
      throw new Found({ is: "type", type: typeof value });
  }
}

function inspectNested(value: object, walk: Walk): void {
  const { above } = walk;
  if (above.includes(value)) throw new Found({ is: "cycle" });
  if (above.length >= LIMITS.jsonDepth) throw new Found({ is: "depth", most: LIMITS.jsonDepth });
  above.push(value);
  if (Array.isArray(value)) inspectList(value, walk);
  else inspectRecord(value, walk);
  above.pop();
}

function inspectList(list: readonly unknown[], walk: Walk): void {
  let at = 0;
  try {
    for (; at < list.length; at++) {
      if (walk.rules.strict) checkProperty(list, at);
      walk.left -= 1;
      inspect(list[at], walk);
    }
  } catch (thrown) {
    throw placed(thrown, at);
  }
}

function inspectRecord(record: object, walk: Walk): void {
  const prototype = Object.getPrototypeOf(record) as object | null;
  // An object of another realm has another Object.prototype.
  if (prototype !== null && Object.getPrototypeOf(prototype) !== null)
    throw new Found({ is: "instance", of: className(record) });
  if (Object.hasOwn(record, "__proto__") && walk.rules.protoKey !== false) throw new Found({ is: "key" });
  let at = "";
  try {
    for (const key of Object.keys(record)) {
      at = key;
      if (walk.rules.strict) checkProperty(record, key);
      walk.left -= key.length + 4;
      inspect((record as Record<string, unknown>)[key], walk);
    }
  } catch (thrown) {
    throw placed(thrown, at);
  }
}

function checkProperty(owner: object, key: string | number): void {
  const property = Object.getOwnPropertyDescriptor(owner, key);
  if (property === undefined) throw new Found({ is: "hole" });
  if (!("value" in property)) throw new Found({ is: "getter" });
}

function placed(thrown: unknown, key: string | number): Found {
  const found = thrown instanceof Found ? thrown : new Found({ is: "unreadable" });
  found.path.unshift(typeof key === "string" ? beginning(key, LIMITS.nameChars) : key);
  return found;
}

function className(value: object): string {
  const name = (value.constructor as { name?: unknown } | undefined)?.name;
  return typeof name === "string" && name !== "" ? name : "class instance";
}
