// The SQL of the store and the types of its rows. In: nothing. Out: one text for each statement, and types. Only this
// file and sqlite-tables.ts know the tables.

const RUN = `run AS runId, started_at AS startedAt, updated_at AS updatedAt, last_seq AS lastSeq, last_type AS lastType,
  epoch, journal_rows AS journalRows, holder, lease_until AS leaseUntil, runs.sum AS sum`;

export const SQL = {
  run: `SELECT ${RUN} FROM runs WHERE run = ?`,
  list: `SELECT ${RUN}, head, head_sum AS headSum, coalesce(goal, '') AS goal, goals.sum AS goalSum
    FROM runs LEFT JOIN goals USING (run) WHERE last_seq > 0 AND updated_at >= ? AND (? IS NULL OR (updated_at, run) < (?, ?))
    ORDER BY updated_at DESC, run DESC LIMIT ?`,
  saveRun: `INSERT INTO runs (run, started_at, updated_at, last_seq, last_type, epoch, journal_rows, sum)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET started_at = excluded.started_at, updated_at = excluded.updated_at,
    last_seq = excluded.last_seq, last_type = excluded.last_type, epoch = excluded.epoch,
    journal_rows = excluded.journal_rows, sum = excluded.sum`,
  saveHead: "UPDATE runs SET head = ?, head_sum = ? WHERE run = ? AND last_seq = ?",
  hold: "UPDATE runs SET holder = ?, lease_until = ? WHERE run = ?",
  renew: "UPDATE runs SET lease_until = ? WHERE holder = ?",
  release: "UPDATE runs SET holder = NULL, lease_until = 0 WHERE run = ? AND epoch = ?",
  goal: "INSERT OR REPLACE INTO goals (run, goal, sum) VALUES (?, ?, ?)",
  append: "INSERT INTO events (run, seq, event, places, sum) VALUES (?, ?, ?, ?, ?)",
  read: "SELECT seq, event AS text, places, sum FROM events WHERE run = ? AND seq >= ? ORDER BY seq LIMIT ?",
  lastSeq: "SELECT coalesce(max(seq), 0) AS seq FROM events WHERE run = ?",
  hasJournal: "SELECT 1 FROM journal WHERE run = ? AND step = ? AND item = ? AND attempt = ? AND n = ?",
  writeJournal:
    "INSERT OR REPLACE INTO journal (run, step, item, attempt, n, entry, places, sum) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
  readJournal: `SELECT step, item, attempt, n, entry AS text, places, sum FROM journal
    WHERE run = ? AND step = ? AND item = ? ORDER BY attempt, n`,
  readRunJournal: `SELECT step, item, attempt, n, entry AS text, places, sum FROM journal
    WHERE run = ? ORDER BY step, item, attempt, n`,
  countJournal: "SELECT count(*) AS rows FROM journal WHERE run = ?",
  nextCursor: "SELECT coalesce(max(cursor), 0) + 1 AS cursor FROM inbox WHERE run = ?",
  put: "INSERT OR IGNORE INTO inbox (run, cursor, input_id, entry, places, sum) VALUES (?, ?, ?, ?, ?, ?)",
  take: "SELECT cursor, entry AS text, places, sum FROM inbox WHERE run = ? AND cursor > ? ORDER BY cursor",
  saveBlob: "INSERT OR IGNORE INTO blobs (hash, json) VALUES (?, ?)",
  loadBlob: "SELECT json FROM blobs WHERE hash = ?",
  placesOf: `SELECT places FROM events WHERE run = ? AND places IS NOT NULL
    UNION ALL SELECT places FROM journal WHERE run = ? AND places IS NOT NULL
    UNION ALL SELECT places FROM inbox WHERE run = ? AND places IS NOT NULL`,
  placesOfAll: `SELECT places FROM events WHERE places IS NOT NULL
    UNION ALL SELECT places FROM journal WHERE places IS NOT NULL
    UNION ALL SELECT places FROM inbox WHERE places IS NOT NULL`,
  runIds: "SELECT run AS runId FROM runs WHERE last_seq > 0 UNION SELECT DISTINCT run FROM events ORDER BY 1",
  blobHashes: "SELECT hash FROM blobs",
  counts: `SELECT (SELECT count(*) FROM events) AS events, (SELECT count(*) FROM journal) AS journalRows,
    (SELECT count(*) FROM inbox) AS commands, (SELECT count(*) FROM blobs) AS largeValues,
    (SELECT coalesce(sum(length(json)), 0) FROM blobs) AS largeBytes`,
  deleteRun: "DELETE FROM runs WHERE run = ?",
  deleteGoal: "DELETE FROM goals WHERE run = ?",
  deleteEvents: "DELETE FROM events WHERE run = ?",
  deleteJournal: "DELETE FROM journal WHERE run = ?",
  deleteInbox: "DELETE FROM inbox WHERE run = ?",
  deleteBlob: "DELETE FROM blobs WHERE hash = ?",
} as const;

export interface RunRow {
  readonly runId: string;
  readonly startedAt: number;
  readonly updatedAt: number;
  readonly lastSeq: number;
  readonly lastType: string;
  readonly epoch: number;
  readonly journalRows: number;
  readonly holder: string | null;
  readonly leaseUntil: number;
  readonly sum: number | null;
}

export interface HeadRow extends RunRow {
  /** The result of `packHead`; null if none was stored. */
  readonly head: string | null;
  readonly headSum: number | null;
  readonly goal: string;
  readonly goalSum: number | null;
}

/** A stored value. `sum` covers the row's key and these two columns. */
export interface PackedRow {
  readonly text: string;
  readonly places: string | null;
  readonly sum: number | null;
}

export interface EventRow extends PackedRow {
  readonly seq: number;
}

export interface PackedJournalRow extends PackedRow {
  readonly step: string;
  readonly item: number;
  readonly attempt: number;
  readonly n: number;
}

export interface InboxRow extends PackedRow {
  readonly cursor: number;
}

export const newRunRow = (runId: string): RunRow => ({
  runId,
  startedAt: 0,
  updatedAt: 0,
  lastSeq: 0,
  lastType: "",
  epoch: 0,
  journalRows: 0,
  holder: null,
  leaseUntil: 0,
  sum: null,
});

/**
 * The columns that the checksum of a run's row covers. Not the holder and the lease, which change alone and in bulk.
 */
export const sealedOf = (row: RunRow) =>
  [row.runId, row.startedAt, row.updatedAt, row.lastSeq, row.lastType, row.epoch, row.journalRows] as const;
