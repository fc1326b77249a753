// A signal that also ends after a time. In: the caller's signal and a limit in ms. Out: one signal, and which of the two ended it.
// Separate because AbortSignal.any over AbortSignal.timeout can be collected before it fires on older Nodes.

export interface RequestDeadline {
  readonly signal: AbortSignal;
  expired(): boolean;
  /** Must be called when the work is over, or the timer keeps the process alive. */
  clear(): void;
}

/** setTimeout counts in 32 bits and fires at once beyond that; 24 days stand for "no limit". */
const LONGEST_MS = 2 ** 31 - 1;

export function deadlineAfter(ms: number, signal: AbortSignal): RequestDeadline {
  const own = new AbortController();
  let expired = false;
  const timer = setTimeout(
    () => {
      expired = true;
      own.abort(new Error("deadline"));
    },
    Math.min(ms, LONGEST_MS),
  );
  const follow = (): void => own.abort(signal.reason);
  signal.addEventListener("abort", follow, { once: true });
  if (signal.aborted) follow();
  return {
    signal: own.signal,
    expired: () => expired,
    clear() {
      clearTimeout(timer);
      signal.removeEventListener("abort", follow);
    },
  };
}
