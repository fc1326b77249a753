// Planloom's model port over a model of the AI SDK. In: a request. Out: one reply, or a PlanloomError of kind
// "provider". Sends at most one further request after each refusal of the request's form. Never retries.
import { TimedOut } from "../deadline.js";
import { LIMITS } from "../limits.js";
import type { CallOptions, LanguageModelV3 } from "./ai-sdk.js";
import { BODY_RULES, ruleFor, type BodyRule } from "./body-rules.js";
import { withCacheMarks } from "./cache-marks.js";
import { callOptionsOf } from "./call-options.js";
import { callSettings } from "./call-settings.js";
import { readBack, RUNGS, shaped, wayAfter, type Rung, type Way } from "./ladder.js";
import { offersTools, toolForm, type ToolForm } from "./tool-form.js";
import { withWireNames } from "./tool-name.js";
import { TOOL_RUNGS } from "./tool-rung.js";
import { messagesUnder, promptUnder } from "./message-rules.js";
import type { Model, ModelMessage, ModelReply, ModelRequest, Role } from "./port.js";
import { outputLimitError, providerError, timeoutError, type RequestTarget } from "./provider-error.js";
import { providerFailureOf, type ProviderFailure } from "./provider-failure.js";
import { replyOf, streamedReply, type Offer, type StreamListener } from "./reply.js";
import type { RoleSettings } from "./role.js";
import { secretsOf } from "./setting-secrets.js";
import { beginningOf, learn, type KeptWay, type Memory } from "./way-memory.js";

/** A model that sends its requests by the capability ladder. */
export interface LadderModel extends Model {
  /** The form of the next request, and when it was found. undefined if nothing has been refused yet. */
  learnt(): KeptWay | undefined;
  /** Sends one request at this rung only. Throws as `call` does. */
  at(rung: Rung, request: ModelRequest): Promise<ModelReply>;
  /** Sets the rung at which later requests begin. */
  settle(rung: Rung): void;
}

export interface Source {
  readonly name: string;
  readonly label: string;
  readonly role: Role;
  readonly memory: Memory;
  /** Values beside those of the settings that are never shown, for example of the address. */
  readonly secrets?: readonly string[];
  /** Keeps the form that was found, for other processes. */
  readonly keep?: (way: KeptWay) => void;
  /** Called at each call, because packages of providers are loaded only when they are needed. */
  load(): Promise<LanguageModelV3>;
}

/** A request and the forms in which it is sent. */
interface Descent {
  readonly request: ModelRequest;
  readonly begin: Way;
  /** Rungs that are not tried. */
  readonly spared: readonly Rung[];
  /** Called when the server has accepted a form: for a stream, at its first piece and at its end. */
  readonly accepted: (way: Way) => void;
}

type Outcome =
  { readonly ok: true; readonly reply: ModelReply } | { readonly ok: false; readonly failure: ProviderFailure };

/** The most requests of one call: one for each rung, one more without the temperature, and one for each rule. */
const MOST_REQUESTS = RUNGS.length + TOOL_RUNGS.length + 1 + BODY_RULES.length;

