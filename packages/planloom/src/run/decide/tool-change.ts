// Decides after a call was not made, because its tools are not the ones that the run knows. In: their definitions now.
// Out: facts. The difference is recorded, and the step is queued again. begin.ts then asks a person, or starts it.
import { isWatched, strictest, toolDifferences } from "../../plan/tool-change.js";
import type { ToolSpec } from "../../plan/tool-spec.js";
import { canonicalJson } from "../../plan/json.js";
import { isComplete, isKnown, recordedTool } from "../changed-tools.js";
import { fact, type Fact } from "../event.js";
import type { Outcome } from "../input.js";
import type { Run } from "../state.js";
import type { StepState, Work } from "../work.js";
import { refOf } from "./failure.js";

export function toolChanged(run: Run, work: Work, { tools }: Outcome & { readonly type: "tool-changed" }): Fact[] {
  const { step, attempt } = work;
  const fresh = tools.filter((present) => !isKnown(run, step, present));
  const reason = { code: "TOOL_CHANGED", tools: tools.map(({ name }) => name) } as const;
  return [
    ...fresh.flatMap((present) => changeOf(run, step, present)),
    fact("step.held", { ...refOf(work), attempt, reason }),
  ];
}

function changeOf(run: Run, step: StepState, present: ToolSpec): readonly Fact[] {
  const recorded = recordedTool(run, step, present.name);
  if (recorded === undefined) return [];
  const complete = isComplete(run);
  const differences = toolDifferences(recorded, present, complete);
  const applies = strictest(recorded, present, complete);
  const waits = differences.length > 0 && (isWatched(recorded) || isWatched(present));
  return [
    fact("tool.changed", {
      tool: present.name,
      present,
      ...(canonicalJson(applies) === canonicalJson(present) ? {} : { applies }),
      differences,
      ...(waits ? { waits } : {}),
    }),
  ];
}
