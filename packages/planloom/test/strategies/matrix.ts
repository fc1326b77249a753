// The confusion matrix of the strategy `auto` over labelled goals. In: a set of goals.json. Out: what the rules chose,
// and the matrix as text. No model is asked: where no rule decides, a scripted model stands in, which always says plan.
import { readFileSync } from "node:fs";
import { choiceFeatures, type ChosenStrategy } from "../../src/plan/choice-features.js";
import { chooseByRule } from "../../src/plan/choice-rules.js";
import { STRATEGIES } from "../../src/plan/strategy.js";
import type { EffectClass } from "../../src/plan/tool-spec.js";

export interface LabelledGoal {
  readonly label: ChosenStrategy;
  readonly goal: string;
  /** The document whose selection table the goal follows. Absent: written to develop the rules. */
  readonly seed?: string;
}

export interface JudgedGoal extends LabelledGoal {
  readonly chosen: ChosenStrategy;
  /** model: no rule decided. */
  readonly rule: string;
}

const NAMES = ["plan", "react", "tools"] as const satisfies readonly ChosenStrategy[];

/** The tools of an agent that can look around, read and write files, and send mails. */
const TOOLS: readonly (readonly [string, EffectClass])[] = [
  ["calculate", "none"],
  ["search", "none"],
  ["fetch_url", "none"],
  ["read_file", "none"],
  ["list_files", "none"],
  ["sql_query", "none"],
  ["write_file", "idempotent"],
  ["send_mail", "once"],
];

export function goalsOf(set: "goals" | "development"): readonly LabelledGoal[] {
  const text = readFileSync(new URL("goals.json", import.meta.url), "utf8");
  return (JSON.parse(text) as Record<typeof set, readonly LabelledGoal[]>)[set];
}

export function judged(goals: readonly LabelledGoal[]): readonly JudgedGoal[] {
  const tools = TOOLS.map(([name, effects]) => ({ name, effects }));
  const here = { approval: "never", budget: false, planner: true, executor: true, allowed: STRATEGIES } as const;
  return goals.map((given) => {
    const found = chooseByRule(choiceFeatures({ goal: given.goal, tools, ...here }));
    return { ...given, chosen: found?.strategy ?? "plan", rule: found?.rule ?? "model" };
  });
}

export const isRight = ({ label, chosen }: JudgedGoal): boolean => label === chosen;

/** One row for each label, one column for each choice; then the figures, and the goals that were judged wrongly. */
export function matrixText(title: string, goals: readonly JudgedGoal[]): string {
  const count = (label: string, chosen: string) =>
    goals.filter((goal) => goal.label === label && goal.chosen === chosen).length;
  const rows = NAMES.map((label) => [label, ...NAMES.map((chosen) => String(count(label, chosen)))]);
  const table = [["label \\ choice", ...NAMES], ...rows].map(([first = "", ...cells]) =>
    [first.padEnd(15), ...cells.map((cell) => cell.padStart(6))].join(""),
  );
  const byRule = goals.filter(({ rule }) => rule !== "model").length;
  const wrong = goals.filter((goal) => !isRight(goal));
  return [
    title,
    ...table,
    `right: ${goals.length - wrong.length} of ${goals.length}; decided by a rule: ${byRule} of ${goals.length}`,
    ...wrong.map(({ label, chosen, rule, goal }) => `  ${label}, and not ${chosen} (${rule}): ${goal}`),
  ].join("\n");
}
