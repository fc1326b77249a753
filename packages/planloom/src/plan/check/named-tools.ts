// The tools that a text names. In: a text, and the names of tools. Out: those that stand in it as names. A name that is
// also a usual word, such as `search`, counts only where it is used as a name: "with search", "the search tool".

/** Longer texts are searched only so far. */
const MOST_CHARS = 20_000;

/** At most five of the names, in the order given. */
export function namedTools(text: string, names: Iterable<string>): readonly string[] {
  const said = text.slice(0, MOST_CHARS);
  return [...names].filter((name) => said.includes(name) && patternOf(name).test(said)).slice(0, 5);
}

function patternOf(name: string): RegExp {
  const escaped = name.replace(/[^\p{L}\p{N}_]/gu, "\\$&");
  const alone = `(?<![\\w-])${escaped}(?![\\w-])`;
  if (/[_\d]|\p{Ll}\p{Lu}/u.test(name)) return new RegExp(alone, "u");
  const lead = "(?:use|using|call|calling|with|via|through|tools?|run|invoke) (?:the )?(?:tool )?";
  return new RegExp(`${lead}["'\`]?${alone}|["'\`]${escaped}["'\`]|${alone} tool`, "u");
}
