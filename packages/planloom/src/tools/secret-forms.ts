// The forms in which a secret may stand in a text. In: a secret. Out: its forms, as texts. secret-search.ts finds them.

export interface SecretForm {
  readonly text: string;
  /** Found in upper and lower case: hosts and codes change the case of what they are made of. */
  readonly anyCase: boolean;
}

/** Characters of a piece. Longer secrets are found piece by piece, so that a part of one is found too. */
const PIECE_CHARS = 64;
const SHORTEST_LINE = 16;

/** As it is, escaped for JSON, URLs and HTML, in hexadecimal, and inside base64. Each has at least 8 characters. */
export function formsOf(secret: string): readonly SecretForm[] {
  return piecesOf(secret).flatMap((piece) => [
    ...distinct(textForms(piece)).map((text) => ({ text, anyCase: true })),
    ...distinct(base64Forms(piece)).map((text) => ({ text, anyCase: false })),
  ]);
}

const distinct = (texts: readonly string[]): readonly string[] => [...new Set(texts)];

/** Its lines, each cut into pieces of at least PIECE_CHARS characters. */
function piecesOf(secret: string): readonly string[] {
  const lines = secret.split(/\r?\n/).map((line) => line.trim());
  // The frame of a key file is no secret.
  const long = lines.filter((line) => line.length >= SHORTEST_LINE && !line.startsWith("-----"));
  const parts = lines.length > 1 && long.length > 0 ? long : [secret];
  return distinct(parts.flatMap(cut));
}

function cut(text: string): readonly string[] {
  const characters = [...text];
  const count = Math.max(1, Math.floor(characters.length / PIECE_CHARS));
  return Array.from({ length: count }, (_, i) =>
    characters.slice(i * PIECE_CHARS, i + 1 === count ? undefined : (i + 1) * PIECE_CHARS).join(""),
  );
}

function textForms(piece: string): readonly string[] {
  // A lone surrogate cannot stand in a URL: Buffer replaces it.
  const bytes = Buffer.from(piece);
  const sound = bytes.toString();
  const plain = [piece, ...urlForms(sound), htmlEscaped(piece, "&#39;"), htmlEscaped(piece, "&#x27;")];
  const escaped = plain.flatMap((text) => [inJson(text), inAsciiJson(text), inJson(text).replaceAll("/", "\\/")]);
  // JSON inside JSON: a body of a request in a message.
  return [...plain, ...escaped, ...escaped.map(inJson), bytes.toString("hex")];
}

const inJson = (text: string): string => JSON.stringify(text).slice(1, -1);

/** As Python writes JSON. */
const inAsciiJson = (text: string): string => inJson(text).replace(/[^\x20-\x7e]/g, (unit) => `\\u${hexOf(unit, 4)}`);

const hexOf = (unit: string, digits: number): string => unit.charCodeAt(0).toString(16).padStart(digits, "0");

/** The parts of a URL are escaped in different ways. Every character can be. */
function urlForms(text: string): readonly string[] {
  const component = encodeURIComponent(text);
  const url = new URL("https://user@host/");
  url.password = text;
  url.pathname = text;
  url.search = text;
  url.hash = text;
  return [
    component,
    component.replace(/[!'()*]/g, (character) => `%${hexOf(character, 2)}`),
    component.replaceAll("%20", "+"),
    new URLSearchParams({ v: text }).toString().slice(2),
    encodeURI(text),
    url.password,
    url.pathname.slice(1),
    url.search.slice(1),
    url.hash.slice(1),
    [...Buffer.from(text)].map((byte) => `%${byte.toString(16).padStart(2, "0")}`).join(""),
  ].filter((form) => form.length >= text.length);
}

const htmlEscaped = (text: string, apostrophe: string): string =>
  text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", apostrophe);

/** In both alphabets, and with the escapes of JSON and URLs. */
function base64Forms(piece: string): readonly string[] {
  return base64Cores(piece).flatMap((core) => [
    core,
    core.replaceAll("+", "-").replaceAll("/", "_"),
    core.replaceAll("+", "%2B").replaceAll("/", "%2F"),
    core.replaceAll("/", "\\/"),
  ]);
}

/**
 * The characters of base64 that a text gives wherever it stands in the encoded bytes: without those at both ends, which
 * depend on the bytes beside it.
 */
function base64Cores(piece: string): readonly string[] {
  const bytes = Buffer.from(piece);
  return [0, 1, 2].map((before) => {
    const encoded = Buffer.concat([Buffer.alloc(before), bytes])
      .toString("base64")
      .replace(/=+$/, "");
    const whole = Math.floor(((before + bytes.length) * 8) / 6);
    return encoded.slice(Math.ceil((before * 8) / 6), whole);
  });
}
