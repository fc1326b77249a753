// The decision on a plan: four buttons, each with its consequence. In: the review. Out: a command. Nothing is preselected.
import { useState } from "preact/hooks";
import { announceNow } from "../../app/announce.js";
import { approved, approveOnly, sendCommand, type PlanReview } from "../../api/people.js";
import { Allowed, useMay } from "../../parts/allowed.js";
import { Button } from "../../parts/button.js";
import { FormDialog } from "../../parts/form-dialog.js";
import { ErrorNote } from "../../parts/note.js";
import { forgetDrafts } from "../../parts/use-draft.js";

interface DecidePlanProps {
  readonly plan: PlanReview;
  /** The plan on the page is being changed: it cannot be approved meanwhile. */
  readonly isEditing: boolean;
  readonly onDone: () => void;
}

export function DecidePlan({ plan, isEditing, onDone }: DecidePlanProps) {
  const [asks, setAsks] = useState<"changes" | "deny">();
  const [calls, setCalls] = useState(false);
  const [error, setError] = useState<unknown>();
  const mayAll = useMay("all");
  const { runId, hash } = plan;
  const done = (word: string) => {
    forgetDrafts(hash);
    announceNow(word);
    onDone();
    document.getElementById("h-do")?.focus();
  };
  const send = async (command: () => Promise<unknown>, word: string) => {
    setError(undefined);
    // A refusal may mean that another plan waits by now. The page shows it.
    await command().then(
      () => done(word),
      (thrown: unknown) => (setError(thrown), onDone()),
    );
  };
  const blocked = isEditing ? "Save your changes or undo them first." : undefined;
  const approve = { type: "approve", hash, ...(calls ? { calls } : {}) } as const;
  const Dialog = asks === undefined ? undefined : DIALOGS[asks];
  return (
    <Allowed needs="approve" to="decide about the plan">
      <div class="decide">
        {error !== undefined && <ErrorNote error={error} />}
        <CoveredCalls plan={plan} calls={calls} onCalls={setCalls} />
        <div>
          <Button
            kind="primary"
            blocked={blocked}
            working="Approving …"
            onPress={() =>
              send(() => approved(runId, approve, mayAll), mayAll ? "Approved. The run goes on." : "Approved.")
            }
          >
            {mayAll ? "Approve and run" : "Approve"}
          </Button>
          <p>
            {runText(plan, calls)}
            {!mayAll && " If the run is paused, it starts when someone resumes it."}
          </p>
        </div>
        <Allowed needs="all" to="pause a run with the approval, or to change the plan yourself">
          <div>
            <Button
              blocked={blocked}
              working="Approving …"
              onPress={() => send(() => approveOnly(runId, approve), "Approved. The run is paused.")}
            >
              Approve only
            </Button>
            <p>Your approval is recorded and the run is paused. No step starts until someone resumes it.</p>
          </div>
        </Allowed>
        {plan.rejecting?.then !== "end" && (
          <div>
            <Button onPress={() => setAsks("changes")}>Request changes …</Button>
            <p>{changesText(plan)}</p>
          </div>
        )}
        <div class="apart">
          <Button onPress={() => setAsks("deny")}>Deny …</Button>
          <p>{denyText(plan)}</p>
        </div>
        {Dialog !== undefined && <Dialog plan={plan} onClose={() => setAsks(undefined)} done={done} />}
      </div>
    </Allowed>
  );
}

interface CoveredCallsProps {
  readonly plan: PlanReview;
  readonly calls: boolean;
  readonly onCalls: (calls: boolean) => void;
}

/** Calls that ask again, although all their arguments stand in the plan. */
function CoveredCalls({ plan, calls, onCalls }: CoveredCallsProps) {
  const covered = plan.steps.filter(({ asks }) => asks?.stands === true);
  if (covered.length === 0) return null;
  return (
    <label class="check small">
      <input type="checkbox" checked={calls} onChange={(event) => onCalls(event.currentTarget.checked)} /> Also approve
      the {covered.length === 1 ? "call of step" : "calls of steps"}{" "}
      {andText(covered.map(({ number }) => String(number)))}: all arguments stand in the plan
    </label>
  );
}

interface DialogProps {
  readonly plan: PlanReview;
  readonly onClose: () => void;
  readonly done: (word: string) => void;
}

function ChangesDialog({ plan, onClose, done }: DialogProps) {
  const { runId, hash, revision } = plan;
  return (
    <FormDialog
      title="Request changes"
      label="What should be different?"
      needed
      act={`Send and ask for revision ${revision + 1}`}
      working="Sending …"
      draft={`${hash}/changes`}
      onClose={onClose}
      onSend={async (comment) => {
        await sendCommand(runId, { type: "reject", hash, comment });
        done("Your comment is with the planner.");
      }}
    >
      <p>{changesText(plan)}</p>
    </FormDialog>
  );
}

function DenyDialog({ plan, onClose, done }: DialogProps) {
  const { runId, hash } = plan;
  return (
    <FormDialog
      title="Deny the plan"
      label="Reason, optional"
      act="Deny and end the run"
      working="Ending …"
      draft={`${hash}/deny`}
      onClose={onClose}
      onSend={async (reason) => {
        await sendCommand(runId, { type: "cancel", reason, hash });
        done("Denied. The run ends.");
      }}
    >
      <p>{denyText(plan)}</p>
    </FormDialog>
  );
}

const DIALOGS = { changes: ChangesDialog, deny: DenyDialog } as const;

function runText(plan: PlanReview, calls: boolean): string {
  const waits = plan.steps.filter(
    ({ asks, mark }) => mark !== "removed" && asks !== undefined && !(calls && asks.stands),
  );
  const numbers = andText(waits.map(({ number }) => String(number)));
  const asks =
    waits.length === 1
      ? `Step ${numbers} asks again before its call.`
      : `Steps ${numbers} ask again before their calls.`;
  const later = waits.length === 0 ? "" : ` ${asks}`;
  if (plan.acts.length === 0) return `It starts now. It only reads.${later}`;
  const tools = andText([...new Set(plan.acts.map(({ tool }) => tool))]);
  return `It starts now, and acts through ${tools}.${later}`;
}

const andText = (words: readonly string[]): string =>
  words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;

const changesText = ({ revision, rejections: { used, allowed } }: PlanReview): string =>
  `You say what is wrong. The planner writes revision ${revision + 1}, which waits for you. Nothing runs. ${used} of ${allowed} requests used.`;

const denyText = ({ acted }: PlanReview): string =>
  acted === 0
    ? "The run ends. Nothing was done, and nothing will be."
    : `The run ends. ${acted === 1 ? "1 call has acted already and stays" : `${acted} calls have acted already and stay`} done. Nothing more will be done.`;
