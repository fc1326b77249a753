// The tables of the store and their migrations. In: a database. Out: the same with the tables of this version. Every
// released migration stays here, and a new file runs all of them.
import { PlanloomError } from "../words/planloom-error.js";
import { hasLogMark, LOG_MARK } from "./log-merge.js";
import type { SqlDatabase } from "./sqlite-driver.js";
import { storeDamaged } from "./sqlite-error.js";

/** "Plnl": marks the file as ours among all SQLite files. */
const APPLICATION_ID = 0x506c6e6c;

// `runs` is written with every append and therefore holds nothing long. The goal has its own table.
const VERSION_1 = `
  CREATE TABLE runs (run TEXT PRIMARY KEY, started_at INTEGER NOT NULL DEFAULT 0, updated_at INTEGER NOT NULL DEFAULT 0,
    last_seq INTEGER NOT NULL DEFAULT 0, last_type TEXT NOT NULL DEFAULT '',
    epoch INTEGER NOT NULL DEFAULT 0, holder TEXT, lease_until INTEGER NOT NULL DEFAULT 0);
  CREATE INDEX runs_by_holder ON runs (holder) WHERE holder IS NOT NULL;
  CREATE TABLE goals (run TEXT PRIMARY KEY, goal TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE events (run TEXT NOT NULL, seq INTEGER NOT NULL, event TEXT NOT NULL, places TEXT,
    PRIMARY KEY (run, seq)) WITHOUT ROWID;
  CREATE TABLE journal (run TEXT NOT NULL, step TEXT NOT NULL, item INTEGER NOT NULL, attempt INTEGER NOT NULL,
    n INTEGER NOT NULL, entry TEXT NOT NULL, places TEXT, PRIMARY KEY (run, step, item, attempt, n)) WITHOUT ROWID;
  CREATE TABLE inbox (run TEXT NOT NULL, cursor INTEGER NOT NULL, input_id TEXT NOT NULL, entry TEXT NOT NULL, places TEXT,
    PRIMARY KEY (run, cursor), UNIQUE (run, input_id)) WITHOUT ROWID;
  CREATE TABLE blobs (hash TEXT PRIMARY KEY, json TEXT NOT NULL);
`;

// Checksums, and the number of each run's journal rows, so that a missing last row is noticed. `sum` is always the last
// column: damage that shifts the columns before it also changes it.
const VERSION_2 = `
  INSERT OR IGNORE INTO runs (run) SELECT DISTINCT run FROM journal;
  ALTER TABLE runs ADD COLUMN journal_rows INTEGER NOT NULL DEFAULT 0;
  UPDATE runs SET journal_rows = (SELECT count(*) FROM journal WHERE journal.run = runs.run);
  ALTER TABLE runs ADD COLUMN sum INTEGER;
  ALTER TABLE goals ADD COLUMN sum INTEGER;
  ALTER TABLE events ADD COLUMN sum INTEGER;
  ALTER TABLE journal ADD COLUMN sum INTEGER;
  ALTER TABLE inbox ADD COLUMN sum INTEGER;
`;

// Heads of runs, and their checksums. Like the mark of the log, they were added without a new version: an older Planloom can still open the file and
// append. It does not write these columns, so the head of such a run becomes stale and is computed again.
const HEADS = `
  ALTER TABLE runs ADD COLUMN head TEXT;
  ALTER TABLE runs ADD COLUMN head_sum INTEGER;
`;

/** Migration n leads from version n to n + 1. An empty file has version 0. */
const STEPS = [VERSION_1, VERSION_2];

/**
 * Migrates the tables to this version. Throws STORE_FAILED, STORE_NEWER, STORE_DAMAGED for a file that must not be
 * changed.
 */
export function bringUp(db: SqlDatabase, path: string): void {
  if (recognise(db, path) === STEPS.length && hasHeads(db) && hasLogMark(db)) return;
  db.exec("BEGIN IMMEDIATE");
  // Checks again under the lock: if several processes open the file, the first one migrates it.
  for (let version = recognise(db, path); version < STEPS.length; version++) {
    db.exec(STEPS[version]!);
    db.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${version + 1}`);
  }
  if (!hasHeads(db)) db.exec(HEADS);
  if (!hasLogMark(db)) db.exec(LOG_MARK);
  db.exec("COMMIT");
}

function hasHeads(db: SqlDatabase): boolean {
  return db.prepare("SELECT 1 FROM pragma_table_info('runs') WHERE name = 'head'").get() !== undefined;
}

/** The version of the tables, 0 for an empty file. Throws for a file of another program. */
export function recognise(db: SqlDatabase, path: string): number {
  const { version, owner, tables } = db.prepare(STATE).get() as { version: number; owner: number; tables: number };
  if (tables > 0 && owner !== APPLICATION_ID) {
    throw new PlanloomError("STORE_FAILED", { problem: "foreign", path });
  }
  if (version > STEPS.length) {
    throw new PlanloomError("STORE_NEWER", { path, version, known: STEPS.length });
  }
  if (tables > 0 !== version > 0) throw storeDamaged(path, { damage: "version", version });
  const active = db.prepare(ACTIVE).get() as { readonly name: string } | undefined;
  if (active !== undefined) throw new PlanloomError("STORE_FAILED", { problem: "active", path, of: active.name });
  return version;
}

/**
 * What computes or changes rows by itself: triggers, views, virtual tables, generated columns. A store has none of
 * them. In a file of others, a trigger could write the approval of a run that it sees.
 */
const ACTIVE = `SELECT name FROM sqlite_master WHERE type NOT IN ('table', 'index') OR sql LIKE 'CREATE VIRTUAL%'
  UNION ALL SELECT m.name FROM sqlite_master AS m, pragma_table_xinfo(m.name) AS x WHERE m.type = 'table' AND x.hidden > 0
  LIMIT 1`;

/** One statement, because another process may be creating the tables. */
const STATE = `SELECT (SELECT count(*) FROM sqlite_master) AS tables, (SELECT user_version FROM pragma_user_version) AS version,
  (SELECT application_id FROM pragma_application_id) AS owner`;
