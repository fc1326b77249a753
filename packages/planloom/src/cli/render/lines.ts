// Shows the events of a run as lines. In: each event, with the run after it. Out: lines for a person. The plain view
// prints all of them. The live table prints only those that must not be lost.
import { grantorText } from "../../words/approval-reasons.js";
import type { RestOfStep } from "../../run/command.js";
import type { EventData, EventOf, EventType, RunEvent, StepRef } from "../../run/event.js";
import type { Failure } from "../../run/failure.js";
import { findWork, reviewOf } from "../../run/lookup.js";
import { roundsOf } from "../../run/rounds.js";
import { isReviewedAgain } from "../../run/status.js";
import { type Run } from "../../run/state.js";
import { isObject, type Json } from "../../plan/json.js";
import { failureLine, failureText } from "../../words/failures.js";
import { andList, durationText } from "../../words/phrases.js";
import { answerReviewText, judgedText } from "../../words/judged.js";
import { commentText, reasonText } from "../../words/reasons.js";
import { roundText } from "../../words/rounds.js";
import { changedToolText } from "../../words/tool-change.js";
import { strategyText } from "../../words/strategies.js";
import { takeoverTexts } from "../../words/takeovers.js";
import { BELOW } from "../../words/row-lines.js";
import { waitText, type WaitParams } from "../../words/waits.js";
import { askingLines, invalidLines } from "./asking.js";
import { planApprovalLines } from "./approval.js";
import { approvalLines, proposedLines } from "./revision.js";
import { undoingText } from "./undoing.js";
import { oneLine, paint } from "../style.js";

export interface Line {
  readonly text: string;
  /** The normal state changes of a step, which the live table shows itself. */
  readonly routine: boolean;
  /** It names the phase that begins. */
  readonly isHeading?: true;
}

/** The phase of an event, as the documents name it; undefined if it has none. */
export function phaseOf(event: RunEvent, run: Run): string | undefined {
  if (event.type === "run.started") return "PLANNING";
  if (event.type === "replan.requested") return "REPLANNING";
  if (event.type === "plan.proposed" && event.data.cause === "edit") return undefined;
  if (event.type === "plan.proposed") return run.planning.plans.length === 1 ? "PLANNING" : "REPLANNING";
  if (event.type === "plan.invalid" || event.type === "plan.failed")
    return run.planning.plans.length === 0 ? "PLANNING" : "REPLANNING";
  if (event.type === "compensation.requested") return "UNDOING";
  if (event.type === "answer.requested") return "SYNTHESIZING";
  if (event.type === "execution.completed") return run.mode.phase === "answering" ? "SYNTHESIZING" : undefined;
  // A step that starts before its plan is complete is shown in the planning phase.
  return event.type.startsWith("step.") && run.mode.phase !== "planning" ? "EXECUTING" : undefined;
}

export const heading = (phase: string): string => paint("bold", `=== ${phase} ===`);

/** A model call that waits for its endpoint. */
export const waitLine = (wait: WaitParams): string => mark("waits", waitText(wait));

/** The text for an event, under the heading of its phase. */
export function linesOf(event: RunEvent, run: Run): readonly Line[] {
  const show = SHOWN[event.type] as ((event: RunEvent, run: Run) => readonly Line[]) | undefined;
  return [...(show?.(event, run) ?? []), ...takeoverLines(event)];
}

/** Models that answered instead of others. */
function takeoverLines({ data }: RunEvent): readonly Line[] {
  const others = "usage" in data ? data.usage?.others : undefined;
  const place = "usage" in data && "step" in data ? `${name(data)}: ` : "";
  return takeoverTexts(others).flatMap((text) => marked("instead", oneLine(`${place}${text}`, 200)));
}

const said = (text: string): readonly Line[] => [{ text, routine: false }];
const routine = (text: string): readonly Line[] => [{ text, routine: true }];
const marked = (word: string, text: string): readonly Line[] => said(mark(word, text));

