// Finds the references `${{ … }}` of a text. In: a text. Out: the start and end of each, or the text with rewritten
// references. Readers of ids and of foreign references need this: one rewrites only the inside, the other only the
// outside.
import { closingOf } from "../expression/template-end.js";

export interface Span {
  /** Offset of `${{`, and the offset after `}}`. */
  readonly start: number;
  readonly end: number;
}

/** Linear time. A reference without an end goes to the end of the text. */
export function expressionSpans(text: string): readonly Span[] {
  const spans: Span[] = [];
  for (let at = text.indexOf("${{"); at !== -1; at = text.indexOf("${{", spans.at(-1)!.end)) {
    const closing = text[at - 1] === "$" ? at + 1 : closingOf(text, at + 3);
    spans.push({ start: at, end: typeof closing === "number" ? closing + 2 : text.length });
  }
  return spans;
}

export function eachExpression(text: string, inside: (expression: string) => string): string {
  let out = "";
  let from = 0;
  for (const { start, end } of expressionSpans(text)) {
    const literal = text[start - 1] === "$" || !text.startsWith("}}", end - 2);
    out +=
      text.slice(from, start) + (literal ? text.slice(start, end) : `\${{${inside(text.slice(start + 3, end - 2))}}}`);
    from = end;
  }
  return out + text.slice(from);
}
