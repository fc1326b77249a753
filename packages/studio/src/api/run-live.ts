// One run as it happens. In: its id. Out: its view after each change, and the answer while it is written. Each event asks
// for the view again; the page computes nothing from events.
import type { RunDocument } from "planloom";
import { get, Problem } from "./client.js";
import { Coalesced } from "./coalesced.js";
import { whenBack } from "./connection.js";
import { followEvents } from "./events.js";
import { isOpenedId } from "./opened.js";
import { answerPiece, stepNote } from "./progress.js";
import { isOver } from "./run-over.js";
import type { RunView } from "./run-view.js";
import { openStream, type Stream } from "./stream.js";

export interface LiveRun {
  readonly view?: RunView;
  /** When the view was read, in ms since 1970. */
  readonly readAt: number;
  /** The whole document. It is asked for when the run has ended. */
  readonly document?: RunDocument;
  /** What has been heard of the answer that is being written. */
  readonly writing: string;
  /** The last progress of each step, by `step` or `step[item]`. */
  readonly notes: ReadonlyMap<string, string>;
  /** The server refused: the run is unknown, for example. */
  readonly refused?: Problem;
}

export const NOTHING_READ: LiveRun = { readAt: 0, writing: "", notes: new Map() };

/** Time between two questions whether an ended run was retried elsewhere. */
const LOOK_MS = 4_000;

export class RunFollower {
  #timer: ReturnType<typeof setTimeout> | undefined;
  #state = NOTHING_READ;
  #closed = false;
  #streams: readonly Stream[] = [];
  readonly #path: string;
  readonly #views = new Coalesced(() => this.#ask());
  readonly #forget: () => void;

  constructor(
    private readonly runId: string,
    private readonly changed: (state: LiveRun) => void,
  ) {
    this.#path = `/v1/runs/${encodeURIComponent(runId)}`;
    document.addEventListener("visibilitychange", this.#seen);
    this.#forget = whenBack(this.#back);
    this.again();
  }

  /** Asks now: at first, after a command, and when a lost server is back. */
  readonly again = (): void => {
    void this.#refresh().then(() => this.#stream());
  };

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    document.removeEventListener("visibilitychange", this.#seen);
    this.#forget();
    this.#silence();
  }

  /** Streams that the server closed when it went away are opened again. */
  readonly #back = (): void => {
    this.#silence();
    this.again();
  };

  /** A browser allows few connections, so a hidden page has none. */
  readonly #seen = (): void => {
    if (document.hidden) this.#silence();
    else this.again();
  };

  #silence(): void {
    for (const stream of this.#streams) stream.close();
    this.#streams = [];
  }

  /** Opens the streams, unless they are open or nothing will follow. */
  #stream(): void {
    const { view } = this.#state;
    if (this.#closed || document.hidden || view === undefined || this.#streams.length > 0) return;
    if (isOver(view) || isOpenedId(this.runId)) return;
    const event = () => void this.#refresh();
    const ended = () => (this.#silence(), event());
    const failed = (thrown: unknown) => this.#failed(thrown);
    this.#streams = [followEvents(this.runId, view.seq, { event, ended, failed }), this.#progress()];
  }

  /** Progress is a courtesy: the view tells the same a little later, so its absence is no fault. */
  #progress(): Stream {
    return openStream(`${this.#path}/progress`, { on: ({ data }) => this.#told(JSON.parse(data) as unknown) });
  }

  #told(progress: unknown): void {
    const piece = answerPiece(progress);
    const note = stepNote(progress);
    if (piece !== undefined) this.#set({ writing: this.#state.writing + piece });
    else if (note !== undefined) this.#set({ notes: new Map(this.#state.notes).set(...note) });
    else void this.#refresh();
  }

  async #refresh(): Promise<void> {
    await this.#views.want().catch((thrown: unknown) => this.#failed(thrown));
  }

  async #ask(): Promise<void> {
    // The run of a file is read under the id of the file.
    const view = { ...(await get<RunView>(`${this.#path}/view`)), runId: this.runId };
    const { view: known, document } = this.#state;
    if (known !== undefined && view.seq < known.seq) return;
    if (document !== undefined && !isOver(view)) this.#reopened();
    const { refused: _passed, ...rest } = this.#state;
    this.#state = rest;
    this.#set({ view, readAt: Date.now() });
    if (isOver(view) && (document === undefined || known?.seq !== view.seq))
      this.#set({ document: await get<RunDocument>(this.#path) });
    if (isOver(view)) this.#lookLater();
  }

  /** A run that has ended has no stream. A person may retry it in another page or program. */
  #lookLater(): void {
    clearTimeout(this.#timer);
    if (!this.#closed) this.#timer = setTimeout(() => void this.#look(), LOOK_MS);
  }

  async #look(): Promise<void> {
    const { view } = this.#state;
    const path = `${this.#path}/events?after=${view?.seq ?? 0}&limit=1`;
    const hasMore = document.hidden
      ? false
      : await get<{ readonly events: readonly unknown[] }>(path).then(
          ({ events }) => events.length > 0,
          () => false,
        );
    if (hasMore) this.again();
    else this.#lookLater();
  }

  /** A person retries the run: what was known of its end is no longer true. */
  #reopened(): void {
    const { document: _ended, ...rest } = this.#state;
    this.#state = { ...rest, writing: "" };
  }

  /** A lost server is not told here: the frame of the page says it, and asks until it is back. */
  #failed(thrown: unknown): void {
    if (thrown instanceof Problem && thrown.status >= 400 && thrown.status < 500) this.#set({ refused: thrown });
  }

  #set(change: Partial<LiveRun>): void {
    this.#state = { ...this.#state, ...change };
    if (!this.#closed) this.changed(this.#state);
  }
}
