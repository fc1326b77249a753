// The reviewer: judges whether the rest of a plan still makes sense. In: the goal, the plan, its results so far. Out:
// one of two verdicts with a reason. It reads results in full, and its answer is only a choice, so that no text in them
// can write a plan.
import { beginning } from "../../beginning.js";
import type { Model } from "../../model/port.js";
import { LIMITS } from "../../limits.js";
import type { Usage } from "../../plan/usage.js";
import { planOf } from "../../run/lookup.js";
import { isFinished } from "../../run/steps.js";
import { type Run } from "../../run/state.js";
import { failWith, type Failure } from "../../run/failure.js";
import type { StepState } from "../../run/work.js";
import { failureText } from "../../words/failures.js";
import type { AgentContext } from "../checkpoint.js";
import { reasonIn } from "../typed/json-reply.js";
import { askVerdict, choiceIn } from "../typed/verdict.js";
import { Previews } from "../preview.js";
import { REVIEW_SYSTEM, reviewCorrection, reviewText, type ReviewFacts } from "./replan-prompts.js";
import { closedObject, TEXT } from "../typed/strict-schema.js";

export type Verdict = "go on" | "replan";

export interface Review {
  readonly verdict: Verdict;
  /** A model's words. The model has read untrusted text. */
  readonly text: string;
  readonly usage: Usage;
}

const VERDICTS: readonly Verdict[] = ["go on", "replan"];
const SCHEMA = closedObject({ verdict: { type: "string", enum: ["go on", "replan"] }, reason: TEXT });

/** The ended and the open steps, as the run stands. */
export function reviewFacts(run: Run): ReviewFacts {
  const { plan } = planOf(run);
  const steps = [...run.execution.steps.values()];
  const ended = steps.filter(({ work }) => isFinished(work));
  return {
    goal: run.request.goal,
    plan,
    done: ended.map(endedStep),
    rest: steps.filter(({ work }) => !isFinished(work)).map(({ spec }) => spec.id),
  };
}

function endedStep({ spec: { id }, work, fan }: StepState): ReviewFacts["done"][number] {
  const { status: state, output } = work;
  const lost = fan?.items.filter(({ status, cause }) => status === "skipped" && cause === "failure") ?? [];
  const first = lost.slice(0, LIMITS.failedItems).flatMap(({ item, error }) => {
    return item === null || error === undefined ? [] : [{ item, error: errorText(error) }];
  });
  return {
    id,
    state,
    ...(state === "skipped" || output === undefined ? {} : { output }),
    ...(state === "skipped" && work.cause === "failure" && work.error !== undefined
      ? { error: errorText(work.error) }
      : {}),
    ...(fan === undefined || lost.length === 0 ? {} : { items: { total: fan.items.length, lost: lost.length, first } }),
  };
}

const errorText = (error: Failure): string =>
  `${error.code}: ${beginning(failureText(error), LIMITS.errorExcerptChars)}`;

/**
 * One verdict, with one correction. Throws StepFailure: REVIEW_UNREADABLE (retryable), or the codes of the provider.
 */
export const reviewPlan = (facts: ReviewFacts, model: Model, context: AgentContext): Promise<Review> =>
  askVerdict(
    {
      name: "review",
      system: REVIEW_SYSTEM,
      text: reviewText(facts, new Previews()),
      schema: SCHEMA,
      read: ({ verdict, reason }) => {
        const known = choiceIn(verdict, VERDICTS);
        return known === undefined ? undefined : { verdict: known, text: reasonIn(reason) };
      },
      correction: reviewCorrection,
      failure: (problem) => failWith("REVIEW_UNREADABLE", { problem }, { retryable: true }),
    },
    model,
    context,
  );
