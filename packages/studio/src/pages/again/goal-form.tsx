// Changes the goal of a run. In: the run. Out: the planner plans again; a run that has ended is followed by a new one. What is
// done already is shown first.
import { useState } from "preact/hooks";
import type { RunDocument } from "planloom";
import { post } from "../../api/client.js";
import { pageOfRun, sendCommand } from "../../api/people.js";
import { go } from "../../app/router.js";
import { Allowed } from "../../parts/allowed.js";
import { Button } from "../../parts/button.js";
import { Field } from "../../parts/field.js";
import { ErrorNote } from "../../parts/note.js";
import { useDraft } from "../../parts/use-draft.js";
import { isOver } from "../../api/run-over.js";
import type { AgainProps } from "./again-page.js";

export function GoalForm({ run }: AgainProps) {
  const draft = useDraft(`${run.runId}/goal`, run.goal);
  const [failed, setFailed] = useState<unknown>();
  const goal = draft.text.trim();
  const send = async () => {
    setFailed(undefined);
    const changed = isOver(run)
      ? post<RunDocument>("/v1/runs", { goal })
      : sendCommand(run.runId, { type: "goal", goal });
    await changed.then(({ runId }) => (draft.undo(), go(pageOfRun(runId))), setFailed);
  };
  const blocked = goal === "" ? "Write a goal." : goal === run.goal ? "The goal is the same." : undefined;
  return (
    <>
      <Field label="The goal" hint={draft.isEdited ? `Was: ${run.goal}` : undefined}>
        {(ids) => (
          <textarea
            {...ids}
            class="field"
            rows={3}
            value={draft.text}
            onInput={(event) => draft.set(event.currentTarget.value)}
          />
        )}
      </Field>
      <Done run={run} />
      {failed !== undefined && <ErrorNote error={failed} />}
      <Allowed needs="all" to="change a goal">
        <div class="form-acts">
          <Button kind="primary" blocked={blocked} working="Sending …" onPress={send}>
            {isOver(run) ? "Start a new run with this goal" : "Change the goal and plan again"}
          </Button>
          {draft.isEdited && <Button onPress={draft.undo}>Undo</Button>}
        </div>
      </Allowed>
    </>
  );
}

function Done({ run }: { readonly run: RunDocument }) {
  const done = run.steps.filter(({ status }) => status === "completed");
  if (isOver(run))
    return <p class="soft">This run has ended and stays as it is. The new run begins anew, and reuses nothing.</p>;
  return (
    <section>
      <h2>
        {done.length === 0 ? "No step has finished yet" : `${done.length} of ${run.stepsTotal} steps have finished`}
      </h2>
      <p class="soft">
        Running calls finish. The planner compares this work with the new goal, keeps what helps, and writes the rest.
        What has acted is not undone. If a plan waits for approval, it is withdrawn.
      </p>
      <ol class="fates">
        {done.map(({ id, title }) => (
          <li key={id}>
            <b class="fate reused">finished</b> <span>{title}</span>
          </li>
        ))}
      </ol>
    </section>
  );
}
