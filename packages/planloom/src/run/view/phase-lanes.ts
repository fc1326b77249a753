// The lanes of the plans, the reviews and the answer of a run. In: its events, after the run took them. Out: bars.
import type { Usage } from "../../plan/usage.js";
import type { RunEvent } from "../event.js";
import type { Failure } from "../failure.js";
import { currentPlan, reviewOf } from "../lookup.js";
import type { Run } from "../state.js";
import { Lane, type BarEnd, type Instant } from "./lane.js";
import type { LaneBook } from "./lane-book.js";

export class PhaseLanes {
  /** By the revision that was being planned. */
  readonly plans = new Map<number, Lane>();
  readonly answer = new Lane();
  readonly review = new Lane();
  readonly #book: LaneBook;

  constructor(
    private readonly run: Run,
    book: LaneBook,
  ) {
    this.#book = book;
  }

  all(): readonly Lane[] {
    return [...this.plans.values(), this.review, this.answer];
  }

  hear(event: RunEvent, at: Instant): void {
    this.#ofPlanning(event, at);
    this.#ofAnswer(event, at);
  }

  #endPhase(lane: Lane, end: BarEnd, at: Instant, usage: Usage, error?: Failure): void {
    this.#book.spend(lane, this.#book.end(lane, end, at, error), usage);
  }

  /** That of the current plan; 0 before the first. */
  get revision(): number {
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
    const lane = this.#planLane(PROPOSED.has(event.type) ? Math.max(1, this.revision) : this.#planned);
    switch (event.type) {
      case "plan.proposed":
        return this.#endPhase(lane, "done", at, event.data.usage);
      case "plan.invalid":
        this.#endPhase(lane, "failed", at, event.data.usage);
        break;
      case "plan.failed":
        this.#endPhase(lane, "failed", at, event.data.usage, event.data.error);
        if (event.data.retryAt !== undefined) this.#book.wait(lane, at, event.data.retryAt);
        return;
      case "approval.requested":
        if (event.data.subject === "plan") this.#book.begin(lane, "person-wait", at, 1);
        return;
      case "approval.granted":
      case "approval.denied":
        if (event.data.subject === "plan")
          this.#book.end(lane, event.type === "approval.granted" ? "done" : "cancelled", at);
        break;
      default:
        break;
    }
    if (this.#isPlanning) this.#book.begin(this.#planLane(this.#planned), "attempt", at);
  }

  /** A plan that was given is checked at once. */
  get #isPlanning(): boolean {
    const { mode, request, planning } = this.run;
    return mode.phase === "planning" && !(request.planGiven && planning.plans.length === 0);
  }

  /** The revision that is being planned, or else the current one. */
  get #planned(): number {
    return this.run.mode.phase === "planning" ? this.revision + 1 : Math.max(1, this.revision);
  }

  #ofAnswer({ type, data }: RunEvent, at: Instant): void {
    const { answer, review } = this;
    switch (type) {
      case "execution.completed":
        if (data.answer === "synthesizer") this.#book.begin(answer, "attempt", at);
        return;
      case "answer.requested":
        return this.#book.begin(answer, "attempt", at);
      case "answer.failed":
        this.#endPhase(answer, "failed", at, data.usage, data.error);
        if (data.retryAt !== undefined) this.#book.wait(answer, at, data.retryAt);
        return;
      case "answer.drafted":
        this.#endPhase(answer, "done", at, data.usage);
        // The critic works on this draft, so it is one more bar of the same attempt.
        return this.#book.begin(answer, "attempt", at, answer.next - 1);
      case "answer.reviewed":
        this.#book.end(answer, "done", at);
        if (data.decision === "rewrite") this.#book.begin(answer, "attempt", at);
        return;
      case "critique.failed":
        this.#book.end(answer, data.retryAt === undefined ? "done" : "paused", at);
        if (data.retryAt !== undefined) this.#book.wait(answer, at, data.retryAt, answer.next);
        return;
      case "answer.written":
        return this.#endPhase(answer, "done", at, data.usage);
      case "review.failed":
        this.#endPhase(review, "failed", at, data.usage, data.error);
        if (data.retryAt !== undefined) this.#book.wait(review, at, data.retryAt);
        return;
      case "plan.reviewed":
        this.#endPhase(review, "done", at, data.usage);
        break;
      default:
        break;
    }
    if (reviewOf(this.run) === undefined) this.#book.end(review, "cancelled", at);
    else this.#book.begin(review, "attempt", at);
  }
}

/** Events about a plan that has been proposed. */
const PROPOSED: ReadonlySet<string> = new Set([
  "plan.proposed",
  "approval.requested",
  "approval.granted",
  "approval.denied",
]);
