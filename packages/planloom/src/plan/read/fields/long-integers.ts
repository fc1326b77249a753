// Integers of a draft that lost digits when they became numbers. In: the draft, the text that it was read from, and who
// wrote it. Out: the draft with the digits as a text where a tool wants one, and a finding for every other such integer.
import { findingOf, type Finding } from "../../finding.js";
import { isObject, pointerTo, type Json, type JsonObject } from "../../json.js";
import { longIntegersIn } from "../../exact-integer.js";
import { wantsText } from "./argument-values.js";
import type { TakeNote } from "../note-params.js";
import type { Position } from "../position.js";
import type { FindTool } from "../tool-names.js";

export interface Exactness {
  readonly text: string;
  /** The position of a pointer of the draft in the text. */
  readonly locate: (pointer: string) => Position | undefined;
  readonly tool: FindTool;
  /** A person is told to write the digits as a text. For a model this is done. */
  readonly converts: boolean;
  readonly note: TakeNote;
  readonly find: (finding: Finding) => void;
}

/** A draft of any form. Without long integers it is returned as it is. */
export function withExactIntegers(draft: unknown, exactness: Exactness): unknown {
  const written = longIntegersIn(exactness.text);
  if (written.size === 0 || !isObject(draft)) return draft;
  const reader = new Reader(written, exactness);
  const steps = draft["steps"];
  const { steps: _, ...rest } = draft;
  reader.value(rest, "", undefined);
  if (!Array.isArray(steps)) return draft;
  return { ...draft, steps: (steps as readonly Json[]).map((step, index) => reader.step(step, index)) };
}

/** The same for one step. */
export function withExactIntegersIn(step: unknown, index: number, exactness: Exactness): unknown {
  const written = longIntegersIn(exactness.text);
  return written.size === 0 ? step : new Reader(written, exactness).step(step as Json, index);
}

/** To find a place takes time in proportion to the text. */
const MOST_PLACES = 50;

class Reader {
  private places = 0;

  constructor(
    private readonly written: ReadonlyMap<number, ReadonlySet<string>>,
    private readonly exactness: Exactness,
  ) {}

  step(step: Json, index: number): Json {
    if (!isObject(step)) return step;
    const at = `/steps/${index}`;
    const input = this.exactness.tool(step["tool"])?.input;
    const fields = Object.entries(step).map(([name, value]) => {
      const schema = name === "with" ? input : undefined;
      return [name, this.value(value, pointerTo(at, name), schema)] as const;
    });
    return Object.fromEntries(fields);
  }

  value(value: Json, pointer: string, schema: JsonObject | undefined): Json {
    if (typeof value === "number") return this.number(value, pointer, schema);
    if (Array.isArray(value)) {
      const items = partOf(schema, "items");
      return (value as readonly Json[]).map((item, i) => this.value(item, `${pointer}/${i}`, items));
    }
    if (!isObject(value)) return value;
    const properties = partOf(schema, "properties");
    return Object.fromEntries(
      Object.entries(value).map(([name, field]) => [
        name,
        this.value(field, pointerTo(pointer, name), partOf(properties, name)),
      ]),
    );
  }

  private number(number: number, pointer: string, schema: JsonObject | undefined): Json {
    const all = this.written.get(number);
    if (all === undefined) return number;
    const [only] = all;
    const digits = all.size === 1 ? only : this.digitsAt(pointer, all);
    const { converts, note, find } = this.exactness;
    if (digits !== undefined && converts && schema !== undefined && wantsText(schema)) {
      note("ARGUMENT_READ", { argument: pointer.slice(pointer.lastIndexOf("/") + 1), as: "text" }, pointer, {
        before: digits,
        after: digits,
      });
      return digits;
    }
    find(findingOf("LONG_INTEGER", { pointer }, { becomes: String(number), ...(digits !== undefined && { digits }) }));
    return number;
  }

  /** The digits at the place of a value, where several integers become the same number. */
  private digitsAt(pointer: string, all: ReadonlySet<string>): string | undefined {
    const position = this.places++ < MOST_PLACES ? this.exactness.locate(pointer) : undefined;
    if (position === undefined) return undefined;
    const line = lineOf(this.exactness.text, position.line);
    const digits = /^-?\d+/.exec(line.slice(position.column - 1, position.column + 400))?.[0];
    return digits !== undefined && all.has(digits) ? digits : undefined;
  }
}

function lineOf(text: string, line: number): string {
  let start = 0;
  for (let at = 1; at < line; at++) start = text.indexOf("\n", start) + 1;
  const end = text.indexOf("\n", start);
  return text.slice(start, end === -1 ? undefined : end);
}

function partOf(schema: JsonObject | undefined, name: string): JsonObject | undefined {
  const part = schema !== undefined && Object.hasOwn(schema, name) ? schema[name] : undefined;
  return isObject(part) ? part : undefined;
}
