// The previews of a review: what its calls would change, as far as their arguments are known. In: a review and its run.
// Out: the review with them. Only calls that wait have one: later it would show something else.
import { resolveValue } from "../../plan/expression/reference.js";
import { isObject } from "../../plan/json.js";
import type { Step } from "../../plan/plan.js";
import { directToolIn, isFilled } from "../../plan/step-kind.js";
import { LIMITS } from "../../limits.js";
import type { PreviewedCall, Previewer } from "../../perform/preview-call.js";
import type { Run } from "../../run/state.js";
import { scopeOf } from "../../run/step-scope.js";
import type { ShownPreview } from "../../tools/preview.js";
import { tooManyNote } from "../../words/previews.js";
import type { CallReview } from "./call-review.js";
import type { PlanReview } from "./plan-review.js";

type Review = PlanReview | CallReview;

/** Never rejects for the sake of a preview. */
export async function withPreviews(review: Review, run: Run, previewer: Previewer): Promise<Review> {
  if (!review.waiting) return review;
  return review.kind === "call" ? ofCall(review, run, previewer) : ofPlan(review, run, previewer);
}

async function ofCall(review: CallReview, run: Run, previewer: Previewer): Promise<CallReview> {
  const args = run.approvals.pending.get(review.hash)?.args;
  const step = run.execution.steps.get(review.step)?.spec;
  if (review.tool === undefined || args === undefined || step === undefined || review.items !== undefined)
    return review;
  // It would show what the call changed, and not what its undoing does.
  if (review.undoes !== undefined) return review;
  const preview = await previewer.of(run, { step, tool: review.tool, args });
  return preview === undefined ? review : { ...review, preview };
}

async function ofPlan(review: PlanReview, run: Run, previewer: Previewer): Promise<PlanReview> {
  const proposed = run.planning.plans.findLast(({ hash }) => hash === review.hash);
  const previews = await planPreviews(run, proposed?.plan.steps ?? [], proposed?.tools ?? new Map(), previewer);
  const steps = review.steps.map((step) => {
    const preview = step.finished || step.mark === "removed" ? undefined : previews.get(step.id);
    return preview === undefined ? step : { ...step, preview };
  });
  return previews.size === 0 ? review : { ...review, steps };
}

type Tools = NonNullable<Run["planning"]["plans"][number]>["tools"];

/** By step. The files are shown as they are now, also to a step that comes after a write. */
async function planPreviews(
  run: Run,
  steps: readonly Step[],
  tools: Tools,
  previewer: Previewer,
): Promise<ReadonlyMap<string, ShownPreview>> {
  const known = steps.flatMap((step) => callOf(run, step, tools) ?? []).filter(({ tool }) => previewer.has(tool));
  const most = LIMITS.planPreviews;
  const previews = await Promise.all(
    known.map(async (call, at) => {
      const preview = at < most ? await previewer.of(run, call) : tooMany(most);
      return [call.step.id, preview] as const;
    }),
  );
  return new Map(previews.flatMap(([id, preview]) => (preview === undefined ? [] : [[id, preview] as const])));
}

const tooMany = (most: number): ShownPreview => ({ kind: "failed", note: tooManyNote(most) });

/** The call of a step, if all of its arguments are known before the plan runs. */
function callOf(run: Run, step: Step, tools: Tools): PreviewedCall | undefined {
  const tool = directToolIn(tools, step);
  if (tool === undefined || isFilled(step)) return undefined;
  const resolved = resolveValue(step.with, scopeOf(run));
  if (!resolved.ok || !isObject(resolved.value)) return undefined;
  return { step, tool: tool.name, args: resolved.value };
}
