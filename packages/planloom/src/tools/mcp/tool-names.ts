// The names of a server's tools in plans. In: the names that the server gives. Out: a name for each that plans take.
// The same tools get the same names in whatever order the server lists them.

/** What a plan takes after the name of the server and a dot. */
const FITS = /^[A-Za-z0-9_][A-Za-z0-9_./-]{0,127}$/;
const MOST_CHARS = 120;

/** Names that fit stay as they are. Others get `_` for what does not fit, and a number if the name is taken. */
export function planNames(told: readonly string[]): ReadonlyMap<string, string> {
  const names = [...new Set(told)].sort();
  const taken = new Set(names.filter((name) => FITS.test(name)));
  return new Map(
    names.map((name) => {
      if (FITS.test(name)) return [name, name];
      const base = fitting(name);
      let free = base;
      for (let number = 2; taken.has(free); number++) free = `${base}_${number}`;
      taken.add(free);
      return [name, free];
    }),
  );
}

function fitting(name: string): string {
  const kept = name
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .replace(/[^A-Za-z0-9_./-]+/gu, "_")
    .replace(/^[./-]+/, "")
    .slice(0, MOST_CHARS);
  return kept === "" ? "tool" : kept;
}

/** Whether a name fits one of the patterns, in which `*` stands for any text. */
export function isNamed(name: string, patterns: readonly string[]): boolean {
  return patterns.some((pattern) => {
    const parts = pattern.split("*");
    if (parts.length === 1) return name === pattern;
    const [first = "", ...rest] = parts;
    const last = rest.pop() ?? "";
    let at = first.length;
    if (!name.startsWith(first)) return false;
    for (const part of rest) {
      const found = name.indexOf(part, at);
      if (found < 0) return false;
      at = found + part.length;
    }
    return name.length - last.length >= at && name.endsWith(last);
  });
}
