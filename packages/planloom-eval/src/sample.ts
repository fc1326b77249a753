// The types of an evaluation: a sample (one recorded reply of a planner), and a format, which makes samples from the
// records of a dataset. In: nothing. Out: types. The scoring does not depend on any format.
import type { Finding, Inventory } from "planloom/plan";

export interface Sample {
  readonly id: string;
  readonly goal: string;
  readonly inventory: Inventory;
  /** The planner's reply: its text, or data if the dataset recorded it parsed. Absent if there is none. */
  readonly output?: unknown;
  /** The reply of each round of repair, in order. */
  readonly repairs: readonly unknown[];
  /** The gold plan, in the format of the dataset. */
  readonly gold?: unknown;
}

/** A plan as a document in our fields, and its parts without a position. */
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

/** A format of datasets. Pure. A format does not guess: unknown parts stay for check to report. */
export interface Format {
  readonly name: "planloom" | "taskbench" | "nestful";
  /** Whether a record has the fields of this format. */
  readonly fits: (record: unknown) => boolean;
  /** The tools from a file beside the dataset; undefined if it is not such a file. */
  readonly tools: (file: unknown) => Inventory | undefined;
  /** `beside`: the tools of that file, if there is one. `position`: the name of a record without an id. */
  readonly sample: (record: unknown, beside: Inventory | undefined, position: string) => Sample | Unusable;
  /** A plan of this format, already parsed, in our fields. */
  readonly translate: (plan: unknown, inventory: Inventory) => Translated;
}

export const isUnusable = (made: Sample | Unusable): made is Unusable => "code" in made;
