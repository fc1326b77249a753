// The course of a run in time. In: its events, one by one. Out: the bars of each step, item and phase, also of steps that
// later plans do not have, beside the state of the run.
import type { Change, EventData, RunEvent, StepRef } from "../event.js";
import { evolve } from "../evolve/evolve.js";
import type { Failure } from "../failure.js";
import { currentPlan, findWork, reviewOf } from "../lookup.js";
import { emptyRun, type Run } from "../state.js";
import { worksOf } from "../steps.js";
import { addUsage, NO_USAGE, type Usage } from "../../plan/usage.js";
import type { StepState } from "../work.js";
import { Lane, type Bar, type BarEnd, type Instant } from "./lane.js";

export interface StepLanes {
  readonly own: Lane;
  /** By index. */
  readonly items: Map<number, Lane>;
}

/** A step that began under a plan that is not followed any more, as that plan left it. */
export interface EarlierStep {
  readonly state: StepState;
  readonly lanes: StepLanes;
}

/** A failed attempt of a step or item. */
export interface FailedBar {
  readonly ref: StepRef;
  readonly lanes: StepLanes;
  readonly bar: Bar;
}

/** Takes the events of one run in order, from the first. */
export class RunTimeline {
  readonly run: Run;
  /** Steps of the current plan that have begun, by id. */
  steps = new Map<string, StepLanes>();
  readonly earlier: EarlierStep[] = [];
  /** By the revision that was being planned. */
  readonly plans = new Map<number, Lane>();
  readonly answer = new Lane();
  readonly review = new Lane();
  /** Requests for another plan, with the revision that they ask for. */
  readonly replans: { readonly revision: number; readonly reason: Change["reason"] }[] = [];
  /** In order. */
  readonly failures: FailedBar[] = [];
  /** What models used for a plan or the answer. */
  readonly spent = new Map<Lane, Usage>();
  last: Instant = { seq: 0, ms: 0 };
  /** The last retry of the run by a person. */
  retried: Instant | undefined;
  readonly #open = new Set<Lane>();
  /** What waits for a person, by the hash of the question. */
  readonly #asked = new Map<string, readonly StepRef[]>();

  constructor(runId: string) {
    this.run = emptyRun(runId);
  }

  hear(event: RunEvent): void {
    const before = this.run.execution.steps;
    evolve(this.run, event);
    const at = { seq: event.seq, ms: Math.max(this.last.ms, event.at - this.run.log.startedAt) };
    if (event.type === "plan.proposed") this.#takePlan(event.data, before);
    this.#ofRun(event, at);
    this.#ofPlanning(event, at);
    this.#ofAnswer(event, at);
    this.#ofStep(event, at);
    this.last = at;
  }

  /** The lanes of all steps and items. */
  *stepLanes(): Iterable<Lane> {
    for (const { lanes } of this.earlier) yield* lanesOf(lanes);
    for (const lanes of this.steps.values()) yield* lanesOf(lanes);
  }

  /** The lanes of plans, reviews and the answer. */
  phases(): readonly Lane[] {
    return [...this.plans.values(), this.review, this.answer];
  }

  /** `ms`: the time of the view. Nothing is heard after it. */
  settle(ms: number): void {
    for (const lane of this.#open) lane.settle(ms);
  }

  #takePlan({ adopts, kept = [] }: EventData["plan.proposed"], before: Run["execution"]["steps"]): void {
    if (adopts === true) return;
    const stay = new Set(kept.map(({ step }) => step));
    for (const [id, lanes] of [...this.steps]) {
      if (stay.has(id)) continue;
      const state = before.get(id);
      if (state !== undefined) this.earlier.push({ state, lanes });
      this.steps.delete(id);
    }
  }

