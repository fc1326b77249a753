// A small form in a dialog: the consequence, a text, and one button that names the act. In: words, and what to do. Out: the
// form. Ctrl Enter sends it. An error stays in it.
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { ComponentChildren } from "preact";
import { Button } from "./button.js";
import { Dialog } from "./dialog.js";
import { Field } from "./field.js";
import { ErrorNote } from "./note.js";
import { useDraft } from "./use-draft.js";

interface FormDialogProps {
  readonly title: string;
  /** What the act does, in sentences. */
  readonly children: ComponentChildren;
  readonly label: string;
  /** The text is needed. */
  readonly needed?: boolean;
  readonly act: string;
  readonly working: string;
  /** Names the draft of the text. */
  readonly draft: string;
  /** The text before a person writes. */
  readonly initial?: string;
  readonly onClose: () => void;
  readonly onSend: (text: string) => Promise<unknown>;
}

export function FormDialog(props: FormDialogProps) {
  const { title, children, label, needed = false, act, working, draft: name, initial = "", onClose, onSend } = props;
  const draft = useDraft(name, initial);
  const [error, setError] = useState<unknown>();
  const [isWorking, setWorking] = useState(false);
  const area = useRef<HTMLTextAreaElement>(null);
  // The dialog opens in its own effect, which runs before this one. The first key finds the field.
  useLayoutEffect(() => area.current?.focus(), []);
  const blocked = needed && draft.text.trim() === "" ? "Write a sentence first." : undefined;
  const send = async () => {
    if (blocked !== undefined || isWorking) return;
    setWorking(true);
    setError(undefined);
    try {
      await onSend(draft.text.trim());
      draft.set(initial);
      onClose();
    } catch (thrown) {
      setError(thrown);
      setWorking(false);
    }
  };
  return (
    <Dialog title={title} onClose={onClose}>
      <form
        class="small-form"
        onSubmit={(event) => (event.preventDefault(), void send())}
        onKeyDown={(event) => event.key === "Enter" && (event.ctrlKey || event.metaKey) && void send()}
      >
        <div class="told">{children}</div>
        <Field label={label}>
          {(ids) => (
            <textarea
              {...ids}
              ref={area}
              class="field"
              rows={4}
              value={draft.text}
              onInput={(event) => draft.set(event.currentTarget.value)}
            />
          )}
        </Field>
        {error !== undefined && <ErrorNote error={error} />}
        <div class="form-acts">
          <Button kind="primary" submit blocked={blocked} working={working} isWorking={isWorking}>
            {act}
          </Button>
          <Button onPress={onClose}>Keep it as it is</Button>
        </div>
      </form>
    </Dialog>
  );
}
