// Types of expressions: a table over nullable, union, nested and list types, then the problems that are reported.
import { describe, expect, test } from "vitest";
import { parseExpression } from "../../src/plan/expression/expression.js";
import { inferType, type Inferred } from "../../src/plan/expression/infer.js";
import { parseType } from "../../src/plan/type/text.js";
import { assignable } from "../../src/plan/type/fit.js";
import { type Type, typeText } from "../../src/plan/type/type.js";

function type(text: string): Type {
  const parsed = parseType(text);
  if (!parsed.ok) throw new Error(`${text}: ${parsed.problem.kind} at ${parsed.at}`);
  return parsed.type;
}

const NAMES: { readonly [name: string]: Type } = {
  n: type("number"),
  s: type("string"),
  b: type("boolean"),
  u: type("unknown"),
  nothing: type("null"),
  maybe: type("number | null"),
  maybeText: type("string | null"),
  numOrText: type("number | string"),
  level: type('"low" | "high"'),
  xs: type("number[]"),
  names: type("string[]"),
  maybes: type("(number | null)[]"),
  mixed: type("(number | string)[]"),
  anything: type("unknown[]"),
  company: type("{ name: string, revenueUsd: number | null, address: { city: string, zip?: string }, tags: string[] }"),
  companies: type("{ name: string, revenueUsd: number | null }[]"),
  maybeCompany: type("{ name: string, boss: { name: string } | null } | null"),
  shape: type('{ kind: "circle", r: number } | { kind: "square", side: number }'),
  counts: type("Record<string, number>"),
  open: type("{ id: string, [name: string]: unknown }"),
  matrix: type("number[][]"),
};

function infer(source: string): Inferred {
  const parsed = parseExpression(source);
  if (!parsed.ok) throw new Error(`${source}: ${parsed.problem.kind}`);
  return inferType(parsed.expression, (name) => (Object.hasOwn(NAMES, name) ? NAMES[name] : undefined));
}

