// Exports a run: all that its store holds of it, as one document. In: a store, a run's id, and the secrets. Out: the
// document, with the values of the secrets replaced. Private values stay. Decision 22 has the reasons.
import { isObject, type Json } from "../plan/json.js";
import { planHashBy, programHash } from "../plan/plan-hash.js";
import { eventHash, type EventData, type RunEvent } from "../run/event.js";
import { foldNext, LogReader } from "../run/log/chain.js";
import { emptyRun, type Run } from "../run/state.js";
import { headOf } from "../run/view/head.js";
import type { EventStore, JournalRow } from "../store/event-store.js";
import { sealedExport, type ReplacedSecrets, type RunExport } from "../store/run-export.js";
import { readEvent } from "../store/store-error.js";
import { secretFilter, secretsFoundIn, type SecretFilter, type Secrets } from "../tools/secret-filter.js";
import { PlanloomError } from "../words/planloom-error.js";

/** Rejects with RUN_UNKNOWN, RUN_DAMAGED, EVENT_NEWER, EXPORT_NOT_POSSIBLE. A run need not have ended. */
export async function exportRun(store: EventStore, runId: string, secrets: Secrets): Promise<RunExport> {
  const recorded = await store.read(runId);
  const journal = await store.readRunJournal(runId);
  const last = recorded.at(-1);
  if (last === undefined) throw new PlanloomError("RUN_UNKNOWN", { name: runId, store: store.name });
  const today = inTodaysForm(runId, recorded);
  const original = { lastSeq: last.seq, lastHash: eventHash(last) };
  const clean = withoutSecrets({ recorded, today, journal }, secretFilter(secrets));
  const isSame = clean.changed + clean.rows === 0;
  const found = isSame ? [] : secretsFoundIn(secrets, [recorded, journal] as unknown as readonly Json[]);
  const run = foldedAgain(runId, clean.events, found);
  const replaced: ReplacedSecrets = { secrets: found, events: clean.changed, rows: clean.rows };
  return sealedExport({
    runId,
    head: headOf(run, clean.events.at(-1)!),
    events: clean.events,
    journal: clean.journal,
    original,
    ...(found.length === 0 ? {} : { replaced }),
  });
}

function inTodaysForm(runId: string, recorded: readonly RunEvent[]): readonly RunEvent[] {
  const reader = new LogReader(runId);
  return recorded.map((event) => readEvent(runId, reader.next(event)));
}

/** The run that the exported events give. Throws EXPORT_NOT_POSSIBLE if they give none. */
function foldedAgain(runId: string, events: readonly RunEvent[], secrets: readonly string[]): Run {
  const run = emptyRun(runId);
  for (const [index, event] of events.entries()) {
    const link = foldNext(run, event, events[index - 1]);
    if (link.ok) continue;
    if (secrets.length === 0) readEvent(runId, link);
    throw new PlanloomError("EXPORT_NOT_POSSIBLE", { runId, seq: link.seq, secrets });
  }
  return run;
}

interface Log {
  readonly recorded: readonly RunEvent[];
  readonly today: readonly RunEvent[];
  readonly journal: readonly JournalRow[];
}

interface CleanLog {
  /** The recorded events themselves, if none held a secret. */
  readonly events: readonly RunEvent[];
  readonly journal: readonly JournalRow[];
  readonly changed: number;
  readonly rows: number;
}

function withoutSecrets({ recorded, today, journal }: Log, filter: SecretFilter): CleanLog {
  const rows = journal.map((row) => cleanRow(row, filter));
  const events = recorded.map((event) => cleanEvent(event, filter));
  const counts = {
    changed: events.filter((event, index) => event !== recorded[index]).length,
    rows: rows.filter((row, index) => row !== journal[index]).length,
  };
  if (counts.changed === 0) return { events: recorded, journal: rows, ...counts };
  const hashes = newHashes(events, today);
  return {
    events: chained(events.map((event) => withHashes(event, hashes))),
    journal: rows,
    ...counts,
  };
}

function cleanEvent(event: RunEvent, filter: SecretFilter): RunEvent {
  const data = filter.value(event.data as unknown as Json);
  const by = filter.text(event.by);
  return data === (event.data as unknown) && by === event.by ? event : ({ ...event, by, data } as unknown as RunEvent);
}

function cleanRow(row: JournalRow, filter: SecretFilter): JournalRow {
  const [intent, outcome] = [filter.value(row.intent), filter.value(row.outcome)];
  return intent === row.intent && outcome === row.outcome ? row : { ...row, intent, outcome };
}

/** The hashes of plans that have other words now, by their former hashes. Approvals name them. */
function newHashes(events: readonly RunEvent[], today: readonly RunEvent[]): ReadonlyMap<string, string> {
  const hashes = new Map<string, string>();
  for (const [index, event] of events.entries()) {
    const known = today[index];
    if (event.type !== "plan.proposed" || known?.type !== "plan.proposed") continue;
    const written: EventData["plan.proposed"] = event.data;
    const hash = planHashBy(known.data.hashVersion, written);
    if (hash !== undefined) hashes.set(known.data.hash, hash);
    hashes.set(known.data.program, programHash(written.plan, written.tools));
  }
  return hashes;
}

/** The event with the new hashes wherever it names a former one. */
function withHashes(event: RunEvent, hashes: ReadonlyMap<string, string>): RunEvent {
  const data = renamed(event.data as unknown as Json, hashes);
  return data === (event.data as unknown) ? event : ({ ...event, data } as unknown as RunEvent);
}

function renamed(value: Json, names: ReadonlyMap<string, string>): Json {
  if (typeof value === "string") return names.get(value) ?? value;
  if (Array.isArray(value)) {
    const list = value as readonly Json[];
    const copy = list.map((item) => renamed(item, names));
    return copy.some((item, index) => item !== list[index]) ? copy : list;
  }
  if (!isObject(value)) return value;
  const fields = Object.entries(value).map(([name, field]) => [name, renamed(field, names)] as const);
  return fields.some(([name, field]) => field !== value[name]) ? Object.fromEntries(fields) : value;
}

/** The events under a hash chain of their own. */
function chained(events: readonly RunEvent[]): readonly RunEvent[] {
  let prev = "";
  return events.map((event) => {
    const sealed = { ...event, prev };
    prev = eventHash(sealed);
    return sealed;
  });
}
