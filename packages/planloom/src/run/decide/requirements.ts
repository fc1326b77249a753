// Tells what a run needs of a process that drives it: tools, secrets and models. In: a run, and the commands that are
// decided first. Out: names. Pure. A process that lacks one of them must not drive the run.
import { secretsIn } from "../../plan/secret.js";
import type { Plan, Step } from "../../plan/plan.js";
import type { ToolSpec } from "../../plan/tool-spec.js";
import type { SpecialistFacts, Specialists } from "../../plan/specialist.js";
import { isConversation, isFilled, isSubPlan, proseOf, toolNames } from "../../plan/step-kind.js";
import type { Command } from "../command.js";
import { dividedCalls } from "../acted-calls.js";
import { whyNoUndoing } from "./compensation.js";
import { whyNoAnswer } from "./partial.js";
import { retryPreview } from "./retry.js";
import { currentPlan } from "../lookup.js";
import type { RoleNames } from "../settings.js";
import { isFinished } from "../steps.js";
import { changeOf, compensatingOf, failedWith, isCancelling, isEnded, isFailing } from "../status.js";
import { criticIn, judgeIn } from "../judge-role.js";
import type { Run, RunRequest } from "../state.js";

export interface Requirements {
  readonly tools: readonly string[];
  readonly secrets: readonly string[];
  readonly models: readonly (keyof RoleNames)[];
  readonly executors: readonly NeededSpecialist[];
}

export interface NeededSpecialist {
  readonly name: string;
  /** The tools that its steps list. */
  readonly tools: readonly string[];
  /** As the run has recorded it. Absent: the settings of this process will count. */
  readonly recorded?: SpecialistFacts;
}

const ROLES = ["planner", "executor", "synthesizer"] as const satisfies readonly (keyof RoleNames)[];

const NOTHING: Requirements = { tools: [], secrets: [], models: [], executors: [] };

/** What the run needs to go on after these commands. A run that is cancelled needs nothing. */
export function requirementsOf(run: Run, commands: readonly Command[] = []): Requirements {
  if (isCancelling(run) || commands.some(({ type }) => type === "cancel")) return NOTHING;
  if (isEnded(run)) return afterRetry(run, commands);
  if (failedWith(run) !== undefined) return forAnswer(run.request.models);
  if (compensatingOf(run) !== undefined) return forUndoing(run);
  const edited = commands.findLast((command) => command.type === "edit");
  const replans = run.mode.phase === "planning" || changeOf(run) !== undefined;
  const asksPlanner = replans || commands.some(({ type }) => type === "goal");
  const planned = edited?.plan ?? followed(run);
  const { steps } = run.execution;
  const open = (id: string) => {
    const work = steps.get(id)?.work;
    return work === undefined || (isFailing(run) ? work.status === "running" : !isFinished(work));
  };
  return combined(planned, open, { ...run.request, recorded: run.request.settings.executors ?? {} }, asksPlanner);
}

/** Only a partial answer is still to be written. */
const forAnswer = ({ synthesizer }: RoleNames): Requirements => ({
  ...NOTHING,
  models: synthesizer === null ? [] : ["synthesizer"],
});

/** The tools of the calls that are still to be undone. */
function forUndoing(run: Run): Requirements {
  // The calls of a child run are undone there, and it says what that needs.
  const calls = dividedCalls(run).calls.filter(({ child }) => child !== true);
  return {
    ...NOTHING,
    tools: unique(calls.map(({ tool }) => tool)),
    secrets: unique(calls.flatMap(({ spec, inside }) => (inside === true ? [] : secretsIn(spec.with)))),
  };
}

function afterRetry(run: Run, commands: readonly Command[]): Requirements {
  const undo = commands.findLast((command) => command.type === "compensate");
  if (undo !== undefined && whyNoUndoing(run, undo) === undefined) return forUndoing(run);
  const answer = commands.findLast((command) => command.type === "answer");
  if (answer !== undefined && whyNoAnswer(run, answer) === undefined)
    return forAnswer(eachOf(run.request.models, answer.models));
  const retry = commands.findLast((command) => command.type === "retry");
  const parts = retry && retryPreview(run, retry);
  if (retry === undefined || parts?.ok !== true) return NOTHING;
  const runs = new Set(parts.runs);
  const models = eachOf(run.request.models, retry.models);
  return combined(
    retry.plan ?? followed(run),
    (id) => runs.has(id),
    { settings: retry.settings, models },
    parts.stage === "plan" || retry.feedback !== undefined,
  );
}

