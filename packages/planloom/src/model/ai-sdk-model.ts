// Planloom's port over a model of the AI SDK. In: a request. Out: one reply, or a PlanloomError of kind "provider".
// Separate because here requests are really sent: at most one after each refusal of its form, and never a retry.
import { LIMITS } from "../limits.js";
import type { CallOptions, LanguageModelV3 } from "./ai-sdk.js";
import { callOptionsOf } from "./call-options.js";
import { deadlineAfter, type Deadline } from "./deadline.js";
import { readBack, RUNGS, shaped, wayAfter, type Way } from "./ladder.js";
import type { Model, ModelReply, ModelRequest, Role } from "./port.js";
import { providerError, timeoutError, type Place } from "./provider-error.js";
import { failureOf, type ProviderFailure } from "./provider-failure.js";
import { replyOf, streamedReply, type StreamListener } from "./reply.js";
import type { RoleSettings } from "./role.js";

/** What this process has learnt about one model at one endpoint. */
export interface Memory {
  way: Way;
  /** Whether the server has answered at all. */
  reached: boolean;
}

export interface Source {
  readonly name: string;
  readonly label: string;
  readonly role: Role;
  readonly memory: Memory;
  /** Called at each call: the packages of providers are loaded only when they are needed. */
  load(): Promise<LanguageModelV3>;
}

type Outcome =
  { readonly ok: true; readonly reply: ModelReply } | { readonly ok: false; readonly failure: ProviderFailure };

/** One request for every rung, and one more without the temperature. */
const MOST_REQUESTS = RUNGS.length + 1;

const TEMPERATURES: { readonly [R in Role]: number } = { planner: 0.2, executor: 0.1, synthesizer: 0.3 };

export function newMemory(): Memory {
  return { way: { rung: "json_schema", temperature: true }, reached: false };
}

export function aiSdkModel(source: Source, settings: RoleSettings): Model {
  const { name, memory } = source;
  const temperature = settings.temperature ?? TEMPERATURES[source.role];
  const timeoutMs = settings.timeout ?? LIMITS.modelTimeoutMs;
  const place: Place = { role: source.role, model: name, label: source.label, apiKey: settings.apiKey, timeoutMs };

  async function call(request: ModelRequest): Promise<ModelReply> {
    if (request.output !== undefined && request.tools !== undefined && request.tools.length > 0) {
      throw new Error("a request asks either for tools or for output, not for both");
    }
    const model = await source.load();
    const deadline = deadlineAfter(timeoutMs, request.signal);
    try {
      return await descend(model, request, deadline);
    } finally {
      deadline.clear();
    }
  }

  async function descend(model: LanguageModelV3, request: ModelRequest, deadline: Deadline): Promise<ModelReply> {
    let way: Way = startOf(memory, model);
    for (let calls = 1; calls <= MOST_REQUESTS; calls++) {
      const outcome = await send(model, request, way, deadline);
      if (outcome.ok) {
        remember(memory, way);
        return { ...outcome.reply, usage: { ...outcome.reply.usage, calls } };
      }
      request.signal.throwIfAborted();
      if (deadline.expired()) throw timeoutError(place);
      const { failure } = outcome;
      if (failure.kind !== "unreachable") memory.reached = true;
      const next = wayAfter(way, failure, { temperature: way.temperature, output: request.output !== undefined });
      if (next === undefined) throw providerError(failure, place, memory.reached);
      await request.again?.();
      way = next;
    }
    throw new Error("unreachable: every refusal leads to a lower way");
  }

  async function send(model: LanguageModelV3, request: ModelRequest, way: Way, deadline: Deadline): Promise<Outcome> {
    const options = optionsOf(request, way, deadline.signal);
    try {
      const reply =
        request.onText === undefined
          ? replyOf(await model.doGenerate(options))
          : await streamed(model, options, request, way);
      return { ok: true, reply: request.output === undefined ? reply : readBack(reply, way.rung) };
    } catch (thrown) {
      return { ok: false, failure: failureOf(thrown, Date.now()) };
    }
  }

  function optionsOf(request: ModelRequest, way: Way, abortSignal: AbortSignal): CallOptions {
    const plain = callOptionsOf(request);
    const options = request.output === undefined ? plain : shaped(plain, request.output, way.rung);
    return {
      ...options,
      abortSignal,
      ...(way.temperature ? { temperature } : {}),
      ...(settings.maxOutputTokens === undefined ? {} : { maxOutputTokens: settings.maxOutputTokens }),
    };
  }

  // It ends by itself before that, and tells which server was silent.
  const { maxOutputTokens } = settings;
  const most = maxOutputTokens === undefined ? {} : { maxOutputTokens };
  return { name, timeoutMs: timeoutMs + LIMITS.graceMs, ...most, call };
}

async function streamed(
  model: LanguageModelV3,
  options: CallOptions,
  request: ModelRequest,
  way: Way,
): Promise<ModelReply> {
  const onText = request.onText ?? (() => {});
  const { stream } = await model.doStream(options);
  if (request.output === undefined || way.rung !== "tool")
    return streamedReply(stream, { text: onText, toolInput: () => {} });
  // The reply is the tool's input; words beside it are shown only where the model did not call the tool at all.
  const words: string[] = [];
  const listener: StreamListener = { text: (delta) => words.push(delta), toolInput: onText };
  const reply = await streamedReply(stream, listener);
  if (reply.toolCalls.length === 0) words.forEach((delta) => onText(delta));
  return reply;
}

/** A model that says it has no structured outputs would send the request without the schema; it starts one rung lower. */
function startOf(memory: Memory, model: LanguageModelV3): Way {
  const lacksSchema = (model as { supportsStructuredOutputs?: boolean }).supportsStructuredOutputs === false;
  return lacksSchema && memory.way.rung === "json_schema" ? { ...memory.way, rung: "tool" } : memory.way;
}

/** Calls run at the same time may learn different things: the lower rung holds. */
function remember(memory: Memory, way: Way): void {
  const rung = RUNGS[Math.max(RUNGS.indexOf(memory.way.rung), RUNGS.indexOf(way.rung))] ?? way.rung;
  memory.way = { rung, temperature: memory.way.temperature && way.temperature };
  memory.reached = true;
}
