// The state of a run in words. In: the head of a run. Out: the gravest state as a shape with a word, and whether a
// person is asked.
import type { Loom } from "planloom";
import type { Shape } from "./state.js";

/** A run of the list. */
export type Head = Awaited<ReturnType<Loom["list"]>>["runs"][number];
export type RunStatus = NonNullable<Head["status"]>;

export interface RunState {
  readonly shape: Shape;
  readonly word: string;
  readonly asks: boolean;
}

const state = (shape: Shape, word: string, asks = false): RunState => ({ shape, word, asks });

const PLAIN: { readonly [status in RunStatus]: RunState } = {
  completed: state("done", "Done"),
  failed: state("failed", "Failed"),
  cancelled: state("cancelled", "Cancelled"),
  paused: state("paused", "Paused"),
  "needs-attention": state("waiting", "Waits for you", true),
  "awaiting-approval": state("waiting", "Waits for approval", true),
  planning: state("running", "Writing the plan"),
  running: state("running", "Running"),
  answering: state("running", "Writing the answer"),
  compensating: state("running", "Undoing calls"),
};

export const ASKS = {
  plan: state("waiting", "Approve the plan", true),
  call: state("waiting", "Approve a call", true),
  question: state("waiting", "Answer a question", true),
  doubt: state("unknown", "Unknown outcome", true),
  unusable: state("unusable", "Unusable output", true),
  undoing: state("unusable", "Could not be undone", true),
  below: state("waiting", "A sub-plan waits", true),
} as const;

/** The state of a run whose waits are not known. */
export const statusState = (status: RunStatus): RunState => PLAIN[status];

export function runState(head: Head): RunState {
  if (head.unreadable !== undefined) return state("unknown", "Cannot be read");
  const { status, waiting, totals } = head;
  if (status === "completed" && totals.skipped > 0) return state("done", `Done, ${totals.skipped} skipped`);
  if (waiting === undefined || status === "paused") return PLAIN[status];
  return waiting.doubts > 0 ? ASKS.doubt : ASKS[waiting.first];
}
