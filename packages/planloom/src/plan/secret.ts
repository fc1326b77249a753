// Secrets in plans: a handle that stands for a whole value. Only the call sees the value; the log holds only the name.
// In: a value. Out: its handles.
import { isObject, own, type Json } from "./json.js";

/** The name in `{ "secret": "NAME" }`; undefined for any other value. */
function secretName(value: Json): string | undefined {
  if (!isObject(value)) return undefined;
  const name = Object.hasOwn(value, "secret") && Object.keys(value).length === 1 ? value["secret"] : undefined;
  return typeof name === "string" ? name : undefined;
}

export function holdsSecret(value: Json): boolean {
  if (Array.isArray(value)) return (value as readonly Json[]).some(holdsSecret);
  if (!isObject(value)) return false;
  return secretName(value) !== undefined || Object.values(value).some(holdsSecret);
}

/** The names of the handles of a value. */
export function secretsIn(value: Json): readonly string[] {
  if (Array.isArray(value)) return (value as readonly Json[]).flatMap(secretsIn);
  if (!isObject(value)) return [];
  const name = secretName(value);
  return name !== undefined ? [name] : Object.values(value).flatMap(secretsIn);
}

/**
 * Arguments with each handle of the plan replaced by what `reveal` gives for its name. `written` are the arguments as
 * the plan has them, with references: a handle that came out of a reference, or from a model, is data and stays as it
 * is. Values without handles are not copied.
 */
export function revealed(args: Json, written: Json, reveal: (name: string) => Json): Json {
  if (!holdsSecret(written)) return args;
  const name = secretName(written);
  // A person who approved the call may have given it another value.
  if (name !== undefined) return secretName(args) === name ? reveal(name) : args;
  if (Array.isArray(written) && Array.isArray(args)) {
    const items = written as readonly Json[];
    return (args as readonly Json[]).map((item, i) => revealed(item, items[i] ?? null, reveal));
  }
  if (!isObject(written) || !isObject(args)) return args;
  const fields = Object.entries(args).map(([key, field]): [string, Json] => [
    key,
    revealed(field, own(written, key) ?? null, reveal),
  ]);
  return Object.fromEntries(fields);
}
