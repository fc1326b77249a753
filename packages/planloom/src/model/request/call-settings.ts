// The settings of a role as options of a call. In: settings, what a server has refused, and the model that is called.
// Out: call options beside the prompt. Packages name the same setting differently; only this file knows how.
import { isObject, type JsonObject } from "../../plan/json.js";
import { PlanloomError } from "../../words/planloom-error.js";
import type { CallOptions } from "../ai-sdk.js";
import type { BodyRule } from "./body-rules.js";
import { ENDPOINT_PROVIDER } from "./call-options.js";
import type { Role } from "../port.js";
import type { RoleSettings } from "../settings/role.js";
import type { ReasoningEffort } from "../settings/setting-values.js";

const TEMPERATURES: { readonly [R in Role]: number } = { planner: 0.2, executor: 0.1, synthesizer: 0.3 };

interface CallForm {
  readonly role: Role;
  /** Whether this server and model take a temperature. */
  readonly temperature: boolean;
  /** What the server has refused by name. */
  readonly rules: ReadonlySet<BodyRule>;
}

interface CalledModel {
  readonly provider: string;
  readonly specificationVersion: string;
}

/** Throws PlanloomError MODEL_BAD_SETTING if the model's package is known to have no setting for reasoning. */
export function callSettings(
  settings: RoleSettings,
  { role, temperature, rules }: CallForm,
  model: CalledModel,
): Partial<CallOptions> {
  const { topP, seed, stop, maxOutputTokens, headers } = settings;
  // OpenAI and Anthropic advise against both, and some models refuse both.
  const heat = settings.temperature ?? (topP === undefined ? TEMPERATURES[role] : undefined);
  const effort = rules.has("no-effort") ? undefined : settings.reasoningEffort;
  const { reasoning, providerOptions = {} } =
    effort === undefined ? ({} as EffortOptions) : effortOf(effort, role, model);
  const options = merged(providerOptions, settings.providerOptions ?? {});
  return {
    ...(temperature && heat !== undefined ? { temperature: heat } : {}),
    ...(topP === undefined || rules.has("no-top-p") ? {} : { topP }),
    ...(seed === undefined || rules.has("no-seed") ? {} : { seed }),
    ...(stop === undefined || rules.has("no-stop") ? {} : { stopSequences: [...stop] }),
    ...(maxOutputTokens === undefined ? {} : { maxOutputTokens }),
    // An endpoint sends its headers by itself.
    ...(headers === undefined || keyOf(model) === ENDPOINT_PROVIDER ? {} : { headers: { ...headers } }),
    ...(reasoning === undefined ? {} : { reasoning }),
    ...(Object.keys(options).length === 0 ? {} : { providerOptions: options as ProviderOptions }),
  };
}

type ProviderOptions = NonNullable<CallOptions["providerOptions"]>;

interface EffortOptions {
  /** Of specification v4. */
  readonly reasoning?: ReasoningEffort;
  readonly providerOptions?: JsonObject;
}

/** Packages that take no word for it. */
const WITHOUT_EFFORT: ReadonlySet<string> = new Set(["cohere", "perplexity", "amazon-bedrock"]);

function effortOf(effort: ReasoningEffort, role: Role, model: CalledModel): EffortOptions {
  if (model.specificationVersion === "v4" && keyOf(model) !== ENDPOINT_PROVIDER) return { reasoning: effort };
  const key = keyOf(model);
  if (WITHOUT_EFFORT.has(key)) {
    throw new PlanloomError("MODEL_BAD_SETTING", { role, setting: "reasoningEffort", only: "options" });
  }
  switch (key) {
    case "anthropic":
      return {
        providerOptions: { anthropic: effort === "none" ? NO_THINKING : { effort: AT_LEAST_LOW[effort] ?? effort } },
      };
    case "google":
      return { providerOptions: { google: { thinkingConfig: thinkingOf(effort) } } };
    default:
      return { providerOptions: { [key === "azure" ? "openai" : key]: { reasoningEffort: effort } } };
  }
}

const NO_THINKING: JsonObject = { thinking: { type: "disabled" } };
const AT_LEAST_LOW: { readonly [E in ReasoningEffort]?: string } = { minimal: "low" };
const AT_MOST_HIGH: { readonly [E in ReasoningEffort]?: string } = { xhigh: "high", max: "high" };

const thinkingOf = (effort: ReasoningEffort): JsonObject =>
  effort === "none" ? { thinkingBudget: 0 } : { thinkingLevel: AT_MOST_HIGH[effort] ?? effort };

/** `openai.responses` is a model of `openai`. */
const keyOf = ({ provider }: CalledModel): string => provider.split(".")[0]!;

/** Options that a person gave replace those of the same name. */
function merged(own: JsonObject, given: JsonObject): JsonObject {
  const both = Object.entries(given).map(([name, options]): [string, JsonObject] => {
    const before = own[name];
    return [name, { ...(isObject(before) ? before : {}), ...(options as JsonObject) }];
  });
  return { ...own, ...Object.fromEntries(both) };
}
