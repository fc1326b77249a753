// Integers beyond 2^53 keep their digits: as a text where a text is wanted, as an error everywhere else.
import { describe, expect, test } from "vitest";
import { readReply } from "../../src/agents/typed/json-reply.js";
import { check } from "../../src/plan/check/check.js";
import { losesDigits, parseExactly } from "../../src/plan/exact-integer.js";
import { plainValue } from "../../src/plan/type/value-for.js";
import { readPlan, withReading, type ReadOptions } from "../../src/plan/read/read.js";
import { PlanStream } from "../../src/plan/read/stream.js";
import { parseType } from "../../src/plan/type/text.js";
import { findingText } from "../../src/words/findings.js";
import { SAMPLE } from "./sample-inventory.js";

const LONG = "7412036598810000003";

function read(text: string, options: ReadOptions = {}) {
  const result = readPlan(text, { inventory: SAMPLE, ...options });
  if (result.kind !== "plan") throw new Error(result.kind);
  const { findings } = withReading(check(result.draft, SAMPLE, { locate: result.locate }), result);
  return { draft: result.draft as { readonly steps: readonly object[] }, findings };
}

const withQuery = (query: string): string => `{"steps": [{"id": "a", "tool": "search", "with": {"query": ${query}}}]}`;

describe("in a plan", () => {
  test.each([
    ["JSON", withQuery(LONG)],
    ["YAML", `steps:\n  - id: a\n    tool: search\n    with:\n      query: ${LONG}\n`],
    ["arguments as text", `{"steps":[{"id":"a","tool":"search","tool_input":"{\\"query\\": ${LONG}}"}]}`],
    ["a call", `1. search(query=${LONG})`],
  ])("of a model, a text argument gets the digits: %s", (_, text) => {
    const { draft, findings } = read(text);
    expect(draft.steps[0]).toMatchObject({ with: { query: LONG } });
    expect(findings).toEqual([]);
  });

  test("of a person, the error names the digits and its place", () => {
    const { findings } = read(withQuery(LONG), { author: "person" });
    expect(findings.map(findingText)).toEqual([
      `error LONG_INTEGER at /steps/0/with/query (1:60): ${LONG} has more digits than a number can hold, and would be ` +
        `rounded. Fix: Write "${LONG}" in quotes, where a text is accepted. A tool that takes such numbers needs a text argument.`,
    ]);
  });

  test.each([
    [
      "a number argument",
      `{"steps":[{"id":"a","tool":"search","with":{"query":"q","limit":${LONG}}}]}`,
      "/steps/0/with/limit",
    ],
    ["data of a model's step", `{"steps":[{"id":"a","agent":"Say it.","with":{"id":${LONG}}}]}`, "/steps/0/with/id"],
    ["an input", `{"inputs":{"id":{"default":${LONG}}},"steps":[{"id":"a","agent":"Say it."}]}`, "/inputs/id/default"],
  ])("everywhere else it is an error: %s", (_, text, pointer) => {
    const { findings } = read(text);
    expect(findings.map(({ code, where }) => [code, where.pointer])).toEqual([["LONG_INTEGER", pointer]]);
  });

  test("two integers that become the same number are told apart by their places", () => {
    const other = "7412036598810000004";
    const { draft } = read(
      `{"steps":[{"id":"a","tool":"search","with":{"query":${LONG}}},\n{"id":"b","tool":"search","with":{"query":${other}}}]}`,
    );
    expect(draft.steps).toMatchObject([{ with: { query: LONG } }, { with: { query: other } }]);
  });

  test("a step of a stream has the digits, too", () => {
    const stream = new PlanStream({ inventory: SAMPLE });
    expect(stream.push(withQuery(LONG))).toMatchObject([{ step: { with: { query: LONG } } }]);
    expect(stream.end().differing).toEqual([]);
  });

  test("many of them take no long time", () => {
    const many = Array.from({ length: 20_000 }, (_, i) => `9${String(i).padStart(5, "0")}000000000000${i % 10}`);
    const begun = performance.now();
    expect(
      read(`{"steps":[{"id":"a","agent":"Say it.","with":{"all":[${many.join(",")}]}}]}`).findings.length,
    ).toBeGreaterThan(0);
    expect(performance.now() - begun).toBeLessThan(5_000);
  });
});

describe("elsewhere", () => {
  test.each(["9007199254740991", "9007199254740992", "-9007199254740992", "10000000000000000000000", "123"])(
    "%s is held exactly",
    (digits) => {
      expect(losesDigits(digits)).toBe(false);
      expect(parseExactly(`{"a": [${digits}]}`)).toEqual({ a: [Number(digits)] });
    },
  );

  test("a JSON text keeps digits outside and inside its texts", () => {
    expect(parseExactly(`{"a": ${LONG}, "b": "x ${LONG} \\" y", "c": 0.1234567890123456789}`)).toEqual({
      a: LONG,
      b: `x ${LONG} " y`,
      c: 0.12345678901234568,
    });
  });

  test("an input and an answer of a person", () => {
    expect(plainValue(LONG)).toBe(LONG);
    expect(plainValue(`{"id": ${LONG}}`)).toEqual({ id: LONG });
    expect(plainValue("12345")).toBe(12345);
  });

  test("a typed reply: a text has the digits, a number is refused", () => {
    const type = (text: string) => {
      const parsed = parseType(text);
      if (!parsed.ok) throw new Error(text);
      return parsed.type;
    };
    expect(readReply(`{"id": ${LONG}}`, type("{ id: string }"))).toEqual({ ok: true, value: { id: LONG } });
    expect(readReply(`{"id": ${LONG}}`, type("{ id: number }"))).toMatchObject({ ok: false });
  });
});

test.each(["0041200", "0x1F", "-007"])("a number in YAML that begins with 0 keeps its digits: %s", (digits) => {
  const { draft, findings } = read(`steps:\n  - id: a\n    tool: search\n    with:\n      query: ${digits}\n`);
  expect(draft.steps).toMatchObject([{ with: { query: digits } }]);
  expect(findings.filter(({ severity }) => severity === "error")).toEqual([]);
});
