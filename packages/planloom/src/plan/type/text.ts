// Reads the small TypeScript-like language of `output`. In: text such as `{ name: string, revenueUsd: number | null }[]`.
// Out: a type, or where and why it cannot be read. Separate because models write it and the schema reader does not need it.
import { LIMITS } from "../../limits.js";
import { FORBIDDEN_KEYS } from "../json.js";
import { BOOLEAN, type Field, listOf, literalOf, NULL, NUMBER, STRING, type Type, UNKNOWN, unionOf } from "./type.js";

export type ParsedType =
  | { readonly ok: true; readonly type: Type }
  /** `at` is an offset into the text, from 0. */
  | { readonly ok: false; readonly message: string; readonly at: number };

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
]);

const ESCAPES: { readonly [char: string]: string } = { n: "\n", t: "\t", r: "\r", b: "\b", f: "\f" };

/** Reads a type; never throws, takes linear time. */
export function parseType(text: string): ParsedType {
  const reader = new Reader(text);
  try {
    const { type } = reader.union(0);
    reader.expectEnd();
    return { ok: true, type };
  } catch (thrown) {
    if (thrown instanceof Unreadable) return { ok: false, message: thrown.message, at: thrown.at };
    throw thrown;
  }
}

class Unreadable extends Error {
  constructor(
    message: string,
    readonly at: number,
  ) {
    super(message);
  }
}

/** A type and how deep it nests. */
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
    if (this.at < this.text.length) this.fail(`unexpected ${JSON.stringify(this.text[this.at])} after the type`);
  }

  private suffixed(depth: number): Measured {
    let measured = this.atom(depth);
    while (this.take("[")) {
      this.expect("]");
      measured = { type: listOf(measured.type), depth: measured.depth + 1 };
      if (depth + measured.depth > LIMITS.jsonDepth) this.fail(`types nest at most ${LIMITS.jsonDepth} deep`);
    }
    return measured;
  }

  private atom(depth: number): Measured {
    if (depth >= LIMITS.jsonDepth) this.fail(`types nest at most ${LIMITS.jsonDepth} deep`);
    this.space();
    const start = this.at;
    const char = this.text[start];
    if (char === "(") return this.parenthesized(depth);
    if (char === "{") return this.record(depth);
    if (char === '"' || char === "'") return { type: literalOf(this.quoted()), depth: 0 };
    if (char !== undefined && /[-\d.]/.test(char)) return { type: literalOf(this.number()), depth: 0 };
    const name = this.word();
    if (name === "Array") return this.generic(depth, false);
    if (name === "Record") return this.generic(depth, true);
    const type = NAMED.get(name);
    if (type !== undefined) return { type, depth: 0 };
    this.at = start;
    if (name === "")
      return this.fail(char === undefined ? "the type ends too early" : `unexpected ${JSON.stringify(char)}`);
    return this.fail(
      `there is no type ${name.slice(0, 40)}; use string, number, boolean, null, unknown, T[] or { name: T }`,
    );
  }

  private parenthesized(depth: number): Measured {
    this.expect("(");
    const inner = this.union(depth + 1);
    this.expect(")");
    return inner;
  }

  /** `Array<T>` and `Record<string, T>`, after their name. */
  private generic(depth: number, record: boolean): Measured {
    this.expect("<");
    if (record) {
      if (this.word() !== "string") this.fail("the keys of a Record are string");
      this.expect(",");
    }
    const inner = this.union(depth + 1);
    this.expect(">");
    const type: Type = record ? { kind: "record", fields: {}, rest: inner.type } : listOf(inner.type);
    return { type, depth: inner.depth + 1 };
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
    if (this.word() !== "string") this.fail("the names of additional properties are string");
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
    if (FORBIDDEN_KEYS.has(name)) return this.fail(`the name ${name} is refused`);
    return this.fail(
      !quoted && name === "" ? "a field name is missing" : `the field ${name.slice(0, 40)} is there twice`,
    );
  }

  /** A comma, a semicolon, a new line, or nothing before the closing brace. */
  private separator(): void {
    if (this.take(",") || this.take(";") || this.text[this.at] === "}" || this.afterNewLine()) return;
    this.fail("a comma or } is missing");
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
    // JSON knows no -0.
    const value = Number(text ?? Number.NaN) + 0;
    if (Number.isFinite(value)) return value;
    this.at = start;
    return this.fail("not a number");
  }

  private quoted(): string {
    const start = this.at;
    const quote = this.text[this.at++];
    let value = "";
    for (let char = this.text[this.at]; char !== quote; char = this.text[this.at]) {
      if (char === undefined || char === "\n") {
        this.at = start;
        return this.fail("the string does not end");
      }
      value += char === "\\" ? this.escaped() : char;
      this.at++;
    }
    this.at++;
    return value;
  }

  /** The character of an escape; stops at its last character. */
  private escaped(): string {
    const char = this.text[++this.at] ?? "";
    if (char !== "u") return ESCAPES[char] ?? char;
    const code = this.text.slice(this.at + 1, this.at + 5);
    if (!/^[0-9a-fA-F]{4}$/.test(code)) this.fail("\\u needs four hexadecimal digits");
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
    if (!this.take(char)) this.fail(`${char} is missing`);
  }

  private fail(message: string): never {
    throw new Unreadable(message, this.at);
  }
}
