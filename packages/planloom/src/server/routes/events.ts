// The events of a run over HTTP. In: a loom. Out: a route that gives JSON, or server-sent events until the run ends.
import { Hono, type Context } from "hono";
import type { Loom } from "../../loom/loom.js";
import type { LoomRun } from "../../loom/loom-run.js";
import { soundFeed } from "../../loom/start-options.js";
import { LIMITS } from "../../limits.js";
import type { RunEvent } from "../../run/event.js";
import { isEndedStatus } from "../../run/status.js";
import type { CallerVariables } from "../access/tokens.js";
import { endText, eventStream, eventText, HEARTBEAT, type StreamPorts } from "../feed/event-stream.js";
import { eventsAfter, type Group } from "../feed/reading.js";
import type { RunFeeds } from "../feed/run-feeds.js";

export interface EventPorts extends StreamPorts {
  readonly feeds: RunFeeds;
}

export function eventRoutes(loom: Loom, ports: EventPorts): Hono<CallerVariables> {
  return new Hono<CallerVariables>().get("/runs/:id/events", async (context) => {
    const runId = context.req.param("id");
    const run = ports.feeds.followed(runId) ?? (await loom.get(runId));
    const known = context.req.header("last-event-id");
    const after = numberIn(known ?? context.req.query("after") ?? "0");
    if (!(context.req.header("accept") ?? "").includes("text/event-stream")) return eventPage(context, run, after);
    const { isReached, hasMore } = await standing(run, after);
    if (!isReached) soundFeed({ after: Number.NaN });
    // An EventSource connects again after every end. This answer tells it to stop.
    if (known !== undefined && !hasMore && (await isOver(run))) return context.body(null, 204);
    return streamOf(context, run, after, ports);
  });
}

/** Throws AFTER_INVALID. */
function numberIn(text: string): number {
  const after = /^\d{1,15}$/u.test(text) ? Number(text) : Number.NaN;
  soundFeed({ after });
  return after;
}

/** Whether the run has the event `after`, and a later one. */
async function standing(run: LoomRun<unknown>, after: number) {
  const seen: number[] = [];
  for await (const { seq } of run.events({ fromSeq: Math.max(after, 1) })) if (seen.push(seq) === 2) break;
  return { isReached: after === 0 || seen[0] === after, hasMore: after === 0 || seen.length === 2 };
}

const isOver = async (run: LoomRun<unknown>): Promise<boolean> => isEndedStatus((await run.document()).status);

async function eventPage(context: Context, run: LoomRun<unknown>, after: number): Promise<Response> {
  const most = Math.min(numberIn(context.req.query("limit") ?? String(LIMITS.eventsAtOnce)), LIMITS.eventsAtOnce);
  const events: RunEvent[] = [];
  let hasMore = false;
  for await (const event of run.events({ fromSeq: after + 1 })) {
    hasMore = events.length >= most;
    if (hasMore) break;
    events.push(event);
  }
  return context.json({ events, hasMore }, 200, { "cache-control": "no-store" });
}

/** Named events reach `addEventListener` of a browser, not `onmessage`. With `names=off`, none but `end` has a name. */
function streamOf(context: Context, run: LoomRun<unknown>, after: number, ports: EventPorts): Response {
  const seat = ports.feeds.join(run, after);
  const isNamed = context.req.query("names") !== "off";
  const text = (group: Group): string =>
    group.length === 0
      ? HEARTBEAT
      : group.map(({ seq, type, json }) => eventText(isNamed ? type : undefined, json, seq)).join("");
  async function* texts(signal: AbortSignal): AsyncGenerator<string, void> {
    const reading = eventsAfter(seat.feed, after, { clock: ports.clock, signal });
    for (;;) {
      const { done, value } = await reading.next();
      yield done === true ? endText(value) : text(value);
      if (done === true) return;
    }
  }
  return eventStream(context, ports, texts, seat.leave);
}
