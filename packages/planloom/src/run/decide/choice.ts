// Decides what follows from the choice of a strategy: its plan is proposed, or the planner is asked. In: the outcome of
// the choice. Out: facts. A later goal of a run without a planner is pursued by the same strategy again.
import { fact, type EventData, type Fact } from "../event.js";
import { failWith } from "../failure.js";
import type { Outcome } from "../input.js";
import { owedAs } from "../lookup.js";
import type { CheckedPlan } from "../command.js";
import { readByPlanner } from "../followed-plan.js";
import { replanOf } from "../status.js";
import type { Run } from "../state.js";
import { roleFailure } from "./failure.js";
import { endsFailed } from "./partial.js";
import { proposalFacts } from "./proposal.js";
import { marksOf, revise, revisionProposed } from "./revision.js";

export function chosen(run: Run, input: Outcome & { type: "chosen" }, at: number): Fact[] {
  const { key, choice, plan, usage } = input;
  const said = fact("strategy.chosen", { ...choice, usage });
  if (plan === undefined) return [said];
  if (run.planning.plans.length === 0) return [said, ...firstPlan(run, plan, at)];
  const revision = revise(run, plan, replanOf(run));
  if (revision.ok) return [said, ...revisionProposed(run, plan, revision, { cause: "goal-change", at })];
  const about = { rounds: 1, why: "asks", finding: revision.findings[0] ?? null, failed: [] } as const;
  return chooseFailed(run, { type: "choose-failed", key, error: failWith("PLAN_INVALID", about), usage }, at);
}

/** Earlier turns of the conversation stand in the plan: then it is marked like one that a planner wrote after them. */
function firstPlan(run: Run, plan: CheckedPlan, at: number): Fact[] {
  const { messages, settings } = run.request;
  const isForeign = messages.some(({ trust }) => trust === "untrusted");
  const changes = isForeign ? marksOf(plan, readByPlanner(run)) : {};
  return proposalFacts(plan, { revision: 1, cause: "strategy", settings, at, changes });
}

export function chooseFailed(run: Run, input: Outcome & { type: "choose-failed" }, at: number): Fact[] {
  const { attempt } = owedAs(run, input.key, "choose");
  const data: EventData["strategy.failed"] = roleFailure(run, attempt, input, at);
  const facts = [fact("strategy.failed", data)];
  return data.decision === "retry" ? facts : [...facts, ...endsFailed(run, { error: input.error })];
}
