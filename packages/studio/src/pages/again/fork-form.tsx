// Forks a run that has ended: another run from one of its steps, with other inputs. In: the run and the step. Out: the new
// run.
import { useState } from "preact/hooks";
import type { Json, RunDocument } from "planloom";
import { post } from "../../api/client.js";
import { pageOfRun, runPath } from "../../api/people.js";
import { go } from "../../app/router.js";
import { Allowed } from "../../parts/allowed.js";
import { Button } from "../../parts/button.js";
import { ErrorNote } from "../../parts/note.js";
import { TypedField } from "../../parts/typed-field.js";
import { controlOf, typedText, typedValue, type Control } from "../../parts/typed-value.js";
import { isOver } from "../../api/run-over.js";
import type { AgainProps } from "./again-page.js";
import { Preview } from "./preview.js";
import { StepField } from "./retry-form.js";
import { usePreview } from "./use-preview.js";
import { usePlanFacts } from "./plan-facts.js";

export function ForkForm(props: AgainProps) {
  const { run, step } = props;
  const [failed, setFailed] = useState<unknown>();
  const { inputs: known, effects } = usePlanFacts(run.runId, run.plan?.hash);
  const [texts, setTexts] = useState<{ readonly [name: string]: string }>({});
  const fields = inputFields(run, known);
  const read = readChanges(fields, texts);
  const body = step === undefined ? null : { at: step, ...(read.changed ? { inputs: read.inputs } : {}) };
  const path = runPath(run.runId, "/fork-preview");
  const { preview, error } = usePreview(path, isOver(run) && read.isSound ? body : null);
  const send = async () => {
    setFailed(undefined);
    await post<RunDocument>(runPath(run.runId, "/fork"), body).then(({ runId }) => go(pageOfRun(runId)), setFailed);
  };
  if (!isOver(run)) return <p class="soft">This run has not ended. It can be forked after its end.</p>;
  return (
    <>
      <StepField {...props} label="The new run starts" first="Choose a step …" />
      {fields.map(({ name, control, was, type }) => (
        <TypedField
          key={name}
          label={`Input ${name}`}
          control={control}
          text={texts[name] ?? was}
          hint={(texts[name] ?? was) === was ? type : `${type} · was ${was}`}
          error={read.errors[name]}
          onText={(text) => setTexts((now) => ({ ...now, [name]: text }))}
        />
      ))}
      {error !== undefined && <ErrorNote error={error} />}
      {failed !== undefined && <ErrorNote error={failed} />}
      {preview !== undefined && <Preview run={run} effects={effects} preview={preview} verb="fork" />}
      {preview !== undefined && (
        <Allowed needs="all" to="start a run">
          <div class="form-acts">
            <Button kind="primary" working="Starting …" onPress={send}>
              Start the new run
            </Button>
            <span class="small soft">This run stays as it is.</span>
          </div>
        </Allowed>
      )}
    </>
  );
}

interface InputField {
  readonly name: string;
  readonly control: Control;
  readonly type: string;
  readonly was: string;
}

/** The inputs that the plan declares, with the values of this run. */
function inputFields(run: RunDocument, known: { readonly [name: string]: Json }): readonly InputField[] {
  const declared = (run.plan?.["inputs"] ?? {}) as { readonly [name: string]: { readonly type?: Json } };
  return [...new Set([...Object.keys(declared), ...Object.keys(known)])].map((name) => {
    const type = declared[name]?.type;
    const text = typeof type === "string" ? type : undefined;
    const control = controlOf(text ?? (typeof known[name] === "string" ? "string" : undefined));
    const value = known[name];
    return { name, control, type: text ?? "any value", was: value === undefined ? "" : typedText(control, value) };
  });
}

function readChanges(fields: readonly InputField[], texts: { readonly [name: string]: string }) {
  const inputs: { [name: string]: Json } = {};
  const errors: { [name: string]: string } = {};
  for (const { name, control, was } of fields) {
    const text = texts[name] ?? was;
    if (text === was) continue;
    const typed = typedValue(control, text);
    if (typed.ok) inputs[name] = typed.value;
    else errors[name] = typed.error;
  }
  return { inputs, errors, changed: Object.keys(inputs).length > 0, isSound: Object.keys(errors).length === 0 };
}
