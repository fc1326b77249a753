// What can be wrong with an expression or a reference before anything runs, as data. In: nothing. Out: types.
// The parser, the template scanner and inference find these; src/words phrases them.

/** Why an expression or a `${{ … }}` cannot be read. `text` is the parser's own. */
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

/** What an operator, function or place of an expression is called: `+`, `size`; `key` of a record, `condition` of `? :`. */
type User = string;

/** The parameters of each problem that inference finds. Types are in the notation of `output`; `source` is as written. */
export interface InferenceParams {
  readonly UNKNOWN_REFERENCE: { readonly name: string };
  readonly UNREADABLE_REFERENCE: { readonly problem: ExpressionProblem };
  readonly PATH_NOT_IN_TYPE:
    | {
        readonly field: string;
        readonly type: string;
        /** Paths and names that may be meant, the best first. */
        readonly near: readonly string[];
        readonly fields: readonly string[];
        readonly list: boolean;
      }
    /** Some members of a union have the field, those of `type` do not. */
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
        /** One side is text. */
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
