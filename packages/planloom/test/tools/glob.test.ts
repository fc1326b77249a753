// Patterns of file names: what fits, and that no pattern takes long.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { globMatcher } from "../../src/tools/glob.js";

describe("a glob", () => {
  it.each([
    ["*.md", "a.md", true],
    ["*.md", "notes/a.md", false],
    ["**/*.md", "a.md", true],
    ["**/*.md", "x/y/a.md", true],
    ["**/*.md", "x/y/a.txt", false],
    ["**", "x/y/z", true],
    ["x/**", "x/y/z", true],
    ["x/**", "x", true],
    ["x/**", "y/x", false],
    ["**/x/**/z", "a/x/b/x/c/z", true],
    ["**/x/**/z", "a/x/b/x/c/zz", false],
    ["a?c", "abc", true],
    ["a?c", "ac", false],
    ["?", "😀", true],
    ["*a*b", "xaxbxb", true],
    ["*a*b", "xaxbxbx", false],
    ["./x/*", "x/a", true],
    ["a.b", "axb", false],
    ["[a].(b)+", "[a].(b)+", true],
    ["", "a", false],
  ])("%s on %s: %s", (pattern, path, fits) => {
    expect(globMatcher(pattern)(path)).toBe(fits);
  });

  it("agrees with the plain definition", () => {
    const names = fc.array(fc.constantFrom("a", "b", "ab"), { minLength: 1, maxLength: 5 });
    const patterns = fc.array(fc.constantFrom("**", "a", "*", "*b", "?", "a*"), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(
        patterns,
        names,
        (pattern, path) => globMatcher(pattern.join("/"))(path.join("/")) === fitsPlainly(pattern, path),
      ),
      { numRuns: 2_000 },
    );
  });

  it("made to be slow is not: a backtracking matcher would not end within this test", () => {
    expect(globMatcher(`${"*a".repeat(300)}b`)("a".repeat(2_000))).toBe(false);
    expect(globMatcher(`${"**/a/".repeat(200)}b`)("a/".repeat(500) + "a")).toBe(false);
  });
});

/** By the book, and exponential. */
function fitsPlainly([first, ...rest]: readonly string[], path: readonly string[]): boolean {
  if (first === undefined) return path.length === 0;
  if (first === "**") return path.some((_, n) => fitsPlainly(rest, path.slice(n))) || fitsPlainly(rest, []);
  const pattern = new RegExp(`^${first.replace("*", ".*").replace("?", ".")}$`);
  return path.length > 0 && pattern.test(path[0]!) && fitsPlainly(rest, path.slice(1));
}
