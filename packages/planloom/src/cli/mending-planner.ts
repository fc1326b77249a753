// The configured planner, asked to mend plans of a dataset. In: the flags of the models. Out: a function from a draft and its
// findings to another draft. Separate from `planloom eval`, which without it needs neither a configuration nor a model.
import { askPlanner } from "../agents/planner.js";
import { unjournaled } from "../perform/agent-context.js";
import { systemClock } from "../engine/clock.js";
import { timelyPlanner } from "../perform/role-deadline.js";
import { openRoles, rolesOf } from "../loom/roles.js";
import { PlanloomError } from "../error.js";
import type { MendingPlanner } from "../eval/mend.js";
import { writePlan } from "../plan/write.js";
import { portsOf, type ModelFlags } from "./flags.js";
import { configOf, type PlaceFlags } from "./open-loom.js";

/** Throws NO_PLANNER where none is configured. Each of its answers is one request. */
export async function mendingPlanner(flags: PlaceFlags & ModelFlags): Promise<MendingPlanner> {
  const { config } = await configOf(flags);
  const { roles, planner } = rolesOf(config, process.env, portsOf(flags).flags ?? {});
  const models = openRoles(roles, undefined);
  const asked = planner ?? models.planner;
  if (asked === null) {
    const next = "Name a model with --model, PLANLOOM_MODEL or in the configuration, or leave --repair out.";
    throw new PlanloomError("NO_PLANNER", "There is no planner to repair plans.", { kind: "config", next });
  }
  const timely = timelyPlanner(asked, systemClock);
  const { instructions } = roles.planner;
  return async (request) => {
    const whole = {
      ...request,
      inputs: {},
      executorModel: models.executor?.name ?? null,
      ...(instructions && { instructions }),
    };
    const reply = await askPlanner(whole, timely, unjournaled());
    return reply.kind === "plan" ? JSON.stringify(writePlan(reply.plan), null, 2) : reply.draft;
  };
}
