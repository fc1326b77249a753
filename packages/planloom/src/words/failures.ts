// The words for failures of a run: what went wrong, and what to do next. In: a failure as an event holds it. Out:
// sentences. The text of a tool, a model or a server is shown as it is.
import { isObject } from "../plan/json.js";
import { findingWords } from "./findings.js";
import type { FailureCause } from "../run/event.js";
import { beginning } from "../beginning.js";
import type { Cause, ExpressionParams, Failure, FailureParams, ItemsParams } from "../run/failure.js";
import type { ApprovalReason } from "../run/reason.js";
import type { Sentence } from "./action.js";
import type { EvaluationCode, EvaluationProblem } from "../plan/expression/problem.js";
import type { Mismatch } from "../plan/type/type.js";
import { approvalReasonText } from "./approval-reasons.js";
import { counted, gistText, kindText } from "./phrases.js";
import { evaluationText, valueProblemText } from "./problems.js";
import { clause, problemText } from "./reply-problems.js";
import { errorWords, isErrorCode } from "./errors.js";
import { setUpNext } from "./set-up.js";
import { TOOL_QUESTIONS } from "./tool-questions.js";
import { toolWords } from "./tool-failures.js";
import { fittingNext, fittingText, textOr, type Table, type Words } from "./words.js";

// Parts

const where = (path: string | undefined, whole: string): string => (path === "" ? whole : `${whole} at ${path}`);

const misfit = ({ path, expected, found }: Mismatch, whole: string): string =>
  `${where(path, whole)} must be ${expected}, but is ${gistText(found)}`;

/** Up to a millionth of a dollar. */
const amount = (value: number): string => String(Math.round(value * 1e6) / 1e6);

