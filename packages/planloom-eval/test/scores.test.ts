// The scores of a plan against a gold plan, each with an answer that can be reckoned by hand.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { agreement } from "../src/multiset.js";
import { planloomFormat } from "../src/planloom-format.js";
import { sameGraph } from "../src/same-graph.js";
import { scoreSample } from "../src/score.js";
import { stepGraph } from "../src/step-graph.js";
import { GOLD, SAME, TOOLS } from "./samples.js";

const score = (output: unknown, gold: unknown = GOLD, repairs: readonly unknown[] = []) =>
  scoreSample({ id: "x", goal: "g", inventory: { tools: TOOLS }, output, repairs, gold }, planloomFormat);

const likenessOf = (output: unknown, gold?: unknown) => {
  const { node, edge, argument, exact } = score(output, gold).read.likeness!;
  return { node: node.f1, edge: edge.f1, argument: argument.f1, exact };
};

const ALL = { node: 1, edge: 1, argument: 1, exact: "yes" };

describe("multisets", () => {
  test("an element counts as often as both have it", () => {
    expect(agreement(["a", "a", "b"], ["a", "b", "b", "c"])).toEqual({ precision: 2 / 3, recall: 2 / 4, f1: 4 / 7 });
  });

  test("two empty ones agree, one empty one does not", () => {
    expect(agreement([], []).f1).toBe(1);
    expect(agreement([], ["a"])).toEqual({ precision: 0, recall: 0, f1: 0 });
    expect(agreement(["a"], [])).toEqual({ precision: 0, recall: 0, f1: 0 });
  });
});

describe("a plan against the gold plan", () => {
  test("names, order and spelling of references do not count", () => {
    expect(likenessOf(SAME)).toEqual(ALL);
  });

  test("a step that is missing costs its node, its edges and its arguments", () => {
    const output = { steps: GOLD.steps.slice(0, 2) };
    expect(likenessOf(output)).toEqual({ node: 4 / 5, edge: 2 / 4, argument: 4 / 6, exact: "no" });
  });

  test("another tool and a wrong value", () => {
    const steps = [
      { ...GOLD.steps[0], with: { word: "snow" } },
      { ...GOLD.steps[1], tool: "transcribe" },
      GOLD.steps[2],
    ];
    // look -> join is the one edge left; left of join is the one argument that names the same labels.
    expect(likenessOf({ steps })).toEqual({ node: 4 / 6, edge: 2 / 6, argument: 2 / 8, exact: "no" });
  });

  test("dependsOn and a reference to the same step are one edge", () => {
    const steps = GOLD.steps.map((step) => (step.id === "french" ? { ...step, dependsOn: ["found"] } : step));
    expect(likenessOf({ steps })).toEqual(ALL);
  });

  test("a reference to a step that is not there is an edge too many", () => {
    const steps = [...GOLD.steps.slice(0, 2), { ...GOLD.steps[2], dependsOn: ["nobody"] }];
    expect(likenessOf({ steps })).toMatchObject({ node: 1, edge: 6 / 7, exact: "no" });
  });

  test("a reply without a plan agrees in nothing, and is no error", () => {
    const { asWritten, read } = score("I cannot do that.");
    expect([asWritten.read, read.read]).toEqual([false, false]);
    expect(likenessOf("I cannot do that.")).toEqual({ node: 0, edge: 0, argument: 0, exact: "no" });
    expect(read.findings.map(({ code }) => code)).toEqual(["REFUSAL"]);
  });

  test("what strict JSON.parse refuses, the reader may read: the stages tell them apart", () => {
    const { asWritten, read } = score(`Sure:\n\`\`\`json\n${JSON.stringify(GOLD)}\n\`\`\``);
    expect([asWritten.read, asWritten.sound, read.read, read.sound]).toEqual([false, false, true, true]);
    expect(asWritten.likeness!.node.f1).toBe(0);
  });

  test("repair counts by its last round", () => {
    const wrong = { steps: [{ id: "a", tool: "translat", with: {} }] };
    const { read, repaired, rounds } = score(wrong, GOLD, [wrong, SAME]);
    expect([read.sound, repaired.sound, rounds]).toEqual([false, true, 2]);
    expect(repaired.likeness!.exact).toBe("yes");
    expect(read.findings.map(({ code }) => code)).toContain("UNKNOWN_TOOL");
  });
});

describe("the same graph", () => {
  const graph = (labels: string[], ...edges: [number, number][]) => ({
    labels,
    edges: edges.map(([from, to]) => ({ from, to })),
    arguments: [],
  });

  test("steps with one label are told apart by what lies around them", () => {
    const a = graph(["x", "x", "y", "z"], [0, 2], [1, 3]);
    expect(sameGraph(a, graph(["x", "x", "z", "y"], [0, 2], [1, 3]))).toBe("yes");
    expect(sameGraph(a, graph(["x", "x", "y", "z"], [0, 2], [0, 3]))).toBe("no");
  });

  test("two triangles are no hexagon, though every step looks alike from where it stands", () => {
    const ring = (...places: number[]): [number, number][] =>
      places.map((at, i) => [at, places[(i + 1) % places.length]!]);
    const labels = Array.from({ length: 6 }, () => "x");
    const triangles = graph(labels, ...ring(0, 1, 2), ...ring(3, 4, 5));
    expect(sameGraph(triangles, graph(labels, ...ring(0, 1, 2, 3, 4, 5)))).toBe("no");
    expect(sameGraph(triangles, graph(labels, ...ring(5, 3, 1), ...ring(4, 2, 0)))).toBe("yes");
  });

  test("the direction of an edge counts", () => {
    expect(sameGraph(graph(["x", "y"], [0, 1]), graph(["x", "y"], [1, 0]))).toBe("no");
  });

  test("many alike steps without an edge are the same at once; a search that gives up says so", () => {
    const alike = Array.from({ length: 400 }, () => "x");
    expect(sameGraph(graph(alike), graph(alike))).toBe("yes");
    const many = Array.from({ length: 1_000 }, () => "x");
    expect(sameGraph(graph(many), graph(many))).toBe("undecided");
  });

  test("any graph is the same as itself in another order, and not with one edge more", () => {
    const edge = fc.tuple(fc.nat(7), fc.nat(7));
    const anyGraph = fc.tuple(
      fc.array(fc.constantFrom("x", "y"), { minLength: 8, maxLength: 8 }),
      fc.uniqueArray(edge, { selector: String, maxLength: 20 }),
    );
    const order = fc.shuffledSubarray([0, 1, 2, 3, 4, 5, 6, 7], { minLength: 8 });
    fc.assert(
      fc.property(anyGraph, order, edge, ([labels, edges], places, more) => {
        const moved = graph(
          places.map((at) => labels[at]!),
          ...edges.map(([a, b]): [number, number] => [places.indexOf(a), places.indexOf(b)]),
        );
        expect(sameGraph(graph(labels, ...edges), moved)).toBe("yes");
        if (edges.some((one) => String(one) === String(more))) return;
        expect(sameGraph(graph(labels, ...edges, more), moved)).toBe("no");
      }),
    );
  });

  test("whatever stands in a document, its graph can be drawn and is the same as itself", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), (steps) => {
        const drawn = stepGraph({ steps });
        expect(sameGraph(drawn, drawn)).not.toBe("undecided");
      }),
    );
  });
});
