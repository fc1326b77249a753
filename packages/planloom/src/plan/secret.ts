// Secrets in plans: a handle that stands for a whole value. Only the call sees the value; the log holds only the name.
// In: a value. Out: its handles.
import { isObject, type Json } from "./json.js";

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

/** The value with each handle replaced by `reveal` of its name. Values without handles are not copied. */
export function revealed(value: Json, reveal: (name: string) => Json): Json {
  if (!holdsSecret(value)) return value;
  const name = secretName(value);
  if (name !== undefined) return reveal(name);
  if (Array.isArray(value)) return (value as readonly Json[]).map((item) => revealed(item, reveal));
  return Object.fromEntries(
    Object.entries(value as object).map(([key, field]) => [key, revealed(field as Json, reveal)]),
  );
}
