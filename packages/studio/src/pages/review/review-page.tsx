// One approval on a page of its own: a plan or a call. In: a run and the hash that was asked about. Out: what will happen,
// and the decision. If another plan waits by now, the page stays, shows what differs, and asks about that one.
import { useEffect, useRef, useState } from "preact/hooks";
import type { PageProps } from "../../app/routes.js";
import { useTitle } from "../../app/page.js";
import { followEvents } from "../../api/events.js";
import { runPath, type PlanReview, type Review } from "../../api/people.js";
import { useGet } from "../../api/use-get.js";
import { ErrorNote } from "../../parts/note.js";
import { CallPage } from "./call-page.js";
import { PlanPage } from "./plan-page.js";
import "../../style/value.css";
import "../../style/review.css";

export function ReviewPage({ params: { id = "", hash = "" } }: PageProps) {
  const { data, error, reload } = useGet<Review>(runPath(id, `/review/${encodeURIComponent(hash)}`));
  useTitle(data?.kind === "call" ? "Approve a call" : "Review the plan");
  useRunEvents(id, data?.seq, reload);
  if (data === undefined)
    return <div class="page">{error === undefined ? <p class="faint">Loading …</p> : <ErrorNote error={error} />}</div>;
  if (data.kind === "call") return <CallPage call={data} onDone={reload} />;
  return <PlanOrNewer plan={data} onDone={reload} />;
}

/**
 * A plan that waits no more shows the one that waits instead, compared with it. That one stays on the page after its own
 * decision.
 */
function PlanOrNewer({ plan, onDone }: { readonly plan: PlanReview; readonly onDone: () => void }) {
  const [newer, setNewer] = useState(plan.waitsInstead);
  useEffect(() => {
    if (plan.waitsInstead !== undefined) setNewer(plan.waitsInstead);
  }, [plan.waitsInstead]);
  const path =
    newer === undefined
      ? null
      : runPath(plan.runId, `/review/${encodeURIComponent(newer)}?against=${encodeURIComponent(plan.hash)}`);
  const { data, reload } = useGet<PlanReview>(path);
  // Each event of the run renews the plan of the address, and with it the other one.
  useEffect(reload, [plan.seq]);
  const decided = useRef(false);
  useFocusAfter(decided, data ?? plan);
  const done = () => ((decided.current = true), onDone(), reload());
  if (data === undefined) return <PlanPage key={plan.hash} plan={plan} onDone={done} />;
  return <PlanPage key={data.hash} plan={data} instead={plan} onDone={done} />;
}

/** After a decision here its buttons are gone. The focus goes to the line that says what follows, then to the new plan. */
function useFocusAfter(decided: { readonly current: boolean }, { hash, waiting }: PlanReview): void {
  useEffect(() => {
    if (!decided.current || document.activeElement !== document.body) return;
    document.getElementById(waiting ? "h-plan" : "h-now")?.focus();
  }, [hash, waiting]);
}

/** Loads again after each event of the run that came later. */
function useRunEvents(runId: string, seq: number | undefined, reload: () => void): void {
  const known = seq !== undefined;
  const from = useRef(0);
  from.current = Math.max(from.current, seq ?? 0);
  useEffect(() => {
    if (!known) return;
    const feed = followEvents(runId, from.current, { event: ({ seq: at }) => at > from.current && reload() });
    return () => feed.close();
  }, [runId, known]);
}
