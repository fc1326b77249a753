// The critique of an answer as a document. In: what the log says of it, and the surface that names actions. Out: plain
// data with sentences.
import type { AnswerCritique, UnsupportedClaim } from "../run/event/judged.js";
import { critiqueText } from "../words/judged.js";
import { failureDocument, type FailureDocument, type Say } from "./failure-document.js";

export interface CritiqueDocument {
  /** How often the answer was written again. */
  readonly rounds: number;
  /** The critic found this answer fine. */
  readonly agreed: boolean;
  /** What became of the critique, in one sentence. */
  readonly text: string;
  /** What the critic finds wanting in this answer, in its words. */
  readonly points: readonly string[];
  /** Parts of this answer that no output supports, as the critic says. `at`: JSON pointer into the answer. */
  readonly unsupported: readonly UnsupportedClaim[];
  /** Why nobody judged this answer. */
  readonly unreviewed?: FailureDocument;
  /** Why it was not written again, although the critic wants it and a round was left. */
  readonly unwritten?: FailureDocument;
}

export function critiqueDocument(critique: AnswerCritique, say: Say): CritiqueDocument {
  const { rounds, agreed, points, unsupported, unreviewed, unwritten } = critique;
  return {
    rounds,
    agreed,
    text: critiqueText(critique),
    points,
    unsupported,
    ...(unreviewed === undefined ? {} : { unreviewed: failureDocument(unreviewed, say) }),
    ...(unwritten === undefined ? {} : { unwritten: failureDocument(unwritten, say) }),
  };
}
