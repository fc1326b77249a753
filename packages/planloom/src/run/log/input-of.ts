// Turns events back into the input that they answer. In: the state before them, and the events that share an inputId.
// Out: that input, with the same id, time and sender.
import type { EventData, EventOf, EventType, Fact, RunEvent, StepRef } from "../event.js";
import { stepRef } from "../step-ref.js";
import { isFailure, type Failure } from "../failure.js";
import type { Delegated, Drafted, Input, Outcome, Reserve, Start, UnreadableCommand } from "../input.js";
import { HASH_VERSION } from "../../plan/plan-hash.js";
import type { CheckedPlan, Command } from "../command.js";
import { recordedTool } from "../changed-tools.js";
import { sameWordsIn } from "../approval.js";
import { callKey, compensateKey, critiqueKey, fillKey, reconcileKey } from "../keys.js";
import { childNews } from "../child-use.js";
import { callsOf, progressOf } from "../progress.js";
import { NO_USAGE } from "../../plan/usage.js";
import { chooseOf, currentPlan, findWork, reviewOf, workOf } from "../lookup.js";
import { type Run } from "../state.js";

/** An input without its stamp. */
type Said =
  | Start
  | Reserve
  | Drafted
  | Delegated
  | Outcome
  | Command
  | UnreadableCommand
  | { readonly type: "clock" }
  | Extract<Input, { readonly type: "recovered" }>;

/**
 * The input that these events answer. A rejection gets the hash of its subject. Events that follow only from time (a
 * retry begins, an approval expires) give a clock. undefined if a version-1 log does not hold the input: then its
 * events can only be taken as recorded.
 */
export function inputOf(run: Run, events: readonly RunEvent[]): Input | undefined {
  const { inputId: id, at } = events[0]!;
  const first = events[expiredAmong(events)];
  const said = first === undefined ? CLOCK : saidBy(run, first, events);
  if (said === undefined) return undefined;
  // A clock and its consequences are sent by the engine, whoever woke it.
  const by = first === undefined || said.type === "clock" ? "engine" : first.by;
  return { ...said, id, at, by };
}

const CLOCK = { type: "clock" } as const;

/**
 * Number of events at the start that precede the decision: an approval expired, the run's time ran out, its log was
 * full.
 */
function expiredAmong(events: readonly RunEvent[]): number {
  let count = 0;
  for (let event = events[0]; event !== undefined;) {
    const subject = expiredIn(event);
    if (subject === undefined) break;
    event = events[++count];
    while (event !== undefined && endsWith(event, subject)) event = events[++count];
  }
  // Time may run out for the whole run, too.
  const next = events[count];
  if (next?.type === "budget.exhausted" && next.data.call === undefined) count++;
  return events[count]?.type === "log.full" ? count + 1 : count;
}

/** The plan or step whose approval, or whose question of a tool, has expired with this event. */
function expiredIn({ type, data }: RunEvent): "plan" | StepRef | undefined {
  if (type === "approval.denied") return data.cause === "expired" ? data.subject : undefined;
  if (type !== "step.failed" || !isFailure(data.error, "ASK_EXPIRED")) return undefined;
  return stepRef(data);
}

/** With the failure of a run, its partial answer may be requested or given. */
const FAILING: ReadonlySet<EventType> = new Set(["run.failed", "answer.requested", "answer.written"]);

/** Whether this event follows from the end of that approval: the run, the step, or its fan-out has ended. */
function endsWith(event: RunEvent, subject: "plan" | StepRef): boolean {
  if (subject === "plan") return FAILING.has(event.type);
  if (event.type !== "step.failed" && event.type !== "step.skipped" && event.type !== "step.completed") return false;
  const { step, item } = event.data;
  return step === subject.step && (item === undefined || item === subject.item);
}

