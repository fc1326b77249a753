// Why no step of a run may start for now: its plan waits for a person, a review is open, another plan is wanted, the
// run is paused or stopped. In: events as they come. Out: reasons. audit.ts uses it before each start of a step.
import type { EventOf, RunEvent } from "../../src/run/event.js";
import type { Settings } from "../../src/run/settings.js";

export class Hold {
  /** The plan waits for a person. */
  awaiting = false;
  #stopping: string | undefined;
  /** Until there is another plan. */
  #changing: string | undefined;
  #paused = false;
  /** Whether the rest makes sense is to be asked; and once more after that. */
  #review: "open" | "open, and another one" | undefined;
  #settings: Settings | undefined;
  #hasPlanner = false;
  #replans = 0;
  /** When its time is over, by the clock of its events. */
  #deadline = Infinity;

  constructor(
    /** Whether steps are left that have not ended. */
    private readonly isLeft: () => boolean,
  ) {}

  /** All that forbids it; nothing where it may begin. */
  why(at: number): readonly string[] {
    return [
      ...(this.awaiting ? ["before the plan is approved"] : []),
      ...(this.#changing === undefined ? [] : [`after ${this.#changing}`]),
      ...(this.#paused ? ["while the run is paused"] : []),
      ...(this.#review === undefined ? [] : ["while a review is open"]),
      ...(at >= this.#deadline ? ["when the run's time is over"] : []),
      ...(this.#stopping === undefined ? [] : [`after ${this.#stopping}`]),
    ];
  }

  heed(event: RunEvent): void {
    switch (event.type) {
      case "run.started":
        return this.#begins(event);
      case "run.reopened":
        this.#stopping = this.#changing = this.#review = undefined;
        this.#paused = false;
        if (event.data.stage !== "answer") this.#replans = 0;
        return this.#begins(event);
      case "run.paused":
      case "run.unpaused":
        this.#paused = event.type === "run.paused";
        return;
      case "goal.changed":
      case "replan.requested":
        this.#changing = event.type;
        return;
      case "plan.proposed":
        this.#changing = this.#review = undefined;
        return;
      case "approval.requested":
      case "approval.granted":
        if (event.data.subject === "plan") this.awaiting = event.type === "approval.requested";
        return;
      case "plan.reviewed":
        return this.#reviewed(event.data.decision);
      case "review.failed":
        if (event.data.decision === "fail") this.#stopping ??= event.type;
        // It is asked anew, about all that was done meanwhile.
        else if (this.#review !== undefined) this.#review = "open";
        return;
      case "step.failed":
        return this.#failed(event);
      case "budget.exhausted":
      case "cancel.requested":
        this.#stopping ??= event.type;
        return;
      default:
    }
  }

  /** More replans than there may be, in words. */
  tooMany({ data }: EventOf<"replan.requested">): string | undefined {
    if (data.cause !== "goal") this.#replans++;
    const { replans = 0 } = this.#settings ?? {};
    return this.#replans > replans ? `is number ${this.#replans} of ${replans}` : undefined;
  }

  /** A step was done here: where others are left, whether they make sense is to be asked. */
  done(): void {
    if (this.#settings?.replan !== "each-step" || !this.#hasPlanner || !this.isLeft()) return;
    if (this.awaiting || (this.#changing ?? this.#stopping) !== undefined) return;
    this.#review = this.#review === undefined ? "open" : "open, and another one";
  }

  #begins({ data: { settings, models }, at }: EventOf<"run.started"> | EventOf<"run.reopened">): void {
    this.#settings = settings;
    this.#deadline = at + (settings.budget.wallMs ?? Infinity);
    this.#hasPlanner = models.planner !== null;
  }

  #reviewed(decision: "go on" | "replan"): void {
    if (decision === "replan") this.#changing ??= "plan.reviewed";
    this.#review = this.#review === "open, and another one" && this.isLeft() ? "open" : undefined;
  }

  #failed({ data: { step, item, decision } }: EventOf<"step.failed">): void {
    if (item !== undefined) return;
    if (decision === "fail") this.#stopping ??= `the failure of ${step}`;
    if (decision === "patch" || decision === "replan") this.#changing ??= `the failure of ${step}`;
  }
}