/** The lines of each event; an event without an entry is not shown. */
const SHOWN: { readonly [Type in EventType]?: (event: EventOf<Type>, run: Run) => readonly Line[] } = {
  "run.started": ({ runId, data }) => said(`  run ${runId}${parentText(data)}`),
  "strategy.chosen": ({ data }) => marked("strategy", oneLine(strategyText(data.strategy, data), 2_000)),
  "strategy.failed": roleFailed,
  "plan.proposed": ({ data }, run) => proposedLines(run, data).flatMap(said),
  "plan.invalid": ({ data }) => [...invalidLines(data), ...askingLines(data.asking)].flatMap(said),
  "plan.stepDrafted": ({ data }) => marked("writes", draftedText(data)),
  "plan.failed": roleFailed,
  "answer.requested": () => marked("answer", "partial: the run has failed, and what is done is put together"),
  "answer.failed": roleFailed,
  "run.resumed": ({ data: { reason } }) =>
    said(mark("resumed", reason.code === "LEGACY" ? oneLine(reason.text) : "").trimEnd()),
  "run.reopened": (event) => marked("retried", retriedText(event)),
  "run.paused": ({ by, data }) => marked("paused", `by ${oneLine(by)}: ${commentIn(data)}; nothing new starts`),
  "run.unpaused": ({ by, data }) => marked("goes on", `by ${oneLine(by)}: ${commentIn(data)}`),
  "goal.changed": ({ by, data }) =>
    marked("goal", `changed by ${oneLine(by)}: ${oneLine(data.goal, 2_000)} (${commentIn(data)})`),
  "replan.requested": ({ data }) =>
    marked(
      "replan",
      `${data.mode === "patch" ? "a patch" : "a new plan"}: ${oneLine(reasonText(data.reason), 2_000)}${takesText(data)}`,
    ),
  "plan.reviewed": ({ data }) => marked("reviewed", `${data.decision}: ${oneLine(reviewedText(data))}`),
  "review.failed": ({ at, data: { error, reason, retryAt } }) =>
    marked("failed", `review: ${oneLine(failureLine(error))} (${reasonText(reason)}${retryTimeText(at, retryAt)})`),
  "budget.exhausted": ({ data: { limit, wanted, allowed } }) =>
    marked("budget", `${limit} is used up: ${number(wanted)} wanted, ${number(allowed)} allowed; nothing new starts`),
  "budget.awaited": ({ data }, run) =>
    routine(mark("budget", `${askerIn(run, data.key)} waits for what other calls give back`)),
  "approval.requested": ({ data: { subject, reason, undoes } }, run) =>
    [
      mark(
        "waits",
        `${undoes === undefined ? "" : "the undoing of "}${subjectOf(subject)} for approval: ${oneLine(reasonText(reason))}`,
      ),
      ...(subject === "plan" ? [...planApprovalLines(run), ...approvalLines(run)] : []),
    ].flatMap(said),
  "approval.granted": (event) => marked("approved", grantedText(event)),
  "approval.denied": (event) => marked(...deniedText(event)),
  "cancel.requested": ({ by, data }) => marked("cancel", `by ${oneLine(by)}: ${commentIn(data)}`),
  "compensation.requested": (event) => marked(...undoingText(event)),
  "compensation.started": (event) => marked(...undoingText(event)),
  "compensation.completed": (event) => marked(...undoingText(event)),
  "compensation.failed": (event) => marked(...undoingText(event)),
  "compensation.settled": (event) => marked(...undoingText(event)),
  "compensation.ended": (event) => marked(...undoingText(event)),
  "step.expanded": ({ data }) => routine(mark("expand", `${data.step}: ${data.list.length} items`)),
  "step.repeated": ({ data }, run) =>
    data.round === 0 || data.carried !== undefined ? [] : said(mark("round", roundLine(data, run))),
  "step.started": ({ data }) =>
    routine(mark("start", `${name(data)}${data.attempt > 1 ? ` (attempt ${data.attempt})` : ""}`)),
  "tool.changed": ({ data }) => marked("changed", oneLine(changedToolText(data), 2_000)),
  "step.held": ({ data }) => routine(mark("held", `${name(data)}: ${heldText(data)}`)),
  "step.delegated": delegatedLines,
  "step.completed": completedLines,
  "step.judging": ({ data }) => routine(mark("judges", `${name(data)}: the output, by its expect`)),
  "step.judged": ({ data }) => routine(mark("judged", `${name(data)}: ${oneLine(judgedText(data))}`)),
  "judge.failed": ({ at, data }) =>
    marked(
      "failed",
      `${failedText(data)} (${reasonText(data.reason)}${retryTimeText(at, data.retryAt, "asked again")})`,
    ),
  "answer.drafted": ({ data }) =>
    routine(mark("critic", `reads ${data.round === 1 ? "the answer" : `draft ${data.round}`}`)),
  "answer.reviewed": ({ data }) =>
    [
      mark("reviewed", `the answer: ${oneLine(answerReviewText(data), 2_000)}`),
      ...data.unsupported.map(({ text }) => mark("claim", `no output supports: ${oneLine(text, 400)}`)),
    ].flatMap(said),
  "critique.failed": ({ at, data: { error, reason, retryAt } }) =>
    marked("failed", `critic: ${oneLine(failureLine(error))} (${reasonText(reason)}${retryTimeText(at, retryAt)})`),
  "step.failed": ({ data }) => marked("failed", `${failedText(data)}${thenText(data)} (${reasonText(data.reason)})`),
  "turn.failed": ({ at, data }) =>
    marked(
      "retry",
      `${name(data)}: turn ${data.turn}: ${data.error.code} ${oneLine(failureText(data.error))} (${reasonText(data.reason)}${retryTimeText(at, data.retryAt, "the turn is sent again")})`,
    ),
  "step.retrying": ({ at, data }) =>
    marked("retry", `${name(data)}: attempt ${data.attempt} in ${durationText(data.retryAt - at)}`),
  "step.skipped": ({ data }) =>
    marked(
      "skipped",
      `${name(data)}: ${oneLine(reasonText(data.reason))}${data.carried === undefined ? "" : " (reused)"}`,
    ),
  "step.suspended": ({ data }) => marked("asks", `${name(data)}: ${oneLine(data.question)}`),
  "step.asked": ({ data }) => marked("asks", `${name(data)}: ${oneLine(data.tool)}: ${oneLine(data.question)}`),
  "step.answered": ({ by, data }) =>
    marked("answered", `${name(data)}, by ${oneLine(by)}: ${resultText({ output: data.value })}`),
  "step.unknown": ({ data }) =>
    marked(
      "unknown",
      `${name(data)}: it is not known whether ${data.tool} took effect (${oneLine(failureText(data.error))})${data.reconcileAt === undefined ? "" : "; it is asked"}`,
    ),
  "step.unusable": ({ data: { error, earlier, ...ref } }) =>
    marked(
      "unusable",
      earlier === undefined
        ? `${name(ref)}: ${oneLine(failureText(error))}`
        : `${name(ref)}: not called, because step ${name(earlier)} made this call: ${oneLine(failureText(error))}`,
    ),
  "step.resolved": ({ by, data }) => marked("settled", `${name(data)}: ${data.verdict}, says ${saidBy(by)}`),
  "reconcile.failed": ({ at, data }) =>
    marked(
      "unknown",
      `${failedText(data)} (${reasonText(data.reason)}${retryTimeText(at, data.retryAt, "asked again")})`,
    ),
  "step.cancelled": ({ data }) => marked("stopped", name(data)),
};

