// Tells what each action of a run changed: how its context, the outputs that later steps can read, grew and shrank. In:
// a log. Out: one change for each plan, decision on a call, output, failure, restart and answer, in order.
import { LIMITS } from "../../../limits.js";
import type { Json } from "../../../plan/json.js";
import type { Decision, EventData, RunEvent, StepRef } from "../../event.js";
import type { Failure } from "../../failure.js";
import { Followed, workName } from "./followed.js";

/** `seq`: its event. `at`: ms since 1970. `size`: outputs that later steps can read after it, without those of items. */
export type ContextChange = { readonly seq: number; readonly at: number; readonly size: number } & (
  | {
      readonly change: "plan";
      readonly revision: number;
      readonly cause: EventData["plan.proposed"]["cause"];
      readonly steps: number;
      /** Outputs that do not count under this plan. */
      readonly removed: readonly string[];
    }
  | (StepRef & { readonly change: "added" | "replaced"; readonly output: Json; readonly carried: boolean })
  | { readonly change: "expanded"; readonly step: string; readonly items: number }
  | (StepRef & { readonly change: "skipped" })
  | (StepRef & {
      readonly change: "none";
      readonly attempt: number;
      readonly error: Failure;
      readonly decision: Decision | "ask";
    })
  | (StepRef & {
      readonly change: "approved";
      readonly by: string;
      /** A rule gave it. */
      readonly unseen: boolean;
      /** The arguments that the person gave instead. */
      readonly args?: { readonly [name: string]: Json };
    })
  | (StepRef & { readonly change: "denied"; readonly by: string; readonly comment?: string })
  | { readonly change: "goal"; readonly goal: string }
  | { readonly change: "restarted"; readonly removed: readonly string[] }
  | { readonly change: "answer"; readonly partial: boolean; readonly from: readonly string[] }
);

export interface ContextChanges {
  /** The first LIMITS.evidenceChanges of `total`. */
  readonly changes: readonly ContextChange[];
  readonly total: number;
}

export function contextChanges(events: readonly RunEvent[]): ContextChanges {
  const followed = new Followed();
  const changes: ContextChange[] = [];
  const outputs = new Set<string>();
  for (const event of events) {
    const before = isPlanChange(event) ? [...outputs] : [];
    const was = isOutput(event) && outputs.has(workName(event.data));
    followed.hear(event);
    const removed = before.filter((name) => !followed.present.has(name));
    for (const name of removed) outputs.delete(name);
    if (isOutput(event) && event.data.item === undefined) outputs.add(workName(event.data));
    const change = changeOf(event, { was, removed, followed });
    if (change !== undefined) changes.push({ seq: event.seq, at: event.at, size: outputs.size, ...change });
  }
  return { changes: changes.slice(0, LIMITS.evidenceChanges), total: changes.length };
}

const isPlanChange = ({ type }: RunEvent): boolean => type === "plan.proposed" || type === "run.reopened";

const isOutput = (event: RunEvent): event is Extract<RunEvent, { type: "step.completed" | "step.skipped" }> =>
  event.type === "step.completed" || event.type === "step.skipped";

type WithoutPlace<T> = T extends unknown ? Omit<T, "seq" | "at" | "size"> : never;

interface Around {
  /** The step had an output before. */
  readonly was: boolean;
  readonly removed: readonly string[];
  readonly followed: Followed;
}

function changeOf(event: RunEvent, around: Around): WithoutPlace<ContextChange> | undefined {
  const { was, removed, followed } = around;
  switch (event.type) {
    case "plan.proposed": {
      const { revision, cause, plan } = event.data;
      return { change: "plan", revision, cause, steps: plan.steps.length, removed };
    }
    case "step.expanded":
      return { change: "expanded", step: event.data.step, items: event.data.list.length };
    case "step.completed": {
      const output = followed.present.get(workName(event.data))?.output ?? null;
      const carried = event.data.carried !== undefined;
      return { change: was ? "replaced" : "added", ...refOf(event.data), output, carried };
    }
    case "step.skipped":
      return { change: "skipped", ...refOf(event.data) };
    case "step.failed":
    case "step.unknown":
    case "step.unusable":
      return failure(event);
    case "approval.granted":
    case "approval.denied":
      return callDecided(event);
    case "run.reopened":
      return { change: "restarted", removed };
    case "goal.changed":
      return { change: "goal", goal: event.data.goal };
    case "answer.written":
      return { change: "answer", partial: event.data.partial, from: [...followed.present.keys()].filter(isWhole) };
    default:
      return undefined;
  }
}

type DecisionEvent = Extract<RunEvent, { type: "approval.granted" | "approval.denied" }>;

/** Decisions on plans stand with the plans. */
function callDecided({ type, by, data }: DecisionEvent): WithoutPlace<ContextChange> | undefined {
  const { subject } = data;
  if (subject === "plan") return undefined;
  if (type === "approval.denied") {
    const { cause, comment } = data;
    if (cause !== "rejected") return undefined;
    return { change: "denied", ...refOf(subject), by, ...(comment === undefined ? {} : { comment }) };
  }
  const { args, unseen = false } = data;
  return { change: "approved", ...refOf(subject), by, unseen, ...(args === undefined ? {} : { args }) };
}

const isWhole = (name: string): boolean => !name.endsWith("]");

type FailureEvent = Extract<RunEvent, { type: "step.failed" | "step.unknown" | "step.unusable" }>;

function failure({ type, data }: FailureEvent): WithoutPlace<ContextChange> {
  const decision = type === "step.failed" ? data.decision : "ask";
  return { change: "none", ...refOf(data), attempt: data.attempt, error: data.error, decision };
}

const refOf = ({ step, item }: StepRef): StepRef => (item === undefined ? { step } : { step, item });
