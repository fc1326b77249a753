// A plan file before it runs. In: its text. Out: its findings, with the text in an editor if it has errors; its steps in
// short, a field for each input, and a button that runs it.
import type { Json } from "planloom";
import { useEffect, useState } from "preact/hooks";
import { usePlanCheck, type CheckedPlanText, type InputText, type PlanCheck } from "../../api/plan-check.js";
import { Button } from "../../parts/button.js";
import { FindingList } from "../../parts/finding-list.js";
import { ErrorNote } from "../../parts/note.js";
import { PlanText } from "../../parts/plan-text.js";
import { TypedField } from "../../parts/typed-field.js";
import { controlOf, typedText, typedValue, type Control } from "../../parts/typed-value.js";
import { startRun } from "./start-run.js";

export interface ChosenFile {
  readonly name: string;
  readonly text: string;
}

/** A text with errors is mended here. It stays open after that. */
export function PlanFile({ file, onClose }: { readonly file: ChosenFile; readonly onClose: () => void }) {
  const [text, setText] = useState(file.text);
  const [mends, setMends] = useState(false);
  const { check, error } = usePlanCheck(text, {});
  useEffect(() => {
    if (check?.ok === false) setMends(true);
  }, [check]);
  return (
    <section class="plan-file" aria-label={`Plan file ${file.name}`}>
      <div class="page-head">
        <h2>{file.name}</h2>
        <Button kind="quiet" onPress={onClose}>
          Close
        </Button>
      </div>
      {error !== undefined && <ErrorNote error={error} />}
      <p class="faint" role="status">
        {check === undefined ? error === undefined && "Checking …" : mends && mendText(check, text !== file.text)}
      </p>
      {mends && (
        <PlanText
          id="plan-file"
          label="The text of the plan"
          {...{ text }}
          findings={check?.findings ?? []}
          onText={setText}
        />
      )}
      {!mends && check !== undefined && <FindingList findings={check.findings} />}
      {check?.plan !== undefined && <Ready key={text} text={text} plan={check.plan} />}
    </section>
  );
}

function mendText({ ok, findings }: PlanCheck, isChanged: boolean): string {
  const errors = findings.filter(({ severity }) => severity === "error").length;
  if (!ok) return `${errors === 1 ? "1 error" : `${errors} errors`}. Mend the text here. The file stays as it is.`;
  return `No errors.${isChanged ? " The run takes this text; the file stays as it is." : ""}`;
}

interface InputField {
  readonly name: string;
  readonly control: Control;
  readonly spec: InputText;
}

function Ready({ text, plan }: { readonly text: string; readonly plan: CheckedPlanText }) {
  const fields = fieldsOf(plan);
  const [texts, setTexts] = useState(() => firstTexts(fields));
  const [hasTried, setTried] = useState(false);
  const [error, setError] = useState<unknown>();
  const [isWorking, setWorking] = useState(false);
  const read = readInputs(fields, texts);
  const send = async () => {
    setTried(true);
    if (Object.keys(read.errors).length > 0) return;
    setWorking(true);
    setError(undefined);
    await startRun({ plan: text, inputs: read.inputs }).catch(setError);
    setWorking(false);
  };
  return (
    <form onSubmit={(event) => (event.preventDefault(), void send())}>
      {plan.goal !== undefined && <p>{plan.goal}</p>}
      <ol class="plan-steps">
        {plan.steps.map(({ id, title }) => (
          <li key={id}>{title ?? id}</li>
        ))}
      </ol>
      {fields.map(({ name, control, spec }) => (
        <TypedField
          key={name}
          label={name}
          control={control}
          hint={hintOf(spec)}
          text={texts[name] ?? ""}
          error={hasTried ? read.errors[name] : undefined}
          onText={(text) => setTexts((now) => ({ ...now, [name]: text }))}
        />
      ))}
      {error !== undefined && <ErrorNote error={error} />}
      <Button kind="primary" submit working="Starting …" isWorking={isWorking}>
        Run this plan
      </Button>
    </form>
  );
}

const typeTextOf = ({ type }: InputText): string | undefined => (typeof type === "string" ? type : undefined);

const fieldsOf = ({ inputs = {} }: CheckedPlanText): readonly InputField[] =>
  Object.entries(inputs).map(([name, spec]) => ({ name, spec, control: controlOf(typeTextOf(spec)) }));

function hintOf(spec: InputText): string {
  const parts = [spec.description ?? "", typeTextOf(spec) ?? "", spec.default === undefined ? "" : "has a default"];
  return parts.filter((part) => part !== "").join(" · ");
}

const firstTexts = (fields: readonly InputField[]): { readonly [name: string]: string } =>
  Object.fromEntries(
    fields.flatMap(({ name, control, spec }) =>
      spec.default === undefined ? [] : [[name, typedText(control, spec.default)]],
    ),
  );

/** An empty field of an input with a default leaves the default. */
function readInputs(fields: readonly InputField[], texts: { readonly [name: string]: string }) {
  const inputs: { [name: string]: Json } = {};
  const errors: { [name: string]: string } = {};
  for (const { name, control, spec } of fields) {
    const text = texts[name] ?? "";
    if (text === "" && spec.default !== undefined) continue;
    const typed = typedValue(control, text);
    if (text === "") errors[name] = "This input is needed.";
    else if (typed.ok) inputs[name] = typed.value;
    else errors[name] = typed.error;
  }
  return { inputs, errors };
}
