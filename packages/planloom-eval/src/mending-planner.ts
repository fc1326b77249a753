// Asks the configured planner to repair plans of a dataset. In: the flags of the models. Out: a function from a draft
// with its findings to another draft. Without --repair, the command needs neither a configuration nor a model.
import { createLoom } from "planloom";
import { loadConfig, setupNoteText } from "planloom/config";
import { writePlan } from "planloom/plan";
import { EvalError } from "./error.js";
import type { MendingPlanner } from "./mend.js";

export interface ModelFlags {
  readonly config?: string;
  readonly model?: string;
  readonly baseUrl?: string;
  readonly plannerModel?: string;
  readonly plannerBaseUrl?: string;
  readonly executorModel?: string;
  readonly executorBaseUrl?: string;
}

/**
 * Opens the planner for the work and closes it afterwards. Each of its answers is one request.
 * Throws NO_PLANNER if none is configured.
 */
export async function withPlanner<T>(flags: ModelFlags, work: (planner: MendingPlanner) => Promise<T>): Promise<T> {
  const { config, packages, notes } = await loadConfig(flags.config, process.cwd());
  for (const note of notes) process.stderr.write(`note: ${setupNoteText(note)}\n`);
  const ports = {
    packages,
    flags: {
      ...role(flags.model, flags.baseUrl),
      planner: role(flags.plannerModel, flags.plannerBaseUrl),
      executor: role(flags.executorModel, flags.executorBaseUrl),
    },
  };
  // A critique would be a second request for each answer.
  const loom = await createLoom({ ...config, store: "memory", planner: { critique: false } }, ports);
  try {
    if (loom.roles.planner.model === undefined && typeof config.models?.planner !== "function") throw noPlanner();
    return await work(async ({ goal, inventory, invalid }) => {
      const reply = await loom.draft(goal, { inventory, invalid });
      return reply.kind === "plan" ? JSON.stringify(writePlan(reply.plan), null, 2) : reply.draft;
    });
  } finally {
    await loom.close();
  }
}

const noPlanner = (): EvalError =>
  new EvalError(
    "NO_PLANNER",
    "There is no planner to repair plans.",
    "Name a model with --model, PLANLOOM_MODEL or in the configuration, or leave --repair out.",
  );

const role = (model: string | undefined, baseURL: string | undefined) => ({
  ...(model !== undefined && { model }),
  ...(baseURL !== undefined && { baseURL }),
});
