// The synthesizer: writes the answer from the named outputs. In: goal, outputs, the wanted form. Out: the answer as
// text. A person may read it while it is written.
import type { Model } from "../model/port.js";
import { NO_USAGE, type Usage } from "../plan/usage.js";
import { failWith } from "../run/failure.js";
import { hasCode } from "../words/planloom-error.js";
import { askModel } from "./ask-model.js";
import type { AgentContext } from "./checkpoint.js";
import { Previews } from "./preview.js";
import { synthesizerGoal, synthesizerSystem, type AnswerFacts } from "./prompts.js";
import { failureOf, StepFailure } from "./step-failure.js";

export interface AnswerRequest extends AnswerFacts {
  /** Replaces the opening of the synthesizer's prompt. */
  readonly instructions?: string;
}

/** Appended to an answer that the output limit cut. */
export const CUT_MARK = "[The answer was cut by the model's output limit.]";

/**
 * Writes the answer. `onText` gets the pieces as they arrive; an answer from the journal is not streamed again. Throws
 * StepFailure: ANSWER_EMPTY (retryable), MODEL_REFUSED, the codes of the provider, INTERRUPTED.
 */
export async function writeAnswer(
  request: AnswerRequest,
  model: Model,
  context: AgentContext,
  onText?: (delta: string) => void,
): Promise<{ readonly answer: string; readonly usage: Usage }> {
  try {
    const system = synthesizerSystem(request.instructions);
    const ask = (name: string, facts: AnswerFacts) => {
      const messages = [{ role: "user" as const, text: synthesizerGoal(facts, new Previews()) }];
      return askModel(name, { system, messages, ...(onText && { onText }) }, model, context);
    };
    const reply = await ask("answer", request).catch((thrown: unknown) => {
      if (!isTooLong(thrown) || !request.outputs.some(({ whole }) => whole === true)) throw thrown;
      const outputs = request.outputs.map(({ whole: _whole, ...output }) => output);
      return ask("answer from previews", { ...request, outputs });
    });
    const { text, holdsCall, finish, usage } = reply;
    const answer = text.trim();
    if (finish === "content-filter") throw new StepFailure(failWith("MODEL_REFUSED", { what: "answer" }), usage);
    // An answer calls no tool. One that explains such marks begins with words.
    if (holdsCall === true && /^(?:<|\[TOOL_CALLS\])/.test(answer)) {
      const problem = { code: "CALL_IN_TEXT" } as const;
      throw new StepFailure(failWith("ANSWER_EMPTY", { problem }, { retryable: true }), usage);
    }
    if (answer === "") throw new StepFailure(failWith("ANSWER_EMPTY", {}, { retryable: true }), usage);
    return { answer: finish === "length" ? `${answer}\n\n${CUT_MARK}` : answer, usage };
  } catch (thrown) {
    throw failureOf(thrown, context.signal, NO_USAGE);
  }
}

/** Whether the server refused the request because it does not fit into the context of the model. */
const isTooLong = (thrown: unknown): boolean => hasCode(thrown, "PROVIDER_REFUSED") && thrown.params.about === "length";
