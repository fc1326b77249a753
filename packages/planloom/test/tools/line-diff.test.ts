// Tests of the diff that a person reads. In: two texts. Out: a unified diff that turns the first into the second.
import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { LIMITS } from "../../src/limits.js";
import { unifiedDiff } from "../../src/tools/line-diff.js";

/** Applies a diff as `patch` does. */
function patched(before: string, diff: string): string {
  const old = before.split("\n");
  const out: string[] = [];
  let at = 0;
  let isOpenEnd: boolean | undefined;
  let sign = "";
  for (const line of diff.split("\n").slice(2, -1)) {
    const place = /^@@ -(\d+)(?:,(\d+))? \+/u.exec(line);
    if (place !== null) {
      const from = Number(place[1]) - (place[2] === "0" ? 0 : 1);
      while (at < from) out.push(old[at++]!);
    } else if (line.startsWith("\\")) {
      if (sign !== "-") isOpenEnd = true;
    } else {
      sign = line[0]!;
      if (sign !== "+") expect(line.slice(1)).toBe(old[at++]);
      if (sign !== "-") out.push(line.slice(1));
    }
  }
  const rest = old.slice(at);
  const text = [...out, ...rest].join("\n");
  if (rest.length > 0) return rest.length === 1 && rest[0] === "" && isOpenEnd === true ? text.slice(0, -1) : text;
  return isOpenEnd === true || out.length === 0 ? text : `${text}\n`;
}

describe("a unified diff", () => {
  it("shows what changes, with three lines around it", () => {
    const before = "a\nb\nc\nd\ne\nf\ng\nh\ni\n";
    expect(unifiedDiff("x.txt", before, before.replace("e\n", "E\ne2\n"))).toBe(
      "--- x.txt\n+++ x.txt\n@@ -2,7 +2,8 @@\n b\n c\n d\n-e\n+E\n+e2\n f\n g\n h\n",
    );
  });

  it("of a new file, of an emptied one, of the same text", () => {
    expect(unifiedDiff("x", undefined, "a\nb")).toBe(
      "--- /dev/null\n+++ x\n@@ -0,0 +1,2 @@\n+a\n+b\n\\ No newline at end of file\n",
    );
    expect(unifiedDiff("x", "a\n", "")).toBe("--- x\n+++ x\n@@ -1 +0,0 @@\n-a\n");
    expect(unifiedDiff("x", undefined, "")).toBe("--- /dev/null\n+++ x\n");
    expect(unifiedDiff("x", "a\n", "a\n")).toBe("");
  });

  it("cuts long lines, and shows a part that takes too much work as replaced", () => {
    expect(unifiedDiff("x", "", "y".repeat(LIMITS.diffLineChars + 5))).toContain("… (5 more characters)\n\\ No");
    // Two lines that differ behind the cut would look the same.
    const long = "y".repeat(3 * LIMITS.diffLineChars);
    const late = unifiedDiff("x", `${long}one${long}\n`, `${long}two${long}\n`);
    expect(late).toContain(`\n-(5,960 characters as before) …${"y".repeat(40)}one`);
    expect(late).toContain(`\n+(5,960 characters as before) …${"y".repeat(40)}two`);
    const lines = (of: string) => Array.from({ length: 4_000 }, (_, at) => `${of}${at}\n`).join("");
    const diff = unifiedDiff("x", `same\n${lines("a")}`, `same\n${lines("b")}`);
    expect(diff).toContain("@@ -1,4001 +1,4001 @@\n same\n-a0\n");
    expect(diff.split("\n").filter((line) => line.startsWith("+b"))).toHaveLength(4_000);
  });

  it("names a path with new lines in one line", () => {
    expect(unifiedDiff("a\nb", "x\n", "y\n")).toMatch(/^--- "a\\nb"\n\+\+\+ "a\\nb"\n/u);
  });
});

test("a diff turns the one text into the other", () => {
  const text = fc.array(fc.constantFrom("a", "b", "c", "", "d"), { maxLength: 30 }).map((lines) => lines.join("\n"));
  fc.assert(
    fc.property(text, text, (before, after) => {
      const diff = unifiedDiff("x", before, after);
      expect(diff === "" ? before : patched(before, diff)).toBe(after);
    }),
    { numRuns: 1_000 },
  );
});
