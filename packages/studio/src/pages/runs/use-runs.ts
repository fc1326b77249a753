// The list of runs, loaded and kept up to date. In: a filter. Out: the list, and what a reader can ask of it.
import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { get } from "../../api/client.js";
import { useWhenBack } from "../../api/connection.js";
import { listPath, type Shown } from "./run-filter.js";
import { changedSince, firstList, withChanges, withPart, type ListPart, type RunList } from "./run-list.js";

const PART = "50";
/** ms between two looks for changes. */
const LOOK_MS = 1_000;

export interface RunsOnPage {
  /** undefined until the first part is there. */
  readonly list: RunList | undefined;
  readonly error: unknown;
  readonly more: () => Promise<void>;
  /** Loads the newest runs, with those that came meanwhile in their places. */
  readonly renew: () => void;
}

export function useRuns({ filter, text }: Shown): RunsOnPage {
  const [list, setList] = useState<RunList>();
  const [error, setError] = useState<unknown>();
  const [round, setRound] = useState(0);
  const latest = useRef(list);
  latest.current = list;
  useEffect(() => {
    const gone = new AbortController();
    loadFirst({ filter, text }, gone.signal).then(
      (first) => (setList(first), setError(undefined)),
      (reason: unknown) => gone.signal.aborted || setError(reason),
    );
    return () => gone.abort();
  }, [filter, text, round]);
  useEffect(() => {
    const look = async () => {
      if (document.hidden || latest.current === undefined) return;
      const since = String(changedSince(latest.current));
      const { runs } = await get<ListPart>(listPath({ filter: "all", text }, { since, limit: PART }));
      setList((now) => now && withChanges(now, runs, filter));
    };
    // A lost server is told by the band of the shell.
    return repeat(() => look().catch(() => undefined));
  }, [filter, text]);
  const renew = useCallback(() => setRound((count) => count + 1), []);
  useWhenBack(() => error !== undefined && renew());
  const more = useCallback(async () => {
    const cursor = latest.current?.cursor;
    if (cursor === undefined || cursor === null) return;
    const part = await get<ListPart>(listPath({ filter, text }, { cursor, limit: PART }));
    setList((now) => now && withPart(now, part));
  }, [filter, text]);
  return { list, error, more, renew };
}

/** With no filter, those that wait come first, however old they are. */
async function loadFirst(shown: Shown, signal: AbortSignal): Promise<RunList> {
  const waits = { ...shown, filter: "waiting" as const };
  const [waiting, part] = await Promise.all([
    shown.filter === "all" ? get<ListPart>(listPath(waits, { limit: PART }), signal) : undefined,
    get<ListPart>(listPath(shown, { limit: PART }), signal),
  ]);
  return firstList(waiting?.runs ?? [], part);
}

/** Waits between two calls from the end of the first. Returns what ends it. */
function repeat(work: () => Promise<unknown>): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isOver = false;
  const next = () => {
    if (!isOver) timer = setTimeout(() => void work().then(next), LOOK_MS);
  };
  next();
  return () => {
    isOver = true;
    clearTimeout(timer);
  };
}
