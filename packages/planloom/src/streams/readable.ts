// Streams that a program hands to a front end. In: values as they are made. Out: a ReadableStream that makes the next
// value when its reader wants it, and a Response of server-sent events.

/**
 * `make` gets a signal that is aborted when the reader goes away. Nothing is made before the reader asks for it, and
 * nothing ahead.
 */
export function readableOf<T>(
  make: (signal: AbortSignal) => AsyncGenerator<T, void>,
  signal?: AbortSignal,
): ReadableStream<T> {
  const gone = new AbortController();
  const made = make(signal === undefined ? gone.signal : AbortSignal.any([gone.signal, signal]));
  return new ReadableStream<T>(
    {
      async pull(controller) {
        const next = await made.next();
        if (next.done === true) controller.close();
        else controller.enqueue(next.value);
      },
      async cancel() {
        gone.abort();
        await made.return();
      },
    },
    { highWaterMark: 0 },
  );
}

const HEADERS = {
  "content-type": "text/event-stream; charset=utf-8",
  "cache-control": "no-cache, no-transform",
  connection: "keep-alive",
  // A proxy such as nginx must not hold events back.
  "x-accel-buffering": "no",
};

/** Server-sent events, one for each value, as JSON. `last`: the data of one more event at the end. */
export function eventResponse(
  stream: ReadableStream<object>,
  { headers = {}, last }: { readonly headers?: { readonly [name: string]: string }; readonly last?: string } = {},
): Response {
  const body = stream.pipeThrough(
    new TransformStream<object, Uint8Array>(
      {
        transform: (value, controller) => controller.enqueue(dataOf(JSON.stringify(value))),
        flush: (controller) => (last === undefined ? undefined : controller.enqueue(dataOf(last))),
      },
      undefined,
      { highWaterMark: 0 },
    ),
  );
  return new Response(body, { headers: { ...HEADERS, ...headers } });
}

const encoder = new TextEncoder();
const dataOf = (text: string): Uint8Array => encoder.encode(`data: ${text}\n\n`);
