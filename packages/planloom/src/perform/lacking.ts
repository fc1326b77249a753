// Refuses to drive a run that this process cannot carry out. In: a run, and the services of this process. Out: an error
// that names what is missing. Nothing is recorded, so the right process can go on.
import type { Finding } from "../plan/finding.js";
import { canonicalJson } from "../plan/json.js";
import type { Command } from "../run/command.js";
import { requirementsOf, type NeededSpecialist, type Requirements } from "../run/decide/requirements.js";
import type { Run } from "../run/state.js";
import { isEnded } from "../run/status.js";
import { PlanloomError } from "../words/planloom-error.js";
import type { Services } from "./services.js";

/**
 * Throws PROCESS_LACKS if this process lacks a tool, a secret or a model that the run needs after these commands, and
 * CONTEXT_NEEDED if the run calls one of them and this process cannot make its context. Opens the sources of its tools.
 */
export async function assertAble(services: Services, run: Run, commands: readonly Command[] = []): Promise<void> {
  const needed = requirementsOf(run, commands);
  if (needed.tools.length + needed.models.length > 0) services.contexts?.assertFor(run);
  await assertHas(services, run, needed);
}

/** Opens the sources of the tools. Rejects with their errors, and with PROCESS_LACKS if this process lacks one of these. */
export async function assertHas(services: Services, run: Run, needed: Requirements): Promise<void> {
  const { inventory, secrets } = services;
  await inventory.open?.(needed.tools);
  const lacks: Requirements = {
    tools: needed.tools.filter((name) => inventory.get(name) === undefined),
    secrets: needed.secrets.filter((name) => !Object.hasOwn(secrets, name) || secrets[name] === undefined),
    models: needed.models.filter((role) => services[role] === null),
    executors: needed.executors.filter((one) => !hasSpecialist(services, one)),
  };
  if (Object.values<readonly unknown[]>({ ...lacks }).some((list) => list.length > 0))
    throw processLacks(services, run, lacks);
}

/**
 * Whether this process has the specialist as the run has recorded it: with the same model and the same tools. A person
 * may have approved a plan by these.
 */
function hasSpecialist({ specialists }: Services, { name, tools, recorded }: NeededSpecialist): boolean {
  const present = specialists?.get(name)?.facts;
  if (present === undefined) return false;
  const { tools: may } = present;
  const isSame = recorded === undefined || (recorded.model === present.model && sameNames(recorded.tools, may));
  return isSame && (may === undefined || tools.every((tool) => may.includes(tool)));
}

const sameNames = (one: readonly string[] | undefined, other: readonly string[] | undefined): boolean =>
  canonicalJson([...(one ?? ["all"])].sort()) === canonicalJson([...(other ?? ["all"])].sort());

/**
 * For a plan that a run is to go on with, and that did not pass: throws PROCESS_LACKS if it names tools that the run
 * has used or planned, and this process lacks. They are no mistakes of the plan.
 */
export function assertKnown(services: Pick<Services, "configFile">, run: Run, findings: readonly Finding[]): void {
  const named = findings.flatMap((finding) =>
    "params" in finding && (finding.code === "UNKNOWN_TOOL" || finding.code === "TOOL_NOT_SET_UP")
      ? [finding.params.tool]
      : [],
  );
  const tools = named.filter((name) => run.planning.plans.some((plan) => plan.tools.has(name)));
  const { executors: recorded = {} } = run.request.settings;
  const unknown = findings.flatMap((finding) =>
    "params" in finding && finding.code === "UNKNOWN_EXECUTOR" ? [finding.params.executor] : [],
  );
  const executors = unknown.filter((name) => Object.hasOwn(recorded, name)).map((name) => ({ name, tools: [] }));
  if (tools.length + executors.length > 0)
    throw processLacks(services, run, { tools: [...new Set(tools)].sort(), executors });
}

/** The error of a process that lacks these. */
export function processLacks(
  { configFile }: Pick<Services, "configFile">,
  run: Run,
  lacks: Partial<Requirements>,
): PlanloomError {
  const { tools = [], secrets = [], models = [], executors: named = [] } = lacks;
  const executors = named.length === 0 ? {} : { executors: named.map(({ name }) => name) };
  const config = configFile === undefined ? {} : { config: configFile };
  const ended = isEnded(run) ? { ended: true as const } : {};
  return new PlanloomError("PROCESS_LACKS", {
    runId: run.id,
    tools,
    secrets,
    models,
    ...executors,
    ...ended,
    ...config,
  });
}
