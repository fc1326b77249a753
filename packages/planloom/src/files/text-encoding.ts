// Decodes the bytes of a text that people wrote. In: bytes. Out: the text without its byte order mark, or the encoding
// that it seems to have. Only UTF-8 is read: a guess could change what a person wrote.

/** What the bytes look like. `latin-1`: any encoding of one byte for each character. */
export type OtherEncoding = "UTF-16" | "UTF-32" | "latin-1";

export type Decoded =
  { readonly ok: true; readonly text: string } | { readonly ok: false; readonly encoding: OtherEncoding };

/** `isCut`: the bytes are the beginning of a longer text, and may end inside a character. */
export function decodedText(bytes: Uint8Array, isCut = false): Decoded {
  const encoding = wideEncoding(bytes);
  if (encoding !== undefined) return { ok: false, encoding };
  try {
    return { ok: true, text: new TextDecoder("utf-8", { fatal: true }).decode(bytes, { stream: isCut }) };
  } catch {
    return { ok: false, encoding: "latin-1" };
  }
}

/** The text of a file that may hold none: UTF-8 without a NUL; else undefined. */
export function textFileOf(bytes: Uint8Array): string | undefined {
  const decoded = decodedText(bytes);
  return decoded.ok && !decoded.text.includes("\0") ? decoded.text : undefined;
}

/** By its byte order mark; else by the NUL in each character of a text in Latin letters. */
function wideEncoding(bytes: Uint8Array): OtherEncoding | undefined {
  const [a, b, c, d] = bytes;
  if ((a === 0xff && b === 0xfe && c === 0 && d === 0) || (a === 0 && b === 0 && c === 0xfe && d === 0xff))
    return "UTF-32";
  if ((a === 0xff && b === 0xfe) || (a === 0xfe && b === 0xff)) return "UTF-16";
  const start = bytes.subarray(0, SAMPLE);
  const nuls = [0, 1].map((odd) => start.filter((byte, at) => at % 2 === odd && byte === 0).length) as [number, number];
  const [few, many] = nuls.toSorted((x, y) => x - y) as [number, number];
  return many >= start.length / 4 && few <= many / 8 && many > 0 ? "UTF-16" : undefined;
}

const SAMPLE = 4_096;
