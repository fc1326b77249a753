// Which rows of a long list are in the page. In: the list's element and the top of each row. Out: the first and last row,
// renewed as the page or its pane scrolls; and a function that brings a row into sight.
import { useCallback, useLayoutEffect, useState } from "preact/hooks";
import type { RefObject } from "preact";
import { windowOf, type RowWindow } from "./row-window.js";

const MARGIN = 60;

export function useRowWindow(list: RefObject<HTMLElement>, tops: readonly number[]) {
  const [seen, setSeen] = useState({ top: 0, height: globalThis.innerHeight });
  useLayoutEffect(() => {
    const look = () => {
      const next = seenOf(list.current);
      setSeen((known) => (isSameWindow(windowOf(tops, known), windowOf(tops, next)) ? known : next));
    };
    look();
    addEventListener("scroll", look, { capture: true, passive: true });
    addEventListener("resize", look);
    return () => (removeEventListener("scroll", look, { capture: true }), removeEventListener("resize", look));
  }, [tops]);
  const show = useCallback(
    (at: number, page: boolean) => bringIntoSight(list.current, tops[at] ?? 0, tops[at + 1] ?? 0, page),
    [tops],
  );
  return { ...windowOf(tops, seen), show };
}

const isSameWindow = (one: RowWindow, other: RowWindow): boolean => one.from === other.from && one.to === other.to;

/** The pane that scrolls the list; null: the page does. */
function paneOf(list: HTMLElement): HTMLElement | null {
  for (let one = list.parentElement; one !== null && one !== document.body; one = one.parentElement)
    if (one.scrollHeight > one.clientHeight && /auto|scroll/u.test(getComputedStyle(one).overflowY)) return one;
  return null;
}

function seenOf(list: HTMLElement | null) {
  if (list === null) return { top: 0, height: innerHeight };
  const pane = paneOf(list)?.getBoundingClientRect();
  const top = (pane?.top ?? 0) - list.getBoundingClientRect().top;
  return { top, height: pane?.height ?? innerHeight };
}

/** `page`: also if the page scrolls, and not a pane of its own. */
function bringIntoSight(list: HTMLElement | null, top: number, bottom: number, page: boolean): void {
  if (list === null) return;
  const pane = paneOf(list);
  if (pane === null && !page) return;
  const seen = seenOf(list);
  const above = top - MARGIN - seen.top;
  const below = bottom + MARGIN - (seen.top + seen.height);
  const by = above < 0 ? above : below > 0 ? below : 0;
  if (by !== 0) (pane ?? document.documentElement).scrollBy({ top: by, behavior: "instant" });
}
