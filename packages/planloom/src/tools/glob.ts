// File name patterns: * and ? within a name, ** for any number of folders. In: a pattern. Out: a test for paths written
// with /. Patterns come from models, so matching time is bounded. Node 20 has no stable matcher.

/**
 * Whether a path matches. Braces and brackets are ordinary characters. Takes at most (pattern length) × (path length)
 * steps.
 */
export function globMatcher(pattern: string): (path: string) => boolean {
  const names = pattern.split("/").filter((name) => name !== "" && name !== ".");
  return (path) => wild(names, path.split("/"), "**", nameFits);
}

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
