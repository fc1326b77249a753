// Lists runs by their heads, the same for every store. In: a query, and three functions of a store. Out: one part of
// the list. Missing or stale heads are computed from the log and given to the store. Runs that cannot be read become
// rows.
import { PlanloomError } from "../words/planloom-error.js";
import { LIMITS } from "../limits.js";
import type { Json } from "../plan/json.js";
import { EVENT_VERSION, type RunEvent } from "../run/event.js";
import { HEAD_VERSION } from "../run/view/head.js";
import type { ListedRun, ListQuery, RunList, StatusFilter, UnreadableRun } from "./event-store.js";
import type { Unreadable } from "./unreadable.js";

/** The position of a run in the list's order. */
export interface ListPosition {
  readonly updatedAt: number;
  readonly runId: string;
}

/** A run as a store keeps it. Numbers and texts are valid: see `rowTime` and `rowText`. */
export interface ListRow {
  readonly runId: string;
  readonly goal: string;
  readonly startedAt: number;
  readonly updatedAt: number;
  readonly lastSeq: number;
  readonly lastType: string;
  /** The values that the order of the list is made from. */
  readonly position: ListPosition;
  /** The head last stored for this run. undefined if there is none, or if it is damaged. */
  readonly head: ListedRun | undefined;
}

/** The functions that a store provides. */
export interface ListSource {
  /**
   * At most `limit` runs that have an event. Order: largest `updatedAt` first, then largest id. Only runs after `after`
   * in this order, with `updatedAt` at `since` or later.
   */
  rows(after: ListPosition | undefined, since: number, limit: number): Promise<readonly ListRow[]>;
  /** All events of a run; rejects as `EventStore.read` does. */
  read(runId: string): Promise<readonly RunEvent[]>;
  /** Stores computed heads. Each is stored only if its `lastSeq` is still the seq of the run's last event. */
  keep(heads: readonly ListedRun[]): Promise<void>;
}

/** See EventStore.list. */
export async function listRuns(source: ListSource, query: ListQuery = {}): Promise<RunList> {
  const { limit = Infinity, since = Number.MIN_SAFE_INTEGER } = query;
  const runs: ListedRun[] = [];
  const heads = new Heads(source);
  let last = positionIn(query.cursor);
  let after = last;
  // One run more than the limit tells whether there is a next part.
  let rows = await source.rows(after, since, Math.min(LIMITS.listRows, limit + 1));
  // A store may sort all runs for each part. The parts grow, so that it sorts only a few times.
  let part = LIMITS.listRows;
  while (rows.length > 0 && limit >= 1) {
    for (const row of rows) {
      after = row.position;
      if (!hasText(row, query.text)) continue;
      const run = await heads.of(row);
      const fits = hasStatus(run, query.status) && hasTags(run, query.tag) && isFrom(run, query.playbook);
      if (!fits || !hasPlace(run, query)) continue;
      if (runs.length === limit) {
        await heads.keep();
        return { runs, cursor: cursorAt(last!) };
      }
      runs.push(run);
      last = after;
    }
    rows = await source.rows(after, since, part);
    part *= 2;
  }
  await heads.keep();
  return { runs };
}

/** The heads of rows. Computed heads are stored in batches. */
class Heads {
  #computed: ListedRun[] = [];

  constructor(private readonly source: ListSource) {}

