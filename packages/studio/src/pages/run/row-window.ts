// The part of a long list that is in the page. In: the heights of all rows, and what of the list is seen. Out: the first
// and last row to draw, and the place of each. A short list is drawn whole.

/** The most rows that are in the page at once. */
export const MOST_ROWS = 60;

export interface Seen {
  /** px from the top of the list to what is seen, and the height of that. */
  readonly top: number;
  readonly height: number;
}

export interface RowWindow {
  readonly from: number;
  /** Exclusive. */
  readonly to: number;
}

/** The top of each row, and at the end the height of all. */
export function topsOf(heights: readonly number[]): readonly number[] {
  const tops = [0];
  for (const height of heights) tops.push((tops.at(-1) ?? 0) + height);
  return tops;
}

export function windowOf(tops: readonly number[], { top, height }: Seen): RowWindow {
  const count = tops.length - 1;
  if (count <= MOST_ROWS) return { from: 0, to: count };
  const first = rowAt(tops, top);
  const last = rowAt(tops, top + height);
  const spare = Math.max(0, MOST_ROWS - (last - first + 1));
  const from = Math.max(0, Math.min(first - Math.floor(spare / 2), count - MOST_ROWS));
  return { from, to: Math.min(count, from + MOST_ROWS) };
}

/** The row at a height. */
function rowAt(tops: readonly number[], y: number): number {
  let [low, high] = [0, tops.length - 2];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((tops[middle] ?? 0) <= y) low = middle;
    else high = middle - 1;
  }
  return low;
}
