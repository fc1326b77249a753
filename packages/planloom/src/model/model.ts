// Opens the model of a role. In: the role's settings. Out: a Model, without a request and without loading a package.
// Decides where a model comes from: an object, an installed provider, or an endpoint.
import { LIMITS } from "../limits.js";
import { sha256 } from "../sha256.js";
import { PlanloomError } from "../words/planloom-error.js";
import { aiSdkModel, type LadderModel, type Source } from "./ai-sdk-model.js";
import type { JsonObject } from "../plan/json.js";
import { underRules, type BodyRule } from "./request/body-rules.js";
import { ENDPOINT_PROVIDER } from "./request/call-options.js";
import type { LanguageModelV3 } from "./ai-sdk.js";
import { isAiSdkModel, isCallable, type AiSdkModel } from "./given-model.js";
import { parseEndpoint, sameOrigin, shownUrl, type Endpoint } from "./settings/endpoint.js";
import type { EndpointLimits, ModelEndpoint } from "./limiter.js";
import type { Model, Role } from "./port.js";
import { makerOf, meantName, packageToInstall, providerNameOf, type ProviderName } from "./settings/provider-name.js";
import { findProvider, loadProviderModel, notInstalled, unsupported } from "./provider-package.js";
import { OPENAI_URL, type RoleSettings } from "./settings/role.js";
import { secretTexts } from "./settings/setting-secrets.js";
import { wireFetch } from "./wire/wire.js";
import { adopt, newMemory, type Memory, type WayKeeper } from "./ways/way-memory.js";

/** The key for servers that need none: they ignore it. */
const NO_KEY = "not-needed";

/** The usage that an OpenAI-compatible server reports. */
interface TokenReport {
  readonly prompt_tokens?: number | null | undefined;
  readonly completion_tokens?: number | null | undefined;
  readonly prompt_tokens_details?: { readonly cached_tokens?: number | null | undefined } | null | undefined;
}

/**
 * The request form that each endpoint and model accepted, for the lifetime of the process. One entry for each pair in
 * use.
 */
const memories = new Map<string, Memory>();
const memoriesOfObjects = new WeakMap<object, Memory>();

/** What the models of a process share. */
export interface ModelContext {
  /** Stores the request forms that servers accept. */
  readonly keeper?: WayKeeper | undefined;
  /** Folders whose installed packages may be loaded as providers, besides Planloom's own. Default: none. */
  readonly packages?: readonly string[];
}

/**
 * Opens the model of a role. Throws a PlanloomError of kind "config": MODEL_NOT_SET, MODEL_NO_ENDPOINT,
 * MODEL_BAD_ENDPOINT, MODEL_BAD_SETTING, MODEL_UNKNOWN_PROVIDER, MODEL_UNSUPPORTED; or of kind "provider": PROVIDER_NOT_INSTALLED.
 */
export function openModel(settings: RoleSettings, role: Role, context: ModelContext = {}): Model {
  const { model } = settings;
  if (typeof model !== "object" || !("call" in model)) {
    const opened = openLadder(settings, role, context);
    return { ...opened, endpoint: endpointOf(settings, opened.name) };
  }
  onlyForServers(settings, role, "headers", "query", "body", "providerOptions");
  return withSettings(model, settings);
}

/** Opens a model that is not one of Planloom's own port, and so has no ladder. */
export function openLadder(settings: RoleSettings, role: Role, context: ModelContext = {}): LadderModel {
  const { model } = settings;
  if (
    model === undefined ||
    (typeof model === "string" && model.trim() === "") ||
    (typeof model === "object" && "call" in model)
  ) {
    throw new PlanloomError("MODEL_NOT_SET", { role });
  }
  return typeof model === "string" ? openNamed(model, settings, role, context) : openObject(model, settings, role);
}

function openNamed(name: string, settings: RoleSettings, role: Role, context: ModelContext): LadderModel {
  const named = providerNameOf(name, (provider) => findProvider(provider, context.packages) !== undefined);
  if (named === undefined) return openEndpoint(name, settings, role, context);
  return openProvider(named, settings, role, context);
}

