// The reviewer: judges whether the rest of a plan still makes sense. In: the goal, the plan, its results so far. Out:
// one of two verdicts with a reason. It reads results in full, and its answer is only a choice, so that no text in them
// can write a plan.
import { beginning } from "../../beginning.js";
import type { Model, ModelMessage, ModelReply } from "../../model/port.js";
import { LIMITS } from "../../limits.js";
import { isObject } from "../../plan/json.js";
import { addUsage, NO_USAGE, type Usage } from "../../plan/usage.js";
import { planOf } from "../../run/lookup.js";
import { isFinished } from "../../run/steps.js";
import { type Run } from "../../run/state.js";
import { failWith, type Failure, type ReplyProblem } from "../../run/failure.js";
import type { StepState } from "../../run/work.js";
import { failureText } from "../../words/failures.js";
import { problemText } from "../../words/reply-problems.js";
import { askModel } from "../ask-model.js";
import type { AgentContext } from "../checkpoint.js";
import { jsonReadings, reasonIn } from "../typed/json-reply.js";
import { Previews } from "../preview.js";
import { REVIEW_SYSTEM, reviewCorrection, reviewText, type ReviewFacts } from "./replan-prompts.js";
import { failureOf, StepFailure } from "../step-failure.js";
import { closedObject, TEXT } from "../typed/strict-schema.js";

export type Verdict = "go on" | "replan";

export interface Review {
  readonly verdict: Verdict;
  /** A model's words. The model has read untrusted text. */
  readonly text: string;
  readonly usage: Usage;
}

const VERDICTS: readonly Verdict[] = ["go on", "replan"];
const OUTPUT = {
  name: "review",
  schema: closedObject({ verdict: { type: "string", enum: ["go on", "replan"] }, reason: TEXT }),
};

type Read = Omit<Review, "usage"> | { readonly problem: ReplyProblem };

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
export async function reviewPlan(facts: ReviewFacts, model: Model, context: AgentContext): Promise<Review> {
  const messages: ModelMessage[] = [{ role: "user", text: reviewText(facts, new Previews()) }];
  let usage = NO_USAGE;
  let problem: ReplyProblem = { code: "EMPTY" };
  try {
    for (const name of ["review", "review correction"]) {
      const request = { system: REVIEW_SYSTEM, messages: [...messages], output: OUTPUT };
      const reply = await askModel(name, request, model, context);
      usage = addUsage(usage, reply.usage);
      const read = readVerdict(reply);
      if ("verdict" in read) return { ...read, usage };
      ({ problem } = read);
      const said = beginning(reply.text, LIMITS.previewChars) || "(empty)";
      messages.push({ role: "assistant", text: said }, { role: "user", text: reviewCorrection(problemText(problem)) });
    }
  } catch (thrown) {
    throw failureOf(thrown, context.signal, usage);
  }
  throw new StepFailure(failWith("REVIEW_UNREADABLE", { problem }, { retryable: true }), usage);
}

/** Only the two verdicts count, in any case and with any mark between the words: a doubtful answer is not a yes. */
function readVerdict({ text, finish }: ModelReply): Read {
  if (finish === "content-filter") return { problem: { code: "WITHHELD" } };
  const value = jsonReadings(text.trim()).find(isObject);
  if (value === undefined) return { problem: { code: "NOT_AN_OBJECT" } };
  const { verdict, reason } = value;
  const said = typeof verdict === "string" ? verdict.trim().toLowerCase().replace(/[_-]/g, " ") : undefined;
  const known = VERDICTS.find((one) => one === said);
  return known === undefined ? { problem: { code: "NO_VERDICT" } } : { verdict: known, text: reasonIn(reason) };
}
