// A comparison of strategies as a table. In: the comparison. Out: lines; with `answers` also the answers, one after the
// other.
import type { ComparedStrategy, StrategyComparison } from "../../loom/comparison.js";
import { readableText } from "../../plan/json.js";
import { dollarsText, durationText } from "../../words/phrases.js";
import { columnsOf, oneLine, padded } from "../style.js";

const HEAD = ["strategy", "outcome", "planner", "executor", "synthesizer", "tokens", "cost", "time", "steps", "run"];

/** Columns with numbers, which stand to the right. */
const NUMBERS: ReadonlySet<string> = new Set(HEAD.slice(2, 9));

export function comparisonLines(
  { id, goal, effects, strategies }: StrategyComparison,
  { answers = false }: { readonly answers?: boolean } = {},
): readonly string[] {
  return [
    oneLine(goal, 200),
    EFFECTS[effects],
    "",
    ...tableOf([HEAD, ...strategies.map(cellsOf)]),
    ...strategies.flatMap(errorLines),
    "",
    `All runs have the tag comparison:${id}.`,
    ...(answers ? strategies.flatMap(answerLines) : []),
  ];
}

const EFFECTS: { readonly [effects in StrategyComparison["effects"]]: string } = {
  simulated: "Effects are simulated: tools with effects were not called, and their outputs are made up.",
  real: "Effects are real: each strategy called the tools with effects itself.",
};

const UNKNOWN = "?";

function cellsOf(row: ComparedStrategy): readonly string[] {
  const { strategy, runId, status, success, modelCalls, inputTokens, outputTokens, costUsd, ms } = row;
  const outcome = status === "completed" && !success ? "incomplete" : status;
  if (runId === null) return [strategy, outcome, ...HEAD.slice(2).map(() => "-")];
  const { planner, executor, synthesizer } = modelCalls;
  const tokens = inputTokens === null || outputTokens === null ? UNKNOWN : whole(inputTokens + outputTokens);
  return [
    ...[strategy, outcome, String(planner), String(executor), String(synthesizer), tokens],
    costUsd === null ? UNKNOWN : dollarsText(costUsd),
    ms === null ? UNKNOWN : durationText(ms),
    `${row.stepsCompleted}/${row.steps}`,
    oneLine(runId, 60),
  ];
}

const whole = (count: number): string => count.toLocaleString("en-US");

function tableOf(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = HEAD.map((_, at) => Math.max(...rows.map((cells) => columnsOf(cells[at]!))));
  return rows.map((cells) =>
    cells
      .map((cell, at) => aligned(cell, at, widths[at]!))
      .join("  ")
      .trimEnd(),
  );
}

const aligned = (cell: string, at: number, width: number): string =>
  NUMBERS.has(HEAD[at]!) ? cell.padStart(width) : padded(cell, width);

const errorLines = ({ strategy, error }: ComparedStrategy): readonly string[] =>
  error === undefined ? [] : [`${strategy}: ${error.code}: ${oneLine(error.message, 400)}`];

const answerLines = ({ strategy, answer }: ComparedStrategy): readonly string[] => [
  "",
  `${strategy}:`,
  answer === null ? "(no answer)" : readableText(answer),
];
