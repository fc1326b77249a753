// Positions: maps a JSON pointer of a document to line and column of its text. In: the text. Out: a function that
// parses once, when the first finding asks. A sound plan never needs it.
import { isAlias, isMap, isScalar, isSeq, parseDocument, type Document } from "yaml";

export interface Position {
  readonly line: number;
  readonly column: number;
}

/** Line and column of an offset, both from 1. */
export function textPosition(text: string, offset: number): Position {
  let line = 1;
  let start = 0;
  for (let at = text.indexOf("\n"); at !== -1 && at < offset; at = text.indexOf("\n", start)) {
    line++;
    start = at + 1;
  }
  return { line, column: offset - start + 1 };
}

/** The segments of a JSON pointer. */
function pointerParts(pointer: string): string[] {
  return pointer === "" ? [] : pointer.slice(1).split("/").map(unescapePart);
}

const unescapePart = (part: string): string => part.replaceAll("~1", "/").replaceAll("~0", "~");

/** The same for text that was read as JSON. `offsets` holds the start of each pointer. */
export function positionsOf(
  text: string,
  offsets: () => ReadonlyMap<string, number>,
): (pointer: string) => Position | undefined {
  let known: ReadonlyMap<string, number> | undefined;
  return (pointer) => {
    known ??= offsets();
    for (let at = pointer; ; at = at.slice(0, at.lastIndexOf("/"))) {
      const offset = known.get(at);
      if (offset !== undefined) return textPosition(text, offset);
      if (at === "") return undefined;
    }
  };
}

/**
 * The position of a pointer in the YAML `source`, which begins at `base` in `text`. For a missing pointer: the position
 * of the nearest container.
 */
export function positionsIn(text: string, source: string, base: number): (pointer: string) => Position | undefined {
  let document: Document | undefined;
  return (pointer) => {
    try {
      document ??= parseDocument(source, { uniqueKeys: false, logLevel: "silent", prettyErrors: false });
      const offset = offsetOf(document, pointerParts(pointer));
      return offset === undefined ? undefined : textPosition(text, base + offset);
    } catch {
      return undefined;
    }
  };
}

function offsetOf(document: Document, parts: readonly string[]): number | undefined {
  let node: unknown = document.contents;
  let offset = rangeStart(node);
  for (const part of parts) {
    if (isAlias(node)) node = node.resolve(document);
    const next = isSeq(node) ? node.items[Number(part)] : isMap(node) ? pairValue(node.items, part) : undefined;
    if (next === undefined) break;
    node = next;
    offset = rangeStart(node) ?? offset;
  }
  return offset;
}

function pairValue(pairs: readonly { readonly key: unknown; readonly value: unknown }[], name: string): unknown {
  const pair = pairs.find(({ key }) => (isScalar(key) ? String(key.value) : String(key)) === name);
  return pair === undefined ? undefined : (pair.value ?? pair.key);
}

function rangeStart(node: unknown): number | undefined {
  const range = (node as { readonly range?: readonly number[] } | null | undefined)?.range;
  return range?.[0];
}
