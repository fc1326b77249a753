// The words of problems inside a plan: an expression that cannot be read or has no value, a type, the text of the
// document. In: a problem as data. Out: a clause without capital and full stop. A parser's own text is shown as it is.
import type {
  EvaluationCode,
  EvaluationParams,
  EvaluationProblem,
  ExpressionProblem,
} from "../plan/expression/problem.js";
import type { SyntaxProblem } from "../plan/finding-params.js";
import type { TypeProblem } from "../plan/type/text.js";
import { byCase } from "./by-case.js";
import type { ValueProblem } from "../run/failure.js";
import { counted, gistText, kindText, notJsonText } from "./phrases.js";
import { textOr } from "./words.js";

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
  "no-names": () => "its arguments have no names",
  "call-markup": () => "the marks of a tool call hold something that is no call",
  "no-value": () => "a key has no value",
  "odd-plain-text": () => "a text without quotes holds quotes, brackets or line breaks, or is left out",
});

/** Why an expression has no value. */
export function evaluationText({ code, params }: EvaluationProblem): string {
  // Code and parameters belong together, which an index by a union cannot see.
  return (EVALUATION[code] as (params: unknown) => string)(params);
}

const EVALUATION: { readonly [Code in EvaluationCode]: (params: EvaluationParams[Code]) => string } = {
  UNKNOWN_REFERENCE: ({ name }) => `there is no value named ${name}`,
  UNREADABLE_REFERENCE: ({ problem }) => expressionProblemText(problem),
  NO_SUCH_FIELD: ({ name }) => `there is no field ${name}`,
  NULL_ACCESS: ({ name }) => `the value before ${name === undefined ? "[ ]" : `.${name}`} is null`,
  INDEX_OUT_OF_RANGE: (params) => {
    if ("index" in params) return `there is no element ${params.index} in a list of ${params.length}`;
    if ("start" in params) return `${params.by}: the end ${params.end} lies before the start ${params.start}`;
    return `${params.by}: ${params.position} is not a position in a string of ${params.length} characters`;
  },
  TYPE_MISMATCH: byCase("is", {
    field: ({ kind, name }) => `${kindText(kind)} has no field ${name}`,
    index: ({ kind, by }) => `${kindText(kind)} cannot be indexed with ${kindText(by)}`,
    "record-key": ({ kind }) => `the keys of a record are strings, not ${kindText(kind)}`,
    "joined-item": () => "join needs a list of strings; map(x, string(x)) makes one",
    operand: ({ by, kind, wanted }) =>
      `${by} needs ${wanted === undefined ? "fewer arguments" : (WANTED[wanted] ?? wanted)}, not ${kindText(kind)}`,
    operands: ({ by, left, right }) =>
      `${by} cannot combine ${kindText(left)} and ` +
      `${kindText(right)}${by === "+" ? "; string(…) makes text of a number" : ""}`,
  }),
  CONVERSION_FAILED: ({ by, text }) => `${by}() cannot read ${JSON.stringify(text)}`,
  DIVISION_BY_ZERO: () => "a division by zero",
  NUMBER_OUT_OF_RANGE: byCase("of", {
    int64: () => "an integer does not fit into 64 bits",
    json: ({ number }) =>
      /^-?\d+$/.test(number)
        ? `the integer ${number} is too large to be exact in JSON`
        : `${number} is not a JSON number`,
  }),
  FORBIDDEN_KEY: ({ name }) => `the name ${name} is refused`,
  LIMIT_EXCEEDED: byCase("of", {
    work: () => "the expression takes too long; do this work in a tool",
    string: ({ most }) => `a string is longer than ${most} characters`,
    value: ({ most }) => `the value is larger than ${most} bytes`,
    depth: ({ most }) => `the value nests deeper than ${most}`,
    "all-values": ({ most }) => `all values together are larger than ${most} bytes`,
    "all-outputs": ({ most }) => `all outputs together are larger than ${most} bytes; name fewer steps`,
    elements: ({ by, most, count }) => `${by} walks over at most ${most} elements, not ${count}; use forEach or a tool`,
  }),
  NOT_SUPPORTED: byCase("is", {
    function: ({ name }) => `there is no function ${name}`,
    "optional-access": () => expressionProblemText({ kind: "optional-access" }),
  }),
  NULL_IN_TEXT: () => "it is null inside a text",
};

/** Wanted types that have words of their own; others stand in the notation of `output`. */
const WANTED: { readonly [type: string]: string } = {
  boolean: "true or false",
  list: "a list",
  "list | record": "a list or a record",
};

export const EVALUATION_CODES = Object.keys(EVALUATION) as readonly EvaluationCode[];

/** Why a value of a tool cannot be used. A text is that of an older log. */
export const valueProblemText = (problem: ValueProblem | string): string =>
  typeof problem === "string" ? problem : textOr(problem, () => valueProblemWords(problem));

const valueProblemWords: (problem: ValueProblem) => string = byCase("code", {
  MISFIT: ({ path, expected, found }) => `${path || "the value"}: expected ${expected}, got ${gistText(found)}`,
  SCHEMA_REFUSES: ({ text }) => text,
  NOT_JSON: notJsonText,
  UNCLEAR_ANSWER: () => 'reconcile says neither that the call happened, nor that it did not, nor "unknown"',
});
