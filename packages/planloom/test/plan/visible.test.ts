// Text of others, prepared for a surface. In: characters that nobody sees, and those that people need. Out: escapes, or the same text.
import fc from "fast-check";
import { expect, test } from "vitest";
import { mixedAddresses, visible } from "../../src/plan/visible.js";

test("characters that control a terminal, turn text around, or cannot be seen, are escapes", () => {
  const seen = (text: string) => expect(visible(`a${text}b`));
  seen("\u001b[2J\u0007\u009b\u007f\r").toBe("a\\u001b[2J\\u0007\\u009b\\u007f\\u000db");
  seen("\u202e\u2066\u061c\u200e").toBe("a\\u202e\\u2066\\u061c\\u200eb");
  seen("\u00ad\u200b\u200d\ufeff\u2060\u034f").toBe("a\\u00ad\\u200b\\u200d\\ufeff\\u2060\\u034fb");
  seen("\u2800\u3164\u115f\uffa0").toBe("a\\u2800\\u3164\\u115f\\uffa0b");
  seen("\u2028\u2029\ue000\ud800").toBe("a\\u2028\\u2029\\ue000\\ud800b");
  seen("\u{e0041}\u{e0100}").toBe("a\\udb40\\udc41\\udb40\\udd00b");
  seen("\u0301".repeat(6)).toBe(`a${"\u0301".repeat(4)}\\u0301\\u0301b`);
});

test("what people write and read stays: emoji with joiners, keycaps, and scripts that need a joiner", () => {
  for (const text of ["👩‍👩‍👧 ❤️ 👍🏽 1️⃣", "می‌خواهم", "क्‍ष", "汉字 é ñ 🌙", "one\n\ttwo"]) expect(visible(text)).toBe(text);
});

test("a JSON text keeps its value, and nothing is escaped twice", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 200 }), (text) => {
      const shown = visible(JSON.stringify(text));
      expect(JSON.parse(shown)).toBe(text);
      expect(visible(shown)).toBe(shown);
    }),
  );
});

test("an address of letters of several scripts is named with its scripts", () => {
  expect(mixedAddresses("pay bob@p\u0430ypal.com, or https://p\u0430y.example/x")).toEqual([
    { address: "bob@p\\u0430ypal.com", scripts: "Latin and Cyrillic" },
    { address: "https://p\\u0430y.example/x", scripts: "Latin and Cyrillic" },
  ]);
  expect(mixedAddresses("bob@example.com and Привет, мир. 例え.jp")).toEqual([]);
});
