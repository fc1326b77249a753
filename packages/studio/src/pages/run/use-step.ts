// The chosen step in full, as state of a page. In: a run, the choice, and the newest view. Out: the step; while it is at
// work, renewed with each view.
import { useEffect, useState } from "preact/hooks";
import { get } from "../../api/client.js";
import type { RowStatus, RunView, StepView } from "../../api/run-view.js";
import type { Chosen } from "./run-place.js";

export interface ReadStep {
  readonly step?: StepView;
  readonly fault?: unknown;
}

const AT_WORK: ReadonlySet<RowStatus> = new Set(["running", "retrying", "queued", "waiting"]);

export function useStep(view: RunView, chosen: Chosen | undefined): ReadStep {
  const [read, setRead] = useState<ReadStep & { readonly of?: string }>({});
  const { key, item } = chosen ?? {};
  const address = key === undefined ? undefined : stepAddress(view.runId, key, item);
  useEffect(() => {
    if (address === undefined) return undefined;
    const gone = new AbortController();
    get<StepView>(address, gone.signal).then(
      (step) => setRead({ step, of: address }),
      (fault: unknown) => {
        if (!gone.signal.aborted) setRead((known) => (known.of === address ? known : { fault, of: address }));
      },
    );
    return () => gone.abort();
  }, [address, changeOf(view, chosen)]);
  // Another step's data is never shown under this step's name.
  return read.of === address ? read : {};
}

const stepAddress = (runId: string, key: string, item: number | undefined): string =>
  `/v1/runs/${encodeURIComponent(runId)}/steps/${encodeURIComponent(key)}${item === undefined ? "" : `?item=${item}`}`;

/** Differs when the step has to be read again. */
function changeOf(view: RunView, chosen: Chosen | undefined): string {
  const row = view.rows.find(({ key }) => key === chosen?.key);
  if (row === undefined) return "";
  const { tookMs: _grows, ...rest } = row;
  return `${JSON.stringify(rest)} ${AT_WORK.has(row.status) ? `${view.seq} ${view.axis.endMs}` : ""}`;
}
