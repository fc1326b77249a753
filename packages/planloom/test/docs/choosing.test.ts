// docs/choosing.md and docs/benchmarks.md hold the figures of bench/strategies.json, and the benchmark runs.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { document } from "./codes.js";

interface Measured {
  readonly name: string;
  readonly ways: readonly {
    readonly way: string;
    readonly calls: { readonly planner: number; readonly executor: number; readonly synthesizer: number };
  }[];
}
interface Report {
  readonly tasks: readonly Measured[];
}
interface Tables {
  withFigures(page: string, report: Report): string;
}

const BENCH = path.join(import.meta.dirname, "..", "..", "..", "..", "bench");
const report = JSON.parse(readFileSync(path.join(BENCH, "strategies.json"), "utf8")) as Report;
const tables = (await import(path.join(BENCH, "strategy-tables.mjs"))) as Tables;

test.each(["choosing.md", "benchmarks.md"])(
  "%s has the tables of the stored result (bench:strategies -- --write)",
  (page) => {
    expect(document(page)).toBe(tables.withFigures(document(page), report));
  },
);

test("the strong model is asked twice, and once more for each replan, however many steps there are", () => {
  const strong = report.tasks.map(({ name, ways }) => {
    const { planner, synthesizer } = ways.find(({ way }) => way === "plan")!.calls;
    return [name, planner + synthesizer];
  });
  expect(strong).toEqual(
    expect.arrayContaining([
      ["two searches and a join", 2],
      ["eight searches and a join", 2],
      ["32 searches and a join", 2],
      ["eight searches, one fails and is replanned", 3],
    ]),
  );
});

test("the benchmark runs, with latencies of almost nothing", () => {
  const options = ["--rounds", "1", "--scale", "0.001", "--only", "eight searches, one fails and is replanned"];
  const printed = execFileSync(process.execPath, [path.join(BENCH, "strategies.mjs"), ...options], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
  expect(printed).toContain("| eight searches, one fails and is replanned | plan | 2 | 0 | 1 |");
});
