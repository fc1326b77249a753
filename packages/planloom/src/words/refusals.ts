// The words for commands that are refused. In: a refusal as an event holds it, and the run's id. Out: whole sentences.
import { errorText, isErrorCode } from "./errors.js";
import { findingWords } from "./findings.js";
import type { JsonObject } from "../plan/json.js";
import { parseType } from "../plan/type/text.js";
import { exampleText } from "../plan/type/value-for.js";
import type { Refusal, RefusalParams } from "../run/refusal.js";
import { gistText } from "./phrases.js";
import { breachText } from "./reply-problems.js";
import type { Action, Sentence } from "./action.js";
import { fittingNext, textOr, type Table, type Words } from "./words.js";

/** With the run that the command was given to, if it is known. */
type InRun<Params> = Params & { readonly runId?: string };

type RefusalWords = Table<{ [Code in keyof RefusalParams]: InRun<RefusalParams[Code]> }>;

const short = (hash: string): string => hash.slice(0, 24);

function noUndoingBecause(because: string): string {
  switch (because) {
    case "nothing-acted":
      return "none of its calls acted";
    case "all-undone":
      return "all its calls that acted are undone";
    default:
      return "none of the calls that acted can be undone";
  }
}

const runText = ({ runId }: { readonly runId?: string }): string => (runId === undefined ? "the run" : `run ${runId}`);

/** At the beginning of a sentence. */
const theRun = ({ runId }: { readonly runId?: string }): string => (runId === undefined ? "The run" : `Run ${runId}`);

const place = ({ step, item }: { readonly step: string; readonly item?: number }): string =>
  item === undefined ? `step ${step}` : `item ${item} of step ${step}`;

const atStart = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

const SHOW: Action = { action: "show" };
const RETRY: Action = { action: "retry" };
const SHOWS: Sentence = [SHOW, " shows its state and what it waits for."];

/** A fan-out as a whole neither asks nor is in doubt. */
const standing = (status: string): string =>
  status === "expanded" ? "is done item by item: name one of its items" : `is ${status}`;

function noAnswerBecause(because: string, limit = "a limit"): string {
  switch (because) {
    case "answered":
      return "it has an answer";
    case "nothing-done":
      return "none of its steps has finished";
    case "budget":
      return `its budget (${limit}) is used up`;
    default:
      return "the answer does not fit into its log";
  }
}

/** How a value of this type is written. "" for a type that was cut, or whose values are written as it is. */
function suchAs(expected: string): string {
  const parsed = parseType(expected);
  if (expected === "string" || !parsed.ok || parsed.type.kind === "unknown") return "";
  const example = exampleText(expected);
  return example === expected ? "" : `, such as ${example}`;
}

