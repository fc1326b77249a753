// Hashes that do not depend on where they are made: the portable SHA-256 against Node's and the standard's examples.
import { hash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { portableSha256, sha256 } from "../src/sha256.js";

/** FIPS 180-4 examples of NIST, and the empty text. */
const EXAMPLES = [
  ["", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"],
  ["abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"],
  [
    "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
    "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
  ],
] as const;

describe.each([
  ["Node's", sha256],
  ["the portable", portableSha256],
])("%s SHA-256", (_name, digest) => {
  test.each(EXAMPLES)("of %j", (text, wanted) => expect(digest(text)).toBe(wanted));

  test("takes a lone surrogate for U+FFFD", () => expect(digest("a\ud800b")).toBe(digest("a\ufffdb")));
});

test("both agree on texts of every length around a block", () => {
  for (let length = 0; length <= 200; length++) {
    const text = "x".repeat(length);
    expect(portableSha256(text)).toBe(hash("sha256", text));
  }
});

test("both agree on any text", () => {
  const text = fc.string({ unit: "binary", maxLength: 2_000 });
  fc.assert(fc.property(text, (value) => portableSha256(value) === hash("sha256", value)));
});
