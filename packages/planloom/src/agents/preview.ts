// Shows data to a model. In: named values. Out: marked text, cut if it is long, and the rest on request. All roles show
// data in this way: as material, never as instructions.
import { beginning, wholeIndex } from "../beginning.js";
import { LIMITS } from "../limits.js";
import { canonicalJson, sizeOf, type Json } from "../plan/json.js";

/** A value as a model reads it: text as it is, everything else as compact JSON. */
export function textOf(value: Json): string {
  if (typeof value === "string") return value;
  // All outputs of a fan-out together may be longer than a string can be.
  const tooLarge = sizeOf(value, LIMITS.valueBytes) > LIMITS.valueBytes;
  return tooLarge ? `[left out: it is larger than ${LIMITS.valueBytes} bytes]` : canonicalJson(value);
}

/** Text marked as data. Nothing in it can end the mark. */
export function dataBlock(name: string, text: string): string {
  return `<data name=${JSON.stringify(name)}>\n${text.replaceAll("</data", "<\\/data")}\n</data>`;
}

/** A part of a text, with its place. */
function partOf(text: string, at = 0): string {
  const from = wholeIndex(text, at);
  const part = beginning(text.slice(from), LIMITS.previewChars);
  const end = from + part.length;
  return from === 0 && end === text.length ? text : `${part}\n[characters ${from} to ${end} of ${text.length}]`;
}

/** Remembers cut values within one attempt, so that the model can read the rest. */
export class Previews {
  readonly #cut = new Map<string, string>();

  /** Whether anything shown so far was cut. */
  get anyCut(): boolean {
    return this.#cut.size > 0;
  }

  /** The value under its name. A value longer than LIMITS.previewChars is cut. */
  show(name: string, value: Json, trusted = false): string {
    const text = textOf(value);
    if (text.length > LIMITS.previewChars) this.#cut.set(name, text);
    const shown = partOf(text);
    return trusted ? `${name}:\n${shown}` : dataBlock(name, shown);
  }

  /** The value under its name, whole up to LIMITS.wholeChars. */
  whole(name: string, value: Json): string {
    const text = textOf(value);
    return text.length > LIMITS.wholeChars ? this.show(name, value) : dataBlock(name, text);
  }

  /** A piece of a cut value, or undefined for a name that was not cut. */
  read(name: string, from: number): string | undefined {
    const text = this.#cut.get(name);
    return text === undefined ? undefined : dataBlock(name, partOf(text, from));
  }

  get names(): readonly string[] {
    return [...this.#cut.keys()];
  }
}
