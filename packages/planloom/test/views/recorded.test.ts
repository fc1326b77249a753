// The views of all recorded logs: what must hold for every run.
import { describe, expect, it } from "vitest";
import type { BarView, RunView } from "../../src/loom/view/run-view.js";
import { LOGS, logIn } from "../fixtures/logs.js";
import { readLogOf, viewAt } from "./parts.js";

/** Bars stand in order, and only the last may be open. */
function assertOrdered(bars: readonly BarView[], view: RunView): void {
  for (const [index, { fromMs, toMs }] of bars.entries()) {
    expect(fromMs).toBeGreaterThanOrEqual(bars[index - 1]?.toMs ?? 0);
    if (toMs === undefined) expect(index).toBe(bars.length - 1);
    else expect(toMs).toBeGreaterThanOrEqual(fromMs);
    expect(toMs ?? fromMs).toBeLessThanOrEqual(view.axis.endMs);
  }
}

const OVER: ReadonlySet<string> = new Set(["completed", "failed", "cancelled"]);
const OPEN: ReadonlySet<string> = new Set(["planned", "queued", "running", "waiting", "retrying", "paused"]);

describe("the view of a recorded log", () => {
  it.each(LOGS)("%s has rows with ordered bars, before and after each event of the end", (name) => {
    const log = readLogOf(logIn(name));
    for (const part of [log, log.slice(0, -1), log.slice(0, Math.ceil(log.length / 2))]) {
      const view = viewAt(part);
      expect(view.seq).toBe(part.length);
      expect(new Set(view.rows.map(({ key }) => key)).size).toBe(view.rows.length);
      const works = view.rows.flatMap((row) => [row, ...(row.items?.shown ?? [])]);
      for (const work of works) {
        assertOrdered(work.bars, view);
        if (!OVER.has(view.status)) continue;
        expect(work.bars.filter(({ toMs }) => toMs === undefined)).toEqual([]);
        expect(OPEN).not.toContain(work.status);
      }
      expect(view.facts.stepsTotal).toBe(
        view.rows.filter(({ kind, key }) => kind === "step" && !key.includes("/")).length,
      );
    }
  });
});