function saidBy(run: Run, first: RunEvent, events: readonly RunEvent[]): Said | undefined {
  switch (first.type) {
    case "run.started":
      return startOf(first, events.slice(1));
    case "run.resumed":
      return { type: "recovered", ...first.data } as Said;
    case "run.reopened":
      return first.data.stage === "answer" ? answerOf(first.data) : retryOf(run, first, events[1]);
    case "plan.stepDrafted": {
      const { request, index, step, tools } = first.data;
      return { type: "drafted", key: request, index, step, ...(tools === undefined ? {} : { tools }) };
    }
    case "plan.proposed":
    case "plan.invalid":
    case "plan.failed":
      return planOutcome(run, first);
    case "step.delegated": {
      const key = callKey(workOf(run, first.data));
      return { type: "delegated", key, ...childNews(first.data) };
    }
    case "strategy.chosen":
    case "strategy.failed":
      return choiceOutcome(run, first, events[1]);
    case "step.filled":
    case "step.completed":
    case "step.failed":
    case "step.unknown":
    case "step.unusable":
    case "step.cancelled":
    case "turn.failed":
    case "step.judging":
      return stepOutcome(run, first);
    case "step.judged":
    case "judge.failed":
      return judgeOutcome(run, first);
    case "answer.reviewed":
    case "critique.failed":
      return critiqueOutcome(first, critiqueKey(run.answering.critiques));
    case "compensation.requested":
      return compensateIn(first.data);
    case "compensation.completed":
    case "compensation.failed":
      return undoingOutcome(run, first);
    case "compensation.settled": {
      const { step, item, verdict } = first.data;
      return { type: "settle", ...stepRef({ step, ...(item === undefined ? {} : { item }) }), verdict };
    }
    case "answer.drafted":
    case "answer.written":
    case "answer.failed":
      return answerOutcome(run, first);
    case "plan.reviewed":
    case "review.failed":
      return reviewOutcome(run, first);
    case "budget.reserved":
    case "budget.awaited":
      return reserveOf(first.data);
    case "budget.exhausted":
      return first.data.call === undefined ? CLOCK : reserveOf(first.data.call);
    case "run.paused":
      return { type: "pause", reason: first.data.comment };
    case "run.unpaused":
      return { type: "unpause", reason: first.data.comment };
    case "goal.changed":
      return goalOf(first.data);
    case "approval.granted":
    case "approval.denied":
    case "cancel.requested":
      return commandOf(run, first, events);
    case "approval.requested":
      return heldIn(run, first.data);
    case "step.asked":
      return askedIn(run, first.data);
    case "step.answered": {
      const { value, ...ref } = first.data;
      return { type: "respond", ...stepRef(ref), value };
    }
    case "step.resolved":
      return first.by === "engine" ? answerOfTool(run, first.data) : settlingIn(first.data);
    case "reconcile.failed": {
      const { error, output } = first.data;
      const key = reconcileKey(workOf(run, first.data));
      if (output !== undefined) return { type: "reconciled", key, happened: true, output };
      return { type: "reconcile-failed", key, error };
    }
    case "tool.changed":
    case "step.held":
      return changeIn(run, events);
    case "input.refused": {
      const { code, command } = first.data;
      if (!("unknown" in command)) return command;
      return code === "COMMAND_UNREADABLE" ? { type: "unreadable", command: command.type } : undefined;
    }
    default:
      return CLOCK;
  }
}

function startOf({ data: started }: EventOf<"run.started">, [next, ...rest]: readonly RunEvent[]): Start {
  const given = next?.type === "plan.proposed" && started.planGiven ? { given: givenIn(next.data) } : {};
  const carried = rest.filter(({ data }) => "carried" in data).map(({ type, data }) => ({ type, data }) as Fact);
  return { type: "start", started, ...given, ...(carried.length === 0 ? {} : { carried }) };
}

function givenIn(proposed: EventData["plan.proposed"]): CheckedPlan {
  const { mustApprove, afterUntrusted } = proposed;
  return {
    ...checkedIn(proposed),
    ...(mustApprove === undefined ? {} : { mustApprove }),
    ...(afterUntrusted === undefined ? {} : { afterUntrusted }),
  };
}

/**
 * A plan that replaces another one. Its own marks are those that the kernel did not keep from that one. An edit keeps
 * the need for approval also of steps with other words.
 */
function replacingIn(run: Run, proposed: EventData["plan.proposed"], by: "retry" | "edit"): CheckedPlan {
  const { mustApprove = [], afterUntrusted } = proposed;
  const before = currentPlan(run)?.afterUntrusted?.steps;
  const same = new Set(sameWordsIn(proposed.plan, currentPlan(run)));
  const own = mustApprove.filter((id) => !(run.planning.mustApprove.has(id) && (by === "edit" || same.has(id))));
  const steps = afterUntrusted?.steps.filter((id) => before?.has(id) !== true || !same.has(id)) ?? [];
  return {
    ...checkedIn(proposed),
    ...(own.length === 0 ? {} : { mustApprove: own }),
    ...(steps.length === 0 ? {} : { afterUntrusted: { ...afterUntrusted, steps } }),
  };
}

