// Decides what becomes of a planner's questions. In: a run, and the findings on its draft; or its answered questions.
// Out: the plan that asks a person, or facts. A planner is answered once; after that it repairs its draft as usual.
import { beginning } from "../../beginning.js";
import { LIMITS } from "../../limits.js";
import { check } from "../../plan/check/check.js";
import type { Finding } from "../../plan/finding.js";
import { questionsDraft } from "../../plan/questions-plan.js";
import { asksPerson, deedOf } from "../../plan/step-kind.js";
import type { CheckedPlan } from "../command.js";
import type { Change, Fact } from "../event.js";
import { planOf } from "../lookup.js";
import type { Run } from "../state.js";
import { proposalFacts } from "./proposal.js";

/** The plan that asks a person; `unanswered` if there is no person; undefined if the planner did not ask for the first time. */
export function questionsOf(run: Run, findings: readonly Finding[]): CheckedPlan | "unanswered" | undefined {
  const asked = findings.find(({ code }) => code === "QUESTIONS");
  if (asked?.code !== "QUESTIONS" || !("params" in asked) || run.planning.plans.length > 0) return undefined;
  if (!run.request.settings.attended) return "unanswered";
  const { questions } = asked.params;
  const { goal, inputs } = run.request;
  const checked = check(questionsDraft(questions, inputs), { tools: [] }, { inputs, goal });
  if (!checked.ok) return undefined;
  const { plan, hash, tools } = checked;
  return { plan, hash, inputs: checked.inputs, tools, findings: checked.findings };
}

/** Questions to a person need no approval by a person. */
export function questionsProposed(run: Run, plan: CheckedPlan, at: number): Fact[] {
  const settings = { ...run.request.settings, approval: "never" } as const;
  return proposalFacts(plan, { revision: 1, cause: "questions", settings, at });
}

/** The request for the real plan, when every question has its answer; undefined in any other plan. */
export function questionsAnswered(run: Run): Change | undefined {
  const { cause, plan } = planOf(run);
  if (cause !== "questions") return undefined;
  const answers = plan.steps.flatMap((step) => {
    const { status, output } = run.execution.steps.get(step.id)!.work;
    if (!asksPerson(step) || status !== "completed") return [];
    const answer = typeof output === "string" ? output : (JSON.stringify(output) ?? "");
    return [{ question: deedOf(step), answer: beginning(answer, LIMITS.errorExcerptChars) }];
  });
  if (answers.length < plan.steps.length) return undefined;
  return { mode: "full", cause: "goal", failed: [], reason: { code: "QUESTIONS_ANSWERED", answers } };
}
