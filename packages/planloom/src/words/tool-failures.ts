// The catalogue of the errors of the built-in tools: every code, its parameters, and its words. In: a code and its
// parameters. Out: whole sentences, for models and persons. Its parts are in tools/, by tool.
import type { Sentence } from "./action.js";
import { ARITHMETIC_FAILURES, type ArithmeticFailures } from "./tools/arithmetic.js";
import { FETCH_FAILURES, type FetchFailures } from "./tools/fetch.js";
import { FILE_FAILURES, type FileFailures } from "./tools/files.js";
import { HTTP_FAILURES, type HttpFailures } from "./tools/http.js";
import { SQL_FAILURES, type SqlFailures } from "./tools/sql.js";
import { SERVER_FAILURES, type ServerFailures } from "./tools/servers.js";
import type { ToolWords } from "./tools/tool-words.js";
import { fittingNext, textOr } from "./words.js";

/** The parameters of each code. */
export interface ToolFailureParams
  extends ArithmeticFailures, FileFailures, FetchFailures, SqlFailures, HttpFailures, ServerFailures {}

export type ToolFailureCode = keyof ToolFailureParams;

/** The tools of the catalogue, in the order of docs/errors.md. */
export const TOOL_AREAS = {
  calculate: ARITHMETIC_FAILURES,
  files: FILE_FAILURES,
  fetch: FETCH_FAILURES,
  sql: SQL_FAILURES,
  servers: SERVER_FAILURES,
  http: HTTP_FAILURES,
};

type Catalogue = { readonly [Code in ToolFailureCode]: ToolWords<ToolFailureParams[Code]> };

const CATALOGUE: Catalogue = Object.assign({}, ...Object.values(TOOL_AREAS)) as Catalogue;

/** The entry of a code; undefined for a code that no built-in tool has. */
export function toolWords(code: string): ToolWords<unknown> | undefined {
  return Object.hasOwn(CATALOGUE, code) ? (CATALOGUE[code as ToolFailureCode] as ToolWords<unknown>) : undefined;
}

/** What a code of a built-in tool says, and whether the call may succeed later. */
export function toolFailureWords<Code extends ToolFailureCode>(
  code: Code,
  params: ToolFailureParams[Code],
): { readonly message: string; readonly next: Sentence | undefined; readonly retryable: boolean } {
  const words = CATALOGUE[code];
  return {
    message: textOr({ code, ...params }, () => words.message(params)),
    next: fittingNext(params, () => words.next?.(params)),
    retryable: words.retryable ?? false,
  };
}
