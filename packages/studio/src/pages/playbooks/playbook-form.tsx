// The form that starts a run of a playbook. In: its inputs with their types. Out: a field for each, and the run's page.
import { useState } from "preact/hooks";
import type { Json } from "planloom";
import type { PlaybookFacts, PlaybookInputFacts } from "../../api/playbooks.js";
import { Allowed } from "../../parts/allowed.js";
import { Button } from "../../parts/button.js";
import { ErrorNote } from "../../parts/note.js";
import { TypedField } from "../../parts/typed-field.js";
import { controlOf, typedText, typedValue, type Control } from "../../parts/typed-value.js";
import { startRun } from "../runs/start-run.js";

export function PlaybookForm({ playbook: { name, inputs } }: { readonly playbook: PlaybookFacts }) {
  const [texts, setTexts] = useState<{ readonly [input: string]: string }>(() => initial(inputs));
  const [error, setError] = useState<unknown>();
  const [isTried, setTried] = useState(false);
  const read = inputs.map((input) => ({ input, ...readField(input, texts[input.name] ?? "") }));
  const start = async () => {
    setTried(true);
    setError(undefined);
    if (read.some((field) => field.error !== undefined)) return;
    const values = Object.fromEntries(
      read.flatMap(({ input, value }) => (value === undefined ? [] : [[input.name, value]])),
    );
    await startRun({ playbook: name, inputs: values }).catch(setError);
  };
  return (
    <form class="small-form" onSubmit={(event) => (event.preventDefault(), void start())}>
      {read.map(({ input, error: wrong }) => (
        <TypedField
          key={input.name}
          label={input.name}
          control={controlFor(input)}
          text={texts[input.name] ?? ""}
          hint={input.description ?? input.wanted}
          error={isTried ? wrong : undefined}
          onText={(text) => setTexts({ ...texts, [input.name]: text })}
        />
      ))}
      {error !== undefined && <ErrorNote error={error} />}
      <Allowed needs="all" to="start a run">
        <Button kind="primary" submit working="Starting …">
          Run {name}
        </Button>
      </Allowed>
    </form>
  );
}

function controlFor({ type }: PlaybookInputFacts): Control {
  if (typeof type !== "object") return controlOf(type);
  const { type: kind, enum: choices } = type;
  if (Array.isArray(choices)) return { kind: "choice", choices: choices as readonly Json[] };
  return controlOf(typeof kind === "string" && kind !== "object" && kind !== "array" ? kind : "json");
}

const initial = (inputs: readonly PlaybookInputFacts[]): { readonly [input: string]: string } =>
  Object.fromEntries(
    inputs.flatMap((input) =>
      input.default === undefined ? [] : [[input.name, typedText(controlFor(input), input.default)]],
    ),
  );

function readField(input: PlaybookInputFacts, text: string): { readonly value?: Json; readonly error?: string } {
  if (text === "" && input.default === undefined) return { error: "Write a value." };
  if (text === "") return {};
  const typed = typedValue(controlFor(input), text);
  return typed.ok ? { value: typed.value } : { error: typed.error };
}
