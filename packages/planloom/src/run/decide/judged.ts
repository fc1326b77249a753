// Decides after the judge of an output answered, or gave no verdict. In: its outcome. Out: facts. The step completes or
// fails by its verdict, like by a condition. Without a verdict it fails: nothing passes unseen.
import { NO_USAGE } from "../../plan/usage.js";
import { fact, type Fact } from "../event.js";
import { failWith, type Failure } from "../failure.js";
import type { Outcome } from "../input.js";
import { owedAs, workOf } from "../lookup.js";
import { callsOf, progressOf } from "../progress.js";
import type { Run } from "../state.js";
import { mayBeTriedAgain } from "../acted-calls.js";
import { isCancelling, isFailing } from "../status.js";
import type { Judging, Work } from "../work.js";
import { outOfTime } from "./budget.js";
import { failed, refOf, roleFailure, whyNotStarted, whyStopped } from "./failure.js";
import { passed } from "./gate.js";

/** Facts after a verdict. A refused output is treated like one that a condition refuses. */
export function judged(run: Run, input: Outcome & { type: "judged" }, at: number): Fact[] {
  const { work, judging } = judgedWork(run, input.key);
  const { verdict, text, usage } = input;
  const said = fact("step.judged", { ...refOf(work), attempt: work.attempt, verdict, text, usage });
  if (verdict === "met") return [said, ...passed(run, work, judging)];
  const again = { retryable: mayBeTriedAgain(run, work) };
  const error = failWith("EXPECT_NOT_MET", { expect: expectOf(work), says: text }, again);
  return [said, ...refused(run, work, judging, error, at)];
}

/** Facts after the judge gave no verdict: it is asked again while that may help. Then the step fails. */
export function notJudged(run: Run, input: Outcome & { type: "judge-failed" }, at: number): Fact[] {
  const { work, judging } = judgedWork(run, input.key);
  const { attempt } = owedAs(run, input.key, "judge");
  const ref = refOf(work);
  const data = roleFailure(run, attempt, input, at);
  const stopped = whyStopped(run) ?? outOfTime(run);
  const ends = stopped !== undefined || isFailing(run) || isCancelling(run);
  if (data.decision === "retry" && !ends) return [fact("judge.failed", { ...ref, ...data })];
  const { retryAt: _never, ...last } = data;
  const reason = data.decision === "retry" ? whyNotStarted(run) : data.reason;
  const said = fact("judge.failed", { ...ref, ...last, decision: "fail", reason });
  if (stopped !== undefined) {
    const { usage } = judging;
    return [
      said,
      fact("step.cancelled", { ...ref, attempt: work.attempt, reason: stopped, usage, ...callsOf(judging) }),
    ];
  }
  const error = failWith("EXPECT_NOT_JUDGED", { expect: expectOf(work), because: input.error });
  return [said, ...refused(run, work, judging, error, at)];
}

function judgedWork(run: Run, key: string): { readonly work: Work; readonly judging: Judging } {
  const work = workOf(run, owedAs(run, key, "judge"));
  if (work.judging === undefined) throw new Error(`nothing of step ${work.step.spec.id} is judged`);
  return { work, judging: work.judging };
}

const expectOf = ({ step: { spec } }: Work): string => spec.expect ?? "";

function refused(run: Run, work: Work, judging: Judging, error: Failure, at: number): Fact[] {
  const { output, from, usage, summary, carried } = judging;
  const said = { output, tools: from.tools, ...(summary === undefined ? {} : { summary }) };
  return failed(run, work, error, at, {
    usage: carried === undefined ? usage : NO_USAGE,
    ...said,
    ...progressOf(judging),
  });
}
