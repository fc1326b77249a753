// What models cost, by their list prices. In: a model's name, where it is asked, prices that a person gave. Out: a Price, or undefined.
// Separate because a table of prices is data of its day: a price that is missing is unknown, and one that is wrong is worse.
import type { Price, PriceOf } from "../plan/estimate/price.js";
import type { Role } from "./port.js";
import { providerNameOf } from "./provider-name.js";
import { ROLES, type RoleSettings } from "./role.js";

/** Prices that a person gave, by the name of the model as its role has it; they win over the table, and may be 0. */
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
 * US dollars per million tokens of input, cached input and output, at the provider's own address, without batches and other
 * rebates. Only models whose price is the same for prompts of every length; each with the month in which it was last read.
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
 * Prices of models by the names that runs record. A plain name says nothing of who is paid, for any server may call its model
 * `gpt-4o`: it has a list price only where the role that has it is played at the provider's own address.
 */
export function pricesFor(roles: Readonly<Record<Role, RoleSettings>>, given: Prices = {}): PriceOf {
  return (model) => {
    if (Object.hasOwn(given, model)) return given[model];
    const played = ROLES.map((role) => roles[role]).filter((settings) => nameOf(settings) === model);
    // A step that names a model of its own asks it where the executor is.
    const places = played.length > 0 ? played : [{ ...roles.executor, model }];
    const [name, ...others] = new Set(places.map(listName));
    return name === undefined || others.length > 0 ? undefined : listPrice(name);
  };
}

function listPrice(model: string): Price | undefined {
  // Anthropic puts the day of a release behind a name; the price is that of the name.
  const name = model.startsWith("anthropic:") ? model.replace(/-\d{8}$/, "") : model;
  return Object.hasOwn(LIST, name) ? LIST[name] : undefined;
}

function nameOf({ model }: RoleSettings): string | undefined {
  if (model === undefined || typeof model === "string") return model;
  return "call" in model ? model.name : model.modelId;
}

/** The name of a role's model with the provider that is paid for it; undefined where that is not known. */
function listName({ model, baseURL }: RoleSettings): string | undefined {
  if (model === undefined || (typeof model === "object" && "call" in model)) return undefined;
  // `openai.chat`, `anthropic.messages`: the provider, then which of its interfaces.
  if (typeof model === "object") return `${model.provider.split(".")[0]}:${model.modelId}`;
  const host = baseURL !== undefined && URL.canParse(baseURL) ? HOSTS.get(new URL(baseURL).host) : undefined;
  const named = providerNameOf(model);
  if (named === undefined) return host === undefined ? undefined : `${host}:${model}`;
  return baseURL === undefined || host === named.provider ? model : undefined;
}
