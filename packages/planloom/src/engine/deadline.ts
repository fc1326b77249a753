// A signal that is aborted by a time limit or from outside, and tells by which. In: a signal, ms and a clock. Out: the same
// as one signal. Separate because tool calls and agent steps both live under one.
import type { Clock } from "./clock.js";

export interface Deadline {
  readonly signal: AbortSignal;
  /** Resolves when the signal is aborted. */
  readonly passed: Promise<"passed">;
  why(): "timeout" | "abort" | undefined;
  /** To be called when the work has ended, in time or not. */
  cancel(): void;
}

export function newDeadline(outer: AbortSignal, timeoutMs: number, clock: Clock): Deadline {
  const controller = new AbortController();
  let why: "timeout" | "abort" | undefined;
  let pass: (value: "passed") => void;
  const passed = new Promise<"passed">((resolve) => (pass = resolve));
  const stop = (reason: "timeout" | "abort") => {
    if (why !== undefined) return;
    why = reason;
    controller.abort(reason === "abort" ? outer.reason : new Error(`timed out after ${timeoutMs} ms`));
    pass("passed");
  };
  const onAbort = () => stop("abort");
  if (outer.aborted) onAbort();
  else outer.addEventListener("abort", onAbort, { once: true });
  const cancelTimer = clock.setTimer(timeoutMs, () => stop("timeout"));
  return {
    signal: controller.signal,
    passed,
    why: () => why,
    cancel: () => {
      cancelTimer();
      outer.removeEventListener("abort", onAbort);
    },
  };
}
