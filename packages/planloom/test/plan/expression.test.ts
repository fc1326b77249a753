// Expressions: what is refused when they are read, and what they give when they are evaluated.
import { describe, expect, test } from "vitest";
import { LIMITS } from "../../src/limits.js";
import { evaluate, type Evaluated, type Expression, parseExpression } from "../../src/plan/expression/expression.js";
import { resolveValue } from "../../src/plan/expression/reference.js";
import type { Json } from "../../src/plan/json.js";
import { NO_ORIGIN } from "../../src/plan/origin.js";

const VALUES: { readonly [name: string]: Json } = {
  n: 10,
  half: 0.5,
  s: "hello",
  nothing: null,
  xs: [3, 1, 2],
  names: ["a", "b"],
  find: {
    results: [
      { title: "A", url: "u1" },
      { title: "B", url: "u2" },
    ],
  },
  facts: [
    { name: "X", revenue: 5 },
    { name: "Y", revenue: null },
  ],
  full: Array.from({ length: LIMITS.macroList }, (_, i) => i),
  many: Array.from({ length: LIMITS.macroList + 1 }, (_, i) => i),
  thousand: Array.from({ length: 1_000 }, (_, i) => i),
  hundreds: Array.from({ length: 300 }, (_, i) => i),
  long: "x".repeat(1024 * 1024),
};

function read(source: string): Expression {
  const parsed = parseExpression(source);
  if (!parsed.ok) throw new Error(`${source}: ${parsed.problem.kind}`);
  return parsed.expression;
}

function run(source: string, values: { readonly [name: string]: Json } = VALUES): Evaluated {
  return evaluate(read(source), (name) =>
    Object.hasOwn(values, name)
      ? { value: values[name] as Json, from: { steps: [name], tools: [`${name}Tool`] } }
      : undefined,
  );
}

const codeOf = (evaluated: Evaluated): string => (evaluated.ok ? "ok" : evaluated.problem.code);