const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? "" : "s"}`;

const UNFIT: { readonly [from in FailureParams["ANSWER_INVALID"]["from"]]: string } = {
  synthesizer: "the synthesizer's answer does not fit",
  value: "the plan's `answer.value` does not fit",
  outputs: "the outputs that make the answer do not fit",
};

const UNITS: { readonly [limit: string]: string } = {
  modelCalls: "model calls",
  tokens: "tokens",
  costUsd: "US dollars",
  wallMs: "ms",
};

export const TRACE: Sentence = [{ action: "trace" }, " shows what each step read and wrote."];
const RETRY: Sentence = [{ action: "retry" }, " continues the run."];

/** An expression without a value. `hint`: how expressions avoid this. */
const expression = <Code extends EvaluationCode>(code: Code, hint: string): Words<ExpressionParams<Code>> => ({
  message: ({ where: place, expression: source, problem }) =>
    `${place}: ` +
    `${source === undefined ? "" : `${source}: `}${evaluationText({ code, params: problem } as EvaluationProblem)}`,
  next: () => [
    hint,
    " Correct the expression, or the `output` of the steps before it: ",
    { action: "trace" },
    " shows what they gave.",
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
  "sub-plan": ["the sub-plan did not end", "Give the step a longer `timeout`, or a smaller goal."],
};

const NEEDED = {
  answer: "the step asks a person",
  plan: "the plan needs a person's approval",
  call: "the call needs a person's approval",
};

const STRONGER: Sentence = [
  { action: "trace" },
  " shows the turns. Make the instruction clearer, or use a stronger model: ",
  { action: "set-model", role: "executor" },
  ".",
];

const STRONGER_PLANNER: Sentence = [
  "Use a stronger planner model with ",
  { action: "set-model", role: "planner" },
  ", or state the goal more simply.",
];

/** What to do about a call in doubt. */
export const SETTLE: Sentence = ["Find out whether it happened, then settle it: ", { action: "settle" }, "."];

/** What to do about a call that acted with an unusable output. */
export const USE: Sentence = [
  "The call is not repeated. Give a value in the place of its output, skip the step, let it fail, or order the call " +
    "again, which acts twice: ",
  { action: "settle", unusable: true },
  ".",
];

/** What to do about a call that could not be undone. */
export const UNDO_SETTLE: Sentence = [
  "The undoing has stopped. Try it again, undo the call by hand and say so, or leave its effect: ",
  { action: "settle", undoing: true },
  ".",
];

/** The variables that name the model of a role. */
const variables = (role: string): string =>
  `PLANLOOM_${role.toUpperCase()}_MODEL (and PLANLOOM_${role.toUpperCase()}_BASE_URL)`;

export const FAILURES: Table<FailureParams> = {
  ...TOOL_QUESTIONS,
  APPROVAL_EXPIRED: {
    message: () => "nobody approved in time",
    next: () => [
      { action: "retry" },
      " asks for it again. ",
      { action: "set", setting: "limits.approvalMs" },
      " gives approvals more time.",
    ],
  },
  NEEDS_PERSON: {
    message: ({ what, reason }) =>
      `${NEEDED[what] ?? NEEDED.call}, and nobody attends this ` +
      `run${reason === undefined ? "" : `: ${approvalReasonText(reason as ApprovalReason)}`}`,
    next: () => [
      "Answer such questions yourself with ",
      { action: "set", setting: "attended" },
      ", and ",
      { action: "retry" },
      " the run. A plan whose destinations are literals, inputs or outputs of trusted tools needs no answer.",
    ],
  },
  REJECTED: {
    message: ({ because }) =>
      because === "limit"
        ? "too many plans were rejected"
        : "the plan was rejected, and no planner is set to write another one",
    next: () => [{ action: "retry", plan: true }, " continues with another plan. For another goal start a new run."],
  },
  CALL_REJECTED: {
    message: ({ comment }) => `the call was rejected${comment ? `: ${comment}` : ""}`,
    next: () => ["Change the plan. With `onFailure: skip` the run goes on without the step."],
  },
  NOT_HAPPENED: {
    message: () => "the call was interrupted, and a person says that it did not happen",
    next: () => ["Nothing is to be done: the model of the step may make the call again."],
  },
  ABORTED: {
    message: ({ how, why }) => `${why === undefined ? "" : `${ENDED[why]}, so `}${ABORTED[how] ?? ABORTED.stopped}`,
    next: () => TRACE,
  },
  PLAN_INVALID: {
    message: ({ rounds, why, finding, failed = [] }) =>
      [
        ...failed.map(({ step, error }) => `step ${step} had failed: ${beginning(failureLine(error), 300)}`),
        `the planner gave no valid plan in ${count(rounds, "round")}`,
        WHY_NOT_MENDED[why],
        ...(finding ? [`the last one: ${finding.code}: ${clause(findingWords(finding).message)}`] : []),
      ].join("; "),
    next: ({ finding, failed = [] }) => [
      ...(setUpNext([finding]) ?? (failed[0] && (failureNext(failed[0].error) ?? TRACE)) ?? STRONGER_PLANNER),
      " ",
      { action: "events" },
      " shows every round.",
    ],
  },
  CRASHED: { message: () => "the process ended during the call", next: () => SETTLE },
  TAKEN_OVER: {
    message: () => "the run was taken over during the call, from a process that may still be calling",
    next: () => ["End that process, or wait for the end of the call. ", ...SETTLE],
  },
  POISON_STEP: {
    message: ({ crashes }) => `${crashes} processes in a row ended during this call`,
    next: () => ["Find out what the tool does to its process, and correct that. Then ", ...RETRY],
  },
  EVENT_LIMIT: {
    message: ({ limit }) => `the run has ${limit} events, which is the limit`,
    next: () => ["Divide the work among several runs: fewer items, fewer attempts, or smaller plans."],
  },
  BUDGET_EXHAUSTED: {
    message: ({ limit, allowed, wanted }) =>
      `the run may use ${amount(allowed)} ${UNITS[limit] ?? limit}${
        limit === "wallMs" ? ", and that time is over" : `, but one more model call could bring it to ${amount(wanted)}`
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
  REPEAT_NOT_MET: {
    message: ({ rounds, until }) => `after ${counted(rounds ?? 0, "round")}, ${until} is still false`,
    next: () => [
      { action: "trace" },
      " shows the output of each round. Retry the run for more rounds (",
      { action: "retry" },
      "), or write `otherwise: last` if the last output will do.",
    ],
  },
  UNTIL_NOT_BOOLEAN: {
    message: (params) => {
      const { until } = params;
      if ("problem" in params) return `until ${until} has no value: ${evaluationText(params.problem)}`;
      return `until ${until} gave ${kindText(params.got)}, not true or false`;
    },
    next: () => ["Write a comparison, for example ${{ output.score >= 8 }}."],
  },
  FAN_OUT_LIMIT: {
    message: ({ items, limit }) => `forEach gave ${items} items; the limit is ${limit}`,
    next: () => ["Shorten the list, or raise ", { action: "set", setting: "limits.fanOut" }, "."],
  },
  SUBPLAN_DEPTH: {
    message: ({ most }) => `a sub-plan would be nested deeper than ${most} levels`,
    next: () => ["Plan these steps where they are, instead of as a goal of their own."],
  },
  SUBPLAN_FAILED: {
    message: ({ run, error }) => `its run ${run} has failed: ${failureText(error)}`,
    next: ({ run }) => [{ action: "show", runId: run }, " shows what it did."],
  },
  SUBPLAN_CANCELLED: {
    message: ({ run, comment }) => `its run ${run} was cancelled${comment === "" ? "" : `: ${comment}`}`,
    next: ({ run }) => [{ action: "show", runId: run }, " shows what it did."],
  },
  SUBPLAN_GONE: {
    message: ({ run }) => `its run ${run} was deleted`,
    next: () => ["Retry the run from this step: it then begins another one."],
  },
  SUBPLAN_ID_TAKEN: {
    message: ({ run }) => `the run ${run} is not a run of this step, and has its id`,
    next: ({ run }) => [
      { action: "show", runId: run },
      " shows it. Or retry from this step: it then begins a run with another id.",
    ],
  },
  SUBPLAN_UNREADABLE: {
    message: ({ run }) => `its run ${run} cannot be read`,
    next: ({ run }) => [
      { action: "show", runId: run },
      " says why. Or retry from this step: it then begins another run.",
    ],
  },
  SUBPLAN_NOT_UNDONE: {
    message: ({ run }) => `calls of its run ${run} are not undone`,
    next: ({ run }) => [{ action: "show", runId: run }, " shows which, and why."],
  },
  SUBPLAN_UNDOING_WAITS: {
    message: ({ run }) => `the undoing of its run ${run} waits for a person`,
    next: ({ run }) => ["Decide there first: ", { action: "show", runId: run }, ". Then try again."],
  },
  SUBPLAN_UNSUPPORTED: {
    message: () => "the engine of this process runs no sub-plans",
    next: () => ["Use the local engine, or an engine that has `children`."],
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
    message: (params) => {
      if ("problem" in params) return `the result of the step does not fit: ${clause(problemText(params.problem))}`;
      return params.acted === true
        ? `the call has acted, but ${misfit(params, "its output")}`
        : misfit(params, "the output");
    },
    next: (params) =>
      "problem" in params && (params.problem.code === "CALL_IN_TEXT" || params.problem.code === "CALL_ANNOUNCED")
        ? ["Set a model that calls tools with ", { action: "set", setting: "models.executor" }, "."]
        : ["Change the step's `output` to what it really gives, or its instruction so that it gives this."],
  },
  EXPECT_FAILED: {
    message: (params) => {
      const { expect } = params;
      if ("problem" in params) return `expect ${expect} has no value: ${evaluationText(params.problem)}`;
      return `expect ${expect} gave ${params.got === false ? "false" : kindText(params.got)}`;
    },
    next: () => [{ action: "trace" }, " shows the output. Correct the step, or what is expected of it."],
  },
  EXPECT_NOT_MET: {
    message: ({ expect, says }) => `the output does not meet "${expect}"${says === "" ? "" : `: ${clause(says)}`}`,
    next: () => [{ action: "trace" }, " shows the output. Correct the step, or what is expected of it."],
  },
  EXPECT_NOT_JUDGED: {
    message: ({ expect, because }) => `nobody judged the output by "${expect}": ${failureText(because)}`,
    next: () => ["Set a model that judges, or write a condition in ${{ }} instead. Then ", ...RETRY],
  },
  ITEMS_FAILED: {
    message: itemsText,
    next: () => [{ action: "trace" }, " shows the items. With `onFailure: skip` the run goes on without them."],
  },
  NO_MODEL: {
    message: ({ role }) => `no ${role} model is set`,
    next: ({ role = "executor" }) => [
      `Set ${variables(role)}, or name a model with `,
      { action: "set-model", role },
      ". Then ",
      ...RETRY,
    ],
  },
  NO_PLANNER: {
    message: ({ for: what }) =>
      what === "review" ? "no planner model is set that can review the plan" : "no planner model is set",
    next: ({ for: what }) =>
      what === "review"
        ? ["Name one with ", { action: "set-model", role: "planner" }, ", or set `replan` to on-failure."]
        : [
            `Set ${variables("planner")}, or name a model with `,
            { action: "retry", model: "planner" },
            ". Or give the run a plan with ",
            { action: "retry", plan: true },
            ".",
          ],
  },
  TIMEOUT: {
    message: ({ of, ms }) => `${(TIMEOUT[of] ?? TIMEOUT.call)[0]} within ${ms} ms`,
    next: ({ of }) => [(TIMEOUT[of] ?? TIMEOUT.call)[1]],
  },
  TOOL_THREW: {
    message: ({ threw }) =>
      threw === undefined ? "the tool threw an error without a text" : `the tool threw ${thrownText(threw)}`,
    next: () => ["Have the tool throw a ToolError that says what happened."],
  },
  NOT_SIMULATED: {
    message: ({ tool }) =>
      `${tool} acts, and the effects of this run are simulated: the call was not made, and no value of its output ` +
      "type can say that it is made up",
    next: () => ["Give the output of the tool a field with text. Or ", { action: "start" }, " starts a run that acts."],
  },
  TOOL_GONE: {
    message: ({ tool, asked }) =>
      asked === true
        ? `the tool ${tool} is missing, or has no \`reconcile\`, so it cannot say what became of its call`
        : tool.includes(".")
          ? `the server no longer has the tool ${tool}, which the plan was checked against`
          : `the tool ${tool}, which the plan was checked against, is missing`,
    next: ({ tool }) =>
      tool.includes(".")
        ? ["Run the goal again with another plan, or bring the tool back. Then ", ...RETRY]
        : ["Add the tool to the configuration. Then ", ...RETRY],
  },
  CANNOT_UNDO: {
    message: ({ tool }) => `the tool ${tool} is missing, or has no \`compensate\`, so its call cannot be undone`,
    next: () => [
      "Add `compensate` to the tool, or undo the call by hand. Then say so: ",
      { action: "settle", undoing: true },
      ".",
    ],
  },
  BAD_ARGUMENTS: {
    message: ({ tool, problem }) => `the arguments of ${tool} do not fit: ${valueProblemText(problem)}`,
    next: () => ["Change `with`. A model corrects its own call."],
  },
  BAD_OUTPUT: {
    message: ({ tool, problem, acted }) =>
      acted === true
        ? `${tool} has acted, but its output cannot be used: ${valueProblemText(problem)}`
        : `the output of ${tool} cannot be used: ${valueProblemText(problem)}`,
    next: ({ acted }) => [
      `${acted === true ? "The call is not repeated. " : ""}Correct the tool, or its output schema.`,
    ],
  },
  SECRET_UNKNOWN: {
    message: ({ secret }) => `the secret ${secret} is not in the configuration`,
    next: () => ["Add it under ", { action: "set", setting: "secrets" }, ". Then ", ...RETRY],
  },
  RECONCILE_UNKNOWN: { message: ({ tool }) => `${tool} does not know what became of its call`, next: () => SETTLE },
  OUTCOME_UNKNOWN: {
    message: ({ tool }) => `it is not known whether the call of ${tool} took effect`,
    next: () => SETTLE,
  },
  BUDGET_UNPRICED: {
    message: ({ model }) => `the budget is in US dollars, but the price of the model "${model}" is not known`,
    next: ({ model }) => [
      `Give the price of ${model === undefined ? "the model" : `"${model}"`} (0 for a machine of your own) under `,
      { action: "set", setting: "prices" },
      ". Then ",
      ...RETRY,
    ],
  },
  JOURNAL_DIVERGED: {
    message: ({ recorded, now, call }) =>
      `the journal holds "${recorded}" where the attempt now comes to "${now}" (call ${call})`,
    next: () => [
      "The tools or the prompts have changed since. If no call of the step acted, the next attempt is a new " +
        "conversation. If one did, ",
      { action: "retry" },
      " continues the step where they are as before.",
    ],
  },
  INTERNAL: {
    message: () => "an error without a code was thrown",
    next: () => ["Correct it if a model, a planner or a tool of yours threw it. Report it if not."],
  },
  INTERRUPTED: { message: () => "the work was interrupted", next: () => [{ action: "resume" }, " continues the run."] },
  TURN_LIMIT: {
    message: ({ turns }) => `the step gave no result within ${turns} turns`,
    next: ({ strategy }) =>
      strategy === undefined
        ? ["Make the step smaller, or raise ", { action: "set", setting: "limits.turns" }, "."]
        : [
            "Start the goal with another strategy: ",
            { action: "start", strategy: strategy === "tools" ? "react" : "plan" },
            ". Or raise ",
            { action: "set", setting: "limits.turns" },
            ".",
          ],
  },
  AGENT_REPEATS: {
    message: ({ tool, args, others, times }) =>
      `the step repeats itself: it has called ${tool}(${args})${
        others === 0 ? "" : ` and ${others} more`
      } ${times} times, with the same result each time`,
    next: () => [...STRONGER, " A tool that is polled should wait by itself, or say something new each time."],
  },
  MODEL_REFUSED: {
    message: ({ what }) => `the provider's content filter withheld the ${what}`,
    next: () => ["Use other words, or another model."],
  },
  STEP_NOT_DONE: {
    message: () => "the model says that it cannot do the step, and gives no reason",
    next: () => ["Give the step other data, other tools or a clearer instruction. ", ...TRACE],
  },
  FILL_FAILED: {
    message: ({ tool, problem }) => `the model wrote no arguments that fit ${tool}: ${clause(problemText(problem))}`,
    next: () => ["Write the arguments in `with`, or make `fill` clearer."],
  },
  REVIEW_UNREADABLE: {
    message: ({ problem }) => `the reviewer gave no verdict: ${clause(problemText(problem))}`,
    next: () => [
      "Use a stronger planner model with ",
      { action: "set-model", role: "planner" },
      ', or set `replan: "on-failure"`.',
    ],
  },
  JUDGE_UNREADABLE: {
    message: ({ of, problem }) =>
      `the ${of === "answer" ? "critic of the answer" : "judge of the output"} gave no verdict: ` +
      clause(problemText(problem)),
    next: () => ["Use a stronger model for it. ", ...TRACE],
  },
  CHOICE_UNREADABLE: {
    message: ({ problem }) => `the model chose no strategy: ${clause(problemText(problem))}`,
    next: () => ["Use a stronger executor model with ", { action: "set-model", role: "executor" }, "."],
  },
  ANSWER_EMPTY: {
    message: ({ problem }) =>
      problem === undefined
        ? "the synthesizer wrote nothing"
        : `the synthesizer gave no answer: ${clause(problemText(problem))}`,
    next: () => ["Use another model with ", { action: "set-model", role: "synthesizer" }, "."],
  },
  ANSWER_INVALID: {
    message: ({ from, problem }) => `${UNFIT[from]} the wanted type: ${clause(problemText(problem))}`,
    next: ({ from }) =>
      from === "synthesizer"
        ? [
            { action: "retry" },
            " writes only the answer again; no step runs again. If it stays wrong, use another model with ",
            { action: "set-model", role: "synthesizer" },
            ".",
          ]
        : [
            "Correct `answer` in the plan, and continue with ",
            { action: "retry", plan: true },
            ": what has finished is kept.",
          ],
  },
  UNKNOWN_REFERENCE: expression("UNKNOWN_REFERENCE", "Refer to a step, or to `inputs.name`."),
  NO_SUCH_FIELD: expression("NO_SUCH_FIELD", "`has(a.b) ? a.b : …` asks first."),
  NULL_ACCESS: expression("NULL_ACCESS", "`a == null ? … : a.b` asks first."),
  INDEX_OUT_OF_RANGE: expression("INDEX_OUT_OF_RANGE", "Compare with `size(…)` first."),
  TYPE_MISMATCH: expression("TYPE_MISMATCH", "Convert the value first."),
  CONVERSION_FAILED: expression("CONVERSION_FAILED", "Have the step give a number."),
  DIVISION_BY_ZERO: expression("DIVISION_BY_ZERO", "Test the divisor first."),
  NUMBER_OUT_OF_RANGE: expression("NUMBER_OUT_OF_RANGE", "Compute it in a tool."),
  FORBIDDEN_KEY: expression("FORBIDDEN_KEY", "Use another name."),
  LIMIT_EXCEEDED: expression("LIMIT_EXCEEDED", "Use `forEach`, or a tool."),
  NOT_SUPPORTED: expression("NOT_SUPPORTED", "Use only the functions and forms that plans have."),
  UNREADABLE_REFERENCE: expression("UNREADABLE_REFERENCE", "Write ${{ expression }}."),
  NULL_IN_TEXT: expression("NULL_IN_TEXT", '`a == null ? "none" : a` gives a text.'),
};

