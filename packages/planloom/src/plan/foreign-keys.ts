// The names of fields in data that others wrote. In: a value. Out: whether a planner may read the names of its fields,
// and the value without those that it may not. A name can be a sentence that tells a model what to do.
import { isObject, type Json } from "./json.js";

/** A name of at most two words of letters and digits: "amount", "orderId", "valid_until". */
const PLAIN = /^[A-Za-z][a-z0-9]{0,19}(?:[_-]?[A-Za-z0-9][a-z0-9]{0,19})?$/;
const PLAIN_UPPER = /^[A-Z0-9]{1,20}(?:_[A-Z0-9]{1,20})?$/;

/** Fields of one record whose names may be shown. More of them could form a text. */
const MOST = 40;

const isPlain = (name: string): boolean => PLAIN.test(name) || PLAIN_UPPER.test(name);

/** Whether a record in this value has a name that is not plain, or too many names. */
export function hasForeignKeys(value: Json): boolean {
  if (Array.isArray(value)) return (value as readonly Json[]).some(hasForeignKeys);
  if (!isObject(value)) return false;
  const names = Object.keys(value);
  return names.length > MOST || !names.every(isPlain) || Object.values(value).some(hasForeignKeys);
}

/** The value with plain names only, in alphabetical order, so that their order says nothing. */
export function withPlainKeys(value: Json): Json {
  if (Array.isArray(value)) return (value as readonly Json[]).map(withPlainKeys);
  if (!isObject(value)) return value;
  const names = Object.keys(value).filter(isPlain).sort();
  return Object.fromEntries(names.slice(0, MOST).map((name) => [name, withPlainKeys(value[name] ?? null)]));
}

/** Whether the value holds any text, in its values or in the names of its fields. */
export function holdsText(value: Json): boolean {
  if (Array.isArray(value)) return (value as readonly Json[]).some(holdsText);
  return typeof value === "string" || (isObject(value) && Object.keys(value).length > 0);
}
