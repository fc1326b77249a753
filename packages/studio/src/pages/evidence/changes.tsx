// What changed after each action. In: a card. Out: one row for each event that changed what later steps can read.
import type { EvidenceCard } from "../../api/evidence.js";
import { durationText } from "../../parts/time-text.js";
import { CardTable } from "./card-table.js";

export function Changes({ card: { changes, changesMore, identity } }: { readonly card: EvidenceCard }) {
  return (
    <section>
      <h2>
        What changed after each action{" "}
        <small>{identity.events.toLocaleString("en-US")} events, read from the log</small>
      </h2>
      {changes.length === 0 ? (
        <p class="soft">Nothing happened yet.</p>
      ) : (
        <CardTable
          label="What changed after each action"
          heads={[["Event", "num"], ["At", "num"], ["Action"], ["Change"], ["Outputs", "num"]]}
          rows={changes}
          cells={({ seq, afterMs, action, text, size }) => [seq, durationText(afterMs), action, text, size]}
        />
      )}
      {changesMore !== undefined && (
        <p class="soft">{changesMore.toLocaleString("en-US")} more changes are left out.</p>
      )}
    </section>
  );
}