function thrownText({ is, shown }: NonNullable<FailureParams["TOOL_THREW"]["threw"]>): string {
  if (is === "error") return `${/^[AEIOU]/.test(shown) ? "an" : "a"} ${shown} without a text`;
  return shown === "" ? "an empty text" : shown;
}

function itemsText({ items: { failed, total, first } }: ItemsParams): string {
  const example = first === undefined ? "" : `; item ${first.item}: ${failureText(first.error)}`;
  return `${failed} of ${total} items failed${example}`;
}

/** The words of a code: a failure of a run, of a built-in tool, or an operating error that became one. */
function wordsOf(code: string): Words<unknown> | undefined {
  if (Object.hasOwn(FAILURES, code)) return FAILURES[code as keyof FailureParams] as Words<unknown>;
  return toolWords(code) ?? (isErrorCode(code) ? (errorWords(code) as Words<unknown>) : undefined);
}

/** Whether the code is one of Planloom's. */
export const isOurCode = (code: string): boolean => wordsOf(code) !== undefined;

/** The words of a failure with its parameters. undefined if it has its own text, or an unknown code. */
function worded({ code, params, text, foreign }: Failure): (() => string) | undefined {
  if (foreign === true || code === "TOOL_FAILED") return text ? undefined : () => SILENT;
  const words = text !== undefined && params === undefined ? undefined : wordsOf(code);
  return words && (() => words.message({ ...params, ...(text === undefined ? {} : { text }) }));
}