/** The child run shows the rest itself. What it has used is told with its end. */
function delegatedLines({ data }: EventOf<"step.delegated">): readonly Line[] {
  const { run, waits } = data;
  if (waits !== undefined) return marked("waits", `${name(data)}: ${BELOW[waits]} (run ${oneLine(run)})`);
  return isUnused(data) ? routine(mark("sub-plan", `${name(data)}: run ${oneLine(run)}`)) : [];
}

const isUnused = ({ used: { planner, executor, synthesizer } }: EventData["step.delegated"]): boolean =>
  planner.calls + executor.calls + synthesizer.calls === 0;

const failedText = (data: StepRef & { readonly error: Failure }): string =>
  `${name(data)}: ${data.error.code} ${oneLine(failureText(data.error))}`;

/** The reason of a step that failed before its plan was complete says what follows. */
const thenText = ({ decision, reason }: EventData["step.failed"]): string =>
  reason.code === "AFTER_PLAN" ? "" : ` -> ${decision}`;

const retryTimeText = (at: number, retryAt: number | undefined, word = "again"): string =>
  retryAt === undefined ? "" : `; ${word} in ${durationText(retryAt - at)}`;

function roleFailed({ at, data }: EventOf<"plan.failed" | "strategy.failed" | "answer.failed">): readonly Line[] {
  const { error, decision, reason, retryAt } = data;
  const then = decision === "retry" ? retryTimeText(at, retryAt) : "";
  return marked("failed", `${oneLine(failureLine(error))} (${reasonText(reason)}${then})`);
}

