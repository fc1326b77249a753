// The words for failures of a run: what went wrong, and what to do next. In: a failure as an event holds it. Out:
// sentences. The text of a tool, a model or a server is shown as it is.
import { isObject } from "../plan/json.js";
import { findingWords } from "./findings.js";
import type { FailureCause } from "../run/event.js";
import type { ExpressionParams, Failure, FailureParams, ItemsParams, ReplyProblem } from "../run/failure.js";
import type { Sentence } from "./action.js";
import type { EvaluationCode, EvaluationProblem } from "../plan/expression/problem.js";
import type { Mismatch } from "../plan/type/type.js";
import { gistText, kindText } from "./phrases.js";
import { evaluationText } from "./problems.js";
import { errorWords, isErrorCode } from "./errors.js";
import { textOr, type Table, type Words } from "./words.js";

// Parts

const where = (path: string | undefined, whole: string): string => (path === "" ? whole : `${whole} at ${path}`);

const misfit = ({ path, expected, found }: Mismatch, whole: string): string =>
  `${where(path, whole)} must be ${expected}, but is ${gistText(found)}`;

/** Up to a millionth of a dollar. */
const amount = (value: number): string => String(Math.round(value * 1e6) / 1e6);

const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? "" : "s"}`;

const UNITS: { readonly [limit: string]: string } = {
  modelCalls: "model calls",
  tokens: "tokens",
  costUsd: "US dollars",
  wallMs: "ms",
};

/** Why a model's reply cannot be used: one sentence, which the model reads too. */
export function problemText(problem: ReplyProblem): string {
  switch (problem.code) {
    case "EMPTY":
      return "The reply has no text.";
    case "CUT":
      return "The reply was cut by the output limit; write a shorter one.";
    case "WITHHELD":
      return "The provider's content filter withheld the reply.";
    case "NOT_AN_OBJECT":
      return "The reply is not a JSON object.";
    case "NO_VERDICT":
      return "The reply gives none of the verdicts that were asked for.";
    case "NO_PLAN":
      return "The plan is to be changed, but the reply holds no plan.";
    case "NOT_JSON":
      return `The reply is not JSON of the type ${problem.type}.`;
    case "TOO_DEEP":
      return `The value nests deeper than ${problem.limit} levels.`;
    case "MISFIT":
      return `${problem.path === "" ? "The value" : problem.path} should be ${problem.expected}, but is ${gistText(problem.found)}.`;
  }
}

export const TRACE: Sentence = [{ action: "trace" }, " shows what each step read and wrote."];
const RETRY: Sentence = [{ action: "retry" }, " goes on once that is mended."];

/** An expression without a value. The fix is in the expression, or in the types of the steps before it. */
const expression = <Code extends EvaluationCode>(code: Code): Words<ExpressionParams<Code>> => ({
  message: ({ where: place, expression: source, problem }) =>
    `${place}: ${source === undefined ? "" : `${source}: `}${evaluationText({ code, params: problem } as EvaluationProblem)}`,
  next: () => [
    { action: "trace" },
    " shows what the steps before it gave. Mend the expression, or the `output` of those steps.",
  ],
});

const ABORTED: { readonly [how in FailureParams["ABORTED"]["how"]]: string } = {
  stopped: "the call was stopped",
  "given-up": "a person gave the step up",
  "not-called": "the call was not made",
  "not-called-again": "the call was not made again",
};

const ENDED = { cancelled: "the run is being cancelled", "out-of-time": "the time of the run is over" };

const TIMEOUT: { readonly [of in FailureParams["TIMEOUT"]["of"]]: readonly [message: string, next: string] } = {
  call: ["the call did not end", "Give the step a longer `timeout`, or make the tool faster."],
  agent: ["the agent step did not end", "Give the step a longer `timeout`, or make it smaller."],
  planner: ["the planner function gave no plan", "Make the function faster, or let it give up by itself."],
};

const STRONGER: Sentence = [
  { action: "trace" },
  " shows the turns. Make the instruction clearer, or use a stronger model.",
];

export const FAILURES: Table<FailureParams> = {
  APPROVAL_EXPIRED: {
    message: () => "nobody approved in time",
    next: () => [
      { action: "retry" },
      " asks for it again. ",
      { action: "set", setting: "limits.approvalMs" },
      " gives approvals more time.",
    ],
  },
  REJECTED: {
    message: ({ because }) =>
      because === "no-planner"
        ? "the plan was rejected, and there is no planner to write another one"
        : "too many plans were rejected",
    next: () => [{ action: "retry", plan: true }, " goes on with another plan. For another goal start a new run."],
  },
  CALL_REJECTED: { message: ({ comment }) => `the call was rejected${comment ? `: ${comment}` : ""}` },
  ABORTED: {
    message: ({ how, why }) => `${why === undefined ? "" : `${ENDED[why]}, so `}${ABORTED[how] ?? ABORTED.stopped}`,
  },
  PLAN_INVALID: {
    message: ({ rounds, why, finding, failed = [] }) =>
      [
        `the planner gave no valid plan in ${count(rounds, "round")}`,
        why === "no-rounds-left" ? "no more are allowed" : "repair stopped early, because nothing improved",
        ...(finding ? [`the last one: ${finding.code}: ${findingWords(finding).message}`] : []),
        ...failed.map(({ step, error }) => `step ${step} had failed: ${failureLine(error).slice(0, 300)}`),
      ].join("; "),
    next: () => [
      "Use a stronger planner model, or state the goal more simply. ",
      { action: "events" },
      " shows every round.",
    ],
  },
  CRASHED: { message: () => "the process ended during the call" },
  POISON_STEP: {
    message: ({ crashes }) => `${count(crashes, "process")} ended during this call`.replace("processs", "processes"),
    next: () => ["Find out what the tool does to its process, and mend that. Then ", ...RETRY],
  },
  EVENT_LIMIT: {
    message: ({ limit }) => `the run has ${limit} events, which is the limit`,
    next: () => ["Divide the work among several runs: fewer items, fewer attempts, or smaller plans."],
  },
  BUDGET_EXHAUSTED: {
    message: ({ limit, allowed, wanted }) =>
      `the run may use ${amount(allowed)} ${UNITS[limit] ?? limit}, and ${
        limit === "wallMs" ? "they are over" : `with one more model call it could be ${amount(wanted)}`
      }`,
    next: ({ limit }) => [
      "Raise ",
      { action: "set", setting: `budget.${limit ?? "tokens"}` },
      " and retry the run: ",
      { action: "retry" },
      ". What it has finished is kept.",
    ],
  },
  WHEN_NOT_BOOLEAN: {
    message: ({ got }) => `when gave ${kindText(got)}, not true or false`,
    next: () => ["Write a comparison, for example ${{ a.count > 0 }}."],
  },
  FOREACH_NOT_A_LIST: {
    message: ({ got }) => `forEach gave ${kindText(got)}, not a list`,
    next: () => ["Refer to a list, or declare the list as that step's output."],
  },
  FAN_OUT_LIMIT: {
    message: ({ items, limit }) => `forEach gave ${items} items; the limit is ${limit}`,
    next: () => ["Shorten the list, or raise ", { action: "set", setting: "limits.fanOut" }, "."],
  },
  ARGUMENT_DEPTH: {
    message: ({ limit }) => `the arguments nest deeper than ${limit} levels`,
    next: () => ["Hand on only the part that the tool needs."],
  },
  ARGUMENT_TYPE: {
    message: ({ tool, path, expected, found }) =>
      `argument ${path || "/"} of ${tool} must be ${expected}, but is ${gistText(found)}`,
    next: () => ["Declare the `output` of the step that it comes from, or convert it in the expression."],
  },
  OUTPUT_MISMATCH: {
    message: (params) =>
      "problem" in params
        ? `the result of the step does not fit: ${problemText(params.problem)}`
        : misfit(params, "the output"),
    next: () => ["Change the step's `output` to what it really gives, or its instruction so that it gives this."],
  },
  EXPECT_FAILED: {
    message: (params) => {
      const { expect } = params;
      if ("problem" in params) return `expect ${expect}: ${evaluationText(params.problem)}`;
      return `expect ${expect} gave ${params.got === false ? "false" : kindText(params.got)}`;
    },
    next: () => [{ action: "trace" }, " shows the output. Mend the step, or what is expected of it."],
  },
  ITEMS_FAILED: { message: itemsText },
  NO_MODEL: {
    message: ({ role }) => `there is no ${role} model`,
    next: ({ role }) => ["Name one: ", { action: "set-model", role }, "."],
  },
  NO_PLANNER: {
    message: ({ for: what }) =>
      what === "review" ? "there is no planner model that could review the plan" : "there is no planner model",
    next: ({ for: what }) =>
      what === "review"
        ? ["Name one: ", { action: "set-model", role: "planner" }, "; or set `replan` to on-failure."]
        : [
            "Name one: ",
            { action: "set-model", role: "planner" },
            "; or go on with a plan: ",
            { action: "retry", plan: true },
            ".",
          ],
  },
  TIMEOUT: {
    message: ({ of, ms }) => `${(TIMEOUT[of] ?? TIMEOUT.call)[0]} within ${ms} ms`,
    next: ({ of }) => [(TIMEOUT[of] ?? TIMEOUT.call)[1]],
  },
  TOOL_THREW: { message: () => "the tool threw an error without a text" },
  TOOL_GONE: {
    message: ({ tool, asked }) =>
      asked === true
        ? `the tool ${tool} is not there any more, or cannot say any more what became of its call`
        : `the tool ${tool}, which the plan was checked against, is not there any more`,
    next: () => ["Add the tool to the configuration. Then ", ...RETRY],
  },
  BAD_ARGUMENTS: {
    message: ({ tool, problem }) => `the arguments of ${tool} do not fit: ${problem}`,
    next: () => ["Change `with`; a model corrects its own call."],
  },
  BAD_OUTPUT: {
    message: ({ tool, problem }) => `the output of ${tool} cannot be used: ${problem}`,
    next: () => ["Mend the tool, or its output schema."],
  },
  SECRET_UNKNOWN: {
    message: ({ secret }) => `there is no secret ${secret}`,
    next: () => ["Add it: ", { action: "set", setting: "secrets" }, "."],
  },
  RECONCILE_UNKNOWN: { message: ({ tool }) => `${tool} does not know what became of its call` },
  OUTCOME_UNKNOWN: { message: ({ tool }) => `it is not known whether the call of ${tool} took effect` },
  BUDGET_UNPRICED: {
    message: ({ model }) => `the run has a budget in US dollars, and the price of the model "${model}" is not known`,
    next: ({ model }) => [
      `Give the price of ${model === undefined ? "the model" : `"${model}"`} (0 for a machine of your own): `,
      { action: "set", setting: "prices" },
      ". Then ",
      ...RETRY,
    ],
  },
  JOURNAL_DIVERGED: {
    message: ({ recorded, now, call }) =>
      `the journal holds "${recorded}" where the attempt now comes to "${now}" (call ${call})`,
  },
  INTERNAL: { message: () => "something was thrown that Planloom does not know" },
  INTERRUPTED: { message: () => "the work was interrupted" },
  TURN_LIMIT: {
    message: ({ turns }) => `the step gave no result within ${turns} turns`,
    next: () => ["Make the step smaller, or raise ", { action: "set", setting: "limits.turns" }, "."],
  },
  AGENT_REPEATS: {
    message: ({ tool, args, others, times }) =>
      `the step goes round in circles: it has called ${tool}(${args})${
        others === 0 ? "" : ` and ${others} more`
      } ${times} times, with the same result each time`,
    next: () => STRONGER,
  },
  MODEL_REFUSED: {
    message: ({ what }) => `the provider's content filter withheld the ${what}`,
    next: () => STRONGER,
  },
  STEP_NOT_DONE: {
    message: () => "the model says that it cannot do the step, and gives no reason",
    next: () => STRONGER,
  },
  FILL_FAILED: {
    message: ({ tool, problem }) => `no arguments that fit ${tool} were written: ${problemText(problem)}`,
  },
  REVIEW_UNREADABLE: { message: ({ problem }) => `the reviewer gave no verdict: ${problemText(problem)}` },
  ANSWER_EMPTY: { message: () => "the synthesizer wrote nothing" },
  UNKNOWN_REFERENCE: expression("UNKNOWN_REFERENCE"),
  NO_SUCH_FIELD: expression("NO_SUCH_FIELD"),
  NULL_ACCESS: expression("NULL_ACCESS"),
  INDEX_OUT_OF_RANGE: expression("INDEX_OUT_OF_RANGE"),
  TYPE_MISMATCH: expression("TYPE_MISMATCH"),
  CONVERSION_FAILED: expression("CONVERSION_FAILED"),
  DIVISION_BY_ZERO: expression("DIVISION_BY_ZERO"),
  NUMBER_OUT_OF_RANGE: expression("NUMBER_OUT_OF_RANGE"),
  FORBIDDEN_KEY: expression("FORBIDDEN_KEY"),
  LIMIT_EXCEEDED: expression("LIMIT_EXCEEDED"),
  NOT_SUPPORTED: expression("NOT_SUPPORTED"),
  UNREADABLE_REFERENCE: expression("UNREADABLE_REFERENCE"),
  NULL_IN_TEXT: expression("NULL_IN_TEXT"),
};

