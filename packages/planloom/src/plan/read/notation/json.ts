// Reads JSON as models write it. In: a text and the start of a value. Out: the value, the repairs that were needed and
// the position of each part; or the complete part of a text that ends early; or the place of the error. One pass, no
// backtracking. Strict JSON is read by JSON.parse and never comes here.
import { beginning } from "../../../beginning.js";
import { LIMITS } from "../../../limits.js";
import type { SyntaxProblem } from "../../finding-params.js";
import { pointerTo } from "../../json.js";
import { atQuote, scanString, type Mend, type StringScan } from "./json-text.js";
import { afterSpace, atWord } from "./json-space.js";
import type { RepairCode } from "../note-params.js";

/** One kind of fault in the JSON: the place of the first, and the number. */
export interface Repair {
  readonly code: RepairCode;
  readonly at: number;
  readonly before: string;
  readonly after: string;
  count: number;
}
export type Repairs = Map<RepairCode, Repair>;

export type JsonScan =
  | { readonly kind: "value"; readonly value: unknown; readonly end: number; readonly repairs: Repairs }
  /** The text ends inside the value. `value` holds the complete part; undefined if there is none. */
  | { readonly kind: "truncated"; readonly value: unknown; readonly repairs: Repairs }
  /** Without a problem, the value nests too deep. */
  | { readonly kind: "bad"; readonly at: number; readonly problem?: SyntaxProblem };

interface Frame {
  readonly container: unknown[] | Map<string, unknown>;
  readonly pointer: string;
  readonly closing: string;
  /** The key whose value is being read. */
  key: string;
}

/** Reads the value that begins at `start`. `offsets` receives the start of each pointer. Never throws. */
export function scanJson(text: string, start: number, offsets?: Map<string, number>): JsonScan {
  const scanner = new Scanner(text, start, offsets);
  try {
    const value = scanner.value("");
    return { kind: "value", value, end: scanner.at, repairs: scanner.repairs };
  } catch (thrown) {
    if (thrown instanceof Cut) return { kind: "truncated", value: scanner.partial(), repairs: scanner.repairs };
    if (!(thrown instanceof Bad)) throw thrown;
    const { at, problem } = thrown;
    return problem === undefined ? { kind: "bad", at } : { kind: "bad", at, problem };
  }
}

class Cut extends Error {}
class Bad extends Error {
  constructor(
    readonly at: number,
    readonly problem?: SyntaxProblem,
  ) {
    super(problem?.kind);
  }
}

const CLOSING: { readonly [open: string]: string } = { "{": "}", "[": "]", "(": ")" };
const WORDS: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ["true", true],
  ["false", false],
  ["null", null],
  ["True", true],
  ["False", false],
  ["None", null],
]);
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;

class Scanner {
  readonly repairs: Repairs = new Map();
  private readonly frames: Frame[] = [];

  constructor(
    private readonly text: string,
    public at: number,
    private readonly offsets: Map<string, number> | undefined,
  ) {}

  value(pointer: string): unknown {
    this.space();
    this.offsets?.set(pointer, this.at);
    const char = this.char();
    if (char === "{") return this.object(pointer);
    if (char === "[" || char === "(") return this.list(pointer);
    if (atQuote(this.text, this.at)) return this.string();
    return char === "-" || (char >= "0" && char <= "9") ? this.number() : this.word();
  }

  /**
   * The complete part: the members and elements that have ended, down to the first list. An object in a list counts as
   * a whole.
   */
  partial(): unknown {
    const list = this.frames.findIndex(({ container }) => Array.isArray(container));
    let inner: unknown;
    for (const { container, key } of this.frames.slice(0, list === -1 ? undefined : list + 1).reverse()) {
      if (Array.isArray(container)) inner = container;
      else inner = Object.fromEntries(inner === undefined ? container : [...container, [key, inner]]);
    }
    return inner;
  }

  private object(pointer: string): unknown {
    const fields = new Map<string, unknown>();
    const frame = this.open(fields, pointer);
    for (let first = true; !this.ends(frame, first); first = false) {
      const begun = this.at;
      const key = this.key();
      if (fields.has(key)) throw new Bad(begun, { kind: "key-twice", key: beginning(key, 80) });
      this.space();
      if (this.char() !== ":") throw new Bad(this.at, { kind: "colon-missing", key: beginning(key, 80) });
      this.at++;
      frame.key = key;
      fields.set(key, this.value(this.below(pointer, key)));
    }
    return Object.fromEntries(fields);
  }