function retryOf(run: Run, { data }: EventOf<"run.reopened">, next: RunEvent | undefined): Said {
  const { comment, from, settings, requestedApproval = settings.approval, models, given, trust, change } = data;
  return {
    type: "retry",
    ...(comment === undefined ? {} : { reason: comment }),
    ...(from === null ? {} : { from }),
    ...(change?.reason.code === "FEEDBACK" ? { feedback: change.reason.text } : {}),
    ...(next?.type === "plan.proposed" ? { plan: replacingIn(run, next.data, "retry") } : {}),
    ...(given === undefined ? {} : { given }),
    ...(trust === undefined ? {} : { trust }),
    settings: { ...settings, approval: requestedApproval },
    models,
  };
}

const answerOf = ({ settings, models }: EventData["run.reopened"]): Command => ({ type: "answer", settings, models });

/** The proposed plan, with its fields in the order in which they were written. Hashes depend on the order. */
function checkedIn({
  plan,
  hash,
  hashVersion,
  inputs,
  tools,
  findings,
  estimate,
  approval,
}: EventData["plan.proposed"]): CheckedPlan {
  const hashed = hashVersion === HASH_VERSION ? { hash } : { hash, hashVersion };
  const said = { ...(estimate === undefined ? {} : { estimate }), ...(approval === undefined ? {} : { approval }) };
  return { plan, ...hashed, inputs, tools, findings, ...said };
}

type EventAmong<T extends EventType> = { [K in T]: EventOf<K> }[T];

function planOutcome(run: Run, event: EventAmong<"plan.proposed" | "plan.invalid" | "plan.failed">): Said {
  const key = owedKey(run, "plan");
  if (key === undefined) return CLOCK;
  const { usage } = event.data;
  const { scouted } = event.data;
  const found = scouted === undefined ? {} : { scouted };
  if (event.type === "plan.failed") return { type: "plan-failed", key, error: event.data.error, usage, ...found };
  const { asking } = event.data;
  const told = { usage, ...(asking === undefined ? {} : { asking }), ...found };
  if (event.type === "plan.proposed") return { type: "planned", key, plan: checkedIn(event.data), ...told };
  const { draft, findings, refused } = event.data;
  if (refused !== undefined) return { type: "planned", key, plan: refused, ...told };
  return { type: "plan-invalid", key, draft, findings, ...told };
}

function choiceOutcome(
  run: Run,
  event: EventAmong<"strategy.chosen" | "strategy.failed">,
  next: RunEvent | undefined,
): Said {
  const { key } = chooseOf(run) ?? {};
  if (key === undefined) return CLOCK;
  if (event.type === "strategy.failed")
    return { type: "choose-failed", key, error: event.data.error, usage: event.data.usage };
  const { usage, ...choice } = event.data;
  return { type: "chosen", key, choice, ...(next?.type === "plan.proposed" && { plan: checkedIn(next.data) }), usage };
}

/** A call inside an agent step that waits; any other request follows from the state. */
function heldIn(run: Run, data: EventData["approval.requested"]): Said {
  const { subject, args = {}, call, usage = NO_USAGE } = data;
  if (subject === "plan" || call === undefined) return CLOCK;
  return { type: "held", key: callKey(workOf(run, subject)), call, args, usage, ...callsOf(data) };
}

function askedIn(run: Run, data: EventData["step.asked"]): Said {
  const { number, question, type, declines, state, key, tool, args, usage } = data;
  const ask = {
    number,
    question,
    ...(type === undefined ? {} : { type }),
    ...(declines === undefined ? {} : { declines }),
    ...(state === undefined ? {} : { state }),
  };
  const call = { key, tool, ...(args === undefined ? {} : { args }) };
  return { type: "asked", key: callKey(workOf(run, data)), ask, call, usage, ...callsOf(data) };
}

/** A draft that is given follows from the state. */
function answerOutcome(run: Run, event: EventAmong<"answer.drafted" | "answer.written" | "answer.failed">): Said {
  const key = owedKey(run, "answer");
  if (key === undefined || "critique" in event.data) return CLOCK;
  const { usage, answer } = event.data;
  // An answer in answer.failed is one that the kernel refused.
  if (event.type === "answer.failed" && answer === undefined)
    return { type: "answer-failed", key, error: event.data.error, usage };
  return { type: "answered", key, answer: answer ?? null, usage };
}

