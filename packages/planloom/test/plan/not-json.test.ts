// Values of programs that are not JSON: what is wrong with them, and where.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LIMITS } from "../../src/limits.js";
import { notJson } from "../../src/plan/not-json.js";

const cycle: unknown[] = [];
cycle.push({ again: cycle });
const nested = (levels: number): unknown => (levels === 0 ? 1 : [nested(levels - 1)]);
// Two to the power of 60 parts.
let shared: unknown = [1];
for (let i = 0; i < 60; i++) shared = [shared, shared];
const throwing = {
  get total(): number {
    throw new Error("no total");
  },
};
const moody = new Proxy([], {
  get: () => {
    throw new Error("no");
  },
});

describe("a value that is not JSON", () => {
  it.each<[string, unknown, object]>([
    ["undefined", undefined, { path: [], is: "undefined" }],
    ["an undefined field", { a: { b: undefined } }, { path: ["a", "b"], is: "undefined" }],
    ["a hole", { a: new Array<number>(2) }, { path: ["a", 0], is: "hole" }],
    ["a getter", [throwing], { path: [0, "total"], is: "getter" }],
    ["a function", { a: [() => 1] }, { path: ["a", 0], is: "type", type: "function" }],
    ["a BigInt", 1n, { path: [], is: "type", type: "bigint" }],
    ["a symbol", [Symbol("x")], { path: [0], is: "type", type: "symbol" }],
    ["NaN", { a: NaN }, { path: ["a"], is: "number", number: "NaN" }],
    ["infinity", -Infinity, { path: [], is: "number", number: "-Infinity" }],
    ["a cycle", cycle, { path: [0, "again"], is: "cycle" }],
    ["a Date", { at: new Date(0) }, { path: ["at"], is: "instance", of: "Date" }],
    ["a Map", new Map(), { path: [], is: "instance", of: "Map" }],
    ["a boxed text", new String("x"), { path: [], is: "instance", of: "String" }],
    ["bytes", new Uint8Array(1), { path: [], is: "instance", of: "Uint8Array" }],
    ["a key __proto__", JSON.parse('{ "a": { "__proto__": 1 } }'), { path: ["a"], is: "key" }],
    ["65 levels", nested(65), { path: Array(64).fill(0), is: "depth", most: 64 }],
    ["5,000 levels", nested(5_000), { path: Array(64).fill(0), is: "depth", most: 64 }],
    ["8 MiB", "x".repeat(LIMITS.valueBytes - 1), { path: [], is: "size", most: LIMITS.valueBytes }],
    ["a proxy that throws", { a: moody }, { path: ["a", 0], is: "unreadable" }],
  ])("%s", (_, value, problem) => {
    expect(notJson(value, { strict: true })).toEqual(problem);
  });

  it("with parts that are shared without end ends soon", () => {
    expect(notJson(shared, { strict: true })).toMatchObject({ is: "size" });
  });

  it("may hold what JSON.stringify leaves out, unless it is strict", () => {
    expect(notJson({ a: undefined, b: new Array<number>(1) }, { strict: false })).toBeUndefined();
    expect(notJson([throwing], { strict: false })).toEqual({ path: [0, "total"], is: "unreadable" });
  });
});

it("every JSON value is one", () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 8 }), (value) => {
      const plain: unknown = JSON.parse(JSON.stringify(value));
      expect(notJson(plain, { strict: true, protoKey: false })).toBeUndefined();
    }),
  );
  expect(notJson(nested(64), { strict: true })).toBeUndefined();
  expect(notJson({ constructor: 1, a: Object.create(null) as unknown }, { strict: true })).toBeUndefined();
});
