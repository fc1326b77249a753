// The prices that a run's budget uses. In: settings, and the models that may be asked. Out: the settings with the
// prices of these models. Prices are looked up once, when a run starts or is retried, because its log must explain its
// budget on any machine.
import { PlanloomError } from "../words/planloom-error.js";
import type { PriceOf } from "../plan/estimate/price.js";
import type { Settings } from "../run/settings.js";

/** Throws BUDGET_UNPRICED if the budget is in US dollars and the price of a model is unknown. */
export function withPrices(settings: Settings, models: Iterable<string>, priceOf: PriceOf): Settings {
  const prices = { ...settings.prices };
  for (const model of models) {
    const price = priceOf(model);
    if (price !== undefined) prices[model] = price;
    else if (settings.budget.costUsd !== null) throw new PlanloomError("BUDGET_UNPRICED", { model });
  }
  return { ...settings, prices };
}