function judgeOutcome(run: Run, { type, data }: EventAmong<"step.judged" | "judge.failed">): Said {
  const key = findWork(run, data)?.judging?.request;
  if (key === undefined) return CLOCK;
  const { usage } = data;
  if (type === "judge.failed") return { type: "judge-failed", key, error: data.error, usage };
  return { type: "judged", key, verdict: data.verdict, text: data.text, usage };
}

function critiqueOutcome({ type, data }: EventAmong<"answer.reviewed" | "critique.failed">, key: string): Said {
  const { usage } = data;
  if (type === "critique.failed") return { type: "critique-failed", key, error: data.error, usage };
  const { verdict, points } = data;
  return { type: "critiqued", key, verdict, points, unsupported: data.unsupported.map(({ text }) => text), usage };
}

function reviewOutcome(run: Run, event: EventAmong<"plan.reviewed" | "review.failed">): Said {
  const key = reviewOf(run);
  if (key === undefined) return CLOCK;
  const { usage } = event.data;
  if (event.type === "review.failed") return { type: "review-failed", key, error: event.data.error, usage };
  const { verdict, text } = event.data;
  return { type: "reviewed", key, verdict, text, usage };
}

function reserveOf({ key, spent, model, inputTokens, outputTokens }: Omit<Reserve, "type">): Reserve {
  return { type: "reserve", key, spent, model, inputTokens, outputTokens };
}

/** The command of a person. An undoing by a policy follows from the state. */
function compensateIn({ cause, comment, hash, unseen }: EventData["compensation.requested"]): Said {
  if (cause !== "person") return CLOCK;
  return {
    type: "compensate",
    ...(comment === undefined ? {} : { reason: comment }),
    ...(hash === undefined ? {} : { hash }),
    ...(unseen === undefined ? {} : { unseen }),
  };
}

/** If no undoing was owed, the event follows from one that an earlier process left in doubt. */
function undoingOutcome(run: Run, event: EventAmong<"compensation.completed" | "compensation.failed">): Said {
  const key = compensateKey(event.data.call, event.data.attempt);
  if (!run.owed.has(key)) return CLOCK;
  if (event.type === "compensation.completed") return { type: "compensated", key };
  const { ending, error } = event.data;
  return ending === "unusable" ? CLOCK : { type: "compensate-failed", key, ending, error };
}

function owedKey(run: Run, kind: "plan" | "answer"): string | undefined {
  for (const effect of run.owed.values()) if (effect.kind === kind) return effect.key;
  return undefined;
}

type OutcomeEvent = EventAmong<
  | "step.filled"
  | "step.completed"
  | "step.failed"
  | "turn.failed"
  | "step.judging"
  | "step.unknown"
  | "step.unusable"
  | "step.cancelled"
>;

/** The outcome of a call, or the answer to a question. If neither was owed, the step ended before it began. */
function stepOutcome(run: Run, event: OutcomeEvent): Said | undefined {
  const work = findWork(run, event.data);
  if (work === undefined) return CLOCK;
  if (work.status === "suspended" && work.question !== undefined) {
    const value = "output" in event.data ? event.data.output : undefined;
    return value === undefined ? undefined : { type: "respond", ...stepRef(event.data), value };
  }
  const key = [callKey(work), fillKey(work)].find((owed) => run.owed.has(owed));
  return key === undefined ? CLOCK : callOutcome(key, event);
}

function callOutcome(key: string, { type, data }: OutcomeEvent): Outcome {
  const { usage } = data;
  switch (type) {
    case "step.filled":
      return { type: "filled", key, args: data.args, usage };
    case "step.completed": {
      const { output, from, summary, evidence } = data;
      const noted = { ...(summary === undefined ? {} : { summary }), ...(evidence === undefined ? {} : { evidence }) };
      const more = { ...noted, ...callsOf(data) };
      return { type: "returned", key, output, tools: from.tools, usage, ...more };
    }
    case "step.judging": {
      const { output, from, summary, evidence } = data;
      const noted = { ...(summary === undefined ? {} : { summary }), ...(evidence === undefined ? {} : { evidence }) };
      return { type: "returned", key, output, tools: from.tools, usage, ...noted, ...progressOf(data) };
    }
    case "step.failed": {
      const { output, tools = [], summary, error, ending = "tool-error" } = data;
      const done = progressOf(data);
      if (output === undefined) return { type: "ended", key, ending, error, usage, ...done };
      const { turn: _none, ...more } = done;
      return { type: "returned", key, output, tools, usage, ...(summary === undefined ? {} : { summary }), ...more };
    }
    case "turn.failed":
      return { type: "ended", key, ending: "tool-error", error: data.error, usage, turn: data.turn };
    case "step.unknown": {
      const { error, ending } = data;
      const { tool, args } = data;
      const call = { key: data.key, tool, ...(args === undefined ? {} : { args }) };
      return { type: "ended", key, ending, error, usage, ...(ending === "in-doubt" ? { call } : {}), ...callsOf(data) };
    }
    case "step.unusable": {
      const { output, partial, error, ending, tool } = data;
      if (ending === undefined) return { type: "returned", key, output, tools: [tool], usage };
      return {
        type: "ended",
        key,
        ending,
        error: withoutActed(error),
        output,
        ...(partial === undefined ? {} : { partial }),
        usage,
      };
    }
    case "step.cancelled": {
      const { error = STOPPED, ending = "abort" } = data;
      return { type: "ended", key, ending, error, usage, ...callsOf(data) };
    }
  }
}

