// Realistic parameters for every failure, reason and refusal of a run. A code without a sample does not compile.
import { evaluationProblem } from "../../src/plan/expression/problem.js";
import { findingOf } from "../../src/plan/finding.js";
import type { Failure, FailureCode, FailureParams } from "../../src/run/failure.js";
import type { Reason } from "../../src/run/reason.js";
import type { Refusal, RefusalCode, RefusalParams } from "../../src/run/refusal.js";

const notSetUp = findingOf(
  "TOOL_NOT_SET_UP",
  { pointer: "/steps/0/tool" },
  { tool: "search", meant: "search", setting: "search", near: [] },
);
const finding = findingOf("UNKNOWN_TOOL", { pointer: "/steps/0/tool" }, { tool: "serch", near: [], tools: [], of: 1 });
const misfit = { path: "/rows/0", expected: "number", found: { kind: "string", value: "3" } } as const;
const expression = { where: "with/query", expression: "facts.name" };
const hash = "0123456789abcdef";
const why = { code: "NOT_RETRYABLE" } as const;

export const FAILURE_SAMPLES: { readonly [Code in keyof FailureParams]: readonly FailureParams[Code][] } = {
  APPROVAL_EXPIRED: [{}],
  NEEDS_PERSON: [
    { what: "answer" },
    { what: "plan", reason: { code: "POLICY_ALWAYS" } },
    { what: "call", reason: { code: "STEP_ASKS" } },
  ],
  ASK_EXPIRED: [{ tool: "book" }],
  ASK_UNATTENDED: [{ tool: "book" }, { tool: "" }],
  ASK_INVALID: [
    { tool: "book", because: "no-text" },
    { tool: "book", because: "bad-type", limit: 65_536 },
    { tool: "book", because: "bad-state", limit: 65_536 },
    { tool: "book", because: "too-many", limit: 50 },
  ],
  ASK_AT_ONCE: [{ tool: "book" }],
  ASK_CHANGED: [{ tool: "book", number: 2, answered: "Which room?" }],
  ASK_IGNORED: [{ tool: "book" }],
  REJECTED: [{ because: "no-planner" }, { because: "limit" }],
  CALL_REJECTED: [{ comment: "too dear" }, { comment: "" }],
  NOT_HAPPENED: [{}],
  ABORTED: [
    { how: "stopped" },
    { how: "given-up" },
    { how: "not-called", why: "cancelled" },
    { how: "not-called-again", why: "out-of-time" },
  ],
  PLAN_INVALID: [
    { rounds: 1, why: "no-rounds-left", finding, failed: [] },
    { rounds: 2, why: "nothing-improved", finding: notSetUp, failed: [] },
    { rounds: 1, why: "asks", finding, failed: [] },
    {
      ...{ rounds: 3, why: "nothing-improved", finding: null },
      failed: [{ step: "a", error: { code: "BUSY", text: "later", retryable: true } }],
    },
  ],
  CRASHED: [{}],
  TAKEN_OVER: [{}],
  POISON_STEP: [{ crashes: 4 }],
  EVENT_LIMIT: [{ limit: 1_000_000 }],
  BUDGET_EXHAUSTED: [
    { limit: "costUsd", allowed: 0.1, wanted: 0.30000000000000004 },
    { limit: "wallMs", allowed: 5_000, wanted: 5_100 },
  ],
  WHEN_NOT_BOOLEAN: [{ got: "number" }, { got: "null" }],
  FOREACH_NOT_A_LIST: [{ got: "string" }],
  REPEAT_NOT_MET: [{ rounds: 5, until: "${{ output.score >= 8 }}" }],
  UNTIL_NOT_BOOLEAN: [
    { until: "${{ output.score }}", got: "number" },
    { until: "${{ output.n > 1 }}", problem: evaluationProblem("NO_SUCH_FIELD", { name: "n" }) },
  ],
  FAN_OUT_LIMIT: [{ items: 2_000, limit: 1_000 }],
  SUBPLAN_DEPTH: [{ most: 3 }],
  SUBPLAN_FAILED: [{ run: "run_1.survey", error: { code: "BUSY", text: "later", retryable: true } }],
  SUBPLAN_CANCELLED: [{ run: "run_1.survey", comment: "too slow" }],
  SUBPLAN_GONE: [{ run: "run_1.survey" }],
  SUBPLAN_ID_TAKEN: [{ run: "run_1.survey" }],
  SUBPLAN_UNREADABLE: [{ run: "run_1.survey", code: "RUN_DAMAGED" }],
  SUBPLAN_NOT_UNDONE: [{ run: "run_1.survey" }],
  SUBPLAN_UNDOING_WAITS: [{ run: "run_1.survey" }],
  SUBPLAN_UNSUPPORTED: [{}],
  ARGUMENT_DEPTH: [{ limit: 64 }],
  ARGUMENT_TYPE: [{ tool: "search", ...misfit }],
  OUTPUT_MISMATCH: [
    misfit,
    { ...misfit, path: "" },
    { problem: { code: "EMPTY" } },
    { problem: { code: "CALL_ANNOUNCED" } },
  ],
  EXPECT_FAILED: [
    { expect: "${{ output > 3 }}", got: false },
    { expect: "${{ output }}", got: "list" },
    { expect: "${{ output.n }}", problem: evaluationProblem("NO_SUCH_FIELD", { name: "n" }) },
  ],
  EXPECT_NOT_MET: [
    { expect: "It names a source.", says: "No source is named." },
    { expect: "It names a source.", says: "" },
  ],
  EXPECT_NOT_JUDGED: [
    {
      expect: "It names a source.",
      because: { code: "JUDGE_UNREADABLE", params: { of: "output", problem: { code: "EMPTY" } }, retryable: true },
    },
  ],
  ITEMS_FAILED: [
    { items: { failed: 2, total: 3, first: { item: 0, error: { code: "BUSY", text: "later", retryable: true } } } },
    { items: { failed: 1, total: 1 } },
  ],
  NO_MODEL: [{ role: "executor" }],
  NO_PLANNER: [{ for: "plan" }, { for: "review" }],
  TIMEOUT: [
    { of: "call", ms: 60_000 },
    { of: "agent", ms: 600_000 },
    { of: "planner", ms: 120_000 },
    { of: "sub-plan", ms: 60_000 },
  ],
  TOOL_THREW: [
    {},
    { threw: { is: "error", shown: "TypeError" } },
    { threw: { is: "value", shown: '{"status":500}' } },
    { threw: { is: "value", shown: "" } },
  ],
  CANNOT_UNDO: [{ tool: "pay" }],
  NOT_SIMULATED: [{ tool: "send_mail" }],
  TOOL_GONE: [{ tool: "search" }, { tool: "fs.read_file" }, { tool: "pay", asked: true }],
  BAD_ARGUMENTS: [
    { tool: "search", problem: { code: "SCHEMA_REFUSES", text: "query: expected string" } },
    {
      tool: "search",
      problem: { code: "MISFIT", path: "/n", expected: "number", found: { kind: "string", value: "x" } },
    },
  ],
  BAD_OUTPUT: [
    { tool: "search", problem: { code: "NOT_JSON", path: [], is: "size", most: 8_388_608 } },
    { tool: "search", problem: { code: "NOT_JSON", path: ["list", 0], is: "type", type: "function" } },
    { tool: "search", problem: { code: "UNCLEAR_ANSWER" } },
    { tool: "pay", problem: { code: "SCHEMA_REFUSES", text: "receipt: Invalid input" }, acted: true },
  ],
  SECRET_UNKNOWN: [{ secret: "TOKEN" }],
  RECONCILE_UNKNOWN: [{ tool: "pay" }],
  OUTCOME_UNKNOWN: [{ tool: "pay" }],
  BUDGET_UNPRICED: [{ model: "m" }],
  JOURNAL_DIVERGED: [{ recorded: "turn 1", now: "tool pay", call: 2 }],
  INTERNAL: [{}],
  INTERRUPTED: [{}],
  TURN_LIMIT: [{ turns: 8 }, { turns: 8, strategy: "react" }, { turns: 2, strategy: "tools" }],
  AGENT_REPEATS: [
    { tool: "search", args: '{"query":"a"}', others: 0, times: 3 },
    { tool: "search", args: "{}", others: 2, times: 3 },
  ],
  MODEL_REFUSED: [{ what: "result" }, { what: "answer" }],
  STEP_NOT_DONE: [{}],
  FILL_FAILED: [{ tool: "search", problem: { code: "TOO_DEEP", limit: 64 } }],
  REVIEW_UNREADABLE: [{ problem: { code: "NO_VERDICT" } }, { problem: { code: "WITHHELD" } }],
  JUDGE_UNREADABLE: [
    { of: "output", problem: { code: "NO_VERDICT" } },
    { of: "answer", problem: { code: "WITHHELD" } },
  ],
  CHOICE_UNREADABLE: [{ problem: { code: "NO_STRATEGY" } }],
  ANSWER_EMPTY: [{}, { problem: { code: "CALL_IN_TEXT" } }],
  ANSWER_INVALID: [
    { from: "synthesizer", problem: { code: "NOT_JSON", type: "{ answer: string[] }" } },
    {
      from: "value",
      problem: { code: "MISFIT", path: "/total", expected: "number", found: { kind: "string", value: "many" } },
    },
    {
      from: "outputs",
      problem: { code: "BREACH", path: "/names", keyword: "minItems", limit: 1, found: { kind: "list", length: 0 } },
    },
  ],
  UNKNOWN_REFERENCE: [{ ...expression, problem: { name: "fnd" } }],
  NO_SUCH_FIELD: [
    { ...expression, problem: { name: "n" } },
    { where: "when", problem: { name: "n" } },
  ],
  NULL_ACCESS: [
    { ...expression, problem: { name: "n" } },
    { ...expression, problem: {} },
  ],
  INDEX_OUT_OF_RANGE: [
    { ...expression, problem: { index: 3, length: 2 } },
    { ...expression, problem: { by: "substring", position: 9, length: 5 } },
    { ...expression, problem: { by: "substring", start: 3, end: 1 } },
  ],
  TYPE_MISMATCH: [
    { ...expression, problem: { is: "field", kind: "list", name: "n" } },
    { ...expression, problem: { is: "index", kind: "list", by: "string" } },
    { ...expression, problem: { is: "record-key", kind: "number" } },
    { ...expression, problem: { is: "joined-item" } },
    { ...expression, problem: { is: "operand", by: "!", kind: "null", wanted: "boolean" } },
    { ...expression, problem: { is: "operands", by: "+", left: "string", right: "number" } },
  ],
  CONVERSION_FAILED: [{ ...expression, problem: { by: "int", text: "4.5" } }],
  DIVISION_BY_ZERO: [{ ...expression, problem: {} }],
  NUMBER_OUT_OF_RANGE: [
    { ...expression, problem: { of: "int64" } },
    { ...expression, problem: { of: "json", number: "9007199254740993" } },
  ],
  FORBIDDEN_KEY: [{ ...expression, problem: { name: "constructor" } }],
  LIMIT_EXCEEDED: [
    { ...expression, problem: { of: "work" } },
    { where: "answer.from", problem: { of: "all-outputs", most: 8_388_608 } },
    { ...expression, problem: { of: "elements", by: "map", most: 1_000, count: 1_001 } },
  ],
  NOT_SUPPORTED: [
    { ...expression, problem: { is: "function", name: "now" } },
    { ...expression, problem: { is: "optional-access" } },
  ],
  UNREADABLE_REFERENCE: [{ ...expression, problem: { problem: { kind: "empty" } } }],
  NULL_IN_TEXT: [{ ...expression, problem: {} }],
};

