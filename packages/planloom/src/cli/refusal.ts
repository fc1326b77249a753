// Shows why a command was refused and what to do now. In: the run, and the refusal. Out: lines. A person who was too
// late, or too early, sees the changes since.
import type { Reply } from "../engine/engine.js";
import { diffPlans } from "../plan/revise/diff.js";
import { currentPlan } from "../run/lookup.js";
import { type Run } from "../run/state.js";
import { inRun, sentenceText } from "../words/action.js";
import { refusalNext } from "../words/refusals.js";
import { problemLines } from "./error-text.js";
import { diffLines } from "./render/revision.js";
import { cliSurface } from "./surface.js";

/** `hash` is the hash that the command named, if it named one. */
export function refusalLines(run: Run, { code, params, message }: Refused, hash?: string): readonly string[] {
  const next = refusalNext({ code, ...(params === undefined ? {} : { params }) });
  return [
    ...problemLines({ code, message, next: sentenceText(next, inRun(run.id, cliSurface)) }),
    ...(code === "STALE_HASH" ? since(run, hash) : []),
  ];
}

type Refused = Reply & { readonly ok: false };

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
