// Reads the small TypeScript-like language of `output`. In: text such as `{ name: string, revenueUsd: number | null
// }[]`. Out: a type, or the place and reason of the error, as data. Models write this language.
import { beginning } from "../../beginning.js";
import { LIMITS } from "../../limits.js";
import { FORBIDDEN_KEYS } from "../json.js";
import { BOOLEAN, type Field, listOf, literalOf, NULL, NUMBER, STRING, type Type, UNKNOWN, unionOf } from "./type.js";

export type ParsedType =
  | { readonly ok: true; readonly type: Type }
  /** `at` is an offset into the text, from 0. */
  | { readonly ok: false; readonly problem: TypeProblem; readonly at: number };

/** Why a type cannot be read. Names are as written, cut at 40 characters. */
export type TypeProblem =
  | { readonly kind: "character"; readonly found: string; readonly after?: true }
  | { readonly kind: "missing"; readonly token: string }
  | { readonly kind: "unknown-type" | "forbidden-name" | "field-twice"; readonly name: string }
  | { readonly kind: "too-deep"; readonly most: number }
  | {
      readonly kind:
        | "ends-early"
        | "record-keys"
        | "additional-names"
        | "field-name"
        | "separator"
        | "number"
        | "open-string"
        | "unicode-escape";
    };

const ANY_RECORD: Type = { kind: "record", fields: {}, rest: UNKNOWN };
const NAMED: ReadonlyMap<string, Type> = new Map([
  ["string", STRING],
  ["number", NUMBER],
  ["integer", NUMBER],
  ["boolean", BOOLEAN],
  ["null", NULL],
  ["unknown", UNKNOWN],
  ["any", UNKNOWN],
  ["object", ANY_RECORD],
  ["never", unionOf([])],
  ["true", literalOf(true)],
  ["false", literalOf(false)],
  // Names of other languages, which models write too. Case does not matter in them.
  ["str", STRING],
  ["int", NUMBER],
  ["float", NUMBER],
  ["double", NUMBER],
  ["bool", BOOLEAN],
  ["none", NULL],
  ["list", listOf(UNKNOWN)],
  ["array", listOf(UNKNOWN)],
  ["dict", ANY_RECORD],
  ["record", ANY_RECORD],
]);

type Generic = "list" | "record" | "optional" | "union";

/** Types with types inside them: `Array<T>` and `Record<string, T>`, and what other languages call them. */
const GENERICS: ReadonlyMap<string, Generic> = new Map([
  ["array", "list"],
  ["list", "list"],
  ["record", "record"],
  ["dict", "record"],
  ["map", "record"],
  ["optional", "optional"],
  ["union", "union"],
]);

const TOO_DEEP: TypeProblem = { kind: "too-deep", most: LIMITS.jsonDepth };
const ESCAPES: { readonly [char: string]: string } = { n: "\n", t: "\t", r: "\r", b: "\b", f: "\f" };

/** Reads a type. Never throws. Linear time. */
export function parseType(text: string): ParsedType {
  const reader = new Reader(text);
  try {
    const { type } = reader.union(0);
    reader.expectEnd();
    return { ok: true, type };
  } catch (thrown) {
    if (thrown instanceof Unreadable) return { ok: false, problem: thrown.problem, at: thrown.at };
    throw thrown;
  }
}

function genericType(generic: Generic, types: readonly Type[]): Type {
  const [first] = types as readonly [Type, ...Type[]];
  switch (generic) {
    case "list":
      return listOf(first);
    case "record":
      return { kind: "record", fields: {}, rest: first };
    case "optional":
      return unionOf([first, NULL]);
    case "union":
      return unionOf(types);
  }
}

class Unreadable extends Error {
  constructor(
    readonly problem: TypeProblem,
    readonly at: number,
  ) {
    super(problem.kind);
  }
}

/** A type and its nesting depth. */
interface Measured {
  readonly type: Type;
  readonly depth: number;
}

class Reader {
  private at = 0;
  constructor(private readonly text: string) {}

  union(depth: number): Measured {
    this.take("|");
    const members = [this.suffixed(depth)];
    while (this.take("|")) members.push(this.suffixed(depth));
    return {
      type: unionOf(members.map((member) => member.type)),
      depth: members.reduce((deepest, member) => Math.max(deepest, member.depth), 0),
    };
  }

  expectEnd(): void {
    this.space();
    const found = this.text[this.at];
    if (found !== undefined) this.fail({ kind: "character", found, after: true });
  }

  private suffixed(depth: number): Measured {
    let measured = this.atom(depth);
    while (this.take("[")) {
      this.expect("]");
      measured = { type: listOf(measured.type), depth: measured.depth + 1 };
      if (depth + measured.depth > LIMITS.jsonDepth) this.fail(TOO_DEEP);
    }
    return measured;
  }

  private atom(depth: number): Measured {
    if (depth >= LIMITS.jsonDepth) this.fail(TOO_DEEP);
    this.space();
    const start = this.at;
    const char = this.text[start];
    if (char === "(") return this.parenthesized(depth);
    if (char === "{") return this.record(depth);
    if (char === '"' || char === "'") return { type: literalOf(this.quoted()), depth: 0 };
    if (char !== undefined && /[-\d.]/.test(char)) return { type: literalOf(this.number()), depth: 0 };
    const name = this.word();
    const generic = GENERICS.get(name.toLowerCase());
    if (generic !== undefined && this.opensGeneric()) return this.generic(depth, generic);
    const type = NAMED.get(name) ?? NAMED.get(name.toLowerCase());
    if (type !== undefined) return { type, depth: 0 };
    this.at = start;
    if (name === "") return this.fail(char === undefined ? { kind: "ends-early" } : { kind: "character", found: char });
    return this.fail({ kind: "unknown-type", name: beginning(name, 40) });
  }

