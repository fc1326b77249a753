// What a view knows of a run beside its log: the time, estimates, and the turns of agent steps that are running. In: a
// run, and a store. Out: facts.
import { isConversation } from "../../plan/step-kind.js";
import { isTurn } from "../../agents/executor/agent-conversation.js";
import type { Run } from "../../run/state.js";
import { isEnded } from "../../run/status.js";
import { worksOf } from "../../run/steps.js";
import type { Work } from "../../run/work.js";
import type { EventStore } from "../../store/event-store.js";
import type { Home } from "../retry.js";
import { estimatesOf } from "./estimates.js";
import type { Beside } from "./row-context.js";

/** Journals of so many running steps and items are read. */
const MOST_READ = 32;

export async function besideOf(
  run: Run,
  store: EventStore,
  { now, historyBefore }: Pick<Home, "now" | "historyBefore">,
): Promise<Beside> {
  const running = isEnded(run) ? [] : [...run.execution.steps.values()].flatMap(worksOf).filter(isTalking);
  const read = running.slice(0, MOST_READ).map(async (work) => [work, await turnsSoFar(run, work, store)] as const);
  const turns = new Map(await Promise.all(read));
  return { now: now(), estimates: estimatesOf(run, await historyBefore(run.id)), turns };
}

const isTalking = ({ status, step }: Work): boolean => status === "running" && isConversation(step.spec);

/** The turn that is open counts. */
async function turnsSoFar(run: Run, { step, item, attempt, conversation }: Work, store: EventStore): Promise<number> {
  const rows = await store.readJournal({ runId: run.id, stepId: step.spec.id, item });
  const own = rows.filter((row) => row.attempt === (conversation?.attempt ?? attempt) && isTurn(row.name));
  return own.length + 1;
}
