// Finds secrets in texts, in one pass whatever their number. In: the forms of secrets by name. Out: the places of a
// text where one stands, and whether a text ends with the beginning of one.
import type { SecretForm } from "./secret-forms.js";

export interface FoundSecret {
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

/** Characters that a search looks at before it compares. Every form is at least as long. */
const WINDOW = 8;
/** Beginnings that are shorter are not told apart from ordinary text. */
const OPENING = 4;

export class SecretSearch {
  /** The forms by the hash of their first characters, the longest first. */
  readonly #forms = new Map<number, NamedForm[]>();
  /** 1 at n: some hash ends with these 16 bits. Most places of a text need no more than this look. */
  readonly #hashes = new Uint8Array(1 << 16);
  /** The forms by their first OPENING characters, and all shorter beginnings. */
  readonly #openings = new Map<string, NamedForm[]>();
  #longest = 0;

  constructor(forms: readonly (SecretForm & { readonly name: string })[]) {
    for (const form of [...forms].sort((a, b) => b.text.length - a.text.length)) {
      const named = { ...form, folded: folded(form.text) };
      const hash = hashAt(form.text, 0);
      put(this.#forms, hash, named);
      this.#hashes[hash & 0xffff] = 1;
      put(this.#openings, named.folded.slice(0, OPENING), named);
      for (let n = 1; n < OPENING; n++) this.#openings.set(named.folded.slice(0, n), []);
      this.#longest = Math.max(this.#longest, form.text.length);
    }
  }

  /** The first secret from this position on. */
  next(text: string, from: number): FoundSecret | undefined {
    const hashes = this.#hashes;
    let [early, late] = [0, 0];
    for (let at = from; at < text.length; at++) {
      // The last eight characters, a byte of each. The rest is compared.
      early = (early << 8) | (late >>> 24);
      late = (late << 8) | (lower(text.charCodeAt(at)) & 0xff);
      const hash = mixed(early, late);
      if (hashes[hash & 0xffff] === 0) continue;
      const start = at + 1 - WINDOW;
      const form = start < from ? undefined : this.#forms.get(hash)?.find((one) => standsAt(one, text, start));
      if (form !== undefined) return { name: form.name, start, end: endOf(form, text, start) };
    }
    return undefined;
  }

  /** How many characters at the end of the text may begin a secret. */
  opening(text: string): number {
    for (let start = Math.max(0, text.length - this.#longest + 1); start < text.length; start++) {
      const rest = folded(text.slice(start));
      if (this.#openings.get(rest.slice(0, OPENING))?.some(({ folded: form }) => form.startsWith(rest)) === true)
        return rest.length;
      if (rest.length < OPENING && this.#openings.has(rest)) return rest.length;
    }
    return 0;
  }

  /** Whether a text is more than half of some form, from its beginning. */
  isMost(text: string): boolean {
    const start = folded(text);
    const forms = this.#openings.get(start.slice(0, OPENING)) ?? [];
    return forms.some(({ folded: form }) => start.length * 2 > form.length && form.startsWith(start));
  }
}

interface NamedForm extends SecretForm {
  readonly name: string;
  readonly folded: string;
}

function put<K>(map: Map<K, NamedForm[]>, key: K, form: NamedForm): void {
  const there = map.get(key);
  if (there === undefined) map.set(key, [form]);
  else there.push(form);
}

function standsAt({ text: wanted, folded: low, anyCase }: NamedForm, text: string, at: number): boolean {
  if (!anyCase) return text.startsWith(wanted, at);
  for (let i = 0; i < low.length; i++) if (lower(text.charCodeAt(at + i)) !== low.charCodeAt(i)) return false;
  return true;
}

/** The last bits of encoded bytes stand in one more character, and `=` may follow. */
function endOf(form: NamedForm, text: string, start: number): number {
  const end = start + form.text.length;
  if (form.anyCase) return end;
  const [tail = ""] = /^(?:[A-Za-z0-9+/_-](?![A-Za-z0-9+/_-]))?(?:=|%3[dD]){0,2}/.exec(text.slice(end, end + 8)) ?? [];
  return end + tail.length;
}

/** Only letters of ASCII: the length stays the same. */
const folded = (text: string): string => text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());

const lower = (unit: number): number => (unit >= 65 && unit <= 90 ? unit + 32 : unit);

function hashAt(text: string, start: number): number {
  let [early, late] = [0, 0];
  for (let at = start; at < start + WINDOW; at++) {
    early = (early << 8) | (late >>> 24);
    late = (late << 8) | (lower(text.charCodeAt(at)) & 0xff);
  }
  return mixed(early, late);
}

function mixed(early: number, late: number): number {
  const hash = Math.imul(early, 0x9e3779b1) ^ Math.imul(late, 0x85ebca6b);
  return (hash ^ (hash >>> 15)) >>> 0;
}
