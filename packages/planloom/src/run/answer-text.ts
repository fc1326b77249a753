// The texts and numbers of an answer, with their places. In: an answer. Out: visits; the place of a text in it. The
// critique of an answer and the checks of an evidence card use the same places.
import { pointerTo, type Json } from "../plan/json.js";

/** Visits each text and number. `at`: its JSON pointer. */
export function eachText(value: Json, visit: (at: string, value: number | string) => void, at = ""): void {
  if (typeof value === "number" || typeof value === "string") return visit(at, value);
  if (typeof value !== "object" || value === null) return;
  for (const [name, field] of Object.entries(value)) eachText(field, visit, pointerTo(at, name));
}

/** Where the answer holds this text, word for word. A number holds what JSON writes. undefined: nowhere. */
export function placeInAnswer(answer: Json, text: string): string | undefined {
  let found: string | undefined;
  eachText(answer, (at, value) => {
    const isThere = typeof value === "string" ? value.includes(text) : String(value) === text;
    if (isThere) found ??= at;
  });
  return found;
}
