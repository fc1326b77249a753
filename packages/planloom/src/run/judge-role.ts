// Which role's model judges: an output by an `expect` in prose, or an answer. In: settings and models of a run. Out: the
// role; undefined if there is nothing to judge, or no model for it.
import type { JudgingModels } from "../plan/estimate/step.js";
import type { Answer } from "../plan/plan.js";
import { currentPlan } from "./lookup.js";
import { PLANNER_FUNCTION, type JudgeRole, type RoleNames, type Settings } from "./settings.js";
import type { Run } from "./state.js";

interface Judging {
  readonly settings: Pick<Settings, "judge" | "critic" | "answerCritique">;
  readonly models: RoleNames;
}

/** A planner that is a function of the program writes plans and judges nothing. */
const hasModel = (models: RoleNames, role: JudgeRole): boolean =>
  models[role] !== null && !(role === "planner" && models.planner === PLANNER_FUNCTION);

/** The role of the setting, if the run has its model. */
export const judgeIn = ({ settings: { judge }, models }: Judging): JudgeRole | undefined =>
  hasModel(models, judge) ? judge : undefined;

/** How often this answer may be written again. The plan decides, otherwise the settings. A computed answer: never. */
function critiqueRoundsIn({ settings, models }: Judging, answer: Answer | undefined): number {
  if (answer?.kind !== "from" || models.synthesizer === null) return 0;
  return answer.critique ?? settings.answerCritique;
}

/** The critic of this answer, if it has one. */
export function criticIn(judging: Judging, answer: Answer | undefined): JudgeRole | undefined {
  if (critiqueRoundsIn(judging, answer) === 0) return undefined;
  const { critic } = judging.settings;
  const roles = critic === null ? ROLES : [critic, ...ROLES];
  return roles.find((role) => hasModel(judging.models, role));
}

const ROLES: readonly JudgeRole[] = ["planner", "executor", "synthesizer"];

const answerOf = (run: Run): Answer | undefined => currentPlan(run)?.plan.answer;

export const critiqueRounds = (run: Run): number => critiqueRoundsIn(run.request, answerOf(run));

export const criticOf = (run: Run): JudgeRole | undefined => criticIn(run.request, answerOf(run));

/** The models that judge, for an estimate. */
export function judgingModels(judging: Judging): JudgingModels {
  const named = (role: JudgeRole | undefined): string | null => (role === undefined ? null : judging.models[role]);
  return { judge: named(judgeIn(judging)), critic: (answer) => named(criticIn(judging, answer)) };
}
