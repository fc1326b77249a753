// Rebuilds the requests to models of an effect. In: the effect, the run at that time, and the rows of its journal. Out:
// requests, in order. The roles themselves write them again: recorded replies and results stand for the calls.
import { critiqueAnswer } from "../agents/answer-critic.js";
import type { AgentContext, Checkpoint } from "../agents/checkpoint.js";
import { chooseByModel } from "../agents/strategy-chooser.js";
import { chooseRequestOf } from "./choose.js";
import { fillArguments } from "../agents/executor/fill-arguments.js";
import { runAgent } from "../agents/executor/run-agent.js";
import { judgeOutput } from "../agents/output-judge.js";
import { askPlanner } from "../agents/planner/planner.js";
import { reviewFacts, reviewPlan } from "../agents/planner/reviewer.js";
import { FROM_PREVIEWS, writeAnswer } from "../agents/synthesizer.js";
import { messageOf } from "../error.js";
import { StepFailure } from "../agents/step-failure.js";
import type { Model, ModelRequest } from "../model/port.js";
import { isObject, type Json } from "../plan/json.js";
import { usesTool } from "../plan/step-kind.js";
import type { AgentStep, ToolStep } from "../plan/plan.js";
import type { ToolSpec } from "../plan/tool-spec.js";
import { isComplete, recordedTool, toolsOfStep } from "../run/changed-tools.js";
import type { CallEffect, FillEffect, PlanEffect, WorkEffect } from "../run/effect.js";
import { executorModel } from "../run/lookup.js";
import { PLANNER_FUNCTION } from "../run/settings.js";
import type { Run } from "../run/state.js";
import type { StepState } from "../run/work.js";
import type { JournalRow } from "../store/event-store.js";
import type { ToolInventory } from "../tools/inventory.js";
import type { Tool } from "../tools/tool.js";
import { PlanloomError } from "../words/planloom-error.js";
import type { PromptGap } from "../words/prompts.js";
import { unjournaled } from "./agent-context.js";
import { critiqueFactsOf, outputFactsOf } from "./judge-effects.js";
import { answerRequestOf, lookedCalls, planRequestOf } from "./role-effects.js";
import { scoutFirst } from "./scouting.js";
import type { Services } from "./services.js";
import { agentRequestOf, fillRequestOf } from "./step-effects.js";

/** One request to a model. */
export interface Prompt {
  /** The name of the call in the journal. */
  readonly call: string;
  readonly model: string;
  /** Whether the journal has its reply. */
  readonly answered: boolean;
  readonly request: Omit<ModelRequest, "signal">;
}

export interface Rebuilt {
  readonly prompts: readonly Prompt[];
  /** Why no more of them can be rebuilt. Absent: these are all. */
  readonly gap?: PromptGap;
}

/** What is known of the effect beside the run. */
export interface PromptSources {
  /** Its rows in the journal, by number. */
  readonly rows: ReadonlyMap<number, JournalRow>;
  /** The hash of the tools with which the run started. */
  readonly inventory: string;
}

export type RebuildPrompts = (effect: WorkEffect, run: Run, sources: PromptSources) => Promise<Rebuilt>;

/** `run` is the state in which the effect is owed. It must not change until the result is there. */
export function rebuildPromptsIn(services: Services): RebuildPrompts {
  return async (effect, run, sources) => {
    const replay = new Replay(services, run, sources.rows);
    try {
      const gap = await replayed(effect, run, sources, services, replay);
      return gap === undefined ? replay.result() : { prompts: [], gap };
    } catch (thrown) {
      return replay.result(thrown);
    }
  };
}

/** Performs the effect again without any call. Gives the reason if its requests cannot be made. */
async function replayed(
  effect: WorkEffect,
  run: Run,
  { inventory }: PromptSources,
  given: Services,
  replay: Replay,
): Promise<PromptGap | undefined> {
  const { models } = run.request;
  switch (effect.kind) {
    case "plan":
      return replayPlan(effect, run, inventory, given, replay);
    case "review":
      return void (await reviewPlan(reviewFacts(run), replay.model(models.planner), replay.context));
    case "choose":
      return void (await replayChoice(run, given, replay));
    case "answer":
      return void (await writeAnswer(answerRequestOf(given, run), replay.model(models.synthesizer), replay.context));
    case "fill":
      return replayFill(effect, run, given, replay);
    case "call":
      return replayAgent(effect, run, inventory, given, replay);
    case "judge":
      return void (await judgeOutput(outputFactsOf(effect, run), replay.model(models[effect.role]), replay.context));
    case "critique":
      return void (await critiqueAnswer(critiqueFactsOf(run), replay.model(models[effect.role]), replay.context));
    // No model is asked.
    case "reconcile":
    case "compensate":
      return undefined;
  }
}

/** Only a choice that no rule made has asked a model. */
async function replayChoice(run: Run, given: Services, replay: Replay): Promise<void> {
  const { rule, features } = run.planning.choice ?? {};
  if (rule !== "model" || features === undefined) return;
  await chooseByModel(chooseRequestOf(given, run, features), replay.model(run.request.models.executor), replay.context);
}

async function replayPlan(
  effect: PlanEffect,
  run: Run,
  inventory: string,
  given: Services,
  replay: Replay,
): Promise<PromptGap | undefined> {
  const { planner, synthesizer } = run.request.models;
  if (planner === null || planner === PLANNER_FUNCTION) return { code: "NO_PROMPT" };
  if (given.inventory.hash !== inventory) return { code: "OTHER_TOOLS" };
  const writes = { ...given, synthesizer: synthesizer === null ? null : replay.model(synthesizer) };
  const model = replay.model(planner);
  const { scouted, failed } = await scoutFirst({ ...given, planner: model }, effect, run, replay.context);
  if (failed !== undefined) throw failed.thrown;
  const request = planRequestOf(writes, effect, run, await lookedCalls(given, run));
  await askPlanner({ ...request, ...(scouted && { scouted }) }, model, replay.context);
  return undefined;
}

