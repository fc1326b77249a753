// Says in one line what a run has not done. In: a step, how far it came, and its failure. Out: text for the prompt of a
// partial answer.
import type { Failure } from "../run/failure.js";
import { failureText } from "./failures.js";

/** `items`: for a step with `forEach`, how many of its items are done. */
export interface MissingStep {
  readonly id: string;
  readonly title: string;
  readonly items?: { readonly done: number; readonly of: number };
  readonly error?: Failure;
}

/** `rents: Find the rents (2 of 5 items are done; failed: no page)`. */
export function missingText({ id, title, items, error }: MissingStep): string {
  const parts = [
    ...(items === undefined || items.done === 0 ? [] : [`${items.done} of ${items.of} items are done`]),
    error === undefined ? "not done" : `failed: ${failureText(error)}`,
  ];
  return `${id}: ${title} (${parts.join("; ")})`;
}
