// Where a step of a reviewed plan says that its call waits for a person: once. In: the step and its changes. Out: the
// places that say it.
import type { ReviewedStep } from "../../api/people.js";

interface AskPlaces {
  /** Beside each tool. */
  readonly tools: boolean;
  /** In the row of the field. */
  readonly row: boolean;
}

/** The sentence "Asks again" says most, then the row. The tools say it if only some ask. A change of the row is shown. */
export function askPlaces({ asks, fields, tools }: ReviewedStep, changed: ReadonlySet<string>): AskPlaces {
  const hasRow = fields.some(({ field }) => field === "approval");
  const row = hasRow && (asks === undefined || changed.has("approval"));
  const some = tools.some((tool) => !tool.asks);
  return { row, tools: some || (asks === undefined && !row) };
}
