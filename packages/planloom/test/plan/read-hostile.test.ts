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
    ["25,000 lines of YAML in a wrong place", `steps:\n  - x: a\n${" a\n".repeat(25_000)}`, "too-large TOO_LARGE"],
    ["1 MB of YAML", `steps: ${"]".repeat(1_000_000)}`, "too-large TOO_LARGE"],
    ["100,000 words in brackets", "[PLAN END]\n".repeat(100_000), "no-plan NO_PLAN"],
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

describe("a plan that would take long to check is refused", () => {
  const items = { type: "array", items: { type: "object", properties: { n: { type: "number" } }, required: ["n"] } };
  const read = {
    name: "read",
    description: "Reads.",
    input: { type: "object", properties: { a: {} } },
    output: { type: "object", properties: { items, text: { type: "string" } }, required: ["items", "text"] },
    effects: "none" as const,
  };
  const some = <T>(count: number, make: (i: number) => T): readonly T[] =>
    Array.from({ length: count }, (_, i) => make(i));
  const before = some(60, (i) => ({ id: `s${i}`, tool: "read", optional: true }));
  const ref = (source: string): string => `\${{ ${source} }}`;
  const LONG: readonly (readonly [string, unknown])[] = [
    ["references", ref("s0.text").repeat(60_000)],
    ["different references", some(40_000, (i) => ref(`s0.items[${i}].n`))],
    ["references to nothing", some(40_000, (i) => ref(`none${i}`))],
    ["references that cannot be read", some(40_000, (i) => ref(`s0 s${i} +`))],
    [
      "long expressions over optional steps",
      some(400, (i) => ref(some(55, (j) => `(s${j}.text == 'a${i}' ? ${j} : 0)`).join(" + "))),
    ],
    ["types that double", some(90, (i) => ref(`s0.items${`.map(x, { 'a': x, 'b': [x, ${i}] })`.repeat(25)}`))],
    ["long choices", some(60, (i) => ref(`${some(50, (j) => `s0.items[${j}].n == ${i} ? ${j} : `).join("")}0`))],
    ["fields", Object.fromEntries(some(60_000, (i) => [`k${i}`, i]))],
  ];
  test.each(LONG)("%s", (_, a) => {
    const start = process.cpuUsage();
    const draft = readPlan(JSON.stringify({ steps: [...before, { id: "z", tool: "read", with: { a } }] }));
    const result = check(draft.kind === "plan" ? draft.draft : undefined, { tools: [read] });
    const { user, system } = process.cpuUsage(start);
    expect(result.findings.map(({ code }) => code)).toContain("TOO_LARGE");
    expect((user + system) / 1_000).toBeLessThan(1_000);
  });

  test("many rich steps are within the limits", () => {
    const steps = some(64, (i) => ({
      id: `s${i}`,
      tool: "read",
      optional: i % 3 === 0,
      with:
        i === 0
          ? {}
          : { a: some(15, (k) => ref(`s${Math.max(0, i - 1 - (k % 8))}.items.filter(x, x.n > ${k}).size()`)) },
    }));
    const codes = check({ steps, answer: { from: ["s63"] } }, { tools: [read] }).findings.map(({ code }) => code);
    expect(codes).not.toContain("TOO_LARGE");
  });
});