/** The kernel adds to the failure that its call has acted. */
function withoutActed({ params = {}, ...failure }: Failure): Failure {
  const { acted: _, ...rest } = params;
  return Object.keys(rest).length === 0 ? failure : { ...failure, params: rest };
}

const STOPPED = { code: "ABORTED", retryable: true };

function answerOfTool(run: Run, data: EventData["step.resolved"]): Outcome {
  const key = reconcileKey(workOf(run, data));
  if (data.verdict !== "happened") return { type: "reconciled", key, happened: false };
  return { type: "reconciled", key, happened: true, output: data.output ?? null };
}

/** The definitions that the step met: those in these events, or those that the run knows already. */
function changeIn(run: Run, events: readonly RunEvent[]): Said {
  const held = events.find((event) => event.type === "step.held" && event.data.reason.code === "TOOL_CHANGED") as
    EventOf<"step.held"> | undefined;
  const work = held && findWork(run, held.data);
  const key = work && [callKey(work), fillKey(work)].find((owed) => run.owed.has(owed));
  if (held === undefined || work === undefined || key === undefined) return CLOCK;
  const present = (name: string) =>
    events.flatMap(({ type, data }) => (type === "tool.changed" && data.tool === name ? [data.present] : []))[0] ??
    run.execution.changedTools.get(name)?.present ??
    // The plan that followed has the tool as it is.
    recordedTool(run, work.step, name);
  return { type: "tool-changed", key, tools: held.data.reason.tools.flatMap((name) => present(name) ?? []) };
}

// Commands

function settlingIn({ verdict, output, doubt, ...ref }: EventData["step.resolved"]): Command {
  const said = { ...(output === undefined ? {} : { output }), ...(doubt === undefined ? {} : { doubt }) };
  return { type: "settle", ...stepRef(ref), verdict, ...said };
}

const goalOf = ({ goal, comment }: EventData["goal.changed"]): Command => ({ type: "goal", goal, reason: comment });

function commandOf(
  run: Run,
  first: EventAmong<"approval.granted" | "approval.denied" | "cancel.requested">,
  events: readonly RunEvent[],
): Said {
  if (first.type === "cancel.requested") return cancelIn(first.data);
  const { hash, comment } = first.data;
  if (first.type === "approval.granted") {
    const { calls, unseen, args, rest } = first.data;
    return {
      type: "approve",
      hash,
      ...(comment === undefined ? {} : { comment }),
      ...(calls === undefined ? {} : { calls: true as const }),
      ...(unseen === undefined ? {} : { unseen }),
      ...(args === undefined ? {} : { args }),
      ...(rest === undefined ? {} : { rest }),
    };
  }
  if (first.data.cause === "rejected") return { type: "reject", hash, comment: comment ?? "" };
  if (first.data.cause === "superseded") return supersededBy(run, first.data, events);
  const request = events.find((event) => event.type === "cancel.requested");
  return request === undefined ? CLOCK : cancelIn(request.data);
}

const cancelIn = ({ comment, compensate }: EventData["cancel.requested"]): Said => ({
  type: "cancel",
  reason: comment,
  ...(compensate === undefined ? {} : { compensate }),
});

/** What replaced a waiting plan: another plan, or another goal. */
function supersededBy(run: Run, { hash, comment }: EventData["approval.denied"], events: readonly RunEvent[]): Said {
  for (const event of events) {
    if (event.type === "goal.changed") return goalOf(event.data);
    if (event.type !== "plan.proposed") continue;
    return {
      type: "edit",
      hash,
      plan: replacingIn(run, event.data, "edit"),
      ...(comment === undefined ? {} : { comment }),
    };
  }
  return CLOCK;
}
