// Finds whether a server reads a long request to its end. In: a model. Out: the result of one request. A server that cuts
// it says nothing: the reply and the reported tokens show it. Used by `planloom models test` and `planloom doctor`.
import type { LadderModel } from "../ai-sdk-model.js";
import { inputCut, TOKEN_CHARS } from "../cut-input.js";
import type { ModelReply } from "../port.js";
import { repliedText, trialOf, type Trial } from "./trial.js";

/** ignored: the beginning of the request did not reach the model. */
export interface LengthTrial extends Trial {
  /** Tokens of the request by our estimate. */
  readonly sent: number;
  /** The tokens that the server reports, if they are far fewer: it cuts. */
  readonly read?: number;
}

const WORD = "PELICAN-4417";
const LINES = 420;
const LONG = [
  `The password is ${WORD}. Remember it.`,
  ...Array.from({ length: LINES }, (_, n) => `Line ${n + 1}: the harbour was quiet and the boats lay still.`),
  "What is the password that the first line gives? Reply with the password and nothing else.",
].join("\n");

/** Throws as `tryRungs` does. */
export async function tryLength(model: LadderModel, signal: AbortSignal): Promise<LengthTrial> {
  const request = {
    system: "You answer questions about a text.",
    messages: [{ role: "user", text: LONG }],
    signal,
  } as const;
  let read: number | undefined;
  const trial = await trialOf(model, async (ask) => {
    const reply = await ask(request, (one) => model.call(one));
    read = inputCut(request, reply.usage)?.reported;
    return problemOf(reply, read);
  });
  return { sent: Math.round(LONG.length / TOKEN_CHARS), ...(read === undefined ? {} : { read }), ...trial };
}

function problemOf(reply: ModelReply, reported: number | undefined): string | undefined {
  if (reply.text.includes(WORD)) return undefined;
  const missed = `it does not know the first line: ${repliedText(reply)}`;
  return reported === undefined ? missed : `it read only ${reported} tokens, and ${missed}`;
}
