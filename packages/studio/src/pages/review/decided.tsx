// What a decision did, with its time and its author. In: a review that waits no more. Out: a sentence, and where to go.
import type { Review } from "../../api/people.js";
import { pageOfRun } from "../../api/people.js";
import { Time } from "../../parts/time.js";

type Decision = NonNullable<Review["decision"]>;

const DONE: { readonly [what in Decision["what"]]: string } = {
  approved: "Approved",
  rejected: "Changes were requested",
  edited: "Changed",
  expired: "Expired: nobody answered in time",
  cancelled: "Denied. The run ended",
  superseded: "Replaced by another plan",
};

const DONE_CALL: { readonly [what in Decision["what"]]: string } = { ...DONE, rejected: "Denied" };

interface DecidedProps {
  readonly review: Review;
  /** Without the link to the run. */
  readonly quiet?: boolean;
  /** The comment stands elsewhere on the page. */
  readonly said?: boolean;
}

export function Decided({ review, quiet = false, said = false }: DecidedProps) {
  const { decision, status, runId } = review;
  const isByPerson = decision !== undefined && decision.by !== "engine";
  return (
    <div class="decided">
      {decision === undefined ? (
        <p>This waits for nobody.</p>
      ) : (
        <p>
          <b>{(review.kind === "call" ? DONE_CALL : DONE)[decision.what]}</b>
          {isByPerson && <> by {decision.by}</>}, <Time at={decision.at} />.
          {decision.unseen === true && " A rule gave it. No person saw what it covers."}
        </p>
      )}
      {decision?.comment !== undefined && !said && <p class="comment">“{decision.comment}”</p>}
      {decision?.args !== undefined && (
        <p class="small soft">
          With other arguments: <span class="mono">{JSON.stringify(decision.args)}</span>
        </p>
      )}
      {!quiet && (
        <>
          <p class="soft" id="h-now" tabIndex={-1}>
            {nowText(status, decision?.what)}
          </p>
          <p class="form-acts">
            {WAITS.has(status) && (
              <a class="btn primary" href={`/waiting?run=${encodeURIComponent(runId)}`}>
                Go to what waits
              </a>
            )}
            <a class="btn" href={pageOfRun(runId)}>
              Go to the run
            </a>
          </p>
        </>
      )}
    </div>
  );
}

const WAITS: ReadonlySet<Review["status"]> = new Set(["awaiting-approval", "needs-attention"]);

function nowText(status: Review["status"], what: Decision["what"] | undefined): string {
  switch (status) {
    case "paused":
      return "The run is paused. It goes on when someone resumes it.";
    case "cancelled":
      return "The run has ended. Nothing more will be done.";
    case "failed":
      return "The run has failed.";
    case "completed":
      return "The run has completed.";
    case "planning":
      return what === "rejected"
        ? "The planner reads the comment and writes another plan. It appears here."
        : "The planner is at work.";
    case "awaiting-approval":
    case "needs-attention":
      return "The run waits for a person again.";
    default:
      return "The run goes on.";
  }
}
