// The failure checks on the card. In: a card. Out: a row for each check, and below it what was found, with the events that
// show it.
import type { EvidenceCard } from "../../api/evidence.js";
import { pageOfRun } from "../../api/people.js";
import { CardTable } from "./card-table.js";

const SAID = { clean: "yes", found: "no", "not-checked": "note" } as const;

interface ChecksProps {
  /** The run in addresses: of a file, the id of the file. */
  readonly id: string;
  readonly card: EvidenceCard;
}

export function Checks({ id, card: { checks } }: ChecksProps) {
  const found = checks.filter(({ findings }) => findings.length > 0);
  return (
    <section>
      <h2>
        Failure checks <small>computed from the log, no model</small>
      </h2>
      <CardTable
        label="Failure checks"
        heads={[["Check"], ["Found"], ["What it looked at"]]}
        rows={checks}
        cells={({ title, verdict, foundText, text }) => [
          <span class={`said ${SAID[verdict]}`}>{title}</span>,
          foundText,
          text,
        ]}
      />
      {found.map(({ check, title, findings, found: count }) => (
        <div key={check}>
          <h3>{title}</h3>
          <ul class="entries">
            {findings.map(({ message, events }, at) => (
              <li key={at}>
                {message} <Shown runId={id} events={events} />
              </li>
            ))}
          </ul>
          {count !== null && count > findings.length && <p class="soft">{count - findings.length} more.</p>}
        </div>
      ))}
    </section>
  );
}

/** Links to the events that show a finding. */
function Shown({ runId, events }: { readonly runId: string; readonly events: readonly number[] }) {
  if (events.length === 0) return null;
  return (
    <span class="soft">
      ({events.length === 1 ? "event" : "events"}{" "}
      {events.slice(0, 6).map((event, at) => (
        <span key={event}>
          {at > 0 && ", "}
          <a href={pageOfRun(runId, `?event=${event}`)}>{event}</a>
        </span>
      ))}
      {events.length > 6 && " …"})
    </span>
  );
}
