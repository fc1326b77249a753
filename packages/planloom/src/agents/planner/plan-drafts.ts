// Reads the steps of a plan while it is being written. In: pieces of a planner's reply. Out: each step as soon as it is
// complete, and whether it is valid among those before it. planner.ts judges the complete plan.
import { isError } from "../../plan/finding.js";
import { check } from "../../plan/check/check.js";
import { isObject, type Json } from "../../plan/json.js";
import { PlanStream, type StreamedStep } from "../../plan/read/stream.js";
import { usesTool } from "../../plan/step-kind.js";
import type { DraftedStep } from "../checkpoint.js";
import type { PlannerRequest } from "./plan-request.js";
import { planFromReply } from "./plan-request-schema.js";

/**
 * Handles each piece of text; `tell` gets each step once. If the request is eager, a step is checked at once with those
 * before it and the run's own inputs. A step that refers to anything else is not valid yet.
 */
export function draftsOf(request: PlannerRequest, tell: (step: DraftedStep) => void): (piece: string) => void {
  const { inventory } = request;
  const prepare = (raw: unknown): unknown => {
    const document = planFromReply({ steps: [raw as Json] }, inventory);
    return isObject(document) ? (document["steps"] as readonly Json[])[0] : raw;
  };
  const stream = new PlanStream({ inventory, prepare });
  const written: StreamedStep[] = [];
  return (piece) => {
    for (const step of stream.push(piece)) {
      written.push(step);
      const sound = request.eager === true ? soundStep(request, written) : undefined;
      tell(sound ?? { index: step.index, step: step.step as Json });
    }
  };
}

/**
 * The last of these steps in its canonical form, with the tools that it uses. undefined if the steps are not a valid
 * plan yet.
 */
function soundStep(request: PlannerRequest, written: readonly StreamedStep[]): DraftedStep | undefined {
  const { goal, inputs, inventory, limits, within } = request;
  if (written.some(({ findings }) => findings.some(isError))) return undefined;
  const declared = Object.fromEntries(Object.keys(inputs).map((name) => [name, { type: "unknown" }]));
  const draft = { goal, inputs: declared, steps: written.map(({ step }) => step) };
  const checked = check(draft, inventory, { inputs, goal, ...(limits && { limits }), ...(within && { within }) });
  const last = checked.ok ? checked.plan.steps.at(-1) : undefined;
  if (!checked.ok || last === undefined) return undefined;
  return {
    index: written.length - 1,
    step: last as unknown as Json,
    tools: checked.tools.filter((tool) => usesTool(last, tool.name)),
  };
}