const TABLE: readonly (readonly [source: string, target: string, fits: "yes" | "no" | "unknown"])[] = [
  // scalars and literals
  ["n", "number", "yes"],
  ["n", "string", "no"],
  ["n", "number | null", "yes"],
  ["n", "unknown", "yes"],
  ["u", "number", "unknown"],
  ["u", "unknown", "yes"],
  ["3", "number", "yes"],
  ["3", "3 | 4", "yes"],
  ["5", "3 | 4", "no"],
  ['"low"', '"low" | "high"', "yes"],
  ['"medium"', '"low" | "high"', "no"],
  ["s", '"low" | "high"', "unknown"],
  ["level", "string", "yes"],
  ["level", '"low"', "no"],
  ["b", "true", "unknown"],
  ["true", "boolean", "yes"],
  ["null", "null", "yes"],
  ["null", "string", "no"],
  ["-3", "number", "yes"],
  // nullable
  ["maybe", "number", "no"],
  ["maybe", "number | null", "yes"],
  ["maybe", "string | null", "no"],
  ["maybe == null ? 0 : maybe", "number", "yes"],
  ["maybe != null ? maybe : 0", "number", "yes"],
  ["null == maybe ? 0 : maybe", "number", "yes"],
  ["maybe != null ? 0 : maybe", "number", "no"],
  ["!(maybe == null) ? maybe : 1", "number", "yes"],
  ["maybe != null && n > 1 ? maybe : 0", "number", "yes"],
  ["maybe != null || n > 1 ? maybe : 0", "number", "no"],
  ["maybe == null || n > 1 ? 0 : maybe", "number", "yes"],
  ['maybeText == null ? "none" : maybeText', "string", "yes"],
  ["nothing", "number | null", "yes"],
  ["b ? 1 : null", "number", "no"],
  ["b ? 1 : null", "number | null", "yes"],
  // unions
  ["numOrText", "number", "no"],
  ["numOrText", "string | number | null", "yes"],
  ['b ? 1 : "one"', "number | string", "yes"],
  ['b ? 1 : "one"', "number", "no"],
  ["b ? u : 1", "number", "unknown"],
  ["shape.kind", '"circle" | "square"', "yes"],
  ['shape.kind == "circle" ? shape.r : shape.side', "number", "yes"],
  ['shape.kind != "square" ? shape.r : 0', "number", "yes"],
  ["shape", '{ kind: "circle" | "square" }', "yes"],
  ["shape", "{ r: number }", "no"],
  ["shape", '{ kind: "square", side: number } | { kind: "circle", r: number }', "yes"],
  // records
  ["company.name", "string", "yes"],
  ["company.revenueUsd", "number", "no"],
  ["company.revenueUsd", "number | null", "yes"],
  ["company.revenueUsd == null ? 0 : company.revenueUsd", "number", "yes"],
  ["company.address.city", "string", "yes"],
  ['company["address"].city', "number", "no"],
  ["company.address", "{ city: string }", "yes"],
  ["company.address", "{ city: string, zip: string }", "unknown"],
  ["company.address", "{ city: number }", "no"],
  ["company.address", "{ street: string }", "no"],
  ["company", "{ name: string, tags: string[] }", "yes"],
  ["company", "Record<string, unknown>", "yes"],
  ["company", "Record<string, string>", "no"],
  ['maybeCompany != null ? maybeCompany.name : ""', "string", "yes"],
  // A branch that is never taken has no mistakes.
  ['maybeCompany != null ? "" : (maybeCompany != null ? maybeCompany.name : "")', "string", "yes"],
  ["(n == null ? n : xs)", "number[]", "yes"],
  ['maybeCompany != null && maybeCompany.boss != null ? maybeCompany.boss.name : ""', "string", "yes"],
  ["maybeCompany", "{ name: string }", "no"],
  ["counts.whatever", "number", "yes"],
  ['counts["a b"]', "string", "no"],
  ["counts[s]", "number", "yes"],
  ["counts", "{ total: number }", "unknown"],
  ["open.id", "string", "yes"],
  ["open.other", "string", "unknown"],
  ['{ "a": n, "b": [s] }', "{ a: number, b: string[] }", "yes"],
  ['{ "a": maybe }', "{ a: number }", "no"],
  ['{ "a": u }', "{ a: number }", "unknown"],
  ['{ "a": n, "more": s }', "{ a: number }", "yes"],
  ["{ s: n }", "Record<string, number>", "yes"],
  ['{ "a": 1 }.a', "number", "yes"],
  // lists
  ["xs", "number[]", "yes"],
  ["xs", "string[]", "no"],
  ["xs", "number", "no"],
  ["xs", "(number | string)[]", "yes"],
  ["mixed", "number[]", "no"],
  ["mixed", "number[] | string[]", "unknown"],
  ["anything", "number[]", "unknown"],
  ["anything", "number", "no"],
  ["[]", "string[]", "yes"],
  ["[1, 2]", "number[]", "yes"],
  ['[1, "a"]', "number[]", "no"],
  ["[1, null]", "(number | null)[]", "yes"],
  ["[u]", "number[]", "unknown"],
  ["xs[0]", "number", "yes"],
  ["maybes[0]", "number", "no"],
  ["matrix[0][n]", "number", "yes"],
  ["xs + [1.5]", "number[]", "yes"],
  ["xs + names", "number[]", "no"],
  ["xs + names", "(number | string)[]", "yes"],
  // macros
  ["companies.map(c, c.name)", "string[]", "yes"],
  ["companies.map(c, c.revenueUsd)", "number[]", "no"],
  ["companies.map(c, c.revenueUsd != null, c.revenueUsd)", "number[]", "yes"],
  ["maybes.filter(m, m != null)", "number[]", "yes"],
  ["maybes.filter(m, m == null)", "number[]", "no"],
  ["companies.filter(c, c.revenueUsd != null && c.revenueUsd > 1.0)", "{ name: string }[]", "yes"],
  ["companies.filter(c, c.revenueUsd != null).map(c, c.name)", "string[]", "yes"],
  ["companies.exists(c, c.name == s)", "boolean", "yes"],
  ["companies.all(c, has(c.name))", "boolean", "yes"],
  ["xs.exists_one(x, x > 1)", "string", "no"],
  ["matrix.map(row, row.map(x, x * 2))", "number[][]", "yes"],
  ["anything.map(x, x.name)", "string[]", "unknown"],
  ["counts.map(k, k)", "string[]", "yes"],
  ['companies.map(c, { "label": c.name })', "{ label: string }[]", "yes"],
  // operators and functions
  ["n + 1", "number", "yes"],
  ['s + "!"', "string", "yes"],
  ["n * 0.3", "string", "no"],
  ["u + 1", "number", "yes"],
  ["u + u", "number", "unknown"],
  ['n > 1 && s.contains("a")', "boolean", "yes"],
  ["size(xs)", "number", "yes"],
  ["string(n)", "string", "yes"],
  ["int(s)", "number", "yes"],
  ['s.split(",")', "string[]", "yes"],
  ["names.join()", "string", "yes"],
  ["s in names", "boolean", "yes"],
  ["dyn(n)", "number", "yes"],
];

describe("the type of an expression", () => {
  test.each(TABLE)("%s to %s: %s", (source, target, fits) => {
    const inferred = infer(source).type;
    expect(`${typeText(inferred)} to ${target}: ${assignable(inferred, type(target))}`).toBe(
      `${typeText(inferred)} to ${target}: ${fits}`,
    );
  });

  test("a chain of macros that doubles its type with every link stays small and ends as unknown", () => {
    const source = `[n]${'.map(y, {"a": y, "b": y})'.repeat(30)}`;
    expect(assignable(infer(source).type, type("string[]"))).toBe("unknown");
  });
});

