// The requests that models were sent for a row of the view, rebuilt. In: the log and the journal of a run, and the key of
// the row. Out: a view as data with words. The log holds no prompts: the roles write them again from the state then.
import { canonicalJson, type Json } from "../../plan/json.js";
import { isConversation } from "../../plan/step-kind.js";
import { journalAttempt } from "../../engine/journal.js";
import { readLog } from "../../engine/log.js";
import type { ModelMessage } from "../../model/port.js";
import type { Prompt, RebuildPrompts, Rebuilt } from "../../perform/prompts.js";
import { isWork, type WorkEffect } from "../../run/effect.js";
import type { RunEvent, StepRef } from "../../run/event.js";
import { evolve } from "../../run/evolve/evolve.js";
import { KERNEL_VERSION } from "../../run/kernel-version.js";
import { ROLE_SCOPES } from "../../run/keys.js";
import { emptyRun, type Run } from "../../run/state.js";
import { HELD } from "../../run/status.js";
import type { EventStore, JournalRow } from "../../store/event-store.js";
import { secretFilter } from "../../tools/secret-filter.js";
import { PlanloomError } from "../../words/planloom-error.js";
import { promptGapText, rebuiltText } from "../../words/prompts.js";
import type { Home } from "../retry.js";
import { besideOf } from "./beside.js";
import { attemptOf, findPhase } from "./phase-view.js";
import type { RowContext } from "./row-context.js";
import type { PromptsView, PromptView } from "./run-view.js";
import { findStep } from "./step-view.js";
import { rowContext, shownSteps, timelineOf } from "./view.js";

export interface PromptsQuery extends StepRef {
  readonly attempt?: number;
}

/** Rejects with RUN_UNKNOWN, NO_SUCH_STEP. */
export async function readPrompts(
  runId: string,
  query: PromptsQuery,
  store: EventStore,
  home: Pick<Home, "now" | "historyBefore" | "secrets"> & { readonly rebuildPrompts: RebuildPrompts },
): Promise<PromptsView> {
  const { step, item, attempt } = query;
  const log = await readLog(store, runId);
  const timeline = timelineOf(log);
  const asked = askedOf(query, rowContext(timeline, await besideOf(timeline.run, store, home)));
  if (asked === undefined)
    throw new PlanloomError("NO_SUCH_STEP", { runId, step: item === undefined ? step : `${step}[${item}]` });
  const rows = await store.readJournal({ runId, stepId: asked.scope, item: item ?? null });
  const wanted = (number: number) => {
    const shown = asked.attemptOf(number);
    return shown !== undefined && (attempt === undefined || shown === attempt);
  };
  const { kernel, effects } = await rebuiltIn(log, rows, { ...asked, item: item ?? null, wanted }, home.rebuildPrompts);
  const numbered = [...effects].map(([number, rebuilt]) => ({ ...rebuilt, attempt: asked.attemptOf(number)! }));
  const view: PromptsView = {
    runId,
    step,
    ...(item === undefined ? {} : { item }),
    rebuilt: rebuiltText({ then: kernel, now: KERNEL_VERSION }),
    kernel: { then: kernel, now: KERNEL_VERSION },
    prompts: promptViews(numbered),
    gaps: numbered.flatMap(({ attempt: of, gap }) =>
      gap === undefined ? [] : [{ attempt: of, code: gap.code, message: promptGapText(gap) }],
    ),
  };
  return secretFilter(home.secrets).value(view as unknown as Json) as unknown as PromptsView;
}

/** A row as its requests are found in the log: their step in the journal, and the attempt that the view shows. */
interface Asked {
  readonly scope: string;
  /** undefined: the request belongs to another row. */
  readonly attemptOf: (number: number) => number | undefined;
}

function askedOf({ step, item }: StepRef, context: RowContext): Asked | undefined {
  const { timeline } = context;
  if (step === ROLE_SCOPES.review && item === undefined) {
    const review = { scope: step, lane: timeline.phases.review };
    return { scope: step, attemptOf: (number) => attemptOf(review, number) };
  }
  if (isJudgement(step) && item === undefined) return { scope: step, attemptOf: (number) => number };
  const phase = item === undefined ? findPhase(step, context) : undefined;
  if (phase !== undefined) return { scope: phase.scope, attemptOf: (number) => attemptOf(phase, number) };
  const found = findStep(shownSteps(timeline), step, item);
  if (found === undefined) return undefined;
  const { ref, shown } = found;
  const lane = ref.item === undefined ? shown.lanes?.own : shown.lanes?.items.get(ref.item);
  const attempts = new Set(lane?.bars.map(({ attempt }) => attempt));
  return { scope: ref.step, attemptOf: (attempt) => (attempts.has(attempt) ? attempt : undefined) };
}