function completedLines({ data }: EventOf<"step.completed">, run: Run): readonly Line[] {
  // What another run gave was shown there.
  const result = resultText(data.carried === undefined ? data : { ...data, output: null });
  const summary = result === "" ? "" : `: ${result}`;
  const [word, took] = data.carried === undefined ? ["done", tookOf(data, run)] : ["reused", ""];
  const review = beginsReview(run) ? routine(mark("review", REVIEWED)) : [];
  return [...routine(mark(word, `${name(data)}${took}${summary}`)), ...review];
}

/** What a step gave, in one line: its tool's own words, else the first 100 characters of its output. */
export function resultText({ summary, output }: { readonly summary?: string; readonly output?: Json }): string {
  if (summary !== undefined) return oneLine(summary, 100);
  if (output === undefined || output === null) return "";
  return oneLine(typeof output === "string" ? output.slice(0, 400) : JSON.stringify(output).slice(0, 400), 100);
}

const heldText = ({ reason: { code, tools } }: EventData["step.held"]): string =>
  code === "ITEMS_TOGETHER"
    ? "waits until the other items have their arguments, to be asked about together"
    : `not called, because ${andList(tools)} changed`;

/** The comment of a person with a command. */
const commentIn = ({ comment: text }: { readonly comment: string }): string => oneLine(commentText(text));

/** The reviewer's words, and why its verdict was not followed. */
export const reviewedText = ({ text, reason }: EventData["plan.reviewed"]): string =>
  [text || "no reason given", ...(reason === undefined ? [] : [reasonText(reason)])].join("; ");

/** `the plan, by ann, its calls too: looks good`. */
export function grantedText({ by, data }: EventOf<"approval.granted">): string {
  const { subject, calls, args, rest, comment: text, standing } = data;
  const more = [
    calls !== undefined && subject === "plan" ? ", its calls too" : "",
    args === undefined ? "" : `, with other arguments ${oneLine(JSON.stringify(args), 400)}`,
    rest === undefined ? "" : REST[rest],
  ];
  const who = standing === undefined ? by : grantorText(standing);
  return `${subjectOf(subject)}, by ${oneLine(who)}${more.join("")}${comment(text)}`;
}

const REST: Readonly<Record<RestOfStep, string>> = {
  values: ", and the same values for the rest of the step",
  host: ", and the same host for the rest of the step",
};

/** The result of an approval in one word, then its subject, the person and the reason. */
export function deniedText({ by, data }: EventOf<"approval.denied">): readonly [string, string] {
  const what = `${subjectOf(data.subject)}${by === "engine" ? "" : `, by ${oneLine(by)}`}`;
  switch (data.cause) {
    case "rejected":
      return ["rejected", `${what}${comment(data.comment)}`];
    case "expired":
      return ["expired", `${subjectOf(data.subject)}: nobody approved it in time`];
    case "cancelled":
      return ["withdrawn", `${what}: the run is being cancelled`];
    case "superseded":
      return ["withdrawn", `${what}: something else takes its place${comment(data.comment)}`];
  }
}

