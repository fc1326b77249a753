// What a screen reader is told of changes. In: sentences. Out: two live regions. Changes of state are said at most every
// 5 s, the newest only; what waits for a person is said at once.
import { cell, useCell } from "../api/cell.js";

const POLITE_MS = 5_000;

const polite = cell("");
const urgent = cell("");
let saidAt = 0;
let timer: ReturnType<typeof setTimeout> | undefined;

/** The same text is not said twice. */
export function announce(text: string): void {
  clearTimeout(timer);
  const wait = Math.max(0, saidAt + POLITE_MS - Date.now());
  timer = setTimeout(() => {
    saidAt = Date.now();
    polite.set(text);
  }, wait);
}

export const announceNow = (text: string): void => urgent.set(text);

export function LiveRegions() {
  return (
    <div class="vh">
      <p role="status">{useCell(polite)}</p>
      <p role="alert">{useCell(urgent)}</p>
    </div>
  );
}