describe("evaluation", () => {
  const GIVES: readonly (readonly [source: string, value: Json])[] = [
    ["1 + 2 * 3", 7],
    ["n + 1", 11],
    ["1 + n", 11],
    ["n - 1", 9],
    ["2 * n", 20],
    ["n * 0.3", 3],
    ["n / 4", 2.5],
    ["4 / n", 0.4],
    ["7 / 2", 3],
    ["-7 / 2", -3],
    ["7 % 4", 3],
    ["n % 4", 2],
    ["n > 9", true],
    ["9 < n", true],
    ["n >= 10", true],
    ["n <= 9", false],
    ["n == 10", true],
    ["10 == n", true],
    ["n != 10", false],
    ["1 == 1.0", true],
    ["half == 0.5", true],
    ["[1, 2.0] == [1.0, 2]", true],
    ['{"a": 1} == {"a": 1.0}', true],
    ['n == "10"', false],
    ["nothing == null", true],
    ["-n", -10],
    ["xs[0]", 3],
    ["xs[n - 9]", 1],
    ["xs[size(xs) - 1]", 2],
    ["find.results[1].url", "u2"],
    ['find["results"][0]["title"]', "A"],
    ['nothing == null ? "none" : 5', "none"],
    ["n > 5 ? 1 : null", 1],
    ["find.results.map(r, r.url)", ["u1", "u2"]],
    ["facts.filter(f, f.revenue != null).map(f, f.name)", ["X"]],
    ["facts.map(f, f.revenue != null, f.revenue * 2)", [10]],
    ["facts.exists(f, f.revenue > 3)", true],
    ["xs.all(x, x > 0)", true],
    ["xs.exists_one(x, x == 2)", true],
    ["xs.map(x, xs.map(y, x * y)[0])", [9, 3, 6]],
    ["xs.map(n, n + 1)", [4, 2, 3]],
    ["xs + [4]", [3, 1, 2, 4]],
    ["2 in xs", true],
    ['"results" in find', true],
    ["has(find.results)", true],
    ["has(find.other)", false],
    ["has(find.other.deeper)", false],
    ['s + " world"', "hello world"],
    ["string(n) + string(half) + string(true)", "100.5true"],
    ["size(s) + s.size()", 10],
    ['s.startsWith("he") && s.endsWith("lo") && s.contains("ell")', true],
    ["s.upperAscii().lowerAscii()", "hello"],
    ['" a ".trim()', "a"],
    ["s.substring(1, 3)", "el"],
    ["s.substring(n - 7)", "lo"],
    ['s.indexOf("l")', 2],
    ['s.lastIndexOf("l")', 3],
    ['"a,b,c".split(",")', ["a", "b", "c"]],
    ['"a,b,c".split(",", 2)', ["a", "b,c"]],
    ['names.join(", ")', "a, b"],
    ['int("42") + int(3.9)', 45],
    ['double("1.5")', 1.5],
    ['bool("true")', true],
    ['{"name": s, "list": [n, 1, null]}', { name: "hello", list: [10, 1, null] }],
    ["true || nothing.x > 1", true],
    ["nothing.x > 1 || true", true],
    ["nothing.x > 1 && false", false],
    ["size(xs.map(x, xs.map(y, x + y)))", 3],
    ['r"\\d" + """a"b"""', '\\da"b'],
  ];
  test.each(GIVES)("%s", (source, value) => {
    expect(run(source)).toMatchObject({ ok: true, value });
  });

  const FAILS: readonly (readonly [source: string, code: string])[] = [
    ["missing", "UNKNOWN_REFERENCE"],
    ["find.other", "NO_SUCH_FIELD"],
    ["nothing.x", "NULL_ACCESS"],
    ["nothing[0]", "NULL_ACCESS"],
    ["n.x", "TYPE_MISMATCH"],
    ["xs[3]", "INDEX_OUT_OF_RANGE"],
    ["xs[-1]", "INDEX_OUT_OF_RANGE"],
    ["xs[half]", "INDEX_OUT_OF_RANGE"],
    ["xs.length", "TYPE_MISMATCH"],
    ["s + 1", "TYPE_MISMATCH"],
    ["nothing + 1", "TYPE_MISMATCH"],
    ["s > 1", "TYPE_MISMATCH"],
    ["n ? 1 : 2", "TYPE_MISMATCH"],
    ["n && true", "TYPE_MISMATCH"],
    ["n.map(x, x)", "TYPE_MISMATCH"],
    ["n.contains(s)", "TYPE_MISMATCH"],
    ["xs.join()", "TYPE_MISMATCH"],
    ['int("4.5")', "CONVERSION_FAILED"],
    ['double("4x")', "CONVERSION_FAILED"],
    ["s.substring(9)", "INDEX_OUT_OF_RANGE"],
    ["1 / 0", "DIVISION_BY_ZERO"],
    ["n / 0", "DIVISION_BY_ZERO"],
    ["n % 0.0", "DIVISION_BY_ZERO"],
    ["9007199254740993", "NUMBER_OUT_OF_RANGE"],
    ["9223372036854775807 + 1", "NUMBER_OUT_OF_RANGE"],
    ["1e308 * 10.0", "NUMBER_OUT_OF_RANGE"],
    ["many.map(x, x)", "LIMIT_EXCEEDED"],
    ["many.exists(x, x == 1) || true", "LIMIT_EXCEEDED"],
  ];
  test.each(FAILS)("%s fails with %s", (source, code) => {
    expect(codeOf(run(source))).toBe(code);
  });

  test("the origin joins the names that were read, and only those", () => {
    expect(run("n > 5 ? s : xs")).toMatchObject({ from: { steps: ["n", "s"], tools: ["nTool", "sTool"] } });
    expect(run("1 + 1")).toMatchObject({ from: { steps: [], tools: [] } });
  });

  test("a plain path hands on the value itself", () => {
    const found = run("find.results");
    expect(found.ok && found.value).toBe((VALUES["find"] as { readonly [key: string]: Json })["results"]);
  });
});

describe("names", () => {
  test("are the free ones, each once, without the variables of macros", () => {
    expect(read("a.b + xs.map(x, x + y)[0] + a.c").names).toEqual(["a", "xs", "y"]);
    expect(read("x + xs.map(x, x)[0]").names).toEqual(["x", "xs"]);
    expect(read("1 + 1").names).toEqual([]);
  });

  test("the same source is parsed once", () => {
    expect(read("a + b")).toBe(read("a + b"));
  });
});

