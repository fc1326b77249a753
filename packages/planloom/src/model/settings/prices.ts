// List prices of models. In: a model's name, its address, and prices from the configuration. Out: a Price, or
// undefined. An unknown price stays unknown, because a wrong one would be worse.
import type { Price, PriceOf } from "../../plan/estimate/price.js";
import type { Role } from "../port.js";
import { providerNameOf } from "./provider-name.js";
import { ROLES, type ListedSettings, type RoleSettings } from "./role.js";

/** Prices from the configuration, by the model name that the role has. They win over the table, and may be 0. */
export interface Prices {
  readonly [model: string]: Omit<Price, "readOn">;
}

const price = (readOn: string, input: number, cached: number, output: number): Price => ({
  readOn,
  inputUsdPerMTok: input,
  cachedInputUsdPerMTok: cached,
  outputUsdPerMTok: output,
});

/**
 * US dollars per million tokens of input, cached input and output, at the provider's own address, without batch or
 * other discounts. Only models with one price for prompts of every length. Each has the month in which its price was
 * last checked.
 */
const LIST: { readonly [name: string]: Price } = {
  "openai:gpt-4o": price("2026-03", 2.5, 1.25, 10),
  "openai:gpt-4o-mini": price("2026-03", 0.15, 0.075, 0.6),
  "openai:gpt-4.1": price("2026-03", 2, 0.5, 8),
  "openai:gpt-4.1-mini": price("2026-03", 0.4, 0.1, 1.6),
  "openai:gpt-4.1-nano": price("2026-03", 0.1, 0.025, 0.4),
  "openai:gpt-5": price("2026-03", 1.25, 0.125, 10),
  "openai:gpt-5-mini": price("2026-03", 0.25, 0.025, 2),
  "openai:gpt-5-nano": price("2026-03", 0.05, 0.005, 0.4),
  "openai:o3": price("2026-03", 2, 0.5, 8),
  "openai:o4-mini": price("2026-03", 1.1, 0.275, 4.4),
  "anthropic:claude-haiku-4-5": price("2026-10", 1, 0.1, 5),
  "anthropic:claude-opus-4-5": price("2026-10", 5, 0.5, 25),
  "anthropic:claude-opus-5": price("2026-10", 5, 0.5, 25),
  "google:gemini-2.5-flash": { readOn: "2026-03", inputUsdPerMTok: 0.3, outputUsdPerMTok: 2.5 },
  "google:gemini-2.5-flash-lite": { readOn: "2026-03", inputUsdPerMTok: 0.1, outputUsdPerMTok: 0.4 },
};

const HOSTS: ReadonlyMap<string, string> = new Map([
  ["api.openai.com", "openai"],
  ["api.anthropic.com", "anthropic"],
  ["generativelanguage.googleapis.com", "google"],
]);

/**
 * Prices by the model names that runs record. A plain name does not say who is paid, because any server may call its
 * model `gpt-4o`. So it has a list price only if its role uses the provider's own address.
 */
export function pricesFor(
  roles: Readonly<Record<Role, ListedSettings>>,
  given: Prices = {},
  specialists: ReadonlyMap<string, ListedSettings> = new Map(),
): PriceOf {
  return (model) => {
    if (Object.hasOwn(given, model)) return given[model];
    const listed = [...ROLES.map((role) => roles[role]), ...specialists.values()];
    const settingsOfAll = listed.flatMap((settings) => [settings, ...(settings.fallbacks ?? [])]);
    const played = settingsOfAll.filter((settings) => nameOf(settings) === model);
    // A step that names its own model uses the executor's address.
    const places = played.length > 0 ? played : [{ ...roles.executor, model }];
    const [name, ...others] = new Set(places.map(listName));
    return name === undefined || others.length > 0 ? undefined : listPrice(name);
  };
}

function listPrice(model: string): Price | undefined {
  // Anthropic appends the release date to a name. The price is that of the name without it.
  const name = model.startsWith("anthropic:") ? model.replace(/-\d{8}$/, "") : model;
  return Object.hasOwn(LIST, name) ? LIST[name] : undefined;
}

function nameOf({ model }: RoleSettings): string | undefined {
  if (model === undefined || typeof model === "string") return model;
  return "call" in model ? model.name : model.modelId;
}

/** The name of a role's model with the provider that is paid for it. undefined if the provider is unknown. */
function listName({ model, baseURL }: RoleSettings): string | undefined {
  if (model === undefined || (typeof model === "object" && "call" in model)) return undefined;
  // `openai.chat`, `anthropic.messages`: the provider, then its interface.
  if (typeof model === "object") return `${model.provider.split(".")[0]}:${model.modelId}`;
  const host = baseURL !== undefined && URL.canParse(baseURL) ? HOSTS.get(new URL(baseURL).host) : undefined;
  const named = providerNameOf(model);
  if (named === undefined) return host === undefined ? undefined : `${host}:${model}`;
  return baseURL === undefined || host === named.provider ? model : undefined;
}
