// The progress of a run as a line with stops. In: how many steps are in which state. Out: a drawing, which screen readers
// skip, because its numbers stand beside it. A short line has one stop a step, a long one is a bar.
import { MarkAt, type Shape } from "./state.js";
import { stopShapes, type Stops } from "./stops.js";

const GAP = 14;
const MOST_STOPS = 12;
const BAR_WIDTH = 150;

export function RouteLine(stops: Stops) {
  if (stops.total === 0) return null;
  return stops.total > MOST_STOPS ? <Bar {...stops} /> : <Line shapes={stopShapes(stops)} />;
}

/** The same where the state of each step is known. The stops are in the order of the steps. */
export function StepsLine({ shapes }: { readonly shapes: readonly Shape[] }) {
  if (shapes.length === 0) return null;
  if (shapes.length <= MOST_STOPS) return <Line shapes={shapes} />;
  const count = (shape: Shape) => shapes.filter((one) => one === shape).length;
  const now = LOUDEST.find((shape) => shapes.includes(shape));
  const counts = { done: count("done"), failed: count("failed"), skipped: count("skipped") };
  return <Bar total={shapes.length} {...counts} {...(now === undefined ? {} : { now })} />;
}

const LOUDEST: readonly Shape[] = ["unknown", "unusable", "waiting", "retrying", "running"];

/** Stops where the run has not been. */
const AHEAD: ReadonlySet<Shape> = new Set(["planned", "queued", "cancelled"]);

function Line({ shapes }: { readonly shapes: readonly Shape[] }) {
  const width = shapes.length * GAP;
  const at = (index: number) => index * GAP + GAP / 2;
  const reached = at(shapes.findLastIndex((shape) => !AHEAD.has(shape)));
  const last = at(shapes.length - 1);
  return (
    <svg class="route-line" width={width} height="14" viewBox={`0 0 ${width} 14`} aria-hidden="true">
      {reached > at(0) && <path d={`M${at(0)} 7H${reached}`} class="travelled" />}
      {last > reached && <path d={`M${Math.max(at(0), reached)} 7H${last}`} class="ahead" />}
      {shapes.map((shape, index) => (
        <Stop key={index} shape={shape} x={at(index)} />
      ))}
    </svg>
  );
}

function Stop({ shape, x }: { readonly shape: Shape; readonly x: number }) {
  if (shape === "done") return <circle cx={x} cy="7" r="3.2" class="stop-done" />;
  if (AHEAD.has(shape)) return <circle cx={x} cy="7" r="2.6" class="stop-ahead" />;
  return (
    <>
      <rect x={x - 6} y="1" width="12" height="12" class="stop-ground" />
      <g transform={`translate(${x} 7) scale(0.8)`}>
        <MarkAt shape={shape} x={0} y={0} />
      </g>
    </>
  );
}

function Bar({ total, done, failed, skipped, now }: Stops) {
  const parts: readonly (readonly [string, number])[] = [
    ["done", done],
    ["skipped", skipped],
    ["failed", failed],
    [now ?? "", now === undefined ? 0 : 1],
  ];
  let x = 0;
  return (
    <svg class="route-line" width={BAR_WIDTH} height="14" viewBox={`0 0 ${BAR_WIDTH} 14`} aria-hidden="true">
      <rect x="0" y="5" width={BAR_WIDTH} height="4" class="bar-ahead" />
      {parts
        .filter(([, count]) => count > 0)
        .map(([shape, count]) => {
          const width = Math.max(2, (count / total) * BAR_WIDTH);
          const from = x;
          x += width + 1;
          return <rect key={shape} x={from} y="4" width={width} height="6" class={`bar-part is-${shape}`} />;
        })}
    </svg>
  );
}
