// The live run as state of a page. In: a run's id. Out: what is known of it, renewed as it goes on.
import { useEffect, useRef, useState } from "preact/hooks";
import { privateShown } from "../../parts/value.js";
import { NOTHING_READ, RunFollower, type LiveRun } from "../../api/run-live.js";

export interface Followed {
  readonly run: LiveRun;
  /** Asks now, after a command. */
  readonly again: () => void;
}

export function useLiveRun(runId: string): Followed {
  const [run, setRun] = useState(NOTHING_READ);
  const follower = useRef<RunFollower>();
  useEffect(() => {
    setRun(NOTHING_READ);
    privateShown.set(false);
    const one = new RunFollower(runId, setRun);
    follower.current = one;
    return () => one.close();
  }, [runId]);
  return { run, again: () => follower.current?.again() };
}