export const REASON_SAMPLES: {
  readonly [Code in Reason["code"]]: readonly Extract<Reason, { readonly code: Code }>[];
} = {
  LEGACY: [{ code: "LEGACY", text: "it had one attempt" }],
  RULE: [
    { code: "RULE", rule: "many-steps" },
    { code: "RULE", rule: "one-call" },
  ],
  MODEL_CHOSE: [
    { code: "MODEL_CHOSE", text: "One lookup answers it." },
    { code: "MODEL_CHOSE", text: "" },
  ],
  MODEL_SILENT: [
    {
      code: "MODEL_SILENT",
      error: { code: "CHOICE_UNREADABLE", params: { problem: { code: "NO_STRATEGY" } }, retryable: false },
    },
  ],
  STEP_UNSOUND: [{ code: "STEP_UNSOUND", strategy: "react", finding: "TOO_LARGE" }],
  STRATEGY_GIVEN: [{ code: "STRATEGY_GIVEN" }],
  ATTEMPTS_LEFT: [{ code: "ATTEMPTS_LEFT", attempt: 1, of: 4 }],
  ATTEMPTS_USED: [
    { code: "ATTEMPTS_USED", of: 1 },
    { code: "ATTEMPTS_USED", of: 4 },
  ],
  PLAYBOOK_STANDING: [{ code: "PLAYBOOK_STANDING", playbook: "weekly-report" }],
  PLAYBOOK_CHANGED: [
    {
      code: "PLAYBOOK_CHANGED",
      playbook: "weekly-report",
      changes: [
        { what: "plan" },
        { what: "tool", tool: "send_mail" },
        { what: "input", input: "to" },
        { what: "expired", at: 1_790_000_000_000 },
      ],
    },
  ],
  NOT_RETRYABLE: [why],
  HANDED_OVER: [{ code: "HANDED_OVER", strategy: "react", why }],
  RUN_CANCELLING: [{ code: "RUN_CANCELLING" }],
  NOTHING_STARTS: [
    { code: "NOTHING_STARTS", because: "failure" },
    { code: "NOTHING_STARTS", because: "budget" },
    { code: "NOTHING_STARTS", because: "log-full" },
  ],
  ITEMS_ENDED: [{ code: "ITEMS_ENDED" }],
  RUN_FAILING: [{ code: "RUN_FAILING" }],
  PLAN_NO_HELP: [{ code: "PLAN_NO_HELP" }],
  REPLAN_NEVER: [{ code: "REPLAN_NEVER" }],
  NO_PLANNER: [{ code: "NO_PLANNER" }],
  REPLANS_USED: [{ code: "REPLANS_USED", of: 2 }],
  REPLAN_TOKENS: [{ code: "REPLAN_TOKENS", expected: 4_000, limit: 1_000 }],
  REPLAN_COST: [{ code: "REPLAN_COST", expectedUsd: 0.0125, limitUsd: 0.01 }],
  AFTER_PLAN: [{ code: "AFTER_PLAN", why }],
  BUDGET_USED: [{ code: "BUDGET_USED", why }],
  POLICY: [
    { code: "POLICY", why, policy: "skip", by: "plan" },
    { code: "POLICY", why, policy: "patch", by: "run" },
  ],
  NO_REPLAN: [{ code: "NO_REPLAN", why, because: { code: "REPLANS_USED", of: 2 } }],
  PERSON_SKIPS: [{ code: "PERSON_SKIPS" }],
  PATCH_FAILED: [{ code: "PATCH_FAILED", why }],
  CONDITION_FALSE: [{ code: "CONDITION_FALSE" }],
  SOURCE_SKIPPED: [{ code: "SOURCE_SKIPPED", where: "with/x", source: "find" }],
  FAILED: [{ code: "FAILED", error: { code: "CRASHED", retryable: true } }],
  CANCELLED: [
    { code: "CANCELLED", comment: "" },
    { code: "CANCELLED", comment: "enough" },
  ],
  OUT_OF_TIME: [{ code: "OUT_OF_TIME", allowed: 5_000, wanted: 5_100 }],
  DRAFT_DROPPED: [
    { code: "DRAFT_DROPPED", because: "refused" },
    { code: "DRAFT_DROPPED", because: "failed" },
    { code: "DRAFT_DROPPED", because: "other-goal" },
  ],
  POLICY_ALWAYS: [{ code: "POLICY_ALWAYS" }],
  MAY_ACT: [{ code: "MAY_ACT", tools: ["pay", "mail"] }],
  MAY_ACT_AGAIN: [{ code: "MAY_ACT_AGAIN", steps: ["a"] }],
  EARLIER_REJECTED: [{ code: "EARLIER_REJECTED" }],
  CALL_WAS_REJECTED: [{ code: "CALL_WAS_REJECTED", step: "pay" }],
  PLAN_EDITED: [{ code: "PLAN_EDITED" }],
  NOT_APPROVED_BEFORE: [{ code: "NOT_APPROVED_BEFORE" }],
  STEP_ASKS: [{ code: "STEP_ASKS" }],
  TOOL_ASKS: [{ code: "TOOL_ASKS", tool: "pay" }],
  WAS_UNDONE: [{ code: "WAS_UNDONE" }],
  UNDOES: [{ code: "UNDOES", tool: "pay" }],
  UNTRUSTED_READ: [{ code: "UNTRUSTED_READ" }],
  CONTROL_UNTRUSTED: [
    { code: "CONTROL_UNTRUSTED", tool: "send_mail", args: ["to"], from: [{ step: "inbox" }, { input: "order" }] },
    { code: "CONTROL_UNTRUSTED", tool: "delete_all", args: [], from: [{ tool: "read_mail" }] },
  ],
  PRIVATE_LEAVES: [
    {
      ...{ code: "PRIVATE_LEAVES", tool: "fetch_url", args: ["url"], from: [{ plan: true }] },
      private: [{ step: "notes" }, { secret: true }],
    },
  ],
  TOOL_CHANGED: [
    {
      code: "TOOL_CHANGED",
      changes: [
        { tool: "pay", differences: [{ field: "effects", was: "none", is: "once" }] },
        {
          tool: "write_file",
          differences: [
            { field: "reach/roots", was: ["/srv/a"], is: ["/srv/b"] },
            { field: "approval", was: null, is: "required" },
          ],
        },
      ],
      also: { code: "STEP_ASKS" },
    },
    { code: "TOOL_CHANGED", changes: [{ tool: "pay", differences: [{ field: "unrecorded", was: null, is: null }] }] },
  ],
  FUNCTION_ASKS: [{ code: "FUNCTION_ASKS" }, { code: "FUNCTION_ASKS", text: "over the budget" }],
  FUNCTION_ALLOWS: [{ code: "FUNCTION_ALLOWS" }],
  FUNCTION_FAILED: [{ code: "FUNCTION_FAILED", text: "no network" }],
  FUNCTION_LATE: [{ code: "FUNCTION_LATE", ms: 10_000 }],
  FUNCTION_UNCLEAR: [{ code: "FUNCTION_UNCLEAR" }],
  FUNCTION_ABSENT: [{ code: "FUNCTION_ABSENT" }],
  FEEDBACK: [{ code: "FEEDBACK", text: "name the date of the rate" }],
  GOAL_CHANGED: [
    { code: "GOAL_CHANGED", comment: "" },
    { code: "GOAL_CHANGED", comment: "better" },
  ],
  QUESTIONS_ANSWERED: [{ code: "QUESTIONS_ANSWERED", answers: [{ question: "Which city?", answer: "Oslo" }] }],
  PLAN_REJECTED: [{ code: "PLAN_REJECTED" }],
  REVIEWED: [
    { code: "REVIEWED", text: "" },
    { code: "REVIEWED", text: "There is nothing to tell." },
  ],
  RESUMED: [{ code: "RESUMED" }],
  COMMAND_ARRIVED: [{ code: "COMMAND_ARRIVED" }],
  RETRIED: [{ code: "RETRIED" }],
  TAKEN_OVER: [{ code: "TAKEN_OVER", from: { host: "laptop", pid: "4711" } }, { code: "TAKEN_OVER" }],
};