export const REFUSALS: RefusalWords = {
  COMMAND_UNREADABLE: {
    message: ({ command }) =>
      `This Planloom cannot read the ${command === "" ? "command" : `command ${command}`}: another version wrote it, ` +
      "or it was changed.",
    next: () => ["Give the command again with the version of Planloom that drives the run. ", ...SHOWS],
  },
  RUN_ENDED: {
    message: ({ ended, ...run }) =>
      `${theRun(run)} ${ended === "cancelled" ? "was already cancelled" : `has already ${ended}`}.`,
    next: ({ ended, expired }) =>
      expired === true
        ? ["Nobody approved it in time. ", RETRY, " asks for the same plan again; what it has finished is kept."]
        : ended === "completed"
          ? [
              { action: "answer" },
              " gives its answer. ",
              { action: "fork" },
              " begins a new run with what it had finished.",
            ]
          : [RETRY, " continues it; what it has finished is kept. ", SHOW, " shows its state."],
  },
  RUN_CANCELLING: {
    message: (run) => `${theRun(run)} is being cancelled.`,
    next: () => ["Wait for its end with ", { action: "watch" }, ". Then ", RETRY, " continues it and asks again."],
  },
  RUN_FAILING: {
    message: (run) => `${theRun(run)} is failing.`,
    next: () => ["Wait for its end with ", { action: "watch" }, ". Then ", RETRY, " continues it."],
  },
  RUN_COMPENSATING: {
    message: (run) => `The calls of ${runText(run)} are being undone.`,
    next: () => ["Wait for its end with ", { action: "watch" }, ". Then ", RETRY, " starts the undone steps again."],
  },
  NOTHING_TO_UNDO: {
    message: ({ because, ...run }) => `${theRun(run)} has nothing to undo: ${noUndoingBecause(because)}.`,
    next: ({ because }) =>
      because === "no-way" ? [SHOW, " lists the calls. Undo them by hand where that is needed."] : SHOWS,
  },
  UNDOING_CHANGED: {
    message: (run) => `The calls that can be undone in ${runText(run)} are not those that you saw.`,
    next: () => ["Look at them again with ", { action: "compensate" }, "."],
  },
  ALREADY_APPROVED: {
    message: ({ hash }) => `${short(hash)} is already approved.`,
    next: () => ["Nothing more is needed. If no process drives the run, ", { action: "resume" }, " does. ", ...SHOWS],
  },
  NOTHING_TO_APPROVE: { message: (run) => `${theRun(run)} waits for no approval.`, next: () => SHOWS },
  STALE_HASH: {
    message: ({ hash, revision, waiting = [] }) => {
      const what = revision === undefined ? `The hash ${short(hash)}` : `Revision ${revision} (${short(hash)})`;
      return `${what} is not what waits for approval now: ${waiting.map(short).join(", ")}.`;
    },
    // Only a later plan differs from an earlier one.
    next: ({ revision, waiting = [] }) => [
      "See what waits now with ",
      revision === undefined ? SHOW : { action: "diff" },
      ", then approve it with ",
      ...waiting.flatMap((hash, index): Sentence => [...(index === 0 ? [] : [" or "]), { action: "approve", hash }]),
      ".",
    ],
  },
  WHICH_APPROVAL: {
    message: (run) => `${theRun(run)} waits for several approvals.`,
    next: () => ["Name one by its hash. ", ...SHOWS],
  },
  REST_NOT_POSSIBLE: {
    message: () => "This cannot be approved for the rest of a step: it is no call inside an agent step.",
    next: () => ["Approve it without that. ", ...SHOWS],
  },
  ARGS_NOT_EDITABLE: {
    message: () => "The arguments of this cannot be changed by approving it.",
    next: () => [
      "Arguments can be given to one call of a tool. A plan is changed with ",
      { action: "edit" },
      "; anything else can be rejected with ",
      { action: "reject" },
      ".",
    ],
  },
  ARGS_INVALID: {
    message: ({ tool, secret, depth, wrong }) =>
      secret !== undefined
        ? `The argument ${secret} of ${tool} would hold a secret that the plan does not have there.`
        : depth !== undefined
          ? `The arguments of ${tool} are nested deeper than ${depth}.`
          : wrong === undefined
            ? `The arguments do not fit the tool ${tool}.`
            : `The argument ${wrong.path || "/"} of ${tool} must be ${wrong.expected}, but is ${gistText(wrong.found)}.`,
    next: () => ["Give all arguments of the call, of the right types. The call keeps waiting. ", ...SHOWS],
  },
  CLOCK_BEHIND: {
    message: ({ behindMs }) =>
      `The clock of this machine is ${behindMs} ms behind the last event of the run. ` +
      "So nobody knows whether what waits for approval has expired.",
    next: () => ["Set the clock right, and approve again. ", ...SHOWS],
  },
  NOT_A_PLAN: {
    message: ({ hash }) => `${short(hash)} is a call, not a plan.`,
    next: ({ hash }) => [
      "Approve it with ",
      { action: "approve", hash },
      ", or reject it with ",
      { action: "reject", hash },
      ".",
    ],
  },
  NOTHING_CHANGED: {
    message: () => "The edited plan is the one that waits for approval.",
    next: () => ["Approve it with ", { action: "approve" }, "."],
  },
  EDIT_INVALID: {
    message: ({ finding }) => findingWords(finding).message,
    next: () => ["Keep finished steps as they are. ", SHOW, " names them. The plan that waits keeps waiting."],
  },
  UNKNOWN_STEP: {
    message: ({ runId, ...ref }) => `${theRun(runId === undefined ? {} : { runId })} has no ${place(ref)}.`,
    next: () => [SHOW, " lists its steps and the state of each."],
  },
  NOT_ASKED: {
    message: ({ status, ...ref }) => {
      const step = atStart(place(ref));
      if (status === "unknown") {
        return `${step} asks nothing. It is in doubt: it is not known whether its call took effect.`;
      }
      if (status === "unusable") return `${step} asks nothing. Its call has acted, and its output cannot be used.`;
      return `${step} ${standing(status)}; it asks nothing.`;
    },
    next: ({ status, step, item }) => {
      const of = { step, ...(item === undefined ? {} : { item }) };
      if (status === "unknown") {
        return ["Find out whether it happened, then settle it: ", { action: "settle", ...of }, "."];
      }
      return status === "unusable" ? ["Decide about it: ", { action: "settle", unusable: true, ...of }, "."] : SHOWS;
    },
  },
  NOT_UNKNOWN: {
    message: ({ status, ...ref }) => `${atStart(place(ref))} ${standing(status)}; none of its calls is in doubt.`,
    next: () => SHOWS,
  },
  STALE_DOUBT: {
    message: (ref) => `${atStart(place(ref))} was called again since. Now that call is in doubt.`,
    next: () => [SHOW, " shows it. Then settle what is in doubt now with ", { action: "settle" }, "."],
  },
  STALE_REPLY: {
    message: () => "This answers an earlier question. The same was asked again since.",
    next: () => [SHOW, " shows what is asked now. Answer that."],
  },
  WRONG_VERDICT: {
    message: ({ verdict, verdicts = [], ...ref }) =>
      `The answer "${verdict}" does not fit what is asked about ${place(ref)}. These do: ${verdicts.join(", ")}.`,
    next: ({ verdicts = [] }) => [
      SHOW,
      " shows what is asked. Answer with ",
      { action: "settle", ...(verdicts.includes("use") ? { unusable: true as const } : {}) },
      ".",
    ],
  },
  ANSWER_TYPE: {
    message: ({ path, expected, found }) =>
      `The answer${path === "" ? "" : ` at ${path}`} must be ${expected}, but is ${gistText(found)}.`,
    next: ({ expected }) => [`Give a value of that type${suchAs(expected)}. The question stays open. `, ...SHOWS],
  },
  ANSWER_SCHEMA: {
    message: (breach) => `The answer${breach.path === "" ? "" : ` at ${breach.path}`} ${breachText(breach)}.`,
    next: () => ["Give another value. The question stays open. ", ...SHOWS],
  },
  ALREADY_PAUSED: {
    message: (run) => `${theRun(run)} is already paused.`,
    next: () => [{ action: "resume" }, " continues it."],
  },
  NOT_PAUSED: { message: (run) => `${theRun(run)} is not paused.`, next: () => SHOWS },
  ALREADY_CANCELLING: {
    message: (run) => `${theRun(run)} is already being cancelled.`,
    next: () => ["Wait for its end with ", { action: "watch" }, "."],
  },
  NO_PLANNER: {
    message: () => "No planner is set that can plan for another goal.",
    next: () => [
      "Start a run with a planner for the new goal: ",
      { action: "start" },
      " with ",
      { action: "set-model", role: "planner" },
      ". ",
      ...SHOWS,
    ],
  },
  GOAL_INVALID: {
    message: ({ limit }) => `A goal has between 1 and ${limit} characters.`,
    next: () => ["Say it in fewer words. Give data as inputs of a run."],
  },
  SAME_GOAL: { message: (run) => `${theRun(run)} already has this goal.`, next: () => SHOWS },
  RUN_NOT_ENDED: {
    message: (run) => `${theRun(run)} has not ended.`,
    next: () => ["Wait for its end, answer what it asks, or cancel it first with ", { action: "cancel" }, "."],
  },
  NOTHING_TO_RETRY: {
    message: ({ because, ...run }) =>
      because === "completed"
        ? `${theRun(run)} has completed.`
        : `${theRun(run)} has no accepted plan, and no planner is set.`,
    next: ({ because }) =>
      because === "completed"
        ? [
            "Name a step to restart with ",
            { action: "retry", from: "STEP" },
            ", or give another plan with ",
            { action: "retry", plan: true },
            ".",
          ]
        : [
            "Give a plan with ",
            { action: "retry", plan: true },
            ", or name a planner model with ",
            { action: "retry", model: "planner" },
            ".",
          ],
  },
  NO_FEEDBACK: {
    message: ({ because, ...run }) =>
      ({
        "no-plan": `${theRun(run)} has no accepted plan that feedback could change.`,
        "plan-given": "Feedback asks for another plan, and a plan or inputs are given with it.",
        empty: "The feedback is empty.",
      })[because],
    next: ({ because }) =>
      because === "no-plan"
        ? ["Continue it without feedback: ", { action: "retry" }, "."]
        : [because === "empty" ? "Say what should be different." : "Give either the feedback, or the plan and inputs."],
  },
  NO_PARTIAL_ANSWER: {
    message: ({ because, limit, ...run }) =>
      `${theRun(run)} gives no partial answer: ${noAnswerBecause(because, limit)}.`,
    next: ({ because }) =>
      because === "answered"
        ? [{ action: "answer" }, " gives it."]
        : because === "budget"
          ? ["Give a larger budget, which covers all of the run: ", { action: "answer", partial: true }, ". ", ...SHOWS]
          : [RETRY, " continues the run. ", SHOW, " shows its state."],
  },
  STEP_UNUSABLE: {
    message: ({ step }) => `Step ${step} has acted, and a fork would make its call again.`,
    next: ({ step }) => [
      RETRY,
      " asks about its output; decide about that first. ",
      { action: "fork", ...(step === undefined ? {} : { at: step }) },
      " makes the call again.",
    ],
  },
  STEP_UNKNOWN: {
    message: ({ step, fork }) =>
      `The outcome of step ${step} is unknown, and ` +
      `${fork === true ? "a fork would make the call again" : "this would forget it"}.`,
    next: () => ["Retry the run as it is with ", RETRY, ", and settle that call first."],
  },
  UNDOING_UNKNOWN: {
    message: ({ step }) =>
      `It is unknown whether the call of step ${step} was undone, so nothing may build on its output.`,
    next: () => ["Go on with the undoing by ", { action: "compensate" }, ", and say what became of that call."],
  },
  NOT_ANSWERED: {
    message: ({ stopped, runId }) =>
      stopped === undefined
        ? `The command is recorded, but the owner of ${runId === undefined ? "the run" : `run ${runId}`} has not ` +
          "answered it."
        : `The command is recorded, but the process that drove the run stopped: ${stopText(stopped)}`,
    next: () => [{ action: "watch" }, " shows whether it was obeyed."],
  },
};

/** The error may be that of another program, or of another version. */
function stopText(stopped: object): string {
  if ("text" in stopped) return String(stopped.text);
  const { code, params = {} } = stopped as { readonly code: string; readonly params?: JsonObject };
  return isErrorCode(code) ? errorText(code, params) : textOr({ code, ...params }, () => undefined);
}

const wordsOf = (code: string): Words<unknown> | undefined =>
  Object.hasOwn(REFUSALS, code) ? (REFUSALS[code as keyof RefusalParams] as Words<unknown>) : undefined;

/** Why a command was refused. The message of a version-1 log is shown as it is. */
export function refusalText({ code, params, text }: Refusal, runId?: string): string {
  if (text !== undefined) return text;
  const run = runId === undefined ? {} : { runId };
  return textOr({ code, ...params }, () => wordsOf(code)?.message({ ...params, ...run }));
}

/** What to do about it. */
export function refusalNext({ code, params }: Refusal): Sentence {
  return fittingNext(params, () => wordsOf(code)?.next?.(params ?? {})) ?? SHOWS;
}
