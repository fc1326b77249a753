// Reads calls that stand in a row: `[a(x=1), b(y=2)]`, `a(x=1); b(y=2)`, or one on each line. In: a text, and the names
// of the tools. Out: the parts of the text that are calls, or why the row cannot be read.
import type { SyntaxProblem } from "../../finding-params.js";
import { approvalWish } from "./approval-wish.js";
import { callAt } from "./call-text.js";
import { itemCall } from "./item-call.js";
import type { ListPart } from "./list-steps.js";
import { holdsControl } from "./plan-frame.js";
import type { ToolNames } from "../tool-names.js";

export type CallRows =
  | { readonly kind: "calls"; readonly parts: readonly ListPart[]; readonly isWhole: boolean }
  | { readonly kind: "bad"; readonly at: number; readonly problem: SyntaxProblem };

/** A text in brackets that begins with a call. */
export const looksLikeCalls = (text: string): boolean =>
  /^\[\s{0,200}["'`]?[A-Za-z_](?:[\w.-]|\\[_.-]){0,80}\(/.test(text);

const SPACE = /[\s,;*`]*/y;
const MOST_CALLS = 4_000;

/** The calls of a text that consists of calls. undefined if it does not begin with a call of an offered tool. */
export function wholeRow(text: string, tools: ToolNames): CallRows | undefined {
  const isList = text.startsWith("[");
  const end = isList && text.endsWith("]") ? text.length - 1 : text.length;
  const parts: ListPart[] = [];
  for (let at = afterMarks(text, isList ? 1 : 0); at < end; at = afterMarks(text, at)) {
    if (parts.length >= MOST_CALLS) return undefined;
    const scan = callAt(text, at);
    if (scan.kind === "bad") {
      const isOffered = parts.length > 0 || isList || tools.named(scan.tool) !== undefined;
      return isOffered && !tools.isOpen ? { kind: "bad", at: scan.at, problem: scan.problem } : undefined;
    }
    const isCall = scan.kind === "call" && /^\s{0,20}(?:[,;*`\]\n]|$)/.test(text.slice(scan.end, scan.end + 24));
    if (!isCall) return undefined;
    parts.push(part(parts.length, at, text.slice(at, scan.end)));
    at = scan.end;
  }
  if (parts.length === 0 || (isList && end === text.length)) return undefined;
  return isOfTools(parts, tools) ? { kind: "calls", parts, isWhole: true } : undefined;
}

function afterMarks(text: string, at: number): number {
  SPACE.lastIndex = at;
  return at + SPACE.exec(text)![0].length;
}

/** The lines of a text that are calls of offered tools, with other lines around them. */
export function callLines(text: string, tools: ToolNames): CallRows | undefined {
  if (tools.isOpen || holdsControl(text)) return undefined;
  const parts: ListPart[] = [];
  const results = new Map<string, unknown>();
  let others = 0;
  for (let at = 0; at <= text.length && parts.length < MOST_CALLS;) {
    const lineEnd = endOfLine(text, at);
    const line = text.slice(at, lineEnd);
    const row = looksLikeCalls(line.trim()) ? wholeRow(line.trim(), tools) : undefined;
    if (row?.kind === "calls") {
      const start = at + line.indexOf("[");
      for (const one of row.parts) parts.push(part(parts.length, start + one.at, one.text));
      at = lineEnd + 1;
      continue;
    }
    const name =
      /^[\s*_`"'>[(-]{0,12}(?:[a-z_]\w{0,30}\s{0,2}=\s{0,2}|(?:[a-z]{1,12}[ :]{1,2}){0,4})?(?:print\()?([A-Za-z_](?:[\w.]|\\_){0,80})\(/i.exec(
        line,
      )?.[1];
    if (name === undefined || tools.named(name.replaceAll("\\", "")) === undefined) {
      const last = parts.at(-1);
      if (last !== undefined && approvalWish(line.trim()) !== undefined)
        parts[parts.length - 1] = { ...last, text: `${last.text}\n${line}` };
      else if (line.trim() !== "") others++;
      at = lineEnd + 1;
      continue;
    }
    const begun = at + line.indexOf(`${name}(`);
    const scan = callAt(text, begun, results);
    const assigned = /^\s*(?:(?:const|let|var)\s+)?([A-Za-z_]\w{0,63})\s{0,4}:?=[^=]/.exec(line)?.[1];
    if (assigned !== undefined) results.set(assigned, assigned);
    if (scan.kind === "bad") return { kind: "bad", at: scan.at, problem: scan.problem };
    const end = scan.kind === "call" ? Math.max(endOfLine(text, scan.end), scan.end) : lineEnd;
    const written = text.slice(at, end);
    if (itemCall(written, tools, results).kind === "call") parts.push(part(parts.length, at, written));
    else others++;
    at = end + 1;
  }
  return parts.length === 0 ? undefined : { kind: "calls", parts, isWhole: others === 0 };
}

const endOfLine = (text: string, from: number): number => {
  const at = text.indexOf("\n", from);
  return at === -1 ? text.length : at;
};

const part = (index: number, at: number, text: string): ListPart => ({
  label: String(index + 1),
  at,
  text,
  said: "",
  after: index === 0 ? [] : [String(index)],
});

const isOfTools = (parts: readonly ListPart[], tools: ToolNames): boolean =>
  tools.isOpen ||
  parts.some(({ text }) => tools.named(text.slice(0, text.indexOf("(")).replaceAll("\\", "")) !== undefined);
