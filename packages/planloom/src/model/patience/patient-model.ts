// A model that waits for its endpoint. In: a model, a clock and a limiter. Out: the same model: its requests are sent
// when the endpoint has room, and again after a refusal that passes. Waiting counts neither as an attempt nor in the
// time limit of a reply.
import type { Clock } from "../../clock.js";
import { LIMITS } from "../../limits.js";
import { TOKEN_CHARS } from "../cut-input.js";
import { addWaited, type Waited } from "../../plan/usage.js";
import { PlanloomError } from "../../words/planloom-error.js";
import { fallbackModel } from "./fallback-model.js";
import {
  isOwnLimit,
  type Limiter,
  type ModelEndpoint,
  type PassingRefusal,
  type Pause,
  type Permit,
  type Wait,
} from "../limiter.js";
import type { Model, ModelReply, ModelRequest } from "../port.js";
import { timedModel } from "./timed-model.js";

/** The model as roles call it: with deadlines, with its fallbacks, and patient if there is a limiter. */
export function usableModel(model: Model, clock: Clock, limiter: Limiter | undefined): Model {
  const { fallbacks = [] } = model;
  const usable = [model, ...fallbacks].map((one, index) =>
    limiter === undefined ? timedModel(one, clock) : patientModel(one, clock, limiter, index < fallbacks.length),
  );
  return fallbacks.length === 0 ? usable[0]! : fallbackModel(usable, clock);
}

/** `hasNext`: another model takes over, so that only a limit of a minute is waited for. */
function patientModel(model: Model, clock: Clock, limiter: Limiter, hasNext: boolean): Model {
  const timed = timedModel(model, clock);
  const endpoint = model.endpoint ?? { key: `model ${model.name}`, label: model.name, limits: {} };
  return {
    ...timed,
    endpoint,
    call: (request) => new PatientCall(timed, endpoint, clock, limiter, request, hasNext).reply(),
  };
}

class PatientCall {
  #waited: Waited = {};
  /** A stream cannot be taken back: after its first text, nothing is sent again. */
  #hasText = false;

  constructor(
    private readonly model: Model,
    private readonly endpoint: ModelEndpoint,
    private readonly clock: Clock,
    private readonly limiter: Limiter,
    private readonly request: ModelRequest,
    private readonly hasNext: boolean,
  ) {}

  async reply(): Promise<ModelReply> {
    const { model, limiter, clock } = this;
    const begun = clock.now();
    for (;;) {
      const permit = await this.#permit();
      try {
        const reply = await model.call(this.#listening());
        await limiter.report(permit, { ok: true, tokens: tokensOf(reply) });
        return Object.keys(this.#waited).length === 0
          ? reply
          : { ...reply, usage: { ...reply.usage, waited: this.#waited } };
      } catch (thrown) {
        const refusal = passingRefusal(thrown);
        const pause = refusal && (await limiter.pause(permit, refusal));
        await limiter.report(permit, { ok: false, tokens: 0 });
        if (refusal === undefined || pause === undefined || this.#hasText) throw thrown;
        if (isOver(refusal, pause, clock.now() - begun, this.hasNext)) throw givenUp(thrown as PlanloomError);
      }
    }
  }

  async #permit(): Promise<Permit> {
    const { endpoint, limiter, clock } = this;
    const { signal, waits } = this.request;
    const tooLong = new AbortController();
    let over: (() => void) | undefined;
    const tell = (wait: Wait): void => {
      over?.();
      over = undefined;
      const ms = pauseOf(wait);
      // Later: the limiter is telling others, too.
      if (ms > this.#longestPause()) return queueMicrotask(() => tooLong.abort(pausedTooLong(this.model.name, ms)));
      const begun = clock.now();
      const done = waits?.({ ...wait, endpoint: endpoint.label });
      over = () => {
        done?.();
        this.#waited = addWaited(this.#waited, { [wait.why]: clock.now() - begun });
      };
    };
    try {
      const either = AbortSignal.any([signal, tooLong.signal]);
      return await limiter.acquire({ endpoint, tokens: likelyTokens(this.request) }, either, tell);
    } finally {
      over?.();
    }
  }

  #longestPause(): number {
    return this.hasNext ? LIMITS.rateWaitMaxMs : LIMITS.limitWaitMs;
  }

  #listening(): ModelRequest {
    const { onText } = this.request;
    if (onText === undefined) return this.request;
    return { ...this.request, onText: (delta) => ((this.#hasText = true), onText(delta)) };
  }
}

/** The refusal, if the same request may be accepted later. */
function passingRefusal(thrown: unknown): PassingRefusal | undefined {
  if (!(thrown instanceof PlanloomError)) return undefined;
  const { code, params, retryAfterMs } = thrown;
  const { reason, status, text } = params as { readonly [name: string]: unknown };
  const asked = typeof retryAfterMs === "number" ? { ms: retryAfterMs } : {};
  if (code === "PROVIDER_RATE_LIMITED") return { why: "rate-limit", ...asked };
  if (code === "PROVIDER_UNREACHABLE") return STARTING.has(String(reason)) ? { why: "starting" } : undefined;
  if (code !== "PROVIDER_FAILED") return undefined;
  if (status === 503 && typeof text === "string" && LOADING.test(text)) return { why: "loading", ...asked };
  return typeof retryAfterMs === "number" ? { why: "busy", ...asked } : undefined;
}

/** Codes of a server that is not there yet, or not for a moment. A name may be unknown until its container starts. */
const STARTING: ReadonlySet<string> = new Set([
  ...["ECONNREFUSED", "EHOSTUNREACH", "EHOSTDOWN", "ENETUNREACH", "ENETDOWN", "ETIMEDOUT", "EAI_AGAIN", "ENOTFOUND"],
  "UND_ERR_CONNECT_TIMEOUT",
]);

const LOADING = /\bload(?:ing|s)?\b|\bstarting\b|warming up|not ready/i;

function isOver({ why, ms = 0 }: PassingRefusal, { lastedMs }: Pause, waited: number, hasNext: boolean): boolean {
  if (hasNext) return why !== "rate-limit" || waited + ms > LIMITS.rateWaitMaxMs;
  if (why === "starting") return lastedMs + ms >= LIMITS.serverStartMs;
  return why === "loading" ? lastedMs + ms >= LIMITS.modelLoadMs : waited + ms > LIMITS.limitWaitMs;
}

/** How long the endpoint sends nothing because a server asked for it, in ms. A limit of the role is waited for. */
const pauseOf = ({ why, ms = 0 }: Wait): number => (isOwnLimit(why) ? 0 : ms);

/** The server asked other requests to wait for longer than a call may wait. */
const pausedTooLong = (model: string, retryAfterMs: number): PlanloomError =>
  new PlanloomError("PROVIDER_RATE_LIMITED", { model, status: 429 }, { retryable: false, retryAfterMs });

/** It was waited for: another attempt would only wait again. */
function givenUp(refused: PlanloomError): PlanloomError {
  const { code, params, retryAfterMs } = refused;
  const subject = [
    code,
    params,
    { retryable: false, retryAfterMs, cause: refused },
  ] as unknown as ConstructorParameters<typeof PlanloomError>;
  return new PlanloomError(...subject);
}

/** The tokens of the request as sent, about. */
function likelyTokens({ system, messages, tools = [], output }: ModelRequest): number {
  return Math.ceil(JSON.stringify([system, messages, tools, output ?? null]).length / TOKEN_CHARS);
}

function tokensOf({ usage: { inputTokens, outputTokens } }: ModelReply): number | null {
  return inputTokens === null || outputTokens === null ? null : inputTokens + outputTokens;
}
