// Rewrites habits of other languages in an expression: `.length`, arrow functions, `===`, `[*]`. In: an expression that
// cannot be used as it stands. Out: the same in the language of references, or undefined. Only suggested, never run.
import { parseExpression } from "./expression.js";

/** Names of a list's or a text's size in other languages. */
export const SIZE_NAMES: ReadonlySet<string> = new Set(["length", "len", "count", "size"]);

/** Methods of other languages and what they are called here. */
const METHODS: ReadonlyMap<string, string> = new Map([
  ["some", "exists"],
  ["any", "exists"],
  ["every", "all"],
  ["includes", "contains"],
  ["toLowerCase", "lowerAscii"],
  ["toUpperCase", "upperAscii"],
]);

/** Longer ones are not rewritten. */
const LONGEST = 1_000;

/** undefined if nothing would change, or the result still cannot be read. */
export function withoutHabits(expression: string): string | undefined {
  if (expression.length > LONGEST) return undefined;
  const texts: string[] = [];
  // Quoted texts stay as they are.
  const bare = expression.replace(QUOTED, (text) => `\u0000${texts.push(text) - 1}\u0000`);
  const changed = sized(starless(renamed(arrowless(bare))));
  if (changed === bare) return undefined;
  const whole = changed.replace(HELD, (_, at: string) => texts[Number(at)]!).trim();
  return parseExpression(whole).ok ? whole : undefined;
}

const QUOTED = /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/g;
const HELD = /\u0000(\d+)\u0000/g;

/** `map(r => r.n)` as `map(r, r.n)`. */
const arrowless = (text: string): string =>
  text.replace(/\(\s*(?:\(\s*([A-Za-z_]\w*)\s*\)|([A-Za-z_]\w*))\s*=>\s*/g, (_, first?: string, second?: string) => {
    return `(${first ?? second!}, `;
  });

const renamed = (text: string): string =>
  text
    .replace(/([=!]=)=/g, "$1")
    .replace(/\blen\(/g, "size(")
    .replace(/\.(\w+)\(/g, (call, name: string) => (METHODS.has(name) ? `.${METHODS.get(name)!}(` : call));

/** `a.rows[*].url` and `a.rows[].url` as `a.rows.map(x, x.url)`, from the last star on. */
function starless(text: string): string {
  const star = /^(.*)\[\s{0,4}\*?\s{0,4}\]((?:\.[A-Za-z_]\w*|\[\d{1,6}\]){0,12})(.*)$/s.exec(text);
  if (star === null || !/[\w)\]]$/.test(star[1]!)) return text;
  const path = star[2]!;
  return starless(`${star[1]!}${path === "" ? "" : `.map(x, x${path})`}${star[3]!}`);
}

/** `a.rows.length` as `size(a.rows)`, from the innermost on. */
function sized(text: string): string {
  const match = /\.length\b(?:\(\s*\))?/.exec(text);
  if (match === null) return text;
  const begin = beginOf(text, match.index);
  const rest = text.slice(match.index + match[0].length);
  return sized(`${text.slice(0, begin)}size(${text.slice(begin, match.index)})${rest}`);
}

/** Where the value begins that ends at this place: names, points, and pairs of brackets. */
function beginOf(text: string, end: number): number {
  let at = end;
  let open = 0;
  while (at > 0) {
    const char = text[at - 1]!;
    if (")]".includes(char)) open++;
    else if ("([".includes(char)) {
      if (open === 0) break;
      open--;
    } else if (open === 0 && !/[\w.\u0000]/.test(char)) break;
    at--;
  }
  return at;
}
