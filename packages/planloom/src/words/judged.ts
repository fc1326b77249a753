// The words for judgements: of an output by an `expect` in prose, and of an answer by its critic. In: what was said, as
// data. Out: sentences. The words of the models in them are shown as they are.
import type { AnswerCritique, AnswerReview, OutputJudged } from "../run/event/judged.js";
import { failureLine } from "./failures.js";
import { counted } from "./phrases.js";

/** met: It names the page. */
export const judgedText = ({ verdict, text }: Pick<OutputJudged, "verdict" | "text">): string =>
  `${verdict === "met" ? "met" : "not met"}${text === "" ? "" : `: ${text}`}`;

/** wanting, written again: Say what was seen. */
export function answerReviewText({ verdict, decision, points, unsupported }: AnswerReview): string {
  const then = decision === "rewrite" ? ", so it is written again" : "";
  const claims = unsupported.length === 0 ? "" : ` (${counted(unsupported.length, "claim")} without a source)`;
  return `${verdict}${then}${points.length === 0 ? "" : `: ${points.join(" ")}`}${claims}`;
}

/** What became of the critique of an answer, in one sentence. */
export function critiqueText({ rounds, agreed, unreviewed, unwritten }: AnswerCritique): string {
  const times = rounds === 0 ? "" : ` after it was written again ${rounds === 1 ? "once" : `${rounds} times`}`;
  if (unreviewed !== undefined) return `Nobody reviewed the answer${times}: ${failureLine(unreviewed)}`;
  if (agreed) return `The critic found the answer fine${times}.`;
  const why = unwritten === undefined ? "" : ` It could not be written again: ${failureLine(unwritten)}`;
  return `The critic did not agree${times}.${why}`;
}
