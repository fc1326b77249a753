// The canonical text of JSON values, from which hashes are made. In: any JSON value. Out: the text of RFC 8785, whichever
// way it is written.
import fc from "fast-check";
import { expect, test } from "vitest";
import { canonicalJson } from "../../src/plan/json.js";

/** The rule itself: keys sorted by UTF-16 code units, everything else as JSON. */
function byTheRule(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(byTheRule).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const fields = Object.entries(value).filter(([, field]) => field !== undefined);
  const sorted = fields.sort(([one], [other]) => (one < other ? -1 : 1));
  return `{${sorted.map(([key, field]) => `${JSON.stringify(key)}:${byTheRule(field)}`).join(",")}}`;
}

test("any value has the text of the rule", () => {
  const key = fc.oneof(fc.string(), fc.constantFrom("2", "10", "a", "B", "é", "\u{1f600}", "toJSON", ""));
  const { value } = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 6 },
      fc.oneof(fc.string({ unit: "binary" }), fc.double({ noNaN: true, noDefaultInfinity: true }), fc.boolean()),
      fc.constant(null),
      fc.array(tie("value"), { maxLength: 4 }),
      fc.dictionary(key, fc.option(tie("value"), { nil: undefined, freq: 8 }), { maxKeys: 5 }),
    ),
  }));
  fc.assert(
    fc.property(value, (any) => {
      expect(canonicalJson(any)).toBe(byTheRule(any));
    }),
    { numRuns: 2_000 },
  );
});

test("numbers as keys are sorted as texts, unlike JavaScript enumerates them", () => {
  expect(canonicalJson({ 2: 1, 10: 2, b: { 3: 0, 20: 0 } })).toBe('{"10":2,"2":1,"b":{"20":0,"3":0}}');
});
