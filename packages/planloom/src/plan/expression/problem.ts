// Problems of an expression or a reference, before a run and during evaluation, as data. In: nothing. Out: types. The
// parser, the template scanner, inference and evaluation find them. src/words/ phrases them.
import type { JsonKind } from "../json.js";

/** Why an expression or a `${{ … }}` cannot be read. `text` is the parser's message. */
export type ExpressionProblem =
  | { readonly kind: "syntax"; readonly text: string }
  | { readonly kind: "too-long" | "too-deep" | "macros-too-deep"; readonly most: number }
  | { readonly kind: "forbidden-name" | "macro-variable"; readonly name: string }
  | { readonly kind: "unknown-function" | "unknown-method"; readonly name: string; readonly known: readonly string[] }
  | {
      readonly kind: "argument-count";
      readonly name: string;
      readonly count: number;
      readonly least: number;
      readonly most: number;
    }
  | {
      readonly kind:
        | "empty"
        | "optional-access"
        | "bytes"
        | "unsigned"
        | "integer-range"
        | "has-argument"
        | "matches"
        | "open-string"
        | "single-brace"
        | "open-reference"
        | "not-whole";
    };

/** The name of an operator, function or place: `+`, `size`; `key` of a record, `condition` of `? :`. */
type User = string;

/**
 * The parameters of each problem that inference finds. Types are in the notation of `output`; `source` is as written.
 */
export interface InferenceParams {
  readonly UNKNOWN_REFERENCE: { readonly name: string };
  readonly UNREADABLE_REFERENCE: { readonly problem: ExpressionProblem };
  readonly PATH_NOT_IN_TYPE:
    | {
        readonly field: string;
        readonly type: string;
        /** Paths and names that may be meant, best first. */
        readonly near: readonly string[];
        readonly fields: readonly string[];
        readonly list: boolean;
        /** The expression that may be meant, for a size of a list or a text. */
        readonly instead?: string;
      }
    /** Some members of a union have the field. Those of `type` do not. */
    | { readonly field: string; readonly source: string; readonly type: string };
  readonly POSSIBLY_NULL:
    | { readonly source: string; readonly use: string; readonly field?: string }
    | { readonly source: string; readonly by: User; readonly wanted: string }
    | { readonly op: string; readonly left: string; readonly right: string };
  readonly TYPE_MISMATCH:
    | { readonly kind: "index"; readonly type: string; readonly by: string }
    | {
        readonly kind: "combine";
        readonly op: string;
        readonly left: string;
        readonly right: string;
        readonly always: boolean;
        /** One side is a text. */
        readonly text: boolean;
      }
    | {
        readonly kind: "need";
        readonly by: User;
        readonly wanted: string;
        readonly source: string;
        readonly type: string;
        readonly always: boolean;
      };
  readonly INTEGER_DIVISION: { readonly left: string };
  readonly NULL_IN_TEXT: { readonly source: string; readonly always: boolean };
}
export type InferenceCode = keyof InferenceParams;

type None = { readonly [name: string]: never };

/**
 * The parameters of each reason why an expression has no value, by code. `by` is an operator, function or macro.
 * `kind`, `left` and `right` are kinds of values.
 */
export interface EvaluationParams {
  readonly UNKNOWN_REFERENCE: { readonly name: string };
  readonly UNREADABLE_REFERENCE: { readonly problem: ExpressionProblem };
  readonly NO_SUCH_FIELD: { readonly name: string };
  /** The value before `.name`, or before an index, is null. */
  readonly NULL_ACCESS: { readonly name?: string };
  readonly INDEX_OUT_OF_RANGE:
    | { readonly index: number; readonly length: number }
    /** An index into a string with this many characters. */
    | { readonly by: string; readonly position: number; readonly length: number }
    | { readonly by: string; readonly start: number; readonly end: number };
  readonly TYPE_MISMATCH:
    | { readonly is: "field"; readonly kind: JsonKind; readonly name: string }
    | { readonly is: "index"; readonly kind: JsonKind; readonly by: JsonKind }
    | { readonly is: "record-key"; readonly kind: JsonKind }
    | { readonly is: "joined-item" }
    /** `wanted` is a type in the notation of `output`. Absent: there are too many arguments. */
    | { readonly is: "operand"; readonly by: string; readonly kind: JsonKind; readonly wanted?: string }
    | { readonly is: "operands"; readonly by: string; readonly left: JsonKind; readonly right: JsonKind };
  readonly CONVERSION_FAILED: { readonly by: string; readonly text: string };
  readonly DIVISION_BY_ZERO: None;
  readonly NUMBER_OUT_OF_RANGE: { readonly of: "int64" } | { readonly of: "json"; readonly number: string };
  readonly FORBIDDEN_KEY: { readonly name: string };
  readonly LIMIT_EXCEEDED:
    | { readonly of: "work" }
    | { readonly of: "string" | "value" | "depth" | "all-values" | "all-outputs"; readonly most: number }
    | { readonly of: "elements"; readonly most: number; readonly by: string; readonly count: number };
  readonly NOT_SUPPORTED: { readonly is: "optional-access" } | { readonly is: "function"; readonly name: string };
  /** A whole expression inside a longer text gave null. */
  readonly NULL_IN_TEXT: None;
}
export type EvaluationCode = keyof EvaluationParams;

export type EvaluationProblem = {
  readonly [Code in EvaluationCode]: { readonly code: Code; readonly params: EvaluationParams[Code] };
}[EvaluationCode];

/** Makes a problem. Only this function relates a code to its parameters. */
export function evaluationProblem<Code extends EvaluationCode>(
  code: Code,
  params: EvaluationParams[Code],
): EvaluationProblem {
  return { code, params } as EvaluationProblem;
}