function openEndpoint(name: string, settings: RoleSettings, role: Role, context: ModelContext): LadderModel {
  if (settings.baseURL === undefined || sameOrigin(settings.baseURL, OPENAI_URL)) notMeant(name, role, context);
  if (settings.baseURL !== undefined && sameOrigin(settings.baseURL, OPENAI_URL)) notOfOpenAI(name, role, context);
  if (settings.baseURL === undefined) {
    const id = idOf(name);
    throw new PlanloomError("MODEL_NO_ENDPOINT", { role, model: name, ...providerOf(makerOf(id), id, context) });
  }
  if (settings.providerOptions !== undefined)
    throw new PlanloomError("MODEL_BAD_SETTING", { role, setting: "providerOptions", only: "package" });
  const endpoint = parseEndpoint(settings.baseURL, { role });
  const known = remembered(`${endpoint.baseURL} ${name}`, context.keeper);
  const load = once(() => loadEndpointModel(name, endpoint, settings, known.memory.rules));
  return aiSdkModel(
    { name, label: endpoint.label, role, secrets: secretTexts(endpoint.query), ...known, load },
    settings,
  );
}

/** Throws MODEL_UNKNOWN_PROVIDER for a model of another maker: OpenAI would only say that there is none. */
function notOfOpenAI(model: string, role: Role, { packages }: ModelContext): void {
  const provider = makerOf(model);
  if (provider === undefined || provider === "openai") return;
  throw new PlanloomError("MODEL_UNKNOWN_PROVIDER", {
    ...{ role, model, use: `${provider}:${model}` },
    ...installOf(provider, packages),
  });
}

/** Throws MODEL_UNKNOWN_PROVIDER if the name seems to be one of a provider, in another spelling. */
function notMeant(model: string, role: Role, { packages }: ModelContext): void {
  const meant = meantName(model);
  if (meant === undefined) return;
  if ("address" in meant) throw new PlanloomError("MODEL_UNKNOWN_PROVIDER", { role, model, ...meant });
  const { use, provider } = meant;
  throw new PlanloomError("MODEL_UNKNOWN_PROVIDER", { role, model, use, ...installOf(provider, packages) });
}

/** What to install so that a provider can be used. Nothing if it can. */
const installOf = (provider: string, packages: ModelContext["packages"]): { readonly install?: string } =>
  findProvider(provider, packages) === undefined ? { install: packageToInstall(provider) } : {};

/** The name of a model as its API spells it, if a person wrote it as texts do: `Claude Opus 4.6`, `GPT-4o`. */
const idOf = (name: string): string =>
  /^(?:claude|gpt|gemini|grok)[\s-]/i.test(name) ? name.toLowerCase().replace(/(?<=^claude .*)\.|\s+/g, "-") : name;

/** The name of a model with its provider, if the provider is known. */
function providerOf(provider: string | undefined, model: string, { packages }: ModelContext) {
  return provider === undefined ? {} : { use: `${provider}:${model}`, ...installOf(provider, packages) };
}

function openProvider(
  named: ProviderName,
  settings: RoleSettings,
  role: Role,
  { keeper, packages }: ModelContext,
): LadderModel {
  const file = findProvider(named.provider, packages);
  if (file === undefined) throw notInstalled(named);
  onlyForServers(settings, role, "query", "body");
  const name = `${named.provider}:${named.model}`;
  const known = remembered(`${settings.baseURL === undefined ? "" : shownUrl(settings.baseURL)} ${name}`, keeper);
  const load = once(() => loadProviderModel(file, named, settings));
  return aiSdkModel({ name, label: `@ai-sdk/${named.provider}`, role, ...known, load }, settings);
}

type SettingName = "headers" | "query" | "body" | "providerOptions";

/** A setting that would have no effect is refused. */
function onlyForServers(settings: RoleSettings, role: Role, ...names: readonly SettingName[]): void {
  for (const setting of names)
    if (settings[setting] !== undefined) throw new PlanloomError("MODEL_BAD_SETTING", { role, setting });
}

/** A model of the port, with the role's timeout and limits. It may be an instance of a class. */
function withSettings(model: Model, settings: RoleSettings): Model {
  const limits = limitsOf(settings);
  const { timeout, totalTimeout } = settings;
  if (timeout === undefined && totalTimeout === undefined && Object.keys(limits).length === 0) return model;
  const { name, maxOutputTokens, timeoutMs = LIMITS.modelTimeoutMs, totalTimeoutMs, speaks } = model;
  const endpoint = { ...(model.endpoint ?? endpointOf(settings, name)), limits };
  const total = totalTimeout ?? totalTimeoutMs;
  return {
    ...{ name, endpoint, timeoutMs: timeout ?? timeoutMs, call: (request) => model.call(request) },
    ...(total === undefined ? {} : { totalTimeoutMs: total }),
    ...(maxOutputTokens === undefined ? {} : { maxOutputTokens }),
    ...(speaks && { speaks }),
    ...(model.known && { known: () => model.known!() }),
  };
}

