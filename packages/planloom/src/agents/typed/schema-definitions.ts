// Writes each part of a schema once. In: a JSON Schema without references. Out: the same schema, in which parts that
// occur more than once stand under $defs. Pure: the same schema gives the same names.
import { isObject, type Json, type JsonObject } from "../../plan/json.js";

/** A shorter part is written out: its reference would be as long. */
const SHORTEST = 40;

export function withDefinitions(schema: JsonObject): JsonObject {
  const ids = new Ids();
  const counts = new Map<number, number>();
  count(schema, ids, counts);
  const names = new Map<number, string>();
  const definitions: [string, JsonObject][] = [];
  const shared = (part: JsonObject): JsonObject => {
    const id = ids.of(part);
    if ((counts.get(id) ?? 0) < 2 || JSON.stringify(part).length < SHORTEST) return mapped(part, shared);
    if (!names.has(id)) {
      names.set(id, nameOf(part, new Set(names.values())));
      definitions.push([names.get(id)!, mapped(part, shared)]);
    }
    return { $ref: `#/$defs/${names.get(id)!}` };
  };
  const root = mapped(schema, shared);
  return definitions.length === 0 ? root : { ...root, $defs: Object.fromEntries(definitions) };
}

/** Numbers for schemas: equal schemas have equal numbers. */
class Ids {
  readonly #byPart = new Map<JsonObject, number>();
  readonly #byText = new Map<string, number>();

  of(part: JsonObject): number {
    const known = this.#byPart.get(part);
    if (known !== undefined) return known;
    const text = JSON.stringify(mapped(part, (inner) => ({ id: this.of(inner) })));
    const id = this.#byText.get(text) ?? this.#byText.size;
    this.#byText.set(text, id);
    this.#byPart.set(part, id);
    return id;
  }
}

/** The schema as one part of another one: its definitions stand at the root of that one. */
export function within(schema: JsonObject, place: (part: JsonObject) => JsonObject): JsonObject {
  const { $defs, ...part } = schema;
  return { ...place(part), ...($defs === undefined ? {} : { $defs }) };
}

/** A part inside a repeated part counts once. */
function count(part: JsonObject, ids: Ids, counts: Map<number, number>): void {
  const id = ids.of(part);
  const before = counts.get(id) ?? 0;
  counts.set(id, before + 1);
  if (before === 0) partsOf(part).forEach((inner) => count(inner, ids, counts));
}

function partsOf({ properties, items, anyOf }: JsonObject): readonly JsonObject[] {
  const named = isObject(properties) ? Object.values(properties) : [];
  return [...named, items, ...((anyOf ?? []) as readonly Json[])].filter((one): one is JsonObject => isObject(one));
}

/** The schema with other parts. */
function mapped(schema: JsonObject, change: (part: JsonObject) => JsonObject): JsonObject {
  const { properties, items, anyOf } = schema;
  const changed = Object.entries((properties ?? {}) as JsonObject).map(
    ([name, part]) => [name, change(part as JsonObject)] as const,
  );
  return {
    ...schema,
    ...(properties === undefined ? {} : { properties: Object.fromEntries(changed) }),
    ...(items === undefined ? {} : { items: change(items as JsonObject) }),
    ...(anyOf === undefined ? {} : { anyOf: (anyOf as readonly JsonObject[]).map(change) }),
  };
}

/** A short name that says what the part is, because models may read the schema: `any`, `text0`, `list`. */
function nameOf(part: JsonObject, taken: ReadonlySet<string>): string {
  const base = wordOf(part);
  for (let number = 1; ; number++) {
    const name = number === 1 ? base : `${base}${number}`;
    if (!taken.has(name)) return name;
  }
}

const WORDS: ReadonlyMap<Json, string> = new Map([
  ["string", "text"],
  ["array", "list"],
]);

function wordOf({ type, anyOf, enum: values }: JsonObject): string {
  if (values !== undefined) return "name";
  const wordOfType = (one: Json | undefined): string =>
    WORDS.get(one ?? null) ?? (typeof one === "string" ? one : "one");
  if (anyOf === undefined) return wordOfType(type);
  const types = (anyOf as readonly JsonObject[]).map((one) => one["type"]);
  if (types.length > 3) return "any";
  return `${wordOfType(types.find((one) => one !== "null"))}${types.includes("null") ? "0" : ""}`;
}
