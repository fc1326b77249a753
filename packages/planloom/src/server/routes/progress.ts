// The progress of a run over HTTP, which is never stored. In: a loom. Out: a route of server-sent events until the run
// ends. Only the process that drives a run knows its progress.
import { Hono } from "hono";
import type { Loom } from "../../loom/loom.js";
import type { LoomRun } from "../../loom/loom-run.js";
import type { CallerVariables } from "../access/tokens.js";
import { endText, eventStream, eventText, HEARTBEAT } from "../feed/event-stream.js";
import { ProgressPieces } from "../../streams/progress-pieces.js";
import { nextOf } from "../feed/reading.js";
import type { FeedSeat } from "../feed/run-feeds.js";
import type { EventPorts } from "./events.js";

export function progressRoutes(loom: Loom, ports: EventPorts): Hono<CallerVariables> {
  return new Hono<CallerVariables>().get("/runs/:id/progress", async (context) => {
    const runId = context.req.param("id");
    const run = ports.feeds.followed(runId) ?? (await loom.get(runId));
    // The feed tells the end of the run, and when another drive of it may have begun.
    const seat = ports.feeds.join(run, 0);
    // Heard from now on, not only once the reader asks for the first piece.
    const hearing = new Hearing(run);
    const left = () => {
      hearing.end();
      seat.leave();
    };
    return eventStream(context, ports, (signal) => progressTexts(seat, hearing, ports, signal), left);
  });
}

/** Hears a run while this process drives it. */
class Hearing {
  readonly pieces = new ProgressPieces();
  readonly #listener = { progress: this.pieces.add.bind(this.pieces) };
  end: () => void;

  constructor(private readonly run: LoomRun<unknown>) {
    this.end = run.on(this.#listener);
  }

  /** A run that another process gave up may be driven here since. */
  renew(): void {
    this.end();
    this.end = this.run.on(this.#listener);
  }
}

async function* progressTexts(
  { feed }: FeedSeat,
  hearing: Hearing,
  { clock }: EventPorts,
  signal: AbortSignal,
): AsyncGenerator<string, void> {
  const { pieces } = hearing;
  const both = {
    onMore(bell: () => void) {
      const endings = [feed.onMore(bell), pieces.onMore(bell)];
      return () => endings.forEach((end) => end());
    },
  };
  while (!signal.aborted) {
    hearing.renew();
    const text = pieces.take().map((one) => eventText(one.type, JSON.stringify(one)));
    if (text.length > 0) yield text.join("");
    else if (feed.end !== undefined) return void (yield endText(feed.end));
    else if ((await nextOf(both, clock, signal)) === "quiet") yield HEARTBEAT;
  }
  yield endText("server-stopping");
}