/** What a fork with this plan needs. `runs` are the steps that it does not take over, `models` those of its process. */
export function requirementsOfFork(
  { request }: Run,
  plan: Planned,
  runs: readonly string[],
  models: RoleNames,
): Requirements {
  const open = new Set(runs);
  const own = { settings: request.settings, models: eachOf(request.models, models) };
  return combined(plan, (id) => open.has(id), own, false);
}

/** A process without a model says null. The run needs the model that it had. */
const eachOf = (had: RoleNames, has: RoleNames): RoleNames => ({
  planner: has.planner ?? had.planner,
  executor: has.executor ?? had.executor,
  synthesizer: has.synthesizer ?? had.synthesizer,
});

interface Planned {
  readonly plan: Plan;
  readonly tools: readonly ToolSpec[];
}

function followed(run: Run): Planned | undefined {
  const plan = currentPlan(run);
  return plan && { plan: plan.plan, tools: [...plan.tools.values()] };
}

interface Recorded extends Pick<RunRequest, "settings" | "models"> {
  /** The specialists that the run has recorded. Absent: those of the process will count, as after a retry. */
  readonly recorded?: Specialists;
}

/** `open` says whether a step is still to run. */
function combined(
  planned: Planned | undefined,
  open: (id: string) => boolean,
  request: Recorded,
  asksPlanner: boolean,
): Requirements {
  const { models } = request;
  const named = (role: keyof RoleNames, needed: boolean) => (needed && models[role] !== null ? [role] : []);
  const every = Object.entries(request.recorded ?? {}).map(([name, recorded]) => ({ name, tools: [], recorded }));
  // A plan that is still to be written may need every model.
  if (planned === undefined || asksPlanner)
    return { ...NOTHING, models: ROLES.flatMap((role) => named(role, true)), executors: every };
  const { plan, tools } = planned;
  const steps = plan.steps.filter(({ id }) => open(id));
  // The plan of a child run is still to be written.
  const all = steps.some(isSubPlan);
  const usesModel = (step: Step) =>
    step.model === undefined && step.executor === undefined && (isFilled(step) || isConversation(step));
  return {
    tools: unique(steps.flatMap((step) => namesIn(step, tools))),
    secrets: unique(steps.flatMap((step) => secretsIn(step.with))),
    models: unique([
      ...named("planner", all),
      ...named("executor", all || steps.some(usesModel)),
      ...named("synthesizer", all || plan.answer.kind === "from"),
      ...(steps.some((step) => proseOf(step) !== undefined) ? [judgeIn(request) ?? []].flat() : []),
      ...[criticIn(request, plan.answer) ?? []].flat(),
    ]),
    executors: all ? every : specialistsOf(steps, request.recorded),
  };
}

/** The specialists of these steps. A step that no model performs has none. */
function specialistsOf(steps: readonly Step[], recorded: Specialists = {}): readonly NeededSpecialist[] {
  const named = steps.filter((step) => step.executor !== undefined && (isConversation(step) || isFilled(step)));
  return unique(named.flatMap(({ executor }) => executor ?? [])).map((name) => {
    const lists = named.filter((step) => step.executor === name && isConversation(step)).map(toolNames);
    const tools = unique(lists.flatMap((list) => (list === "all" ? [] : list)));
    return { name, tools, ...(Object.hasOwn(recorded, name) && { recorded: recorded[name]! }) };
  });
}

function namesIn(step: Step, tools: readonly ToolSpec[]): readonly string[] {
  const names = toolNames(step);
  return names === "all" ? tools.filter(({ approval }) => approval === undefined).map(({ name }) => name) : names;
}

const unique = <T extends string>(names: readonly T[]): readonly T[] => [...new Set(names)].sort();
