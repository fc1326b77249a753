// A call for a person who approves it, on a page of its own. In: its review. Out: the question, and what came of it.
import { pageOfRun, type CallReview } from "../../api/people.js";
import { CallCard } from "./call-card.js";
import { Decided } from "./decided.js";

export function CallPage({ call, onDone }: { readonly call: CallReview; readonly onDone: () => void }) {
  return (
    <div class="page ask-page">
      <p class="trail">
        <a href="/waiting">Waiting</a> <span aria-hidden="true">/</span> <a href={pageOfRun(call.runId)}>Run</a>{" "}
        <span aria-hidden="true">/</span> <span>{call.waiting ? "a call" : "a call that was decided"}</span>
      </p>
      <CallCard call={call} level={1} onDone={onDone} />
      {!call.waiting && (
        <section aria-label="The decision" class="sheet decided-sheet">
          <Decided review={call} />
        </section>
      )}
    </div>
  );
}
