// Performs a sub-plan: a step that is a run of its own. In: the effect and the run. Out: the answer of the child run as
// the outcome of the step. The engine starts and follows the child; child-start.ts says what it is started with.
import { newDeadline, Stopped } from "../deadline.js";
import { NO_USAGE } from "../plan/usage.js";
import { IdTaken, type ChildRuns } from "../engine/children.js";
import { readLog } from "../engine/log.js";
import { actsOf, childId, toolsCalledIn, useOf } from "../run/child-run.js";
import { childNews } from "../run/child-use.js";
import type { CallEffect } from "../run/effect.js";
import type { ChildWait } from "../run/event/child.js";
import { failWith, type Failure } from "../run/failure.js";
import type { Outcome } from "../run/input.js";
import { findWork } from "../run/lookup.js";
import type { PlanStep } from "../plan/plan.js";
import type { Run } from "../run/state.js";
import { endOf } from "../run/status.js";
import type { StepState, Work } from "../run/work.js";
import { PlanloomError } from "../words/planloom-error.js";
import { childStart, continuation, type SubPlan } from "./child-start.js";
import { endedOutcome } from "./outcome.js";
import type { Performing, Services } from "./services.js";

export async function runSubPlan(
  services: Services,
  effect: CallEffect,
  state: StepState,
  step: PlanStep,
  run: Run,
  context: Performing,
): Promise<Outcome> {
  const { key } = effect;
  const { children } = context;
  const work = findWork(run, effect);
  if (children === undefined || work === undefined)
    return endedOutcome(key, "tool-error", failWith("SUBPLAN_UNSUPPORTED", {}));
  const runId = childId(run, work);
  const { signal } = context;
  const { timeoutMs } = step;
  const deadline = timeoutMs === undefined ? undefined : newDeadline(signal, timeoutMs, services.clock);
  try {
    const sub = { run, effect, state, step };
    const emit = (input: Parameters<Performing["emit"]>[0]) => context.emit(input);
    const limits = deadline === undefined ? { signal, emit } : { signal: deadline.signal, hold: deadline.hold, emit };
    const child = await followed(services, sub, work, runId, children, limits);
    const why = deadline?.why() ?? (signal.aborted ? "abort" : undefined);
    return await outcomeOf(services, key, child, why, timeoutMs);
  } catch (thrown) {
    const lost = childFailure(thrown, runId);
    if (lost !== undefined) return endedOutcome(key, "tool-error", lost);
    // The step was stopped before its child had begun.
    if (thrown instanceof Stopped) return stoppedBy(key, deadline?.why() ?? "abort", timeoutMs);
    throw thrown;
  } finally {
    deadline?.cancel();
  }
}

/** The limits of a step, and how its child run is recorded. */
interface Following {
  readonly signal: AbortSignal;
  /** Stops the time limit of the step. */
  readonly hold?: () => () => void;
  readonly emit: (input: Parameters<Performing["emit"]>[0]) => Promise<void>;
}

/** The child run when it has ended. What it tells meanwhile is recorded in the run above. */
async function followed(
  { inventory, clock }: Services,
  sub: SubPlan,
  work: Work,
  runId: string,
  children: ChildRuns,
  { signal, hold, emit }: Following,
): Promise<Run> {
  let goOn: (() => void) | undefined;
  const tell = async (child: Run, waits?: ChildWait): Promise<void> => {
    // The time that a person takes is not the step's.
    if (waits !== undefined) goOn ??= hold?.();
    else goOn = void goOn?.();
    const acted = actsOf(child);
    const said = { run: runId, used: useOf(child), ...(waits && { waits }), ...(acted && { acted }) };
    await emit({ type: "delegated", ...childNews(said) });
  };
  const child = await children.follow({
    start: { runId, started: childStart(sub, inventory.hash, clock.now()) },
    isBegun: work.child?.run === runId,
    name: `${sub.run.id}/${sub.effect.since ?? 0}`,
    signal,
    again: (ended) => continuation(sub, work, ended, clock.now()),
    isPaused: () => sub.run.paused,
    told: tell,
  });
  await tell(child);
  return child;
}

async function outcomeOf(
  { store }: Services,
  key: string,
  child: Run,
  why: "timeout" | "abort" | undefined,
  timeoutMs: number | undefined,
): Promise<Outcome> {
  const { id: run } = child;
  const end = endOf(child);
  if (end?.how === "completed") {
    const tools = toolsCalledIn(await readLog(store, run));
    return { type: "returned", key, output: child.answering.answer ?? null, tools, usage: NO_USAGE };
  }
  if (why !== undefined) return stoppedBy(key, why, timeoutMs);
  if (end?.how !== "failed") {
    const comment = end?.how === "cancelled" ? end.comment : "";
    return endedOutcome(key, "tool-error", failWith("SUBPLAN_CANCELLED", { run, comment }));
  }
  const { error } = end;
  return endedOutcome(key, "tool-error", failWith("SUBPLAN_FAILED", { run, error }, { retryable: error.retryable }));
}

function stoppedBy(key: string, why: "timeout" | "abort", ms = 0): Outcome {
  if (why === "abort") return endedOutcome(key, why, failWith("ABORTED", { how: "stopped" }));
  return endedOutcome(key, why, failWith("TIMEOUT", { of: "sub-plan", ms }, { retryable: true }));
}

/** Errors of the child run alone. Any other error stops this process from driving the run above, too. */
const LOST: ReadonlySet<string> = new Set(["RUN_UNKNOWN", "RUN_DAMAGED", "STORE_DAMAGED", "EVENT_NEWER"]);

/** The failure of a child run that is not there any more, or cannot be read. undefined for any other error. */
export function childFailure(thrown: unknown, run: string): Failure | undefined {
  if (thrown instanceof IdTaken && thrown.runId === run) return failWith("SUBPLAN_ID_TAKEN", { run });
  if (!(thrown instanceof PlanloomError) || !LOST.has(thrown.code)) return undefined;
  const { runId, name } = thrown.params as { readonly runId?: unknown; readonly name?: unknown };
  if (runId !== run && name !== run) return undefined;
  return thrown.code === "RUN_UNKNOWN"
    ? failWith("SUBPLAN_GONE", { run })
    : failWith("SUBPLAN_UNREADABLE", { run, code: thrown.code });
}
