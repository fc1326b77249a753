// How far a run is, drawn as its line with a stop for each step. In: a view. Out: a small drawing; the figures stand
// beside it as text. Many steps become one bar of shares.
import type { RowStatus, RunView } from "../../api/run-view.js";
import { MarkAt } from "../../parts/state.js";

const MOST_STOPS = 12;
const STEP = 14;

/** States that keep their own mark on the line, because they ask to be looked at. */
const MARKED: ReadonlySet<RowStatus> = new Set([
  "running",
  "waiting",
  "retrying",
  "failed",
  "unknown",
  "unusable",
  "skipped",
]);

export function ProgressLine({ view }: { readonly view: RunView }) {
  const steps = view.rows.filter(({ kind, revision }) => kind === "step" && revision <= view.revision);
  const statuses = steps.map(({ status }) => status);
  if (statuses.length === 0) return null;
  return statuses.length > MOST_STOPS ? <Shares statuses={statuses} /> : <Stops statuses={statuses} />;
}

function Stops({ statuses }: { readonly statuses: readonly RowStatus[] }) {
  const width = statuses.length * STEP;
  const reached = statuses.findLastIndex(
    (status) => status !== "planned" && status !== "queued" && status !== "cancelled",
  );
  const x = (at: number) => at * STEP + STEP / 2;
  return (
    <svg class="route-line" width={width} height="14" viewBox={`0 0 ${width} 14`} aria-hidden="true">
      {reached > 0 && <path class="left" d={`M${x(0)} 7H${x(reached)}`} />}
      {reached < statuses.length - 1 && (
        <path class="ahead" d={`M${x(Math.max(0, reached))} 7H${x(statuses.length - 1)}`} />
      )}
      {statuses.map((status, at) => (
        <Stop key={at} status={status} x={x(at)} />
      ))}
    </svg>
  );
}

function Stop({ status, x }: { readonly status: RowStatus; readonly x: number }) {
  if (!MARKED.has(status)) return <circle class={status === "done" ? "stop done" : "stop"} cx={x} cy="7" r="3" />;
  return (
    <>
      <rect class="clear" x={x - 7} y="0" width="14" height="14" />
      <g transform={`translate(${x} 7) scale(.8) translate(${-x} -7)`}>
        <MarkAt shape={status} x={x} y={7} />
      </g>
    </>
  );
}

const ORDER: readonly RowStatus[] = [
  "done",
  "skipped",
  "unknown",
  "unusable",
  "failed",
  "waiting",
  "retrying",
  "running",
];
const WIDTH = 132;

function Shares({ statuses }: { readonly statuses: readonly RowStatus[] }) {
  const counts = ORDER.map((status) => ({ status, count: statuses.filter((one) => one === status).length }));
  let from = 0;
  return (
    <svg class="route-line" width={WIDTH} height="14" viewBox={`0 0 ${WIDTH} 14`} aria-hidden="true">
      <rect class="share" x="0" y="5" width={WIDTH} height="4" />
      {counts.map(({ status, count }) => {
        const x = from;
        if (count > 0) from += Math.max(3, (count / statuses.length) * WIDTH);
        return count > 0 && <rect key={status} class={`share is-${status}`} x={x} y="5" width={from - x} height="4" />;
      })}
    </svg>
  );
}
