// The timeline of a run: one lane for each step, one bar for each attempt. In: a view and the chosen step. Out: lanes in
// the order of the list. Idle gaps are cut out and named. Each lane is a link to its step.
import { useMemo, useRef } from "preact/hooks";
import { isOpenedId } from "../../../api/opened.js";
import type { BarView, ItemView, RowView, RunView } from "../../../api/run-view.js";
import { usePlace } from "../../../app/router.js";
import { Mark } from "../../../parts/state.js";
import { durationText } from "../../../parts/time-text.js";
import { useNow } from "../../../parts/time.js";
import { useMedia } from "../../../parts/use-media.js";
import { isSame, listKey, listRows, type ListRow } from "../list-rows.js";
import { topsOf } from "../row-window.js";
import { readRunPlace, runAddress, type Chosen, type RunPlace } from "../run-place.js";
import { isSmall } from "../step-row.js";
import { useRowWindow } from "../use-row-window.js";
import type { DrawnViewProps } from "../view-slot.js";
import { timeAxis, type TimeAxis } from "./time-axis.js";
import "./timeline.css";

type Lane = Extract<ListRow, { readonly kind: "row" | "item" }>;

const isLane = (row: ListRow): row is Lane => row.kind === "row" || row.kind === "item";

/** px: those of the list beside it. */
const HEIGHT = { step: 44, item: 30 } as const;
const EVERY_WAVE = { has: () => true };

export function TimelineView({ view, selected }: DrawnViewProps) {
  const now = useNow();
  const place = readRunPlace(usePlace().query);
  const startedAt = Date.parse(view.startedAt);
  const goesOn = view.finishedAt === null && !isOpenedId(view.runId);
  const endMs = goesOn ? Math.max(view.axis.endMs, now - startedAt) : view.axis.endMs;
  const axis = useMemo(() => timeAxis(endMs, view.axis.gaps, startedAt), [endMs, view.axis.gaps, startedAt]);
  const lanes = useMemo(
    () => listRows(view, { filter: place.filter, chosen: selected, open: EVERY_WAVE }).filter(isLane),
    [view, place.filter, selected?.key, selected?.item],
  );
  if (lanes.length === 0) return <p class="soft pad">Nothing has begun yet.</p>;
  return (
    <section class="timeline" aria-label="Timeline">
      <div class="plot">
        <Axis axis={axis} />
        <Lanes {...{ view, place, axis, lanes, endMs, selected }} />
      </div>
      <Legend view={view} />
    </section>
  );
}

function Axis({ axis }: { readonly axis: TimeAxis }) {
  return (
    <div class="axis" aria-hidden="true">
      {axis.ticks.map(({ at, word }) => (
        <span key={at} class={at === 0 ? "first" : undefined} style={{ left: percent(at) }}>
          {word}
        </span>
      ))}
      {axis.gaps.map(({ from, to, word }) => (
        <span key={`gap ${from}`} class="gap-word" style={{ left: percent((from + to) / 2) }}>
          {word}
        </span>
      ))}
    </div>
  );
}

interface LanesProps {
  readonly view: RunView;
  readonly place: RunPlace;
  readonly axis: TimeAxis;
  readonly lanes: readonly Lane[];
  readonly endMs: number;
  readonly selected: Chosen | undefined;
}

function Lanes({ view, place, axis, lanes, endMs, selected }: LanesProps) {
  const list = useRef<HTMLOListElement>(null);
  const isPhone = useMedia("(max-width: 799px)");
  const tops = useMemo(
    () => topsOf(lanes.map((lane) => (isSmall(lane) && !isPhone ? HEIGHT.item : HEIGHT.step))),
    [lanes, isPhone],
  );
  const shown = useRowWindow(list, tops);
  const spacers = {
    paddingTop: `${tops[shown.from]}px`,
    paddingBottom: `${(tops.at(-1) ?? 0) - (tops[shown.to] ?? 0)}px`,
  };
  return (
    <div class="lanes">
      {axis.ticks.map(({ at }) => (
        <i key={at} class="grid-line" style={{ left: percent(at) }} />
      ))}
      {axis.gaps.map(({ from, to }) => (
        <i key={from} class="gap" style={{ left: percent(from), width: percent(to - from) }} />
      ))}
      <ol ref={list} style={spacers}>
        {lanes.slice(shown.from, shown.to).map((lane) => {
          const chosen = lane.kind === "item" ? { key: lane.row.key, item: lane.item.index } : { key: lane.row.key };
          const href = runAddress(view.runId, place, { step: chosen.key, item: chosen.item });
          const common = {
            lane,
            href,
            axis,
            endMs,
            isChosen: isSame(chosen, selected),
            isOver: view.finishedAt !== null,
          };
          return <LaneRow key={listKey(lane)} {...common} />;
        })}
      </ol>
    </div>
  );
}