async function replayFill(
  effect: FillEffect,
  run: Run,
  given: Services,
  replay: Replay,
): Promise<PromptGap | undefined> {
  const { spec, tool } = run.execution.steps.get(effect.step)!;
  const step = spec as ToolStep;
  if (tool === undefined) return { code: "NO_TOOL", tool: step.tool };
  const model = replay.model(executorModel(run, step));
  await fillArguments(fillRequestOf(given, effect, step, tool, run), model, replay.context);
  return undefined;
}

async function replayAgent(
  effect: CallEffect,
  run: Run,
  inventory: string,
  given: Services,
  replay: Replay,
): Promise<PromptGap | undefined> {
  const state = run.execution.steps.get(effect.step)!;
  const step = state.spec as AgentStep;
  const tools = toolsThen(run, state, inventory, given.inventory);
  if ("code" in tools) return tools;
  const request = agentRequestOf({ ...given, inventory: tools }, effect, state, step, run);
  await runAgent(request, replay.model(executorModel(run, step)), replay.context);
  return undefined;
}

/** The tools of a step as its model saw them: as the log has them, else those of this process if they are the same. */
function toolsThen(run: Run, state: StepState, hash: string, present: ToolInventory): ToolInventory | PromptGap {
  const names = toolsOfStep(run, state).filter((name) => usesTool(state.spec, name));
  const tools = new Map<string, Tool>();
  for (const name of names) {
    const now = present.get(name);
    const recorded = isComplete(run) ? recordedTool(run, state, name) : undefined;
    if (recorded !== undefined) tools.set(name, { ...(now ?? uncalled(recorded)), spec: recorded });
    else if (now !== undefined && present.hash === hash) tools.set(name, now);
    else return now === undefined ? { code: "NO_TOOL", tool: name } : { code: "OTHER_TOOLS" };
  }
  return { ...present, tools, get: (name) => tools.get(name) };
}

/** Only its definition is read. */
const uncalled = (spec: ToolSpec): Tool => ({ spec, call: () => Promise.reject(new Error("nothing is called")) });

/** Stops the work behind a call that the journal does not answer. */
class NoReply extends Error {}

/** The journal of one effect, and the requests that are made over it. */
class Replay {
  readonly context: AgentContext;
  readonly #prompts: Prompt[] = [];
  readonly #speaks: boolean;
  #answered = false;
  #call = "";
  #count = 0;
  #gap: PromptGap | undefined;

  constructor(
    { executor }: Services,
    { id: runId }: Run,
    private readonly rows: ReadonlyMap<number, JournalRow>,
  ) {
    this.#speaks = executor?.speaks === true;
    const intended = async (): Promise<Json> => rows.get(this.#count + 1)?.intent ?? null;
    this.context = { ...unjournaled(), runId, checkpoint: this.#checkpoint, intended };
  }

  /** A model that notes its requests and gives no reply. */
  model(name: string | null): Model {
    const model = name ?? "";
    const call: Model["call"] = ({ signal: _signal, ...request }) => {
      this.#prompts.push({ call: this.#call, model, answered: this.#answered, request });
      return Promise.reject(new NoReply());
    };
    return { name: model, call, ...(this.#speaks ? { speaks: true as const } : {}) };
  }

  /** `thrown`: what ended the work. */
  result(thrown?: unknown): Rebuilt {
    const gap = this.#gap ?? this.#gapAfter(thrown);
    return { prompts: this.#prompts, ...(gap === undefined ? {} : { gap }) };
  }

  #gapAfter(thrown: unknown): PromptGap | undefined {
    const next = [...this.rows.values()].find(({ n }) => n > this.#count);
    if (thrown instanceof NoReply) return next && { code: "REQUEST_FAILED", call: this.#call };
    if (thrown !== undefined && !(thrown instanceof StepFailure)) return { code: "FAILED", text: messageOf(thrown) };
    return next && { code: "JOURNAL_DIFFERS", recorded: next.name };
  }

  /** A refusal is not in the journal, but the request that only follows one of its kind is. */
  #unanswered(): Error {
    if (this.rows.get(this.#count + 1)?.name !== FROM_PREVIEWS) return new NoReply();
    return new PlanloomError("PROVIDER_REFUSED", { model: this.#prompts.at(-1)?.model ?? "", about: "length" });
  }

  readonly #checkpoint: Checkpoint = async <T extends Json>(
    name: string,
    { intent }: Parameters<Checkpoint>[1],
    work: () => Promise<T>,
  ): Promise<T> => {
    const row = this.rows.get(++this.#count);
    if (row !== undefined && row.name !== name) {
      this.#gap ??= { code: "JOURNAL_DIFFERS", recorded: row.name, now: name };
      throw new NoReply();
    }
    const answer = row?.outcome ?? null;
    if (isObject(intent ?? null) && "model" in (intent as object)) {
      this.#call = name;
      this.#answered = answer !== null;
      await work().catch(passNoReply);
    }
    if (answer === null) throw this.#unanswered();
    return (answer as { readonly value: Json }).value as T;
  };
}

function passNoReply(thrown: unknown): void {
  if (!(thrown instanceof NoReply)) throw thrown;
}
