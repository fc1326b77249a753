// File name patterns: * and ? within a name, ** for any number of folders, {a,b} for one of some texts. In: a pattern.
// Out: a test for paths written with /. Patterns come from models, so matching time is bounded. Node 20 has no stable
// matcher.
import { LIMITS } from "../limits.js";

/**
 * The patterns without braces that a pattern stands for. `broken`: a brace has no other. `many`: there are more than
 * LIMITS.globTexts.
 */
export function bracesIn(pattern: string): readonly string[] | "broken" | "many" {
  let texts: readonly string[] = [pattern];
  // The first inner pair of each text, until there is none.
  for (;;) {
    const next = texts.flatMap(withoutPair);
    if (next.length > LIMITS.globTexts) return "many";
    if (next.every((text, at) => text === texts[at])) break;
    texts = next;
  }
  return texts.some((text) => /[{}]/u.test(text)) ? "broken" : texts;
}

function withoutPair(text: string): readonly string[] {
  const close = text.indexOf("}");
  const open = close < 0 ? -1 : text.lastIndexOf("{", close);
  if (open < 0) return [text];
  const [before, inner, after] = [text.slice(0, open), text.slice(open + 1, close), text.slice(close + 1)];
  return inner.split(",").map((one) => `${before}${one}${after}`);
}

/** Whether a path matches. Brackets are ordinary characters. Takes at most (pattern length) × (path length) steps. */
export function globMatcher(pattern: string): (path: string) => boolean {
  const names = namesIn(pattern);
  return (path) => wild(names, path.split("/"), "**", nameFits);
}

/** `inside`: the pattern fits the path or a folder above it. `above`: it may fit something below the path. */
export type GlobReach = "inside" | "above" | undefined;

/** How a pattern relates to the names of a path. */
export function globReach(pattern: string): (path: readonly string[]) => GlobReach {
  const wanted = namesIn(pattern);
  return (path) => {
    if (path.some((_, at) => wild(wanted, path.slice(0, at + 1), "**", nameFits))) return "inside";
    const any = wanted.indexOf("**");
    const fixed = any === -1 ? wanted : wanted.slice(0, any);
    if (any === -1 && path.length >= fixed.length) return undefined;
    return path.slice(0, fixed.length).every((name, at) => nameFits(fixed[at]!, name)) ? "above" : undefined;
  };
}

const namesIn = (pattern: string): string[] => pattern.split("/").filter((name) => name !== "" && name !== ".");

function nameFits(pattern: string, name: string): boolean {
  return wild([...pattern], [...name], "*", (wanted, given) => wanted === "?" || wanted === given);
}

/**
 * Matches with a single point to backtrack to. `any` takes as little as it can. Only the last `any` ever needs to take
 * more, because the text after each earlier one has already matched.
 */
function wild(
  pattern: readonly string[],
  given: readonly string[],
  any: string,
  fits: (wanted: string, given: string) => boolean,
): boolean {
  let p = 0;
  let back: { readonly p: number; at: number } | undefined;
  for (let g = 0; g < given.length;) {
    const wanted = pattern[p];
    if (wanted === any) {
      back = { p: ++p, at: g };
    } else if (wanted !== undefined && fits(wanted, given[g]!)) {
      p++;
      g++;
    } else if (back !== undefined) {
      p = back.p;
      g = ++back.at;
    } else {
      return false;
    }
  }
  while (pattern[p] === any) p++;
  return p === pattern.length;
}