describe("what is refused", () => {
  const syntax = (text: string): object => ({ kind: "syntax", text: expect.stringContaining(text) as string });
  const REFUSED: readonly (readonly [source: string, problem: object])[] = [
    ["", { kind: "empty" }],
    ["  ", { kind: "empty" }],
    ["a +", syntax("Unexpected token")],
    ["(a", syntax("Expected")],
    ['"abc', syntax("Unterminated")],
    ["a ?? b", syntax("Unexpected")],
    ['s.matches("(a+)+$")', { kind: "matches" }],
    ["a.__proto__", { kind: "forbidden-name", name: "__proto__" }],
    ["a.b.constructor", { kind: "forbidden-name", name: "constructor" }],
    ['a["prototype"]', { kind: "forbidden-name", name: "prototype" }],
    ["constructor", { kind: "forbidden-name", name: "constructor" }],
    ['{"__proto__": 1}', { kind: "forbidden-name", name: "__proto__" }],
    ['b"bytes"', { kind: "bytes" }],
    ["1u", { kind: "unsigned" }],
    ['timestamp("2024-01-01T00:00:00Z")', { kind: "unknown-function", name: "timestamp" }],
    ['duration("1s")', { kind: "unknown-function", name: "duration" }],
    ["cel.bind(x, 1, x)", { kind: "unknown-method", name: "bind" }],
    ["a.replace(b, c)", { kind: "unknown-method", name: "replace" }],
    ["size(a, b)", { kind: "argument-count", name: "size", count: 2, least: 1, most: 1 }],
    ["a.map(x)", { kind: "argument-count", name: "map", count: 1, least: 2, most: 3 }],
    ["a.map(1, 2)", syntax("variable")],
    ["has(a)", { kind: "has-argument" }],
    ["99999999999999999999", { kind: "integer-range" }],
    ["a.map(x, x.map(y, y.map(z, z)))", { kind: "macros-too-deep", most: LIMITS.macroDepth }],
    ["x".repeat(LIMITS.expressionChars + 1), { kind: "too-long", most: LIMITS.expressionChars }],
    [`${"(".repeat(200)}1${")".repeat(200)}`, syntax("maxDepth")],
    [`${"!".repeat(200)}a`, { kind: "too-deep", most: LIMITS.expressionDepth }],
    [Array.from({ length: 100 }, () => "a").join(" + "), { kind: "too-deep", most: LIMITS.expressionDepth }],
    [`a${".b".repeat(100)}`, syntax("Depth")],
  ];
  test.each(REFUSED)("%s", (source, problem) => {
    expect(parseExpression(source)).toMatchObject({ ok: false, problem });
  });

  test("the place of what is refused is given", () => {
    expect(parseExpression("a + b.__proto__")).toMatchObject({ ok: false, at: 6 });
  });
});

describe("prototypes", () => {
  test("a scope without own properties gives nothing", () => {
    expect(codeOf(run("toString", {}))).toBe("UNKNOWN_REFERENCE");
    expect(codeOf(run("n.toString", { n: {} }))).toBe("NO_SUCH_FIELD");
    expect(codeOf(run("n.hasOwnProperty", { n: {} }))).toBe("NO_SUCH_FIELD");
    expect(run('"toString" in n', { n: {} })).toMatchObject({ value: false });
    expect(run("has(n.valueOf)", { n: {} })).toMatchObject({ value: false });
  });

  test("a name computed at run time cannot reach a prototype either", () => {
    expect(codeOf(run('n["__pro" + "to__"]', { n: {} }))).toBe("FORBIDDEN_KEY");
    expect(codeOf(run('{"__pro" + "to__": 1}', {}))).toBe("FORBIDDEN_KEY");
    expect(codeOf(run("n[k]", { n: {}, k: "constructor" }))).toBe("FORBIDDEN_KEY");
  });

  test("data that has such a key keeps it as data", () => {
    const poisoned = JSON.parse('{"__proto__": {"polluted": true}, "a": 1}') as Json;
    const found = run("[n][0]", { n: poisoned });
    expect(JSON.stringify(found.ok && found.value)).toBe('{"__proto__":{"polluted":true},"a":1}');
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });
});

