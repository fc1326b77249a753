// Exported runs that people opened, in the memory of the server. In: the document of an export. Out: an id under which
// the run can be read, until it is given up. Nothing of a file that cannot be opened is kept.
import { randomBytes } from "node:crypto";
import type { Clock } from "../../clock.js";
import { LIMITS } from "../../limits.js";
import { createLoom } from "../../loom/create-loom.js";
import type { Loom } from "../../loom/loom.js";
import { openExport } from "../../store/open-export.js";
import { shapedExport, type RunExport } from "../../store/run-export.js";
import { PlanloomError } from "../../words/planloom-error.js";

/** What is told of an opened file. */
export interface OpenedFile {
  /** Stands for the run in all routes that read it. */
  readonly id: string;
  readonly runId: string;
  readonly goal: string;
  /** The secrets and events whose values were replaced. null: none was found. */
  readonly replaced: { readonly secrets: readonly string[]; readonly events: number } | null;
  /** ISO 8601: when the server gives it up. */
  readonly until: string;
}

export interface OpenedRun {
  readonly file: OpenedFile;
  readonly loom: Loom;
}

/** Begins the id of every opened run. */
const PREFIX = "file~";

export const isOpenedId = (id: string): boolean => /^file~[\w-]{22}$/u.test(id);

export class OpenedRuns {
  /** The oldest first. */
  readonly #open = new Map<string, OpenedRun>();

  constructor(private readonly clock: Clock) {}

  /** Throws the errors of openExport. `file` names it in messages. */
  async open(document: unknown, file: string): Promise<OpenedRun> {
    const { runId, replaced, events } = shapedExport(document, file);
    const store = openExport(document, file);
    const endedAt = events.at(-1)?.at ?? 0;
    // The run stands still, as it was at its last event.
    const clock: Clock = { now: () => endedAt, setTimer: (ms, fn) => this.clock.setTimer(ms, fn) };
    const loom = await createLoom({ store }, { env: {}, callsNoModel: true, clock });
    const goal = await goalOf(loom, runId).catch(async (error: unknown) => {
      await loom.close();
      throw error;
    });
    const [oldest] = this.#open.keys();
    if (this.#open.size >= LIMITS.openedRuns && oldest !== undefined) this.#giveUp(oldest);
    const until = new Date(this.clock.now() + LIMITS.openedMs).toISOString();
    const id = PREFIX + randomBytes(16).toString("base64url");
    const opened = { file: { id, runId, goal, replaced: shownReplaced(replaced), until }, loom };
    this.#open.set(id, opened);
    return opened;
  }

  /** Throws OPENED_GONE. */
  get(id: string): OpenedRun {
    const found = this.#open.get(id);
    if (found !== undefined && Date.parse(found.file.until) > this.clock.now()) return found;
    this.#giveUp(id);
    throw new PlanloomError("OPENED_GONE", { id });
  }

  #giveUp(id: string): void {
    void this.#open.get(id)?.loom.close();
    this.#open.delete(id);
  }
}

/** Reads the whole run, so that a log that cannot be read is refused before it is kept. */
async function goalOf(loom: Loom, runId: string): Promise<string> {
  const run = await loom.get(runId);
  return (await run.view()).goal;
}

const shownReplaced = (replaced: RunExport["replaced"]): OpenedFile["replaced"] =>
  replaced === undefined ? null : { secrets: replaced.secrets, events: replaced.events };
