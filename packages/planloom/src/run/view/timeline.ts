// The course of a run in time. In: its events, one by one. Out: the bars of each step, item and phase, also of steps that
// later plans do not have, beside the state of the run.
import type { Change, EventData, RunEvent, StepRef } from "../event.js";
import { evolve } from "../evolve/evolve.js";
import type { Failure } from "../failure.js";
import { findWork } from "../lookup.js";
import { emptyRun, type Run } from "../state.js";
import { worksOf } from "../steps.js";
import type { Usage } from "../../plan/usage.js";
import type { StepState } from "../work.js";
import { LaneBook } from "./lane-book.js";
import { PhaseLanes } from "./phase-lanes.js";
import { Lane, type Bar, type BarEnd, type Decided, type Instant } from "./lane.js";

export interface StepLanes {
  readonly own: Lane;
  /** By index. */
  readonly items: Map<number, Lane>;
}

/** A step that began under a plan that is not followed any more, as that plan left it. */
export interface EarlierStep {
  /** The plan without it. */
  readonly until: Instant;
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
  readonly phases: PhaseLanes;
  /** Replans that count since the last retry, with the revision that they ask for. */
  readonly replans: { readonly revision: number; readonly reason: Change["reason"] }[] = [];
  /** In order. */
  readonly failures: FailedBar[] = [];
  last: Instant = { seq: 0, ms: 0 };
  /** The last retry of the run by a person. */
  retried: Instant | undefined;
  readonly #book: LaneBook;
  /** What waits for a person, by the hash of the question. */
  readonly #asked = new Map<string, readonly StepRef[]>();

  constructor(runId: string) {
    this.run = emptyRun(runId);
    this.#book = new LaneBook(this.run);
    this.phases = new PhaseLanes(this.run, this.#book);
  }

  hear(event: RunEvent): void {
    const before = this.run.execution.steps;
    evolve(this.run, event);
    const at = { seq: event.seq, ms: Math.max(this.last.ms, event.at - this.run.log.startedAt) };
    if (event.type === "plan.proposed") this.#takePlan(event.data, before, at);
    this.#ofRun(event, at);
    this.phases.hear(event, at);
    this.#ofStep(event, at);
    this.last = at;
  }

  /** The lanes of all steps and items. */
  *stepLanes(): Iterable<Lane> {
    for (const { lanes } of this.earlier) yield* lanesOf(lanes);
    for (const lanes of this.steps.values()) yield* lanesOf(lanes);
  }

  /** What models have used for a plan or the answer. */
  spentIn(lane: Lane): Usage {
    return this.#book.spentIn(lane);
  }

  /** `ms`: the time of the view. Nothing is heard after it. */
  settle(ms: number): void {
    for (const lane of this.#book.open) lane.settle(ms);
  }

  #takePlan(
    { adopts, kept = [] }: EventData["plan.proposed"],
    before: Run["execution"]["steps"],
    until: Instant,
  ): void {
    if (adopts === true) return;
    const stay = new Set(kept.map(({ step }) => step));
    for (const [id, lanes] of [...this.steps]) {
      if (stay.has(id)) continue;
      const state = before.get(id);
      if (state !== undefined) this.earlier.push({ state, lanes, until });
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

  /** Begins a bar of a step or item. A fan-out whose items go on after a retry of the run is open again. */
  #beginWork(ref: StepRef, kind: Bar["kind"], at: Instant, attempt?: number, until?: number): void {
    const { own } = this.#lanesOf(ref.step);
    if (ref.item !== undefined && own.open === undefined)
      this.#book.begin(own, "attempt", at, own.next, { whole: true });
    const number = attempt ?? findWork(this.run, ref)?.attempt ?? 1;
    this.#book.begin(
      this.#lane(ref),
      kind,
      at,
      number,
      until === undefined ? {} : { until: this.#book.after(until, at) },
    );
  }

  /** Closes a bar of a step or item, with what its models used since the bar before. */
  #endWork(ref: StepRef, end: BarEnd, at: Instant, error?: Failure): Bar | undefined {
    const lane = this.#lane(ref);
    const bar = this.#book.end(lane, end, at, error);
    const { usage } = findWork(this.run, ref) ?? {};
    if (bar?.kind === "attempt" && usage !== undefined) this.#book.spendTo(lane, bar, usage);
    return bar;
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
        for (const lane of [...this.#book.open]) {
          const bar = this.#book.end(lane, "cancelled", at);
          if (bar !== undefined) bar.stopped = true;
        }
        return;
      case "replan.requested":
        // A plan that a person asked for does not count.
        if (this.run.planning.replans > this.replans.length)
          this.replans.push({ revision: this.phases.revision + 1, reason: event.data.reason });
        return;
      default:
        return;
    }
  }

  /** No process drove the run since the last event, so no attempt went on. */
  #resumed(at: Instant): void {
    for (const lane of this.#book.open) {
      const { open } = lane;
      if (open?.kind !== "attempt" || open.whole === true || open.from.ms > this.last.ms) continue;
      lane.end("paused", this.last.seq > open.from.seq ? this.last : open.from);
      lane.begin("attempt", open.attempt, at);
    }
  }