export function aiSdkModel(source: Source, settings: RoleSettings): LadderModel {
  const { name, memory } = source;
  const timeoutMs = settings.timeout ?? LIMITS.modelTimeoutMs;
  const target: RequestTarget = {
    role: source.role,
    model: name,
    label: source.label,
    secrets: [...secretsOf(settings), ...(source.secrets ?? [])],
    timeoutMs,
  };

  async function call(request: ModelRequest): Promise<ModelReply> {
    if (request.output !== undefined && offersTools(request)) {
      throw new Error("a request asks either for tools or for output, not for both");
    }
    const model = await source.load();
    const begin = beginningOf(memory, Date.now());
    const spared = lacksSchema(model) ? SCHEMA : [];
    const way = spared.includes(begin.rung) ? { ...begin, rung: "tool" as const } : begin;
    return descend(model, { request, begin: way, spared, accepted: (taken) => accept(taken, request) });
  }

  async function at(rung: Rung, request: ModelRequest): Promise<ModelReply> {
    const way = { rung, temperature: beginningOf(memory, Date.now()).temperature };
    const accepted = (taken: Way): void => learnt({ ...taken, rung: memory.way.rung });
    return descend(await source.load(), { request, begin: way, spared: RUNGS, accepted });
  }

  /** A request without an output says nothing about the form, and one without tools nothing about tools. */
  function accept(taken: Way, request: ModelRequest): void {
    const { tools = "auto" } = offersTools(request) ? taken : memory.way;
    const { rung } = request.output === undefined ? memory.way : taken;
    learnt({ rung, temperature: taken.temperature, ...(tools === "auto" ? {} : { tools }) });
  }

  /** Kept at once: requests that begin at the same time need not be refused, too. */
  function follow(rule: BodyRule): void {
    memory.rules.add(rule);
    memory.learntAt = Date.now();
    source.keep?.({ ...memory.way, at: memory.learntAt, ...rulesOf(memory) });
  }

  function learnt(way: Way): void {
    const now = Date.now();
    if (learn(memory, way, now)) source.keep?.({ ...way, at: now, ...rulesOf(memory) });
  }

  /** Sends requests one after the other, until one is accepted or no form is left. */
  async function descend(model: LanguageModelV3, { request, begin, spared, accepted }: Descent): Promise<ModelReply> {
    const tried = new Set([...spared, begin.rung]);
    const triedTools = new Set([begin.tools ?? "auto"]);
    const sent = { output: request.output !== undefined, tools: offersTools(request), tried, triedTools };
    let way = begin;
    for (let calls = 1; calls <= MOST_REQUESTS; calls++) {
      const outcome = await send(model, request, way, accepted);
      if (outcome.ok) {
        accepted(way);
        const { reply } = outcome;
        if (reply.finish === "length" && reply.text.trim() === "" && reply.toolCalls.length === 0) {
          throw outputLimitError(target);
        }
        return { ...reply, usage: { ...reply.usage, calls } };
      }
      if (request.signal.reason instanceof TimedOut) throw timeoutError(target);
      request.signal.throwIfAborted();
      const { failure } = outcome;
      const isAnswer = failure.kind === "refused" || failure.kind === "failed";
      const rule = isAnswer ? ruleFor(failure.words, memory.rules, settings) : undefined;
      if (rule !== undefined) {
        follow(rule);
        await request.again?.();
        continue;
      }
      const next = wayAfter(way, failure, sent);
      if (next === undefined) throw providerError(failure, target);
      await request.again?.();
      way = next;
      tried.add(way.rung);
      triedTools.add(way.tools ?? "auto");
    }
    throw new Error("unreachable: every refusal leads to a way that was not tried");
  }

  async function send(
    model: LanguageModelV3,
    request: ModelRequest,
    way: Way,
    accepted: Descent["accepted"],
  ): Promise<Outcome> {
    const named = withWireNames(request);
    const form = toolForm(named.request, way.tools ?? "auto");
    const options = optionsOf(model, form.request, way);
    const offer = offerOf(options, request, form);
    try {
      const reply =
        request.onText === undefined
          ? replyOf(await model.doGenerate(options), offer)
          : await streamed(model, options, request, way, offer, () => accepted(way));
      return {
        ok: true,
        reply: request.output === undefined ? named.read(form.read(reply)) : readBack(reply, way.rung),
      };
    } catch (thrown) {
      return { ok: false, failure: providerFailureOf(thrown, Date.now()) };
    }
  }

  function optionsOf(model: LanguageModelV3, request: ModelRequest, way: Way): CallOptions {
    const { rules } = memory;
    const plain = callOptionsOf({ ...request, messages: messagesUnder(request.messages, rules) });
    const options = request.output === undefined ? plain : shaped(plain, request.output, way.rung);
    const prompt = promptUnder(options.prompt, rules);
    const form = { role: source.role, temperature: way.temperature, rules };
    const marked = withCacheMarks({ ...options, prompt }, model);
    return { ...marked, abortSignal: request.signal, ...callSettings(settings, form, model) };
  }

  const { maxOutputTokens } = settings;
  const most = maxOutputTokens === undefined ? {} : { maxOutputTokens };
  return {
    ...{ name, timeoutMs, ...most, call, at },
    learnt: () =>
      memory.learntAt === undefined ? undefined : { ...memory.way, at: memory.learntAt, ...rulesOf(memory) },
    settle: (rung) => learnt({ ...memory.way, rung }),
  };
}

async function streamed(
  model: LanguageModelV3,
  options: CallOptions,
  request: ModelRequest,
  way: Way,
  offer: Offer,
  accepted: () => void,
): Promise<ModelReply> {
  // Other requests may begin before the stream has ended.
  let isAccepted = false;
  const accept = (): void => {
    if (!isAccepted) accepted();
    isAccepted = true;
  };
  const onText = (delta: string): void => (accept(), request.onText?.(delta));
  const { stream } = await model.doStream(options);
  if (request.output === undefined || way.rung !== "tool")
    return streamedReply(stream, { text: onText, toolInput: () => {} }, offer);
  // The input of the tool is the reply. The text beside it is used only if the model did not call the tool.
  const words: string[] = [];
  const listener: StreamListener = { text: (delta) => void words.push(delta), toolInput: onText };
  const reply = await streamedReply(stream, listener, offer);
  if (reply.toolCalls.length === 0) words.forEach((delta) => onText(delta));
  return reply;
}

/** The tools of a request, and what the model read in it. */
function offerOf(options: CallOptions, { messages }: ModelRequest, { names, mark }: ToolForm): Offer {
  // Made once, and only for a reply that may quote it.
  let read: string | undefined;
  return {
    tools: names.length > 0 ? names : (options.tools ?? []).map(({ name }) => name),
    ...(mark === undefined ? {} : { mark }),
    isQuoted: (text) => (read ??= withoutLayout(messages.map(textOf).join("\n"))).includes(withoutLayout(text)),
  };
}

/** What a model reads in a message: nothing in one of its own. */
function textOf(message: ModelMessage): string {
  if (message.role === "tool") return message.results.map(({ text }) => text).join("\n");
  return message.role === "user" ? message.text : "";
}

/**
 * A text of a tool stands in the request as JSON, with other white space and with escapes; that of a page as HTML, with
 * entities.
 */
const withoutLayout = (text: string): string =>
  text.replace(/\\u00[2-7][0-9a-f]/gi, plainLetter).replace(/&(?:\w+|#\w+);|\\[ntr]|[\s\\"'`<>&]/g, "");

const plainLetter = (escape: string): string => String.fromCharCode(Number.parseInt(escape.slice(2), 16));

const rulesOf = ({ rules }: Memory): Pick<KeptWay, "rules"> => (rules.size === 0 ? {} : { rules: [...rules] });

/** True if this rung would send the request without the schema. */
function lacksSchema(model: LanguageModelV3): boolean {
  return (model as { supportsStructuredOutputs?: boolean }).supportsStructuredOutputs === false;
}

const SCHEMA: readonly Rung[] = ["json_schema"];
