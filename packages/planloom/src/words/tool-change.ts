// The words for a tool that is not what it was when the plan was recorded. In: its differences. Out: clauses.
import type { Json } from "../plan/json.js";
import { UNRECORDED, type ToolDifference } from "../plan/tool-change.js";
import { LIMITS } from "../limits.js";

/** `charge has changed since the plan was made: effects "none" -> "once"`. */
export function changedToolText({
  tool,
  differences,
}: {
  readonly tool: string;
  readonly differences: readonly ToolDifference[];
}): string {
  return `${tool} has changed since the plan was made: ${differences.map(differenceText).join("; ")}`;
}

function differenceText({ field, was, is }: ToolDifference): string {
  if (field === UNRECORDED) return "an earlier version of Planloom recorded it, without all that is compared today";
  return `${field} ${shown(was)} -> ${shown(is)}`;
}

function shown(value: Json): string {
  if (value === null) return "(none)";
  const text = JSON.stringify(value);
  const over = text.length - LIMITS.previewChars;
  return over <= 0 ? text : `${text.slice(0, LIMITS.previewChars)} (and ${over} more characters)`;
}
