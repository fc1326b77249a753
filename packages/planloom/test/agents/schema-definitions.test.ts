// Definitions of a schema: repeated parts stand once, and the schema means the same as before.
import { describe, expect, it } from "vitest";
import { withDefinitions, within } from "../../src/agents/typed/schema-definitions.js";
import { closedObject, orNull, TEXT } from "../../src/agents/typed/strict-schema.js";
import { isObject, type Json, type JsonObject } from "../../src/plan/json.js";

const PAIR = closedObject({ name: TEXT, value: orNull(TEXT) });
const LIST = { type: "array", items: PAIR };

/** The schema without references. */
function writtenOut(part: Json, definitions: JsonObject): Json {
  if (Array.isArray(part)) return (part as Json[]).map((inner) => writtenOut(inner, definitions));
  if (!isObject(part)) return part;
  const { $ref, $defs: _definitions, ...rest } = part;
  if (typeof $ref === "string") return writtenOut(definitions[$ref.replace("#/$defs/", "")]!, definitions);
  return Object.fromEntries(Object.entries(rest).map(([name, inner]) => [name, writtenOut(inner, definitions)]));
}

describe("withDefinitions", () => {
  const schema = closedObject({ first: LIST, second: LIST, third: orNull(TEXT), fourth: TEXT, fifth: TEXT });
  const shared = withDefinitions(schema);

  it("writes a repeated part once, and what stands inside it once more", () => {
    expect(shared["properties"]).toMatchObject({ first: { $ref: "#/$defs/list" }, second: { $ref: "#/$defs/list" } });
    expect(JSON.stringify(shared).split('"anyOf"')).toHaveLength(2);
    expect(Object.keys(shared["$defs"] as JsonObject)).toEqual(["text0", "list"]);
  });

  it("means the same as before, and is the same each time", () => {
    expect(writtenOut(shared, shared["$defs"] as JsonObject)).toEqual(schema);
    expect(JSON.stringify(withDefinitions(structuredClone(schema)))).toBe(JSON.stringify(shared));
  });

  it("writes short parts out, and leaves a schema without repeated parts as it is", () => {
    expect(shared["properties"]).toMatchObject({ fourth: TEXT, fifth: TEXT });
    expect(withDefinitions(PAIR)).toEqual(PAIR);
  });

  it("gives different parts different names", () => {
    const other = { type: "array", items: { type: "array", items: orNull(TEXT) } };
    const all = withDefinitions(closedObject({ a: LIST, b: LIST, c: other, d: other }));
    expect(writtenOut(all, all["$defs"] as JsonObject)).toEqual(closedObject({ a: LIST, b: LIST, c: other, d: other }));
    expect(all["properties"]).toMatchObject({ a: { $ref: "#/$defs/list" }, c: { $ref: "#/$defs/list2" } });
  });
});

it("keeps the definitions at the root of a schema that holds another one", () => {
  const inner = withDefinitions(closedObject({ first: LIST, second: LIST }));
  const outer = within(inner, (part) => closedObject({ plan: orNull(part) }));
  expect(Object.keys(outer)).toContain("$defs");
  expect(writtenOut(outer, outer["$defs"] as JsonObject)).toEqual(
    closedObject({ plan: orNull(closedObject({ first: LIST, second: LIST })) }),
  );
});
