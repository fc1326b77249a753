// The events of the log that are about a step. In: the step. Out: the tab, with each event in full on demand, and all of
// them as JSON lines for the clipboard.
import { useState } from "preact/hooks";
import type { StepView } from "../../../api/run-view.js";
import { announceNow } from "../../../app/announce.js";
import { Button } from "../../../parts/button.js";
import { Value } from "../../../parts/value.js";
import { isRecord, shortValue } from "../../../parts/value-text.js";
import { runAddress } from "../run-place.js";
import type { TabProps } from "./inspector.js";

type StepEvent = StepView["events"][number];

/** Longer lists are cut to their end. */
const MOST_EVENTS = 200;

export function EventsTab({ view, place, step }: TabProps) {
  const { events } = step;
  const [all, setAll] = useState(false);
  if (events.length === 0) return <p class="soft">The log has nothing about this step yet.</p>;
  const shown = all ? events : events.slice(-MOST_EVENTS);
  return (
    <>
      {shown.length < events.length && (
        <Button kind="quiet" small onPress={() => setAll(true)}>
          {`Show the ${events.length - shown.length} events before`}
        </Button>
      )}
      <ol class="events">
        {shown.map((event) => (
          <li key={event.seq}>
            <EventRow
              event={event}
              isOpen={event.seq === place.event}
              href={runAddress(view.runId, place, {
                event: event.seq === place.event ? undefined : event.seq,
                tab: "events",
              })}
            />
          </li>
        ))}
      </ol>
      <p class="small below">
        <CopyLines events={events} />{" "}
        <a href={`/v1/runs/${encodeURIComponent(view.runId)}/events`} target="_blank" rel="noreferrer">
          All events of this run
        </a>
      </p>
    </>
  );
}

function EventRow({
  event,
  isOpen,
  href,
}: {
  readonly event: StepEvent;
  readonly isOpen: boolean;
  readonly href: string;
}) {
  const { seq, afterMs, type, data } = event;
  return (
    <>
      <a href={href} aria-expanded={isOpen} class="event" id={`event-${seq}`}>
        <span class="k">{seq}</span>
        <span class="k">{(afterMs / 1000).toFixed(3)} s</span>
        <span>
          {type}
          {!isOpen && <span class="d">{summaryOf(data)}</span>}
        </span>
      </a>
      {isOpen && <Value value={data} />}
    </>
  );
}

/** The first fields, on one line. */
function summaryOf(data: StepEvent["data"]): string {
  if (!isRecord(data)) return shortValue(data);
  const told = Object.entries(data).filter(([name]) => name !== "step");
  return shortValue(told.map(([name, value]) => `${name} ${shortValue(value, 40)}`).join(", "), 120);
}

function CopyLines({ events }: { readonly events: readonly StepEvent[] }) {
  const [said, setSaid] = useState("Copy as JSON lines");
  const copy = async () => {
    const text = events.map((event) => JSON.stringify(event)).join("\n");
    const done = await navigator.clipboard.writeText(`${text}\n`).then(
      () => `Copied ${events.length} lines`,
      () => "The browser does not allow it",
    );
    setSaid(done);
    announceNow(done);
  };
  return (
    <Button small onPress={copy}>
      {said}
    </Button>
  );
}
