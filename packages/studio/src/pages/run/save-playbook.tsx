// Saves the plan of a run as a playbook. In: the inputs that a rule proposes. Out: a dialog in which a person keeps,
// renames or leaves each of them, and the file that the server wrote.
import { useState } from "preact/hooks";
import { post } from "../../api/client.js";
import { runPath } from "../../api/people.js";
import type { ProposedFacts } from "../../api/playbooks.js";
import { useGet } from "../../api/use-get.js";
import { Button } from "../../parts/button.js";
import { Dialog } from "../../parts/dialog.js";
import { Field } from "../../parts/field.js";
import { ErrorNote } from "../../parts/note.js";

interface SavePlaybookProps {
  readonly runId: string;
  readonly onClose: () => void;
}

interface Saved {
  readonly name: string;
  readonly file: string;
  readonly notes: readonly string[];
}

export function SavePlaybook({ runId, onClose }: SavePlaybookProps) {
  const path = runPath(runId, "/playbook");
  const { data, error: unread } = useGet<{ readonly inputs: readonly ProposedFacts[] }>(path);
  const [as, setAs] = useState("");
  const [names, setNames] = useState<{ readonly [from: string]: string }>({});
  const [saved, setSaved] = useState<Saved>();
  const [error, setError] = useState<unknown>();
  const open = data?.inputs.filter(({ why }) => why !== "input") ?? [];
  const save = async () => {
    setError(undefined);
    const inputs = open.flatMap(({ name: from }) => {
      const name = names[from] ?? from;
      return name === "" ? [] : [{ from, name }];
    });
    await post<Saved>(path, { as: as.trim(), inputs }).then(setSaved, setError);
  };
  return (
    <Dialog title="Save as a playbook" onClose={onClose}>
      {unread !== undefined && <ErrorNote error={unread} />}
      {saved === undefined ? (
        <form class="small-form" onSubmit={(event) => (event.preventDefault(), void save())}>
          <p>The plan becomes a file of the server's project. It runs again without a planner, with other inputs.</p>
          <Field label="Name of the playbook">
            {(ids) => (
              <input {...ids} class="field mono" value={as} onInput={(event) => setAs(event.currentTarget.value)} />
            )}
          </Field>
          {open.map((input) => (
            <Field
              key={input.name}
              label={`Input for ${JSON.stringify(input.default)}`}
              hint={`In ${input.places.join(", ")}. Leave it empty to keep the value fixed.`}
            >
              {(ids) => (
                <input
                  {...ids}
                  class="field mono"
                  value={names[input.name] ?? input.name}
                  onInput={(event) => setNames({ ...names, [input.name]: event.currentTarget.value.trim() })}
                />
              )}
            </Field>
          ))}
          {error !== undefined && <ErrorNote error={error} />}
          <div class="form-acts">
            <Button
              kind="primary"
              submit
              blocked={as.trim() === "" ? "Write a name first." : undefined}
              working="Saving …"
            >
              Save
            </Button>
          </div>
        </form>
      ) : (
        <>
          <p role="status">
            Saved as <code>{saved.file}</code>.
          </p>
          {saved.notes.map((note) => (
            <p key={note} class="note">
              {note}
            </p>
          ))}
          <a class="btn" href="/playbooks">
            Go to the playbooks
          </a>
        </>
      )}
    </Dialog>
  );
}
