// Compares the inputs of a draft with those of the run. In: the inputs that the draft declares, and the run's. Out: the
// type of each input, and the values with their defaults. Inputs are the only data that exists before a run.
import { beginning } from "../../beginning.js";
import { nearestNames } from "../nearest.js";
import type { Report } from "./report.js";
import { pointerTo, type Json } from "../json.js";
import type { InputSpec } from "../plan.js";
import { gistOf, mismatch, type Type, typeOfValue, typeText, UNKNOWN } from "../type/type.js";
import { typeOf } from "../type/schema.js";
import { exampleText, isFraction } from "../type/value-for.js";

type Values = { readonly [name: string]: Json };

export interface CheckedInputs {
  readonly types: ReadonlyMap<string, Type>;
  /** Given values, then defaults. */
  readonly values: Values;
}

/** `given` is undefined if the draft is checked without a run. Then no input is missing. */
export function checkInputs(
  declared: { readonly [name: string]: InputSpec },
  given: Values | undefined,
  report: Report,
): CheckedInputs {
  const types = new Map<string, Type>();
  const values = new Map<string, Json>(Object.entries(given ?? {}));
  for (const [name, value] of values) types.set(name, typeOfValue(value));
  for (const [name, spec] of Object.entries(declared)) {
    const type = declaredType(name, spec, values.get(name), report);
    types.set(name, type);
    const value = values.has(name) ? values.get(name) : spec.default;
    if (value !== undefined) values.set(name, value);
    else if (given !== undefined) missing(name, type, given, report);
  }
  for (const name of Object.keys(given ?? {})) if (!Object.hasOwn(declared, name)) undeclared(name, declared, report);
  return { types, values: Object.fromEntries(values) };
}

function declaredType(name: string, spec: InputSpec, given: Json | undefined, report: Report): Type {
  const pointer = pointerTo("/inputs", name);
  const parsed = spec.type === undefined ? undefined : typeOf(spec.type);
  if (parsed?.ok === false) {
    report("BAD_TYPE", `${pointer}/type`, { of: "input", problem: parsed.problem });
  }
  const known = parsed?.ok === true ? parsed.type : undefined;
  const type = known ?? (spec.default === undefined ? typeOfValue(given ?? null) : typeOfValue(spec.default));
  const wanted = { type, declared: known === undefined ? undefined : spec.type };
  if (spec.default !== undefined)
    wrongType({ name, of: "default" }, spec.default, wanted, `${pointer}/default`, report);
  if (given !== undefined) wrongType({ name, of: "run" }, given, wanted, pointer, report);
  return parsed?.ok === false ? UNKNOWN : type;
}

function wrongType(
  input: { readonly name: string; readonly of: "default" | "run" },
  value: Json,
  { type, declared }: { readonly type: Type; readonly declared: InputSpec["type"] },
  pointer: string,
  report: Report,
): void {
  const fraction = isFraction(declared, value) ? { path: "", found: gistOf(value), expected: "integer" } : undefined;
  const wrong = mismatch(value, type) ?? fraction;
  if (wrong === undefined) return;
  const { path, found, expected: wanted } = wrong;
  const place = path === "" ? {} : { path };
  const example = declared === undefined ? {} : { example: beginning(exampleText(declared), 200) };
  report("INPUT_TYPE", pointer, {
    ...input,
    ...place,
    found,
    wanted,
    type: beginning(typeText(type), 200),
    ...example,
  });
}

function missing(name: string, type: Type, given: Values, report: Report): void {
  const near = nearestNames(name, Object.keys(given));
  report("MISSING_INPUT", pointerTo("/inputs", name), { name, type: beginning(typeText(type), 200), near });
}

/** Only a warning: a planner need not use all inputs of a run. */
function undeclared(name: string, declared: Values | object, report: Report): void {
  const near = nearestNames(name, Object.keys(declared));
  report("UNKNOWN_INPUT", "/inputs", { name, near, given: true }, "warning");
}
