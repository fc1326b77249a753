// What a person can do with a whole run. In: a view. Out: buttons and links. Cancelling asks first, and says what follows.
import { useState } from "preact/hooks";
import { answered, post } from "../../api/client.js";
import { isOpenedId } from "../../api/opened.js";
import { pageOfRun, runPath } from "../../api/people.js";
import { isOver } from "../../api/run-over.js";
import type { RunView } from "../../api/run-view.js";
import { saveFile } from "../../api/save-file.js";
import { Allowed } from "../../parts/allowed.js";
import { counted } from "../../parts/counted.js";
import { Button } from "../../parts/button.js";
import { FormDialog } from "../../parts/form-dialog.js";
import { SavePlaybook } from "./save-playbook.js";
import { UndoDialog } from "./undo-dialog.js";
import { ErrorNote } from "../../parts/note.js";

interface RunActionsProps {
  readonly view: RunView;
  readonly again: () => void;
}

export function RunActions({ view, again }: RunActionsProps) {
  if (isOpenedId(view.runId))
    return (
      <div class="acts">
        <EvidenceLink view={view} />
      </div>
    );
  return (
    <div class="acts">
      <Export view={view} />
      {isOver(view) ? <AfterEnd view={view} again={again} /> : <WhileOpen view={view} again={again} />}
    </div>
  );
}

/** Saves all that is recorded so far. A refusal is shown: a plain link would save it as the file. */
function Export({ view: { runId } }: { readonly view: RunView }) {
  const [error, setError] = useState<unknown>();
  const save = async () => {
    setError(undefined);
    await exportOf(runId).then((text) => saveFile(`${runId}.json`, text, "application/json"), setError);
  };
  return (
    <>
      {error !== undefined && <ErrorNote error={error} />}
      <Button kind="quiet" onPress={save} working="Exporting …" title="All of this run in one file, without secrets">
        Export
      </Button>
    </>
  );
}

const exportOf = async (runId: string): Promise<string> => (await answered(runPath(runId, "/export"), {})).text();

const EvidenceLink = ({ view: { runId } }: { readonly view: RunView }) => (
  <a class="btn" href={pageOfRun(runId, "/evidence")}>
    Evidence card
  </a>
);

function AfterEnd({ view, again }: RunActionsProps) {
  const [isUndoing, setUndoing] = useState(false);
  const [isSaving, setSaving] = useState(false);
  return (
    <>
      <EvidenceLink view={view} />
      {view.facts.acted > 0 && (
        <Allowed needs="all" to="undo what the run did">
          <Button onPress={() => setUndoing(true)}>Undo …</Button>
        </Allowed>
      )}
      {isUndoing && <UndoDialog view={view} again={again} onClose={() => setUndoing(false)} />}
      {view.status === "completed" && (
        <Allowed needs="all" to="save its plan">
          <Button onPress={() => setSaving(true)}>Save as a playbook …</Button>
        </Allowed>
      )}
      {isSaving && <SavePlaybook runId={view.runId} onClose={() => setSaving(false)} />}
      <a class="btn" href={pageOfRun(view.runId, "/again")}>
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

const commandsOf = ({ runId }: RunView): string => runPath(runId, "/commands");

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
  const open = facts.stepsTotal - facts.stepsDone - facts.stepsSkipped;
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
