// Expressions of plans. In: the types of the names in reach, and dice. Out: an expression of a wished type, or a wild
// one of the whole grammar. Separate because sound plans and broken ones are made of the same pieces.
import { assignable } from "../../src/plan/type/fit.js";
import {
  BOOLEAN,
  listOf,
  membersOf,
  NULL,
  NUMBER,
  STRING,
  UNKNOWN,
  unionOf,
  type Type,
} from "../../src/plan/type/type.js";
import type { Dice } from "./dice.js";

export type Reach = ReadonlyMap<string, Type>;
interface Path {
  readonly text: string;
  readonly type: Type;
}

/** Every path into the values in reach that is certain to be there, or careless ones too. */
function paths(reach: Reach, { careless }: Dice): Path[] {
  const found: Path[] = [];
  const walk = (text: string, declared: Type, depth: number): void => {
    const type = careless ? withoutNulls(declared) : declared;
    found.push({ text, type });
    if (type.kind !== "record" || depth > 3) return;
    for (const [name, field] of Object.entries(type.fields)) {
      if (careless || !field.optional) walk(`${text}.${name}`, field.type, depth + 1);
    }
  };
  for (const [name, type] of reach) if (type.kind !== "unknown") walk(name, type, 0);
  return found;
}

const withoutNull = (type: Type): Type => unionOf(membersOf(type).filter(({ kind }) => kind !== "null"));

/** As somebody sees it who forgets that there are nulls. */
function withoutNulls(type: Type): Type {
  const present = withoutNull(type);
  return present.kind === "list" ? listOf(withoutNulls(present.of)) : present;
}

/**
 * An expression that is certainly of the type (unless the dice are careless), without `${{ }}`; undefined where there
 * is none to be made.
 */
export function expressionOf(asked: Type, reach: Reach, dice: Dice, depth = 0): string | undefined {
  const wanted = dice.careless && dice.chance(0.15) ? UNKNOWN : asked;
  const fitting = paths(reach, dice).filter(
    ({ type }) => type.kind !== "unknown" && assignable(type, wanted) === "yes",
  );
  const made = depth < 3 && dice.chance(0.45) ? composed(wanted, reach, dice, depth + 1) : undefined;
  return made ?? (fitting.length > 0 ? dice.pick(fitting).text : composed(wanted, reach, dice, depth + 1));
}

function composed(wanted: Type, reach: Reach, dice: Dice, depth: number): string | undefined {
  if (depth > 4) return undefined;
  const of = (type: Type): string | undefined => expressionOf(type, reach, dice, depth);
  const join = (...parts: readonly (string | undefined)[]): string | undefined =>
    parts.includes(undefined) ? undefined : parts.join("");
  const takes = (type: Type): boolean => assignable(type, wanted) === "yes";
  const forms: (() => string | undefined)[] = [];
  if (takes(NUMBER)) {
    forms.push(() => join("size(", of(listOf(UNKNOWN)) ?? of(STRING), ")"));
    forms.push(() => join("(", of(NUMBER), dice.pick([" + ", " - ", " * "]), dice.pick(["1", "2.5"]), ")"));
    forms.push(() => `${dice.int(0, 9)}`);
  }
  if (takes(STRING)) {
    forms.push(() => join("string(", of(NUMBER), ")"));
    forms.push(() => join("(", of(STRING), ' + "!")'));
    forms.push(() => join(of(listOf(STRING)), '.join(", ")'));
    forms.push(() => join(of(STRING), dice.pick([".trim()", ".lowerAscii()", ".upperAscii()"])));
    forms.push(() => '"text"');
  }
  if (takes(BOOLEAN)) {
    forms.push(() => join("(", of(NUMBER), dice.pick([" > ", " <= ", " == "]), "2)"));
    forms.push(() => join(of(STRING), '.contains("a")'));
    forms.push(() => join("!", of(BOOLEAN)));
    forms.push(() => join("(", of(BOOLEAN), dice.pick([" && ", " || "]), of(BOOLEAN), ")"));
  }
  if (takes(listOf(STRING)) && depth < 2) forms.push(() => join(of(listOf(NUMBER)), ".map(x, string(x))"));
  if (takes(listOf(NUMBER)) && depth < 2) forms.push(() => join(of(listOf(STRING)), ".map(x, size(x))"));
  forms.push(() => guarded(wanted, reach, dice, of));
  forms.push(() => join("(", of(BOOLEAN), " ? ", of(wanted), " : ", of(wanted), ")"));
  return dice.pick(forms)();
}

