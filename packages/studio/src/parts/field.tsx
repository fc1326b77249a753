// A labelled field. In: a label, a hint, an error, and the control. Out: the control with what belongs to it; screen
// readers read the hint and the error with it.
import type { JSX } from "preact";
import { useId } from "preact/hooks";

/** To be spread on the control. */
export interface ControlIds {
  readonly id: string;
  readonly "aria-describedby": string | undefined;
  readonly "aria-invalid": boolean | undefined;
}

interface FieldProps {
  readonly label: string;
  /** The label is heard but not seen. */
  readonly quiet?: boolean;
  readonly hint?: string | undefined;
  readonly error?: string | undefined;
  readonly children: (ids: ControlIds) => JSX.Element;
}

export function Field({ label, quiet = false, hint, error, children }: FieldProps) {
  const id = useId();
  const told = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(" ");
  return (
    <div class="fieldset">
      <label class={quiet ? "vh" : "lab"} for={id}>
        {label}
      </label>
      {children({ id, "aria-describedby": told || undefined, "aria-invalid": error ? true : undefined })}
      {hint && (
        <p class="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      {error && (
        <p class="hint is-failed" id={`${id}-error`} role="alert">
          {error}
        </p>
      )}
    </div>
  );
}
