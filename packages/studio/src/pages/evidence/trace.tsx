// The trace on the card. In: a card. Out: one row for each step and item.
import type { EvidenceCard } from "../../api/evidence.js";
import { durationText } from "../../parts/time-text.js";
import { CardTable } from "./card-table.js";

export function Trace({ card: { trace, traceMore } }: { readonly card: EvidenceCard }) {
  if (trace.length === 0) return null;
  return (
    <section>
      <h2>
        Trace <small>what each step did</small>
      </h2>
      <CardTable
        label="Trace"
        heads={[["Step"], ["State"], ["Attempts", "num"], ["At", "num"], ["Took", "num"], ["Output, error or reason"]]}
        rows={trace}
        cells={(row) => [
          <span class="mono">{row.item === undefined ? row.step : `${row.step}[${row.item}]`}</span>,
          row.status,
          row.attempts,
          row.startedAfterMs === null ? "–" : durationText(row.startedAfterMs),
          row.tookMs === null ? "–" : durationText(row.tookMs),
          [
            `${row.error ?? row.wrote ?? row.note ?? ""}${row.carried === undefined ? "" : " (reused)"}`,
            ...(row.asked ?? []),
            ...(row.judged === undefined ? [] : [`judged: ${row.judged}`]),
          ].join("; "),
        ]}
      />
      {traceMore !== undefined && <p class="soft">{traceMore.toLocaleString("en-US")} more rows are left out.</p>}
    </section>
  );
}
