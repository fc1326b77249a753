// Reads rows and verifies them. In: an open database. Out: events, journal rows, commands and heads, or RUN_DAMAGED for
// a run whose rows do not match their checksums. All checks for disk damage are here.
import { messageOf } from "../error.js";
import { PlanloomError } from "../words/planloom-error.js";
import { sha256 } from "../sha256.js";
import type { RunEvent } from "../run/event.js";
import { unpack } from "./blob.js";
import { holds } from "./checksum.js";
import type { InboxEntry, JournalRow, JournalScope, ListedRun } from "./event-store.js";
import { rowText, rowTime, unpackHead, type ListPosition, type ListRow } from "./listing.js";
import type { SqlDatabase, SqlStatement, SqlValue } from "./sqlite-driver.js";
import { sqliteError } from "./sqlite-error.js";
import {
  sealedOf,
  SQL,
  type EventRow,
  type HeadRow,
  type InboxRow,
  type PackedJournalRow,
  type PackedRow,
  type RunRow,
} from "./sqlite-sql.js";
import { runDamaged } from "./store-error.js";
import type { RowFault, RunDamage } from "../words/errors/store.js";

type Statements = Record<keyof typeof SQL, SqlStatement>;

export class SqliteReader {
  readonly sql: Statements;

  constructor(
    db: SqlDatabase,
    readonly path: string,
  ) {
    try {
      this.sql = Object.fromEntries(Object.entries(SQL).map(([name, sql]) => [name, db.prepare(sql)])) as Statements;
    } catch (thrown) {
      db.close();
      throw sqliteError(thrown, path);
    }
  }

  /** The row of a run; undefined for an unknown one. */
  run(runId: string): RunRow | undefined {
    const [row] = this.#all<RunRow>("run", runId);
    if (row !== undefined && !holds(row.sum, ...sealedOf(row))) throw this.#damaged(runId, HEAD_CHANGED);
    return row;
  }

  events(runId: string, fromSeq: number, limit: number): RunEvent[] {
    // The head is read first, so that events appended meanwhile are not missed.
    const [head] = this.#all<RunRow>("run", runId);
    const events = this.#soundEvents(runId, fromSeq, limit);
    const soundTo = fromSeq - 1 + events.length;
    if (events.length > 0 && head === undefined) throw runDamaged(runId, soundTo, { damage: "head-missing" });
    if (head === undefined || events.length >= limit) return events;
    if (!holds(head.sum, ...sealedOf(head))) throw runDamaged(runId, soundTo, HEAD_CHANGED);
    if (soundTo < head.lastSeq) throw runDamaged(runId, soundTo, missing(soundTo + 1));
    return events;
  }