/** Who wants to send a model call: a step, or a role. */
function askerIn({ owed }: Run, key: string): string {
  const effect = owed.get(key);
  if (effect === undefined || !("step" in effect)) return `the call ${oneLine(key, 80)}`;
  const { step, item } = effect;
  return `step ${item === null || item === undefined ? step : `${step}[${item}]`}`;
}

const REVIEWED = "whether the rest of the plan still makes sense; nothing new starts until then";

/** Not shown among the ends of steps while one is open. */
const beginsReview = (run: Run): boolean => reviewOf(run) !== undefined && !isReviewedAgain(run);

const number = (figure: number): string => figure.toLocaleString("en-US");

function takesText({ estimate: { tokens, costUsd } }: EventData["replan.requested"]): string {
  if (tokens === null) return "";
  return ` (about ${number(tokens)} tokens${costUsd === null ? "" : `, ${costUsd.toFixed(4)} USD`})`;
}

/** `find: Search for the companies`, as far as the planner has written it. */
export function draftedText({ step }: { readonly step: Json }): string {
  const written = isObject(step) ? step : {};
  const [id, title] = [written["id"], written["title"] ?? written["tool"] ?? written["agent"]];
  return [id, title]
    .filter((part) => typeof part === "string")
    .map((part) => oneLine(part))
    .join(": ");
}

/** ` of run X at step c`, if a run is a fork. */
const parentText = ({ parent }: EventData["run.started"]): string =>
  parent === undefined ? "" : `, a fork of ${parent.runId} at step ${parent.at}`;

const RETRIED_STAGE: Readonly<Record<EventData["run.reopened"]["stage"], string>> = {
  execution: "",
  plan: ": the planner is asked again",
  answer: ": an answer from what is done",
};

export function retriedText({ by, data: { from, stage } }: EventOf<"run.reopened">): string {
  return `by ${oneLine(by)}${from === null ? "" : `, from step ${from}`}${RETRIED_STAGE[stage]}`;
}

const MARKS: Readonly<Record<string, "green" | "red" | "yellow" | "cyan">> = {
  done: "green",
  reused: "green",
  changed: "yellow",
  retried: "cyan",
  failed: "red",
  unknown: "red",
  unusable: "red",
  retry: "yellow",
  skipped: "yellow",
  asks: "cyan",
  waits: "cyan",
  instead: "yellow",
  approved: "green",
  rejected: "yellow",
  expired: "red",
  withdrawn: "yellow",
  cancel: "red",
  paused: "yellow",
  goal: "cyan",
  replan: "cyan",
  budget: "red",
  claim: "yellow",
};

/** improve: round 2 of 5: not yet */
function roundLine({ step, ...said }: EventData["step.repeated"], run: Run): string {
  const state = run.execution.steps.get(step);
  return `${step}: ${roundText({ ...said, of: state && roundsOf(state)?.of })}`;
}

function mark(word: string, text: string): string {
  const colour = MARKS[word];
  const padded = word.padEnd(8);
  return `  ${colour === undefined ? padded : paint(colour, padded)} ${text}`;
}

/** `facts`, or `facts[1]` for an item. */
export const name = ({ step, item }: StepRef): string => (item === undefined ? step : `${step}[${item}]`);

export const subjectOf = (subject: "plan" | StepRef): string =>
  subject === "plan" ? "the plan" : `step ${name(subject)}`;

const comment = (text: string | undefined): string => (text === undefined || text === "" ? "" : `: ${oneLine(text)}`);

/** The outcome of a call in doubt comes from a person or from its tool. */
const saidBy = (by: string): string => (by === "engine" ? "its tool" : oneLine(by));

function tookOf(ref: StepRef, run: Run): string {
  const work = findWork(run, ref);
  return work?.startedAt === undefined || work.finishedAt === undefined
    ? ""
    : ` (${durationText(work.finishedAt - work.startedAt)})`;
}