const SILENT = "the tool reported a failure without a text";

const itemsIn = ({ params }: Failure): ItemsParams | undefined =>
  params !== undefined && isObject(params["items"]) ? (params as unknown as ItemsParams) : undefined;

/** What went wrong. Own words of a tool, a model or a server are shown as they are. */
/** Codes that tools usually give, besides those of Planloom. */
const USUAL_CODES: ReadonlySet<string> = new Set(
  (
    "TOOL_FAILED NOT_FOUND NOT_ALLOWED FORBIDDEN UNAUTHORIZED CONFLICT INVALID TOO_LARGE RATE_LIMITED BUSY " +
    "UNAVAILABLE UPSTREAM NETWORK EMPTY"
  ).split(" "),
);

/** Whether a code is no text of others: one of Planloom's, of its tools, or a usual one. */
export const isKnownCode = (code: string): boolean =>
  USUAL_CODES.has(code) || Object.hasOwn(FAILURES, code) || isErrorCode(code) || toolWords(code) !== undefined;

export function failureText(failure: Failure): string {
  const { code, params, text } = failure;
  const items = itemsIn(failure);
  const known = items === undefined ? worded(failure) : () => itemsText(items);
  return (known && fittingText({ params, text }, known)) || text || textOr({ code, ...params }, () => undefined);
}

