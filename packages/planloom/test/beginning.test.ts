// Text that is cut keeps whole characters.
import fc from "fast-check";
import { expect, test } from "vitest";
import { Previews } from "../src/agents/preview.js";
import { beginning, wholeIndex } from "../src/beginning.js";
import { LIMITS } from "../src/limits.js";
import { messageOf } from "../src/error.js";
import { rawOutput } from "../src/tools/raw-output.js";

const isWhole = (text: string): boolean => !/\p{Surrogate}/u.test(text);

test("a cut halves no character, and takes at most one unit less", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), fc.nat(40), (text, most) => {
      const part = beginning(text, most);
      expect(text.startsWith(part)).toBe(true);
      expect(isWhole(part)).toBe(true);
      expect(part.length).toBeGreaterThanOrEqual(Math.min(text.length, most) - 1);
      expect(beginning(part, most)).toBe(part);
    }),
  );
});

test("half a character that a text holds already is not taken for a whole one", () => {
  expect(wholeIndex("a\udc00", 1)).toBe(1);
  expect(wholeIndex("😀", 1)).toBe(0);
});

const long = `a${"😀".repeat(LIMITS.valueBytes / 4)}`;

test("what a model reads of a long value, and reads on, are whole characters", () => {
  const previews = new Previews();
  const shown = previews.show("long", long);
  expect(isWhole(shown)).toBe(true);
  const [, end = ""] = /\[characters 0 to (\d+) of/.exec(shown) ?? [];
  expect(previews.read("long", Number(end))).toMatch(/^<data name="long">\n😀/);
  expect(previews.read("long", 2)).toContain("[characters 1 to");
});

test("kept outputs and messages of errors are whole characters", () => {
  expect(isWhole(rawOutput(long).output as string)).toBe(true);
  expect(isWhole(messageOf(new Error(long)))).toBe(true);
});
