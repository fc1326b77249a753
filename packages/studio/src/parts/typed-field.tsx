// A field for a value of a type. In: a control and the text so far. Out: the fitting control, with its label and error.
import { Field } from "./field.js";
import { typedText, type Control } from "./typed-value.js";

interface TypedFieldProps {
  readonly label: string;
  readonly control: Control;
  readonly text: string;
  readonly hint?: string | undefined;
  readonly error?: string | undefined;
  readonly onText: (text: string) => void;
}

export function TypedField({ label, control, text, hint, error, onText }: TypedFieldProps) {
  const take = (event: { readonly currentTarget: { readonly value: string } }) => onText(event.currentTarget.value);
  return (
    <Field label={label} hint={hint} error={error}>
      {(ids) => {
        switch (control.kind) {
          case "choice":
          case "boolean": {
            const choices = control.kind === "choice" ? control.choices : [true, false];
            return (
              <select {...ids} class="field" value={text} onChange={take}>
                <option value="">Choose …</option>
                {choices.map((choice) => (
                  <option key={typedText(control, choice)} value={typedText(control, choice)}>
                    {typeof choice === "string" ? choice : JSON.stringify(choice)}
                  </option>
                ))}
              </select>
            );
          }
          case "json":
            return <textarea {...ids} class="field mono" rows={4} spellcheck={false} value={text} onInput={take} />;
          case "number":
          case "integer":
            return <input {...ids} class="field" inputMode="decimal" value={text} onInput={take} />;
          case "text":
          case "any":
            return <textarea {...ids} class="field grows" rows={1} value={text} onInput={take} />;
        }
      }}
    </Field>
  );
}
