import { describe, expect, test } from "vitest";
import { LIMITS } from "../../src/limits.js";
import { pack, unpack, type BlobPointer } from "../../src/store/blob.js";

const large = (letter: string): string => letter.repeat(LIMITS.blobBytes);
const placesOf = (value: unknown): string[] =>
  (JSON.parse(pack(value).places ?? "[]") as BlobPointer[]).map(([pointer]) => pointer);

function roundTrip(value: unknown): unknown {
  const { text, places, blobs } = pack(value);
  return unpack(text, places, (hash) => blobs.get(hash) ?? "");
}

describe("pack", () => {
  test("leaves a value of up to 64 KiB of JSON as it is", () => {
    // Two quotes belong to the text's JSON.
    const limit = "x".repeat(LIMITS.blobBytes - 2);
    expect(pack(limit)).toStrictEqual({ text: JSON.stringify(limit), places: null, blobs: new Map() });
    expect(placesOf(`${limit}x`)).toStrictEqual([""]);
  });

  test("counts bytes, not characters", () => {
    expect(placesOf("é".repeat(LIMITS.blobBytes / 2 - 1))).toStrictEqual([]);
    expect(placesOf("é".repeat(LIMITS.blobBytes / 2))).toStrictEqual([""]);
  });

  test("lifts the smallest large values, not what encloses them", () => {
    expect(placesOf({ a: { b: large("x"), c: 1 }, "d/e": [0, large("y")] }).sort()).toStrictEqual(["/a/b", "/d~1e/1"]);
  });

  test("lifts what is still large without its large values, and puts both back", () => {
    const value = { list: [...large("z"), large("x")] };
    expect(placesOf(value)).toStrictEqual(["/list", `/list/${LIMITS.blobBytes}`]);
    expect(roundTrip(value)).toStrictEqual(value);
  });

  test("keeps equal values once", () => {
    const packed = pack([large("x"), { again: large("x") }]);
    expect(packed.blobs.size).toBe(1);
    expect(packed.text).toBe('[null,{"again":null}]');
  });

  test("refuses what JSON cannot hold", () => {
    const cycle: unknown[] = [];
    cycle.push(cycle);
    expect(() => pack(cycle)).toThrow(expect.objectContaining({ code: "STORE_FAILED" }));
    expect(() => pack({ n: 1n })).toThrow(expect.objectContaining({ code: "STORE_FAILED" }));
  });
});

describe("unpack", () => {
  test.each([
    ["the prototype of all objects", "/__proto__/taken"],
    ["a constructor", "/constructor/prototype/taken"],
    ["a field that is not there", "/b"],
    ["a field of a text", "/a/0"],
    ["a method of a list", "/list/push"],
  ])("refuses a place at %s", (_, pointer) => {
    const unpacking = () => unpack('{"a":"x","list":[]}', JSON.stringify([[pointer, "h"]]), () => "true");
    expect(unpacking).toThrow(SyntaxError);
    expect({}).not.toHaveProperty("taken");
    expect([].push).toBeTypeOf("function");
  });

  test("puts a value under a key that has the name of the prototype", () => {
    const text = '{"__proto__":null}';
    const value = unpack(text, JSON.stringify([["/__proto__", "h"]]), () => "[1]");
    expect(JSON.stringify(value)).toBe('{"__proto__":[1]}');
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
  });
});
