// Finds the step of an event whose address names no step, as a link of the evidence card does. In: a run and the address.
// Out: the address with the step. An event that is about no step leaves it as it is.
import { useEffect } from "preact/hooks";
import type { RunEvent } from "planloom";
import { get } from "../../api/client.js";
import { go } from "../../app/router.js";
import { runAddress, type Chosen, type RunPlace } from "./run-place.js";

interface EventPart {
  readonly events: readonly RunEvent[];
}

export function useEventStep(runId: string, place: RunPlace): void {
  const { event, step } = place;
  const isAlone = event !== undefined && step === undefined;
  useEffect(() => {
    if (!isAlone) return undefined;
    const gone = new AbortController();
    const path = `/v1/runs/${encodeURIComponent(runId)}/events?after=${event - 1}&limit=1`;
    get<EventPart>(path, gone.signal).then(
      ({ events: [found] }) => {
        const about = found === undefined || gone.signal.aborted ? undefined : stepOf(found.data);
        if (about === undefined) return;
        go(runAddress(runId, place, { step: about.key, item: about.item, tab: "events", event }), { replace: true });
      },
      () => undefined,
    );
    return () => gone.abort();
  }, [runId, event, isAlone]);
}

/** The step or item that an event is about. */
export function stepOf(data: object): Chosen | undefined {
  const { step, item } = ("subject" in data ? data.subject : data) as {
    readonly step?: unknown;
    readonly item?: unknown;
  };
  if (typeof step !== "string") return undefined;
  return typeof item === "number" ? { key: step, item } : { key: step };
}
