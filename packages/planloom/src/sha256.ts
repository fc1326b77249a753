// SHA-256 of texts, on Node and in browsers. In: a text. Out: 64 hex digits. Node's own is used where there is one,
// because it is several times as fast; otherwise FIPS 180-4 as written.

/** Absent outside of Node. Not imported, so that a bundle for browsers needs no module of Node. */
const nodeCrypto = globalThis.process?.getBuiltinModule?.("node:crypto");

/** SHA-256 of the UTF-8 bytes of a text, as 64 hex digits. A lone surrogate counts as U+FFFD. */
export function sha256(text: string): string {
  return nodeCrypto === undefined ? portableSha256(text) : nodeCrypto.hash("sha256", text);
}

/** The first 64 primes, whose roots give the constants of the standard. */
const PRIMES = Array.from({ length: 312 }, (_, n) => n).filter(isPrime);

/** The first 32 bits of the fractional part. */
const fraction = (root: number): number => ((root % 1) * 2 ** 32) | 0;

const START = PRIMES.slice(0, 8).map((prime) => fraction(Math.sqrt(prime)));
const ROUNDS = PRIMES.map((prime) => fraction(Math.cbrt(prime)));

/** sha256 without Node. */
export function portableSha256(text: string): string {
  const bytes = padded(new TextEncoder().encode(text));
  const state = Int32Array.from(START);
  const words = new Int32Array(64);
  for (let at = 0; at < bytes.byteLength; at += 64) {
    for (let i = 0; i < 16; i++) words[i] = bytes.getInt32(at + 4 * i);
    for (let i = 16; i < 64; i++) words[i] = schedule(words, i);
    compress(state, words);
  }
  return Array.from(state, (word) => (word >>> 0).toString(16).padStart(8, "0")).join("");
}

/** A one bit, then zeros, then the number of bits: whole blocks of 64 bytes. */
function padded(message: Uint8Array): DataView {
  const bytes = new Uint8Array(Math.ceil((message.length + 9) / 64) * 64);
  bytes.set(message);
  bytes[message.length] = 0x80;
  const view = new DataView(bytes.buffer);
  view.setBigUint64(bytes.length - 8, BigInt(message.length) * 8n);
  return view;
}

function schedule(words: Int32Array, i: number): number {
  const [w2, w7, w15, w16] = [words[i - 2]!, words[i - 7]!, words[i - 15]!, words[i - 16]!];
  const s0 = rotated(w15, 7) ^ rotated(w15, 18) ^ (w15 >>> 3);
  const s1 = rotated(w2, 17) ^ rotated(w2, 19) ^ (w2 >>> 10);
  return (w16 + s0 + w7 + s1) | 0;
}

function compress(state: Int32Array, words: Int32Array): void {
  let [a, b, c, d, e, f, g, h] = state as unknown as [number, number, number, number, number, number, number, number];
  for (let i = 0; i < 64; i++) {
    const s1 = rotated(e, 6) ^ rotated(e, 11) ^ rotated(e, 25);
    const t1 = (h + s1 + ((e & f) ^ (~e & g)) + ROUNDS[i]! + words[i]!) | 0;
    const s0 = rotated(a, 2) ^ rotated(a, 13) ^ rotated(a, 22);
    const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    [h, g, f, e, d, c, b, a] = [g, f, e, (d + t1) | 0, c, b, a, (t1 + t2) | 0];
  }
  [a, b, c, d, e, f, g, h].forEach((word, i) => (state[i] = (state[i]! + word) | 0));
}

const rotated = (word: number, by: number): number => (word >>> by) | (word << (32 - by));

function isPrime(n: number): boolean {
  for (let divisor = 2; divisor * divisor <= n; divisor++) if (n % divisor === 0) return false;
  return n > 1;
}
