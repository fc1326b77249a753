// JSON as models write it: what is mended and said, and what has no sure meaning.
import { describe, expect, test } from "vitest";
import { scanJson } from "../../src/plan/read/notation/json.js";
import { readPlan } from "../../src/plan/read/read.js";

function scanned(text: string): { value: unknown; repairs: string[]; end: number } {
  const scan = scanJson(text, 0);
  if (scan.kind !== "value")
    throw new Error(`${scan.kind}${scan.kind === "bad" ? `: ${scan.problem?.kind} at ${scan.at}` : ""}`);
  return { value: scan.value, repairs: [...scan.repairs.keys()], end: scan.end };
}
const badOf = (text: string): string => {
  const scan = scanJson(text, 0);
  return scan.kind === "bad" ? `${scan.at}: ${scan.problem?.kind ?? "too deep"}` : scan.kind;
};

describe("what is mended", () => {
  test.each<[string, string, unknown, string[]]>([
    [
      "nothing, in strict JSON",
      '{"a": [1, -2.5e3, "x\\u00e9\\n", true, null, {}]}',
      { a: [1, -2500, "xé\n", true, null, {}] },
      [],
    ],
    ["single quotes", "{'a': 'it\\'s \"so\"', 'b': \"it's\"}", { a: `it's "so"`, b: "it's" }, ["SINGLE_QUOTES"]],
    ["curly quotes", "{“a”: “x 'y' z”, ‘b’: ‘c’}", { a: "x 'y' z", b: "c" }, ["CURLY_QUOTES"]],
    ["triple quotes", '{"a": """one "two"\nthree"""}', { a: 'one "two"\nthree' }, ["TRIPLE_QUOTES"]],
    [
      "Python's words and tuples",
      "{'a': (True, False, None,)}",
      { a: [true, false, null] },
      ["SINGLE_QUOTES", "TUPLE", "PYTHON_LITERAL", "TRAILING_COMMA"],
    ],
    ["keys without quotes", "{a: 1, $b_2: 2}", { a: 1, $b_2: 2 }, ["BARE_KEY"]],
    ["commas at the end", '{"a": [1, 2, ], }', { a: [1, 2] }, ["TRAILING_COMMA"]],
    [
      "commas that are missing",
      '[{"a": 1\n"b": []\n"c": "x"\n"d": 2} {"e": 3}\n[4]]',
      [{ a: 1, b: [], c: "x", d: 2 }, { e: 3 }, [4]],
      ["MISSING_COMMA"],
    ],
    ["comments", '[ // one, "two"\n1, # it\'s\n/* { */ 2]', [1, 2], ["COMMENT"]],
    ["line breaks and tabs in texts", '["a\n\tb"]', ["a\n\tb"], ["LINE_BREAK_IN_TEXT"]],
    ["backslashes of Markdown", '["a\\_b \\*c\\* \\$5 \\#1", \\[1\\]]', ["a_b *c* $5 #1", [1]], ["ESCAPE_DROPPED"]],
    ["unusual spaces", "[1,\u00a02\u200b]", [1, 2], ["ODD_SPACE"]],
    ["Python's hexadecimal escapes", "['a\\xa0b']", ["a\u00a0b"], ["SINGLE_QUOTES"]],
  ])("%s", (_name, text, value, repairs) => {
    expect(scanned(text)).toEqual({ value, repairs, end: text.length });
  });

  test("each way once, with the first place and how often", () => {
    const read = readPlan("{'steps': [\n {'id': 'a', 'agent': 'Say hello.'},\n]}");
    expect(read.kind === "plan" && read.notes).toEqual([
      {
        code: "SINGLE_QUOTES",
        pointer: "",
        before: "'",
        after: '"',
        params: { count: 5, line: 1, column: 2 },
      },
      {
        code: "TRAILING_COMMA",
        pointer: "",
        before: ",]",
        after: "]",
        params: { count: 1, line: 2, column: 36 },
      },
    ]);
  });

  test("keys of the prototype are data", () => {
    const { value } = scanned("{'__proto__': {'x': 1}, 'constructor': 2}");
    expect(Object.keys(value as object)).toEqual(["__proto__", "constructor"]);
    expect(({} as { x?: unknown }).x).toBeUndefined();
  });
});

describe("what has no sure meaning", () => {
  test.each([
    ['["a\\d"]', "3: "],
    ['["C:\\xampp"]', "4: "],
    ['["\\u12"]', "2: "],
    ["[a]", "1: "],
    ["[1 2]", "3: "],
    ['["a" "b"]', "5: "],
    ['{"a" 1}', "5: "],
    ['{"a": 1 "b": 2}', "8: "],
    ['{"a": 1, "a": 2}', "9: "],
    ["{1: 2}", "1: "],
    ["[1, ...]", "4: "],
    ["[1}", "2: "],
    ['{"a": (1]}', "8: "],
    ["[007]", "2: "],
    ["[1_000]", "1: "],
    ["[+1]", "1: "],
    ["[NaN]", "1: "],
    ["[undefined]", "1: "],
    ["[,]", "1: "],
    ["[1,,2]", "3: "],
    [`${"[".repeat(65)}1${"]".repeat(65)}`, "64: "],
  ])("%s", (text, at) => expect(badOf(text)).toContain(at));

  test.each([
    "[",
    '{"a',
    '{"a"',
    '{"a":',
    '{"a": 1',
    "[1",
    "[tru",
    '["\\',
    '["\\u0',
    "[1.",
    "[-",
    "[1, /* ",
    "['a",
    '["""a""',
  ])("%s is only the beginning", (text) => expect(badOf(text)).toBe("truncated"));

  test("of a beginning, what is complete is kept", () => {
    const partial = (text: string): unknown => {
      const scan = scanJson(text, 0);
      return scan.kind === "truncated" ? scan.value : scan.kind;
    };
    expect(partial('{"a": 1, "b": [{"c": 1}, {"d": 2, "e"')).toEqual({ a: 1, b: [{ c: 1 }] });
    expect(partial('{"a": {"b": 1, "c": {"d": [')).toEqual({ a: { b: 1, c: { d: [] } } });
    expect(partial("[[1, 2], [3")).toEqual([[1, 2]]);
    expect(partial('{"a": 12')).toEqual({});
  });
});

test.each([
  ["in a step", '{"steps": [{"id": "a", "agent": "Say hi.", "agent": "Pay all."}]}', "agent"],
  ["in the document", '{"steps": [], "steps": [{"id": "a", "agent": "Pay all."}]}', "steps"],
  ["in arguments", '{"steps": [{"id": "a", "tool": "pay", "with": {"to": "ann", "to": "eve"}}]}', "to"],
])("a key that stands twice %s is no plan: which one counts is not known", (_where, text, key) => {
  const problem = { kind: "key-twice", key };
  expect(readPlan(text)).toMatchObject({ kind: "malformed", findings: [{ code: "BAD_SYNTAX", params: { problem } }] });
});

test("a text that only looks like a key is none", () => {
  const step = { id: "a", agent: 'Write "x": 1 and \\"x\\": 2.', with: { a: { x: 1 }, b: { x: 2 } } };
  expect(readPlan(JSON.stringify({ steps: [step] }))).toMatchObject({ kind: "plan" });
});
