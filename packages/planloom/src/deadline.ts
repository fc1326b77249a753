// The time limit of all work in this process: tool calls, model calls, planner functions, agent steps. In: work, an
// outer signal, ms and a clock. Out: the result or error of the work, or that it was abandoned. The caller sets the
// limit; the work only gets a signal.
import { PlanloomError } from "./words/planloom-error.js";
import { LIMITS } from "./limits.js";
import type { Clock } from "./clock.js";

/**
 * The abort reason of a signal, as a code with its parameters. The message is the code, not a sentence: a tool may put
 * it into an error of its own, which the log keeps.
 */
export class Stopped extends Error {
  override readonly name: string = "Stopped";
  constructor(
    readonly code: string,
    readonly params: object = {},
  ) {
    super(code);
  }
}

/** The abort reason after a time limit. */
export class TimedOut extends Stopped {
  override readonly name = "TimedOut";
  constructor(
    readonly ms: number,
    /** The work gave no sign of life for this time. False: it took longer in all. */
    readonly wasSilent = false,
  ) {
    super("TIMEOUT", { ms });
  }
}

/** ms in all; or without a sign of life, and in all. */
export type TimeLimit = number | { readonly silentMs: number; readonly totalMs: number };

export interface Deadline {
  /** Aborted with the outer signal's reason, or with TimedOut. */
  readonly signal: AbortSignal;
  /** Resolves when the signal is aborted. */
  readonly passed: Promise<"passed">;
  why(): "timeout" | "abort" | undefined;
  /** Stops the time until the returned function is called, also if several parts of the work hold it. */
  readonly hold: () => () => void;
  /** A sign of life of the work: the time of silence begins anew. */
  readonly alive: () => void;
  /** Call this when the work has ended, in time or not. */
  cancel(): void;
}

export function newDeadline(outer: AbortSignal, limit: TimeLimit, clock: Clock): Deadline {
  const controller = new AbortController();
  let why: "timeout" | "abort" | undefined;
  let pass: (value: "passed") => void;
  const passed = new Promise<"passed">((resolve) => (pass = resolve));
  const stop = (reason: "timeout" | "abort", cause: unknown) => {
    if (why !== undefined) return;
    why = reason;
    controller.abort(cause);
    pass("passed");
  };
  const onAbort = () => stop("abort", outer.reason);
  if (outer.aborted) onAbort();
  else outer.addEventListener("abort", onAbort, { once: true });
  const { silentMs = undefined, totalMs } = typeof limit === "number" ? { totalMs: limit } : limit;
  const timer = heldTimer(totalMs, clock, () => stop("timeout", new TimedOut(totalMs)));
  const silence = silenceTimer(silentMs, clock, (ms) => stop("timeout", new TimedOut(ms, true)));
  return {
    signal: controller.signal,
    passed,
    why: () => why,
    hold: timer.hold,
    alive: silence.alive,
    cancel: () => {
      timer.cancel();
      silence.cancel();
      outer.removeEventListener("abort", onAbort);
    },
  };
}

/** Fires after a time without a sign of life. Many signs cost one timer. */
function silenceTimer(ms: number | undefined, clock: Clock, fn: (ms: number) => void) {
  if (ms === undefined) return { alive: () => undefined, cancel: () => undefined };
  let last = clock.now();
  let cancelTimer: () => void;
  const arm = (left: number): void => {
    cancelTimer = clock.setTimer(left, () => {
      const silent = clock.now() - last;
      if (silent < ms) arm(ms - silent);
      else fn(ms);
    });
  };
  arm(ms);
  return { alive: () => void (last = clock.now()), cancel: () => cancelTimer() };
}

/** A timer that can be stopped for a while. */
function heldTimer(ms: number, clock: Clock, fn: () => void): Pick<Deadline, "hold" | "cancel"> {
  let [left, holds, isOver] = [ms, 0, false];
  let since = clock.now();
  let cancelTimer = clock.setTimer(left, fn);
  const hold = (): (() => void) => {
    if (holds++ === 0) {
      cancelTimer();
      left -= clock.now() - since;
    }
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      if (--holds > 0 || isOver) return;
      since = clock.now();
      cancelTimer = clock.setTimer(left, fn);
    };
  };
  const cancel = (): void => {
    isOver = true;
    cancelTimer();
  };
  return { hold, cancel };
}

type Settled<T> = { readonly value: T } | { readonly thrown: unknown };

export interface Ended<T> {
  /** undefined: the work gave nothing in time. */
  readonly end: Settled<T> | undefined;
  /** Why the signal was aborted before that, if it was. */
  readonly why: "timeout" | "abort" | undefined;
  /** The reason of the signal, if it was aborted. */
  readonly reason: unknown;
}

/** `alive`: the work gives a sign of life. `hold`: see Deadline. */
type Work<T> = (signal: AbortSignal, alive: () => void, hold: Deadline["hold"]) => Promise<T>;

/**
 * Does work within a limit; never rejects. After that time, or on abort from outside, the work's signal is aborted.
 * A result within LIMITS.graceMs after that still counts; a later one is ignored.
 */
export async function inTime<T>(work: Work<T>, outer: AbortSignal, limit: TimeLimit, clock: Clock): Promise<Ended<T>> {
  const deadline = newDeadline(outer, limit, clock);
  try {
    const going = settled(work, deadline);
    const first = await Promise.race([going, deadline.passed]);
    const end = first === "passed" ? await withinGrace(going, clock) : first;
    return { end, why: deadline.why(), reason: deadline.signal.reason };
  } finally {
    deadline.cancel();
  }
}

async function settled<T>(work: Work<T>, { signal, alive, hold }: Deadline): Promise<Settled<T>> {
  try {
    return { value: await work(signal, alive, hold) };
  } catch (thrown) {
    return { thrown };
  }
}

async function withinGrace<T>(going: Promise<T>, clock: Clock): Promise<T | undefined> {
  let cancel: (() => void) | undefined;
  const over = new Promise<undefined>((resolve) => {
    cancel = clock.setTimer(LIMITS.graceMs, () => resolve(undefined));
  });
  const end = await Promise.race([going, over]);
  cancel?.();
  return end;
}

/**
 * The same, as a promise of the value. Rejects with the error of the work, with `silent()` after a timeout, or with the
 * outer signal's reason after an abort. After the signal was aborted, only a PlanloomError of the work still counts.
 */
export async function answerInTime<T>(
  work: Work<T>,
  outer: AbortSignal,
  limit: TimeLimit,
  clock: Clock,
  silent: (timedOut: TimedOut) => Error,
): Promise<T> {
  const { end, why, reason } = await inTime(work, outer, limit, clock);
  if (end !== undefined && "value" in end) return end.value;
  if (end !== undefined && (why === undefined || end.thrown instanceof PlanloomError)) throw end.thrown;
  throw why === "timeout" ? silent(reason as TimedOut) : outer.reason;
}
