// The journal of one attempt: records each call inside it, so that a crash neither pays nor acts twice. In: a store and
// a place in a run. Out: the `checkpoint` that roles call. Agent steps and role calls recover only through it. Direct
// tool calls have their intent and outcome in the log.
import type { Checkpoint } from "../agents/checkpoint.js";
import { CallAsked, UnknownOutcome } from "../agents/checkpoint.js";
import { StepFailure } from "../agents/step-failure.js";
import { isTurn } from "../agents/executor/agent-conversation.js";
import { outcomeIn, settledOutcome } from "../agents/executor/call-outcome.js";
import { isObject, type Json, type JsonObject } from "../plan/json.js";
import type { LookedCall } from "../agents/planner/replan-facts.js";
import type { CallEffect, WorkEffect } from "../run/effect.js";
import type { MadeCall, AgentProgress } from "../run/event.js";
import { failWith } from "../run/failure.js";
import { judgeScope, requestNumber, ROLE_SCOPES } from "../run/keys.js";
import { currentPlan, findWork } from "../run/lookup.js";
import { type Run } from "../run/state.js";
import type { Settled } from "../run/work.js";
import type { EventStore, JournalRow, JournalScope } from "../store/event-store.js";
import { rawOutput } from "../tools/raw-output.js";

/** Identifies the rows of one attempt. */
export interface JournalAttempt extends JournalScope {
  readonly attempt: number;
  /** Calls in doubt that a person has settled, by key. */
  readonly settled?: ReadonlyMap<string, Settled> | undefined;
}

/** The owner of the run, as a writer of rows. */
export interface JournalWriter {
  readonly epoch: number;
  /** ms since 1970. */
  now(): number;
  /** Called between a durable intent and its call. Rejects with STORE_FENCED if another process owns the run. */
  stillOwned?(): Promise<void>;
  /** Called when a call has its outcome in the journal. */
  done?(call: Pick<JournalRow, "attempt" | "n" | "name">): void;
}

const isOfRole = (effect: WorkEffect): effect is Extract<WorkEffect, { readonly kind: keyof typeof ROLE_SCOPES }> =>
  Object.hasOwn(ROLE_SCOPES, effect.kind);

/** The scope of an effect's rows: its step and attempt, or its role and the number of the request. */
export function journalAttempt(run: Run, effect: WorkEffect): JournalAttempt {
  const runId = run.id;
  if (isOfRole(effect))
    return { runId, stepId: ROLE_SCOPES[effect.kind], item: null, attempt: requestNumber(effect.key) };
  if (effect.kind === "judge")
    return { runId, stepId: judgeScope(effect.key), item: null, attempt: requestNumber(effect.key) };
  const { step, item } = effect;
  const attempt = effect.kind === "call" ? (effect.conversation?.attempt ?? effect.attempt) : effect.attempt;
  return { runId, stepId: step, item, attempt, settled: findWork(run, effect)?.settled };
}

