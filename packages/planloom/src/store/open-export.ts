// Opens an exported run as a store that can only be read. In: the document, or a file. Out: the store. A damaged
// document, and one of a later version, is refused before anything reads it.
import { messageOf } from "../error.js";
import { decodedText } from "../files/text-encoding.js";
import { foldNext } from "../run/log/chain.js";
import { emptyRun } from "../run/state.js";
import { PlanloomError } from "../words/planloom-error.js";
import type { EventStore, InboxEntry, JournalRow, JournalScope, ListQuery, Owner, RunList } from "./event-store.js";
import { memoryStore } from "./memory.js";
import { sealOf, shapedExport, type RunExport } from "./run-export.js";
import { readEvent } from "./store-error.js";

/**
 * A store in memory that holds the exported run and nothing else. Every write is refused with STORE_READ_ONLY. Throws
 * EXPORT_INVALID, EXPORT_DAMAGED, EVENT_NEWER. `file` is its name, for messages.
 */
export function openExport(document: unknown, file?: string): EventStore {
  const sound = soundExport(shapedExport(document, file), file);
  return new ExportStore(sound, file === undefined ? `export of run ${sound.runId}` : `export ${file}`);
}

/** The same for the bytes of a file. Throws EXPORT_INVALID for bytes that are not JSON in UTF-8. */
export const openExportFile = (bytes: Uint8Array, file: string): EventStore =>
  openExport(exportDocument(bytes, file), file);

/** The document in the bytes of a file. Its form is not checked. Throws EXPORT_INVALID, FILE_NOT_UTF8. */
export function exportDocument(bytes: Uint8Array, file: string): unknown {
  const decoded = decodedText(bytes);
  if (!decoded.ok) throw new PlanloomError("FILE_NOT_UTF8", { file, encoding: decoded.encoding });
  try {
    return JSON.parse(decoded.text);
  } catch (cause) {
    throw new PlanloomError("EXPORT_INVALID", { file, problem: "unreadable", reason: messageOf(cause) }, { cause });
  }
}

function soundExport(document: RunExport, file: string | undefined): RunExport {
  const { runId, events, seal } = document;
  const named = file === undefined ? {} : { file };
  const run = emptyRun(runId);
  for (const [index, event] of events.entries()) {
    const link = foldNext(run, event, events[index - 1]);
    if (link.ok) continue;
    if (link.why === "newer") readEvent(runId, link);
    throw new PlanloomError("EXPORT_DAMAGED", { ...named, runId, part: "event", seq: link.seq });
  }
  if (seal !== sealOf(document)) throw new PlanloomError("EXPORT_DAMAGED", { ...named, runId, part: "seal" });
  return document;
}

class ExportStore implements EventStore {
  readonly #journal: readonly JournalRow[];
  readonly #runs = memoryStore();
  readonly #filled: Promise<void>;

  constructor(
    { runId, events, journal }: RunExport,
    readonly name: string,
  ) {
    this.#journal = journal;
    this.#filled = this.#runs.append(runId, { expectedSeq: 0, epoch: 0 }, events);
  }

  async read(...args: Parameters<EventStore["read"]>): ReturnType<EventStore["read"]> {
    await this.#filled;
    return this.#runs.read(...args);
  }

  async list(query?: ListQuery): Promise<RunList> {
    await this.#filled;
    return this.#runs.list(query);
  }

  async readJournal({ runId, stepId, item }: JournalScope): Promise<readonly JournalRow[]> {
    return this.#journal.filter((row) => row.runId === runId && row.stepId === stepId && row.item === item);
  }

  async readRunJournal(runId: string): Promise<readonly JournalRow[]> {
    return this.#journal.filter((row) => row.runId === runId);
  }

  async owner(): Promise<Owner | undefined> {
    return undefined;
  }

  async take(): Promise<readonly InboxEntry[]> {
    return [];
  }

  append = (): Promise<never> => this.#refuse();
  writeJournal = (): Promise<never> => this.#refuse();
  claim = (): Promise<never> => this.#refuse();
  put = (): Promise<never> => this.#refuse();
  delete = (): Promise<never> => this.#refuse();

  // Nothing is owned, so nothing is to be kept.
  async renew(): Promise<void> {}
  async release(): Promise<void> {}
  async close(): Promise<void> {}

  async #refuse(): Promise<never> {
    throw new PlanloomError("STORE_READ_ONLY", { store: this.name });
  }
}