function itemsText({ items: { failed, total, first } }: ItemsParams): string {
  const example = first === undefined ? "" : `; item ${first.item}: ${failureText(first.error)}`;
  return `${failed} of ${total} items failed${example}`;
}

/** The words of a code: a failure of a run, or an operating error of a model or the store that became one. */
function wordsOf(code: string): Words<unknown> | undefined {
  if (Object.hasOwn(FAILURES, code)) return FAILURES[code as keyof FailureParams] as Words<unknown>;
  return isErrorCode(code) ? (errorWords(code) as Words<unknown>) : undefined;
}

/** The words of a failure with its parameters. undefined if it has its own text, or an unknown code. */
function worded({ code, params, text }: Failure): (() => string) | undefined {
  const words = text !== undefined && params === undefined ? undefined : wordsOf(code);
  return words && (() => words.message({ ...params, ...(text === undefined ? {} : { text }) }));
}

const itemsIn = ({ params }: Failure): ItemsParams | undefined =>
  params !== undefined && isObject(params["items"]) ? (params as unknown as ItemsParams) : undefined;

/** What went wrong. Own words of a tool, a model or a server are shown as they are. */
export function failureText(failure: Failure): string {
  const { code, params, text } = failure;
  const items = itemsIn(failure);
  const known = items === undefined ? worded(failure) : () => itemsText(items);
  return textOr({ code, ...params }, () => known?.() ?? text);
}

/** `TIMEOUT: the call did not end within 60000 ms`. */
export const failureLine = (failure: Failure): string => `${failure.code}: ${failureText(failure)}`;

/** What to do next. undefined if nothing is known. */
export function failureNext(failure: Failure): Sentence | undefined {
  try {
    return nextOf(failure);
  } catch {
    // Parameters of an edited log.
    return undefined;
  }
}

function nextOf(failure: Failure): Sentence | undefined {
  const first = itemsIn(failure)?.items.first;
  if (first !== undefined) return nextOf(first.error);
  const { code, params } = failure;
  // A version-1 log has no parameters, so the advice on a failure of a run has no details.
  return params === undefined && !Object.hasOwn(FAILURES, code) ? undefined : wordsOf(code)?.next?.(params ?? {});
}

/** Why a run failed: the failure, and the step or role that it belongs to. */
export function runFailureText(error: Failure, cause: FailureCause | undefined): string {
  if (cause === undefined) return failureText(error);
  return "step" in cause
    ? `step ${cause.step}: ${failureText(error)}`
    : `the review of the plan failed: ${failureText(error)}`;
}

/** What to do about a call in doubt. */
export const SETTLE: Sentence = ["Find out whether it happened, then settle it: ", { action: "settle" }, "."];
