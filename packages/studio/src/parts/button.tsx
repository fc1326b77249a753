// Buttons. In: what it does, and why it cannot now. Out: a button that can always be found by keyboard; while it works
// it says so and takes no second press.
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";

interface ButtonProps {
  readonly children: ComponentChildren;
  readonly kind?: "primary" | "quiet";
  readonly small?: boolean;
  /** Submits its form; then `onPress` is not needed. */
  readonly submit?: boolean;
  /** Why it cannot be pressed now. Shown as its title. */
  readonly blocked?: string | undefined;
  /** The text while the promise of `onPress` is open, or while this is set by a form: `Starting …`. */
  readonly working?: string | undefined;
  readonly isWorking?: boolean;
  readonly onPress?: () => void | Promise<unknown>;
  readonly title?: string;
  readonly "aria-expanded"?: boolean;
  readonly "aria-pressed"?: boolean;
  readonly "aria-label"?: string;
}

export function Button(props: ButtonProps) {
  const { children, kind, small, submit, blocked, working, isWorking = false, onPress, title, ...aria } = props;
  const [open, setOpen] = useState(false);
  const alive = useAlive();
  const busy = open || isWorking;
  const press = async (event: Event) => {
    if (busy || blocked !== undefined) return event.preventDefault();
    const done = onPress?.();
    if (!(done instanceof Promise)) return;
    setOpen(true);
    try {
      await done;
    } finally {
      if (alive.current) setOpen(false);
    }
  };
  return (
    <button
      {...aria}
      type={submit ? "submit" : "button"}
      class={["btn", kind, small && "small"].filter(Boolean).join(" ")}
      aria-disabled={busy || blocked !== undefined ? true : undefined}
      aria-busy={busy ? true : undefined}
      title={blocked ?? title}
      onClick={(event) => void press(event)}
    >
      {busy && working !== undefined ? working : children}
    </button>
  );
}

/** False after the part has left the page. */
function useAlive(): { readonly current: boolean } {
  const alive = useRef(true);
  useEffect(() => {
    alive.current = true;
    return () => void (alive.current = false);
  }, []);
  return alive;
}
