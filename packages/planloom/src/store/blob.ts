// Moves large values out of the rows that hold them. In: any JSON value. Out: its text with null for each large value,
// the places of these values, and the large texts by hash. Pure, and the same for every durable store. The places are
// stored beside the text and never in it, so no value of a user can be mistaken for one.
import { messageOf } from "../error.js";
import { PlanloomError } from "../words/planloom-error.js";
import { LIMITS } from "../limits.js";
import { sha256 } from "../sha256.js";

/**
 * A JSON pointer (RFC 6901) into the value, and the SHA-256 of the JSON text that belongs there. Outer places first.
 */
export type BlobPointer = readonly [pointer: string, hash: string];

export interface Packed {
  readonly text: string;
  /** JSON of `BlobPointer[]`; null if no value is large. */
  readonly places: string | null;
  /** JSON texts by their hash. Each is stored once. */
  readonly blobs: ReadonlyMap<string, string>;
}

const NO_BLOBS: ReadonlyMap<string, string> = new Map();

/** Throws STORE_FAILED for a value that JSON cannot hold (a cycle, a bigint, nesting beyond the stack). */
export function pack(value: unknown): Packed {
  const text = jsonOf(value);
  if (!isLarge(text)) return { text, places: null, blobs: NO_BLOBS };
  const lift = new Lift(value);
  const rest = lift.rest(value);
  // The walk finds inner values first, and reading restores the outer ones first.
  return { text: jsonOf(rest), places: JSON.stringify(lift.places.reverse()), blobs: lift.blobs };
}

/**
 * Restores the value. `load` gives the text of a hash. Throws SyntaxError for a text that is not JSON, and for a place
 * that the value does not have.
 */
export function unpack(text: string, places: string | null, load: (hash: string) => string): unknown {
  const root: { value: unknown } = { value: JSON.parse(text) as unknown };
  if (places === null) return root.value;
  for (const [pointer, hash] of JSON.parse(places) as BlobPointer[]) put(root, pointer, JSON.parse(load(hash)));
  return root.value;
}

/** The hashes that `places` names; none if a damaged disk has changed it. */
export function hashesIn(places: string): readonly string[] {
  try {
    return (JSON.parse(places) as BlobPointer[]).map(([, hash]) => hash);
  } catch {
    return [];
  }
}

/**
 * The size of a value's JSON text in bytes, near enough: escaped characters of short texts count once. Notes each list
 * and record that is large. It looks at each part once, however deep it lies.
 */
function sizeOf(value: unknown, large: Set<object>): number {
  if (typeof value === "string") return value.length <= SHORT ? bytesOf(value) + 2 : bytesOf(JSON.stringify(value));
  if (typeof value === "number") return Number.isSafeInteger(value) ? digitsOf(value) : String(value).length;
  if (typeof value !== "object" || value === null) return "false".length;
  let size = "{}".length;
  if (Array.isArray(value)) for (const item of value as readonly unknown[]) size += sizeOf(item, large) + 1;
  else
    for (const [key, field] of Object.entries(value))
      if (field !== undefined) size += bytesOf(key) + '"":,'.length + sizeOf(field, large);
  if (size > LIMITS.blobBytes) large.add(value);
  return size;
}

/** Characters of a text whose escapes are not counted. */
const SHORT = 64;

function digitsOf(value: number): number {
  let digits = value < 0 ? 2 : 1;
  for (let rest = Math.abs(value); rest >= 10; rest /= 10) digits++;
  return digits;
}

/** Moves out the smallest large values first; then the value itself, if the rest of it is still large. */
class Lift {
  readonly places: BlobPointer[] = [];
  readonly blobs = new Map<string, string>();
  readonly #large = new Set<object>();

  constructor(value: unknown) {
    sizeOf(value, this.#large);
  }

  rest(value: unknown, pointer = ""): unknown {
    if (!this.#mayBeLarge(value)) return value;
    const inner = (field: unknown, key: string) => this.rest(field, `${pointer}/${escape(key)}`);
    const rest = typeof value === "object" ? withFields(value as object, inner) : value;
    const text = JSON.stringify(rest);
    if (!isLarge(text)) return rest;
    const hash = sha256(text);
    this.blobs.set(hash, text);
    this.places.push([pointer, hash]);
    return null;
  }

  /** JSON writes a character as at most six bytes. */
  #mayBeLarge(value: unknown): boolean {
    if (typeof value === "string") return value.length * 6 > LIMITS.blobBytes;
    return typeof value === "object" && value !== null && this.#large.has(value);
  }
}

function withFields(value: object, change: (field: unknown, key: string) => unknown): unknown {
  if (Array.isArray(value)) return value.map((item: unknown, index) => change(item, String(index)));
  // fromEntries defines own properties, so a key `__proto__` stays a key.
  return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, change(field, key)]));
}

/**
 * Each key must be an own property. Others may have written the file: a place such as `/__proto__/x` would change every
 * object of the process.
 */
function put(root: { value: unknown }, pointer: string, value: unknown): void {
  const keys = ["value", ...pointer.split("/").slice(1).map(unescape)];
  const last = keys.pop() ?? "value";
  let holder: unknown = root;
  for (const key of keys) holder = ownField(holder, key);
  ownField(holder, last);
  (holder as Record<string, unknown>)[last] = value;
}

function ownField(holder: unknown, key: string): unknown {
  if (typeof holder === "object" && holder !== null && Object.hasOwn(holder, key))
    return (holder as Record<string, unknown>)[key];
  throw new SyntaxError("a place leads out of the value");
}

const bytesOf = (text: string): number => Buffer.byteLength(text);

const isLarge = (text: string): boolean => text.length * 3 > LIMITS.blobBytes && bytesOf(text) > LIMITS.blobBytes;

const escape = (key: string): string => key.replaceAll("~", "~0").replaceAll("/", "~1");
const unescape = (key: string): string => key.replaceAll("~1", "/").replaceAll("~0", "~");

function jsonOf(value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch (cause) {
    throw new PlanloomError("STORE_FAILED", { problem: "not-json", reason: messageOf(cause) }, { cause });
  }
}
