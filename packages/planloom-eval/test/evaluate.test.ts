// The evaluation of whole datasets: sums, what is left out and named, what stops it, and rounds of repair with a
// planner.
import { describe, expect, test } from "vitest";
import { evaluate } from "../src/evaluate.js";
import { reportMarkdown } from "../src/report-markdown.js";
import { EvalError } from "../src/error.js";
import { LIMITS } from "planloom/plan";
import { GOLD, node, SAME, taskbench, TASKBENCH_TOOLS, TOOLS } from "./samples.js";

const lines = (...records: readonly unknown[]) =>
  records.map((record) => (typeof record === "string" ? record : JSON.stringify(record))).join("\n");
const WRONG = { steps: [{ id: "a", tool: "translat", with: { text: "rain" } }] };
const tools = JSON.stringify(TOOLS);

async function codeOf(dataset: string, rest: object = {}): Promise<string> {
  const thrown = await evaluate({ name: "d.jsonl", dataset, ...rest }).catch((error: unknown) => error);
  expect(thrown).toBeInstanceOf(EvalError);
  expect((thrown as EvalError).next).toMatch(/\S/);
  return (thrown as EvalError).code;
}

describe("a dataset", () => {
  test("sums and means over its records, before and after repair", async () => {
    const dataset = lines(
      { id: "good", goal: "Join", output: JSON.stringify(SAME), gold: GOLD },
      { id: "mended", goal: "Join", output: WRONG, repairs: [WRONG, SAME], gold: GOLD },
      { id: "none", goal: "Join", output: "No idea.", gold: GOLD },
    );
    const report = await evaluate({ name: "d.jsonl", dataset, tools });
    expect(report.stages.map(({ name, read, sound, exact }) => [name, read, sound, exact])).toEqual([
      ["as written", 2, 1, 1],
      ["after reading", 2, 1, 1],
      ["after repair", 2, 2, 2],
    ]);
    expect(report.stages[1]!.node!.f1).toBeCloseTo(1 / 3);
    expect(report.stages[2]!.node!.f1).toBeCloseTo(2 / 3);
    expect(report.repair).toEqual({ records: 1, mended: 1, rounds: 2 });
    expect(report.defects.slice(0, 2)).toEqual([
      { code: "NO_PLAN", severity: "error", plans: 1, findings: 1, plansAfterRepair: 1 },
      { code: "UNKNOWN_TOOL", severity: "error", plans: 1, findings: 1, plansAfterRepair: 0 },
    ]);
    expect(report.samples.map(({ id, codes }) => [id, codes])).toEqual([
      ["good", []],
      ["mended", ["UNKNOWN_TOOL"]],
      ["none", ["NO_PLAN"]],
    ]);
    expect(reportMarkdown(report)).toContain(
      "| after repair | 2 (66.7 %) | 2 (66.7 %) | 0.667 | 0.667 | 0.667 | 2 (66.7 %) |",
    );
  });

  test("one broken line among many loses nothing else, and is named", async () => {
    const good = { id: "good", output: SAME, gold: GOLD };
    const report = await evaluate({
      name: "d.jsonl",
      dataset: lines(good, '{"id": "cut', { id: "odd" }, "", good),
      tools,
    });
    expect([report.records, report.withGold]).toEqual([4, 2]);
    expect(report.broken.map(({ record, code }) => `${record} ${code}`)).toEqual([
      "line 2 RECORD_UNREADABLE",
      "odd RECORD_FORMAT",
    ]);
    expect(reportMarkdown(report)).toMatch(/## Records that were left out\n\n- line 2: RECORD_UNREADABLE/);
  });

  test("without gold plans the defects are still counted, and nothing is scored", async () => {
    const report = await evaluate({ name: "d.jsonl", dataset: lines({ output: WRONG }, { output: SAME }), tools });
    expect([report.withGold, report.stages[1]!.sound, report.stages[1]!.node]).toEqual([0, 1, undefined]);
    expect(reportMarkdown(report)).toContain("No record has a gold plan");
  });

  test("gold plans may stand in a file of their own, and are found by id", async () => {
    const wanted = [node("Sound Finder", "rain"), node("Sound-to-Score", "<node-0>")];
    const link: [string, string][] = [["Sound Finder", "Sound-to-Score"]];
    const report = await evaluate({
      name: "d.jsonl",
      dataset: lines(taskbench("7", wanted, []), taskbench("8", wanted, link)),
      gold: lines(taskbench("8", wanted, link)),
      tools: JSON.stringify(TASKBENCH_TOOLS),
    });
    expect([report.format, report.withGold, report.stages[1]!.exact]).toEqual(["taskbench", 1, 1]);
  });

  test("a record without an output has its gold plan checked: what is refused is listed", async () => {
    const report = await evaluate({ name: "d", dataset: lines({ id: "bad", gold: WRONG }, { gold: GOLD }), tools });
    expect([report.goldOnly, report.goldRefused]).toEqual([2, [{ id: "bad", codes: ["UNKNOWN_TOOL"] }]]);
  });

  test("what stops an evaluation has a code and a next step", async () => {
    expect(await codeOf("")).toBe("DATASET_EMPTY");
    expect(await codeOf("[]")).toBe("DATASET_EMPTY");
    expect(await codeOf("just words")).toBe("DATASET_FORMAT");
    expect(await codeOf('[{"question": "?"}]')).toBe("DATASET_FORMAT");
    expect(await codeOf(lines({ output: SAME }), { tools, format: "csv" })).toBe("DATASET_FORMAT");
    expect(await codeOf(lines({ output: SAME }))).toBe("DATASET_TOOLS");
    expect(await codeOf(lines({ output: SAME }), { tools: "[]" })).toBe("DATASET_TOOLS");
    expect(await codeOf(lines({ output: SAME }), { tools: "{" })).toBe("DATASET_TOOLS");
  });

  test("a record that nests too deep is left out", async () => {
    const deep = `{"output": ${"[".repeat(2_000)}${"]".repeat(2_000)}}`;
    const report = await evaluate({ name: "d", dataset: lines({ output: SAME }, deep), tools });
    expect(report.broken.map(({ code }) => code)).toEqual(["RECORD_UNREADABLE"]);
  });
});

describe("a planner that mends", () => {
  const dataset = lines(
    { id: "a", goal: "Join", output: SAME, gold: GOLD },
    { id: "b", goal: "Join", output: WRONG, gold: GOLD },
  );

  test("is asked for unsound plans only, with every error, until the plan is sound", async () => {
    const asked: string[] = [];
    const report = await evaluate(
      { name: "d", dataset, tools },
      {
        planner: async ({ goal, invalid }) => {
          asked.push(`${goal}: ${invalid.findings.map(({ code }) => code).join()}`);
          return JSON.stringify(asked.length === 1 ? { steps: [] } : SAME);
        },
      },
    );
    expect(asked).toEqual(["Join: UNKNOWN_TOOL", "Join: EMPTY_PLAN"]);
    expect(report.repair).toEqual({ records: 1, mended: 1, rounds: 2 });
    expect(report.stages.at(-1)!.exact).toBe(2);
  });

  test("that repeats itself is stopped; one that always errs anew ends at the limit", async () => {
    const rounds = async (write: (n: number) => object) => {
      let n = 0;
      const planner = async () => JSON.stringify(write(n++));
      return (await evaluate({ name: "d", dataset, tools }, { planner })).repair.rounds;
    };
    expect(await rounds(() => WRONG)).toBe(2);
    const padded = (n: number) => ({
      steps: [...GOLD.steps, ...Array.from({ length: n }, () => GOLD.steps[0]), ...WRONG.steps],
    });
    expect(await rounds(padded)).toBe(LIMITS.repairRounds);
  });

  test("that cannot be reached is not asked again, and loses nothing", async () => {
    const both = lines({ output: WRONG, gold: GOLD }, { output: WRONG, gold: GOLD });
    let calls = 0;
    const planner = () => Promise.reject(new Error(`no route (${++calls})`));
    const report = await evaluate({ name: "d", dataset: both, tools }, { planner });
    expect([report.repair.stopped, report.withGold]).toEqual(["no route (1)", 2]);
    expect(reportMarkdown(report)).toContain("no route (1)");
  });
});
