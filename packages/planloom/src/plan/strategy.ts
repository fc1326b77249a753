// The strategies of a run: how it gets its plan. In: nothing. Out: their names, as persons write them.

/**
 * plan: a planner writes a plan. react: one agent step with all tools. tools: the same with one turn of tool calls.
 * auto: chosen for each goal, with a recorded reason.
 */
export const STRATEGIES = ["plan", "react", "tools", "auto"] as const;

export type Strategy = (typeof STRATEGIES)[number];

/** Strategies whose plan is one agent step. They need no planner. */
export type OneStepStrategy = "react" | "tools";

export const isOneStep = (strategy: string): strategy is OneStepStrategy =>
  strategy === "react" || strategy === "tools";

/** The strategies that a run may follow, by those that the configuration allows. `auto` alone allows all of them. */
export function followable(allowed: readonly Strategy[]): readonly Exclude<Strategy, "auto">[] {
  const named = allowed.filter((strategy) => strategy !== "auto");
  return named.length === 0 ? ["plan", "react", "tools"] : named;
}