/** The endpoint of a model: its address or provider, and its key. The key itself stays hidden in a hash. */
function endpointOf(settings: RoleSettings, name: string): ModelEndpoint {
  const { model, baseURL, apiKey = "", headers = {} } = settings;
  const limits = limitsOf(settings);
  if (typeof model === "object") {
    const label = "call" in model ? name : model.provider;
    return { key: `model ${label}`, label, limits };
  }
  const provider = /^([a-z-]+):/.exec(name)?.[1];
  const address = baseURL === undefined ? undefined : parseEndpoint(baseURL);
  const secrets = JSON.stringify([apiKey, headers, address?.query ?? {}]);
  return {
    key: sha256(`${address?.baseURL ?? provider} ${secrets}`),
    label: address?.label ?? `@ai-sdk/${provider}`,
    limits,
  };
}

function limitsOf({ requestsPerMinute, tokensPerMinute, maxConcurrent }: RoleSettings): EndpointLimits {
  return {
    ...(requestsPerMinute === undefined ? {} : { requestsPerMinute }),
    ...(tokensPerMinute === undefined ? {} : { tokensPerMinute }),
    ...(maxConcurrent === undefined ? {} : { maxConcurrent }),
  };
}

function openObject(model: AiSdkModel, settings: RoleSettings, role: Role): LadderModel {
  if (!isAiSdkModel(model) || !isCallable(model)) throw unsupported("openai");
  onlyForServers(settings, role, "query", "body");
  const memory = memoriesOfObjects.get(model) ?? newMemory();
  memoriesOfObjects.set(model, memory);
  const load = (): Promise<LanguageModelV3> => Promise.resolve(model as LanguageModelV3);
  return aiSdkModel({ name: model.modelId, label: model.provider, role, memory, load }, settings);
}

async function loadEndpointModel(
  name: string,
  endpoint: Endpoint,
  { apiKey, headers, query, body }: RoleSettings,
  rules: ReadonlySet<BodyRule>,
): Promise<LanguageModelV3> {
  const { createOpenAICompatible } = await import("@ai-sdk/openai-compatible");
  const provider = createOpenAICompatible({
    name: ENDPOINT_PROVIDER,
    baseURL: endpoint.baseURL,
    queryParams: { ...endpoint.query, ...query },
    ...keyFor(endpoint, apiKey, headers),
    // Without these two the package sends json_object for every schema, and does not ask for usage in streams.
    supportsStructuredOutputs: true,
    includeUsage: true,
    convertUsage: tokenCounts,
    fetch: wireFetch,
    transformRequestBody: (sent: Record<string, unknown>) => ({ ...underRules(sent as JsonObject, rules), ...body }),
  });
  return provider.chatModel(name);
}

/** Servers that take a key in a header of another name. Their tokens of sign-in are bearer tokens all the same. */
const AZURE = /\.(?:openai|services\.ai|cognitiveservices)\.azure\.(?:com|us|cn)$/;
const KEY_HEADER = /^(?:authorization|api-key|x-api-key|x-goog-api-key)$/i;

interface KeyHeaders {
  readonly apiKey?: string;
  readonly headers?: { readonly [name: string]: string };
}

/** The key in the header that the server reads. A header of `headers` that holds a key replaces it. */
function keyFor({ baseURL }: Endpoint, key: string | undefined, headers: RoleSettings["headers"] = {}): KeyHeaders {
  if (Object.keys(headers).some((name) => KEY_HEADER.test(name))) return { headers };
  const isAzure = AZURE.test(new URL(baseURL).hostname);
  if (isAzure && key !== undefined && !key.startsWith("eyJ")) return { headers: { "api-key": key, ...headers } };
  return { apiKey: key ?? NO_KEY, headers };
}

/** The counts as reported. The package's own conversion turns a missing count into 0. */
function tokenCounts(report: TokenReport | null | undefined) {
  const [input, output] = [report?.prompt_tokens ?? undefined, report?.completion_tokens ?? undefined];
  const cacheRead = report?.prompt_tokens_details?.cached_tokens ?? undefined;
  return {
    inputTokens: { total: input, noCache: undefined, cacheRead, cacheWrite: undefined },
    outputTokens: { total: output, text: undefined, reasoning: undefined },
  };
}

/** What this process has found out about a model, else what another process has stored. */
function remembered(key: string, keeper: WayKeeper | undefined): Pick<Source, "memory" | "keep" | "forget"> {
  const memory = memories.get(key) ?? newMemory();
  memories.set(key, memory);
  if (keeper === undefined) return { memory };
  if (memory.learntAt === undefined) adopt(memory, keeper.recall(key));
  return { memory, keep: (way) => keeper.keep(key, way), forget: () => keeper.forget(key) };
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => (made ??= make());
}
