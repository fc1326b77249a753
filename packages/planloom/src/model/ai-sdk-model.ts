// Planloom's model port over a model of the AI SDK. In: a request. Out: one reply, or a PlanloomError of kind
// "provider". Sends at most one further request after each refusal of the request's form. Never retries.
import { TimedOut } from "../deadline.js";
import { LIMITS } from "../limits.js";
import type { CallOptions, LanguageModelV3 } from "./ai-sdk.js";
import { BODY_RULES, ruleFor, type BodyRule } from "./body-rules.js";
import { withCacheMarks } from "./cache-marks.js";
import { callOptionsOf } from "./call-options.js";
import { callSettings } from "./call-settings.js";
import { inputCut, type InputCut } from "./cut-input.js";
import { readBack, RUNGS, shaped, wayAfter, type Rung, type Way } from "./ladder.js";
import { isBadSample } from "./refusal-subject.js";
import { offersTools, toolForm, type ToolForm } from "./tool-form.js";
import { withWireNames } from "./tool-name.js";
import { TOOL_RUNGS, type ToolRung } from "./tool-rung.js";
import { messagesUnder, promptUnder } from "./message-rules.js";
import type { Model, ModelMessage, ModelReply, ModelRequest, Role } from "./port.js";
import { outputLimitError, providerError, timeoutError, type RequestTarget } from "./provider-error.js";
import { providerFailureOf, type ProviderFailure } from "./provider-failure.js";
import { replyOf, streamedReply, type Offer, type StreamListener } from "./reply.js";
import type { RoleSettings } from "./role.js";
import type { ReplyNote } from "../words/reply-notes.js";
import { secretsOf } from "./setting-secrets.js";
import { beginningOf, forget, keptOf, learn, learnCut, type KeptWay, type Memory } from "./way-memory.js";

/** A model that sends its requests by the capability ladder. */
export interface LadderModel extends Model {
  /** The form of the next request, and when it was found. undefined if nothing has been refused yet. */
  learnt(): KeptWay | undefined;
  /** Sends one request at this rung only. Throws as `call` does. */
  at(rung: Partial<Rungs>, request: ModelRequest): Promise<ModelReply>;
  /** Sets the rung at which later requests begin. */
  settle(rung: Partial<Rungs>): void;
  /** Forgets what was found, also for other processes. */
  forget(): void;
}

/** A rung of the form of replies, and one of tools. */
type Rungs = { readonly rung: Rung; readonly tools: ToolRung };

export interface Source {
  readonly name: string;
  readonly label: string;
  readonly role: Role;
  readonly memory: Memory;
  /** Values beside those of the settings that are never shown, for example of the address. */
  readonly secrets?: readonly string[];
  /** Keeps the form that was found, for other processes. */
  readonly keep?: (way: KeptWay) => void;
  /** Removes what was kept. */
  readonly forget?: () => void;
  /** Called at each call, because packages of providers are loaded only when they are needed. */
  load(): Promise<LanguageModelV3>;
}

/** A request and the forms in which it is sent. */
interface Descent {
  readonly request: ModelRequest;
  readonly begin: Way;
  /** Rungs that are not tried. */
  readonly spared: readonly Rung[];
  readonly sparedTools?: readonly ToolRung[];
  /** Called when the server has accepted a form: for a stream, at its first piece and at its end. */
  readonly accepted: (way: Way) => void;
}

type Outcome =
  { readonly ok: true; readonly reply: ModelReply } | { readonly ok: false; readonly failure: ProviderFailure };

