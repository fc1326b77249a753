// The prices that a run is held to. In: settings, and the models that may be asked. Out: the settings with what those cost. Separate
// because prices are looked up once, when a run begins or is retried: its log must explain its budget without this machine.
import { PlanloomError } from "../words/planloom-error.js";
import type { PriceOf } from "../plan/estimate/price.js";
import type { Settings } from "../run/settings.js";

/** Throws BUDGET_UNPRICED where there is a budget in US dollars, and what a model costs is not known. */
export function withPrices(settings: Settings, models: Iterable<string>, priceOf: PriceOf): Settings {
  const prices = { ...settings.prices };
  for (const model of models) {
    const price = priceOf(model);
    if (price !== undefined) prices[model] = price;
    else if (settings.budget.costUsd !== null) throw new PlanloomError("BUDGET_UNPRICED", { model });
  }
  return { ...settings, prices };
}
