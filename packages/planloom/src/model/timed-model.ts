// A model whose calls end in time: at its time limit, and LIMITS.graceMs after an abort, whatever implements it. In: a
// model and a clock. Out: the same model, with deadlines.
import type { Clock } from "../clock.js";
import { answerInTime } from "../deadline.js";
import { PlanloomError } from "../words/planloom-error.js";
import { LIMITS } from "../limits.js";
import type { Model, ModelReply, ModelRequest } from "./port.js";

export function timedModel(model: Model, clock: Clock): Model {
  const { name, maxOutputTokens, timeoutMs = LIMITS.modelTimeoutMs } = model;
  const call = (request: ModelRequest) =>
    replyInTime(request, (timed) => model.call(timed), { name, timeoutMs }, clock);
  return { name, timeoutMs, ...(maxOutputTokens === undefined ? {} : { maxOutputTokens }), call };
}

/** One request. Throws PROVIDER_TIMEOUT. Text that arrives after the signal was aborted is not passed on. */
export function replyInTime(
  request: ModelRequest,
  ask: (request: ModelRequest) => Promise<ModelReply>,
  { name, timeoutMs = LIMITS.modelTimeoutMs }: Pick<Model, "name" | "timeoutMs">,
  clock: Clock,
): Promise<ModelReply> {
  const { onText } = request;
  const work = (signal: AbortSignal) =>
    ask({ ...request, signal, ...(onText && { onText: (delta) => void (signal.aborted || onText(delta)) }) });
  return answerInTime(work, request.signal, timeoutMs, clock, () => modelSilent(name, timeoutMs));
}

const modelSilent = (model: string, timeoutMs: number): PlanloomError =>
  new PlanloomError("PROVIDER_TIMEOUT", { model, problem: "no-reply", timeoutMs });
