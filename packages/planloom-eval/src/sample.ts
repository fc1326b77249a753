// What an evaluation is made of. In: nothing. Out: the types: a sample (one recorded reply of a planner), and a format, which
// makes samples out of the records of a dataset. Separate because the scoring knows no format, and no format the scoring.
import type { Finding, Inventory } from "planloom/plan";

export interface Sample {
  readonly id: string;
  readonly goal: string;
  readonly inventory: Inventory;
  /** What the planner wrote: its text, or data where the dataset recorded them parsed. Absent where it records none. */
  readonly output?: unknown;
  /** What it wrote in each round of repair, the last one last. */
  readonly repairs: readonly unknown[];
  /** The plan that was wanted, in the format of the dataset. */
  readonly gold?: unknown;
}

/** A plan as a document in our fields, and what has no position in one. */
export interface Translated {
  readonly document: unknown;
  readonly findings: readonly Finding[];
}

/** A record that cannot be used, and why. */
export interface Unusable {
  /** UPPER_SNAKE, listed in docs/errors.md. */
  readonly code: string;
  readonly message: string;
}

/** A format of datasets. All of it is pure; a format guesses nothing: what it does not know stays for check to name. */
export interface Format {
  readonly name: "planloom" | "taskbench" | "nestful";
  /** Whether a record has the fields of this format. */
  readonly fits: (record: unknown) => boolean;
  /** The tools of a file beside the dataset; undefined where it is no such file. */
  readonly tools: (file: unknown) => Inventory | undefined;
  /** `beside`: the tools of that file, if there is one. `position`: the record's name where it has no id. */
  readonly sample: (record: unknown, beside: Inventory | undefined, position: string) => Sample | Unusable;
  /** A plan of this format, already parsed, in our fields. */
  readonly translate: (plan: unknown, inventory: Inventory) => Translated;
}

export const isUnusable = (made: Sample | Unusable): made is Unusable => "code" in made;