/** A path that may be null, or a field behind one, with something else for that case. */
function guarded(wanted: Type, reach: Reach, dice: Dice, of: (type: Type) => string | undefined): string | undefined {
  const nullable = paths(reach, dice).filter(({ type }) => type.kind === "union" && type.of.includes(NULL));
  const other = of(wanted);
  if (nullable.length === 0 || other === undefined) return undefined;
  const { text, type } = dice.pick(nullable);
  const present = withoutNull(type);
  if (assignable(present, wanted) === "yes") return `(${text} == null ? ${other} : ${text})`;
  const fields = Object.entries(present.kind === "record" ? present.fields : {});
  const field = fields.find(([, found]) => !found.optional && assignable(found.type, wanted) === "yes");
  return field === undefined ? undefined : `(${text} != null ? ${text}.${field[0]} : ${other})`;
}

const WORDS = ["results", "title", "age", "text", "kind", "radius", "tags", "score", "name", "nick", "nothing", "size"];
const METHODS = ["size", "contains", "startsWith", "trim", "split", "join", "substring", "indexOf", "matches", "foo"];
const LITERALS = [
  ...["null", "true", "0", "1", "-1", "2.5", "1e999", "9223372036854775808", '"a"', '"12"', "''", "[]", "{}", "b'x'"],
  ...['{"a": 1}', "[1, 2.0]", '["a", null]', "1u", "'\\u0000'", "r'\\'", "[[]]", '{"__proto__": 1}', "{1: 2}"],
];
const OPERATORS = ["+", "-", "*", "/", "%", "==", "!=", "<", ">=", "&&", "||", "in"];

/** An expression of the grammar that need not make any sense. */
export function wildExpression(names: readonly string[], dice: Dice, depth = 0): string {
  const inner = (): string => wildExpression(names, dice, depth + 1);
  const path = (): string => dice.pick([...names, ...names, "inputs", "item", "index", "output", "ghost"]);
  if (depth > 3) return dice.chance(0.5) ? path() : dice.pick(LITERALS);
  switch (dice.int(0, 13)) {
    case 0:
    case 1:
      return path();
    case 2:
    case 3:
      return `${inner()}.${dice.pick(WORDS)}`;
    case 4:
      return `${inner()}[${inner()}]`;
    case 5:
      return `(${inner()} ${dice.pick(OPERATORS)} ${inner()})`;
    case 6:
      return `(${inner()} ? ${inner()} : ${inner()})`;
    case 7:
      return `${dice.pick(["size", "string", "int", "double", "bool", "dyn", "has", "type"])}(${inner()})`;
    case 8:
      return `${inner()}.${dice.pick(METHODS)}(${dice.chance(0.5) ? inner() : ""})`;
    case 9:
      return `${inner()}.${dice.pick(["map", "filter", "all", "exists", "exists_one"])}(x, ${wildExpression([...names, "x"], dice, depth + 1)})`;
    case 10:
      return `${dice.pick(["!", "-"])}${inner()}`;
    case 11:
      return `${inner()}.?${dice.pick(WORDS)}`;
    case 12:
      return `(${path()} != null && ${path()}.${dice.pick(WORDS)} ${dice.pick(OPERATORS)} ${dice.pick(LITERALS)})`;
    default:
      return dice.pick(LITERALS);
  }
}
