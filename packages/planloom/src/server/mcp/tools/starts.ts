// The tools that write a plan and start runs. In: nothing. Out: `plan` and `run`.
import { z } from "zod";
import { LIMITS } from "../../../limits.js";
import { isEnded } from "../../../run/status.js";
import { hasCode, PlanloomError } from "../../../words/planloom-error.js";
import { FIELD, givenInside, onlyGiven } from "../../api/parts.js";
import { settingsField, startOptions, strategyField } from "../../routes/runs.js";
import { followRun } from "../following.js";
import { offeredTool, type McpPorts } from "../offered-tool.js";
import { callerSettings, ownRun } from "../own-runs.js";
import { runResult } from "../run-result.js";
import { RUN_RESULT } from "../schemas.js";
import { steered, waitMsOf } from "../steering.js";

export const wait = z
  .int()
  .min(0)
  .max(LIMITS.mcpWaitMaxMs / 1_000)
  .optional()
  .meta({ description: "Seconds to wait for the run to stop. Default: 45. 0: return at once." });

const goal = FIELD.text.meta({ description: "What is to be done, in words, with all that the planner must know." });

const start = {
  inputs: FIELD.inputs.optional(),
  answerSchema: FIELD.answerSchema.optional(),
  strategy: strategyField.optional(),
  settings: settingsField.optional(),
  wait,
};

const ACTS = { readOnlyHint: false, destructiveHint: true, idempotentHint: false, openWorldHint: true };

type Begun = {
  readonly goal?: string | undefined;
  readonly plan?: z.output<typeof FIELD.plan> | undefined;
  readonly inputs?: z.output<typeof FIELD.inputs> | undefined;
  readonly answerSchema?: z.output<typeof FIELD.answerSchema> | undefined;
  readonly strategy?: string | undefined;
  readonly settings?: z.output<typeof settingsField> | undefined;
};

/** Starts a run of this caller. What a model gives as an input is no order of a person: it is untrusted. */
async function begun({ loom, options, caller }: McpPorts, given: Begun, least: "never" | "always") {
  const { goal: aim = "", settings, ...more } = given;
  const own = callerSettings(loom.approvalPolicy, options, settings && givenInside(settings), least);
  const trust = Object.fromEntries(Object.keys(more.inputs ?? {}).map((name) => [name, "untrusted" as const]));
  const started = startOptions(loom, { ...more, tags: [caller.tag] });
  return loom.start(aim, { ...started, ...(options.mayApprove ? {} : onlyGiven({ trust })), settings: own });
}

const plan = offeredTool({
  name: "plan",
  title: "Plan a goal",
  description:
    "Writes a plan for a goal, or checks a given plan, and keeps it as a run that waits for a person. Nothing of it " +
    "runs before. The result has the plan in words, its hash, its price, and the tools through which it acts. Then `run` " +
    "with this `runId` has it approved and carries it out; `reject` has another one written; `cancel` gives it up.",
  hints: { readOnlyHint: false, destructiveHint: false, idempotentHint: false, openWorldHint: true },
  right: "all",
  input: z.strictObject({ goal: goal.optional(), plan: FIELD.plan.optional(), ...start }),
  output: RUN_RESULT,
  handle: async (ports, { wait: seconds, ...given }) => {
    const run = await begun(ports, given, "always");
    await followRun(ports, run, waitMsOf(seconds));
    return runResult(ports, run);
  },
});

const run = offeredTool({
  name: "run",
  title: "Run a goal or a plan",
  description:
    "Starts a run from a goal or a plan, or goes on with a run of this client (`runId`), such as one that `plan` made. " +
    "Waits a while for its end. A plan that acts waits for a person, who is asked through the client if it can show a " +
    "form. A run that takes longer goes on by itself: ask with `status`.",
  hints: ACTS,
  right: "all",
  input: z.strictObject({
    runId: FIELD.text.optional().meta({ description: "A run that is there already. Only `wait` may stand beside it." }),
    goal: goal.optional(),
    plan: FIELD.plan.optional(),
    ...start,
  }),
  output: RUN_RESULT,
  handle: async (ports, { runId, wait: seconds, ...given }) => {
    if (runId !== undefined) assertAlone(Object.keys(given));
    const one = runId === undefined ? await begun(ports, given, "never") : await resumed(ports, runId);
    return steered(ports, one, waitMsOf(seconds));
  },
});

/** What nobody reads may have been meant as a safeguard. Throws REQUEST_INVALID. */
function assertAlone(beside: readonly string[]): void {
  const faults = beside.map((field) => ({ at: "", is: "unknown" as const, field, known: ["runId", "wait"] }));
  if (faults.length > 0) throw new PlanloomError("REQUEST_INVALID", { part: "arguments", faults });
}

/** Drives a run of this caller that nobody drives. One that another process drives is only looked at. */
async function resumed({ loom, caller }: McpPorts, runId: string) {
  const one = await ownRun(loom, caller, runId);
  const state = await loom.engine.load(runId);
  if (isEnded(state) || state.paused) return one;
  await one.resume().catch((error: unknown) => {
    if (!hasCode(error, "RUN_OWNED")) throw error;
  });
  return one;
}

export const START_TOOLS = [plan, run];