/** For people: also what caused it, and for a fault of a program its place in the code. */
export function toldText(failure: Failure): string {
  const text = failureText(failure);
  const { name, at, causes = [], program } = failure.thrown ?? {};
  // A tool that reports its failure has said what matters. The trace shows the causes.
  const first = failure.code === "TOOL_THREW" ? causes.map(causeText).find((cause) => cause !== "") : undefined;
  const cause = first === undefined || text.includes(first) ? "" : `: ${first}`;
  const place = program === true && at !== undefined ? ` (${name ?? "error"} at ${at})` : "";
  return `${text}${cause}${place}`;
}

/** `connect ECONNREFUSED 127.0.0.1:80`. */
export function causeText({ code, message, name }: Cause): string {
  if (message === undefined) return code ?? name ?? "";
  return code === undefined || message.includes(code) ? message : `${code}: ${message}`;
}

/** `TIMEOUT: the call did not end within 60000 ms`. */
export const failureLine = (failure: Failure): string => `${failure.code}: ${failureText(failure)}`;

/** What to do next. undefined if nothing is known. */
export function failureNext(failure: Failure): Sentence | undefined {
  return fittingNext(failure, () => nextOf(failure));
}

function nextOf(failure: Failure): Sentence | undefined {
  const first = itemsIn(failure)?.items.first;
  const ofItem = first && nextOf(first.error);
  if (ofItem !== undefined) return ofItem;
  const { code, params, foreign } = failure;
  if (foreign === true) return undefined;
  // A version-1 log has no parameters, so the advice on a failure of a run has no details.
  return params === undefined && !Object.hasOwn(FAILURES, code) ? undefined : wordsOf(code)?.next?.(params ?? {});
}

/** Why a run failed: the failure, and the step or role that it belongs to. */
export function runFailureText(error: Failure, cause: FailureCause | undefined): string {
  if (cause === undefined) return toldText(error);
  return "step" in cause
    ? `step ${cause.step}: ${toldText(error)}`
    : `the review of the plan failed: ${toldText(error)}`;
}

const WHY_NOT_MENDED: Readonly<Record<FailureParams["PLAN_INVALID"]["why"], string>> = {
  "no-rounds-left": "no more rounds are allowed",
  "nothing-improved": "repair stopped early, because nothing improved",
  asks: "it asks questions, and nobody can answer them",
};
