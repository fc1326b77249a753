// How much waits for a person: approvals, questions, doubts. In: the server's list of runs. Out: a number for the top bar,
// kept up to date while the page is seen.
import { useEffect } from "preact/hooks";
import { useGet } from "../api/use-get.js";
import type { Head } from "../parts/run-state.js";

/** An unreadable run asks for nothing. */
function waitsOf(head: Head): number {
  if (head.unreadable !== undefined || head.waiting === undefined) return 0;
  const { approvals, questions, doubts, unusable = 0, undoing = 0 } = head.waiting;
  return approvals + questions + doubts + unusable + undoing;
}

/** Larger numbers are shown as "99+". */
const MOST = 99;
const REFRESH_MS = 4_000;

/** Empty if nothing waits, or it is not known yet. */
export function useWaitingCount(): string {
  const { data, reload } = useGet<{ readonly runs: readonly Head[] }>(`/v1/runs?status=waiting&limit=${MOST + 1}`);
  useEffect(() => {
    const look = () => document.hidden || reload();
    const timer = setInterval(look, REFRESH_MS);
    document.addEventListener("visibilitychange", look);
    return () => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", look);
    };
  }, [reload]);
  const count = data?.runs.reduce((sum, head) => sum + waitsOf(head), 0) ?? 0;
  return count === 0 ? "" : count > MOST ? `${MOST}+` : String(count);
}
