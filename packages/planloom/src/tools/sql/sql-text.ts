// Reads as much of a SQL text as calls need: its parameters, and whether a second statement follows. In: a text. Out:
// facts. Pure. What a statement may do is decided by SQLite, not here.

export interface SqlText {
  /** Whether there is anything besides spaces and comments. */
  readonly empty: boolean;
  /** Whether anything follows the first statement. SQLite would leave it out without a word. */
  readonly more: boolean;
  /** Whether it holds a NUL, where SQLite ends the text without a word. */
  readonly nul: boolean;
  /** The largest number of a `?` or `?3`. */
  readonly positions: number;
  /** Names with their sign, such as `:city`. */
  readonly names: readonly string[];
}

/** Comments and spaces · texts and quoted names · parameters · the end of a statement · anything else. */
const PART =
  /(?<gap>\s+|--[^\n]*|\/\*[^]*?(?:\*\/|$))|(?<quoted>'(?:[^']|'')*'?|"(?:[^"]|"")*"?|`(?:[^`]|``)*`?|\[[^\]]*\]?)|(?<position>\?\d*)|(?<name>[:@$][\w$\u0080-\uFFFF]+)|(?<end>;)|(?<word>[\w\u0080-\uFFFF]+)|[^]/gu;

export function sqlText(sql: string): SqlText {
  let [empty, ended, more, positions] = [true, false, false, 0];
  const names = new Set<string>();
  for (const { groups = {} } of sql.matchAll(PART)) {
    if (groups["gap"] !== undefined) continue;
    if (groups["end"] !== undefined) {
      ended = !empty;
      continue;
    }
    empty = false;
    more ||= ended;
    const { position, name } = groups;
    if (position !== undefined)
      positions = position === "?" ? positions + 1 : Math.max(positions, Number(position.slice(1)));
    if (name !== undefined) names.add(name);
  }
  return { empty, more, nul: sql.includes("\0"), positions, names: [...names] };
}
