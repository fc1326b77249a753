// Shows a retry or a fork before it starts: which steps are reused and which run. In: the preview, and its plan. Out:
// lines. A person decides by them. What they show is decided in run/decide/retry.ts.
import type { JsonObject } from "../../plan/json.js";
import type { Plan } from "../../plan/plan.js";
import type { ToolSpec } from "../../plan/tool-spec.js";
import type { RetryPreview } from "../../run/decide/retry.js";
import { mayActThrough } from "../../plan/step-kind.js";
import { showAll, wholePlanLines, type PlanToApprove } from "./approval.js";
import { keyText, valueLines } from "./value.js";
import { columnsOf, count, oneLine, padded, paint, type Paint } from "../style.js";

export interface ShownPlan {
  readonly plan: Plan;
  readonly tools: readonly ToolSpec[];
  readonly hash: string;
  readonly inputs: JsonObject;
}

/** One line for each step, in plan order; then the possible effects of the steps that run, and a warning. */
export function retryLines(
  parts: RetryPreview,
  shown: ShownPlan | undefined,
  verb: "retry" | "fork",
  runId: string,
): readonly string[] {
  if (parts.stage === "plan" || shown === undefined)
    return ["  there is no plan that was accepted: the planner is asked for one"];
  const { plan, tools } = shown;
  const reused = new Set(parts.reused);
  // A person is asked about these calls. They are not made.
  const quiet = new Set([...reused, ...parts.unusable]);
  const mayAct = plan.steps.some((step) => !quiet.has(step.id) && tools.some((tool) => mayActThrough(step, tool)));
  const width = Math.min(24, Math.max(...plan.steps.map(({ id }) => columnsOf(id))));
  return [
    `  ${parts.reused.length} of ${count(plan.steps.length, "step")} reused`,
    ...plan.steps.flatMap(({ id, title }) => {
      const [word, colour, note] = fateOf(id, parts);
      const line = `  ${paint(colour, word.padEnd(8))} ${padded(id, width)}  ${oneLine(title, 70)}${note}`;
      const made = parts.calls.filter(({ step }) => step === id);
      return [line, ...made.flatMap((call) => callLines(call, showAll(runId)))];
    }),
    ...(mayAct ? wholePlanLines(toApprove(shown, runId), (id) => quiet.has(id)) : []),
    ...(parts.actAgain.length === 0 ? [] : warning(parts.actAgain, verb)),
  ];
}

/** Before the run continues, its expressions can see the inputs. */
function toApprove({ plan, tools, inputs }: ShownPlan, runId: string): PlanToApprove {
  const from = { steps: ["inputs"], tools: [] };
  return {
    plan,
    tools: new Map(tools.map((tool) => [tool.name, tool])),
    inputs,
    scope: (name) => (name === "inputs" ? { value: inputs, from } : undefined),
    all: showAll(runId),
  };
}

/** `has made  pay`, and below it each argument and the output: a person decides by them. */
function callLines({ item, tool, args, output, error }: RetryPreview["calls"][number], all: string): readonly string[] {
  const at = item === undefined ? "" : `[${item}] `;
  const shown = { indent: " ".repeat(13), width: 0, all };
  return [
    `           has made  ${at}${oneLine(tool)}${error === undefined ? "" : ` (${oneLine(error.code)})`}`,
    ...Object.entries(args).flatMap(([name, value]) => valueLines(keyText(name), value, shown)),
    ...(output === undefined ? [] : valueLines("output", output, { ...shown, sign: "=> " })),
  ];
}

function fateOf(
  id: string,
  { reused, restarted, unknown, unusable, kept }: RetryPreview,
): readonly [string, Paint, string] {
  if (reused.includes(id)) return ["reused", "green", ""];
  if (unknown.includes(id)) return ["asks", "red", ": it is not known whether it took effect, and a person is asked"];
  if (unusable.includes(id)) return ["asks", "red", ": it has acted, and a person decides about its output"];
  if (restarted.includes(id)) return ["restarts", "yellow", ""];
  const items = kept.filter(({ step, item }) => step === id && item !== undefined).length;
  return ["runs", "cyan", items === 0 ? "" : ` (${count(items, "item")} reused)`];
}

/** A retry knows which calls were made, by their keys. A fork has keys of its own. */
function warning(actAgain: readonly string[], verb: "retry" | "fork"): readonly string[] {
  const again = `  ${paint("yellow", "warning")}  ran before, and may act in the world again: ${actAgain.join(", ")}`;
  return verb === "fork"
    ? [again]
    : [again, "           (a call that acts once is made again only with other arguments)"];
}
