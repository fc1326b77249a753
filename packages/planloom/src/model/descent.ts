// One call of a model: requests one after the other, until one is accepted or no form is left. In: a request and the form
// of the first. Out: a reply, or a PlanloomError of kind "provider". After each refusal it sends at most one request.
import { TimedOut } from "../deadline.js";
import { BODY_RULES, ruleFor, type BodyRule } from "./request/body-rules.js";
import { RUNGS, wayAfter, type Rung, type Way } from "./request/ladder.js";
import { sendOnce, type AskedModel } from "./one-request.js";
import type { ModelReply, ModelRequest } from "./port.js";
import { outputLimitError, providerError, timeoutError, type RequestTarget } from "./provider-error.js";
import type { ProviderFailure } from "./refusal/provider-failure.js";
import { isBadSample } from "./refusal/refusal-subject.js";
import { offersTools } from "./request/tool-form.js";
import { TOOL_RUNGS, type ToolRung } from "./request/tool-rung.js";

/** A request and the forms in which it is sent. */
export interface Descent {
  readonly request: ModelRequest;
  readonly begin: Way;
  /** Rungs that are not tried. */
  readonly spared: readonly Rung[];
  readonly sparedTools?: readonly ToolRung[];
  /** Called when the server has accepted a form: for a stream, at its first piece and at its end. */
  readonly accepted: (way: Way) => void;
}

/** The most requests of one call: one for each rung, one without the temperature, one sample more, one for each rule. */
const MOST_REQUESTS = RUNGS.length + TOOL_RUNGS.length + 2 + BODY_RULES.length;

export async function descend(asked: AskedModel, target: RequestTarget, descent: Descent): Promise<ModelReply> {
  const { request, begin, accepted } = descent;
  const after = wayFinder(asked, target, descent);
  let way = begin;
  for (let calls = 1; calls <= MOST_REQUESTS; calls++) {
    const taken = way;
    const known: ReadonlySet<BodyRule> = new Set(asked.learner.rules);
    const outcome = await sendOnce(asked, request, taken, () => accepted(taken));
    if (outcome.ok) {
      accepted(taken);
      const { reply } = outcome;
      if (reply.finish === "length" && reply.text.trim() === "" && reply.toolCalls.length === 0) {
        throw outputLimitError(target);
      }
      return { ...reply, usage: { ...reply.usage, calls } };
    }
    const { reason } = request.signal as { readonly reason: unknown };
    if (reason instanceof TimedOut) throw timeoutError(target, reason);
    request.signal.throwIfAborted();
    way = after(way, outcome.failure, known);
    await request.again?.();
  }
  throw new Error("unreachable: every refusal leads to a way that was not tried");
}

/** Gives the form of the next request after a failure. Throws its error if no other request would help. */
function wayFinder({ learner, settings }: AskedModel, target: RequestTarget, descent: Descent) {
  const { request, begin, spared, sparedTools = [] } = descent;
  const tried = new Set([...spared, begin.rung]);
  const triedTools = new Set([...sparedTools, begin.tools ?? "auto"]);
  const sent = { output: request.output !== undefined, tools: offersTools(request), tried, triedTools };
  let resampled = false;
  // `known`: the rules when the request was sent. Another request may have learnt one since, which this one needs, too.
  return (way: Way, failure: ProviderFailure, known: ReadonlySet<BodyRule>): Way => {
    const isAnswer = failure.kind === "refused" || failure.kind === "failed";
    const rule = isAnswer ? ruleFor(failure.words, known, settings) : undefined;
    if (rule !== undefined) {
      learner.follow(rule);
      return way;
    }
    // The model wrote what the server could not read. The next sample may be right, and the form is.
    if (isAnswer && !resampled && isBadSample(failure.words)) {
      resampled = true;
      return way;
    }
    const next = wayAfter(way, failure, sent);
    if (next === undefined) throw providerError(failure, target);
    tried.add(next.rung);
    triedTools.add(next.tools ?? "auto");
    return next;
  };
}
