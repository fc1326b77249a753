// Removes the values of secrets from what tools give back. In: the secrets by name. Out: a filter for texts, values and
// streams. secret-forms.ts lists the forms in which a value is found.
import { LIMITS } from "../limits.js";
import { isObject, sizeOf, type Json } from "../plan/json.js";
import { formsOf } from "./secret-forms.js";
import { SecretSearch } from "./secret-search.js";

/** The secrets of a configuration, by name. A name without a value is not known. */
export type Secrets = { readonly [name: string]: string | undefined };

export interface SecretFilter {
  /** The text with each secret replaced by `[secret NAME]`. */
  readonly text: (text: string) => string;
  /** The same for all texts of a value, its keys and its numbers. */
  readonly value: <T extends Json>(value: T) => T;
  /** For text that arrives in chunks, in which a secret may begin in one chunk and end in a later one. */
  readonly stream: () => SecretStream;
}

export interface SecretStream {
  /** The part of the text so far that can be shown. The beginning of a secret is held back. */
  write(chunk: string): string;
  /** The text that was held back. More than half of a secret is replaced. */
  flush(): string;
}

const known = new WeakMap<Secrets, SecretFilter>();

/** The same record gives the same filter. */
export function secretFilter(secrets: Secrets): SecretFilter {
  const filter = known.get(secrets) ?? filterOf(secrets);
  known.set(secrets, filter);
  return filter;
}

const NO_FILTER: SecretFilter = {
  text: (text) => text,
  value: (value) => value,
  stream: () => ({ write: (chunk) => chunk, flush: () => "" }),
};

function filterOf(secrets: Secrets): SecretFilter {
  const forms = Object.entries(secrets).flatMap(([name, value]) =>
    isFindable(value) ? formsOf(value).map((form) => ({ ...form, name })) : [],
  );
  if (forms.length === 0) return NO_FILTER;
  const search = new SecretSearch(forms);
  const text = (given: string): string => replaced(given, search, placeholder);
  return {
    text,
    value: <T extends Json>(value: T) => valueWithout(value, search) as T,
    stream: () => new HeldStream(text, search),
  };
}

/** Other values are refused when a loom is opened. */
const isFindable = (value: unknown): value is string =>
  typeof value === "string" && value.trim().length >= LIMITS.secretChars;

/** The name of a secret whose value stands in this value. undefined if none does. */
export function secretFoundIn(secrets: Secrets, value: Json): string | undefined {
  if (secretFilter(secrets).value(value) === value) return undefined;
  return Object.keys(secrets).find((name) => secretFilter({ [name]: secrets[name] }).value(value) !== value);
}

/** The names of all secrets whose values stand in these values. */
export function secretsFoundIn(secrets: Secrets, values: readonly Json[]): readonly string[] {
  return Object.keys(secrets).filter((name) => {
    const filter = secretFilter({ [name]: secrets[name] });
    return values.some((value) => filter.value(value) !== value);
  });
}

type Placeholder = (name: string) => string;

/** Without characters that have an escape in JSON. */
const placeholder: Placeholder = (name) => `[secret ${name.replace(/[^\w.-]/g, "_")}]`;

function replaced(text: string, search: SecretSearch, inPlace: Placeholder): string {
  let found = text.length < LIMITS.secretChars ? undefined : search.next(text, 0);
  if (found === undefined) return text;
  let clean = "";
  let [last, end] = ["", 0];
  for (; found !== undefined; found = search.next(text, end)) {
    const between = text.slice(end, found.start);
    // A long secret is found in pieces, and one of many lines in its lines.
    const goesOn = last === found.name && LINE_ENDS.test(between);
    clean += goesOn ? "" : between + inPlace(found.name);
    [last, end] = [found.name, found.end];
  }
  return clean + text.slice(end);
}

const LINE_ENDS = /^(?:[\r\n]|\\+[rn]|%0[AD])*$/i;

function valueWithout(value: Json, search: SecretSearch): Json {
  const clean = copyWithout(value, (given) => replaced(given, search, placeholder));
  // A short secret with a long name can make the value longer.
  if (clean === value || sizeOf(clean, LIMITS.valueBytes) <= LIMITS.valueBytes) return clean;
  return copyWithout(value, (given) => replaced(given, search, () => "[secret]"));
}

/** A value without secrets is not copied. */
function copyWithout(value: Json, text: (given: string) => string): Json {
  if (typeof value === "string") return text(value);
  if (typeof value === "number") {
    const digits = text(String(value));
    return digits === String(value) ? value : digits;
  }
  if (Array.isArray(value)) {
    const list = value as readonly Json[];
    const copy = list.map((item) => copyWithout(item, text));
    return copy.some((item, i) => item !== list[i]) ? copy : list;
  }
  return isObject(value) ? recordWithout(value, text) : value;
}

function recordWithout(record: { readonly [key: string]: Json }, text: (given: string) => string): Json {
  const copy: Record<string, Json> = {};
  let changed = false;
  for (const [key, field] of Object.entries(record)) {
    const [cleanKey, clean] = [text(key), copyWithout(field, text)];
    changed ||= cleanKey !== key || clean !== field;
    copy[freeKey(copy, cleanKey)] = clean;
  }
  return changed ? copy : record;
}

/** Two keys may become the same. */
function freeKey(record: object, key: string): string {
  if (!Object.hasOwn(record, key)) return key;
  for (let n = 2; ; n++) if (!Object.hasOwn(record, `${key} ${n}`)) return `${key} ${n}`;
}

/** Beginnings of secrets that are shorter than this are not held back, because ordinary text ends with them. */
const HELD_CHARS = 4;

class HeldStream implements SecretStream {
  /** The last characters that were shown, if they may begin a secret. */
  #shown = "";
  #held = "";

  constructor(
    private readonly clean: (text: string) => string,
    private readonly search: SecretSearch,
  ) {}

  write(chunk: string): string {
    const shown = this.#shown;
    const whole = shown + this.#held + chunk;
    const open = this.search.opening(whole);
    const ready = whole.slice(0, whole.length - (open < HELD_CHARS ? 0 : open));
    this.#held = whole.slice(ready.length);
    this.#shown = this.#held === "" && open > 0 ? whole.slice(-open) : "";
    const clean = this.clean(ready);
    // If a secret began in what was shown, the rest of it is replaced.
    return clean.startsWith(shown) ? clean.slice(shown.length) : clean;
  }

  flush(): string {
    const held = this.#held;
    this.#held = "";
    this.#shown = "";
    return this.search.isMost(held) ? "[secret]" : held;
  }
}
