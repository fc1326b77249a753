// A state by shape, word and colour. In: the state of a step or a run. Out: its mark, which differs from the others in
// outline, with its word.
import type { ComponentChildren, JSX } from "preact";
import type { RowStatus } from "../api/run-view.js";

export type Shape = RowStatus;

/** The word of a step's state. A run has words of its own: see run-state.ts. */
export const STATE_WORD: { readonly [shape in Shape]: string } = {
  planned: "not started",
  queued: "queued",
  running: "running",
  waiting: "waits for you",
  retrying: "retrying",
  done: "done",
  failed: "failed",
  skipped: "skipped",
  unknown: "unknown outcome",
  unusable: "unusable output",
  undone: "undone",
  cancelled: "cancelled",
  paused: "paused",
};

const line = { fill: "none", stroke: "currentColor", "stroke-width": 1.5 };
const on = (stroke: string, width: number) => ({ fill: "none", stroke, "stroke-width": width });
const PAPER = "var(--paper)";
const ring = <circle cx="7" cy="7" r="4.25" {...line} />;

/** Drawn in a square of 14 by 14. */
const MARK: { readonly [shape in Shape]: JSX.Element } = {
  planned: ring,
  queued: (
    <>
      {ring}
      <circle cx="7" cy="7" r="1.5" fill="currentColor" />
    </>
  ),
  running: (
    <>
      <circle cx="7" cy="7" r="5.75" {...line} />
      <path class="turn" d="M7 3.2a3.8 3.8 0 0 1 0 7.6z" fill="currentColor" />
    </>
  ),
  waiting: (
    <>
      <path d="M7 .8 13.2 7 7 13.2.8 7z" {...line} fill="var(--waiting-fill)" stroke-linejoin="round" />
      <path d="M7 4.2v3.2M7 9v1" {...on("var(--waiting-on-fill)", 1.5)} />
    </>
  ),
  retrying: (
    <>
      <path d="M11.9 5.2A5.3 5.3 0 1 0 12.3 7" {...line} />
      <path d="M12.9 1.9v4H8.9z" fill="currentColor" />
    </>
  ),
  undone: (
    <>
      <path d="M2.1 5.2A5.3 5.3 0 1 1 1.7 7" {...line} />
      <path d="M1.1 1.9v4h4z" fill="currentColor" />
      <path d="M4.6 7h4.8" {...line} />
    </>
  ),
  done: (
    <>
      <circle cx="7" cy="7" r="6.2" fill="currentColor" />
      <path d="m4.1 7.2 2.1 2.1 3.8-4.4" {...on(PAPER, 1.6)} />
    </>
  ),
  failed: (
    <>
      <rect x="1" y="1" width="12" height="12" rx="1" fill="currentColor" />
      <path d="m4.3 4.3 5.4 5.4m0-5.4-5.4 5.4" {...on(PAPER, 1.7)} />
    </>
  ),
  skipped: (
    <>
      {ring}
      <path d="M1.5 12.5 12.5 1.5" {...line} />
    </>
  ),
  unknown: (
    <>
      <path d="M7 .9 13.6 12.8H.4z" fill="currentColor" stroke="currentColor" stroke-linejoin="round" />
      <path d="M5.4 6.4c0-2.2 3.2-2 3.2-.2 0 1.3-1.6 1.3-1.6 2.8M7 10v1.2" {...on(PAPER, 1.3)} />
    </>
  ),
  unusable: (
    <>
      <path d="M4 1h6l3.6 6L10 13H4L.4 7z" fill="currentColor" />
      <path d="M4 7h6" {...on(PAPER, 1.7)} />
    </>
  ),
  cancelled: <rect x="2.75" y="2.75" width="8.5" height="8.5" {...line} />,
  paused: <path d="M4.5 2.5v9M9.5 2.5v9" {...line} stroke-width="2.2" />,
};

/** The mark alone, for places where the word stands elsewhere. Screen readers skip it. */
export function Mark({ shape, class: more = "" }: { readonly shape: Shape; readonly class?: string }) {
  return (
    <svg class={`st is-${shape} ${more}`} viewBox="0 0 14 14" width="14" height="14" aria-hidden="true">
      {MARK[shape]}
    </svg>
  );
}

/** The mark inside a larger drawing, with its centre at this point. */
export function MarkAt({ shape, x, y }: { readonly shape: Shape; readonly x: number; readonly y: number }) {
  return (
    <g class={`is-${shape}`} style={{ color: "var(--c, var(--ink-3))" }} transform={`translate(${x - 7} ${y - 7})`}>
      {MARK[shape]}
    </g>
  );
}

interface StateProps {
  readonly shape: Shape;
  /** Default: the word of a step's state. */
  readonly children?: ComponentChildren;
  /** Set where a person must look first. */
  readonly loud?: boolean;
}

export function State({ shape, children = STATE_WORD[shape], loud = false }: StateProps) {
  return (
    <span class={`state is-${shape}${loud ? " loud" : ""}`}>
      <Mark shape={shape} />
      <span class="word">{children}</span>
    </span>
  );
}
