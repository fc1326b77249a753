// What a person can do with a whole run. In: a view. Out: buttons and links. Cancelling asks first, and says what follows.
import { useState } from "preact/hooks";
import { post } from "../../api/client.js";
import { isOver } from "../../api/run-live.js";
import type { RunView } from "../../api/run-view.js";
import { Allowed } from "../../parts/allowed.js";
import { Button } from "../../parts/button.js";
import { FormDialog } from "../../parts/form-dialog.js";
import { ErrorNote } from "../../parts/note.js";

interface RunActionsProps {
  readonly view: RunView;
  readonly again: () => void;
}

export function RunActions({ view, again }: RunActionsProps) {
  return <div class="acts">{isOver(view) ? <AfterEnd view={view} /> : <WhileOpen view={view} again={again} />}</div>;
}

function AfterEnd({ view: { runId } }: { readonly view: RunView }) {
  const base = `/runs/${encodeURIComponent(runId)}`;
  return (
    <>
      <a class="btn quiet" href={`/v1${base}/export`} download={`${runId}.json`}>
        Export
      </a>
      <a class="btn" href={`${base}/evidence`}>
        Evidence card
      </a>
      <a class="btn" href={`${base}/again`}>
        Again from a step …
      </a>
    </>
  );
}

function WhileOpen({ view, again }: RunActionsProps) {
  const [isCancelling, setCancelling] = useState(false);
  const [error, setError] = useState<unknown>();
  const isPaused = view.status === "paused";
  const send = async (type: "pause" | "resume") => {
    setError(undefined);
    await post(commandsOf(view), { type }).catch(setError);
    again();
  };
  return (
    <>
      {error !== undefined && <ErrorNote error={error} />}
      <Allowed needs="all" to="pause or cancel the run">
        {isPaused ? (
          <Button onPress={() => send("resume")} working="Resuming …">
            Resume
          </Button>
        ) : (
          <Button onPress={() => send("pause")} working="Pausing …" title="Nothing new starts. What runs now goes on.">
            Pause
          </Button>
        )}
        <Button onPress={() => setCancelling(true)}>Cancel the run …</Button>
      </Allowed>
      {isCancelling && <CancelDialog view={view} again={again} onClose={() => setCancelling(false)} />}
    </>
  );
}

const commandsOf = ({ runId }: RunView): string => `/v1/runs/${encodeURIComponent(runId)}/commands`;

function CancelDialog({ view, again, onClose }: RunActionsProps & { readonly onClose: () => void }) {
  const send = async (reason: string) => {
    await post(commandsOf(view), { type: "cancel", ...(reason === "" ? {} : { reason }) });
    again();
  };
  return (
    <FormDialog
      title="Cancel the run"
      label="Reason (optional; the log keeps it with your name)"
      act="Cancel the run"
      working="Cancelling …"
      draft={`cancel ${view.runId}`}
      onClose={onClose}
      onSend={send}
    >
      <Consequences view={view} />
    </FormDialog>
  );
}

function Consequences({ view: { rows, facts } }: { readonly view: RunView }) {
  const steps = rows.filter(({ kind }) => kind === "step");
  const running = steps.filter(({ status }) => status === "running").length;
  const open = facts.stepsTotal - facts.stepsDone;
  return (
    <ul class="entries">
      <li>{running === 0 ? "Nothing runs now." : `${counted(running, "running step")} will be stopped.`}</li>
      <li>{counted(open, "step")} will not be done. No answer is written.</li>
      <li>
        {facts.acted === 0
          ? "Nothing has acted."
          : `${counted(facts.acted, "call")} acted, and ${facts.acted === 1 ? "stays" : "stay"} done.`}
      </li>
      <li>The log stays. A retry can go on from here later.</li>
    </ul>
  );
}

const counted = (count: number, word: string): string => `${count} ${word}${count === 1 ? "" : "s"}`;
