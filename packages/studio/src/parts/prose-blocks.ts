// Text of a model as blocks. In: text with the marks of Markdown. Out: headings, paragraphs, lists, tables and code, all
// inert. Links, images and HTML stay the text that they are.
export type Block =
  | { readonly kind: "heading" | "paragraph"; readonly text: string }
  | { readonly kind: "code"; readonly text: string }
  | { readonly kind: "list"; readonly ordered: boolean; readonly entries: readonly string[] }
  | { readonly kind: "table"; readonly head: readonly string[]; readonly rows: readonly (readonly string[])[] };

/** A piece of a line. */
export interface Span {
  readonly kind: "text" | "strong" | "code";
  readonly text: string;
}

const FENCE = /^\s*(```|~~~)/u;
const HEADING = /^#{1,6}\s+(.*)$/u;
const ENTRY = /^\s*(?:[-*+]|(\d{1,9})[.)])\s+(.*)$/u;
const ROW = /^\s*\|.*\|\s*$/u;
const RULE = /^\s*\|[\s:|-]+\|\s*$/u;

export function blocksOf(text: string): readonly Block[] {
  const lines = text.split(/\r?\n/u);
  const blocks: Block[] = [];
  for (let at = 0; at < lines.length;) {
    const [block, next] = blockAt(lines, at);
    if (block !== undefined) blocks.push(block);
    at = next;
  }
  return blocks;
}

type Read = readonly [block: Block | undefined, next: number];

function blockAt(lines: readonly string[], at: number): Read {
  const line = lines[at] ?? "";
  if (line.trim() === "") return [undefined, at + 1];
  if (FENCE.test(line)) return codeAt(lines, at);
  const [, heading] = HEADING.exec(line) ?? [];
  if (heading !== undefined) return [{ kind: "heading", text: heading }, at + 1];
  if (ROW.test(line) && RULE.test(lines[at + 1] ?? "")) return tableAt(lines, at);
  return ENTRY.test(line) ? listAt(lines, at) : paragraphAt(lines, at);
}

const until = (lines: readonly string[], at: number, isOver: (line: string) => boolean): number => {
  let end = at;
  while (end < lines.length && !isOver(lines[end] ?? "")) end++;
  return end;
};

function codeAt(lines: readonly string[], at: number): Read {
  const end = until(lines, at + 1, (line) => FENCE.test(line));
  return [{ kind: "code", text: lines.slice(at + 1, end).join("\n") }, end + 1];
}

function tableAt(lines: readonly string[], at: number): Read {
  const end = until(lines, at, (line) => !ROW.test(line));
  const [head = "", , ...rows] = lines.slice(at, end);
  return [{ kind: "table", head: cellsOf(head), rows: rows.map(cellsOf) }, end];
}

const cellsOf = (line: string): readonly string[] =>
  line
    .trim()
    .slice(1, -1)
    .split("|")
    .map((cell) => cell.trim());

function listAt(lines: readonly string[], at: number): Read {
  const end = until(lines, at, (line) => line.trim() === "" || (!ENTRY.test(line) && !/^\s/u.test(line)));
  const entries: string[] = [];
  for (const line of lines.slice(at, end)) {
    const [, , entry] = ENTRY.exec(line) ?? [];
    if (entry !== undefined) entries.push(entry);
    else entries.push(`${entries.pop() ?? ""} ${line.trim()}`);
  }
  return [{ kind: "list", ordered: ENTRY.exec(lines[at] ?? "")?.[1] !== undefined, entries }, end];
}

function paragraphAt(lines: readonly string[], at: number): Read {
  const isOver = (line: string) => line.trim() === "" || FENCE.test(line) || HEADING.test(line) || ENTRY.test(line);
  const end = until(lines, at + 1, (line) => isOver(line) || ROW.test(line));
  return [{ kind: "paragraph", text: lines.slice(at, end).join("\n") }, end];
}

export function spansOf(text: string): readonly Span[] {
  const parts = text.split(/(\*\*[^*\n]+\*\*|`[^`\n]+`)/u).filter((part) => part !== "");
  return parts.map((part): Span => {
    if (/^\*\*.+\*\*$/su.test(part)) return { kind: "strong", text: part.slice(2, -2) };
    return /^`.+`$/su.test(part) ? { kind: "code", text: part.slice(1, -1) } : { kind: "text", text: part };
  });
}

/** A column of figures is set to the right. */
export const isFigure = (cell: string): boolean => /^[-+]?[\d.,\s]*\d[\d.,\s%]*$/u.test(cell);