/** The most requests of one call: one for each rung, one without the temperature, one sample more, one for each rule. */
const MOST_REQUESTS = RUNGS.length + TOOL_RUNGS.length + 2 + BODY_RULES.length;

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
    const begin = firstWay(request);
    const spared = lacksSchema(model) ? SCHEMA : [];
    const way = spared.includes(begin.rung) ? { ...begin, rung: "tool" as const } : begin;
    return descend(model, { request, begin: way, spared, accepted: (taken) => accept(taken, request) });
  }

  /** A model that must call a tool may also give its result by one. Where the server refuses that, it is asked as ever. */
  function firstWay(request: ModelRequest): Way {
    const way = beginningOf(memory, Date.now());
    const mustCall = offersTools(request) && request.toolChoice === "required";
    return mustCall && (way.tools ?? "auto") === "auto" ? { ...way, tools: "required" } : way;
  }

  async function at(rung: Partial<Rungs>, request: ModelRequest): Promise<ModelReply> {
    const begin = { ...beginningOf(memory, Date.now()), ...rung };
    const accepted = ({ temperature }: Way): void => learnt({ ...memory.way, temperature });
    return descend(await source.load(), { request, begin, spared: RUNGS, sparedTools: TOOL_RUNGS, accepted });
  }

  /** A request without an output says nothing about the form, and one without tools nothing about tools. */
  function accept(taken: Way, request: ModelRequest): void {
    const says = offersTools(request) && request.toolChoice !== "required";
    const { tools = "auto" } = says ? taken : memory.way;
    const { rung } = request.output === undefined ? memory.way : taken;
    learnt({ rung, temperature: taken.temperature, ...(tools === "auto" ? {} : { tools }) });
  }

  /** Kept at once: requests that begin at the same time need not be refused, too. */
  function follow(rule: BodyRule): void {
    memory.rules.add(rule);
    memory.learntAt = Date.now();
    keep();
  }

  function learnt(way: Way): void {
    if (learn(memory, way, Date.now())) keep();
  }

  function keep(): void {
    const kept = keptOf(memory);
    if (kept !== undefined) source.keep?.(kept);
  }

  /** Sends requests one after the other, until one is accepted or no form is left. */
  async function descend(model: LanguageModelV3, descent: Descent): Promise<ModelReply> {
    const { request, begin, spared, sparedTools = [], accepted } = descent;
    const tried = new Set([...spared, begin.rung]);
    const triedTools = new Set([...sparedTools, begin.tools ?? "auto"]);
    const sent = { output: request.output !== undefined, tools: offersTools(request), tried, triedTools };
    let way = begin;
    let resampled = false;
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
      // The model wrote what the server could not read. The next sample may be right, and the form is.
      if (isAnswer && !resampled && isBadSample(failure.words)) {
        resampled = true;
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
      const notes = notesOn(form, reply);
      const read = request.output === undefined ? named.read(form.read(reply)) : readBack(reply, way.rung);
      return { ok: true, reply: notes.length === 0 ? read : { ...read, notes } };
    } catch (thrown) {
      return { ok: false, failure: providerFailureOf(thrown, Date.now()) };
    }
  }

  function notesOn({ request, mark }: ToolForm, { usage }: ModelReply): readonly ReplyNote[] {
    const cut = inputCut(request, usage);
    if (learnCut(memory, cut, usage.inputTokens, Date.now())) keep();
    return notesFor({ cut, isText: mark !== undefined });
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
    learnt: () => keptOf(memory),
    known: () => notesFor({ cut: memory.cut, isText: memory.way.tools === "text" }),
    settle: (rung) => learnt({ ...memory.way, ...rung }),
    forget: () => {
      forget(memory);
      source.forget?.();
    },
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

function notesFor({ cut, isText }: { readonly cut: InputCut | undefined; readonly isText: boolean }): ReplyNote[] {
  return [
    ...(isText ? [{ note: "tools-as-text" } as const] : []),
    ...(cut === undefined ? [] : [{ note: "input-cut", ...cut } as const]),
  ];
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

/** True if this rung would send the request without the schema. */
function lacksSchema(model: LanguageModelV3): boolean {
  return (model as { supportsStructuredOutputs?: boolean }).supportsStructuredOutputs === false;
}

const SCHEMA: readonly Rung[] = ["json_schema"];
