// Which role's model judges: an output by an `expect` in prose, or an answer. In: a run. Out: the role; undefined if
// there is nothing to judge, or no model for it.
import { currentPlan } from "./lookup.js";
import { PLANNER_FUNCTION, type JudgeRole } from "./settings.js";
import type { Run } from "./state.js";

/** A planner that is a function of the program writes plans and judges nothing. */
const hasModel = ({ request: { models } }: Run, role: JudgeRole): boolean =>
  models[role] !== null && !(role === "planner" && models.planner === PLANNER_FUNCTION);

/** The role of the setting, if the run has its model. */
export function judgeOf(run: Run): JudgeRole | undefined {
  const { judge } = run.request.settings;
  return hasModel(run, judge) ? judge : undefined;
}

/** How often the answer may be written again. The plan decides, otherwise the settings. A computed answer: never. */
export function critiqueRounds(run: Run): number {
  const answer = currentPlan(run)?.plan.answer;
  if (answer?.kind !== "from" || run.request.models.synthesizer === null) return 0;
  return answer.critique ?? run.request.settings.answerCritique;
}

/** The critic of the answer, if it has one. */
export function criticOf(run: Run): JudgeRole | undefined {
  if (critiqueRounds(run) === 0) return undefined;
  const { critic } = run.request.settings;
  const roles = critic === null ? ROLES : [critic, ...ROLES];
  return roles.find((role) => hasModel(run, role));
}

const ROLES: readonly JudgeRole[] = ["planner", "executor", "synthesizer"];
