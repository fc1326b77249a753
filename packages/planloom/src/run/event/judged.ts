// Facts about judgements: of an output by an `expect` in prose, and of an answer by its critic. In: nothing. Out: types
// of the data of their events (event.ts). The words in them are those of models.
import type { EvidenceFound } from "../../plan/evidence.js";
import type { Json } from "../../plan/json.js";
import type { Origin } from "../../plan/origin.js";
import type { Usage } from "../../plan/usage.js";
import type { Failure } from "../failure.js";
import type { JudgeRole } from "../settings.js";

/** What a judge says of an output. */
export type OutputVerdict = "met" | "not-met";

/** A call has returned, and a model is asked about its output. */
export interface OutputToJudge {
  readonly attempt: number;
  readonly output: Json;
  readonly from: Origin;
  /** Usage of the call. It stands again in the event that ends the attempt, and counts once. */
  readonly usage: Usage;
  readonly summary?: string;
  readonly evidence?: readonly EvidenceFound[];
  readonly carried?: string;
  /** Whose model is asked. */
  readonly judge: JudgeRole;
}

export interface OutputJudged {
  readonly attempt: number;
  readonly verdict: OutputVerdict;
  /** The judge's words. */
  readonly text: string;
  readonly usage: Usage;
}

/** The synthesizer has written an answer, and the critic is asked about it. */
export interface AnswerDraft {
  /** 1-based number of the draft. */
  readonly round: number;
  readonly answer: Json;
  /** Whose model is the critic. */
  readonly critic: JudgeRole;
  readonly usage: Usage;
}

/** A sentence or value of an answer that no output supports, as the critic says. */
export interface UnsupportedClaim {
  /** JSON pointer of the text or number in the answer that holds it. */
  readonly at: string;
  /** As the answer has it. */
  readonly text: string;
}

/** What the critic says of one draft. */
export interface AnswerOpinion {
  readonly verdict: "fine" | "wanting";
  /** What is wanting, in the critic's words. */
  readonly points: readonly string[];
  readonly unsupported: readonly UnsupportedClaim[];
}

export interface AnswerReview extends AnswerOpinion {
  /** The number of the draft. */
  readonly round: number;
  /** rewrite: the synthesizer writes it again. give: this is the answer of the run. */
  readonly decision: "rewrite" | "give";
  readonly usage: Usage;
}

/** What became of the critique of a given answer. */
export interface AnswerCritique {
  /** How often the answer was written again. */
  readonly rounds: number;
  /** The critic found the given answer fine. */
  readonly agreed: boolean;
  /** What it finds wanting in the given answer. */
  readonly points: readonly string[];
  readonly unsupported: readonly UnsupportedClaim[];
  /** Why nobody judged the given answer. */
  readonly unreviewed?: Failure;
  /** Why the answer was not written again, although the critic wants it. Absent: no round was left. */
  readonly unwritten?: Failure;
}