describe("sound expressions", () => {
  const SOUND = TABLE.map(([source]) => source).filter((source) => !source.includes("maybe != null || n"));
  test.each(SOUND)("%s has no problem", (source) => {
    expect(infer(source).problems).toEqual([]);
  });

  test.each([
    "u.a.b[0].c",
    "u + 1",
    "u.map(x, x.y)",
    "u.startsWith(s)",
    "u ? 1 : 2",
    "u && b",
    "-u",
    "u < 3",
    "u in u",
    "anything[0].a",
  ])("what is unknown is no problem: %s", (source) => {
    expect(infer(source).problems).toEqual([]);
  });
});

describe("problems", () => {
  const PROBLEMS: readonly (readonly [source: string, code: string, severity: "error" | "warning"])[] = [
    ["missing", "UNKNOWN_REFERENCE", "error"],
    ["xs.map(x, y)", "UNKNOWN_REFERENCE", "error"],
    ["has(missing.name)", "UNKNOWN_REFERENCE", "error"],
    ["company.nmae", "PATH_NOT_IN_TYPE", "error"],
    ["company.address.street", "PATH_NOT_IN_TYPE", "error"],
    ["companies.name", "PATH_NOT_IN_TYPE", "error"],
    ["n.value", "PATH_NOT_IN_TYPE", "error"],
    ["nothing.value", "PATH_NOT_IN_TYPE", "error"],
    ["shape.r", "PATH_NOT_IN_TYPE", "warning"],
    ["maybeCompany.name", "POSSIBLY_NULL", "warning"],
    ["maybeCompany != null ? maybeCompany.boss.name : s", "POSSIBLY_NULL", "warning"],
    ["maybe + 1", "POSSIBLY_NULL", "warning"],
    ["maybe * 2", "POSSIBLY_NULL", "warning"],
    ["maybe > 2", "POSSIBLY_NULL", "warning"],
    ["maybeText.contains(s)", "POSSIBLY_NULL", "warning"],
    ["n + s", "TYPE_MISMATCH", "error"],
    ["n > s", "TYPE_MISMATCH", "error"],
    ["s * 2", "TYPE_MISMATCH", "error"],
    ["numOrText + 1", "TYPE_MISMATCH", "warning"],
    ["!n", "TYPE_MISMATCH", "error"],
    ["n ? 1 : 2", "TYPE_MISMATCH", "error"],
    ["n && b", "TYPE_MISMATCH", "error"],
    ["n.map(x, x)", "TYPE_MISMATCH", "error"],
    ["xs.filter(x, x + 1)", "TYPE_MISMATCH", "error"],
    ["n.contains(s)", "TYPE_MISMATCH", "error"],
    ["size(n)", "TYPE_MISMATCH", "error"],
    ["string(xs)", "TYPE_MISMATCH", "error"],
    ["xs.join()", "TYPE_MISMATCH", "error"],
    ["xs[s]", "TYPE_MISMATCH", "error"],
    ["s in n", "TYPE_MISMATCH", "error"],
    ["7 / 2", "INTEGER_DIVISION", "warning"],
    ["size(xs) / 2", "INTEGER_DIVISION", "warning"],
  ];
  test.each(PROBLEMS)("%s: %s (%s)", (source, code, severity) => {
    expect(infer(source).problems.map((problem) => [problem.code, problem.severity])).toEqual([[code, severity]]);
  });

  test("a misspelt field names the nearest one and its place", () => {
    const [problem] = infer("1 + size(company.nmae)").problems;
    expect(problem).toMatchObject({ start: 9, end: 21, params: { field: "nmae", near: ["name"] } });
  });

  test("a field of a list suggests one element or all", () => {
    expect(infer("companies.name").problems[0]?.params).toMatchObject({ field: "name", list: true });
  });

  test("a field one level further down is named with its path", () => {
    expect(infer("company.city").problems[0]?.params).toMatchObject({ near: ["address.city"] });
  });

  test.each(["has(company.logo) ? company.logo : s", "has(maybeCompany.name) && maybeCompany.name == s"])(
    "what has() found may be used: %s",
    (source) => {
      expect(infer(source).problems).toEqual([]);
    },
  );

  test("what has() did not find may not", () => {
    expect(infer("has(company.logo) ? s : company.logo").problems[0]?.code).toBe("PATH_NOT_IN_TYPE");
  });

  test("data divided by an integer does not truncate", () => {
    expect(infer("n / 12").problems).toEqual([]);
  });

  test("a macro's variable hides what is known of a name outside", () => {
    const { problems } = infer("maybe != null ? maybes.map(maybe, maybe + 1) : xs");
    expect(problems.map((problem) => problem.code)).toEqual(["POSSIBLY_NULL"]);
  });
});
