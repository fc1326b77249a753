// A model whose calls end in time: after a time of silence, at their time limit in all, and LIMITS.graceMs after an
// abort, whatever implements it. In: a model and a clock. Out: the same model, with deadlines.
import type { Clock } from "../../clock.js";
import { answerInTime, type TimedOut } from "../../deadline.js";
import { PlanloomError } from "../../words/planloom-error.js";
import { LIMITS } from "../../limits.js";
import type { Model, ModelReply, ModelRequest } from "../port.js";

export function timedModel(model: Model, clock: Clock): Model {
  const { name, maxOutputTokens, speaks, timeoutMs = LIMITS.modelTimeoutMs, totalTimeoutMs } = model;
  const total = totalTimeoutMs === undefined ? {} : { totalTimeoutMs };
  const call = (request: ModelRequest) =>
    replyInTime(request, (timed) => model.call(timed), { name, timeoutMs, ...total }, clock);
  const more = { ...(maxOutputTokens === undefined ? {} : { maxOutputTokens }), ...(speaks && { speaks }) };
  return { name, timeoutMs, ...total, ...more, call };
}

/** One request. Throws PROVIDER_TIMEOUT. Text that arrives after the signal was aborted is not passed on. */
export function replyInTime(
  request: ModelRequest,
  ask: (request: ModelRequest) => Promise<ModelReply>,
  { name, timeoutMs: silentMs = LIMITS.modelTimeoutMs, totalTimeoutMs }: Timed,
  clock: Clock,
): Promise<ModelReply> {
  const { onText } = request;
  const work = (signal: AbortSignal, alive: () => void) => {
    const hear = (delta: string): void => {
      alive();
      if (!signal.aborted) onText?.(delta);
    };
    return ask({ ...request, signal, alive, ...(onText && { onText: hear }) });
  };
  // A person who raises the one raises the other.
  const limit = { silentMs, totalMs: totalTimeoutMs ?? Math.max(LIMITS.modelTotalMs, silentMs) };
  return answerInTime(work, request.signal, limit, clock, (timedOut) => modelLate(name, timedOut));
}

type Timed = Pick<Model, "name" | "timeoutMs" | "totalTimeoutMs">;

const modelLate = (model: string, { ms, wasSilent }: TimedOut): PlanloomError =>
  new PlanloomError("PROVIDER_TIMEOUT", { model, problem: wasSilent ? "no-sign" : "no-reply", timeoutMs: ms });
