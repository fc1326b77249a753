// A stream of server-sent events. In: a path, and the last id that is known. Out: each event; after a break it connects
// again and goes on after the last one. `EventSource` hides the names of events and the reason of an error, so the
// stream is read here.
import { answered } from "./client.js";
import { connectionLost, whenBack } from "./connection.js";

export interface StreamEvent {
  readonly id: string;
  readonly event: string;
  readonly data: string;
}

export interface StreamOptions {
  /** The id of the last event that is known. */
  readonly after?: string;
  readonly on: (event: StreamEvent) => void;
  /**
   * The server closed the stream; `isOver`: it said that nothing follows (204). True: nothing will follow. Default:
   * true.
   */
  readonly ended?: (isOver: boolean) => boolean;
  readonly failed?: (error: unknown) => void;
}

export interface Stream {
  readonly close: () => void;
}

/** ms until a broken stream connects again, doubled up to the last. */
const WAITS = [250, 500, 1_000, 2_000, 4_000];

export function openStream(path: string, options: StreamOptions): Stream {
  const gone = new AbortController();
  let last = options.after;
  let breaks = 0;
  let wake: (() => void) | undefined;
  const follow = async (): Promise<void> => {
    while (!gone.signal.aborted) {
      try {
        const isOver = await readStream(path, last, gone.signal, (event) => {
          breaks = 0;
          if (event.id !== "") last = event.id;
          options.on(event);
        });
        if (options.ended?.(isOver) ?? true) return;
      } catch (error) {
        if (gone.signal.aborted) return;
        if (!isBreak(error)) return options.failed?.(error);
      }
      if (!gone.signal.aborted) connectionLost();
      const wait = WAITS[Math.min(breaks++, WAITS.length - 1)];
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, wait);
        wake = () => (clearTimeout(timer), resolve());
      });
    }
  };
  void follow();
  const forget = whenBack(() => wake?.());
  const close = () => {
    forget();
    gone.abort();
    wake?.();
  };
  return { close };
}

/** A network error, or a server that is going: both pass. */
const isBreak = (error: unknown): boolean => {
  const status = (error as { readonly status?: unknown }).status;
  return status === undefined || status === 0 || status === 429 || status === 503;
};

async function readStream(
  path: string,
  last: string | undefined,
  signal: AbortSignal,
  on: (event: StreamEvent) => void,
): Promise<boolean> {
  const resumed = last === undefined ? {} : { "last-event-id": last };
  const response = await answered(path, { headers: { accept: "text/event-stream", ...resumed }, signal });
  if (response.body === null) return response.status === 204;
  const take = eventReader(on);
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  for (let part = await reader.read(); !part.done; part = await reader.read()) take(part.value);
  return false;
}

/** Takes text in any pieces, and gives whole events. Comments (heartbeats) are left out. */
export function eventReader(on: (event: StreamEvent) => void): (text: string) => void {
  let rest = "";
  let fields: { id: string; event: string; data: string[] } = { id: "", event: "message", data: [] };
  return (text) => {
    const lines = (rest + text).split(/\r\n|\n|\r(?!$)/u);
    rest = lines.pop() ?? "";
    for (const line of lines) {
      if (line === "") {
        if (fields.data.length > 0) on({ ...fields, data: fields.data.join("\n") });
        fields = { id: "", event: "message", data: [] };
        continue;
      }
      const colon = line.indexOf(":");
      const name = colon < 0 ? line : line.slice(0, colon);
      const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /u, "");
      if (name === "data") fields.data.push(value);
      else if (name === "id" || name === "event") fields[name] = value;
    }
  };
}
