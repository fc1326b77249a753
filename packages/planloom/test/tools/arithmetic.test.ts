// The arithmetic of `calculate`: what it knows, what it refuses and in which words, and that it agrees with JavaScript.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LIMITS } from "../../src/limits.js";
import { evaluateArithmetic, type Variables } from "../../src/tools/builtin/arithmetic.js";
import { ToolError } from "../../src/tools/tool.js";

const variables: Variables = { salary: 150_000, rate: 0.3, x: -4, prices: [3, 1, 2], none: [], e: 2 };

const VALUES: readonly (readonly [string, number])[] = [
  ["1", 1],
  ["  42  ", 42],
  ["1 + 2 * 3", 7],
  ["(1 + 2) * 3", 9],
  ["10 - 4 - 3", 3],
  ["100 / 10 / 2", 5],
  ["7 % 3", 1],
  ["-7 % 3", -1],
  ["7 % -3", 1],
  ["10 % (3)", 1],
  ["2 ^ 3 ^ 2", 512],
  ["(2 ^ 3) ^ 2", 64],
  ["-2 ^ 2", -4],
  ["(-2) ^ 2", 4],
  ["2 ^ -1", 0.5],
  ["2 * -3", -6],
  ["--3", 3],
  ["+3", 3],
  ["1 - -1", 2],
  ["0.1 + 0.2", 0.1 + 0.2],
  [".5 + 1.", 1.5],
  ["1e3", 1000],
  ["1.5E-2", 0.015],
  ["2e+2", 200],
  ["150_000 * 0.3", 45_000],
  ["1_000_000", 1_000_000],
  ["salary * 0.3", 45_000],
  ["salary*rate/12", 3_750],
  ["x ^ 2", 16],
  ["e", 2],
  ["pi", Math.PI],
  ["abs(-3)", 3],
  ["min(3, 1, 2)", 1],
  ["max(3, 1, 2)", 3],
  ["min(prices)", 1],
  ["sum(prices)", 6],
  ["sum(prices, 4)", 10],
  ["sum(prices) / 2", 3],
  ["avg(prices)", 2],
  ["avg(1, 2, 6)", 3],
  ["median(prices)", 2],
  ["median(1, 2, 3, 10)", 2.5],
  ["round(2.5)", 3],
  ["round(-2.5)", -3],
  ["round(1.005, 2)", 1.01],
  ["round(1234.5678, -2)", 1200],
  ["round(1e-9, 2)", 0],
  ["round(1e300, 20)", 1e300],
  ["floor(-1.5)", -2],
  ["ceil(-1.5)", -1],
  ["ceil(-0.5)", 0],
  ["trunc(1.9)", 1],
  ["sign(-7)", -1],
  ["sqrt(16)", 4],
  ["cbrt(27)", 3],
  ["ln(1)", 0],
  ["log10(1000)", 3],
  ["log2(8)", 3],
  ["exp(0)", 1],
  ["pow(2, 10)", 1024],
  ["sin(0) + cos(0) + tan(0)", 1],
  ["max(1, (2 + 3) * 2, -4)", 10],
  ["1.0001 ^ 36500", 1.0001 ** 36500],
  ["0 ^ 0", 1],
  ["1e-400", 0],
  ["sum(none)", 0],
];