describe("long evaluations end", () => {
  test.each([
    ["two full macros with work in each", "thousand.map(x, thousand.map(y, x * y + x - y + x * y + x - y + x * y))"],
    ["a list that doubles with every link", `[[1]]${".map(y, y + y)".repeat(30)}[0]`],
    ["a string that doubles with every link", `["xxxxxxxxxx"]${".map(y, y + y)".repeat(40)}`],
    ["a tree that doubles with every link", `[1]${".map(y, [y, y])".repeat(40)}`],
    ["long texts searched again and again", "thousand.map(x, thousand.filter(y, long.contains(long)))"],
    ["long lists compared again and again", "thousand.map(x, thousand.filter(y, thousand + [x] == thousand + [y]))"],
  ])("%s", (_title, source) => {
    expect(codeOf(run(source))).toBe("LIMIT_EXCEEDED");
  });

  test("two macros over 300 elements each are within the limit", () => {
    expect(run("size(hundreds.map(x, hundreds.exists(y, y < 0)))")).toMatchObject({ ok: true, value: 300 });
  });
});

/** What costs time in an evaluation, a thousand times or a million times. No clock is read by the code. */
describe("work is counted, not elements", () => {
  const numbers = Array.from({ length: 1_000 }, (_, i) => i);
  const letters = "a".repeat(7_000_000);
  const field = (i: number): [string, Json] => [`k${i}`, i];
  const data: { readonly [name: string]: Json } = {
    numbers,
    letters,
    spaces: `${" ".repeat(7_000_000)}x`,
    cases: "aB".repeat(3_500_000),
    accents: `é${"aB".repeat(3_000_000)}`,
    faces: "😀".repeat(1_900_000),
    lines: "a\n".repeat(4_000_000),
    word: `${"a".repeat(1_000)}b`,
    words: numbers.map((n) => `word ${n}`),
    wide: Array.from({ length: 900_000 }, (_, i) => i),
    same: Array.from({ length: 900_000 }, (_, i) => i),
    fields: Object.fromEntries(Array.from({ length: 200_000 }, (_, i) => field(i))),
    others: Object.fromEntries(Array.from({ length: 200_000 }, (_, i) => field(i))),
    records: numbers.map((n) => ({ id: `c${n}`, n })),
  };
  const within = (body: string): string => `numbers.map(i, ${body})`;
  const nested = (body: string): string => `numbers.map(i, numbers.map(j, ${body}))`;
  test.each([
    within("size(spaces.trim())"),
    within("spaces.trim() == 'x'"),
    within("cases.upperAscii().size()"),
    within("accents.lowerAscii().size()"),
    within("letters.contains(word)"),
    within("letters.indexOf(word)"),
    within("lines.split('\\n').size()"),
    within("letters.split('').size()"),
    within("letters.substring(1) == letters.substring(1)"),
    within("(letters + 'x') == (letters + 'x')"),
    within("(letters + 'x') < (letters + 'y')"),
    within("wide == same"),
    within("fields == others"),
    within("-1 in wide"),
    within("size(wide + same)"),
    within("size(faces)"),
    within("size(fields)"),
    within("fields.exists(f, f == '')"),
    within("words.join(letters)"),
    within("wide"),
    nested("letters.substring(1) in fields"),
    nested("size(words)"),
    nested("int('123456789')"),
    nested("{'a': i, 'b': j}"),
    nested("string(i) + string(j)"),
    nested("has(records[j].id) && records[j].id == 'x'"),
    "numbers.exists(i, numbers.exists(j, records[j].none == i))",
    "wide + same",
  ])("%s", (source) => {
    const before = process.cpuUsage();
    expect(codeOf(run(source, data))).toBe("LIMIT_EXCEEDED");
    const { user, system } = process.cpuUsage(before);
    expect((user + system) / 1_000).toBeLessThan(500);
  });

  test("the expressions of one field share the limit", () => {
    const text = "${{ size(numbers.map(i, size(string(i)))) }}";
    const scope = (name: string) => ({ value: data[name] ?? null, from: NO_ORIGIN });
    expect(resolveValue(Array<string>(10).fill(text), scope).ok).toBe(true);
    expect(resolveValue(Array<string>(200).fill(text), scope)).toMatchObject({
      ok: false,
      problem: { code: "LIMIT_EXCEEDED" },
    });
  });
});
