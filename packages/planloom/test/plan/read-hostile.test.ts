// Whatever the text, the reader gives a result.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { check } from "../../src/plan/check/check.js";
import { normalizeDraft, readPlan } from "../../src/plan/read/read.js";
import { SAMPLE } from "./sample-inventory.js";

const codeOf = (text: string): string => {
  const result = readPlan(text, { inventory: SAMPLE });
  return result.kind === "plan" ? "plan" : `${result.kind} ${result.findings[0]?.code}`;
};

describe("hostile texts", () => {
  const laughs = [
    "a: &a [x,x,x,x,x,x,x,x,x]",
    ...["b", "c", "d", "e"].map((name, i) => `${name}: &${name} [${Array(9).fill(`*${"abcd"[i]}`).join(",")}]`),
  ];
  test.each([
    ["10 MB of junk", "x".repeat(10_000_000), "too-large TOO_LARGE"],
    ["2 MB of three bytes each", "€".repeat(1_000_000), "too-large TOO_LARGE"],
    ["100,000 brackets of JSON", "[".repeat(100_000) + "]".repeat(100_000), "malformed TOO_DEEP"],
    ["100,000 open brackets", "[".repeat(100_000), "malformed TOO_DEEP"],
    ["60 open brackets", "[".repeat(60), "truncated TRUNCATED"],
    ["100,000 brackets of YAML", `steps: ${"[".repeat(100_000)}${"]".repeat(100_000)}`, "too-large TOO_LARGE"],
    ["100,000 nested lists of YAML", `steps:\n  ${"- ".repeat(100_000)}x`, "malformed TOO_DEEP"],
    ["50,000 keys in a row of YAML", `steps:\n  ${"a: ".repeat(50_000)}x`, "malformed TOO_DEEP"],
    ["1 MB of YAML", `steps: ${"]".repeat(1_000_000)}`, "too-large TOO_LARGE"],
    ["two documents", "steps: []\n---\nsteps: []\n", "malformed BAD_SYNTAX"],
    ["anchors that explode", `${laughs.join("\n")}\nsteps: [*e]`, "malformed TOO_MANY_ALIASES"],
    ["an anchor that holds itself", "steps: &a [*a]", "malformed TOO_DEEP"],
    ["many open references", `{"steps":[{"id":"A-b","agent":"${"${{ ".repeat(100_000)}"}]}`, "plan"],
    [
      "many keys",
      `steps: []\n${Array.from({ length: 20_000 }, (_, i) => `k${i}: 1`).join("\n")}`,
      "too-large TOO_LARGE",
    ],
  ])("%s", (_name, text, code) => {
    expect(codeOf(text)).toBe(code);
  });

  test("keys of the prototype are kept as data, and refused by check", () => {
    for (const text of [
      '{"steps":[{"id":"a","agent":"Say hello.","__proto__":{"tool":"x"}}]}',
      "steps:\n  - id: a\n    agent: Say hello.\n    __proto__: { tool: x }\n",
    ]) {
      const result = readPlan(text);
      if (result.kind !== "plan") throw new Error(result.kind);
      expect(check(result.draft, SAMPLE).findings.map(({ code }) => code)).toEqual(["FORBIDDEN_KEY"]);
    }
    expect(({} as { tool?: unknown }).tool).toBeUndefined();
  });
});

describe("never throws", () => {
  const pieces = fc.constantFrom(
    "{",
    "}",
    "[",
    "]",
    '"',
    ":",
    ",",
    "\n",
    "  ",
    "- ",
    "steps",
    '"steps"',
    "id",
    "a",
    "${{",
    "}}",
    "```",
    "```json\n",
    "&a ",
    "*a",
    "!!x ",
    "|",
    "#",
    "null",
    "1",
    "__proto__",
  );
  const texts = fc.oneof(
    fc.string(),
    fc.string({ unit: "binary" }),
    fc.array(pieces, { maxLength: 60 }).map((list) => list.join("")),
    fc.json(),
  );

  test("on any text", () => {
    fc.assert(
      fc.property(texts, (text) => {
        const result = readPlan(text, { inventory: SAMPLE });
        if (result.kind === "plan") {
          result.locate("/steps/0");
          check(result.draft, SAMPLE, { locate: result.locate });
        } else expect(result.findings.length).toBeGreaterThan(0);
      }),
      { numRuns: 1_500 },
    );
  });

  test("on any data", () => {
    const name = fc.constantFrom(
      "id",
      "step",
      "step_id",
      "tool",
      "tool_input",
      "depends_on",
      "tool_hints",
      "description",
      "plan",
      "when",
      "answer",
      "from",
    );
    const value = fc.oneof(
      fc.jsonValue(),
      fc.constantFrom("search", "a", 1, null),
      fc.array(fc.constantFrom<unknown>("a", 1, null)),
    );
    const step = fc.dictionary(name, value);
    fc.assert(
      fc.property(
        fc.oneof(fc.anything(), fc.array(step), fc.record({ steps: fc.array(step), answer: value })),
        (data) => {
          const { draft } = normalizeDraft(data, { inventory: SAMPLE });
          const { findings } = check(draft, SAMPLE);
          expect(findings.filter(({ code }) => code === "CHECK_FAILED")).toEqual([]);
        },
      ),
      { numRuns: 1_000 },
    );
  });
});
