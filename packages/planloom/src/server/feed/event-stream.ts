// A response of server-sent events. In: texts, as they are made. Out: a response that makes the next text when its
// reader wants it. A reader that does not read is dropped after a time; it comes back with the last event that it has.
import type { HttpBindings } from "@hono/node-server";
import type { Context } from "hono";
import type { Clock } from "../../clock.js";
import { LIMITS } from "../../limits.js";

const HEADERS = {
  "content-type": "text/event-stream; charset=utf-8",
  "cache-control": "no-store, no-transform",
  // A proxy such as nginx must not hold events back.
  "x-accel-buffering": "no",
};

/** The reader comes back after this time, if its connection breaks. */
const OPENING = "retry: 1000\n: the stream is open\n\n";

export interface StreamPorts {
  readonly clock: Clock;
  /** Aborted when the server stops. */
  readonly stopping: AbortSignal;
}

/** `left` is called once, however the stream ends. */
export function eventStream(
  context: Context,
  { clock, stopping }: StreamPorts,
  make: (signal: AbortSignal) => AsyncGenerator<string, void>,
  left: () => void,
): Response {
  // A response to HEAD has no body, which nobody would close.
  if (context.req.method === "HEAD") return (left(), new Response(null, { headers: HEADERS }));
  const gone = new AbortController();
  const made = make(AbortSignal.any([gone.signal, stopping]));
  const encoder = new TextEncoder();
  let forget = () => {};
  const end = () => {
    forget();
    gone.abort();
    left();
  };
  let isOpen = false;
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        forget();
        const { done, value } = isOpen ? await made.next() : { done: false, value: OPENING };
        isOpen = true;
        if (gone.signal.aborted) return;
        if (done === true) return (end(), controller.close());
        controller.enqueue(encoder.encode(value));
        forget = clock.setTimer(LIMITS.stalledMs, () => drop(context, controller, end));
      },
      async cancel() {
        end();
        await made.return().catch(() => undefined);
      },
    },
    { highWaterMark: 0 },
  );
  return new Response(body, { headers: HEADERS });
}

/** Nothing more fits into the connection, so no last word does. */
function drop(context: Context, controller: ReadableStreamDefaultController, end: () => void): void {
  end();
  const { outgoing } = (context.env ?? {}) as Partial<HttpBindings>;
  if (outgoing === undefined) controller.error(new Error("The reader has not read for too long."));
  else outgoing.destroy();
}

/** One event. `data` has no line break. */
export const eventText = (type: string | undefined, data: string, id?: number): string =>
  `${id === undefined ? "" : `id: ${id}\n`}${type === undefined ? "" : `event: ${type}\n`}data: ${data}\n\n`;

/** The last event of a stream. */
export const endText = (reason: "run-ended" | "run-gone" | "server-stopping"): string =>
  eventText("end", JSON.stringify({ reason }));

/** A comment, which clients ignore. */
export const HEARTBEAT = ": nothing new\n\n";
