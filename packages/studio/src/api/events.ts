// The events of a run as they become durable. In: a run's id and the last event that is known. Out: each later event. The
// browser connects again by itself, and goes on after the last event.
import type { RunEvent } from "planloom";

export interface EventFeed {
  close(): void;
}

/** `onState`: whether the server is connected. The feed ends when the run has ended. */
export function followEvents(
  runId: string,
  after: number,
  on: { event(event: RunEvent): void; state(connected: boolean): void },
): EventFeed {
  const source = new EventSource(`/v1/runs/${encodeURIComponent(runId)}/events?after=${after}`);
  source.onopen = () => on.state(true);
  source.onerror = () => on.state(false);
  source.onmessage = ({ data }) => on.event(JSON.parse(String(data)) as RunEvent);
  return source;
}
