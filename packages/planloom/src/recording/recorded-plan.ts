// The current plan of a recorded run. In: a recorded plan, or its replacement, and a configuration. Out: what starts
// the run again, or the findings as a difference.
import type { Model } from "../model/port.js";
import { bareFindings } from "../plan/finding.js";
import type { Json } from "../plan/json.js";
import type { Start } from "../run/input.js";
import type { CheckedPlan } from "../run/command.js";
import { PlanloomError } from "../words/planloom-error.js";
import type { LoomConfig } from "../loom/config.js";
import type { Listener } from "../engine/engine.js";
import type { Loom } from "../loom/loom.js";
import { openLoom } from "../loom/open-loom.js";

export interface ReplayOptions {
  /** Plans are checked against its tools. Default: none; the plan and its tools are taken from the recording. */
  readonly config?: LoomConfig;
  /** The current plan, if the recorded run was given one: text (YAML or JSON) or data. Default: the recorded plan. */
  readonly plan?: unknown;
  /** Default: as recorded. */
  readonly goal?: string;
  readonly inputs?: { readonly [name: string]: Json };
  readonly listener?: Listener;
}

/**
 * A loom that only checks these plans: it opens no store and can call no model. MCP servers whose tools they name are
 * started, because their schemas are known only there.
 */
export async function unplugged({ config, plan }: ReplayOptions, plans: readonly unknown[]): Promise<Loom> {
  const loom = await openLoom({ ...config, store: "memory", models: { default: NO_MODEL } }, { env: {} });
  try {
    for (const one of [...(plan === undefined ? [] : [plan]), ...plans]) await loom.tools({ plan: one });
    return loom;
  } catch (error) {
    await loom.close();
    throw error;
  }
}

const NO_MODEL: Model = {
  name: "none",
  call: async () => {
    throw new Error("a recorded run calls no model");
  },
};

export function startOf(recorded: Start, loom: Loom | undefined, options: ReplayOptions): Start {
  const { goal = recorded.started.goal, inputs = recorded.started.inputs } = options;
  const plan = options.plan ?? recorded.given?.plan;
  const given =
    loom === undefined || plan === undefined
      ? recorded.given
      : { ...checkedBy(loom, plan, goal, inputs), ...saidOf(recorded.given) };
  const started = { ...recorded.started, goal, inputs: given?.inputs ?? inputs, planGiven: given !== undefined };
  const steps = new Set(given?.plan.steps.map(({ id }) => id));
  const carried = recorded.carried?.filter(({ data }) => "step" in data && steps.has(data.step as string));
  return { type: "start", started, ...(given === undefined ? {} : { given }), ...(carried && { carried }) };
}

/** The recorded appraisal of a plan. Nobody is asked again. */
export function saidOf({ estimate, approval }: Partial<CheckedPlan> = {}): Partial<CheckedPlan> {
  return { ...(estimate === undefined ? {} : { estimate }), ...(approval === undefined ? {} : { approval }) };
}

/** The plan, checked against the current tools. */
export function checkedBy(
  loom: Loom,
  plan: unknown,
  goal: string,
  inputs: { readonly [name: string]: Json },
): CheckedPlan {
  const result = loom.check(plan, { inputs, goal });
  if (result.ok) return { ...result, findings: bareFindings(result.findings) };
  throw new PlanloomError("RECORDING_DIFFERS", { differs: "plan", findings: result.findings });
}