/** The checkpoint of one attempt, over the store's journal. It reads the step's rows once, when it is first called. */
export function journalOf(store: EventStore, attempted: JournalAttempt, writer: JournalWriter): Checkpoint {
  const { runId, stepId, item, attempt } = attempted;
  let read: Promise<Recorded> | undefined;
  let count = 0;
  const intended = async () => (await (read ??= recordedIn(store, attempted))).mine.get(count + 1)?.intent ?? null;
  const checkpoint: Checkpoint = async (name, options, run) => {
    const n = ++count;
    const { mine, byKey } = await (read ??= recordedIn(store, attempted));
    const recorded = mine.get(n);
    const key = options.key ?? null;
    if (recorded !== undefined && !isOf(recorded, name, key)) throw diverged(recorded, name, mine);
    if (isDone(recorded)) return open(recorded.outcome);
    const earlier = key === null ? undefined : byKey.get(key);
    // A call whose tool asked a person ended without a doubt.
    const mayHaveBegun = earlier !== undefined && !hasAsked(earlier);
    const row = { runId, stepId, item, attempt, n, name, intent: options.intent ?? null };
    const write = (outcome: Json, under = key) =>
      store.writeJournal({ ...row, key: under, outcome, at: writer.now() }, writer.epoch);
    if (isDone(earlier)) {
      await write(earlier.outcome);
      return open(earlier.outcome);
    }
    if (options.effects !== "none") {
      const settled = key === null ? undefined : attempted.settled?.get(key);
      if (settled !== undefined && settled.verdict !== "abort") {
        const outcome = seal(settledOutcome(settled.verdict, settled.output));
        await write(outcome);
        return open(outcome);
      }
      if (mayHaveBegun && options.effects === "once") {
        throw new UnknownOutcome({ key: key ?? "", ...intendedBy(earlier, options.tool ?? name) });
      }
    }
    const instead = options.instead?.(mayHaveBegun);
    if (instead !== undefined) {
      const outcome = seal(instead);
      // Without a key where nothing was called under it.
      await write(outcome, earlier === undefined ? null : key);
      return open(outcome);
    }
    if (options.effects !== "none") {
      await write(null);
      await writer.stillOwned?.();
    }
    let outcome;
    try {
      outcome = await run(mayHaveBegun);
    } catch (thrown) {
      if (thrown instanceof CallAsked && options.effects !== "none") await write(ASKED);
      throw thrown;
    }
    await write(seal(outcome));
    writer.done?.({ attempt, n, name });
    return outcome;
  };
  return Object.assign(checkpoint, { intended });
}

interface Recorded {
  /** Rows of this attempt, by n. */
  readonly mine: ReadonlyMap<number, JournalRow>;
  /** The latest row of each key, over all attempts. A row with an outcome is preferred. */
  readonly byKey: ReadonlyMap<string, JournalRow>;
}

async function recordedIn(store: EventStore, { runId, stepId, item, attempt }: JournalAttempt): Promise<Recorded> {
  const rows = await store.readJournal({ runId, stepId, item });
  const mine = new Map(rows.filter((row) => row.attempt === attempt).map((row) => [row.n, row]));
  return { mine, byKey: latestByKey(rows) };
}

function latestByKey(rows: readonly JournalRow[]): ReadonlyMap<string, JournalRow> {
  const byKey = new Map<string, JournalRow>();
  for (const row of rows) if (row.key !== null && !isDone(byKey.get(row.key))) byKey.set(row.key, row);
  return byKey;
}

/**
 * A call with effects inside an agent step that was started and has no known outcome, neither in the journal nor from a
 * person. Needed when the step is given up, because nothing will ask about that call later.
 */
export async function doubtIn(
  store: EventStore,
  run: Run,
  { step, item }: { readonly step: string; readonly item: number | null },
): Promise<UnknownOutcome | undefined> {
  const rows = await store.readJournal({ runId: run.id, stepId: step, item });
  const settled = findWork(run, { step, item })?.settled;
  // A call whose tool asked in an earlier attempt may have begun again since.
  const open = [...latestByKey(rows).values()].find(
    (row): boolean => !hasAsked(row) && !isDone(row) && settled?.has(calledUnder(row)!) !== true,
  );
  if (open === undefined) return undefined;
  return new UnknownOutcome({ key: calledUnder(open)!, ...intendedBy(open, open.name) });
}

/** The call that a row is about. `name` is that of the tool, if the row does not tell it. */
function intendedBy({ intent }: JournalRow, name: string): { readonly tool: string; readonly args?: JsonObject } {
  const { tool = name, args } = isObject(intent) ? (intent as { readonly tool?: string; readonly args?: Json }) : {};
  return { tool, ...(isObject(args) ? { args } : {}) };
}

/** What the journal says of an agent step: the replies in its conversation, and its calls that acted or may have. */
export async function progressIn(store: EventStore, run: Run, effect: CallEffect): Promise<Required<AgentProgress>> {
  const { stepId, item, attempt } = journalAttempt(run, effect);
  const rows = (await store.readJournal({ runId: run.id, stepId, item })).filter(isDone);
  const first = run.execution.steps.get(stepId)?.firstAttempt ?? 1;
  const turns = rows.filter((row) => row.attempt === attempt && isTurn(row.name)).length;
  const calls = new Map<string, MadeCall>();
  for (const row of rows.filter((one) => one.attempt >= first)) {
    const call = madeIn(run, row);
    if (call !== undefined) calls.set(call.key, call);
  }
  return { turns, calls: [...calls.values()] };
}