  private parenthesized(depth: number): Measured {
    this.expect("(");
    const inner = this.union(depth + 1);
    this.expect(")");
    return inner;
  }

  /** `list[]` is a list of lists. */
  private opensGeneric(): boolean {
    this.space();
    const opening = /<|\[\s*[^\s\]]/y;
    opening.lastIndex = this.at;
    return opening.test(this.text);
  }

  /** The types inside `<…>` or `[…]`, after a name. */
  private generic(depth: number, generic: Generic): Measured {
    const end = this.take("<") ? ">" : "]";
    if (end === "]") this.expect("[");
    if (generic === "record") {
      if (!/^str(?:ing)?$/i.test(this.word())) this.fail({ kind: "record-keys" });
      this.expect(",");
    }
    const inner = [this.union(depth + 1)];
    while (generic === "union" && this.take(",")) inner.push(this.union(depth + 1));
    this.expect(end);
    const deepest = Math.max(...inner.map((one) => one.depth));
    const types = inner.map((one) => one.type);
    return { type: genericType(generic, types), depth: deepest + 1 };
  }

  private record(depth: number): Measured {
    this.expect("{");
    const fields = new Map<string, Field>();
    let rest: Type | undefined;
    let deepest = 0;
    while (!this.take("}")) {
      const name = this.take("[") ? this.indexName() : this.fieldName(fields);
      const optional = this.take("?");
      this.expect(":");
      const { type, depth: nested } = this.union(depth + 1);
      if (name === undefined) rest = type;
      else fields.set(name, { type, optional });
      deepest = Math.max(deepest, nested);
      this.separator();
    }
    const type: Type = { kind: "record", fields: Object.fromEntries(fields), ...(rest === undefined ? {} : { rest }) };
    return { type, depth: deepest + 1 };
  }

  /** `[name: string]` stands for additional properties. */
  private indexName(): undefined {
    this.word();
    this.expect(":");
    if (this.word() !== "string") this.fail({ kind: "additional-names" });
    this.expect("]");
    return undefined;
  }

  private fieldName(known: ReadonlyMap<string, Field>): string {
    this.space();
    const start = this.at;
    const char = this.text[start];
    const quoted = char === '"' || char === "'";
    const name = quoted ? this.quoted() : this.word();
    if ((quoted || name !== "") && !FORBIDDEN_KEYS.has(name) && !known.has(name)) return name;
    this.at = start;
    if (FORBIDDEN_KEYS.has(name)) return this.fail({ kind: "forbidden-name", name });
    return this.fail(
      !quoted && name === "" ? { kind: "field-name" } : { kind: "field-twice", name: beginning(name, 40) },
    );
  }

  /** A comma, a semicolon, a new line, or nothing before the closing brace. */
  private separator(): void {
    if (this.take(",") || this.take(";") || this.text[this.at] === "}" || this.afterNewLine()) return;
    this.fail({ kind: "separator" });
  }

  private afterNewLine(): boolean {
    let before = this.at;
    while (before > 0 && /\s/.test(this.text[before - 1] ?? "")) before--;
    return this.text.slice(before, this.at).includes("\n");
  }

  private word(): string {
    this.space();
    const match = this.match(/[A-Za-z_$][\w$]*/y);
    return match ?? "";
  }

  private number(): number {
    const start = this.at;
    const text = this.match(/-?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?/y);
    // JSON has no -0.
    const value = Number(text ?? Number.NaN) + 0;
    if (Number.isFinite(value)) return value;
    this.at = start;
    return this.fail({ kind: "number" });
  }

  private quoted(): string {
    const start = this.at;
    const quote = this.text[this.at++];
    let value = "";
    for (let char = this.text[this.at]; char !== quote; char = this.text[this.at]) {
      if (char === undefined || char === "\n") {
        this.at = start;
        return this.fail({ kind: "open-string" });
      }
      value += char === "\\" ? this.escaped() : char;
      this.at++;
    }
    this.at++;
    return value;
  }

  /** The character of an escape. Stops at the last character of the escape. */
  private escaped(): string {
    const char = this.text[++this.at] ?? "";
    if (char !== "u") return ESCAPES[char] ?? char;
    const code = this.text.slice(this.at + 1, this.at + 5);
    if (!/^[0-9a-fA-F]{4}$/.test(code)) this.fail({ kind: "unicode-escape" });
    this.at += 4;
    return String.fromCharCode(Number.parseInt(code, 16));
  }

  private match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0];
    if (found !== undefined) this.at += found.length;
    return found;
  }

  private space(): void {
    this.match(/\s+/y);
  }

  private take(char: string): boolean {
    this.space();
    if (this.text[this.at] !== char) return false;
    this.at++;
    return true;
  }

  private expect(char: string): void {
    if (!this.take(char)) this.fail({ kind: "missing", token: char });
  }

  private fail(problem: TypeProblem): never {
    throw new Unreadable(problem, this.at);
  }
}
