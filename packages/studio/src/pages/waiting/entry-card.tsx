// One entry of the inbox, in full. In: the entry. Out: its card: a plan in short, a call, a question, a call in doubt, or a
// call with an unusable output.
import { pageOfReview, type Waiting, type WaitingEntry } from "../../api/people.js";
import { CallCard } from "../review/call-card.js";
import { Expires } from "../review/expires.js";
import { State } from "../../parts/state.js";
import { Time } from "../../parts/time.js";
import { OutcomeCard } from "./outcome-card.js";
import { QuestionCard } from "./question-card.js";

interface EntryCardProps {
  readonly entry: WaitingEntry;
  readonly onDone: () => void;
}

export function EntryCard({ entry, onDone }: EntryCardProps) {
  switch (entry.kind) {
    case "plan":
      return <PlanCard entry={entry} />;
    case "call":
      return <CallCard call={entry.call} level={2} onDone={onDone} />;
    case "question":
      return <QuestionCard entry={entry} onDone={onDone} />;
    case "doubt":
    case "unusable":
    case "undoing":
      return <OutcomeCard entry={entry} onDone={onDone} />;
    default:
      return null;
  }
}

/** A plan is reviewed on a page of its own. */
function PlanCard({ entry }: { readonly entry: Waiting<"plan"> }) {
  return (
    <article class="askcard" aria-labelledby="h-plan-card">
      <header>
        <p class="kind">
          <State shape="waiting" loud>
            Approve a plan
          </State>
          <span class="faint">
            Asked <Time at={entry.since} /> · <Expires at={entry.expiresAt} />
          </span>
        </p>
        <h2 id="h-plan-card">{entry.goal}</h2>
        <p class="of">Revision {entry.revision}</p>
      </header>
      <div class="body">
        <p>{entry.lead}</p>
        <p class="soft">Asked because {entry.reason}. Nothing runs until you answer.</p>
      </div>
      <footer>
        <a class="btn primary" href={pageOfReview(entry.runId, entry.hash)}>
          Review the plan
        </a>
      </footer>
    </article>
  );
}