  private list(pointer: string): unknown {
    if (this.char() === "(") this.note("TUPLE", "(", "[");
    const items: unknown[] = [];
    const frame = this.open(items, pointer);
    for (let first = true; !this.ends(frame, first); first = false)
      items.push(this.value(this.below(pointer, items.length)));
    return items;
  }

  private below(pointer: string, part: string | number): string {
    return this.offsets === undefined ? "" : pointerTo(pointer, part);
  }

  private open(container: Frame["container"], pointer: string): Frame {
    if (this.frames.length >= LIMITS.jsonDepth) throw new Bad(this.at);
    const frame = { container, pointer, closing: CLOSING[this.char()]!, key: "" };
    this.frames.push(frame);
    this.at++;
    return frame;
  }

  /** Whether the container ends here. If not, moves to its next member, after the comma. */
  private ends(frame: Frame, first: boolean): boolean {
    const before = this.at;
    this.space();
    if (this.closes(frame)) return true;
    if (first) return false;
    if (this.char() !== ",") this.missingComma(frame, before);
    else {
      const comma = this.at++;
      this.space();
      if (this.char() !== frame.closing) return false;
      this.note("TRAILING_COMMA", `,${frame.closing}`, frame.closing, comma);
    }
    return this.closes(frame);
  }

  private closes(frame: Frame): boolean {
    if (this.char() !== frame.closing) return false;
    this.at++;
    this.frames.pop();
    return true;
  }

  /** A place where only the next member can follow: an object after an object, or a key on its own line. */
  private missingComma({ container }: Frame, before: number): void {
    const next = this.char();
    const last = this.text[before - 1] ?? "";
    const newLine = this.text.slice(before, this.at).includes("\n");
    const fits = Array.isArray(container)
      ? "}]".includes(last) && "{[".includes(next)
      : atQuote(this.text, this.at) && newLine;
    if (!fits) throw new Bad(this.at, { kind: "comma-expected", found: next });
    this.note("MISSING_COMMA", `${last} ${next}`, `${last}, ${next}`);
  }

  private key(): string {
    if (atQuote(this.text, this.at)) return this.string();
    const word = atWord(this.text, this.at);
    if (word === "") throw new Bad(this.at, { kind: "key-expected", found: this.char() });
    this.note("BARE_KEY", `${word}:`, `"${word}":`);
    this.at += word.length;
    return word;
  }

  private string(): string {
    const scan: StringScan = scanString(this.text, this.at, this.mend);
    if (scan.kind === "open") throw new Cut();
    if (scan.kind === "bad") throw new Bad(scan.at, scan.problem);
    this.at = scan.end;
    return scan.value;
  }

  private number(): number {
    NUMBER.lastIndex = this.at;
    const match = NUMBER.exec(this.text)?.[0] ?? "";
    const end = this.at + match.length;
    if (end >= this.text.length || this.isRest()) throw new Cut();
    if (match === "" || atWord(this.text, end) !== "" || this.text[end] === ".")
      throw new Bad(this.at, { kind: "bad-number", found: this.text.slice(this.at, this.at + 20) });
    this.at = end;
    return Number(match);
  }

  /** Whether the rest of the text is the beginning of a number. */
  private isRest(): boolean {
    return this.text.length - this.at < 40 && /^[-+.\deE]+$/.test(this.text.slice(this.at));
  }

  private word(): unknown {
    const word = atWord(this.text, this.at);
    if (this.text.startsWith("...", this.at) || this.char() === "…") throw new Bad(this.at, { kind: "ellipsis" });
    if (word === "") throw new Bad(this.at, { kind: "value-expected", found: this.char() });
    if (this.at + word.length >= this.text.length) throw new Cut();
    if (!WORDS.has(word)) throw new Bad(this.at, { kind: "bare-text", found: beginning(word, 40) });
    const value = WORDS.get(word);
    if (word !== String(value)) this.note("PYTHON_LITERAL", word, String(value));
    this.at += word.length;
    return value;
  }

  private space(): void {
    this.at = afterSpace(this.text, this.at, this.mend);
    if (this.at >= this.text.length) throw new Cut();
  }

  private char(): string {
    const char = this.text[this.at];
    if (char === undefined) throw new Cut();
    return char;
  }

  private readonly mend: Mend = (code, at, length, after) => {
    const seen = this.repairs.get(code);
    if (seen === undefined) this.note(code, this.text.slice(at, at + length), after, at);
    else seen.count++;
  };

  private note(code: RepairCode, before: string, after: string, at = this.at): void {
    const seen = this.repairs.get(code);
    if (seen !== undefined) seen.count++;
    else this.repairs.set(code, { code, at, before, after, count: 1 });
  }
}
