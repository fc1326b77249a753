// Finds and loads providers of the AI SDK that the user has installed. In: a provider's name. Out: the base of its
// package, and a model of it. Planloom does not depend on these packages.
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { messageOf } from "../error.js";
import { PlanloomError } from "../words/planloom-error.js";
import type { LanguageModelV3 } from "./ai-sdk.js";
import { isAiSdkModel, isCallable } from "./given-model.js";
import { packageToInstall, type ProviderName } from "./settings/provider-name.js";
import { keptFetch } from "./wire/wire.js";

type Factory = (settings: ProviderSettings & { readonly fetch: typeof globalThis.fetch }) => {
  languageModel(id: string): object;
};

interface ProviderSettings {
  readonly apiKey?: string;
  readonly baseURL?: string;
  readonly headers?: { readonly [name: string]: string };
}

/**
 * Not imported: bundlers follow `createRequire` of an import, and would put every file of every provider into the
 * bundle. These packages are the user's, and are looked up when the program runs.
 */
const nodeModule = process.getBuiltinModule("node:module");

/**
 * The entry file of the provider's package, or undefined if it is not installed. Looks into Planloom's own
 * dependencies, then into those of the folders: Planloom may be installed globally. A folder runs code, so the caller
 * must trust it.
 */
export function findProvider(provider: string, folders: readonly string[] = []): string | undefined {
  for (const base of [import.meta.url, ...folders.map((folder) => join(folder, "package.json"))]) {
    try {
      return nodeModule.createRequire(base).resolve(`@ai-sdk/${provider}`);
    } catch {
      // Not here; another folder may have it.
    }
  }
  return undefined;
}

/** `cause`: why an installed package cannot be loaded. */
export function notInstalled({ provider, model }: ProviderName, cause?: unknown): PlanloomError {
  const names = { model: `${provider}:${model}`, package: `@ai-sdk/${provider}`, install: packageToInstall(provider) };
  if (cause === undefined) return new PlanloomError("PROVIDER_NOT_INSTALLED", names);
  const reason = /^.*/.exec(messageOf(cause))![0];
  return new PlanloomError("PROVIDER_NOT_INSTALLED", { ...names, reason }, { cause });
}

const load = (file: string): Promise<{ readonly [name: string]: unknown }> =>
  import(/* webpackIgnore: true */ /* @vite-ignore */ pathToFileURL(file).href);

/**
 * Throws PlanloomError PROVIDER_NOT_INSTALLED if the package cannot be loaded, for example because a package that it
 * needs is missing; MODEL_UNSUPPORTED if it has no model of a known specification.
 */
export async function loadProviderModel(
  file: string,
  { provider, model }: ProviderName,
  settings: ProviderSettings,
): Promise<LanguageModelV3> {
  const exports = await load(file).catch((cause: unknown) => {
    throw notInstalled({ provider, model }, cause);
  });
  const factory = Object.entries(exports).find(
    ([name, value]) => /^create[A-Z]/.test(name) && typeof value === "function",
  );
  const { apiKey, baseURL, headers } = settings;
  const made = (factory?.[1] as Factory | undefined)?.({
    ...(apiKey === undefined ? {} : { apiKey }),
    ...(baseURL === undefined ? {} : { baseURL }),
    ...(headers === undefined ? {} : { headers }),
    fetch: keptFetch,
  }).languageModel(model);
  if (made === undefined || !isAiSdkModel(made) || !isCallable(made))
    throw unsupported(provider, `@ai-sdk/${provider}`);
  return made as LanguageModelV3;
}

/** `name` is the package's. Absent for a model that was given as an object. */
export function unsupported(provider: string, name?: string): PlanloomError {
  const from = name === undefined ? {} : { package: name };
  return new PlanloomError("MODEL_UNSUPPORTED", { ...from, install: packageToInstall(provider) });
}
