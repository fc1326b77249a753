// The model of a role. In: the role's settings. Out: a Model, opened without a request and without loading any package.
// Separate because it holds the one decision where a model lives: an object, an installed provider, or an endpoint.
import { PlanloomError } from "../error.js";
import { aiSdkModel, newMemory, type Memory } from "./ai-sdk-model.js";
import { isAiSdkModel, isCallable, type AiSdkModel, type LanguageModelV3 } from "./ai-sdk.js";
import { parseEndpoint, type Endpoint } from "./endpoint.js";
import type { Model, Role } from "./port.js";
import { providerNameOf, type ProviderName } from "./provider-name.js";
import { findProvider, loadProviderModel, notInstalled, unsupported } from "./provider-package.js";
import type { RoleSettings } from "./role.js";

/** A server that needs no key ignores this one. */
const NO_KEY = "not-needed";

/** What an OpenAI-compatible server says of its tokens. */
interface TokenReport {
  readonly prompt_tokens?: number | null | undefined;
  readonly completion_tokens?: number | null | undefined;
  readonly prompt_tokens_details?: { readonly cached_tokens?: number | null | undefined } | null | undefined;
}

/** What each endpoint and model accepted, for as long as the process lives: a few entries, one for each pair in use. */
const memories = new Map<string, Memory>();
const memoriesOfObjects = new WeakMap<object, Memory>();

/**
 * Opens the model of a role. Throws a PlanloomError of kind "config": MODEL_NOT_SET, MODEL_NO_ENDPOINT,
 * MODEL_BAD_ENDPOINT, MODEL_UNSUPPORTED; or of kind "provider": PROVIDER_NOT_INSTALLED.
 */
export function openModel(settings: RoleSettings, role: Role): Model {
  const { model } = settings;
  if (model === undefined || model === "") throw notSet(role);
  if (typeof model === "string") return openNamed(model, settings, role);
  if ("call" in model) return settings.timeout === undefined ? model : slower(model, settings.timeout);
  return openObject(model, settings, role);
}

function openNamed(name: string, settings: RoleSettings, role: Role): Model {
  const named = providerNameOf(name, (provider) => findProvider(provider) !== undefined);
  return named === undefined ? openEndpoint(name, settings, role) : openProvider(named, settings, role);
}

function openEndpoint(name: string, settings: RoleSettings, role: Role): Model {
  if (settings.baseURL === undefined) throw noEndpoint(name, role);
  const endpoint = parseEndpoint(settings.baseURL);
  const memory = remembered(memories, `${endpoint.baseURL} ${name}`);
  const load = once(() => loadEndpointModel(name, endpoint, settings.apiKey ?? NO_KEY));
  return aiSdkModel({ name, label: endpoint.label, role, memory, load }, settings);
}

function openProvider(named: ProviderName, settings: RoleSettings, role: Role): Model {
  const file = findProvider(named.provider);
  if (file === undefined) throw notInstalled(named);
  const name = `${named.provider}:${named.model}`;
  const memory = remembered(memories, `${settings.baseURL ?? ""} ${name}`);
  const load = once(() => loadProviderModel(file, named, settings));
  return aiSdkModel({ name, label: `@ai-sdk/${named.provider}`, role, memory, load }, settings);
}

/** A model of the port with the role's timeout. It may be an instance of a class. */
function slower(model: Model, timeoutMs: number): Model {
  const { name, maxOutputTokens } = model;
  const most = maxOutputTokens === undefined ? {} : { maxOutputTokens };
  return { name, timeoutMs, ...most, call: (request) => model.call(request) };
}

function openObject(model: AiSdkModel, settings: RoleSettings, role: Role): Model {
  if (!isAiSdkModel(model) || !isCallable(model)) throw unsupported("The model given as an object", "openai");
  const memory = remembered(memoriesOfObjects, model);
  const load = (): Promise<LanguageModelV3> => Promise.resolve(model as LanguageModelV3);
  return aiSdkModel({ name: model.modelId, label: model.provider, role, memory, load }, settings);
}

async function loadEndpointModel(name: string, endpoint: Endpoint, apiKey: string): Promise<LanguageModelV3> {
  const { createOpenAICompatible } = await import("@ai-sdk/openai-compatible");
  const provider = createOpenAICompatible({
    name: "planloom",
    baseURL: endpoint.baseURL,
    queryParams: endpoint.query,
    apiKey,
    // Without these two the package sends json_object for every schema, and asks for no usage in streams.
    supportsStructuredOutputs: true,
    includeUsage: true,
    convertUsage: tokenCounts,
  });
  return provider.chatModel(name);
}

/** The counts as reported; the package's own conversion turns one that is missing into 0. */
function tokenCounts(report: TokenReport | null | undefined) {
  const [input, output] = [report?.prompt_tokens ?? undefined, report?.completion_tokens ?? undefined];
  const cacheRead = report?.prompt_tokens_details?.cached_tokens ?? undefined;
  return {
    inputTokens: { total: input, noCache: undefined, cacheRead, cacheWrite: undefined },
    outputTokens: { total: output, text: undefined, reasoning: undefined },
  };
}

function remembered<K>(
  known: { get(key: K): Memory | undefined; set(key: K, memory: Memory): unknown },
  key: K,
): Memory {
  const memory = known.get(key) ?? newMemory();
  known.set(key, memory);
  return memory;
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => (made ??= make());
}

function notSet(role: Role): PlanloomError {
  return new PlanloomError("MODEL_NOT_SET", `No model is set for the ${role}.`, {
    kind: "config",
    next: `Set PLANLOOM_MODEL or PLANLOOM_${role.toUpperCase()}_MODEL, or \`model\` in the configuration.`,
  });
}

function noEndpoint(name: string, role: Role): PlanloomError {
  return new PlanloomError("MODEL_NO_ENDPOINT", `The ${role}'s model ${name} has no base URL.`, {
    kind: "config",
    next: `Set PLANLOOM_BASE_URL, for example to http://localhost:8000/v1, or name the model with its provider, as in openai:${name}.`,
  });
}
