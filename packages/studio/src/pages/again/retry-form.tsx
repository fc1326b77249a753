// Retries a run that has ended. In: the run, and the step to restart from. Out: the same run goes on.
import { useState } from "preact/hooks";
import { pageOfRun, runPath, sendCommand } from "../../api/people.js";
import { go } from "../../app/router.js";
import { Allowed } from "../../parts/allowed.js";
import { Button } from "../../parts/button.js";
import { Field } from "../../parts/field.js";
import { ErrorNote } from "../../parts/note.js";
import { isOver } from "../../api/run-over.js";
import type { AgainProps } from "./again-page.js";
import { Preview, stepsOf } from "./preview.js";
import { usePlanFacts } from "./plan-facts.js";
import { usePreview } from "./use-preview.js";

export function RetryForm({ run, step, onStep }: AgainProps) {
  const [failed, setFailed] = useState<unknown>();
  const { effects } = usePlanFacts(run.runId, run.plan?.hash);
  const needsStep = run.status === "completed" && step === undefined;
  const body = { ...(step === undefined ? {} : { from: step }) };
  const { preview, error } = usePreview(runPath(run.runId, "/retry-preview"), isOver(run) && !needsStep ? body : null);
  const send = async () => {
    setFailed(undefined);
    await sendCommand(run.runId, { type: "retry", ...body }).then(() => go(pageOfRun(run.runId)), setFailed);
  };
  if (!isOver(run))
    return (
      <p class="soft">This run has not ended. A retry goes on after the end; until then the run itself goes on.</p>
    );
  return (
    <>
      <StepField
        run={run}
        step={step}
        onStep={onStep}
        first={run.status === "completed" ? "Choose a step …" : "after what has finished"}
        label="Go on"
      />
      {error !== undefined && <ErrorNote error={error} />}
      {failed !== undefined && <ErrorNote error={failed} />}
      {preview !== undefined && <Preview run={run} effects={effects} preview={preview} verb="retry" />}
      {preview !== undefined && (
        <Allowed needs="all" to="retry a run">
          <div class="form-acts">
            <Button kind="primary" working="Starting …" onPress={send}>
              {step === undefined ? "Retry the run" : "Restart from this step"}
            </Button>
            <span class="small soft">{retryText(preview.runs.length)}</span>
          </div>
        </Allowed>
      )}
    </>
  );
}

const retryText = (runs: number): string => `${runs === 1 ? "1 step runs" : `${runs} steps run`} in this run.`;

interface StepFieldProps extends AgainProps {
  readonly label: string;
  /** The choice of no step. */
  readonly first: string;
}

export function StepField({ run, step, onStep, label, first }: StepFieldProps) {
  return (
    <Field label={label}>
      {(ids) => (
        <select
          {...ids}
          class="field"
          value={step ?? ""}
          onChange={(event) => onStep(event.currentTarget.value === "" ? undefined : event.currentTarget.value)}
        >
          <option value="">{first}</option>
          {stepsOf(run).map(({ id, title }, at) => (
            <option key={id} value={id}>
              from step {at + 1}: {title}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}
