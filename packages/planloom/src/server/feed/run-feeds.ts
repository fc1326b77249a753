// The runs that somebody follows. In: readers that come and go. Out: one feed for each run, as long as it
// has readers; or a refusal, because readers have limits.
import type { LoomRun } from "../../loom/loom-run.js";
import { LIMITS } from "../../limits.js";
import { PlanloomError } from "../../words/planloom-error.js";
import { RunFeed } from "./run-feed.js";

/** A reader's part in a feed. `leave` may be called twice. */
export interface FeedSeat {
  readonly feed: RunFeed;
  readonly leave: () => void;
}

export class RunFeeds {
  readonly #feeds = new Map<string, RunFeed>();
  #readers = 0;

  /** A reader that has the events up to `after`, which the run has. Throws TOO_MANY_STREAMS. */
  join(run: LoomRun<unknown>, after: number): FeedSeat {
    if (this.#readers >= LIMITS.eventStreams) throw tooMany("server", LIMITS.eventStreams);
    const feed = this.#feeds.get(run.id) ?? this.#begin(run, after);
    if (feed.readers >= LIMITS.eventStreamsPerRun) throw tooMany("run", LIMITS.eventStreamsPerRun);
    this.#readers += 1;
    feed.readers += 1;
    let isHere = true;
    const leave = () => {
      if (!isHere) return;
      isHere = false;
      this.#readers -= 1;
      feed.readers -= 1;
      if (feed.readers > 0) return;
      this.#forget(feed);
      feed.close();
    };
    return { feed, leave };
  }

  /** The run, if somebody follows it: its log need not be read to know that it exists. */
  followed(runId: string): LoomRun<unknown> | undefined {
    return this.#feeds.get(runId)?.run;
  }

  #begin(run: LoomRun<unknown>, after: number): RunFeed {
    const feed: RunFeed = new RunFeed(run, after + 1, () => this.#forget(feed));
    this.#feeds.set(run.id, feed);
    return feed;
  }

  /** A run that has ended may be retried: then it gets another feed. */
  #forget(feed: RunFeed): void {
    if (this.#feeds.get(feed.run.id) === feed) this.#feeds.delete(feed.run.id);
  }
}

const tooMany = (of: "run" | "server", most: number) =>
  new PlanloomError("TOO_MANY_STREAMS", { of, most }, { retryAfterMs: 5_000 });
