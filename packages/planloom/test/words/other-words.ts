// Other words for everything that Planloom says. In: nothing. Out: the same program with every sentence of the
// catalogue changed, and a way back. The tables are changed in place, so that all who ask them hear the other words.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const WORDS = join(import.meta.dirname, "..", "..", "src", "words");

/** Stands in each changed sentence where there was a space. As long as that: requests to models keep their length. */
export const MARK = "~";

type Entry = Record<string, unknown>;
type Undo = () => void;

/** Changes every table of words; the returned function changes them back. */
export async function otherWords(): Promise<{ readonly changed: number; readonly undo: Undo }> {
  const undos: Undo[] = [];
  const seen = new Set<unknown>();
  const files = readdirSync(WORDS, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".ts"));
  for (const file of files) {
    const module = (await import(pathToFileURL(join(WORDS, file)).href)) as Entry;
    for (const table of Object.values(module)) change(table, seen, undos);
  }
  return { changed: undos.length, undo: () => undos.forEach((undo) => undo()) };
}

function change(table: unknown, seen: Set<unknown>, undos: Undo[]): void {
  if (typeof table !== "object" || table === null || seen.has(table)) return;
  seen.add(table);
  const entries = table as Entry;
  for (const [name, words] of Object.entries(entries)) {
    if (typeof words === "function") {
      const ask = words as (...params: readonly unknown[]) => unknown;
      entries[name] = (...params: readonly unknown[]) => otherOf(ask(...params));
      undos.push(() => void (entries[name] = words));
    } else change(words, seen, undos);
  }
}

/** Actions are data, which stay. */
function otherOf(said: unknown): unknown {
  if (typeof said === "string") return said.replaceAll(" ", MARK);
  if (Array.isArray(said)) return said.map((part) => (typeof part === "string" ? otherOf(part) : (part as unknown)));
  return said;
}