const ERRORS: readonly (readonly [string, string, RegExp])[] = [
  ["", "CALC_SYNTAX", /Position 1: the expression ends too early/],
  ["1 +", "CALC_SYNTAX", /Position 4: the expression ends too early/],
  ["* 2", "CALC_SYNTAX", /Position 1: unexpected "\*"/],
  ["(1 + 2", "CALC_SYNTAX", /close the parenthesis of position 1/],
  ["1 + 2)", "CALC_SYNTAX", /Position 6: unexpected "\)"/],
  ["()", "CALC_SYNTAX", /unexpected "\)"/],
  ["150,000 * 2", "CALC_NUMBER", /Position 5.*150000 or 150_000/],
  ["150,250 * 2", "CALC_SYNTAX", /Position 4.*150000 or 150_000/],
  ["max(150,000)", "CALC_NUMBER", /000 begins with 0.*not 150,000/],
  ["2 ** 3", "CALC_SYNTAX", /Write \^ for a power/],
  ["30%", "CALC_SYNTAX", /for 30 % write 0\.3/],
  ["(30%) * 2", "CALC_SYNTAX", /remainder/],
  ["2 × 3", "CALC_SYNTAX", /Write \*/],
  ["$5", "CALC_SYNTAX", /without its currency/],
  ["x = 4", "CALC_SYNTAX", /right-hand side/],
  ["sum([1, 2])", "CALC_SYNTAX", /lists in variables/],
  ["1; 2", "CALC_SYNTAX", /unexpected ";"/],
  ["2 (3)", "CALC_SYNTAX", /for example \*/],
  ["2 3", "CALC_SYNTAX", /Position 3/],
  ["2x", "CALC_NUMBER", /Position 2.*operator between/],
  ["12k", "CALC_NUMBER", /no units/],
  ["0x10", "CALC_NUMBER", /after 0/],
  ["1.2.3", "CALC_NUMBER", /one decimal point/],
  ["1__0", "CALC_NUMBER", /only between digits/],
  ["007", "CALC_NUMBER", /begins with 0/],
  ["1e999", "CALC_OVERFLOW", /too large/],
  ["1e308 * 10", "CALC_OVERFLOW", /the product is too large/],
  ["1e308 + 1e308", "CALC_OVERFLOW", /result is too large/],
  ["exp(1000)", "CALC_OVERFLOW", /exp\(1000\)/],
  ["10 ^ 400", "CALC_OVERFLOW", /power/],
  ["2 ^ 1e9", "CALC_EXPONENT", /exponent 1000000000/],
  ["pow(2, 1e9)", "CALC_EXPONENT", /exponent/],
  ["1 / 0", "CALC_DIVISION_BY_ZERO", /Position 3/],
  ["1 / (2 - 2)", "CALC_DIVISION_BY_ZERO", /division by zero/],
  ["5 % 0", "CALC_DIVISION_BY_ZERO", /division by zero/],
  ["0 ^ -1", "CALC_DIVISION_BY_ZERO", /negative power/],
  ["sqrt(-1)", "CALC_NOT_A_NUMBER", /sqrt\(-1\) is not a real number/],
  ["(-8) ^ (1 / 3)", "CALC_NOT_A_NUMBER", /power/],
  ["ln(0)", "CALC_NOT_A_NUMBER", /ln\(0\)/],
  ["avg(none)", "CALC_ARGUMENTS", /1 or more/],
  ["min()", "CALC_ARGUMENTS", /given 0 values/],
  ["abs(1, 2)", "CALC_ARGUMENTS", /It takes 1/],
  ["round(1, 2, 3)", "CALC_ARGUMENTS", /1 to 2/],
  ["round(1, 0.5)", "CALC_NOT_A_NUMBER", /round/],
  ["prices * 2", "CALC_LIST", /sum\(prices\)/],
  ["sum(prices + 1)", "CALC_LIST", /prices is a list/],
  ["wage * 2", "CALC_NAME", /no variable is named "wage".*salary/],
  ["log(10)", "CALC_NAME", /ln.*log10/],
  ["eval(1)", "CALC_NAME", /no function is named "eval"/],
  ["sqrt", "CALC_NAME", /sqrt is a function/],
  ["salary(2)", "CALC_NAME", /no function is named "salary"/],
  ["toString", "CALC_NAME", /no variable/],
  ["constructor", "CALC_NAME", /no variable/],
  ["__proto__", "CALC_NAME", /no variable/],
  ["hasOwnProperty(1)", "CALC_NAME", /no function/],
  ["1 + 2 # three", "CALC_SYNTAX", /unexpected "#"/],
];

