// The words of what cannot be read inside a plan: an expression, a type, the text of the document. In: a problem as data.
// Out: a clause without capital and full stop. A parser's own text stands as it is.
import type { ExpressionProblem } from "../plan/expression/problem.js";
import type { SyntaxProblem } from "../plan/finding-params.js";
import type { TypeProblem } from "../plan/type/text.js";
import { byCase } from "./by-case.js";
import { counted } from "./phrases.js";

export const expressionProblemText: (problem: ExpressionProblem) => string = byCase("kind", {
  syntax: ({ text }) => text,
  "too-long": ({ most }) => `an expression has at most ${most} characters`,
  "too-deep": ({ most }) => `an expression nests at most ${most} deep`,
  "macros-too-deep": ({ most }) => `macros nest at most ${most} deep`,
  "forbidden-name": ({ name }) => `the name ${name} is refused`,
  "macro-variable": ({ name }) => `the first argument of ${name} is the name of its variable`,
  "unknown-function": ({ name, known }) => `there is no function ${name}; there are ${known.join(", ")}`,
  "unknown-method": ({ name, known }) => `there is no method ${name}; there are ${known.join(", ")}`,
  "argument-count": ({ name, least, most, count }) =>
    `${name} takes ${least === most ? counted(most, "argument") : `${least} to ${most} arguments`}, not ${count}`,
  empty: () => "the expression is empty",
  "optional-access": () => "optional access is not part of plans; use has(…)",
  bytes: () => "bytes are refused, because values are JSON",
  unsigned: () => "unsigned numbers are refused, because values are JSON",
  "integer-range": () => "the integer does not fit into 64 bits",
  "has-argument": () => "has() takes one path that ends in a field: has(a.b)",
  matches: () => "matches is refused, because a regular expression can run for ever; use contains",
  "open-string": () => "a string inside ${{ does not end",
  "single-brace": () => "a single } stands inside ${{",
  "open-reference": () => "${{ has no closing }}",
  "not-whole": () => "this must be one whole expression with nothing around it",
});

export const typeProblemText: (problem: TypeProblem) => string = byCase("kind", {
  character: ({ found, after }) => `unexpected ${JSON.stringify(found)}${after === true ? " after the type" : ""}`,
  missing: ({ token }) => `${token} is missing`,
  "unknown-type": ({ name }) =>
    `there is no type ${name}; use string, number, boolean, null, unknown, T[] or { name: T }`,
  "forbidden-name": ({ name }) => `the name ${name} is refused`,
  "field-twice": ({ name }) => `the field ${name} is there twice`,
  "too-deep": ({ most }) => `types nest at most ${most} deep`,
  "ends-early": () => "the type ends too early",
  "record-keys": () => "the keys of a Record are string",
  "additional-names": () => "the names of additional properties are string",
  "field-name": () => "a field name is missing",
  separator: () => "a comma or } is missing",
  number: () => "this is not a number",
  "open-string": () => "the string does not end",
  "unicode-escape": () => "\\u needs four hexadecimal digits",
});

export const syntaxProblemText: (problem: SyntaxProblem) => string = byCase("kind", {
  parser: ({ text }) => text,
  reader: ({ text }) => text,
  "key-twice": ({ key }) => `the key ${JSON.stringify(key)} is written twice`,
  "colon-missing": ({ key }) => `a colon is missing after the key ${JSON.stringify(key)}`,
  "comma-expected": ({ found }) => `${JSON.stringify(found)} stands where a comma or a closing bracket is expected`,
  "key-expected": ({ found }) => `${JSON.stringify(found)} stands where a key is expected`,
  "value-expected": ({ found }) => `${JSON.stringify(found)} stands where a value is expected`,
  "bad-number": ({ found }) => `${JSON.stringify(found)} is not a number`,
  "bare-text": ({ found }) => `${JSON.stringify(found)} is a text without quotes`,
  "bad-escape": ({ escape }) => `\\${escape} is not an escape of JSON; it may mean ${escape} or \\\\${escape}`,
  "bad-code-unit": ({ escape, digits }) => `${escape} needs ${digits} hexadecimal digits`,
  ellipsis: () => "something is left out here with an ellipsis",
  "no-beginning": () => "it begins in the middle of a document",
  "no-value": () => "a key has no value",
  "odd-plain-text": () => "a text without quotes holds quotes, brackets or line breaks, or is left out",
});
