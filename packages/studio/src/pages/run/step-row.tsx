// One row of the list: a phase, a step, an item, or a finished wave. In: the row, its line of the route, and the clock.
// Out: a link to the step, with its state in shape and word.
import type { RunView } from "../../api/run-view.js";
import { noteKey } from "../../api/progress.js";
import { Mark } from "../../parts/state.js";
import { durationText } from "../../parts/time-text.js";
import { listKey, type ListRow } from "./list-rows.js";
import type { Rail, RailStyle } from "./rails.js";
import { estimateText, lineParts, startText, tookMsOf, type RunClock } from "./row-text.js";

export interface RowProps {
  readonly row: ListRow;
  readonly rail: Rail | undefined;
  readonly view: RunView;
  readonly clock: RunClock;
  readonly notes: ReadonlyMap<string, string>;
  readonly isChosen: boolean;
  /** The one row that the Tab key reaches. */
  readonly isStop: boolean;
  readonly place: number;
  readonly count: number;
  readonly href: string;
  readonly onOpenWave: (wave: number) => void;
}

export function StepRow(props: RowProps) {
  const { row, rail, isChosen, place, count } = props;
  const kind = row.kind === "row" ? row.row.kind : row.kind === "more" ? "rest" : row.kind;
  const isLast = row.kind === "more" || (row.kind === "item" && row.last);
  const classes = ["row", kind, rail?.lane === 1 && "side", isLast && "last", isChosen && "on"];
  return (
    <li class={classes.filter(Boolean).join(" ")} aria-setsize={count} aria-posinset={place + 1}>
      {rail !== undefined && <RailPiece rail={rail} height={isSmall(row) ? "item" : "step"} />}
      {row.kind === "wave" ? <WaveButton {...props} wave={row} /> : <RowLink {...props} />}
    </li>
  );
}

export const isSmall = ({ kind }: ListRow): boolean => kind === "item" || kind === "more";

function RowLink(props: RowProps) {
  const { row, isChosen, isStop, href } = props;
  return (
    <a
      href={href}
      data-row={listKey(row)}
      tabIndex={isStop ? 0 : -1}
      aria-current={isChosen ? "true" : undefined}
      title={row.kind === "item" ? row.item.label : row.kind === "row" ? row.row.title : undefined}
    >
      {row.kind === "row" ? (
        <StepCells {...props} step={row} />
      ) : row.kind === "item" ? (
        <ItemCells {...props} item={row} />
      ) : (
        <MoreCells {...props} />
      )}
    </a>
  );
}

type Of<K extends ListRow["kind"]> = Extract<ListRow, { readonly kind: K }>;

function StepCells({ step: { row }, view, clock, notes }: RowProps & { readonly step: Of<"row"> }) {
  const tookMs = tookMsOf(row, view, clock);
  const [word, rest] = lineParts(row, clock, notes.get(noteKey(row.key)));
  const estimate = estimateText(row, tookMs);
  return (
    <>
      <Mark shape={row.status} />
      <span class="t">
        <b class="cut">{row.title}</b>
        <span class="m cut">
          <span class={`word is-${row.status}`}>{word}</span>
          {rest !== "" && ` · ${rest}`}
        </span>
      </span>
      <span class="h">{startText(row.startedAfterMs, view.axis.endMs)}</span>
      <span class="h">
        {tookMs !== undefined && durationText(tookMs)}
        {estimate.text !== "" && <small class={estimate.late ? "late" : undefined}>{estimate.text}</small>}
      </span>
    </>
  );
}

function ItemCells({ item: { row, item }, view, notes }: RowProps & { readonly item: Of<"item"> }) {
  const [first] = item.bars;
  const last = item.bars.at(-1);
  const [word = "", ...rest] = item.line.split(" · ");
  const note = item.status === "running" ? notes.get(noteKey(row.key, item.index)) : undefined;
  const isPlain = item.status === "done";
  return (
    <>
      <Mark shape={item.status} />
      <span class="t">
        <b class="cut">{item.label}</b>
        <span class={isPlain ? "vh" : "m cut"}>
          <span class={`word is-${item.status}`}>{word}</span>
          {[...rest, note].filter(Boolean).map((part) => ` · ${part}`)}
        </span>
      </span>
      <span class="h">{startText(first?.fromMs, view.axis.endMs)}</span>
      <span class="h">{first !== undefined && last?.toMs !== undefined && durationText(last.toMs - first.fromMs)}</span>
    </>
  );
}

function MoreCells({ row }: RowProps) {
  const count = row.kind === "more" ? row.count : 0;
  return <span class="t soft">{`${count.toLocaleString("en-US")} more items: choose one in the step`}</span>;
}

function WaveButton({ row, wave, isStop, onOpenWave }: RowProps & { readonly wave: Of<"wave"> }) {
  const { rows } = wave;
  const skipped = rows.filter(({ status }) => status === "skipped").length;
  return (
    <button
      type="button"
      class="wave-row"
      data-row={listKey(row)}
      tabIndex={isStop ? 0 : -1}
      aria-expanded={false}
      onClick={() => onOpenWave(wave.wave)}
    >
      <Mark shape="done" />
      <span class="t">
        <b>Wave {wave.wave}</b>
        <span class="m">
          {rows.length - skipped} steps done{skipped > 0 && `, ${skipped} skipped`} · open
        </span>
      </span>
    </button>
  );
}

const HEIGHT = { step: 44, item: 30 } as const;
const X = [22, 42] as const;

/** The lines of the route through one row. They meet those of the rows above and below. */
function RailPiece({ rail, height }: { readonly rail: Rail; readonly height: keyof typeof HEIGHT }) {
  const full = HEIGHT[height];
  const middle = full / 2;
  const halves = ([0, 1] as const).flatMap((lane) => [
    line(rail.top[lane], `M${X[lane]} 0V${middle}`),
    line(rail.bottom[lane], `M${X[lane]} ${middle}V${full}`),
  ]);
  const turns = [line(rail.out, `M${X[0]} ${middle}L${X[1]} ${full}`), line(rail.in, `M${X[1]} 0L${X[0]} ${middle}`)];
  return (
    <svg class="rail" viewBox={`0 0 56 ${full}`} preserveAspectRatio="none" width="56" aria-hidden="true">
      {[...halves, ...turns]}
    </svg>
  );
}

const line = (style: RailStyle | undefined, path: string) =>
  style === undefined ? undefined : <path key={path} class={style} d={path} vector-effect="non-scaling-stroke" />;
