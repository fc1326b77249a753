// The plans on the card, the last one first. In: a card. Out: each revision with its steps, its cause, and who approved it.
import type { EvidenceCard } from "../../api/evidence.js";
import { CardTable } from "./card-table.js";

type Revision = EvidenceCard["revisions"][number];

export function Plans({ card: { revisions } }: { readonly card: EvidenceCard }) {
  if (revisions.length === 0)
    return (
      <section>
        <h2>Plan</h2>
        <p class="soft">No plan was written.</p>
      </section>
    );
  return (
    <>
      {revisions.toReversed().map((revision) => (
        <Plan key={revision.seq} revision={revision} />
      ))}
    </>
  );
}

function Plan({ revision }: { readonly revision: Revision }) {
  const { steps, reason } = revision;
  return (
    <section>
      <h2>
        Plan{" "}
        <small>
          revision {revision.revision}, {revision.causeText}: {revision.approvalText}
        </small>
      </h2>
      {reason !== undefined && <p class="soft">Why there is another plan: {reason}</p>}
      {changedText(revision) !== "" && <p class="soft">{changedText(revision)}</p>}
      <CardTable
        label={`Plan, revision ${revision.revision}`}
        heads={[["No"], ["Step"], ["Id"], ["How"], ["After"]]}
        rows={steps.map((step, at) => ({ ...step, number: at + 1 }))}
        cells={({ number, id, title, does, needs }) => [
          number,
          title,
          <span class="mono">{id}</span>,
          <span class="mono">{does}</span>,
          needs.length === 0 ? "–" : needs.map((need) => steps.findIndex((one) => one.id === need) + 1).join(", "),
        ]}
      />
    </section>
  );
}

function changedText({ added = [], dropped = [], changed = [] }: Revision): string {
  const parts = [
    ["New", added],
    ["Changed", changed],
    ["Removed", dropped],
  ] as const;
  return parts.flatMap(([word, ids]) => (ids.length === 0 ? [] : [`${word}: ${ids.join(", ")}.`])).join(" ");
}
