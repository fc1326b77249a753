// What a graph draws: all of a small run; the neighbours of a step, and counts, of a large one.
import { describe, expect, test } from "vitest";
import { graphPart, MOST_DRAWN, nextStop } from "../../src/pages/run/graph/graph-part.js";
import type { RowStatus, RunView } from "../../src/api/run-view.js";
import { row } from "../sample-views.js";

const viewOf = (rows: RunView["rows"]): RunView => ({ revision: 1, rows }) as RunView;

const chain = (count: number, statusOf: (at: number) => RowStatus = () => "done"): RunView =>
  viewOf([
    ...Array.from({ length: count }, (_, at) => {
      const needs = at === 0 ? [] : [`s${at - 1}`];
      return row({ key: `s${at}`, title: `Step ${at}`, wave: at + 1, needs, status: statusOf(at) });
    }),
    row({ key: "#answer", title: "Write the answer", wave: count + 1 }),
  ]);

describe("graphPart", () => {
  test("draws a small run whole, with the answer after the last steps", () => {
    const { nodes, waves, hidden } = graphPart(chain(3), undefined);
    expect(nodes.map(({ key, needs }) => [key, needs])).toEqual([
      ["s0", []],
      ["s1", ["s0"]],
      ["s2", ["s1"]],
      ["#answer", ["s2"]],
    ]);
    expect([waves, hidden]).toEqual([[], 0]);
  });

  test("leaves out steps of earlier plans", () => {
    const view = viewOf([row({ key: "old/1", title: "Old", wave: 1 }), row({ key: "new", title: "New", wave: 1 })]);
    const rows = view.rows.map((one, at) => ({ ...one, revision: at + 1 }));
    expect(graphPart({ ...view, revision: 2, rows }, undefined).nodes.map(({ key }) => key)).toEqual(["new"]);
  });

  test("draws two lines around the chosen step of a large run", () => {
    const { nodes, hidden } = graphPart(chain(2_000), "s100");
    expect(nodes.map(({ key }) => key)).toEqual(["s98", "s99", "s100", "s101", "s102"]);
    expect(hidden).toBe(2_001 - 5);
  });

  test("opens a large run at the step that needs a look, and counts its waves", () => {
    const { nodes, waves } = graphPart(
      chain(MOST_DRAWN + 1, (at) => (at === 60 ? "unknown" : "done")),
      undefined,
    );
    expect(nodes.map(({ key }) => key)).toContain("s60");
    expect(waves).toHaveLength(MOST_DRAWN + 1);
    expect(waves[60]).toEqual({ wave: 61, total: 1, counts: [["unknown", 1]], first: "s60" });
  });

  test("never draws more than fits, however many steps read one", () => {
    const rows = [
      row({ key: "root", title: "Root", wave: 1 }),
      ...Array.from({ length: 1_500 }, (_, at) => row({ key: `r${at}`, title: "Reads", wave: 2, needs: ["root"] })),
    ];
    expect(graphPart(viewOf(rows), "root").nodes).toHaveLength(MOST_DRAWN);
  });

  test("draws nothing before there is a plan", () => {
    expect(graphPart(viewOf([row({ key: "#plan", title: "Write the plan", wave: 0 })]), undefined).nodes).toEqual([]);
  });
});

test("arrow keys go along the lines, and inside a wave", () => {
  const { nodes } = graphPart(
    viewOf([
      row({ key: "a", title: "A", wave: 1 }),
      row({ key: "b", title: "B", wave: 1 }),
      row({ key: "c", title: "C", wave: 2, needs: ["b"] }),
    ]),
    undefined,
  );
  expect(nextStop(nodes, "a", "ArrowDown")).toBe("b");
  expect(nextStop(nodes, "b", "ArrowUp")).toBe("a");
  expect(nextStop(nodes, "b", "ArrowRight")).toBe("c");
  expect(nextStop(nodes, "c", "ArrowLeft")).toBe("b");
  expect(nextStop(nodes, "a", "ArrowLeft")).toBeUndefined();
  for (const key of ["Tab", "Enter", "Escape", "g"]) expect(nextStop(nodes, "a", key)).toBeUndefined();
  expect(nextStop(nodes, "gone", "Tab")).toBeUndefined();
});
