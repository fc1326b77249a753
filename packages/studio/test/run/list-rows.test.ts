// The list of steps as data: which rows there are, their route lines, and which of them are in the page.
import { describe, expect, test } from "vitest";
import { firstChosen, isThere } from "../../src/pages/run/first-chosen.js";
import {
  countsOf,
  indexOfChosen,
  listKey,
  listRows,
  nextOpen,
  stepNumbers,
  type ListChoice,
} from "../../src/pages/run/list-rows.js";
import { railsOf } from "../../src/pages/run/rails.js";
import { MOST_ROWS, topsOf, windowOf } from "../../src/pages/run/row-window.js";
import { doneView, failedView, largeView, liveView, unknownView } from "../sample-views.js";

const NO_WAVES: ReadonlySet<number> = new Set();
const all: ListChoice = { filter: "all", open: NO_WAVES };
const keys = (view = doneView, choice = all) => listRows(view, choice).map(listKey);

describe("rows", () => {
  test("phases and steps in order, with the items of a short fan-out", () => {
    expect(keys()).toEqual([
      "#plan",
      "leaders",
      "rate",
      "companies",
      "facts",
      "facts[0]",
      "facts[1]",
      "facts[2]",
      "total",
      "table",
      "#answer",
    ]);
  });

  test("a long fan-out opens when its step is chosen, and says how many items are not shown", () => {
    expect(keys(unknownView)).not.toContain("facts[12]");
    const rows = listRows(unknownView, { ...all, chosen: { key: "facts" } });
    expect(rows.map(listKey).slice(5, 8)).toEqual(["facts[7]", "facts[12]", "facts[20]"]);
    expect(rows.find(({ kind }) => kind === "more")).toMatchObject({ count: 140 });
  });

  test("filters leave steps that failed once, and items that wait", () => {
    expect(keys(doneView, { ...all, filter: "failed" })).toEqual(["rate"]);
    expect(keys(unknownView, { ...all, filter: "waiting" })).toEqual(["rate", "facts", "facts[12]"]);
    expect(countsOf(unknownView)).toEqual({ all: 6, failed: 2, waiting: 2 });
  });

  test("a finished wave of a long run is one row, unless it is opened, chosen, or has failed", () => {
    const view = largeView(200);
    expect(keys(view).slice(0, 4)).toEqual(["#plan", "~wave/1", "~wave/2", "s100"]);
    expect(keys(view, { ...all, open: new Set([1]) }).slice(0, 3)).toEqual(["#plan", "s0", "s1"]);
    expect(keys(view, { ...all, chosen: { key: "s51" } }).slice(0, 4)).toEqual(["#plan", "~wave/1", "s50", "s51"]);
    expect(keys(largeView(2000)).slice(5, 7)).toEqual(["s200", "s201"]);
  });

  test("a step that a new revision keeps is one of its steps; a dropped one has no number", () => {
    const dropped = { ...unknownView.rows[1]!, key: "leaders/1" };
    const numbers = stepNumbers({ ...unknownView, rows: [dropped, ...unknownView.rows] });
    expect([numbers.get("leaders"), numbers.get("leaders/1"), numbers.size]).toEqual([1, undefined, 6]);
  });

  test("no row moves when a step changes its state", () => {
    expect(keys(liveView)).toEqual(keys(doneView));
  });

  test("the row of a choice is found, also while its item is not shown", () => {
    const rows = listRows(doneView, all);
    expect(indexOfChosen(rows, { key: "facts", item: 1 })).toBe(6);
    expect(indexOfChosen(rows, { key: "facts", item: 99 })).toBe(4);
    expect(indexOfChosen(rows, { key: "nothing" })).toBe(-1);
  });

  test("the next open row goes round the end", () => {
    const rows = listRows(unknownView, all);
    expect(nextOpen(rows, 0, "open")).toBe(2);
    expect(nextOpen(rows, 2, "waiting")).toBe(4);
    expect(nextOpen(rows, 4, "waiting")).toBe(2);
    expect(nextOpen(listRows(doneView, all), 0, "open")).toBe(-1);
  });
});

describe("the step that is shown first", () => {
  test.each([
    ["an unknown outcome", unknownView, { key: "rate" }],
    ["a failure", failedView, { key: "rate" }],
    ["a retry, before steps that run", liveView, { key: "rate" }],
    ["the first failure of a finished run", doneView, { key: "rate" }],
    [
      "the first step if nothing failed",
      { ...doneView, facts: { ...doneView.facts, failedFirst: { key: "gone", title: "", line: "" } } },
      { key: "leaders" },
    ],
  ])("%s", (_, view, chosen) => expect(firstChosen(view)).toEqual(chosen));

  test("a step or item of an old address may be gone", () => {
    expect(isThere(doneView, { key: "facts", item: 2 })).toBe(true);
    expect(isThere(doneView, { key: "facts", item: 3 })).toBe(false);
    expect(isThere(doneView, { key: "gone" })).toBe(false);
  });
});

describe("route lines", () => {
  const rails = railsOf(listRows(doneView, all));

  test("the critical path is on the first lane, and heavy", () => {
    expect(rails.map(({ lane }) => lane)).toEqual([0, 0, 1, 0, 0, undefined, undefined, undefined, 0, 1, 0]);
    expect(rails[3]?.top[0]).toBe("main");
    expect(rails[6]?.top[0]).toBe("main");
  });

  test("a line leaves the first lane below its step and comes back above the step that needs it", () => {
    expect(rails[0]?.out).toBe("done");
    expect(rails[8]?.in).toBe("done");
    expect(rails[1]?.top[1]).toBe("done");
  });

  test("lines to steps that have not started are dotted", () => {
    const live = railsOf(listRows(liveView, all));
    expect(live[8]?.top[0]).toBe("ahead");
    expect(live[1]?.bottom[0]).toBe("main");
  });

  test("lines of neighbours meet", () => {
    for (const view of [doneView, liveView, unknownView, failedView, largeView(60)]) {
      const pieces = railsOf(listRows(view, all));
      for (const [at, rail] of pieces.entries()) {
        const next = pieces[at + 1];
        if (next === undefined) continue;
        expect(rail.bottom[0]).toBe(next.top[0]);
        expect(rail.bottom[1] ?? rail.out).toBe(next.top[1] ?? next.in);
      }
    }
  });
});

describe("the window of a long list", () => {
  const tops = topsOf(Array<number>(2000).fill(44));

  test("holds 60 rows around what is seen", () => {
    expect(windowOf(tops, { top: 0, height: 900 })).toEqual({ from: 0, to: MOST_ROWS });
    const middle = windowOf(tops, { top: 44_000, height: 900 });
    expect(middle.to - middle.from).toBe(MOST_ROWS);
    expect(middle.from).toBeLessThanOrEqual(1000);
    expect(middle.to).toBeGreaterThan(1020);
    expect(windowOf(tops, { top: 88_000, height: 900 })).toEqual({ from: 1940, to: 2000 });
  });

  test("a short list is drawn whole", () => {
    expect(windowOf(topsOf([44, 30, 30]), { top: 500, height: 10 })).toEqual({ from: 0, to: 3 });
    expect(windowOf(topsOf([]), { top: 0, height: 10 })).toEqual({ from: 0, to: 0 });
  });
});
