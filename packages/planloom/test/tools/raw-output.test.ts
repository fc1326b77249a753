// The part of an unusable output that is kept: exactly if it is small JSON, else as much as possible, marked as
// partial.
import { describe, expect, it } from "vitest";
import { LIMITS } from "../../src/limits.js";
import { rawOutput } from "../../src/tools/raw-output.js";

describe("an unusable output", () => {
  it.each([[{ label: 815, parts: ["a", null, true], nothing: undefined }], [""], [null], [[]]])(
    "that is JSON is kept exactly: %j",
    (value) => {
      expect(rawOutput(value)).toEqual({ output: JSON.parse(JSON.stringify(value)) as unknown });
    },
  );

  it("that is nothing is null", () => {
    expect(rawOutput(undefined)).toEqual({ output: null });
  });

  const cycle: Record<string, unknown> = { name: "a" };
  cycle["back"] = cycle;
  class Receipt {
    constructor(readonly number: bigint) {}
  }
  const throwing = {
    get secret(): never {
      throw new Error("no");
    },
    open: 1,
  };
  it.each([
    ["a bigint", { total: 12345678901234567890n }, { total: "12345678901234567890" }],
    ["a number that JSON has no word for", [NaN, Infinity], ["NaN", "Infinity"]],
    ["a function", { run: () => 1 }, { run: "[function]" }],
    ["a symbol", Symbol("x"), "[symbol]"],
    ["a date", { at: new Date(0), never: new Date(NaN) }, { at: "1970-01-01T00:00:00.000Z", never: "[invalid date]" }],
    ["a map", new Map([["a", 1]]), [["a", 1]]],
    ["a set", new Set([1, 2]), [1, 2]],
    ["an error", new TypeError("oops"), "TypeError: oops"],
    ["bytes", { body: Buffer.alloc(10_000_000) }, { body: "[10000000 bytes]" }],
    ["an instance of a class", new Receipt(7n), { number: "7" }],
    ["a getter that throws", throwing, { secret: "[unreadable]", open: 1 }],
    ["a proxy", new Proxy({}, { ownKeys: () => expect.unreachable("a trap ran") }), "[proxy]"],
    ["a key of prototypes", JSON.parse('{ "__proto__": 1, "a": 2 }'), { a: 2 }],
  ])("with %s is kept in part", (_what, value, output) => {
    expect(rawOutput(value)).toEqual({ output, partial: true });
  });

  it("that contains itself is kept to the deepest level that JSON may have here", () => {
    const { output, partial } = rawOutput(cycle);
    expect(partial).toBe(true);
    expect(JSON.stringify(output)).toContain("[nests deeper]");
  });

  it("is cut, and no character is halved", () => {
    const { output, partial } = rawOutput(`a${"😀".repeat(LIMITS.rawOutputChars)}`);
    expect(partial).toBe(true);
    expect((output as string).length).toBeLessThanOrEqual(LIMITS.rawOutputChars);
    expect(JSON.stringify(output)).not.toMatch(/\\\\ud8/i);
  });

  it("is cleaned before it is cut, keys as well", () => {
    const clean = (text: string) => text.replaceAll("s3cret", "[x]");
    const long = `${"a".repeat(LIMITS.rawOutputChars - 6)}s3cret`;
    const { output } = rawOutput({ s3cret: 1, long }, clean);
    expect(JSON.stringify(output)).not.toMatch(/s3c/);
    expect(output).toMatchObject({ "[x]": 1 });
  });

  it("that shares its parts without end costs little", () => {
    let shared: unknown = [1];
    for (let level = 0; level < 60; level++) shared = [shared, shared];
    const { output, partial } = rawOutput(shared);
    expect(partial).toBe(true);
    expect(JSON.stringify(output).length).toBeLessThan(2 * LIMITS.rawOutputChars);
  });
});