  #lanesOf(step: string): StepLanes {
    const known = this.steps.get(step);
    if (known !== undefined) return known;
    const lanes = { own: new Lane(), items: new Map<number, Lane>() };
    this.steps.set(step, lanes);
    return lanes;
  }

  #lane({ step, item }: StepRef): Lane {
    const { own, items } = this.#lanesOf(step);
    if (item === undefined) return own;
    const known = items.get(item);
    if (known !== undefined) return known;
    const lane = new Lane();
    items.set(item, lane);
    return lane;
  }

  #begin(
    lane: Lane,
    kind: Bar["kind"],
    at: Instant,
    attempt = lane.next,
    more: Parameters<Lane["begin"]>[3] = {},
  ): void {
    lane.begin(kind, attempt, at, more);
    this.#open.add(lane);
  }

  /** Begins a bar of a step or item. A fan-out whose items go on after a retry of the run is open again. */
  #beginWork(ref: StepRef, kind: Bar["kind"], at: Instant, attempt?: number, until?: number): void {
    const { own } = this.#lanesOf(ref.step);
    if (ref.item !== undefined && own.open === undefined) this.#begin(own, "attempt", at, own.next, { whole: true });
    const number = attempt ?? findWork(this.run, ref)?.attempt ?? 1;
    this.#begin(this.#lane(ref), kind, at, number, until === undefined ? {} : { until: this.#after(until, at) });
  }

  /** ms from the start of the run, of a time in the log that is not before `at`. */
  #after(time: number, at: Instant): number {
    return Math.max(at.ms, time - this.run.log.startedAt);
  }

  #end(lane: Lane, end: BarEnd, at: Instant, error?: Failure): Bar | undefined {
    this.#open.delete(lane);
    return lane.end(end, at, error);
  }

  #wait(lane: Lane, at: Instant, until: number, attempt = lane.next): void {
    lane.wait(at, this.#after(until, at), attempt);
    this.#open.add(lane);
  }

  #spend(lane: Lane, usage: Usage): void {
    this.spent.set(lane, addUsage(this.spent.get(lane) ?? NO_USAGE, usage));
  }

  // The run

  #ofRun(event: RunEvent, at: Instant): void {
    switch (event.type) {
      case "run.resumed":
        return this.#resumed(at);
      case "run.reopened":
        return this.#reopened(at);
      case "run.completed":
      case "run.failed":
      case "run.cancelled":
        for (const lane of [...this.#open]) {
          const bar = this.#end(lane, "cancelled", at);
          if (bar !== undefined) bar.stopped = true;
        }
        return;
      case "replan.requested":
        // A plan for another goal does not count.
        if (event.data.cause !== "goal") this.replans.push({ revision: this.#revision + 1, reason: event.data.reason });
        return;
      default:
        return;
    }
  }

  /** No process drove the run since the last event, so no attempt went on. */
  #resumed(at: Instant): void {
    for (const lane of this.#open) {
      const { open } = lane;
      if (open?.kind !== "attempt" || open.whole === true || open.from.ms > this.last.ms) continue;
      lane.end("paused", this.last.seq > open.from.seq ? this.last : open.from);
      lane.begin("attempt", open.attempt, at);
    }
  }

  /** Open questions about calls are asked again. */
  #reopened(at: Instant): void {
    this.retried = at;
    for (const state of this.run.execution.steps.values()) {
      for (const { status, item, attempt } of worksOf(state)) {
        if (status !== "unknown" && status !== "unusable") continue;
        const ref = item === null ? { step: state.spec.id } : { step: state.spec.id, item };
        this.#beginWork(ref, "person-wait", at, attempt);
      }
    }
  }

  // The planner, its reviews and the answer

  get #revision(): number {
    return currentPlan(this.run)?.revision ?? 0;
  }

  #planLane(revision: number): Lane {
    const known = this.plans.get(revision);
    if (known !== undefined) return known;
    const lane = new Lane();
    this.plans.set(revision, lane);
    return lane;
  }

  #ofPlanning(event: RunEvent, at: Instant): void {
    const lane = this.#planLane(PROPOSED.has(event.type) ? Math.max(1, this.#revision) : this.#planned);
    switch (event.type) {
      case "plan.proposed":
        this.#spend(lane, event.data.usage);
        this.#end(lane, "done", at);
        return;
      case "plan.invalid":
        this.#spend(lane, event.data.usage);
        this.#end(lane, "failed", at);
        break;
      case "plan.failed":
        this.#spend(lane, event.data.usage);
        this.#end(lane, "failed", at, event.data.error);
        if (event.data.retryAt !== undefined) this.#wait(lane, at, event.data.retryAt);
        return;
      case "approval.requested":
        if (event.data.subject === "plan") this.#begin(lane, "person-wait", at, 1);
        return;
      case "approval.granted":
      case "approval.denied":
        if (event.data.subject === "plan")
          this.#end(lane, event.type === "approval.granted" ? "done" : "cancelled", at);
        break;
      default:
        break;
    }
    if (this.#isPlanning) this.#begin(this.#planLane(this.#planned), "attempt", at);
  }

  /** A plan that was given is checked at once. */
  get #isPlanning(): boolean {
    const { mode, request, planning } = this.run;
    return mode.phase === "planning" && !(request.planGiven && planning.plans.length === 0);
  }

  /** The revision that is being planned, or else the current one. */
  get #planned(): number {
    return this.run.mode.phase === "planning" ? this.#revision + 1 : Math.max(1, this.#revision);
  }

  #ofAnswer({ type, data }: RunEvent, at: Instant): void {
    const { answer, review } = this;
    switch (type) {
      case "execution.completed":
        if (data.answer === "synthesizer") this.#begin(answer, "attempt", at);
        return;
      case "answer.requested":
        return this.#begin(answer, "attempt", at);
      case "answer.failed":
        this.#spend(answer, data.usage);
        this.#end(answer, "failed", at, data.error);
        if (data.retryAt !== undefined) this.#wait(answer, at, data.retryAt);
        return;
      case "answer.written":
        this.#spend(answer, data.usage);
        this.#end(answer, "done", at);
        return;
      case "review.failed":
        this.#end(review, "failed", at, data.error);
        if (data.retryAt !== undefined) this.#wait(review, at, data.retryAt);
        return;
      case "plan.reviewed":
        this.#end(review, "done", at);
        break;
      default:
        break;
    }
    if (reviewOf(this.run) === undefined) this.#end(review, "cancelled", at);
    else this.#begin(review, "attempt", at);
  }

  // Steps

  #ofStep(event: RunEvent, at: Instant): void {
    const { type, data } = event;
    switch (type) {
      case "step.expanded": {
        const { own } = this.#lanesOf(data.step);
        return this.#begin(own, "attempt", at, own.next, { whole: true });
      }
      case "step.filling":
        return this.#beginWork(data, "attempt", at);
      case "step.started":
        return this.#beginWork(data, "attempt", at, data.attempt);
      case "turn.failed":
        this.#end(this.#lane(data), "paused", at);
        return this.#wait(this.#lane(data), at, data.retryAt, data.attempt);
      case "step.retrying":
        return this.#beginWork(data, "retry-wait", at, data.attempt, data.retryAt);
      case "step.suspended":
        return this.#beginWork(data, "person-wait", at);
      case "approval.requested":
        return this.#asks(data, at);
      case "approval.granted":
      case "approval.denied":
        for (const ref of this.#asked.get(data.hash) ?? [])
          this.#end(this.#lane(ref), type === "approval.granted" ? "done" : "cancelled", at);
        return;
      default:
        this.#stops(event, at);
        return this.#doubts(event, at);
    }
  }

  /** A person is asked to approve a call. */
  #asks({ subject, items, call, hash }: EventData["approval.requested"], at: Instant): void {
    if (subject === "plan") return;
    if (call !== undefined) this.#end(this.#lane(subject), "paused", at);
    const refs = items === undefined ? [subject] : items.map(({ item }) => ({ step: subject.step, item }));
    this.#asked.set(hash, refs);
    for (const ref of refs) this.#beginWork(ref, "person-wait", at);
  }

  #stops({ type, data }: RunEvent, at: Instant): void {
    switch (type) {
      case "step.filled":
        if (data.held === true) this.#end(this.#lane(data), "paused", at);
        return;
      case "step.held":
        this.#end(this.#lane(data), "paused", at);
        return;
      case "step.completed":
        this.#end(this.#lane(data), "done", at);
        return;
      case "step.skipped":
        this.#end(this.#lane(data), "skipped", at);
        return;
      case "step.cancelled":
        this.#end(this.#lane(data), "cancelled", at, data.error);
        return;
      case "step.failed":
        return this.#fails(data, "failed", at);
      default:
        return;
    }
  }

  /** Calls whose outcome or output a person or the tool must tell. */
  #doubts({ type, data }: RunEvent, at: Instant): void {
    switch (type) {
      case "step.unknown":
        this.#fails(data, "unknown", at);
        return this.#asksAbout(data, at, data.attempt, data.reconcileAt);
      case "reconcile.failed":
        return this.#asksAbout(data, at, findWork(this.run, data)?.attempt, data.retryAt);
      case "step.unusable":
        this.#fails(data, "unusable", at);
        return this.#asksAbout(data, at, data.attempt);
      case "step.resolved":
        this.#end(this.#lane(data), "done", at);
        return;
      default:
        return;
    }
  }

  /** The tool is asked at a time. Without one, a person is asked. */
  #asksAbout(ref: StepRef, at: Instant, attempt: number | undefined, until?: number): void {
    this.#end(this.#lane(ref), "done", at);
    this.#beginWork(ref, until === undefined ? "person-wait" : "retry-wait", at, attempt, until);
  }

  #fails(data: StepRef & { readonly error: Failure }, end: "failed" | "unknown" | "unusable", at: Instant): void {
    const bar = this.#end(this.#lane(data), end, at, data.error);
    if (bar?.kind !== "attempt") return;
    const { step, item } = data;
    this.failures.push({ ref: item === undefined ? { step } : { step, item }, lanes: this.#lanesOf(step), bar });
  }
}

/** Events about a plan that has been proposed. */
const PROPOSED: ReadonlySet<string> = new Set([
  "plan.proposed",
  "approval.requested",
  "approval.granted",
  "approval.denied",
]);

/** The lanes of a step and of its items. */
export function* lanesOf({ own, items }: StepLanes): Iterable<Lane> {
  yield own;
  yield* items.values();
}
