// Shows why a command was refused and what to do now. In: the run, and the refusal. Out: lines. A person who was too
// late, or too early, sees the changes since.
import type { Reply } from "../engine/engine.js";
import { diffPlans } from "../plan/revise/diff.js";
import { currentPlan } from "../run/lookup.js";
import { type Run } from "../run/state.js";
import { endOf, errorOf } from "../run/status.js";
import { problemLines } from "./error-text.js";
import { PROGRAM } from "./output.js";
import { diffLines } from "./render/revision.js";

/** `hash` is the hash that the command named, if it named one. */
export function refusalLines(run: Run, reply: Reply & { readonly ok: false }, hash?: string): readonly string[] {
  const { code, message } = reply;
  return [
    ...problemLines({ code, message, next: nextOf(run, code) }),
    ...(code === "STALE_HASH" ? since(run, hash) : []),
  ];
}

function nextOf(run: Run, code: string): string {
  const { id } = run;
  const shows = `\`${PROGRAM} show ${id}\` shows how it stands and what it waits for.`;
  switch (code) {
    case "RUN_ENDED":
      return afterTheEnd(run);
    case "RUN_CANCELLING":
      return `When it has ended (\`${PROGRAM} watch ${id}\`), \`${PROGRAM} retry ${id}\` has it go on and asks again.`;
    case "RUN_FAILING":
      return `When it has ended (\`${PROGRAM} watch ${id}\`), \`${PROGRAM} retry ${id}\` has it go on.`;
    case "ALREADY_APPROVED":
      return `Once is enough. \`${PROGRAM} resume ${id}\` drives it where nobody does; ${shows}`;
    case "STALE_HASH":
      return `Look at what waits now (\`${PROGRAM} diff ${id}\`), then ${[...run.approvals.pending.keys()].map((hash) => `\`${PROGRAM} approve ${id} --hash ${hash}\``).join(" or ")}.`;
    case "ALREADY_PAUSED":
      return `\`${PROGRAM} resume ${id}\` has it go on.`;
    case "EDIT_INVALID":
      return `What has finished stays as it is: \`${PROGRAM} show ${id}\` names it. The plan that waits goes on waiting.`;
    case "GOAL_INVALID":
      return "Say it in fewer words; what is data belongs into the inputs of a run.";
    case "NO_PLANNER":
      return `Start a run with a planner for it: ${PROGRAM} run "the new goal" --model NAME; ${shows}`;
    default:
      return shows;
  }
}

function afterTheEnd(run: Run): string {
  const { id } = run;
  if (errorOf(run)?.code === "APPROVAL_EXPIRED")
    return `Nobody approved it in time. \`${PROGRAM} retry ${id}\` asks for the same plan again; what has finished is kept.`;
  return endOf(run)?.how === "completed"
    ? `\`${PROGRAM} answer ${id}\` prints its answer; \`${PROGRAM} fork ${id} --at STEP\` begins a new run with what it had finished.`
    : `\`${PROGRAM} retry ${id}\` has it go on; \`${PROGRAM} show ${id}\` shows how it stands.`;
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
