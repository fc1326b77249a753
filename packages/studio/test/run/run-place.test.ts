// The address of the run page, and the words that its head makes of a view.
import { describe, expect, test } from "vitest";
import { readRunPlace, runAddress } from "../../src/pages/run/run-place.js";
import { stepOf } from "../../src/pages/run/use-event-step.js";
import { estimateText, lineParts, runClock, startText, tookMsOf } from "../../src/pages/run/row-text.js";
import { asksIn, factsOf, stateOf, timeText, tokensText } from "../../src/pages/run/run-words.js";
import { doneView, failedView, liveView, unknownView } from "../sample-views.js";

const read = (query: string) => readRunPlace(new URLSearchParams(query));

describe("the address", () => {
  test.each([
    "view=graph&filter=failed&step=facts&item=2&tab=attempts&attempt=3",
    "step=%23plan%2F2&tab=events&event=12",
    "filter=waiting",
    "",
  ])("%s is read and written again", (query) => {
    expect(runAddress("run 1", read(query))).toBe(`/runs/run%201${query === "" ? "" : `?${query}`}`);
  });

  test("what is not known is left out", () => {
    expect(read("view=map&filter=x&tab=y&item=-1&event=1e9&step=a")).toEqual({
      filter: "all",
      step: "a",
      tab: "events",
    });
    expect(read("item=3")).toEqual({ filter: "all", tab: "input" });
  });

  test("an event or attempt opens its tab", () => {
    expect(read("step=a&event=4").tab).toBe("events");
    expect(read("step=a&attempt=2").tab).toBe("attempts");
  });

  test("another step keeps the view, the filter and the tab, not the item", () => {
    const place = read("view=timeline&filter=failed&step=a&item=2&tab=output&event=9");
    expect(runAddress("r", place, { step: "b" })).toBe("/runs/r?view=timeline&filter=failed&step=b&tab=output");
    expect(runAddress("r", place, { step: undefined })).toBe("/runs/r?view=timeline&filter=failed");
  });
});

describe("the head", () => {
  test("a run shows its gravest state", () => {
    expect(stateOf(unknownView, 0)).toMatchObject({ shape: "unknown", asks: true });
    expect(asksIn(unknownView).map(({ kind }) => kind)).toEqual(["doubt", "call"]);
    expect(stateOf(failedView, 0)).toMatchObject({ shape: "failed", word: "Failed" });
    expect(stateOf(liveView, 0).word).toBe("Running");
  });

  test("a run that only waits to retry says when", () => {
    const rows = liveView.rows.filter(({ status }) => status !== "running");
    const at = Date.parse("2036-11-30T09:05:00Z");
    expect(stateOf({ ...liveView, rows }, at - 7_400).word).toBe("Retrying in 8\u00a0s");
    expect(stateOf({ ...liveView, rows }, at + 5).word).toBe("Retrying");
  });

  test("skipped steps are in the word of the end", () => {
    const rows = doneView.rows.map((row) => (row.key === "table" ? { ...row, status: "skipped" as const } : row));
    expect(stateOf({ ...doneView, rows }, 0).word).toBe("Done, 1 skipped");
  });

  test("five facts, always in the same places", () => {
    expect(factsOf(doneView).map(({ name, says }) => `${name}: ${says}`)).toEqual([
      "Failed first: Get the exchange rate",
      "Slowest: Get the exchange rate",
      "Most tokens: Collect facts on each company",
      "Replans: None",
      "Cost: Not known",
    ]);
    expect(factsOf(unknownView).map(({ name }) => name)).toEqual([
      "Failed first",
      "Slowest so far",
      "Cost most",
      "Replans",
      "Waiting for you",
    ]);
  });

  test("times and tokens name what is not known", () => {
    expect(timeText(doneView, 3800)).toBe("in 3.8\u00a0s, estimated 3.1\u00a0s");
    expect(timeText(liveView, 2300)).toBe("2.3\u00a0s, about 1\u00a0s left");
    expect(tokensText(doneView)).toBe("8,729 tokens in 12 calls");
    const tokens = { input: null, output: 5, calls: 1 };
    expect(tokensText({ ...doneView, facts: { ...doneView.facts, tokens } })).toBe("tokens not known, 1 call");
  });
});

describe("a row's times", () => {
  const rate = liveView.rows[2]!;

  test("grow while the step goes on, from the time in the view", () => {
    const clock = runClock(liveView, 1_000, 1_500);
    expect(clock.elapsedMs).toBe(2_800);
    expect(tookMsOf(rate, liveView, clock)).toBe(1_890);
    expect(tookMsOf(doneView.rows[2]!, doneView, runClock(doneView, 0, 99_999))).toBe(1_800);
  });

  test("a retry counts down, and a running step has its progress", () => {
    const now = Date.parse("2036-11-30T09:05:00Z") - 1_200;
    expect(lineParts(rate, { elapsedMs: 0, now })).toEqual(["retrying in 2\u00a0s", "attempt 2 of 4 · BUSY"]);
    expect(lineParts(liveView.rows[4]!, { elapsedMs: 0, now }, "3 of 48")[1]).toBe("0 of 3 items · 3 of 48");
  });

  test("starts have the unit of the run, and late steps say so", () => {
    expect(startText(910, 3_800)).toBe("0.9");
    expect(startText(910, 200_000)).toBe("0:00");
    expect(startText(4_000_000, 9_000_000)).toBe("1:06 h");
    expect(estimateText(doneView.rows[2]!, 1_800)).toEqual({ text: "1.6\u00a0s late", late: true });
    expect(estimateText(doneView.rows[1]!, 600)).toEqual({ text: "est. 500\u00a0ms", late: false });
  });
});

test.each([
  [{ step: "pay" }, { key: "pay" }],
  [
    { step: "pay", item: 0 },
    { key: "pay", item: 0 },
  ],
  [
    { subject: { step: "pay", item: 2 }, hash: "h" },
    { key: "pay", item: 2 },
  ],
  [{ subject: "plan", hash: "h" }, undefined],
  [{ goal: "Pay" }, undefined],
])("an event with the data %j is about %j", (data, about) => {
  expect(stepOf(data)).toEqual(about);
});
