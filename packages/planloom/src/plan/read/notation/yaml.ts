// YAML as plain data: no tags, no repeated keys, few aliases. In: a text. Out: its value, or a failure with its place.
// YAML can do more than a plan needs; this file restricts it.
import { beginning } from "../../../beginning.js";
import { isScalar, parseDocument, visit, type Document } from "yaml";
import { messageOf } from "../../../error.js";
import { LIMITS } from "../../../limits.js";
import { findingOf } from "../../finding.js";
import type { SyntaxProblem } from "../../finding-params.js";
import { failure, tooDeep, tooLarge, type ReadFailure } from "../failure.js";
import { textPosition } from "../position.js";

/** Parses a part of `text` that begins at `base`. Never throws. */
export function parseYaml(text: string, body: string, base: number): { readonly value: unknown } | ReadFailure {
  if (body.length > LIMITS.yamlChars) return tooLarge({ of: "yaml-characters", most: LIMITS.yamlChars });
  if (nestsDeep(body)) return tooDeep();
  if (signsIn(body) > LIMITS.yamlSigns) return tooLarge({ of: "yaml-signs", most: LIMITS.yamlSigns });
  try {
    const document = withoutTraces(() =>
      parseDocument(body, {
        schema: "core",
        customTags: [],
        uniqueKeys: false,
        logLevel: "error",
        prettyErrors: false,
      }),
    );
    const unparsed = [...document.errors, ...document.warnings];
    if (unparsed.some(({ message }) => message.includes("call stack"))) return tooDeep();
    const wrong = unparsed.length > 0 ? unparsed.map(parserProblem) : repeatedKeys(document);
    if (wrong.length > 0) return notYaml(text, base, wrong.slice(0, 10));
    const unlikely = /^[{[]/.test(body) ? unlikelyFlow(document) : undefined;
    if (unlikely !== undefined) return notYaml(text, base, [unlikely]);
    if (ZEROS.test(body)) keepZeros(document);
    const value: unknown = document.toJS({ maxAliasCount: LIMITS.yamlAliases });
    return { value };
  } catch (thrown) {
    return yamlFailure(thrown);
  }
}

const ZEROS = /(?:^|[\s:,[{-])[-+]?0[\dxo]/m;

/** A number that begins with 0, like `0012` or `0x1F`, is a text of its digits. */
function keepZeros(document: Document): void {
  visit(document, {
    Scalar(_key, scalar) {
      const { type, source = "", value } = scalar;
      if (type === "PLAIN" && typeof value === "number" && /^[-+]?0[\dxo]/.test(source)) scalar.value = source;
    },
  });
}

/** What a line with text costs the parser at least, in signs: it may stand in a wrong place. */
const LINE = 0.5;

/** Upper bound for the parser's work, in signs. */
const signsIn = (body: string): number =>
  body.split("\n").reduce((signs, line) => signs + (line.trim() === "" ? 0 : Math.max(LINE, signsInLine(line))), 0);

/** Signs that begin something, and signs that cause an error in a wrong place, which cost more. */
function signsInLine(line: string): number {
  let signs = 0;
  for (let at = 0; at < line.length; at++) {
    const char = line[at]!;
    if (char === "\t") signs += 4;
    else if ("&*!%".includes(char)) signs += 2;
    else if (",[]{}\"'".includes(char) || ("-:?".includes(char) && /\s/.test(line[at + 1] ?? " "))) signs++;
  }
  return signs;
}

/** The parser creates an error for every wrong sign. Most of the time would go into stack traces that nobody reads. */
function withoutTraces<T>(parse: () => T): T {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    return parse();
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

/** An upper bound of the nesting, from brackets, indentation and rows of `- - -` or `a: a:`. */
export function nestsDeep(body: string): boolean {
  const columns: number[] = [];
  let brackets = 0;
  for (const line of body.split(/\r\n|\r|\n/)) {
    brackets = bracketsAfter(line, brackets);
    const starts = startsOf(line);
    const first = starts[0];
    if (first === undefined) continue;
    while ((columns.at(-1) ?? -1) >= first) columns.pop();
    columns.push(...starts.slice(0, LIMITS.yamlDepth));
    if (columns.length + brackets >= LIMITS.yamlDepth || longestRow(line) >= LIMITS.yamlDepth) return true;
  }
  return false;
}

function bracketsAfter(line: string, before: number): number {
  let open = before;
  for (const char of line) {
    if (char === "[" || char === "{") open++;
    else if ((char === "]" || char === "}") && open > 0) open--;
  }
  return open;
}

/** The columns where a line begins something: its leading `-`, `?` and `key:`, and the text after them. */
function startsOf(line: string): number[] {
  const starts: number[] = [];
  const word = /[ \t]*(\S+)/y;
  for (let match = word.exec(line); match !== null && starts.length < LIMITS.yamlDepth; match = word.exec(line)) {
    starts.push(word.lastIndex - (match[1] ?? "").length);
    if (!opens(match[1] ?? "")) break;
  }
  return starts;
}

const opens = (word: string): boolean => word === "-" || word === "?" || word.endsWith(":");

/** The longest row of words that each open a level. */
function longestRow(line: string): number {
  let longest = 0;
  let row = 0;
  for (const word of line.split(/[ \t]+/)) {
    row = opens(word) ? row + 1 : 0;
    longest = Math.max(longest, row);
  }
  return longest;
}

interface Wrong {
  readonly problem: SyntaxProblem;
  /** An offset into the YAML. */
  readonly at: number;
}

/** The parser's message up to the first semicolon. The rest is advice to programmers. */
function parserProblem({ message, pos }: { readonly message: string; readonly pos: readonly [number, number] }): Wrong {
  const text = beginning(message.replace(/;.*$/s, "").replace(/\.+$/, ""), LIMITS.findingChars);
  return { problem: { kind: "parser", text }, at: pos[0] };
}

/**
 * YAML accepts some texts with brackets that are more likely faulty JSON: a plain text with quotes or over several
 * lines, or a key without a value.
 */
function unlikelyFlow(document: Document): Wrong | undefined {
  let wrong: Wrong | undefined;
  visit(document, {
    Pair(_key, { key, value }) {
      const at = (isScalar(key) ? key.range?.[0] : undefined) ?? 0;
      if (value === null || (isScalar(value) && value.value === null && value.source === ""))
        wrong ??= { problem: { kind: "no-value" }, at };
    },
    Scalar(_key, { type, source = "", range }) {
      const [at, end] = range ?? [0, 0];
      if (
        type === "PLAIN" &&
        (/["'\n{}[\]]|^(?:\.{3}|…)|^(?:undefined|NaN|nil|None)$/.test(source) || end - at > source.length + 1)
      )
        wrong ??= { problem: { kind: "odd-plain-text" }, at };
    },
  });
  return wrong;
}

/** Our own check. The parser compares each key of a map with every other: 100,000 keys would take minutes. */
function repeatedKeys(document: Document): Wrong[] {
  const wrong: Wrong[] = [];
  visit(document, {
    Map(_key, map) {
      const seen = new Set<string>();
      for (const { key } of map.items) {
        const name = isScalar(key) ? String(key.value) : "";
        const at = (isScalar(key) ? key.range?.[0] : undefined) ?? 0;
        if (seen.has(name)) wrong.push({ problem: { kind: "key-twice", key: beginning(name, 80) }, at });
        seen.add(name);
      }
    },
  });
  return wrong;
}

function notYaml(text: string, base: number, wrong: readonly Wrong[]): ReadFailure {
  const findings = wrong.map(({ problem, at }) => {
    const where = { pointer: "", ...textPosition(text, base + at) };
    return findingOf("BAD_SYNTAX", where, { form: "yaml", problem });
  });
  return { kind: "malformed", findings };
}

function yamlFailure(thrown: unknown): ReadFailure {
  if (thrown instanceof ReferenceError) return failure("malformed", "TOO_MANY_ALIASES", { most: LIMITS.yamlAliases });
  if (thrown instanceof RangeError) return tooDeep();
  const problem = { kind: "parser", text: beginning(messageOf(thrown), LIMITS.findingChars) } as const;
  return failure("malformed", "BAD_SYNTAX", { form: "any", problem });
}
