// One reader of a run's events. In: a feed, and the last event that the reader has. Out: the later events in order, each
// once, in groups. Nothing is read ahead of the reader, so a slow one costs one group.
import type { Clock } from "../../clock.js";
import { LIMITS } from "../../limits.js";
import { sentEvent, type FeedEnd, type RunFeed, type SentEvent } from "./run-feed.js";

/** Some events; or none, after a quiet time. */
export type Group = readonly SentEvent[];

export type ReadingEnd = FeedEnd | "server-stopping";

export async function* eventsAfter(
  feed: RunFeed,
  after: number,
  { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal },
): AsyncGenerator<Group, ReadingEnd> {
  let next = after + 1;
  while (!signal.aborted) {
    const kept = feed.from(next);
    if (kept === undefined || kept.length > 0) {
      for await (const group of kept === undefined ? recorded(feed, next) : [beginningOf(kept)]) {
        yield group;
        next = group.at(-1)!.seq + 1;
        if (signal.aborted || feed.from(next) !== undefined) break;
      }
      if (kept !== undefined || feed.from(next) !== undefined) continue;
    }
    if (feed.end !== undefined) return feed.end;
    if ((await nextOf(feed, clock, signal)) === "quiet") yield [];
  }
  return "server-stopping";
}

/** Events that the feed has not kept, from the log. A log that cannot be read ends the feed, too. */
async function* recorded(feed: RunFeed, fromSeq: number): AsyncGenerator<Group, void> {
  let group: SentEvent[] = [];
  let bytes = 0;
  for await (const event of feed.run.events({ fromSeq })) {
    const sent = sentEvent(event);
    group.push(sent);
    bytes += sent.json.length;
    if (bytes < LIMITS.chunkBytes) continue;
    yield group;
    [group, bytes] = [[], 0];
  }
  if (group.length > 0) yield group;
}

function beginningOf(events: readonly SentEvent[]): Group {
  let bytes = 0;
  const end = events.findIndex(({ json }) => (bytes += json.length) >= LIMITS.chunkBytes);
  return end === -1 ? events : events.slice(0, end + 1);
}

/** Resolves when the feed has more or ends, when the signal is aborted, or after a quiet time. */
export function nextOf(
  source: { onMore(bell: () => void): () => void },
  clock: Clock,
  signal: AbortSignal,
): Promise<"more" | "quiet"> {
  return new Promise((resolve) => {
    const done = (why: "more" | "quiet") => {
      for (const end of endings) end();
      signal.removeEventListener("abort", more);
      resolve(why);
    };
    const more = () => done("more");
    const endings = [source.onMore(more), clock.setTimer(LIMITS.heartbeatMs, () => done("quiet"))];
    signal.addEventListener("abort", more, { once: true });
    if (signal.aborted) more();
  });
}
