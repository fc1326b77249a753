// The words for a tool that is not what it was when the plan was recorded. In: its differences. Out: a clause.
import { UNRECORDED, type ToolDifference } from "../plan/tool-change.js";
import { andList } from "./phrases.js";

export const UNRECORDED_TEXT =
  "an earlier version of Planloom recorded only part of it: look at the call, and approve it if it is right";

/** `pay has changed since the plan was made: effects, description`. The values are data of the event. */
export function changedToolText({
  tool,
  differences,
}: {
  readonly tool: string;
  readonly differences: readonly ToolDifference[];
}): string {
  if (differences.length === 0) return `${tool} is again what the plan was made with`;
  const known = differences.flatMap(({ field }) => (field === UNRECORDED ? [] : [field]));
  const unrecorded = known.length < differences.length;
  const changed = known.length === 0 ? [] : [`${tool} has changed since the plan was made: ${andList(known)}`];
  return [...changed, ...(unrecorded ? [`it is not known whether ${tool} has changed: ${UNRECORDED_TEXT}`] : [])].join(
    "; ",
  );
}