/** The critic of the answer (`#critic`), and the judge of an attempt (`#judge/call/find/1`). */
const isJudgement = (step: string): boolean => step === ROLE_SCOPES.critique || step.startsWith("#judge/");

interface Wanted {
  readonly scope: string;
  readonly item: number | null;
  readonly wanted: (number: number) => boolean;
}

/**
 * By the attempt in the journal, in order. Each effect is rebuilt from the state in which it became owed. One that goes
 * on after a person has decided about it is rebuilt again, with the decision.
 */
async function rebuiltIn(
  log: readonly RunEvent[],
  rows: readonly JournalRow[],
  { scope, item, wanted }: Wanted,
  rebuild: RebuildPrompts,
): Promise<{ readonly kernel: string; readonly effects: ReadonlyMap<number, Rebuilt> }> {
  const run = emptyRun(log[0]?.runId ?? "");
  const effects = new Map<number, Rebuilt>();
  let owed: ReadonlySet<string> = new Set();
  let [kernel, inventory] = ["", ""];
  for (const event of log) {
    evolve(run, event);
    if (event.type === "run.started") ({ inventory } = event.data);
    const now = new Set<string>();
    for (const [effect, attempt] of owedIn(run, scope, item)) {
      // What became owed during a pause waits for its end.
      if (run.paused && HELD.has(effect.kind) && !owed.has(effect.key)) continue;
      now.add(effect.key);
      if (owed.has(effect.key) || !wanted(attempt)) continue;
      const own = new Map(rows.filter((row) => row.attempt === attempt).map((row) => [row.n, row]));
      kernel ||= run.log.kernel;
      effects.set(attempt, await rebuild(effect, run, { rows: own, inventory }));
    }
    owed = now;
  }
  return { kernel: kernel || run.log.kernel, effects };
}

function owedIn(run: Run, scope: string, item: number | null): readonly (readonly [WorkEffect, number])[] {
  return [...run.owed.values()].flatMap((effect) => {
    if (!isWork(effect) || !asksModel(run, effect)) return [];
    const place = journalAttempt(run, effect);
    return place.stepId === scope && place.item === item ? [[effect, place.attempt] as const] : [];
  });
}

function asksModel(run: Run, effect: WorkEffect): boolean {
  if (effect.kind !== "call") return effect.kind !== "reconcile";
  const state = run.execution.steps.get(effect.step);
  return state !== undefined && isConversation(state.spec);
}

interface Numbered extends Rebuilt {
  readonly attempt: number;
}

/** Turns are counted as in the conversation of the view. Later requests of an attempt show what was added. */
function promptViews(effects: readonly Numbered[]): readonly PromptView[] {
  const views: PromptView[] = [];
  let [attempt, turn] = [0, 0];
  for (const effect of effects) {
    if (effect.attempt !== attempt) [attempt, turn] = [effect.attempt, 0];
    let before: Prompt | undefined;
    for (const prompt of effect.prompts) {
      views.push({ ...promptView(prompt, before), attempt, turn: turn + 1 });
      if (prompt.answered) turn++;
      before = prompt;
    }
  }
  return views;
}

function promptView(
  { call, model, answered, request: { system, messages, tools = [], output } }: Prompt,
  before: Prompt | undefined,
): Omit<PromptView, "attempt" | "turn"> {
  const repeats = repeatedIn(messages, before?.request.messages ?? []);
  const same = before?.request;
  return {
    call,
    model,
    answered,
    ...(same?.system === system ? {} : { system }),
    repeats,
    messages: messages.slice(repeats),
    ...(isSame(tools, same?.tools ?? []) ? {} : { tools }),
    ...(output === undefined ? {} : { output }),
  };
}

const isSame = (one: object, other: object | undefined): boolean =>
  other !== undefined && canonicalJson(one) === canonicalJson(other);

/** The number of messages with which both begin. */
function repeatedIn(messages: readonly ModelMessage[], before: readonly ModelMessage[]): number {
  const at = messages.findIndex((message, index) => !isSame(message, before[index]));
  return at === -1 ? messages.length : at;
}
