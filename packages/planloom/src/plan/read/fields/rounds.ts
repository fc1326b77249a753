// Reads the loops of other plan formats. In: the fields of a step. Out: `repeat` with `until` and `most`. Only a loop
// with a condition to end it and a bound has a certain meaning. Everything else stays for check to report.
import { isObject } from "../../json.js";
import type { Fields, StepContext } from "./fields.js";
import { plainName } from "./names.js";

const named = (words: string): ReadonlySet<string> => new Set(words.split(" ").map(plainName));

const LOOPS = named("repeat loop loop_config iteration");
const UNTIL = named(
  "until repeat_until loop_until until_condition stop_when stop_if stop_condition exit_when exit_if exit_condition " +
    "termination_condition",
);
const MOST = named(
  "most max max_iterations max_iteration max_rounds max_round max_loops max_repeats max_repetitions max_times",
);
const OTHERWISE = named("otherwise");

/** `loop: { until, max_iterations }`, and `until` beside `max_rounds` in the step itself. */
export function readRounds(fields: Fields, at: StepContext): void {
  const loop = [...fields.keys()].find((field) => LOOPS.has(plainName(field)));
  if (loop === undefined) return readBeside(fields, at);
  const written = fields.get(loop);
  const repeat = isObject(written) ? roundsIn(Object.entries(written)) : undefined;
  if (!isObject(written) || repeat === undefined) return;
  const keys = Object.keys(repeat);
  if (loop === "repeat" && Object.keys(written).every((key) => keys.includes(key))) return;
  fields.delete(loop);
  fields.set("repeat", repeat);
  at.moved("repeat", loop);
  at.note("REPEAT_READ", { fields: [loop] }, "repeat", { before: written, after: repeat });
}

function readBeside(fields: Fields, at: StepContext): void {
  const own = [...fields].filter(([field]) => field !== "max" && fieldOf(plainName(field)) !== undefined);
  const repeat = roundsIn(own);
  if (repeat === undefined) return;
  for (const [field] of own) fields.delete(field);
  fields.set("repeat", repeat);
  at.note("REPEAT_READ", { fields: own.map(([field]) => field) }, "repeat", {
    before: Object.fromEntries(own),
    after: repeat,
  });
}

/** undefined if a key is unknown or comes twice, or if the condition or the bound is missing. */
function roundsIn(written: readonly (readonly [string, unknown])[]): { readonly [field: string]: unknown } | undefined {
  const found = new Map<string, unknown>();
  for (const [key, value] of written) {
    const to = fieldOf(plainName(key));
    if (to === undefined || found.has(to)) return undefined;
    found.set(to, value);
  }
  return found.has("until") && found.has("most") ? Object.fromEntries(found) : undefined;
}

function fieldOf(name: string): string | undefined {
  if (UNTIL.has(name)) return "until";
  if (MOST.has(name)) return "most";
  return OTHERWISE.has(name) ? "otherwise" : undefined;
}