  async of(row: ListRow): Promise<ListedRun> {
    if (row.head?.lastSeq === row.lastSeq) return row.head;
    const head = await this.#compute(row);
    if (head.unreadable === undefined || LASTING.includes(head.unreadable.code)) this.#computed.push(head);
    if (this.#computed.length >= LIMITS.listHeads) await this.keep();
    return head;
  }

  /** A list only reads: it does not fail if its heads cannot be stored (a full disk, a locked file). */
  async keep(): Promise<void> {
    if (this.#computed.length === 0) return;
    const heads = this.#computed;
    this.#computed = [];
    await this.source.keep(heads).catch(() => undefined);
  }

  async #compute(row: ListRow): Promise<ListedRun> {
    const { headInLog, oddValues } = await import("./head-in-log.js");
    try {
      return headInLog(row, await this.source.read(row.runId));
    } catch (thrown) {
      const { code, params } = thrown instanceof PlanloomError ? thrown : oddValues(row.runId);
      return unreadableRun(row, { code, params } as Unreadable);
    }
  }
}

/** Reasons that stay until the run changes. Any other reason may be gone the next time. */
const LASTING: readonly string[] = ["EVENT_NEWER", "RUN_DAMAGED", "STORE_DAMAGED"];

function unreadableRun(row: Omit<ListRow, "head">, unreadable: Unreadable): UnreadableRun {
  const { runId, goal, startedAt, updatedAt, lastSeq, lastType } = row;
  return { runId, goal, unreadable, startedAt, updatedAt, lastSeq, lastType };
}

// Filters

/** All values of `status`. */
export const STATUS_FILTERS = Object.keys({
  planning: 0,
  running: 0,
  answering: 0,
  compensating: 0,
  paused: 0,
  "awaiting-approval": 0,
  "needs-attention": 0,
  completed: 0,
  failed: 0,
  cancelled: 0,
  waiting: 0,
  unreadable: 0,
} satisfies Record<StatusFilter, 0>) as readonly StatusFilter[];

function hasStatus(run: ListedRun, wanted: ListQuery["status"]): boolean {
  if (wanted === undefined) return true;
  const any = typeof wanted === "string" ? [wanted] : wanted;
  if (run.unreadable !== undefined) return any.includes("unreadable");
  return any.includes(run.status) || (run.waiting !== undefined && any.includes("waiting"));
}

function hasTags(run: ListedRun, wanted: ListQuery["tag"] = []): boolean {
  const all = typeof wanted === "string" ? [wanted] : wanted;
  return all.every((tag) => run.unreadable === undefined && run.tags.includes(tag));
}

const isFrom = (run: ListedRun, wanted: string | undefined): boolean =>
  wanted === undefined || (run.unreadable === undefined && run.playbook === wanted);

/** A run that cannot be read may be any run. */
function hasPlace(run: ListedRun, { within, children = true }: ListQuery): boolean {
  if (run.unreadable !== undefined) return within === undefined;
  if (within !== undefined) return run.within?.root === within || run.within?.runId === within;
  return children || run.within === undefined;
}

function hasText({ runId, goal }: ListRow, text = ""): boolean {
  const part = text.toLowerCase();
  return part === "" || runId.toLowerCase().includes(part) || goal.toLowerCase().includes(part);
}

// Cursors

const cursorAt = ({ updatedAt, runId }: ListPosition): string =>
  Buffer.from(JSON.stringify([updatedAt, runId])).toString("base64url");

function positionIn(cursor: string | undefined): ListPosition | undefined {
  if (cursor === undefined) return undefined;
  try {
    const [updatedAt, runId] = JSON.parse(Buffer.from(cursor, "base64url").toString()) as readonly Json[];
    if (typeof updatedAt === "number" && typeof runId === "string") return { updatedAt, runId };
  } catch {
    // Answered below.
  }
  throw new PlanloomError("CURSOR_INVALID", {});
}

// Rows

/** A time as a row keeps it: an event of a newer version, or a damaged one, may hold any value. */
export const rowTime = (at: unknown): number => (typeof at === "number" && Number.isFinite(at) ? at : 0);

/** A text as a row keeps it. */
export const rowText = (text: unknown): string => (typeof text === "string" ? text : "");

interface PackedHead {
  /** The head version and the newest event version known to the Planloom that stored the head. */
  readonly by: readonly [head: number, event: number];
  /** The length of the goal, which is stored elsewhere. */
  readonly goalChars: number;
  readonly head: ListedRun;
}

/** The head as durable stores keep it: with the versions that made it, and without the goal, which may be long. */
export function packHead(head: ListedRun): string {
  const packed: PackedHead = {
    by: [HEAD_VERSION, EVENT_VERSION],
    goalChars: head.goal.length,
    head: { ...head, goal: "" },
  };
  return JSON.stringify(packed);
}

/**
 * The head with its goal. undefined if it has to be computed again, because the goal is another one or this version may
 * read more of the log. Never throws.
 */
export function unpackHead(text: string, goal: string): ListedRun | undefined {
  try {
    const { by, goalChars, head } = JSON.parse(text) as PackedHead;
    const [headVersion, eventVersion] = by;
    const sameReader = headVersion === HEAD_VERSION && eventVersion === EVENT_VERSION;
    const fresh = head.unreadable === undefined ? headVersion >= HEAD_VERSION && goalChars === goal.length : sameReader;
    return fresh ? { ...head, goal } : undefined;
  } catch {
    return undefined;
  }
}
