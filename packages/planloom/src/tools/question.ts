// The port through which a tool asks a person during its call. In: a question. Out: types, and the error with which the
// call ends for now. call-questions.ts implements it.
import type { Json, JsonObject } from "../plan/json.js";
import type { ToolQuestion } from "../run/event.js";
import type { AnsweredQuestion } from "../run/work.js";

/** What a tool asks a person. */
export interface Question {
  /** In the words of the tool. */
  readonly question: string;
  /** The type of the answer, as `output` of an ask step: the text of a type, or a JSON Schema. Default: text. */
  readonly type?: string | JsonObject;
  /** A person may decline. The answer is then `{ declined: true }`. */
  readonly declines?: boolean;
  /** Data that `context.answered()` returns with the answer: also in another process. */
  readonly state?: Json;
}

/** An answered question, as a tool gets it back. */
export type AnsweredAsk = Pick<AnsweredQuestion, "question" | "type" | "declines" | "state" | "answer">;

/** The part of a tool's context that asks. */
export interface AskingContext {
  /**
   * Asks a person, and waits for as long as it takes: also in another process. If the answer is not there yet, it
   * rejects with CallAsks. Let that pass: the call ends for now, and no time limit runs. After the answer, the call is
   * performed again from its beginning with the same key and attempt, and the n-th `ask` resolves with the n-th answer.
   * Rejects with ToolError ASK_UNATTENDED, ASK_INVALID, ASK_AT_ONCE or ASK_CHANGED.
   */
  readonly ask: (question: Question) => Promise<Json>;
  /**
   * The questions of this call that a person has answered, oldest first, each with its state. They count as asked: the
   * next `ask` is a new question. For tools that go on after the last answer, and do not begin again.
   */
  readonly answered: () => readonly AnsweredAsk[];
}

/** The tool asks a person, so its call has ended for now. Tools let it pass. */
export class CallAsks extends Error {
  override readonly name = "CallAsks";

  constructor(readonly question: ToolQuestion) {
    super("asks a person");
  }
}
