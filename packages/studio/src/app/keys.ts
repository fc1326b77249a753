// The keyboard. In: keys with what they do, from the shell and from the page. Out: the action of the key that was
// pressed, and the list that `?` shows. No key approves, denies or cancels: those are buttons.
import { useEffect, useRef } from "preact/hooks";
import { cell } from "../api/cell.js";

export interface Key {
  /** One key, or two in a row with a space: `j`, `?`, `g r`, `Escape`. */
  readonly keys: string;
  readonly does: string;
  /** Absent if the browser does it: Enter on a link. The key is only listed. */
  readonly run?: () => void;
  /** Also works while a field has the focus. Escape always does. */
  readonly inFields?: boolean;
}

interface KeyGroup {
  readonly title: string;
  readonly keys: () => readonly Key[];
}

/** Later groups win: a page may give a key of the shell another meaning. */
export const keyGroups = cell<readonly KeyGroup[]>([]);

/** ms in which the second key of a pair must follow. */
const PAIR_MS = 1_500;

/** Adds keys while the part is on the page. `title` heads them in the list. */
export function useKeys(title: string, keys: readonly Key[]): void {
  const latest = useRef(keys);
  latest.current = keys;
  useEffect(() => {
    const group: KeyGroup = { title, keys: () => latest.current };
    keyGroups.set([...keyGroups.get(), group]);
    return () => keyGroups.set(keyGroups.get().filter((one) => one !== group));
  }, [title]);
}

let first: { readonly key: string; readonly at: number } | undefined;

/** For the key events of the whole page. */
export function pressKey(event: KeyboardEvent): void {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.defaultPrevented) return;
  if (document.querySelector("dialog[open]") !== null) return;
  const pressed = event.key;
  const before = first !== undefined && event.timeStamp - first.at < PAIR_MS ? `${first.key} ` : "";
  first = undefined;
  const all = keyGroups.get().flatMap((group) => group.keys());
  const inField = isField(event.target);
  const found = all.findLast((key) => key.keys === before + pressed) ?? all.findLast((key) => key.keys === pressed);
  if (found?.run !== undefined && (!inField || found.inFields === true || pressed === "Escape")) {
    event.preventDefault();
    return found.run();
  }
  if (!inField && all.some(({ keys }) => keys.startsWith(`${pressed} `))) first = { key: pressed, at: event.timeStamp };
}

const isField = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable || target.matches("textarea, select, input:not([type=checkbox], [type=radio])"));

/** Moves the focus to the next or previous element that fits. From elsewhere it goes to the first one. */
export function moveFocus(selector: string, step: 1 | -1): void {
  const all = [...document.querySelectorAll<HTMLElement>(selector)];
  const at = all.findIndex((one) => one === document.activeElement);
  const next = all[at < 0 ? 0 : Math.min(all.length - 1, Math.max(0, at + step))];
  next?.focus();
  next?.scrollIntoView({ block: "nearest" });
}
