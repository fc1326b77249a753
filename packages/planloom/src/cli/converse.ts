// What is said with the person at the terminal while a run waits. In: what waits. Out: commands to the run, or false where the
// person leaves. Separate from driving: without a terminal none of this happens.
import type { LoomRun } from "../engine/loom-run.js";
import type { Reply } from "../engine/engine.js";
import type { RunDocument, WaitingDocument } from "../run/document.js";
import type { Course } from "./course.js";
import { sayProblem } from "./error-text.js";
import { answerValue } from "./inputs.js";
import { say } from "./output.js";
import { userName } from "./place.js";
import { ask } from "./prompt.js";
import { manyLines, oneLine, paint } from "./style.js";

/** True where the run may go on, because it was answered here or elsewhere; false where the person leaves it waiting. */
export async function converse(
  run: LoomRun,
  document: RunDocument,
  course: Course,
  stop: AbortSignal,
): Promise<boolean> {
  const { approvals = [], questions = [] } = document.waiting ?? {};
  const answeredElsewhere = new AbortController();
  const unwatch = course.watch((event) => {
    if (event.type !== "input.refused" && event.by !== "engine") answeredElsewhere.abort();
    if (event.type.startsWith("run.")) answeredElsewhere.abort();
  });
  const signal = AbortSignal.any([stop, answeredElsewhere.signal]);
  try {
    const [approval] = approvals;
    const [question] = questions;
    if (approval !== undefined) return (await decide(run, approval, signal)) || answeredElsewhere.signal.aborted;
    if (question !== undefined)
      return (await answer(run, question, course, signal)) || answeredElsewhere.signal.aborted;
    return false;
  } finally {
    unwatch();
  }
}

async function decide(
  run: LoomRun,
  approval: WaitingDocument["approvals"][number],
  signal: AbortSignal,
): Promise<boolean> {
  const { subject, hash, args, reason } = approval;
  say(`${subject === "plan" ? "The plan above" : "A call"} waits for you: ${oneLine(reason)}`);
  if (args !== undefined) say(`  ${oneLine(JSON.stringify(args), 2_000)}`);
  for (;;) {
    const word = await ask(`${paint("bold", "[a]pprove, [r]eject or [q]uit?")} `, signal);
    const by = userName();
    if (word === undefined || /^q/i.test(word)) return false;
    if (/^(a|y)/i.test(word)) return accepted(await run.approve(hash, { by }));
    if (!/^(r|n)/i.test(word)) continue;
    const feedback = await ask("What should be different? ", signal);
    if (feedback === undefined) return false;
    return accepted(await run.reject(feedback, { by, hash }));
  }
}

async function answer(
  run: LoomRun,
  question: WaitingDocument["questions"][number],
  course: Course,
  signal: AbortSignal,
): Promise<boolean> {
  const { step, item, question: text } = question;
  say(`Step ${step}${item === undefined ? "" : `[${item}]`} asks: ${manyLines(text)}`);
  for (;;) {
    const line = await ask(`${paint("bold", "answer")} (empty to leave it waiting): `, signal);
    if (line === undefined || line === "") return false;
    const place = item === undefined ? {} : { item };
    const value = answerValue(course.run, { step, ...place }, line);
    const reply = await run.respond(step, value, { by: userName(), ...place });
    if (accepted(reply)) return true;
  }
}

function accepted(reply: Reply): boolean {
  if (!reply.ok) sayProblem(reply);
  return reply.ok;
}
