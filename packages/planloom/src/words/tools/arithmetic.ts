// Words for an expression of `calculate` that has no value. Positions count from 1.
import { byCase } from "../by-case.js";
import type { ToolTable } from "./tool-words.js";

/** The number that is out of range. */
export type Valued =
  | { readonly of: "result" | "product" | "quotient" | "power" }
  /** A name, a call or a literal, as it is written. */
  | { readonly of: "text" | "literal"; readonly text: string }
  | { readonly of: "item"; readonly text: string };

type SyntaxFault =
  /** `text` is the text at the position; "" at the end of the expression. */
  | { readonly problem: "operand"; readonly text: string }
  | { readonly problem: "open"; readonly text: string; readonly parenthesis: number }
  | { readonly problem: "rest" | "character"; readonly text: string }
  | { readonly problem: "double-star" | "percent" };

type NameFault =
  | { readonly problem: "is-a-function"; readonly name: string }
  | { readonly problem: "variable" | "function"; readonly name: string; readonly known: readonly string[] };

export interface ArithmeticFailures {
  CALC_SYNTAX: { readonly position: number } & SyntaxFault;
  CALC_NUMBER: {
    readonly position: number;
    readonly problem: "leading-zero" | "point" | "unit";
    readonly text: string;
    /** The character after it. */
    readonly next?: string;
  };
  CALC_NAME: { readonly position: number } & NameFault;
  CALC_VARIABLE: { readonly position: number; readonly name: string };
  CALC_LIST: { readonly position: number; readonly name: string };
  /** `most` is absent if there is no limit. */
  CALC_ARGUMENTS: {
    readonly position: number;
    readonly name: string;
    readonly given: number;
    readonly least: number;
    readonly most?: number;
  };
  CALC_EXPONENT: { readonly position: number; readonly exponent: number; readonly limit: number };
  CALC_DIVISION_BY_ZERO: { readonly position: number; readonly problem: "division" | "power" };
  CALC_NOT_A_NUMBER: { readonly position: number } & Valued;
  CALC_OVERFLOW: { readonly position: number } & Valued;
  CALC_TOO_LONG: { readonly position: number };
  CALC_TOO_DEEP: { readonly position: number };
  CALC_TOO_MANY: { readonly position: number; readonly limit: number };
}

export const ARITHMETIC_FAILURES: ToolTable<ArithmeticFailures> = {
  CALC_SYNTAX: {
    message: (params) => {
      const [what, fix] = syntaxText(params);
      return at(params.position, what, fix);
    },
  },
  CALC_NUMBER: {
    message: byCase("problem", {
      "leading-zero": ({ position, text }) =>
        at(position, `${text} begins with 0`, "Write numbers without separators: 150000 or 150_000, not 150,000."),
      point: ({ position, text, next = "" }) =>
        at(position, `${text}${next} is not a number`, "Write one decimal point, and _ only between digits."),
      unit: ({ position, text, next = "" }) =>
        at(position, `unexpected "${next}" after ${text}`, "Write an operator between, for example *; no units."),
    }),
  },
  CALC_NAME: {
    message: byCase("problem", {
      "is-a-function": ({ position, name }) => at(position, `${name} is a function`, `Write ${name}(...).`),
      variable: ({ position, name, known }) =>
        at(
          position,
          `no variable is named "${name}"`,
          `The known ones are ${known.join(", ")}. Give others in variables.`,
        ),
      function: ({ position, name, known }) =>
        at(
          position,
          `no function is named "${name}"`,
          name === "log"
            ? "Write ln for the natural or log10 for the decimal logarithm."
            : `The known ones are ${known.join(", ")}. For a product write *.`,
        ),
    }),
  },
  CALC_VARIABLE: {
    message: ({ position, name }) =>
      at(position, `a variable cannot be named "${name}"`, "Use letters, digits and _, a letter first."),
  },
  CALC_LIST: {
    message: ({ position, name }) => at(position, `${name} is a list`, `Write sum(${name}) or avg(${name}).`),
  },
  CALC_ARGUMENTS: {
    message: ({ position, name, given, least, most }) => {
      const wanted = least === most ? `${least}` : most === undefined ? `${least} or more` : `${least} to ${most}`;
      return at(position, `${name} was given ${given} values`, `It takes ${wanted}.`);
    },
  },
  CALC_EXPONENT: {
    message: ({ position, exponent, limit }) =>
      at(position, `the exponent ${exponent} is too large`, `Exponents go up to ${limit}.`),
  },
  CALC_DIVISION_BY_ZERO: {
    message: ({ position, problem }) =>
      problem === "power"
        ? at(position, "0 to a negative power", "Check the base first.")
        : at(position, "division by zero", "Check the divisor first."),
  },
  CALC_NOT_A_NUMBER: {
    message: (params) =>
      at(params.position, `${valuedText(params)} is not a real number`, "Check the values it is given."),
  },
  CALC_OVERFLOW: {
    message: (params) =>
      at(
        params.position,
        `${valuedText(params)} is too large`,
        `${params.of === "literal" ? "Numbers" : "Results"} stay below 1.8e308.`,
      ),
  },
  CALC_TOO_MANY: {
    message: ({ position, limit }) =>
      at(position, `the lists have more than ${limit} numbers, counted each time that one is named`, SPLIT),
  },
  CALC_TOO_LONG: { message: ({ position }) => at(position, "the expression is too long", SPLIT) },
  CALC_TOO_DEEP: { message: ({ position }) => at(position, "the expression nests too deeply", SPLIT) },
};

const SPLIT = "Split it into several steps.";

const at = (position: number, what: string, fix: string): string => `Position ${position}: ${what}. ${fix}`;

const unexpected = (text: string): string => (text === "" ? "the expression ends too early" : `unexpected "${text}"`);

const syntaxText: (fault: SyntaxFault) => readonly [what: string, fix: string] = byCase("problem", {
  operand: ({ text }) => [unexpected(text), "Write a number, a variable, a function or ( here."],
  open: ({ text, parenthesis }) => [
    unexpected(text),
    `Write an operator or close the parenthesis of position ${parenthesis}.`,
  ],
  rest: ({ text }) => [unexpected(text), REST[text] ?? "Write an operator before it, for example *."],
  character: ({ text }) => [
    unexpected(text),
    (Object.hasOwn(INSTEAD, text) ? INSTEAD[text] : undefined) ?? "Use numbers, names, + - * / % ^ ( ) and commas.",
  ],
  "double-star": () => ['unexpected "*"', "Write ^ for a power."],
  percent: () => ["nothing to divide by after %", "% is the remainder of a division; for 30 % write 0.3."],
});

const REST: { readonly [text: string]: string } = {
  ",": "Write numbers without separators, 150000 or 150_000; commas only part the arguments of a function.",
  ")": "Remove it, or open a parenthesis before.",
};

/** The correction for signs that people use. */
const INSTEAD: { readonly [sign: string]: string } = {
  "×": "Write *.",
  "·": "Write *.",
  "÷": "Write /.",
  "−": "Write - (the ASCII sign).",
  "²": "Write ^2.",
  "√": "Write sqrt(...).",
  "=": "Write only the right-hand side; equations and comparisons are not known.",
  $: "Write the number without its currency.",
  "€": "Write the number without its currency.",
  "[": "Give lists in variables, or their values as arguments: sum(1, 2, 3).",
};

const valuedText: (valued: Valued) => string = byCase("of", {
  result: () => "the result",
  product: () => "the product",
  quotient: () => "the quotient",
  power: () => "the power",
  text: ({ text }) => text,
  literal: ({ text }) => text,
  item: ({ text }) => `an item of ${text}`,
});
