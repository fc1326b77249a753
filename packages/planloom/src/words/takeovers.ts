// Words for models that answered instead of others. In: the usage of these models, as data. Out: one line for each.
import type { Others } from "../plan/usage.js";

/** "b answered 2 calls instead of a (PROVIDER_FAILED: overloaded)". */
export function takeoverTexts(others: Others = {}): readonly string[] {
  return Object.entries(others).map(([model, { calls, because }]) => {
    const said = because.text === undefined ? "" : `: ${because.text}`;
    const count = calls === 1 ? "1 call" : `${calls} calls`;
    return `${model} answered ${count} instead of ${because.model} (${because.code}${said})`;
  });
}
