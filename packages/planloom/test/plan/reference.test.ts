// References in texts and values: where an expression ends, what a value becomes, and what check is told about it.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { LIMITS } from "../../src/limits.js";
import type { Scope } from "../../src/plan/expression/expression.js";
import type { Json } from "../../src/plan/json.js";
import {
  inferValue,
  referencedNames,
  resolveValue,
  scanTemplate,
  wholeExpression,
} from "../../src/plan/expression/reference.js";
import { eachTemplate } from "../../src/plan/expression/split.js";
import { parseType } from "../../src/plan/type/text.js";
import { mismatch, type Type, typeText } from "../../src/plan/type/type.js";

/** `text` as it is, `{source}` for expressions. */
function scan(text: string): string {
  const template = scanTemplate(text);
  if (!template.ok) return `at ${template.at}: ${template.problem.kind}`;
  return template.parts.map((part) => ("text" in part ? part.text : `<${part.expression.source.trim()}>`)).join("");
}

describe("scanTemplate", () => {
  test.each([
    ["", ""],
    ["plain", "plain"],
    ["a ${{ x }} b", "a <x> b"],
    ["${{x}}${{y}}", "<x><y>"],
    ['${{ {"a": "}}"}.a }}', '<{"a": "}}"}.a>'],
    ["${{ {'a': {'b': 1}} }}", "<{'a': {'b': 1}}>"],
    ["${{ {'a': {'b': 1}}}}", "<{'a': {'b': 1}}>"],
    ['${{ """a "}}" b""" }}', '<"""a "}}" b""">'],
    ["${{ '''it's }}''' }}", "<'''it's }}'''>"],
    ['${{ r"\\d}}" }}', '<r"\\d}}">'],
    ['${{ "a\\"}}" }}', '<"a\\"}}">'],
    ["${{ 'a' + \"'}}\" }}", "<'a' + \"'}}\">"],
    ["$${{ x }}", "${{ x }}"],
    ["a $${{ x }} ${{ y }}", "a ${{ x }} <y>"],
    ["costs $5 and ${ x } {{ y }}", "costs $5 and ${ x } {{ y }}"],
    ["${{ a // note }}", "<a // note>"],
    ["${{ a }} }}", "<a> }}"],
  ])("%s", (text, parts) => {
    expect(scan(text)).toBe(parts);
  });

  test.each([
    ["${{ x", "at 0: open-reference"],
    ["ab ${{ 'x }}", "at 7: open-string"],
    ["${{ x } }}", "at 6: single-brace"],
    ["${{ }}", "at 3: empty"],
    ["ab ${{ x.__proto__ }}", "at 9: forbidden-name"],
  ])("%s is refused", (text, message) => {
    expect(scan(text)).toBe(message);
  });

  test("parts know where they stand", () => {
    expect(scanTemplate("ab ${{ x }} c")).toMatchObject({
      ok: true,
      parts: [{ text: "ab " }, { start: 3, end: 11 }, {}],
    });
  });

  test("never throws, whatever the text", () => {
    const pieces = fc.constantFrom(
      "${{",
      "}}",
      "$",
      "{",
      "}",
      '"',
      "'",
      "\\",
      "r",
      "//",
      "\n",
      "x",
      " ",
      ".",
      "'''",
      "1",
      "(",
    );
    const text = fc.oneof(
      fc.string(),
      fc.array(pieces, { maxLength: 40 }).map((parts) => parts.join("")),
    );
    fc.assert(
      fc.property(text, (value) => typeof scanTemplate(value).ok === "boolean"),
      { numRuns: 1_000 },
    );
  });

  test("texts without references come back as they are", () => {
    fc.assert(
      fc.property(
        fc.string().filter((text) => !text.includes("${{")),
        (text) => scan(text) === text,
      ),
    );
  });
});

describe("wholeExpression", () => {
  test("is there only for exactly one reference", () => {
    expect(wholeExpression(" ${{ a.b }}\n")?.names).toEqual(["a"]);
    expect(["a", "${{ a }} b", "${{ a }}${{ b }}", "$${{ a }}", "${{ a"].map(wholeExpression)).toEqual(
      Array(5).fill(undefined),
    );
  });
});

const DATA: { readonly [name: string]: Json } = {
  find: { title: "T", count: 3, flag: true, list: [1, "a"], none: null },
  other: null,
};
const scope: Scope = (name) =>
  Object.hasOwn(DATA, name) ? { value: DATA[name] as Json, from: { steps: [name], tools: [] } } : undefined;

