// Shows the child runs of a run that is followed. In: a loom, and the follower of the run. Out: their lines under the step
// that they are, and a follower for each, with which a person at the terminal answers it.
import { readLog } from "../engine/log.js";
import type { Loom } from "../loom/loom.js";
import type { RunEvent } from "../run/event.js";
import { refText } from "../run/step-ref.js";
import { worksOf } from "../run/steps.js";
import type { Display } from "./display.js";
import { Follower } from "./follow.js";
import { oneLine, paint } from "./style.js";

const nothing = (): void => undefined;

export class SubRuns {
  readonly #followers = new Map<string, Promise<Follower>>();
  readonly #over = new AbortController();

  constructor(
    private readonly loom: Loom,
    private readonly display: Display,
    private readonly isQuiet: boolean,
  ) {}

  /** Follows the child runs that are open, and each that begins. */
  watch(follower: Follower, above: readonly string[] = []): void {
    follower.watch((event) => {
      if (event.type !== "step.delegated") return;
      const { run, ...ref } = event.data;
      void this.#join(run, [...above, refText(ref)], "all");
    });
    for (const work of [...(follower.run?.execution.steps.values() ?? [])].flatMap(worksOf)) {
      const { child, status, item, step } = work;
      if (child === undefined || status !== "running") continue;
      const ref = { step: step.spec.id, ...(item === null ? {} : { item }) };
      void this.#join(child.run, [...above, refText(ref)], "new");
    }
  }

  /** The follower of a child run, with its state at this event or later. */
  async of(runId: string, seq: number): Promise<Follower> {
    const follower = await this.#join(runId, [runId], "new");
    await new Promise<void>((resolve) => {
      const isThere = (): boolean => (follower.run?.log.seq ?? 0) >= seq;
      if (isThere() || this.#over.signal.aborted) return resolve();
      const forget = follower.watch(() => {
        if (!isThere()) return;
        forget();
        resolve();
      });
      this.#over.signal.addEventListener("abort", () => resolve(), { once: true });
    });
    return follower;
  }

  /** Ends the following, and shows what has happened until now. */
  async end(): Promise<void> {
    if (this.#over.signal.aborted) return;
    this.#over.abort();
    for (const [runId, joined] of this.#followers) {
      const follower = await joined.catch(nothing);
      const log = await this.loom.store.read(runId, (follower?.run?.log.seq ?? 0) + 1).catch(() => []);
      for (const event of log) if (follower !== undefined) next(follower, event);
    }
  }

  /** `shows`: all its events, or only those from now on. */
  #join(runId: string, labels: readonly string[], shows: "all" | "new"): Promise<Follower> {
    const known = this.#followers.get(runId);
    if (known !== undefined) return known;
    const joined = this.#follow(runId, labels, shows);
    this.#followers.set(runId, joined);
    joined.catch(nothing);
    return joined;
  }

  async #follow(runId: string, labels: readonly string[], shows: "all" | "new"): Promise<Follower> {
    const follower = new Follower(under(this.display, labels), nothing, this.isQuiet);
    const log = await readLog(this.loom.store, runId);
    if (shows === "new") follower.hold().seed(log);
    this.watch(follower, labels);
    if (shows === "all") for (const event of log) next(follower, event);
    this.#tail(runId, follower, log.at(-1)?.seq ?? 0).catch(nothing);
    return follower;
  }

  async #tail(runId: string, follower: Follower, seq: number): Promise<void> {
    const { signal } = this.#over;
    for await (const event of this.loom.engine.events(runId, { fromSeq: seq + 1, follow: true, signal }))
      if (!signal.aborted) next(follower, event);
  }
}

/** An event may come by two ways. */
function next(follower: Follower, event: RunEvent): void {
  if (event.seq > (follower.run?.log.seq ?? 0)) follower.event(event);
}

/** A display whose lines begin with the steps that the run stands under. Headings of phases are left out. */
function under(display: Display, labels: readonly string[]): Display {
  const before = labels.map((label) => paint("dim", `  ${oneLine(label, 40)} |`)).join("");
  return {
    show: (lines) =>
      display.show(
        lines
          .filter(({ isHeading }) => isHeading !== true)
          .map((line) => ({ ...line, text: line.text.replaceAll(/^/gm, before) })),
      ),
    follow: nothing,
    answer: nothing,
    settle: nothing,
    rest: () => display.rest(),
  };
}
