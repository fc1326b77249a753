// The references `${{ … }}` of a text by their places. In: a text. Out: where each begins and ends, or the text with their insides
// rewritten. Separate because readers of ids and of foreign references must both leave alone what stands between.
import { closingOf } from "../expression/template-end.js";

export interface Span {
  /** At `${{`, and behind `}}`. */
  readonly start: number;
  readonly end: number;
}

/** Linear time: what has no end goes to the end of the text. */
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
