// Reads the notation of ReWOO: `Plan: … #E1 = Tool[…]`. In: a text. Out: its parts, each with the sentence before it.
import type { ListPart } from "./list-steps.js";

const EVIDENCE = /#E(\d{1,3})[ \t]{0,8}=[ \t]{0,8}/;
const PLAN_LINE = /^\s{0,8}(?:[-*•]\s{1,4})?(?:\d{1,3}[.)]\s{0,4})?[*_]{0,2}Plan\s?\d{0,3}\s?:[*_]{0,2}/i;
const REMARK_LINE = /^\s*(?:Thought|Reasoning):/i;

/** undefined if the text has no such part, or if their numbers do not go up. Linear time. */
export function evidenceParts(text: string): readonly ListPart[] | undefined {
  if (!text.includes("#E")) return undefined;
  const parts: { number: number; at: number; said: string; lines: string[] }[] = [];
  let at = 0;
  let plan = "";
  for (const line of text.split("\n")) {
    const found = EVIDENCE.exec(line);
    if (found !== null) {
      const said = line
        .slice(0, found.index)
        .replace(PLAN_LINE, "")
        .replace(/^\s*\d{1,3}[.)]/, "")
        .trim();
      const rest = line.slice(found.index + found[0].length);
      parts.push({ number: Number(found[1]), at, said: said || plan, lines: [rest] });
      plan = "";
    } else if (PLAN_LINE.test(line)) plan = line.replace(PLAN_LINE, "").trim();
    else if (!REMARK_LINE.test(line)) parts.at(-1)?.lines.push(line);
    at += line.length + 1;
  }
  const isOrdered = parts.every(({ number }, i) => (i === 0 ? number <= 1 : number > parts[i - 1]!.number));
  if (parts.length === 0 || !isOrdered) return undefined;
  const texts = parts.map(({ lines }) => withoutRest(lines).join("\n").trim());
  if (texts.includes("")) return undefined;
  return parts.map(({ number, at: start, said }, i) => {
    return { label: `E${number}`, at: start, text: texts[i]!, said, after: [], isEvidence: true };
  });
}

/** Text behind an empty line is no part of the call. */
function withoutRest(lines: readonly string[]): readonly string[] {
  const gap = lines.findIndex((line, i) => i > 0 && line.trim() === "");
  return gap === -1 ? lines : lines.slice(0, gap);
}
