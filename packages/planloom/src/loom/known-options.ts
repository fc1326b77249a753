// Checks the options of a call, which may come from JavaScript. In: the options, and the names that the call reads. Out:
// nothing; throws CONFIG_INVALID for another name. An option that nobody reads may have been meant as a safeguard.
import { beginning } from "../beginning.js";
import { nearestNames } from "../plan/nearest.js";
import { isObject } from "../plan/json.js";
import { PlanloomError } from "../words/planloom-error.js";
import { shownValue } from "./config-value.js";

/** Options that a caller without types gave to `call`, unchanged. Throws CONFIG_INVALID unless they are a record. */
export function soundOptions<T extends object>(options: T, call = "this call"): T {
  if (isObject(options)) return options;
  const given = shownValue(options);
  throw new PlanloomError("CONFIG_INVALID", { setting: call, problem: "value", given, wanted: { is: "options" } });
}

/** `foreign`: what others call these options. Throws CONFIG_INVALID. */
export function knownOptions(
  options: object,
  known: readonly string[],
  foreign: { readonly [name: string]: string } = {},
): void {
  for (const [name, value] of Object.entries(soundOptions(options))) {
    if (value === undefined || known.includes(name)) continue;
    const write = Object.hasOwn(foreign, name) ? foreign[name] : nearestNames(name, known)[0];
    const wanted =
      write === undefined ? ({ is: "one-of", choices: known } as const) : ({ is: "instead", write } as const);
    throw new PlanloomError("CONFIG_INVALID", { setting: beginning(name, 60), problem: "unknown", wanted });
  }
}
