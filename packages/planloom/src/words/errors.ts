// The catalogue of operating errors: every code, its parameters, and its words. In: a code and its parameters. Out:
// sentences. Its parts are in errors/, by area. docs/errors.md is made from it.
import type { Sentence } from "./action.js";
import type { ErrorWords } from "./error-words.js";
import { ANSWER_ERRORS, type AnswerErrors } from "./errors/answers.js";
import { COMMAND_LINE_ERRORS, type CommandLineErrors } from "./errors/command-line.js";
import { CONFIGURATION_ERRORS, type ConfigurationErrors } from "./errors/configuration.js";
import { COMPARISON_ERRORS, type ComparisonErrors } from "./errors/comparison.js";
import { CONTEXT_ERRORS, type ContextErrors } from "./errors/context.js";
import { EXPORT_ERRORS, type ExportErrors } from "./errors/exports.js";
import { MODEL_ERRORS, type ModelErrors } from "./errors/model.js";
import { OPENAPI_ERRORS, type OpenApiErrors } from "./errors/open-api.js";
import { PLAN_ERRORS, type PlanErrors } from "./errors/plans.js";
import { PLAYBOOK_ERRORS, type PlaybookErrors } from "./errors/playbooks.js";
import { RECORDING_ERRORS, type RecordingErrors } from "./errors/recordings.js";
import { REQUEST_ERRORS, type RequestErrors } from "./errors/requests.js";
import { RUN_ERRORS, type RunErrors } from "./errors/runs.js";
import { SERVER_ERRORS, type ServerErrors } from "./errors/server.js";
import { START_ERRORS, type StartErrors } from "./errors/start.js";
import { STRATEGY_ERRORS, type StrategyErrors } from "./errors/strategies.js";
import { STORE_ERRORS, type StoreErrors } from "./errors/store.js";
import { TOOL_CALLER_ERRORS, type ToolCallerErrors } from "./errors/tool-callers.js";
import { TOOL_SERVER_ERRORS, type ToolServerErrors } from "./errors/tool-servers.js";
import { fittingNext, textOr } from "./words.js";

/** The parameters of each code. */
export interface ErrorParams
  extends
    AnswerErrors,
    CommandLineErrors,
    ConfigurationErrors,
    ComparisonErrors,
    ContextErrors,
    ExportErrors,
    ModelErrors,
    OpenApiErrors,
    PlanErrors,
    PlaybookErrors,
    RecordingErrors,
    RequestErrors,
    RunErrors,
    ServerErrors,
    StartErrors,
    StoreErrors,
    StrategyErrors,
    ToolCallerErrors,
    ToolServerErrors {}

export type ErrorCode = keyof ErrorParams;

/** The areas of the catalogue, in the order of docs/errors.md. */
export const ERROR_AREAS = {
  commandLine: COMMAND_LINE_ERRORS,
  configuration: CONFIGURATION_ERRORS,
  toolServers: TOOL_SERVER_ERRORS,
  openApi: OPENAPI_ERRORS,
  models: MODEL_ERRORS,
  plans: PLAN_ERRORS,
  playbooks: PLAYBOOK_ERRORS,
  runs: { ...RUN_ERRORS, ...ANSWER_ERRORS },
  start: { ...START_ERRORS, ...STRATEGY_ERRORS, ...COMPARISON_ERRORS },
  context: CONTEXT_ERRORS,
  recordings: RECORDING_ERRORS,
  exports: EXPORT_ERRORS,
  store: STORE_ERRORS,
  server: SERVER_ERRORS,
  requests: REQUEST_ERRORS,
  toolCallers: TOOL_CALLER_ERRORS,
};

type Catalogue = { readonly [Code in ErrorCode]: ErrorWords<ErrorParams[Code]> };

const CATALOGUE: Catalogue = Object.assign({}, ...Object.values(ERROR_AREAS)) as Catalogue;

/** A code with its parameters. */
export type ErrorSubject = { [Code in ErrorCode]: readonly [code: Code, params: ErrorParams[Code]] }[ErrorCode];

export const isErrorCode = (code: string): code is ErrorCode => Object.hasOwn(CATALOGUE, code);

/** The entry of a code. */
export const errorWords = <Code extends ErrorCode>(code: Code): ErrorWords<ErrorParams[Code]> => CATALOGUE[code];

/** What happened, and to what. */
export function errorText(code: ErrorCode, params: ErrorParams[ErrorCode]): string {
  return textOr({ code, ...params }, () => (CATALOGUE[code] as ErrorWords<unknown>).message(params));
}

/** What to do next about an error, for a surface to word. */
export function errorNext(code: ErrorCode, params: ErrorParams[ErrorCode]): Sentence {
  return fittingNext(params, () => (CATALOGUE[code] as ErrorWords<unknown>).next(params)) ?? ["See docs/errors.md."];
}
