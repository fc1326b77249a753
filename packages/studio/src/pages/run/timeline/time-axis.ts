// The axis of a timeline, with idle gaps cut out. In: the length of a run, its gaps and the width that one gap takes. Out:
// a place from 0 to 1 for each moment, and the marks of the axis.
import { clockText, durationText } from "../../../parts/time-text.js";

export interface TimeAxis {
  /** 0 to 1. */
  place(ms: number): number;
  readonly gaps: readonly { readonly from: number; readonly to: number; readonly word: string }[];
  readonly ticks: readonly { readonly at: number; readonly word: string }[];
}

interface Gap {
  readonly fromMs: number;
  readonly toMs: number;
}

/** The share of the axis that one gap takes. */
const GAP_SHARE = 0.06;
const MOST_TICKS = 6;
/** The least share between two words, and between a word and a gap, which has a word of its own. */
const BETWEEN_TICKS = 0.1;
const BESIDE_GAP = 0.05;

/** `startedAt`: ms since 1970, of 0 on the axis. */
export function timeAxis(endMs: number, gaps: readonly Gap[], startedAt: number): TimeAxis {
  const end = Math.max(endMs, 1);
  const cut = gaps.filter(({ fromMs, toMs }) => toMs > fromMs && toMs <= end);
  const idle = cut.reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0);
  const shown = Math.max(end - idle, 1);
  const perMs = (1 - cut.length * GAP_SHARE) / shown;
  const place = (ms: number): number => {
    const at = Math.min(Math.max(ms, 0), end);
    let sum = at * perMs;
    for (const { fromMs, toMs } of cut) {
      const inside = Math.min(Math.max(at - fromMs, 0), toMs - fromMs);
      sum += inside * (GAP_SHARE / (toMs - fromMs) - perMs);
    }
    return Math.min(1, Math.max(0, sum));
  };
  return {
    place,
    gaps: cut.map(({ fromMs, toMs }) => {
      return { from: place(fromMs), to: place(toMs), word: durationText(toMs - fromMs) };
    }),
    ticks: ticksOf(end, cut, startedAt, place),
  };
}

/** Moments of day in a long run, else lengths. None stands in a gap, and none is nearer than its word is wide. */
function ticksOf(end: number, gaps: readonly Gap[], startedAt: number, place: (ms: number) => number) {
  const step = stepFor((end - gaps.reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0)) / MOST_TICKS);
  const word = end >= 600_000 ? (ms: number) => clockText(startedAt + ms) : (ms: number) => lengthWord(ms, step);
  const moments = [0, ...gaps.map(({ toMs }) => toMs)];
  const ticks: { readonly at: number; readonly word: string }[] = [];
  const cuts = gaps.map(({ fromMs, toMs }) => [place(fromMs), place(toMs)] as const);
  const isFree = (at: number): boolean => cuts.every(([from, to]) => at < from - BESIDE_GAP || at > to + BESIDE_GAP);
  moments.forEach((from, index) => {
    const until = gaps[index]?.fromMs ?? end;
    for (let ms = Math.ceil(from / step) * step; ms <= until; ms += step) {
      const [at, text, last] = [place(ms), word(ms), ticks.at(-1)];
      if (last === undefined || (at - last.at > BETWEEN_TICKS && text !== last.word && isFree(at)))
        ticks.push({ at, word: text });
    }
  });
  return ticks;
}

const STEPS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 15_000, 30_000, 60_000] as const;

const stepFor = (ms: number): number => {
  const found = STEPS.find((step) => step >= ms);
  if (found !== undefined) return found;
  let step = 60_000;
  while (step < ms) step *= 2;
  return step;
};

const lengthWord = (ms: number, step: number): string =>
  ms === 0
    ? "0"
    : ms < 60_000 && step % 1_000 !== 0
      ? `${(ms / 1_000).toFixed(step < 100 ? 2 : 1)} s`
      : durationText(ms);