  /** See ListSource.rows. */
  listRows(after: ListPosition | undefined, since: number, limit: number): ListRow[] {
    const { updatedAt = null, runId = null } = after ?? {};
    const rows = this.#all<HeadRow>("list", since, updatedAt, updatedAt, runId, limitOf(limit));
    return rows.map((row) => (holds(row.sum, ...sealedOf(row)) ? listRowOf(row) : this.#damagedRow(row)));
  }

  journal({ runId, stepId, item }: JournalScope): JournalRow[] {
    const rows = this.#all<PackedJournalRow>("readJournal", runId, stepId, item ?? -1);
    return rows.map((row) => this.#journalRow(runId, row));
  }

  runJournal(runId: string): JournalRow[] {
    const run = this.run(runId);
    const rows = this.#all<PackedJournalRow>("readRunJournal", runId).map((row) => this.#journalRow(runId, row));
    this.#checkCount(runId, run?.journalRows ?? 0, rows.length);
    return rows;
  }

  /** Throws RUN_DAMAGED if rows of the run's journal are gone. */
  checkJournal({ runId, journalRows }: RunRow): void {
    const [count] = this.#all<{ readonly rows: number }>("countJournal", runId);
    this.#checkCount(runId, journalRows, count?.rows ?? 0);
  }

  inbox(runId: string, cursor: number): InboxEntry[] {
    return this.#all<InboxRow>("take", runId, cursor).map((row, index) => {
      const expected = cursor + index + 1;
      if (row.cursor !== expected) throw this.#damaged(runId, { damage: "command-missing", cursor: expected });
      const changed = (fault: RowFault) =>
        this.#damaged(runId, { damage: "command-changed", cursor: expected, row: fault });
      const entry = this.#unpacked(row, [runId, row.cursor], changed) as Omit<InboxEntry, "cursor">;
      return { ...entry, cursor: row.cursor };
    });
  }

  #soundEvents(runId: string, fromSeq: number, limit: number): RunEvent[] {
    return this.#all<EventRow>("read", runId, fromSeq, limitOf(limit)).map((row, index) => {
      const soundTo = fromSeq + index - 1;
      if (row.seq !== soundTo + 1) throw runDamaged(runId, soundTo, missing(soundTo + 1));
      const changed = (fault: RowFault) =>
        runDamaged(runId, soundTo, { damage: "event-changed", seq: row.seq, row: fault });
      return this.#unpacked(row, [runId, row.seq], changed) as RunEvent;
    });
  }

  /**
   * The run is damaged, and its row may hold any value. Shows the parts of its first and last event that can be read.
   */
  #damagedRow(row: HeadRow): ListRow {
    const { runId } = row;
    const [{ seq: lastSeq } = { seq: 0 }] = this.#all<{ readonly seq: number }>("lastSeq", runId);
    const [first, last] = [this.#readable(runId, 1), this.#readable(runId, lastSeq)];
    const goal = holds(row.goalSum, runId, row.goal) ? row.goal : "";
    const shown = {
      runId,
      goal,
      startedAt: rowTime(first?.at),
      updatedAt: rowTime(last?.at),
      lastSeq,
      lastType: rowText(last?.type),
    };
    const unreadable = {
      code: "RUN_DAMAGED",
      params: { runId, soundTo: lastSeq, ...HEAD_CHANGED },
    } as const;
    return { ...shown, position: positionOf(row), head: { ...shown, unreadable } };
  }

  #readable(runId: string, seq: number): RunEvent | undefined {
    try {
      return this.#soundEvents(runId, seq, 1)[0];
    } catch {
      return undefined;
    }
  }

  #journalRow(runId: string, row: PackedJournalRow): JournalRow {
    const { step, item, attempt, n } = row;
    const changed = (fault: RowFault) =>
      this.#damaged(runId, { damage: "journal-changed", step, attempt, n, row: fault });
    return this.#unpacked(row, [runId, step, item, attempt, n], changed) as JournalRow;
  }

  #checkCount(runId: string, written: number, found: number): void {
    if (found < written) throw this.#damaged(runId, { damage: "journal-short", found, written });
  }

  /**
   * The value of a row, if it matches its checksum and its blobs match their hashes; else throws the error of
   * `changed`.
   */
  #unpacked(row: PackedRow, key: readonly SqlValue[], changed: (fault: RowFault) => PlanloomError): unknown {
    if (!holds(row.sum, ...key, row.text, row.places)) throw changed({ fault: "checksum" });
    try {
      return unpack(row.text, row.places, (hash) => this.#blob(hash, changed));
    } catch (cause) {
      if (cause instanceof PlanloomError) throw cause;
      throw changed({ fault: "unreadable", reason: messageOf(cause) });
    }
  }

  #blob(hash: string, changed: (fault: RowFault) => PlanloomError): string {
    const [row] = this.#all<{ readonly json: string }>("loadBlob", hash);
    if (row === undefined) throw changed({ fault: "blob-missing", hash });
    if (sha256(row.json) !== hash) throw changed({ fault: "blob-changed", hash });
    return row.json;
  }

  /** Damage outside of the events, which may all be undamaged. */
  #damaged(runId: string, damage: RunDamage): PlanloomError {
    const [last] = this.#all<{ readonly seq: number }>("lastSeq", runId);
    return runDamaged(runId, last?.seq ?? 0, damage);
  }

  #all<Row>(statement: keyof Statements, ...values: SqlValue[]): Row[] {
    try {
      return this.sql[statement].all(...values) as Row[];
    } catch (thrown) {
      throw sqliteError(thrown, this.path);
    }
  }
}

const HEAD_CHANGED = { damage: "head-changed" } as const;

const missing = (seq: number): RunDamage => ({ damage: "event-missing", seq });

function listRowOf(row: HeadRow): ListRow {
  const { runId, startedAt, updatedAt, lastSeq, lastType } = row;
  const soundGoal = holds(row.goalSum, runId, row.goal);
  const goal = soundGoal ? row.goal : "";
  const stored = storedHead(row, goal);
  // The goal of a readable run is in its log. If the stored goal is damaged, it is taken from there.
  const head = soundGoal || stored?.unreadable !== undefined ? stored : undefined;
  return { runId, goal, startedAt, updatedAt, lastSeq, lastType, position: positionOf(row), head };
}

function storedHead({ runId, head, headSum }: HeadRow, goal: string): ListedRun | undefined {
  return head !== null && headSum !== null && holds(headSum, runId, head) ? unpackHead(head, goal) : undefined;
}

const positionOf = ({ updatedAt, runId }: HeadRow): ListPosition => ({ updatedAt, runId });

/** For SQL, in which -1 means no limit. */
const limitOf = (limit: number): number => (limit === Infinity ? -1 : limit);
