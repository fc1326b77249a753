// The words of what cannot be read inside a plan: an expression, a type, the text of the document. In: a problem as data.
// Out: a clause without capital and full stop. A parser's own text stands as it is.
import type { ExpressionProblem } from "../plan/expression/problem.js";
import type { SyntaxProblem } from "../plan/finding-params.js";
import type { TypeProblem } from "../plan/type/text.js";
import { counted } from "./phrases.js";

export function expressionProblemText(problem: ExpressionProblem): string {
  switch (problem.kind) {
    case "syntax":
      return problem.text;
    case "too-long":
      return `an expression has at most ${problem.most} characters`;
    case "too-deep":
      return `an expression nests at most ${problem.most} deep`;
    case "macros-too-deep":
      return `macros nest at most ${problem.most} deep`;
    case "forbidden-name":
      return `the name ${problem.name} is refused`;
    case "macro-variable":
      return `the first argument of ${problem.name} is the name of its variable`;
    case "unknown-function":
      return `there is no function ${problem.name}; there are ${problem.known.join(", ")}`;
    case "unknown-method":
      return `there is no method ${problem.name}; there are ${problem.known.join(", ")}`;
    case "argument-count": {
      const { name, least, most, count } = problem;
      return `${name} takes ${least === most ? counted(most, "argument") : `${least} to ${most} arguments`}, not ${count}`;
    }
    default:
      return EXPRESSION[problem.kind];
  }
}

const EXPRESSION = {
  empty: "the expression is empty",
  "optional-access": "optional access is not part of plans; use has(…)",
  bytes: "bytes are refused, because values are JSON",
  unsigned: "unsigned numbers are refused, because values are JSON",
  "integer-range": "the integer does not fit into 64 bits",
  "has-argument": "has() takes one path that ends in a field: has(a.b)",
  matches: "matches is refused, because a regular expression can run for ever; use contains",
  "open-string": "a string inside ${{ does not end",
  "single-brace": "a single } stands inside ${{",
  "open-reference": "${{ has no closing }}",
  "not-whole": "this must be one whole expression with nothing around it",
};

export function typeProblemText(problem: TypeProblem): string {
  switch (problem.kind) {
    case "character":
      return `unexpected ${JSON.stringify(problem.found)}${problem.after === true ? " after the type" : ""}`;
    case "missing":
      return `${problem.token} is missing`;
    case "unknown-type":
      return `there is no type ${problem.name}; use string, number, boolean, null, unknown, T[] or { name: T }`;
    case "forbidden-name":
      return `the name ${problem.name} is refused`;
    case "field-twice":
      return `the field ${problem.name} is there twice`;
    case "too-deep":
      return `types nest at most ${problem.most} deep`;
    default:
      return TYPE[problem.kind];
  }
}

const TYPE = {
  "ends-early": "the type ends too early",
  "record-keys": "the keys of a Record are string",
  "additional-names": "the names of additional properties are string",
  "field-name": "a field name is missing",
  separator: "a comma or } is missing",
  number: "this is not a number",
  "open-string": "the string does not end",
  "unicode-escape": "\\u needs four hexadecimal digits",
};

export function syntaxProblemText(problem: SyntaxProblem): string {
  switch (problem.kind) {
    case "parser":
    case "reader":
      return problem.text;
    case "key-twice":
      return `the key ${JSON.stringify(problem.key)} is written twice`;
    case "colon-missing":
      return `a colon is missing after the key ${JSON.stringify(problem.key)}`;
    case "comma-expected":
      return `${JSON.stringify(problem.found)} stands where a comma or a closing bracket is expected`;
    case "key-expected":
      return `${JSON.stringify(problem.found)} stands where a key is expected`;
    case "value-expected":
      return `${JSON.stringify(problem.found)} stands where a value is expected`;
    case "bad-number":
      return `${JSON.stringify(problem.found)} is not a number`;
    case "bare-text":
      return `${JSON.stringify(problem.found)} is a text without quotes`;
    case "bad-escape":
      return `\\${problem.escape} is not an escape of JSON; it may mean ${problem.escape} or \\\\${problem.escape}`;
    case "bad-code-unit":
      return `${problem.escape} needs ${problem.digits} hexadecimal digits`;
    default:
      return SYNTAX[problem.kind];
  }
}

const SYNTAX = {
  ellipsis: "something is left out here with an ellipsis",
  "no-beginning": "it begins in the middle of a document",
  "no-value": "a key has no value",
  "odd-plain-text": "a text without quotes holds quotes, brackets or line breaks, or is left out",
};
