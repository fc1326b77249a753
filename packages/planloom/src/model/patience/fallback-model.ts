// A model with others that take over when it fails. In: models, the preferred first. Out: one model under the name of
// the first. A reply of another one says so in its usage, with the reason. A model that fails is left out for a while.
import type { Clock } from "../../clock.js";
import { LIMITS } from "../../limits.js";
import type { Takeover } from "../../plan/usage.js";
import { PlanloomError } from "../../words/planloom-error.js";
import type { Model, ModelReply, ModelRequest } from "../port.js";

interface Member {
  readonly model: Model;
  /** Why it is left out, and until when. */
  out?: { readonly until: number; readonly why: Takeover };
}

/** `models` has at least two. */
export function fallbackModel(models: readonly Model[], clock: Clock): Model {
  const members = models.map((model): Member => ({ model }));
  const asks = () => members[beginOf(members, clock.now())]!.model;
  return { ...members[0]!.model, asks, call: (request) => ask(members, request, clock) };
}

/** The first that is not left out. If all are, the first. */
const beginOf = (members: readonly Member[], now: number): number => nextOf(members, -1, now) ?? 0;

/** The next one that is not left out. If all are, the next. undefined after the last. */
function nextOf(members: readonly Member[], at: number, now: number): number | undefined {
  const isIn = ({ out }: Member): boolean => out === undefined || out.until <= now;
  const next = members.findIndex((member, index) => index > at && isIn(member));
  if (next >= 0) return next;
  return at + 1 < members.length ? at + 1 : undefined;
}

async function ask(members: readonly Member[], request: ModelRequest, clock: Clock): Promise<ModelReply> {
  const begin = beginOf(members, clock.now());
  let why = members[begin - 1]?.out?.why;
  // A stream cannot be taken back: after its first text, no other model answers.
  let hasText = false;
  for (let at = begin, failed = 0; ; failed++) {
    const member = members[at]!;
    const { name, maxOutputTokens: outputTokens = LIMITS.replyTokens } = member.model;
    const next = { model: name, outputTokens };
    if (failed > 0) await request.again?.(next);
    const { onText, again } = request;
    const heard = {
      ...request,
      ...(onText && { onText: (delta: string) => ((hasText = true), onText(delta)) }),
      ...(again && { again: () => again(next) }),
    };
    try {
      const reply = await member.model.call(heard);
      delete member.out;
      return why === undefined ? reply : answeredBy(name, reply, failed, why);
    } catch (thrown) {
      const takeover = takeoverAfter(thrown, name);
      if (takeover === undefined) throw thrown;
      if (takeover.lasts) member.out = { until: clock.now() + outageMs(thrown), why: takeover.why };
      const after = nextOf(members, at, clock.now());
      if (hasText || after === undefined) throw thrown;
      [at, why] = [after, takeover.why];
    }
  }
}

/** How long a model is left out. A server may ask for more. */
const outageMs = (thrown: unknown): number =>
  Math.max(LIMITS.outageMs, thrown instanceof PlanloomError ? (thrown.retryAfterMs ?? 0) : 0);

/** `failed`: requests of this call that other models got before. */
function answeredBy(name: string, reply: ModelReply, failed: number, because: Takeover): ModelReply {
  const { calls, inputTokens, outputTokens, cachedInputTokens } = reply.usage;
  const cached = cachedInputTokens === undefined ? {} : { cachedInputTokens };
  const own = { calls, inputTokens, outputTokens, ...cached, because };
  return { ...reply, usage: { ...reply.usage, calls: calls + failed, others: { [name]: own } } };
}

/**
 * Whether another model may answer what this one did not: after an outage, without quota, or if it does not take the
 * request. Not after a refusal of content, and not after a wrong key or address: those are for people. `lasts`: the
 * next request would fail alike.
 */
function takeoverAfter(
  thrown: unknown,
  model: string,
): { readonly why: Takeover; readonly lasts: boolean } | undefined {
  if (!(thrown instanceof PlanloomError)) return undefined;
  const { code, params } = thrown;
  const { problem, about, text } = params as { readonly [name: string]: unknown };
  const words = typeof text === "string" ? text : "";
  const why = { model, code, ...(words === "" ? {} : { text: words }) };
  switch (code) {
    case "PROVIDER_UNREACHABLE":
    case "PROVIDER_TIMEOUT":
    case "PROVIDER_RATE_LIMITED":
      return { why, lasts: true };
    case "PROVIDER_FAILED":
      return problem === "no-room" ? undefined : { why, lasts: true };
    case "PROVIDER_REFUSED":
      if (about === "key" || about === "path" || CONTENT.test(words)) return undefined;
      return { why, lasts: about === "quota" || about === "model" || about === "not-loaded" };
    default:
      return undefined;
  }
}

/** A provider's words about what the request says, not about its form. */
const CONTENT =
  /content[_ -]?(?:management|policy|filter|moderation)|usage polic|safety|moderation|flagged|harmful|prohibited|inappropriate|violat/i;
