// The journal of one attempt: each call inside it is recorded, so that a crash neither pays nor acts twice. In: a store
// and a place in a run. Out: the `checkpoint` that roles call. This is the whole recovery of agent steps and of planner
// and synthesizer calls; direct tool calls have their intent and outcome in the log itself.
import type { Checkpoint } from "../agents/checkpoint.js";
import { UnknownOutcome } from "../agents/checkpoint.js";
import { StepFailure } from "../agents/step-failure.js";
import { settledOutcome } from "../agents/tool-turn.js";
import type { Json } from "../plan/json.js";
import type { WorkEffect } from "../run/effect.js";
import { failWith } from "../run/failure.js";
import { requestNumber, ROLE_SCOPES } from "../run/keys.js";
import { findWork } from "../run/lookup.js";
import { type Run } from "../run/state.js";
import type { Settled } from "../run/work.js";
import type { EventStore, JournalRow, JournalScope } from "../store/event-store.js";

/** Names the rows of one attempt. */
export interface JournalAttempt extends JournalScope {
  readonly attempt: number;
  /** Calls that were in doubt and that a person has settled, by key. */
  readonly settled?: ReadonlyMap<string, Settled> | undefined;
}

/** The owner of the run, as a writer of rows. */
export interface JournalWriter {
  readonly epoch: number;
  /** ms since 1970. */
  now(): number;
  /** Asked between a durable intent and its call. Rejects with STORE_FENCED where another process owns the run. */
  stillOwned?(): Promise<void>;
}

/**
 * Where the calls of an effect are recorded: under its step and attempt, or under its role and the number of the
 * request.
 */
export function journalAttempt(run: Run, effect: WorkEffect): JournalAttempt {
  const runId = run.id;
  if (effect.kind === "plan" || effect.kind === "review" || effect.kind === "answer")
    return { runId, stepId: ROLE_SCOPES[effect.kind], item: null, attempt: requestNumber(effect.key) };
  const { step, item, attempt } = effect;
  return { runId, stepId: step, item, attempt, settled: findWork(run, effect)?.settled };
}

/** The checkpoint of one attempt, over the store's journal. It reads the step's rows once, when it is first called. */
export function journalOf(store: EventStore, attempted: JournalAttempt, writer: JournalWriter): Checkpoint {
  const { runId, stepId, item, attempt } = attempted;
  let read: Promise<Recorded> | undefined;
  let count = 0;
  return async (name, options, run) => {
    const n = ++count;
    const { mine, byKey } = await (read ??= recordedIn(store, attempted));
    const recorded = mine.get(n);
    const key = options.key ?? null;
    if (recorded !== undefined && (recorded.name !== name || recorded.key !== key)) throw diverged(recorded, name);
    if (isDone(recorded)) return open(recorded.outcome);
    const earlier = key === null ? undefined : byKey.get(key);
    const row = { runId, stepId, item, attempt, n, name, key, intent: options.intent ?? null };
    const write = (outcome: Json) => store.writeJournal({ ...row, outcome, at: writer.now() }, writer.epoch);
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
      if (earlier !== undefined && options.effects === "once") {
        throw new UnknownOutcome({ key: key ?? "", tool: options.tool ?? name });
      }
      await write(null);
      await writer.stillOwned?.();
    }
    const outcome = await run(earlier !== undefined);
    await write(seal(outcome));
    return outcome;
  };
}

interface Recorded {
  /** Rows of this attempt, by n. */
  readonly mine: ReadonlyMap<number, JournalRow>;
  /** The latest row of each key, over all attempts; one with an outcome where there is any. */
  readonly byKey: ReadonlyMap<string, JournalRow>;
}

async function recordedIn(store: EventStore, { runId, stepId, item, attempt }: JournalAttempt): Promise<Recorded> {
  const rows = await store.readJournal({ runId, stepId, item });
  const mine = new Map(rows.filter((row) => row.attempt === attempt).map((row) => [row.n, row]));
  const byKey = new Map<string, JournalRow>();
  for (const row of rows) if (row.key !== null && !isDone(byKey.get(row.key))) byKey.set(row.key, row);
  return { mine, byKey };
}

/**
 * A call with effects inside an agent step that was begun and whose outcome nobody knows: neither the journal nor a
 * person has told it. Asked where the step is given up, so that nothing goes on to ask for that call again.
 */
export async function doubtIn(
  store: EventStore,
  run: Run,
  { step, item }: { readonly step: string; readonly item: number | null },
): Promise<UnknownOutcome | undefined> {
  const rows = await store.readJournal({ runId: run.id, stepId: step, item });
  const done = new Set(rows.filter(isDone).map(({ key }) => key));
  const settled = findWork(run, { step, item })?.settled;
  const open = rows.find((row) => row.key !== null && !done.has(row.key) && settled?.has(calledUnder(row)!) !== true);
  if (open === undefined) return undefined;
  const { tool } = open.intent as { readonly tool?: string };
  return new UnknownOutcome({ key: calledUnder(open)!, tool: tool ?? open.name });
}

/** A repeated call of an idempotent tool may be made under the key of the one before. */
const calledUnder = ({ key, intent }: JournalRow): string | null =>
  (intent as { readonly key?: string } | null)?.key ?? key;

/**
 * The attempt goes another way than before its crash: the tools or the prompts have changed. Its rows answer questions
 * that are no longer asked, and must not be written over, for they say what was done; the next attempt begins with them
 * known.
 */
function diverged({ name, n }: JournalRow, now: string): StepFailure {
  const params = { recorded: name, now, call: n };
  return new StepFailure(failWith("JOURNAL_DIVERGED", params, { retryable: true }));
}

function isDone(row: JournalRow | undefined): row is JournalRow {
  return row !== undefined && row.outcome !== null;
}

/** An outcome may itself be null, which in a row means that there is none yet. */
const seal = (value: Json): Json => ({ value });
const open = <T extends Json>(outcome: Json): T => (outcome as { readonly value: Json }).value as T;
