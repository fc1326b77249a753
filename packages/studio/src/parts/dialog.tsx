// A dialog over the page. In: a title, and whether it is open. Out: the browser's own modal dialog, which keeps the focus
// inside and gives it back.
import type { ComponentChildren } from "preact";
import { useId, useLayoutEffect, useRef } from "preact/hooks";
import { Button } from "./button.js";

interface DialogProps {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ComponentChildren;
}

/** Render it to open it. Escape closes it. */
export function Dialog({ title, onClose, children }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  useLayoutEffect(() => {
    const shown = dialog.current;
    shown?.showModal();
    return () => shown?.close();
  }, []);
  return (
    <dialog ref={dialog} aria-labelledby={id} onCancel={(event) => (event.preventDefault(), onClose())}>
      <div class="page-head">
        <h2 id={id}>{title}</h2>
        <Button kind="quiet" onPress={onClose}>
          Close
        </Button>
      </div>
      {children}
    </dialog>
  );
}
