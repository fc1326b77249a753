// One request to a model of the AI SDK, in one form. In: a request of the port and its form. Out: its reply, or why there
// is none. Never throws for what a server does, and sends nothing else.
import type { CallOptions, LanguageModelV3, StreamPart } from "./ai-sdk.js";
import { withCacheMarks } from "./request/cache-marks.js";
import { callOptionsOf } from "./request/call-options.js";
import { callSettings } from "./request/call-settings.js";
import { readBack, shaped, type Way } from "./request/ladder.js";
import type { Learner } from "./ways/learner.js";
import { messagesUnder, promptUnder } from "./request/message-rules.js";
import { offerOf } from "./offer.js";
import type { ModelReply, ModelRequest, Role } from "./port.js";
import { providerFailureOf, type ProviderFailure } from "./refusal/provider-failure.js";
import { replyOf, streamedReply, type Offer, type StreamListener } from "./reply/reply.js";
import type { RoleSettings } from "./settings/role.js";
import { toolForm } from "./request/tool-form.js";
import { withWireNames } from "./reply/tool-name.js";
import { hearBytes } from "./wire/wire.js";

type Outcome =
  { readonly ok: true; readonly reply: ModelReply } | { readonly ok: false; readonly failure: ProviderFailure };

/** A model that is asked for a role. */
export interface AskedModel {
  readonly model: LanguageModelV3;
  readonly role: Role;
  readonly settings: RoleSettings;
  readonly learner: Learner;
}

/** `accepted` is called at the first piece of a stream: other requests may begin before it has ended. */
export async function sendOnce(
  asked: AskedModel,
  request: ModelRequest,
  way: Way,
  accepted: () => void,
): Promise<Outcome> {
  const named = withWireNames(request);
  const form = toolForm(named.request, way.tools ?? "auto");
  const options = optionsOf(asked, form.request, way);
  const offer = offerOf(options, request, form);
  try {
    const reply =
      request.onText === undefined
        ? replyOf(await asked.model.doGenerate(options), offer)
        : await streamed(asked.model, options, request, way, offer, accepted);
    asked.learner.hear(request, reply);
    const notes = asked.learner.notesOn(form, reply);
    const read = request.output === undefined ? named.read(form.read(reply)) : readBack(reply, way.rung);
    return { ok: true, reply: notes.length === 0 ? read : { ...read, notes } };
  } catch (thrown) {
    return { ok: false, failure: providerFailureOf(thrown, Date.now()) };
  }
}

function optionsOf({ model, role, settings, learner }: AskedModel, request: ModelRequest, way: Way): CallOptions {
  const { rules } = learner;
  const plain = callOptionsOf({ ...request, messages: messagesUnder(request.messages, rules) });
  const options = request.output === undefined ? plain : shaped(plain, request.output, way.rung);
  const prompt = promptUnder(options.prompt, rules);
  const form = { role, temperature: way.temperature, rules };
  const marked = withCacheMarks({ ...options, prompt }, model);
  if (request.alive !== undefined) hearBytes(request.signal, request.alive);
  return { ...marked, abortSignal: request.signal, ...callSettings(settings, form, model) };
}

async function streamed(
  model: LanguageModelV3,
  options: CallOptions,
  request: ModelRequest,
  way: Way,
  offer: Offer,
  accepted: () => void,
): Promise<ModelReply> {
  let isAccepted = false;
  const accept = (): void => {
    if (!isAccepted) accepted();
    isAccepted = true;
  };
  const onText = (delta: string): void => (accept(), request.onText?.(delta));
  const { stream: sent } = await model.doStream(options);
  const stream = sent.pipeThrough(signsOfLife(request.alive));
  if (request.output === undefined || way.rung !== "tool")
    return streamedReply(stream, { text: onText, toolInput: () => {} }, offer);
  // The input of the tool is the reply. The text beside it is used only if the model did not call the tool.
  const words: string[] = [];
  const listener: StreamListener = { text: (delta) => void words.push(delta), toolInput: onText };
  const reply = await streamedReply(stream, listener, offer);
  if (reply.toolCalls.length === 0) words.forEach((delta) => onText(delta));
  return reply;
}

/** Passes everything on. Parts without text, such as reasoning, are signs of life, too. */
function signsOfLife(alive: (() => void) | undefined): TransformStream<StreamPart, StreamPart> {
  return new TransformStream({
    transform(part: StreamPart, controller) {
      alive?.();
      controller.enqueue(part);
    },
  });
}
