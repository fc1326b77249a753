// Refuses to drive a run that this process cannot carry out. In: a run, and the services of this process. Out: an error
// that names what is missing. Nothing is recorded, so the right process can go on.
import type { Command } from "../run/command.js";
import { requirementsOf, type Requirements } from "../run/decide/requirements.js";
import type { Run } from "../run/state.js";
import { PlanloomError } from "../words/planloom-error.js";
import type { Services } from "./services.js";

/**
 * Throws PROCESS_LACKS if this process lacks a tool, a secret or a model that the run needs after these commands, and
 * CONTEXT_NEEDED if the run calls one of them and this process cannot make its context.
 */
export function assertAble(services: Services, run: Run, commands: readonly Command[] = []): void {
  const needed = requirementsOf(run, commands);
  if (needed.tools.length + needed.models.length > 0) services.contexts?.assertFor(run);
  const { inventory, secrets } = services;
  const lacks: Requirements = {
    tools: needed.tools.filter((name) => inventory.get(name) === undefined),
    secrets: needed.secrets.filter((name) => !Object.hasOwn(secrets, name) || secrets[name] === undefined),
    models: needed.models.filter((role) => services[role] === null),
  };
  if (lacks.tools.length + lacks.secrets.length + lacks.models.length > 0) throw processLacks(services, run, lacks);
}

/** The error of a process that lacks these. */
export function processLacks({ configFile }: Services, { id }: Run, lacks: Partial<Requirements>): PlanloomError {
  const { tools = [], secrets = [], models = [] } = lacks;
  const config = configFile === undefined ? {} : { config: configFile };
  return new PlanloomError("PROCESS_LACKS", { runId: id, tools, secrets, models, ...config });
}
