// The events of a run over HTTP. In: a loom. Out: a route that gives JSON, or server-sent events until the run ends.
import { Hono } from "hono";
import { streamSSE } from "hono/streaming";
import type { CallerVariables } from "../access/check.js";
import type { Loom } from "../../loom/loom.js";

export function eventRoutes(loom: Loom): Hono<CallerVariables> {
  return new Hono<CallerVariables>().get("/runs/:id/events", async (context) => {
    const run = await loom.get(context.req.param("id"));
    const after = Number(context.req.header("last-event-id") ?? context.req.query("after") ?? 0);
    const fromSeq = after + 1;
    if (!(context.req.header("accept") ?? "").includes("text/event-stream")) {
      const events = [];
      for await (const event of run.events({ fromSeq })) events.push(event);
      return context.json({ events });
    }
    return streamSSE(context, async (stream) => {
      const gone = new AbortController();
      stream.onAbort(() => gone.abort());
      for await (const event of run.events({ fromSeq, follow: true, signal: gone.signal }))
        await stream.writeSSE({ id: String(event.seq), event: event.type, data: JSON.stringify(event) });
    });
  });
}
