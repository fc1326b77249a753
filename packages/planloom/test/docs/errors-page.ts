// The tables of docs/errors.md, made from the catalogue of words. In: the page. Out: the same page with today's tables
// between its marks (`<!-- store -->` … `<!-- end -->`). Separate from the test, which holds the page to this; `npm run
// docs` writes it.
import { exitOfError, exitOfRun } from "../../src/cli/exit-code.js";
import { surfaceOf } from "../../src/cli/surface.js";
import { sentenceText } from "../../src/words/action.js";
import { ERROR_AREAS, errorNext, type ErrorCode } from "../../src/words/errors.js";
import { TOOL_AREAS, type ToolFailureCode } from "../../src/words/tool-failures.js";
import { failureNext, failureText } from "../../src/words/failures.js";
import { refusalNext, REFUSALS, refusalText } from "../../src/words/refusals.js";
import type { FailureCode } from "../../src/run/failure.js";
import type { RefusalCode } from "../../src/run/refusal.js";
import { failures, refusals } from "../words/run-samples.js";
import { sampleErrors, toolSamples } from "../words/samples.js";

const surface = surfaceOf("planloom");

/** Readings of one code that a table shows at most: those that come first among its samples. */
const SHOWN = 4;

const AREAS: { readonly [mark: string]: readonly (keyof typeof ERROR_AREAS)[] } = {
  "command line": ["commandLine"],
  configuration: ["configuration"],
  "tool servers": ["toolServers", "openApi"],
  models: ["models"],
  "plans and runs": ["plans", "playbooks", "runs", "start", "context", "recordings", "exports"],
  store: ["store"],
  server: ["server", "requests", "toolCallers"],
};

const TOOLS: { readonly [mark: string]: keyof typeof TOOL_AREAS } = {
  calculate: "calculate",
  files: "files",
  "network and models": "fetch",
  databases: "sql",
  servers: "servers",
  services: "http",
};

/** Failures of a run, by the sections of the page. */
const FAILURE_SECTIONS: { readonly [mark: string]: readonly FailureCode[] } = {
  "arguments and expressions": [
    "UNKNOWN_REFERENCE",
    "NO_SUCH_FIELD",
    "NULL_ACCESS",
    "INDEX_OUT_OF_RANGE",
    "TYPE_MISMATCH",
    "CONVERSION_FAILED",
    "DIVISION_BY_ZERO",
    "NUMBER_OUT_OF_RANGE",
    "FORBIDDEN_KEY",
    "LIMIT_EXCEEDED",
    "NOT_SUPPORTED",
    "UNREADABLE_REFERENCE",
    "NULL_IN_TEXT",
    "WHEN_NOT_BOOLEAN",
    "FOREACH_NOT_A_LIST",
    "FAN_OUT_LIMIT",
    "UNTIL_NOT_BOOLEAN",
    "ARGUMENT_TYPE",
    "ARGUMENT_DEPTH",
  ],
  "calls and outputs": [
    "TIMEOUT",
    "ABORTED",
    "TOOL_THREW",
    "BAD_ARGUMENTS",
    "BAD_OUTPUT",
    "SECRET_UNKNOWN",
    "CANNOT_UNDO",
    "TOOL_GONE",
    "NOT_SIMULATED",
    "OUTPUT_MISMATCH",
    "EXPECT_FAILED",
    "REPEAT_NOT_MET",
    "EXPECT_NOT_MET",
    "EXPECT_NOT_JUDGED",
    "JUDGE_UNREADABLE",
    "SUBPLAN_DEPTH",
    "SUBPLAN_FAILED",
    "SUBPLAN_CANCELLED",
    "SUBPLAN_GONE",
    "SUBPLAN_ID_TAKEN",
    "SUBPLAN_UNREADABLE",
    "SUBPLAN_NOT_UNDONE",
    "SUBPLAN_UNDOING_WAITS",
    "SUBPLAN_UNSUPPORTED",
    "JOURNAL_DIVERGED",
    "ITEMS_FAILED",
  ],
  "agent steps": [
    "NO_MODEL",
    "TURN_LIMIT",
    "AGENT_REPEATS",
    "BUDGET_EXHAUSTED",
    "BUDGET_UNPRICED",
    "STEP_NOT_DONE",
    "MODEL_REFUSED",
    "FILL_FAILED",
    "INTERRUPTED",
    "INTERNAL",
  ],
  "people and crashes": ["CALL_REJECTED", "APPROVAL_EXPIRED", "NEEDS_PERSON", "POISON_STEP", "EVENT_LIMIT"],
  "questions of tools": ["ASK_EXPIRED", "ASK_UNATTENDED", "ASK_INVALID", "ASK_AT_ONCE", "ASK_CHANGED", "ASK_IGNORED"],
  "calls in doubt": ["OUTCOME_UNKNOWN", "CRASHED", "TAKEN_OVER", "RECONCILE_UNKNOWN"],
  "planner and answer": [
    "PLAN_INVALID",
    "NO_PLANNER",
    "REJECTED",
    "APPROVAL_EXPIRED",
    "REVIEW_UNREADABLE",
    "CHOICE_UNREADABLE",
    "ANSWER_EMPTY",
    "ANSWER_INVALID",
    "BUDGET_EXHAUSTED",
    "MODEL_REFUSED",
  ],
};