export const REFUSAL_SAMPLES: { readonly [Code in keyof RefusalParams]: readonly RefusalParams[Code][] } = {
  RUN_ENDED: [{ ended: "completed" }, { ended: "failed" }, { ended: "cancelled" }, { ended: "failed", expired: true }],
  RUN_CANCELLING: [{}],
  RUN_FAILING: [{}],
  RUN_COMPENSATING: [{}],
  NOTHING_TO_UNDO: [{ because: "nothing-acted" }, { because: "all-undone" }, { because: "no-way" }],
  UNDOING_CHANGED: [{}],
  ALREADY_APPROVED: [{ hash }],
  NOTHING_TO_APPROVE: [{}],
  STALE_HASH: [
    { hash, waiting: ["fedcba9876543210"] },
    { hash, revision: 2, waiting: ["fedcba9876543210"] },
  ],
  WHICH_APPROVAL: [{}],
  REST_NOT_POSSIBLE: [{}],
  ARGS_NOT_EDITABLE: [{}],
  ARGS_INVALID: [
    { tool: "pay", secret: "to" },
    { tool: "pay", depth: 64 },
    { tool: "pay", wrong: misfit },
  ],
  CLOCK_BEHIND: [{ behindMs: 3_600_000 }],
  NOT_A_PLAN: [{ hash }],
  NOTHING_CHANGED: [{}],
  EDIT_INVALID: [{ finding }],
  UNKNOWN_STEP: [{ step: "a" }, { step: "a", item: 0 }],
  NOT_ASKED: [
    { step: "a", status: "unusable" },
    { step: "a", status: "running" },
    { step: "a", status: "expanded" },
  ],
  NOT_UNKNOWN: [{ step: "a", item: 1, status: "completed" }],
  STALE_DOUBT: [{ step: "a" }],
  STALE_REPLY: [{}],
  COMMAND_UNREADABLE: [{ command: "approve" }, { command: "" }],
  ANSWER_TYPE: [
    misfit,
    { path: "", expected: '"red" | "blue"', found: { kind: "string", value: "green" } },
    { path: "", expected: "string", found: { kind: "number", value: 3 } },
  ],
  ANSWER_SCHEMA: [
    { path: "", keyword: "minimum", limit: 1, found: { kind: "number", value: 0 } },
    { path: "/name", keyword: "minLength", limit: 2, found: { kind: "string", value: "x" } },
  ],
  ALREADY_PAUSED: [{}],
  NOT_PAUSED: [{}],
  ALREADY_CANCELLING: [{}],
  NO_PLANNER: [{}],
  GOAL_INVALID: [{ limit: 20_000 }],
  SAME_GOAL: [{}],
  NO_FEEDBACK: [{ because: "plan-given" }, { because: "no-plan" }, { because: "empty" }],
  RUN_NOT_ENDED: [{}],
  NOTHING_TO_RETRY: [{ because: "completed" }, { because: "no-plan" }],
  NO_PARTIAL_ANSWER: [
    { because: "answered" },
    { because: "nothing-done" },
    { because: "no-room" },
    { because: "budget", limit: "tokens" },
  ],
  STEP_UNKNOWN: [{ step: "a" }, { step: "a", fork: true }],
  UNDOING_UNKNOWN: [{ step: "a" }],
  STEP_UNUSABLE: [{ step: "a" }],
  WRONG_VERDICT: [{ step: "a", item: 0, verdict: "happened", verdicts: ["use", "skip", "fail", "again"] }],
  NOT_ANSWERED: [
    {},
    { stopped: { code: "ENGINE_CLOSED", params: { runId: "RUN" } } },
    { stopped: { text: "The disk has no room left for the store." } },
  ],
};

/** One failure for each sample of a code. */
export const failures = (code: FailureCode): readonly Failure[] =>
  FAILURE_SAMPLES[code].map((params) => ({ code, params: params as NonNullable<Failure["params"]>, retryable: false }));

/** One refusal for each sample of a code. */
export const refusals = (code: RefusalCode): readonly Refusal[] =>
  REFUSAL_SAMPLES[code].map((params) => ({ code, params: params as NonNullable<Refusal["params"]> }));
