// Shows why a command was refused and what to do now. In: the run, and the refusal. Out: lines. A person who was too
// late, or too early, sees the changes since.
import type { FailureDocument } from "../loom/failure-document.js";
import { diffPlans } from "../plan/revise/diff.js";
import type { Refusal } from "../run/refusal.js";
import { currentPlan } from "../run/lookup.js";
import { type Run } from "../run/state.js";
import { firstAction, inRun, sentenceText } from "../words/action.js";
import { refusalNext, refusalText } from "../words/refusals.js";
import { problemLines } from "./error-text.js";
import { diffLines } from "./render/revision.js";
import { cliSurface } from "./surface.js";

/** The next step is a command, and names the run. */
export function refusalProblem(runId: string, refused: Refusal): FailureDocument {
  const { code, params } = refused;
  const next = refusalNext(refused);
  const action = firstAction(next);
  return {
    code,
    message: refusalText(refused, runId),
    ...(params === undefined ? {} : { params }),
    next: sentenceText(next, inRun(runId, cliSurface)),
    ...(action === undefined ? {} : { action: { runId, ...action } as typeof action }),
    retryable: false,
  };
}

/** `hash` is the hash that the command named, if it named one. */
export function refusalLines(run: Run, refused: Refusal, hash?: string): readonly string[] {
  return [...problemLines(refusalProblem(run.id, refused)), ...(refused.code === "STALE_HASH" ? since(run, hash) : [])];
}

/** The difference between the waiting plan and the plan that the command named. */
function since(run: Run, hash: string | undefined): readonly string[] {
  const meant =
    hash === undefined || hash === "" ? undefined : run.planning.plans.find((plan) => plan.hash.startsWith(hash));
  const now = currentPlan(run);
  if (meant === undefined || now === undefined || meant.revision === now.revision) return [];
  return [
    `  from revision ${meant.revision} to ${now.revision}:`,
    ...diffLines(diffPlans(meant.plan, now.plan)).map((line) => `    ${line}`),
  ];
}
