// One trial of what a model and its server can do. In: a model and its questions. Out: how the trial ended, with the
// time and tokens that it took.
import { beginning } from "../../beginning.js";
import { systemClock } from "../../clock.js";
import { addUsage, NO_USAGE, type Usage } from "../../plan/usage.js";
import type { RefusalSubject } from "../../words/errors/model.js";
import { hasCode, type PlanloomError } from "../../words/planloom-error.js";
import type { LadderModel } from "../ai-sdk-model.js";
import type { ModelReply, ModelRequest } from "../port.js";
import { replyInTime } from "../patience/timed-model.js";

/** ignored: the server accepts the request, and its reply is not what was asked for. refused: it does not accept it. */
export interface Trial {
  readonly end: "works" | "ignored" | "refused";
  /** The text of the server or model, if it does not work. */
  readonly problem?: string;
  readonly usage?: Usage;
  readonly ms: number;
}

type Ask = (request: ModelRequest, send: (request: ModelRequest) => Promise<ModelReply>) => Promise<ModelReply>;

/**
 * `work` gives what is wrong with the replies, or undefined. Throws a PlanloomError of kind "provider" if every other
 * trial would fail alike: the server cannot be reached, rejects the key, does not know the model, or has no quota left.
 */
export async function trialOf(model: LadderModel, work: (ask: Ask) => Promise<string | undefined>): Promise<Trial> {
  const begun = performance.now();
  const took = () => Math.round(performance.now() - begun);
  let usage = NO_USAGE;
  const ask: Ask = async (request, send) => {
    const reply = await replyInTime(request, send, model, systemClock);
    usage = addUsage(usage, reply.usage);
    return reply;
  };
  try {
    const problem = await work(ask);
    if (problem === undefined) return { end: "works", usage, ms: took() };
    return { end: "ignored", problem, usage, ms: took() };
  } catch (thrown) {
    if (!isOfTrial(thrown)) throw thrown;
    return { end: "refused", problem: thrown.message, ms: took() };
  }
}

/** Subjects of refusals that no other request changes. */
const OF_ALL: readonly (RefusalSubject | undefined)[] = ["quota", "not-loaded", "model", "path", "key"];

/** A server that fails at one form may accept another. */
const isOfTrial = (thrown: unknown): thrown is PlanloomError =>
  hasCode(thrown, "PROVIDER_FAILED") || (hasCode(thrown, "PROVIDER_REFUSED") && !OF_ALL.includes(thrown.params.about));

export const repliedText = ({ text }: ModelReply): string => `it replied ${JSON.stringify(beginning(text, 60))}`;