describe("arithmetic", () => {
  it.each(VALUES)("%s = %d", (expression, value) => {
    expect(evaluateArithmetic(expression, variables)).toBe(value);
  });

  it.each(ERRORS)("%s is refused as %s", (expression, code, message) => {
    const error = errorOf(expression, variables);
    expect(error.code).toBe(code);
    expect(error.message).toMatch(message);
    expect(error.retryable).toBe(false);
  });

  it.each(["__proto__", "constructor", "prototype", "a b", "1a", ""])('refuses a variable named "%s"', (name) => {
    const given = JSON.parse(`{ ${JSON.stringify(name)}: 1 }`) as Variables;
    expect(errorOf("1", given).code).toBe("CALC_VARIABLE");
  });

  it.each([
    ["parentheses", "(".repeat(61) + "1" + ")".repeat(61), "CALC_TOO_DEEP"],
    ["signs", "-".repeat(1_999) + "1", "CALC_TOO_DEEP"],
    ["powers", "1" + "^1".repeat(900), "CALC_TOO_DEEP"],
    ["sums", "1" + "+1".repeat(1_000), "CALC_TOO_LONG"],
  ])("too many %s are refused", (_what, expression, code) => {
    expect(errorOf(expression, {}).code).toBe(code);
  });

  it("a long flat expression needs no depth", () => {
    expect(evaluateArithmetic("1" + "+1".repeat(900))).toBe(901);
  });

  it("gives a finite number or a ToolError, whatever is written", () => {
    const pieces = fc.constantFrom(
      ..."0123456789.,_eE+-*/%^() x".split(""),
      "sum(",
      "round(",
      "pi",
      "prices",
      "1e300",
      "\n",
      "€",
      "𝟙",
    );
    const text = fc.oneof(
      fc.string(),
      fc.string({ unit: "binary" }),
      fc.array(pieces, { maxLength: 60 }).map((all) => all.join("")),
    );
    fc.assert(
      fc.property(text, (expression) => {
        try {
          return Number.isFinite(evaluateArithmetic(expression, variables));
        } catch (error) {
          return error instanceof ToolError && error.code.startsWith("CALC_");
        }
      }),
      { numRuns: 3_000 },
    );
  });

  it("agrees with JavaScript on + - * / %", () => {
    fc.assert(
      fc.property(tree, (made) => {
        const expected = valueOf(made);
        const expression = textOf(made);
        if (expected === undefined) return errorOf(expression, {}).retryable === false;
        return Object.is(evaluateArithmetic(expression), expected === 0 ? 0 : expected);
      }),
      { numRuns: 2_000 },
    );
  });
});

function errorOf(expression: string, given: Variables): ToolError {
  try {
    evaluateArithmetic(expression, given);
  } catch (error) {
    expect(error).toBeInstanceOf(ToolError);
    return error as ToolError;
  }
  throw new Error(`${expression} was not refused`);
}

type Tree = number | readonly [Tree, "+" | "-" | "*" | "/" | "%", Tree];

const { tree } = fc.letrec<{ tree: Tree }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 6, withCrossShrink: true },
    fc.oneof(fc.integer({ min: -1_000, max: 1_000 }), fc.double({ noNaN: true, noDefaultInfinity: true })),
    fc.tuple(
      tie("tree"),
      fc.constantFrom("+" as const, "-" as const, "*" as const, "/" as const, "%" as const),
      tie("tree"),
    ),
  ),
}));

/** Fully in parentheses, numbers as JavaScript writes them. */
function textOf(made: Tree): string {
  if (typeof made === "number") return made < 0 ? `(${made})` : String(made);
  return `(${textOf(made[0])} ${made[1]} ${textOf(made[2])})`;
}

/** What JavaScript makes of it; undefined where any part is not finite. */
function valueOf(made: Tree): number | undefined {
  if (typeof made === "number") return made;
  const [left, right] = [valueOf(made[0]), valueOf(made[2])];
  if (left === undefined || right === undefined) return undefined;
  const value = { "+": left + right, "-": left - right, "*": left * right, "/": left / right, "%": left % right }[
    made[1]
  ];
  return Number.isFinite(value) ? value : undefined;
}

it("reads so many numbers of lists and no more, however often a list is named", () => {
  const list = Array.from({ length: LIMITS.calculateNumbers / 5 }, (_, i) => i % 7);
  const five = Array(5).fill("median(list)").join(" + ");
  expect(evaluateArithmetic(five, { list })).toBe(15);
  expect(() => evaluateArithmetic(`${five} + sum(list)`, { list })).toThrow(
    expect.objectContaining({ code: "CALC_TOO_MANY" }) as Error,
  );
});