interface LaneProps {
  readonly lane: Lane;
  readonly href: string;
  readonly axis: TimeAxis;
  readonly endMs: number;
  readonly isChosen: boolean;
  readonly isOver: boolean;
}

function LaneRow({ lane, href, axis, endMs, isChosen, isOver }: LaneProps) {
  const { title, bars, status, line } =
    lane.kind === "item" ? { ...lane.item, title: lane.item.label } : { ...lane.row, title: lane.row.title };
  return (
    <li class={`lane${lane.kind === "item" ? " item" : ""}${isChosen ? " on" : ""}`}>
      <a href={href} title={`${title}: ${line}`} aria-current={isChosen ? "true" : undefined}>
        <Mark shape={status} />
        <span class="lane-name cut">
          <b>{title}</b> <span class={`word is-${status}`}>{status === "done" ? "" : line}</span>
        </span>
      </a>
      {bars.map((bar) => (
        <Bar key={`${bar.kind} ${bar.attempt} ${bar.fromMs}`} bar={bar} axis={axis} endMs={endMs} isOver={isOver} />
      ))}
      <Label bars={bars} axis={axis} endMs={endMs} />
    </li>
  );
}

const LOOK: { readonly [kind in BarView["kind"]]: string } = {
  attempt: "attempt",
  "retry-wait": "is-wait",
  "person-wait": "is-person",
};

interface BarProps {
  readonly bar: BarView;
  readonly axis: TimeAxis;
  readonly endMs: number;
  readonly isOver: boolean;
}

function Bar({ bar, axis, endMs, isOver }: BarProps) {
  const from = axis.place(bar.fromMs);
  const to = axis.place(bar.toMs ?? endMs);
  const isOpen = bar.toMs === undefined && !isOver;
  const look = ["bar", LOOK[bar.kind], `is-${bar.status}`, bar.critical && "main", isOpen && "now"];
  return <i class={look.filter(Boolean).join(" ")} style={{ left: percent(from), width: percent(to - from) }} />;
}

/** How long all attempts took: right of the last bar, else left of the first, else above bars that leave no room. */
function Label({
  bars,
  axis,
  endMs,
}: {
  readonly bars: readonly BarView[];
  readonly axis: TimeAxis;
  readonly endMs: number;
}) {
  const [first] = bars;
  const last = bars.at(-1);
  if (first === undefined || last === undefined) return null;
  const attempts = bars.filter(({ kind }) => kind === "attempt");
  const took = attempts.reduce((sum, { fromMs, toMs }) => sum + (toMs ?? endMs) - fromMs, 0);
  const [from, to] = [axis.place(first.fromMs), axis.place(last.toMs ?? endMs)];
  const side = to <= 0.85 ? "right" : from > 0.35 ? "left" : "above";
  const style = side === "above" ? {} : { left: percent(side === "left" ? from : to) };
  const more = attempts.length > 1 ? `, ${attempts.length} attempts` : "";
  return (
    <span class={`blab ${side}`} style={style}>
      {durationText(took)}
      {more}
    </span>
  );
}

function Legend({ view }: { readonly view: RunView }) {
  const bars = view.rows.flatMap(({ bars: own, items }) => [...own, ...(items?.shown ?? []).flatMap(barsOf)]);
  const entries: readonly (readonly [look: string, word: string, isThere: boolean])[] = [
    ["main", "critical path", bars.some(({ critical }) => critical)],
    ["attempt", "attempt", true],
    ["attempt is-failed", "failed attempt", bars.some(({ status }) => status === "failed")],
    ["is-wait", "waits to try again", bars.some(({ kind }) => kind === "retry-wait")],
    ["is-person", "waits for a person", bars.some(({ kind }) => kind === "person-wait")],
    ["attempt is-unknown", "unknown outcome", bars.some(({ status }) => status === "unknown")],
  ];
  return (
    <p class="legend">
      {entries.map(
        ([look, word, isThere]) =>
          isThere && (
            <span key={word}>
              <i class={`bar ${look}`} /> {word}
            </span>
          ),
      )}
    </p>
  );
}

const barsOf = ({ bars }: ItemView): RowView["bars"] => bars;

const percent = (share: number): string => `${(share * 100).toFixed(3)}%`;
