// The course of a run as lines. In: each event, with the run that it has been folded into. Out: what a person is told of it.
// Separate because the plain view prints all of these, and the live table only those that must not be lost.
import type { EventData, EventOf, RunEvent, StepRef } from "../../run/event.js";
import { currentPlan, findWork, reviewOf } from "../../run/lookup.js";
import { isReviewedAgain } from "../../run/status.js";
import { isFinished } from "../../run/steps.js";
import { type Run } from "../../run/state.js";
import { isObject, type Json } from "../../plan/json.js";
import { failureLine, failureText } from "../../words/failures.js";
import { commentText, reasonText } from "../../words/reasons.js";
import { askingLines, invalidLines } from "./asking.js";
import { actLines } from "./plan.js";
import { askedLines, proposedLines } from "./revision.js";
import { duration, oneLine, paint } from "./style.js";

export interface Line {
  readonly text: string;
  /** A step's ordinary coming and going, which the live table shows by itself. */
  readonly routine: boolean;
}

/** The phase that an event belongs to, as the documents name them; undefined where it belongs to none. */
export function phaseOf(event: RunEvent, run: Run): string | undefined {
  if (event.type === "run.started") return "PLANNING";
  if (event.type === "replan.requested") return "REPLANNING";
  if (event.type === "plan.proposed" && event.data.cause === "edit") return undefined;
  if (event.type === "plan.proposed") return run.planning.plans.length === 1 ? "PLANNING" : "REPLANNING";
  if (event.type === "plan.invalid" || event.type === "plan.failed")
    return run.planning.plans.length === 0 ? "PLANNING" : "REPLANNING";
  if (event.type === "execution.completed") return run.mode.phase === "answering" ? "SYNTHESIZING" : undefined;
  // What begins before its plan is whole stands under its planning.
  return event.type.startsWith("step.") && run.mode.phase !== "planning" ? "EXECUTING" : undefined;
}

export const heading = (phase: string): string => paint("bold", `=== ${phase} ===`);

/** What is said about an event, below its phase's heading. */
export function linesOf(event: RunEvent, run: Run): readonly Line[] {
  const said = (text: string): readonly Line[] => [{ text, routine: false }];
  const routine = (text: string): readonly Line[] => [{ text, routine: true }];
  switch (event.type) {
    case "run.started":
      return said(`  run ${event.runId}${parentText(event.data)}`);
    case "plan.proposed":
      return proposedLines(run, event.data).flatMap(said);
    case "plan.invalid":
      return [...invalidLines(event.data), ...askingLines(event.data.asking)].flatMap(said);
    case "plan.stepDrafted":
      return said(mark("writes", draftedText(event.data)));
    case "plan.failed":
    case "answer.failed": {
      const { error, decision, reason, retryAt } = event.data;
      const then = decision === "retry" && retryAt !== undefined ? `; again in ${duration(retryAt - event.at)}` : "";
      return said(mark("failed", `${oneLine(failureLine(error))} (${reasonText(reason)}${then})`));
    }
    case "run.resumed":
      return said(
        mark("resumed", event.data.reason.code === "LEGACY" ? oneLine(event.data.reason.text) : "").trimEnd(),
      );
    case "run.reopened":
      return said(mark("retried", retriedText(event)));
    case "approval.requested":
      return [
        mark("waits", `${subjectOf(event.data.subject)} for approval: ${oneLine(reasonText(event.data.reason))}`),
        ...(event.data.subject === "plan" ? [...actLinesOf(run), ...askedLines(run)] : []),
      ].flatMap(said);
    case "approval.granted":
      return said(mark("approved", grantedText(event)));
    case "approval.denied": {
      const [word, text] = deniedText(event);
      return said(mark(word, text));
    }
    case "cancel.requested":
      return said(mark("cancel", `by ${oneLine(event.by)}: ${commentIn(event.data)}`));
    case "budget.awaited":
      return routine(mark("budget", `${askerIn(run, event.data.key)} waits for what other calls give back`));
    case "step.completed":
      return [...stepLines(event, run, said, routine), ...(beginsReview(run) ? routine(mark("review", REVIEWED)) : [])];
    default:
      return [...turnLines(event).flatMap(said), ...stepLines(event, run, said, routine)];
  }
}