/** Whether the work is tried again. Absent: no. */
const AGAIN: { readonly [Code in FailureCode]?: string } = {
  TIMEOUT: "by effect class; the planner function: yes",
  ABORTED: "by effect class; given up: no",
  TOOL_THREW: "by effect class",
  EXPECT_FAILED: "yes, except for tools with effect class `once`",
  EXPECT_NOT_MET: "yes, except for tools with effect class `once`",
  JUDGE_UNREADABLE: "yes",
  JOURNAL_DIVERGED: "yes, as a new attempt, unless a call acted",
  FILL_FAILED: "yes",
  TURN_LIMIT: "yes, in the same conversation with turns of its own; a step with `turns`: no",
  INTERRUPTED: "yes",
  CRASHED: "by effect class",
  TAKEN_OVER: "by effect class",
  RECONCILE_UNKNOWN: "the tool is asked again",
  PLAN_INVALID: "5 rounds, fewer if nothing improves",
  REVIEW_UNREADABLE: "yes",
  CHOICE_UNREADABLE: "no: the planner plans",
  ANSWER_EMPTY: "yes",
};

/** Words that many rows of a table have in common. The page says them once, above the table, so its rows leave them out. */
const SAID_ABOVE: { readonly [mark: string]: RegExp } = {
  "arguments and expressions":
    /^with\/query: facts\.name: | ?Correct the expression, or the `output` of the steps before it: .+ shows what they gave\.$/,
  "calls in doubt": / ?Find out whether it happened, then settle it: .+$/,
  refused: / `planloom show RUN` shows its state and what it waits for\.$/,
};

export function withTables(page: string): string {
  const errors = Object.entries(AREAS).map(([mark, areas]) => [mark, table(areas)] as const);
  const tools = Object.entries(TOOLS).map(([mark, area]) => [mark, toolTable(area)] as const);
  const failed = Object.entries(FAILURE_SECTIONS).map(
    ([mark, codes]) => [mark, failureTable(codes, SAID_ABOVE[mark])] as const,
  );
  const refused = [["refused", refusalTable(SAID_ABOVE["refused"])]] as const;
  return [...errors, ...tools, ...failed, ...refused].reduce((text, [mark, rows]) => {
    const [before, rest] = parted(text, `<!-- ${mark} -->\n`);
    const [, after] = parted(rest, "<!-- end -->");
    return `${before}<!-- ${mark} -->\n\n${rows}\n<!-- end -->${after}`;
  }, page);
}

function parted(text: string, mark: string): readonly [string, string] {
  const at = text.indexOf(mark);
  if (at === -1) throw new Error(`the page has no mark ${mark}`);
  return [text.slice(0, at), text.slice(at + mark.length)];
}

function table(areas: readonly (keyof typeof ERROR_AREAS)[]): string {
  const codes = areas.flatMap((area) => Object.keys(ERROR_AREAS[area]) as ErrorCode[]);
  const head = "| code | what happened, for example | next | exit |\n|---|---|---|---|\n";
  return `${head}${codes.map((code) => `${row(code)}\n`).join("")}`;
}

function row(code: ErrorCode): string {
  const errors = sampleErrors(code);
  const messages = errors.map(({ message }) => message);
  const nexts = errors.map(({ params }) => sentenceText(errorNext(code, params), surface));
  return `| \`${code}\` | ${cell(messages)} | ${cell(nexts)} | ${exitOfError(errors[0])} |`;
}

function toolTable(area: keyof typeof TOOL_AREAS): string {
  const codes = Object.keys(TOOL_AREAS[area]) as ToolFailureCode[];
  const head = "| code | what it says, for example | tried again |\n|---|---|---|\n";
  return `${head}${codes.map((code) => `${toolRow(code)}\n`).join("")}`;
}

function toolRow(code: ToolFailureCode): string {
  const samples = toolSamples(code);
  const says = samples.map(({ message, next }) =>
    next === undefined ? message : `${message} ${sentenceText(next, surface)}`,
  );
  return `| \`${code}\` | ${cell(says)} | ${samples[0]?.retryable === true ? "yes" : "no"} |`;
}

function failureTable(codes: readonly FailureCode[], above: RegExp | undefined): string {
  const head = "| code | what it says, for example | tried again | next | exit |\n|---|---|---|---|---|\n";
  return `${head}${codes.map((code) => `${failureRow(code, above)}\n`).join("")}`;
}

function failureRow(code: FailureCode, above: RegExp | undefined): string {
  const samples = failures(code);
  const says = samples.map((failure) => without(failureText(failure), above));
  const nexts = samples.map((failure) => without(sentenceText(failureNext(failure) ?? [], surface), above));
  const error = { code, message: "", retryable: false };
  const exit = exitOfRun({ status: "failed", success: false, error });
  return `| \`${code}\` | ${cell(says)} | ${AGAIN[code] ?? "no"} | ${cell(nexts)} | ${exit} |`;
}

function refusalTable(above: RegExp | undefined): string {
  const codes = Object.keys(REFUSALS) as RefusalCode[];
  const rows = codes.map((code) => {
    const samples = refusals(code);
    const nexts = samples.map((refusal) => without(sentenceText(refusalNext(refusal), surface), above));
    return `| \`${code}\` | ${cell(samples.map((refusal) => refusalText(refusal, "RUN")))} | ${cell(nexts)} |\n`;
  });
  return `| code | what it says, for example | next |\n|---|---|---|\n${rows.join("")}`;
}

const without = (text: string, above: RegExp | undefined): string =>
  above === undefined ? text : text.replace(above, "");

function cell(texts: readonly string[]): string {
  const distinct = [...new Set(texts)].filter((text) => text !== "");
  const more = distinct.length > SHOWN ? ["…"] : [];
  return [...distinct.slice(0, SHOWN), ...more]
    .join("<br>")
    .replaceAll("|", "\\|")
    .replaceAll("<html>", "`<html>`")
    .replaceAll("\n", "<br>");
}
