// Keeps what a tool returned although it cannot be used. In: anything. Out: JSON that comes as close as possible,
// within a limit. Separate from output.ts, which accepts a value whole or refuses it. Never throws.
import { beginning } from "../beginning.js";
import { types } from "node:util";
import { LIMITS } from "../limits.js";
import type { Json } from "../plan/json.js";

/** `partial`: the value was no JSON or too large, so this is only a part of it, or a description. */
export interface RawOutput {
  readonly output: Json;
  readonly partial?: true;
}

/**
 * Keeps a small JSON value exactly. Anything else becomes text, is cut, or is left out, and is marked `partial`.
 * `clean` is applied to each text and key before anything is cut.
 */
export function rawOutput(value: unknown, clean: (text: string) => string = (text) => text): RawOutput {
  const copy = new Copy(clean);
  const output = copy.of(value, 0);
  return copy.partial ? { output, partial: true } : { output };
}

class Copy {
  partial = false;
  constructor(private readonly clean: (text: string) => string) {}

  /** Characters that are still free. */
  #left: number = LIMITS.rawOutputChars;

  of(value: unknown, depth: number): Json {
    try {
      return this.#any(value, depth);
    } catch {
      // A getter or an iterator threw.
      return this.#instead("[unreadable]");
    }
  }

  #any(value: unknown, depth: number): Json {
    this.#left -= 2;
    switch (typeof value) {
      case "string":
        return this.#text(value);
      case "boolean":
        return value;
      case "number":
        if (!Number.isFinite(value)) return this.#instead(String(value));
        return value === 0 ? 0 : value;
      case "bigint":
        return this.#instead(String(value));
      case "undefined":
        return null;
      case "object":
        return value === null ? null : this.#object(value, depth);
      default:
        return this.#instead(`[${typeof value}]`);
    }
  }

  /** Text in the place of a value that is not JSON. */
  #instead(text: string): string {
    this.partial = true;
    return this.#text(text);
  }

  #text(given: string): string {
    const text = this.clean(given);
    const most = Math.max(0, this.#left);
    const part = beginning(text, most);
    if (part.length < text.length) this.partial = true;
    // A control character takes six characters in JSON.
    this.#left -= JSON.stringify(part).length;
    return part;
  }

  #object(value: object, depth: number): Json {
    if (types.isProxy(value)) return this.#instead("[proxy]");
    if (ArrayBuffer.isView(value)) return this.#instead(`[${value.byteLength} bytes]`);
    if (value instanceof Date) return this.#instead(isFinite(value.getTime()) ? value.toISOString() : "[invalid date]");
    if (value instanceof Error) return this.#instead(`${value.name}: ${value.message}`);
    if (depth >= LIMITS.jsonDepth) return this.#instead("[nests deeper]");
    if (Array.isArray(value)) return this.#list(value, depth);
    if (value instanceof Map || value instanceof Set) {
      this.partial = true;
      return this.#list(value, depth);
    }
    return this.#record(value, depth);
  }

  #list(values: Iterable<unknown>, depth: number): Json {
    const part: Json[] = [];
    for (const one of values) {
      if (this.#isFull()) break;
      part.push(this.of(one, depth + 1));
    }
    return part;
  }

  #record(value: object, depth: number): Json {
    const prototype = Object.getPrototypeOf(value) as object | null;
    if (prototype !== null && Object.getPrototypeOf(prototype) !== null) this.partial = true;
    const part: Record<string, Json> = {};
    for (const key in value) {
      if (!Object.hasOwn(value, key)) continue;
      if (this.#isFull()) break;
      if (key === "__proto__") this.partial = true;
      else this.#field(part, key, () => (value as Record<string, unknown>)[key], depth);
    }
    return part;
  }

  #field(part: Record<string, Json>, key: string, read: () => unknown, depth: number): void {
    let field: unknown;
    try {
      field = read();
    } catch {
      part[this.#text(key)] = this.#instead("[unreadable]");
      return;
    }
    if (field !== undefined) part[this.#text(key)] = this.of(field, depth + 1);
  }

  #isFull(): boolean {
    if (this.#left <= 0) this.partial = true;
    return this.#left <= 0;
  }
}
