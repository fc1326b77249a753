// The axis of the timeline: gaps take a fixed share, and time never goes back.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { timeAxis } from "../../src/pages/run/timeline/time-axis.js";

const START = Date.parse("2026-11-30T08:40:00");

describe("timeAxis", () => {
  test("is even without gaps", () => {
    const axis = timeAxis(4_000, [], START);
    expect([0, 1_000, 4_000].map((ms) => axis.place(ms))).toEqual([0, 0.25, 1]);
    expect(axis.ticks.map(({ word }) => word)).toEqual(["0", "1.0\u00a0s", "2.0\u00a0s", "3.0\u00a0s", "4.0\u00a0s"]);
  });

  test("cuts an idle gap out and names it", () => {
    const axis = timeAxis(3_600_000, [{ fromMs: 60_000, toMs: 3_540_000 }], START);
    const [gap] = axis.gaps;
    expect(gap!.word).toBe("58\u00a0min");
    expect(gap!.to - gap!.from).toBeCloseTo(0.06);
    expect(axis.place(60_000)).toBeCloseTo(0.47);
    expect(axis.place(3_600_000)).toBe(1);
    expect(axis.ticks[0]!.word).toBe("08:40");
  });

  test("has no mark beside a gap, and no word twice in a row", () => {
    const gaps = [
      { fromMs: 1_000, toMs: 43_300 },
      { fromMs: 44_100, toMs: 69_600 },
      { fromMs: 69_700, toMs: 107_100 },
    ];
    const axis = timeAxis(108_000, gaps, START);
    for (const { at } of axis.ticks)
      for (const { from, to } of axis.gaps) expect(at < from - 0.05 || at > to + 0.05).toBe(true);
    const words = axis.ticks.map(({ word }) => word);
    expect(words).toEqual([...new Set(words)]);
  });

  test("is monotone and inside 0 to 1, whatever the gaps", () => {
    const gap = fc.tuple(fc.integer({ min: 0, max: 100 }), fc.integer({ min: 1, max: 50 }));
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 5_000 }), fc.array(gap, { maxLength: 8 }), (end, lengths) => {
        let at = 0;
        const gaps = lengths.map(([before, length]) => {
          const fromMs = at + before;
          at = fromMs + length;
          return { fromMs, toMs: at };
        });
        const axis = timeAxis(end, gaps, START);
        const places = Array.from({ length: 60 }, (_, index) => axis.place((end * index) / 59));
        expect(places.every((place) => place >= 0 && place <= 1)).toBe(true);
        places.slice(1).forEach((place, index) => expect(place).toBeGreaterThanOrEqual(places[index]! - 1e-9));
        expect(axis.ticks.length).toBeLessThanOrEqual(12);
      }),
      { numRuns: 60 },
    );
  });
});
