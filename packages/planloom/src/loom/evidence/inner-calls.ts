// The tool calls inside of agent steps. In: the journal of a run. Out: each call with its tool, arguments and output.
import { isObject, type Json } from "../../plan/json.js";
import type { InnerCall } from "../../run/view/evidence/check.js";
import type { JournalRow } from "../../store/event-store.js";

const TOOL = "tool ";

export function innerCalls(journal: readonly JournalRow[]): readonly InnerCall[] {
  return journal.flatMap(({ stepId, item, attempt, name, intent, outcome }): InnerCall[] => {
    if (!name.startsWith(TOOL)) return [];
    const output = outputIn(outcome);
    return [
      {
        step: stepId,
        ...(item === null ? {} : { item }),
        attempt,
        tool: name.slice(TOOL.length),
        args: isObject(intent) ? (intent["args"] ?? null) : null,
        ...(output === undefined ? {} : { output }),
      },
    ];
  });
}

/** A journal stores outcomes as `{ value }`. The value of a tool is its output, or its failure. */
function outputIn(outcome: Json): Json | undefined {
  const value = isObject(outcome) ? outcome["value"] : undefined;
  return isObject(value) && value["ok"] === true ? value["output"] : undefined;
}
