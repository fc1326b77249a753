// Begins the judgement of an output: its step has an `expect` in prose. In: an output with the promised type. Out:
// facts. The output is in the log before a model judges it, so that a crash does not lose it.
import { failWith } from "../failure.js";
import { fact, type AgentProgress, type EventData, type Fact } from "../event.js";
import { judgeIn } from "../judge-role.js";
import { callsOf } from "../progress.js";
import type { Run } from "../state.js";
import type { Work } from "../work.js";
import { failed, refOf } from "./failure.js";

type Output = Pick<EventData["step.judging"], "output" | "from" | "usage" | "summary" | "evidence" | "carried">;

/** Facts that request a verdict. Without a model that can give one, the step fails: nothing passes unseen. */
export function judging(
  run: Run,
  work: Work,
  { output, from, usage, summary, evidence, carried, turns, calls }: Output & AgentProgress,
  expect: string,
  at: number,
): Fact[] {
  const judge = judgeIn(run.request);
  const done = { ...(turns === undefined ? {} : { turns }), ...callsOf(calls === undefined ? {} : { calls }) };
  const noted = summary === undefined ? {} : { summary };
  if (judge === undefined) {
    const because = failWith("NO_MODEL", { role: run.request.settings.judge });
    const given = { usage, output, tools: from.tools, ...noted, ...done };
    return failed(run, work, failWith("EXPECT_NOT_JUDGED", { expect, because }), at, given);
  }
  return [
    fact("step.judging", {
      ...refOf(work),
      attempt: work.attempt,
      output,
      from,
      usage,
      ...noted,
      ...(evidence === undefined ? {} : { evidence }),
      ...(carried === undefined ? {} : { carried }),
      judge,
      ...done,
    }),
  ];
}
