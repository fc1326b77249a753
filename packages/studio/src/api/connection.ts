// Whether the server can be reached. In: requests that failed or succeeded. Out: since when it is lost. While it is
// lost, the server is asked again; parts that show data load it anew when it is back.
import { useEffect, useRef } from "preact/hooks";
import { cell } from "./cell.js";

/** ms between two questions to a lost server. */
const RETRY_MS = 2_000;

/** ms since 1970 at which the server was lost; undefined while it is there. */
export const lostSince = cell<number | undefined>(undefined);

const backListeners = new Set<() => void>();
let timer: ReturnType<typeof setTimeout> | undefined;

export function connectionLost(): void {
  if (lostSince.get() === undefined) lostSince.set(Date.now());
  timer ??= setTimeout(() => void tryAgain(), RETRY_MS);
}

export function connectionHeld(): void {
  if (lostSince.get() === undefined) return;
  clearTimeout(timer);
  timer = undefined;
  lostSince.set(undefined);
  for (const listener of [...backListeners]) listener();
}

async function tryAgain(): Promise<void> {
  timer = undefined;
  const answers = await fetch("/healthz").then(
    ({ ok }) => ok,
    () => false,
  );
  if (answers) connectionHeld();
  else connectionLost();
}

/** Calls `action` each time the server is back after a loss. Returns what ends it. */
export function whenBack(action: () => void): () => void {
  backListeners.add(action);
  return () => void backListeners.delete(action);
}

/** The same inside a part, with its latest `action`. */
export function useWhenBack(action: () => void): void {
  const latest = useRef(action);
  latest.current = action;
  useEffect(() => whenBack(() => latest.current()), []);
}
