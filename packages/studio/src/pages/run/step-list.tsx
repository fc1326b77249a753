// The list of steps: the accessible form of a run, always there. In: a view, the choice and the clock. Out: rows with
// route lines. It is one stop of the Tab key; arrow keys, j and k move inside. A long list has 60 rows in the page.
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import type { RunView } from "../../api/run-view.js";
import { useMedia } from "../../parts/use-media.js";
import { chosenOf, indexOfChosen, isSame, listKey, listRows, nextOpen, type ListRow } from "./list-rows.js";
import { railsOf } from "./rails.js";
import { topsOf } from "./row-window.js";
import type { RunClock } from "./row-text.js";
import { runAddress, type Chosen, type RunPlace } from "./run-place.js";
import { isSmall, StepRow } from "./step-row.js";
import { useRowWindow } from "./use-row-window.js";

/** Moves in the list, for keys that work on the whole page. */
export interface ListMoves {
  move(by: number): void;
  next(only: "open" | "waiting"): void;
  focus(): void;
}

interface StepListProps {
  readonly view: RunView;
  readonly place: RunPlace;
  readonly chosen: Chosen | undefined;
  readonly clock: RunClock;
  readonly notes: ReadonlyMap<string, string>;
  readonly moves: { current: ListMoves | undefined };
}

export function StepList({ view, place, chosen, clock, notes, moves }: StepListProps) {
  const list = useRef<HTMLOListElement>(null);
  const [open, setOpen] = useState<ReadonlySet<number>>(new Set());
  const { rows, rails, tops } = useRows(view, place, chosen, open);
  const shown = useRowWindow(list, tops);
  const { stop, keyed } = useMoves(list, rows, { chosen, isOpened: place.step !== undefined }, shown.show, moves);
  const openWave = (wave: number) => setOpen(new Set([...open, wave]));
  if (rows.length === 0) return <p class="none">{noneText(place)}</p>;
  const spacers = {
    paddingTop: `${tops[shown.from]}px`,
    paddingBottom: `${(tops.at(-1) ?? 0) - (tops[shown.to] ?? 0)}px`,
  };
  return (
    <ol ref={list} class="rows" style={spacers} onKeyDown={keyed}>
      {rows.slice(shown.from, shown.to).map((row, offset) => {
        const at = shown.from + offset;
        const choice = chosenOf(row);
        const href = runAddress(view.runId, place, { step: choice?.key, item: choice?.item });
        const isChosen = choice !== undefined && row.kind !== "more" && isSame(choice, chosen);
        const isStop = at === Math.min(Math.max(stop, shown.from), shown.to - 1);
        const common = { row, view, clock, notes, href, isChosen, isStop, place: at, count: rows.length };
        return <StepRow key={listKey(row)} {...common} rail={rails[at]} onOpenWave={openWave} />;
      })}
    </ol>
  );
}

const noneText = ({ filter }: RunPlace): string =>
  filter === "failed"
    ? "No step has failed."
    : filter === "waiting"
      ? "No step waits for you."
      : "There is no plan yet.";

function useRows(view: RunView, { filter }: RunPlace, chosen: Chosen | undefined, open: ReadonlySet<number>) {
  const isPhone = useMedia("(max-width: 799px)");
  return useMemo(() => {
    const rows = listRows(view, { filter, chosen, open });
    const heights = rows.map((row) => (isSmall(row) && !isPhone ? 30 : 44));
    return { rows, rails: filter === "all" ? railsOf(rows) : [], tops: topsOf(heights) };
  }, [view, filter, chosen?.key, chosen?.item, open, isPhone]);
}

const KEYS: { readonly [key: string]: number } = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10 };

/** Which row the Tab key reaches, and the keys that move it. */
function useMoves(
  list: { readonly current: HTMLElement | null },
  rows: readonly ListRow[],
  { chosen, isOpened }: { readonly chosen: Chosen | undefined; readonly isOpened: boolean },
  show: (at: number, page: boolean) => void,
  moves: StepListProps["moves"],
) {
  const [active, setActive] = useState<string>();
  const wanted = useRef<string>();
  const known = rows.findIndex((row) => listKey(row) === active);
  const stop = known >= 0 ? known : Math.max(0, indexOfChosen(rows, chosen));
  const to = (at: number) => {
    const row = rows[Math.min(Math.max(at, 0), rows.length - 1)];
    if (row === undefined) return;
    wanted.current = listKey(row);
    show(rows.indexOf(row), true);
    setActive(listKey(row));
  };
  // A fast key must find the row that the one before went to.
  const here = () => {
    const at = wanted.current === undefined ? -1 : rows.findIndex((row) => listKey(row) === wanted.current);
    return at >= 0 ? at : stop;
  };
  useLayoutEffect(() => {
    const element = wanted.current === undefined ? undefined : rowElement(list.current, wanted.current);
    if (element === undefined) return;
    wanted.current = undefined;
    element.focus({ preventScroll: true });
  });
  // Another choice, by a link or the address: the Tab key reaches that row. The page stays where the reader is.
  useEffect(() => {
    setActive(undefined);
    const at = indexOfChosen(rows, chosen);
    if (at >= 0) show(at, false);
  }, [chosen?.key, chosen?.item]);
  const hasFocus = () => list.current?.contains(document.activeElement) ?? false;
  moves.current = {
    // From an opened step to the row beside it; else first to the row that is shown.
    move: (by) => to(hasFocus() || isOpened ? here() + by : stop),
    next: (only) => to(nextOpen(rows, hasFocus() ? here() : stop - 1, only)),
    focus: () => to(stop),
  };
  const keyed = (event: KeyboardEvent) => {
    const by = event.key === "Home" ? -rows.length : event.key === "End" ? rows.length : KEYS[event.key];
    if (by === undefined || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    to(here() + by);
  };
  return { stop, keyed };
}

const rowElement = (list: HTMLElement | null, key: string): HTMLElement | undefined =>
  [...(list?.querySelectorAll<HTMLElement>("[data-row]") ?? [])].find((one) => one.dataset["row"] === key);