/** The calls without effects that the last conversation of a step made, in order. */
export async function lookedIn(store: EventStore, run: Run, step: string): Promise<readonly LookedCall[]> {
  const rows = (await store.readJournal({ runId: run.id, stepId: step, item: null })).filter(isDone);
  const last = rows.reduce((most, { attempt }) => Math.max(most, attempt), 0);
  return rows.flatMap((row) => {
    if (row.attempt !== last || row.key !== null || !row.name.startsWith(TOOL_ROW)) return [];
    const { tool, args = {} } = intendedBy(row, row.name.slice(TOOL_ROW.length));
    const outcome = outcomeIn(open(row.outcome));
    return [{ tool, args, ...(outcome.ok ? { output: outcome.output } : { error: outcome.failure }) }];
  });
}

const TOOL_ROW = "tool ";

/** Absent if nothing has happened by the call, as far as its tool or a person says. */
function madeIn(run: Run, row: JournalRow): MadeCall | undefined {
  const key = calledUnder(row);
  if (key === null) return undefined;
  const outcome = outcomeIn(open(row.outcome));
  const { tool = row.name, args = {} } = row.intent as { readonly tool?: string; readonly args?: JsonObject };
  const effects = currentPlan(run)?.tools.get(tool)?.effects === "idempotent" ? "idempotent" : "once";
  const call = { tool, args, effects, key } as const;
  if (outcome.ok) return { ...call, ...rawOutput(outcome.output) };
  const { failure, output, acted, partial, uncertain } = outcome;
  if (acted !== true && uncertain !== true) return undefined;
  const returned = output === undefined ? {} : { output, ...(partial === undefined ? {} : { partial }) };
  return {
    ...call,
    ...returned,
    error: { code: failure.code, retryable: false },
    ...(uncertain === undefined ? {} : { uncertain }),
  };
}

/** The whole output of the call inside an agent step that got this key; undefined if the journal has none. */
export async function outputInJournal(store: EventStore, scope: JournalScope, key: string): Promise<Json | undefined> {
  const rows = (await store.readJournal(scope)).filter(isDone);
  const row = rows.findLast((one) => calledUnder(one) === key);
  const outcome = row === undefined ? undefined : outcomeIn(open(row.outcome));
  return outcome?.ok === true ? outcome.output : undefined;
}

/** A repeated call of an idempotent tool may use the key of the call before. */
const calledUnder = ({ key, intent }: JournalRow): string | null =>
  (intent as { readonly key?: string } | null)?.key ?? key;

/**
 * The attempt takes another path than before its crash, because tools or prompts have changed. Its rows answer other
 * questions. They must not be overwritten, because they record what was done. Another attempt would start from the
 * beginning, so there is one by itself only if no call of this one acted, or may have.
 */
function diverged({ name, n }: JournalRow, now: string, rows: Recorded["mine"]): StepFailure {
  const params = { recorded: name, now, call: n };
  const retryable = ![...rows.values()].some(mayHaveActed);
  return new StepFailure(failWith("JOURNAL_DIVERGED", params, { retryable }));
}

function mayHaveActed(row: JournalRow): boolean {
  if (row.key === null) return false;
  if (!isDone(row)) return !hasAsked(row);
  const outcome = outcomeIn(open(row.outcome));
  return outcome.ok || outcome.acted === true || outcome.uncertain === true;
}

/** Whether a row is that of this call. The row of a call that was refused before it was made has no key. */
const isOf = (row: JournalRow, name: string, key: string | null): boolean =>
  row.name === name && (row.key === key || row.key === null);

function isDone(row: JournalRow | undefined): row is JournalRow {
  return row !== undefined && row.outcome !== null && !hasAsked(row);
}

/** In the place of an outcome: the tool of the call asked a person. */
const ASKED = { asked: true } as const;

const hasAsked = ({ outcome }: JournalRow): boolean => isObject(outcome) && outcome["asked"] === true;

/** An outcome may be null, but null in a row means that there is none yet. */
const seal = (value: Json): Json => ({ value });
const open = <T extends Json>(outcome: Json): T => (outcome as { readonly value: Json }).value as T;
