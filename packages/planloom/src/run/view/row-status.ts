// The state of a step or item as people see it. In: a run and work. Out: one word. A run that has ended leaves nothing
// open, and a fan-out shows the gravest state of its items.
import type { Run } from "../state.js";
import { isEnded } from "../status.js";
import type { StepState, StepStatus, Work } from "../work.js";

/** planned: not started. unusable: a call acted, and its output cannot be used. undone: a call of it was undone. */
export type RowStatus =
  | "planned"
  | "queued"
  | "running"
  | "waiting"
  | "retrying"
  | "done"
  | "failed"
  | "skipped"
  | "unknown"
  | "unusable"
  | "undone"
  | "cancelled"
  | "paused";

const STATUS: { readonly [status in StepStatus]: RowStatus } = {
  pending: "planned",
  ready: "queued",
  running: "running",
  suspended: "waiting",
  retrying: "retrying",
  completed: "done",
  failed: "failed",
  skipped: "skipped",
  unknown: "unknown",
  unusable: "unusable",
  undone: "undone",
  cancelled: "cancelled",
};

/** In a run that has ended, these are cancelled. */
const OPEN: ReadonlySet<RowStatus> = new Set(["planned", "queued", "running", "waiting", "retrying", "paused"]);

/** Gravest first. */
const GRAVEST: readonly RowStatus[] = ["unknown", "unusable", "waiting", "failed", "retrying", "running"];

/** The states of all work of a run, as it stands. */
export class RowStatuses {
  readonly #run: Run;
  readonly #ended: boolean;
  /** Steps whose items wait for a person together. */
  readonly #asked: ReadonlySet<string>;
  /** A plan waits for a person, and nothing starts before the answer. */
  readonly #planAsked: boolean;

  constructor(run: Run) {
    this.#run = run;
    this.#ended = isEnded(run);
    const pending = [...run.approvals.pending.values()];
    this.#planAsked = pending.some(({ subject }) => subject === "plan");
    this.#asked = new Set(pending.flatMap(({ subject }) => (subject === "plan" ? [] : [subject.step])));
  }

  /** `dropped`: the step belongs to an earlier plan, so nothing of it is open. */
  work(work: Work, dropped = false): RowStatus {
    const status = STATUS[work.status];
    if (dropped || this.#ended) return OPEN.has(status) ? "cancelled" : status;
    if (this.#run.paused && status === "queued") return "paused";
    if (this.#planAsked && status === "queued") return "planned";
    if (status === "running" && work.child?.waits !== undefined) return "waiting";
    // It waits for the other items, and then with them for a person.
    if (work.aside !== undefined && !this.#asked.has(work.step.spec.id)) return "queued";
    return status;
  }

  /** The state of a step. A fan-out that is not finished shows that of its items. */
  step({ work, fan }: StepState, dropped = false): RowStatus {
    const own = this.work(work, dropped);
    if (fan === undefined || work.status !== "pending" || dropped || this.#ended) return own;
    const found = new Set(fan.items.map((item) => this.work(item)));
    return GRAVEST.find((status) => found.has(status)) ?? (this.#run.paused ? "paused" : "running");
  }
}