/** What a person said when a command was given. */
const commentIn = ({ comment: text }: { readonly comment: string }): string => oneLine(commentText(text));

/** The reviewer's words, and why its verdict was not followed. */
export const reviewedText = ({ text, reason }: EventData["plan.reviewed"]): string =>
  [text || "no reason given", ...(reason === undefined ? [] : [reasonText(reason)])].join("; ");

/** `the plan, by ann, its calls too: looks good`. */
export function grantedText({ by, data: { subject, calls, comment: text } }: EventOf<"approval.granted">): string {
  return `${subjectOf(subject)}, by ${oneLine(by)}${calls !== undefined && subject === "plan" ? ", its calls too" : ""}${comment(text)}`;
}

/** What became of what waited, in a word; and what it was, who it was, and why. */
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

/** Of the steps that are to run: what others have done is not done again. */
export function actLinesOf(run: Run): readonly string[] {
  const proposed = currentPlan(run);
  return proposed === undefined ? [] : actLines(proposed, (id) => isFinished(run.execution.steps.get(id)!.work));
}

const REVIEWED = "whether the rest of the plan still makes sense; nothing new starts until then";

/** Not where steps end while one is open. */
const beginsReview = (run: Run): boolean => reviewOf(run) !== undefined && !isReviewedAgain(run);

/** What turns the course of a run: pauses, other goals, other plans, an end of the budget. */
function turnLines(event: RunEvent): readonly string[] {
  switch (event.type) {
    case "run.paused":
      return [mark("paused", `by ${oneLine(event.by)}: ${commentIn(event.data)}; nothing new starts`)];
    case "run.unpaused":
      return [mark("goes on", `by ${oneLine(event.by)}: ${commentIn(event.data)}`)];
    case "goal.changed":
      return [
        mark("goal", `changed by ${oneLine(event.by)}: ${oneLine(event.data.goal, 2_000)} (${commentIn(event.data)})`),
      ];
    case "replan.requested":
      return [
        mark(
          "replan",
          `${event.data.mode === "patch" ? "a patch" : "a new plan"}: ${oneLine(reasonText(event.data.reason), 2_000)}${takesText(event.data)}`,
        ),
      ];
    case "plan.reviewed":
      return [mark("reviewed", `${event.data.decision}: ${oneLine(reviewedText(event.data))}`)];
    case "review.failed": {
      const { error, reason, retryAt } = event.data;
      const then = retryAt === undefined ? "" : `; again in ${duration(retryAt - event.at)}`;
      return [mark("failed", `review: ${oneLine(failureLine(error))} (${reasonText(reason)}${then})`)];
    }
    case "budget.exhausted": {
      const { limit, wanted, allowed } = event.data;
      return [
        mark("budget", `${limit} is used up: ${number(wanted)} wanted, ${number(allowed)} allowed; nothing new starts`),
      ];
    }
    default:
      return [];
  }
}

const number = (figure: number): string => figure.toLocaleString("en-US");

function takesText({ estimate: { tokens, costUsd } }: EventData["replan.requested"]): string {
  if (tokens === null) return "";
  return ` (about ${number(tokens)} tokens${costUsd === null ? "" : `, ${costUsd.toFixed(4)} USD`})`;
}

type Say = (text: string) => readonly Line[];

/** `find: Search for the companies`, as far as the planner has written it. */
export function draftedText({ step }: { readonly step: Json }): string {
  const written = isObject(step) ? step : {};
  const [id, title] = [written["id"], written["title"] ?? written["tool"] ?? written["agent"]];
  return [id, title]
    .filter((part) => typeof part === "string")
    .map((part) => oneLine(part))
    .join(": ");
}