  /** Open questions about calls are asked again. */
  #reopened(at: Instant): void {
    this.retried = at;
    this.replans.splice(this.run.planning.replans);
    for (const state of this.run.execution.steps.values()) {
      for (const { status, item, attempt } of worksOf(state)) {
        if (status !== "unknown" && status !== "unusable") continue;
        const ref = item === null ? { step: state.spec.id } : { step: state.spec.id, item };
        this.#beginWork(ref, "person-wait", at, attempt);
      }
    }
  }

  // Steps

  #ofStep(event: RunEvent, at: Instant): void {
    const { type, data } = event;
    switch (type) {
      case "step.expanded": {
        const { own } = this.#lanesOf(data.step);
        return this.#book.begin(own, "attempt", at, own.next, { whole: true });
      }
      case "step.filling":
        return this.#beginWork(data, "attempt", at);
      case "step.started":
        return this.#beginWork(data, "attempt", at, data.attempt);
      case "turn.failed":
        this.#endWork(data, "paused", at);
        return this.#book.wait(this.#lane(data), at, data.retryAt, data.attempt);
      case "step.retrying":
        return this.#beginWork(data, "retry-wait", at, data.attempt, data.retryAt);
      case "step.suspended":
        return this.#beginWork(data, "person-wait", at);
      case "step.asked":
        this.#endWork(data, "paused", at);
        return this.#beginWork(data, "person-wait", at, data.attempt);
      case "step.answered":
        this.#endWork(data, "done", at);
        return;
      case "approval.requested":
        return this.#asks(data, at);
      case "approval.granted":
      case "approval.denied":
        for (const ref of this.#asked.get(data.hash) ?? [])
          this.#endWork(ref, type === "approval.granted" ? "done" : "cancelled", at);
        return;
      default:
        this.#stops(event, at);
        return this.#doubts(event, at);
    }
  }

  /** A person is asked to approve a call. */
  #asks({ subject, items, call, hash }: EventData["approval.requested"], at: Instant): void {
    if (subject === "plan") return;
    if (call !== undefined) this.#endWork(subject, "paused", at);
    const refs = items === undefined ? [subject] : items.map(({ item }) => ({ step: subject.step, item }));
    this.#asked.set(hash, refs);
    for (const ref of refs) this.#beginWork(ref, "person-wait", at);
  }

  #stops({ type, data }: RunEvent, at: Instant): void {
    switch (type) {
      case "step.filled":
        if (data.held === true) this.#endWork(data, "paused", at);
        return;
      case "step.held":
        this.#endWork(data, "paused", at);
        return;
      case "step.completed":
        this.#endWork(data, "done", at);
        return;
      case "step.skipped":
        this.#endWork(data, "skipped", at);
        return;
      case "step.cancelled":
        this.#endWork(data, "cancelled", at, data.error);
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
        this.#endWork(data, "done", at);
        return;
      default:
        return;
    }
  }

  /** The tool is asked at a time. Without one, a person is asked. */
  #asksAbout(ref: StepRef, at: Instant, attempt: number | undefined, until?: number): void {
    this.#endWork(ref, "done", at);
    this.#beginWork(ref, until === undefined ? "person-wait" : "retry-wait", at, attempt, until);
  }

  #fails(data: FailedData, end: "failed" | "unknown" | "unusable", at: Instant): void {
    const { step, item, error, decision, reason } = data;
    const bar = this.#endWork(data, end, at, error);
    if (bar?.kind !== "attempt") return;
    if (decision !== undefined && reason !== undefined) bar.decided = { decision, reason };
    this.failures.push({ ref: item === undefined ? { step } : { step, item }, lanes: this.#lanesOf(step), bar });
  }
}

type FailedData = StepRef & { readonly error: Failure } & Partial<Decided>;

/** The lanes of a step and of its items. */
export function* lanesOf({ own, items }: StepLanes): Iterable<Lane> {
  yield own;
  yield* items.values();
}
