// The places of a graph: columns by wave, lines along what is needed.
import { describe, expect, test } from "vitest";
import { graphLayout, STOP, type GraphNode } from "../../src/pages/run/graph/graph-layout.js";

const node = (key: string, wave: number, ...needs: string[]): GraphNode => ({ key, wave, needs });

const STORY = [
  node("find", 1),
  node("rate", 1),
  node("pick", 2, "find"),
  node("facts", 3, "pick"),
  node("total", 4, "facts", "rate"),
  node("table", 4, "facts", "rate"),
  node("#answer", 5, "total", "table"),
];

describe("graphLayout", () => {
  const layout = graphLayout(STORY);
  const at = (key: string) => layout.stops.get(key)!;

  test("gives each wave a column, from left to right", () => {
    expect(layout.columns.map(({ wave }) => wave)).toEqual([1, 2, 3, 4, 5]);
    expect(new Set(["find", "rate"].map((key) => at(key).x)).size).toBe(1);
    expect(at("pick").x - at("find").x).toBe(STOP.pitch);
    expect(at("#answer").x).toBeGreaterThan(at("table").x);
  });

  test("draws one line for each need, from stop to stop", () => {
    expect(layout.lines.map(({ from, to }) => `${from} ${to}`).sort()).toEqual(
      STORY.flatMap(({ key, needs }) => needs.map((need) => `${need} ${key}`)).sort(),
    );
    for (const { from, to, path } of layout.lines) {
      expect(path.startsWith(`M${at(from).x} `)).toBe(true);
      expect(path.endsWith(`H${at(to).x}`)).toBe(true);
    }
  });

  test("keeps stops of a column apart by at least their height", () => {
    for (const [one, other] of [
      ["find", "rate"],
      ["total", "table"],
    ] as const)
      expect(Math.abs(at(one).y - at(other).y)).toBeGreaterThanOrEqual(STOP.height);
  });

  test("holds all stops and lines", () => {
    for (const { x, y } of layout.stops.values()) {
      expect(x).toBeGreaterThan(0);
      expect(y).toBeGreaterThan(0);
      expect(x).toBeLessThan(layout.width);
      expect(y).toBeLessThan(layout.height);
    }
  });

  test("keeps a line that passes a column inside the drawing", () => {
    const { lines } = graphLayout([
      node("order", 1),
      node("refund", 2, "order"),
      node("#answer", 3, "order", "refund"),
    ]);
    for (const { path } of lines) {
      const heights = [...path.matchAll(/V(-?[\d.]+)|^M-?[\d.]+ (-?[\d.]+)/gu)].map(([, v, m]) => Number(v ?? m));
      expect(Math.min(...heights)).toBeGreaterThanOrEqual(0);
    }
  });

  test("ignores a need that is not drawn, and a circle", () => {
    const odd = graphLayout([node("a", 1, "gone", "a"), node("b", 1, "a")]);
    expect(odd.lines).toEqual([]);
    expect(odd.stops.size).toBe(2);
  });

  test("places unconnected steps in the columns of their waves", () => {
    const { stops } = graphLayout([node("a", 1), node("b", 2, "a"), node("alone", 1), node("late", 2, "alone")]);
    expect(stops.get("alone")!.x).toBe(stops.get("a")!.x);
    expect(stops.get("late")!.x).toBe(stops.get("b")!.x);
  });
});
