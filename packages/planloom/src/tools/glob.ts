// File name patterns: * and ? within a name, ** for any folders. In: a pattern. Out: a test of paths written with /.
// Separate because Node 20 has no stable matcher, and patterns come from models: no pattern may take long.

/** Whether a path fits. Braces and brackets are ordinary characters. Takes at most pattern times path steps. */
export function globMatcher(pattern: string): (path: string) => boolean {
  const names = pattern.split("/").filter((name) => name !== "" && name !== ".");
  return (path) => wild(names, path.split("/"), "**", nameFits);
}

function nameFits(pattern: string, name: string): boolean {
  return wild([...pattern], [...name], "*", (wanted, given) => wanted === "?" || wanted === given);
}

/**
 * The classic walk with one point to come back to: `any` takes as little as it can, and only the last one ever needs to take
 * more, because whatever followed an earlier one has been found already.
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
