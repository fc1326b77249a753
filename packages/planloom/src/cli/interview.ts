// Asks the person at the terminal while a run waits. In: what the run waits for. Out: commands to the run, or that the
// person leaves. Without a terminal nobody is asked.
import type { RunDocument, WaitingDocument } from "../loom/document.js";
import { problemLines } from "./error-text.js";
import { answerValue } from "./inputs.js";
import { userName } from "./open-loom.js";
import { refusalProblem } from "./refusal.js";
import { review, type Interview, type Said } from "./review.js";
import { questionLines } from "./render/end.js";
import { paint } from "./style.js";

/** Ends as soon as another process has answered. Then the run may continue, too. */
export async function interview(talk: Interview, document: RunDocument): Promise<Said> {
  const { approvals = [], questions = [] } = document.waiting ?? {};
  const answeredElsewhere = new AbortController();
  const unwatch = talk.follower.watch((event) => {
    if (event.type !== "input.refused" && event.by !== "engine") answeredElsewhere.abort();
    if (event.type.startsWith("run.")) answeredElsewhere.abort();
  });
  const inner = { ...talk, signal: AbortSignal.any([talk.signal, answeredElsewhere.signal]) };
  try {
    const [approval] = approvals;
    const [question] = questions;
    const said =
      approval !== undefined
        ? await review(inner, approval)
        : question === undefined
          ? "left"
          : await answer(inner, question);
    return said === "left" && answeredElsewhere.signal.aborted ? "answered" : said;
  } finally {
    unwatch();
  }
}

async function answer(talk: Interview, question: WaitingDocument["questions"][number]): Promise<Said> {
  const { run, follower, terminal, signal } = talk;
  const { step, item, asked } = question;
  for (const line of questionLines(run.id, question)) terminal.say(line);
  for (;;) {
    const line = await terminal.ask(`${paint("bold", "answer")} (empty to leave it waiting): `, signal);
    if (line === undefined || line === "") return "left";
    const of = item === undefined ? {} : { item };
    const value = answerValue(follower.run, { step, ...of }, line);
    const meant = asked === undefined ? {} : { asked };
    const reply = await run.respond(step, value, { by: userName(), ...of, ...meant });
    if (reply.ok) return "answered";
    problemLines(refusalProblem(run.id, reply)).forEach((problem) => terminal.say(problem));
  }
}
