// The list of runs under a reader's eyes: changes come in place, new runs gather, filters hold.
import { describe, expect, test } from "vitest";
import { fits, listPath, runsAddress, shownIn } from "../src/pages/runs/run-filter.js";
import { changedSince, firstList, groupsOf, withChanges, withPart } from "../src/pages/runs/run-list.js";
import { runState, type Head } from "../src/parts/run-state.js";

type Readable = Extract<Head, { readonly unreadable?: undefined }>;

const NOW = new Date(2026, 10, 30, 12).getTime();

const head = (runId: string, more: Partial<Readable> = {}): Readable => ({
  ...{ runId, goal: `Goal of ${runId}`, status: "running", revision: 1, tags: [] },
  ...{ startedAt: NOW - 1_000, updatedAt: NOW, lastSeq: 1, lastType: "step.started" },
  totals: {
    ...{ steps: 2, completed: 0, failed: 0, skipped: 0, replans: 0 },
    ...{ modelCalls: 1, inputTokens: null, outputTokens: null, costUsd: null },
  },
  ...more,
});

const ASKING = { approvals: 1, questions: 0, doubts: 0, first: "plan" } as const;

describe("the list", () => {
  const list = firstList([head("w", { waiting: ASKING })], { runs: [head("a"), head("w"), head("b")], cursor: "c" });

  test("shows those that wait once, and first", () => {
    expect(groupsOf(list, NOW).map(({ title, runs }) => [title, runs.map(({ runId }) => runId)])).toEqual([
      ["Waiting for a person", ["w"]],
      ["Today, Monday 30 November", ["a", "b"]],
    ]);
  });

  test("takes a change in its row, and keeps new runs back", () => {
    const changed = withChanges(list, [head("b", { status: "completed", lastSeq: 9 }), head("new")], "all");
    expect(changed.rest.map(({ runId, status }) => `${runId} ${status}`)).toEqual(["a running", "b completed"]);
    expect(changed.fresh.map(({ runId }) => runId)).toEqual(["new"]);
    const again = withChanges(changed, [head("new", { lastSeq: 5 })], "all");
    expect(again.fresh).toMatchObject([{ runId: "new", lastSeq: 5 }]);
    expect(withChanges(again, [head("a"), head("new", { lastSeq: 5 })], "all")).toBe(again);
  });

  test("keeps a changed run that no longer fits the filter, and takes no new one that does not fit", () => {
    const waiting = firstList([], { runs: [head("w", { waiting: ASKING })], cursor: null });
    const changed = withChanges(waiting, [head("w", { lastSeq: 2 }), head("x")], "waiting");
    expect(changed.rest).toMatchObject([{ runId: "w", lastSeq: 2 }]);
    expect(changed.fresh).toEqual([]);
  });

  test("adds older parts without repeating a run", () => {
    const more = withPart(list, { runs: [head("b"), head("c", { updatedAt: NOW - 86_400_000 })], cursor: null });
    expect(groupsOf(more, NOW).at(-1)).toMatchObject({
      title: "Yesterday, Sunday 29 November",
      runs: [{ runId: "c" }],
    });
    expect(more.cursor).toBe(null);
    expect(changedSince(more)).toBe(NOW - 2_000);
  });
});

describe("filters", () => {
  test("stand in the address, and are read from it", () => {
    const shown = { filter: "failed", text: "a & b" } as const;
    expect(runsAddress(shown)).toBe("/runs?status=failed&text=a+%26+b");
    expect(shownIn(new URLSearchParams("status=failed&text=a+%26+b"))).toEqual(shown);
    expect(shownIn(new URLSearchParams("status=odd"))).toEqual({ filter: "all", text: "" });
    expect(runsAddress({ filter: "all", text: "" })).toBe("/runs");
  });

  test("ask the server for its statuses", () => {
    expect(listPath({ filter: "running", text: "" }, { limit: "5" })).toBe(
      "/v1/runs?status=planning&status=running&status=answering&limit=5",
    );
  });

  test("hold runs as the server does", () => {
    expect(fits(head("a", { status: "awaiting-approval", waiting: ASKING }), "waiting")).toBe(true);
    expect(fits(head("a"), "waiting")).toBe(false);
    expect(fits(head("a", { status: "completed" }), "done")).toBe(true);
    const damaged = { ...head("a"), status: undefined, unreadable: { code: "RUN_DAMAGED" } } as unknown as Head;
    expect([fits(damaged, "other"), fits(damaged, "failed")]).toEqual([true, false]);
  });
});

test.each([
  [head("a"), "running", "Running", false],
  [head("a", { status: "awaiting-approval", waiting: ASKING }), "waiting", "Approve the plan", true],
  [head("a", { status: "needs-attention", waiting: { ...ASKING, doubts: 1 } }), "unknown", "Unknown outcome", true],
  [head("a", { status: "paused", waiting: ASKING }), "paused", "Paused", false],
  [head("a", { status: "completed", totals: { ...head("a").totals, skipped: 2 } }), "done", "Done, 2 skipped", false],
])("a run shows its gravest state: %#", (given, shape, word, asks) => {
  expect(runState(given)).toEqual({ shape, word, asks });
});
