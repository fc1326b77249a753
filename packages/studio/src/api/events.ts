// The events of a run as they become durable. In: a run's id and the last event that is known. Out: each later event.
// After a break it goes on after the last one.
import type { RunEvent } from "planloom";
import { openStream, type Stream } from "./stream.js";

export interface EventListener {
  readonly event: (event: RunEvent) => void;
  /** The run has ended: nothing will follow. */
  readonly ended?: () => void;
  readonly failed?: (error: unknown) => void;
}

export function followEvents(runId: string, after: number, listener: EventListener): Stream {
  let hasEnded = false;
  return openStream(`/v1/runs/${encodeURIComponent(runId)}/events?after=${after}`, {
    after: String(after),
    on: ({ event, data }) => {
      if (event === "end") hasEnded = (JSON.parse(data) as { readonly reason: string }).reason === "run-ended";
      else listener.event(JSON.parse(data) as RunEvent);
    },
    // A server that is stopped closes its streams too.
    ended: (isOver) => {
      hasEnded ||= isOver;
      if (hasEnded) listener.ended?.();
      return hasEnded;
    },
    failed: (error) => listener.failed?.(error),
  });
}