function stepLines(event: RunEvent, run: Run, said: Say, routine: Say): readonly Line[] {
  switch (event.type) {
    case "step.expanded":
      return routine(mark("expand", `${event.data.step}: ${event.data.list.length} items`));
    case "step.started": {
      const { attempt } = event.data;
      return routine(mark("start", `${name(event.data)}${attempt > 1 ? ` (attempt ${attempt})` : ""}`));
    }
    case "step.completed": {
      const took = tookOf(event.data, run);
      const summary = event.data.summary === undefined ? "" : `: ${oneLine(event.data.summary, 100)}`;
      if (event.data.carried !== undefined) return routine(mark("reused", `${name(event.data)}${summary}`));
      return routine(mark("done", `${name(event.data)}${took}${summary}`));
    }
    case "step.failed": {
      const { error, decision, reason } = event.data;
      return said(
        mark(
          "failed",
          `${name(event.data)}: ${error.code} ${oneLine(failureText(error))} -> ${decision} (${reasonText(reason)})`,
        ),
      );
    }
    case "step.retrying":
      return said(
        mark(
          "retry",
          `${name(event.data)}: attempt ${event.data.attempt} in ${duration(event.data.retryAt - event.at)}`,
        ),
      );
    case "step.skipped": {
      const { reason, carried } = event.data;
      return said(
        mark(
          "skipped",
          `${name(event.data)}: ${oneLine(reasonText(reason))}${carried === undefined ? "" : " (reused)"}`,
        ),
      );
    }
    case "step.suspended":
      return said(mark("asks", `${name(event.data)}: ${oneLine(event.data.question)}`));
    case "step.unknown":
      return said(
        mark(
          "unknown",
          `${name(event.data)}: it is not known whether ${event.data.tool} took effect (${oneLine(failureText(event.data.error))})${event.data.reconcileAt === undefined ? "" : "; it is asked"}`,
        ),
      );
    case "step.resolved":
      return said(mark("settled", `${name(event.data)}: ${event.data.verdict}, says ${saidBy(event.by)}`));
    case "reconcile.failed": {
      const { error, reason, retryAt } = event.data;
      const then = retryAt === undefined ? "" : `; asked again in ${duration(retryAt - event.at)}`;
      return said(
        mark(
          "unknown",
          `${name(event.data)}: ${error.code} ${oneLine(failureText(error))} (${reasonText(reason)}${then})`,
        ),
      );
    }
    case "step.cancelled":
      return said(mark("stopped", name(event.data)));
    default:
      return [];
  }
}

/** ` of run X at step c`, where a run is a fork. */
const parentText = ({ parent }: EventData["run.started"]): string =>
  parent === undefined ? "" : `, a fork of ${parent.runId} at step ${parent.at}`;

export function retriedText({ by, data: { from, stage } }: EventOf<"run.reopened">): string {
  return `by ${oneLine(by)}${from === null ? "" : `, from step ${from}`}${stage === "plan" ? ": the planner is asked again" : ""}`;
}

const MARKS: Readonly<Record<string, "green" | "red" | "yellow" | "cyan">> = {
  done: "green",
  reused: "green",
  retried: "cyan",
  failed: "red",
  unknown: "red",
  retry: "yellow",
  skipped: "yellow",
  asks: "cyan",
  waits: "cyan",
  approved: "green",
  rejected: "yellow",
  expired: "red",
  withdrawn: "yellow",
  cancel: "red",
  paused: "yellow",
  goal: "cyan",
  replan: "cyan",
  budget: "red",
};

function mark(word: string, text: string): string {
  const colour = MARKS[word];
  const padded = word.padEnd(8);
  return `  ${colour === undefined ? padded : paint(colour, padded)} ${text}`;
}

/** `facts` or, of a fan-out, `facts[1]`. */
export const name = ({ step, item }: StepRef): string => (item === undefined ? step : `${step}[${item}]`);

export const subjectOf = (subject: "plan" | StepRef): string =>
  subject === "plan" ? "the plan" : `step ${name(subject)}`;

const comment = (text: string | undefined): string => (text === undefined || text === "" ? "" : `: ${oneLine(text)}`);

/** What became of a call is said by a person, or by its tool. */
const saidBy = (by: string): string => (by === "engine" ? "its tool" : oneLine(by));

function tookOf(ref: StepRef, run: Run): string {
  const work = findWork(run, ref);
  return work?.startedAt === undefined || work.finishedAt === undefined
    ? ""
    : ` (${duration(work.finishedAt - work.startedAt)})`;
}