describe("resolveValue", () => {
  test("a whole expression keeps its type, a longer text becomes text", () => {
    const value = {
      a: "${{ find.count }}",
      b: ["n = ${{ find.count }}, ${{ find.flag }}, ${{ find.list }}: ${{ find.title }}"],
      c: 1,
    };
    expect(resolveValue(value, scope)).toEqual({
      ok: true,
      value: { a: 3, b: ['n = 3, true, [1,"a"]: T'], c: 1 },
      from: { steps: ["find"], tools: [] },
      nulls: [],
    });
  });

  test("a value without references is handed on, not copied", () => {
    const value = { a: [{ b: "text" }], c: null };
    const resolved = resolveValue(value, scope);
    expect(resolved.ok && resolved.value).toBe(value);
    expect(resolved).toMatchObject({ from: { steps: [], tools: [] } });
  });

  test("a whole null is listed with its place and its steps", () => {
    expect(resolveValue({ "a/b": ["${{ find.none }}"], c: "${{ other }}" }, scope)).toMatchObject({
      ok: true,
      value: { "a/b": [null], c: null },
      nulls: [
        { pointer: "/a~1b/0", steps: ["find"] },
        { pointer: "/c", steps: ["other"] },
      ],
      from: { steps: ["find", "other"] },
    });
  });

  test("null inside a text fails and names its steps", () => {
    expect(resolveValue({ q: "about ${{ other }}" }, scope)).toMatchObject({
      ok: false,
      problem: { code: "NULL_IN_TEXT" },
      pointer: "/q",
      steps: ["other"],
    });
  });

  test.each([
    ["${{ missing }}", "UNKNOWN_REFERENCE"],
    ["${{ find.nope }}", "NO_SUCH_FIELD"],
    ["${{ find", "UNREADABLE_REFERENCE"],
  ])("%s fails with %s", (text, code) => {
    expect(resolveValue([text], scope)).toMatchObject({ ok: false, problem: { code }, pointer: "/0" });
  });

  test("an escaped reference becomes its text", () => {
    expect(resolveValue("use $${{ x }}", scope)).toMatchObject({ value: "use ${{ x }}" });
  });

  test("a field named __proto__ stays an own field", () => {
    const value = JSON.parse('{"__proto__": "${{ find.count }}"}') as Json;
    const resolved = resolveValue(value, scope);
    expect(JSON.stringify(resolved.ok && resolved.value)).toBe('{"__proto__":3}');
  });

  test("JSON without references resolves to itself", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (json) => {
        if (JSON.stringify(json).includes("${{")) return;
        const resolved = resolveValue(json as Json, scope);
        expect(resolved.ok && resolved.value).toBe(json);
      }),
    );
  });
});

describe("names and texts of a value", () => {
  test("are collected from every depth, what cannot be read is passed over", () => {
    const value = { a: "${{ x.y }} and ${{ z }}", b: [{ c: "${{ x }}" }, "${{ (", 3] };
    expect(referencedNames(value)).toEqual(["x", "z"]);
    const seen: string[] = [];
    eachTemplate(value, (pointer) => seen.push(pointer));
    expect(seen).toEqual(["/a", "/b/0/c", "/b/1"]);
  });
});

describe("inferValue", () => {
  const TYPES: { readonly [name: string]: string } = {
    n: "number",
    maybe: "string | null",
    none: "null",
    rec: "{ a: number }",
  };
  const names = (name: string): Type | undefined => {
    const parsed = Object.hasOwn(TYPES, name) ? parseType(TYPES[name] ?? "") : undefined;
    return parsed?.ok === true ? parsed.type : undefined;
  };

  test("gives the type of what the value becomes", () => {
    const inferred = inferValue({ a: "${{ n }}", b: "n = ${{ n }}", c: ["x", 1], d: null, e: " ${{ rec }} " }, names);
    expect(typeText(inferred.type)).toBe('{ a: number, b: string, c: ("x" | 1)[], d: null, e: { a: number } }');
    expect(inferred.problems).toEqual([]);
  });

  test("a null inside a text is a warning where it may be, an error where it is", () => {
    const { problems } = inferValue(["is ${{ maybe }}", "is ${{ none }}", "${{ maybe }}"], names);
    expect(problems.map(({ code, severity, pointer }) => [code, severity, pointer])).toEqual([
      ["NULL_IN_TEXT", "warning", "/0"],
      ["NULL_IN_TEXT", "error", "/1"],
    ]);
  });

  test("problems carry the pointer and the offsets into the string", () => {
    const text = "see ${{ rec.b }}";
    const [problem] = inferValue({ q: text }, names).problems;
    expect(problem).toMatchObject({ code: "PATH_NOT_IN_TYPE", pointer: "/q" });
    expect(text.slice(problem?.start, problem?.end)).toBe("rec.b");
  });

  test("what cannot be read is an error", () => {
    expect(inferValue("${{ n", names).problems).toMatchObject([{ code: "UNREADABLE_REFERENCE", severity: "error" }]);
  });

  test("every JSON value is of the type inferred for it", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), (json) => {
        if (JSON.stringify(json).includes("${{")) return;
        expect(mismatch(json as Json, inferValue(json as Json, names).type)).toBeUndefined();
      }),
      { numRuns: 500 },
    );
  });
});

test("values that are within the limit one by one are not, all together", () => {
  const large = "x".repeat(LIMITS.gatheredBytes / 3);
  const scope: Scope = (name) => (name === "a" ? { value: large, from: { steps: ["a"], tools: [] } } : undefined);
  const list = (length: number): Json => Array.from({ length }, () => "${{ a }}");
  expect(resolveValue(list(2), scope).ok).toBe(true);
  expect(resolveValue(list(3), scope)).toMatchObject({ ok: false, problem: { code: "LIMIT_EXCEEDED" }, pointer: "/2" });
  expect(resolveValue(`${(list(2) as readonly string[]).join("")} and ${"${{ a }}"}`, scope)).toMatchObject({
    problem: { code: "LIMIT_EXCEEDED", params: { of: "all-values" } },
  });
});
