// Undoes what a run did. In: a view. Out: a dialog with the calls that are undone, in order, and those that remain. The
// person approves the list that is shown.
import type { UndoingPreview } from "planloom/streams";
import { post } from "../../api/client.js";
import { runPath } from "../../api/people.js";
import type { RunView } from "../../api/run-view.js";
import { useGet } from "../../api/use-get.js";
import { FormDialog } from "../../parts/form-dialog.js";
import { ErrorNote } from "../../parts/note.js";

interface UndoDialogProps {
  readonly view: RunView;
  readonly again: () => void;
  readonly onClose: () => void;
}

export function UndoDialog({ view: { runId }, again, onClose }: UndoDialogProps) {
  const { data, error } = useGet<UndoingPreview>(runPath(runId, "/compensation-preview"));
  const send = async (reason: string) => {
    const said = reason === "" ? {} : { reason };
    await post(runPath(runId, "/commands"), { type: "compensate", ...(data && { hash: data.hash }), ...said });
    again();
  };
  return (
    <FormDialog
      title="Undo what the run did"
      label="Reason (optional; the log keeps it with your name)"
      act="Undo these calls"
      working="Undoing …"
      draft={`undo ${runId}`}
      onClose={onClose}
      onSend={send}
    >
      {error !== undefined && <ErrorNote error={error} />}
      {data !== undefined && <Calls preview={data} />}
    </FormDialog>
  );
}

function Calls({ preview: { calls, left } }: { readonly preview: UndoingPreview }) {
  return (
    <ul class="entries">
      {calls.length === 0 && <li>Nothing of what it did can be undone.</li>}
      {calls.map((call) => (
        <li key={call.key}>
          Undo <span class="mono">{call.tool}</span> of {call.step}: <span class="mono">{textOf(call.args)}</span>
        </li>
      ))}
      {left.map((call) => (
        <li key={call.key}>
          <span class="mono">{call.tool}</span> of {call.step} remains: {call.why}.
        </li>
      ))}
    </ul>
  );
}

const MOST = 200;

/** The arguments, as far as a line has room. */
function textOf(args: unknown): string {
  const text = JSON.stringify(args);
  return text.length <= MOST ? text : `${text.slice(0, MOST)}…`;
}
