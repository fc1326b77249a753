// The forms of plans that are text: calls, graphs and lists. In: a part of a text. Out: its steps as a document, or
// undefined if the part is not in the form. text.ts has the table of all forms.
import { LIMITS } from "../../limits.js";
import { isObject } from "../json.js";
import { callMarkAt, callMarksEnd, hasCallMarks, markedCalls } from "./form/call-markup.js";
import { callLines, wholeRow, type CallRows } from "./form/call-rows.js";
import { planApprovalWish } from "./form/approval-wish.js";
import { evidenceParts } from "./form/evidence.js";
import { badCall, severalPlans, tooLarge } from "./failure.js";
import { graphIn } from "./form/graph-text.js";
import { scanJson } from "./notation/json.js";
import { isPlanList, listsIn, sameList, type List } from "./form/list.js";
import { listDocument, listParts, type ListDocument, type ListPart, type ListStep } from "./form/list-steps.js";
import { textNote, type TextNote } from "./note-params.js";
import { holdsControl } from "./form/plan-frame.js";
import { asks, isBareWord } from "./phrases.js";
import { positionsOf } from "./position.js";
import { accept, noted, type Part, type TextResult } from "./source.js";

function found(document: ListDocument, part: Part, extra: readonly TextNote[] = []): TextResult {
  const { calls, notes, offsets, findings } = document;
  const { steps, wishes } = withPlanWish(document.steps, part, offsets.get("") ?? 0);
  if (steps.length > LIMITS.readSteps) return tooLarge({ of: "steps", most: LIMITS.readSteps });
  const at = new Map([...offsets].map(([pointer, offset]) => [pointer, part.base + offset]));
  const locate = positionsOf(part.text, () => at);
  return { kind: "found", value: { steps }, notes: [...extra, ...notes, ...wishes], calls, findings, locate };
}

/** A wish for approval beside the steps is never dropped: each step that may act waits. `first`: where they begin. */
function withPlanWish(steps: readonly ListStep[], { source, above = "", tools }: Part, first: number) {
  const text = planApprovalWish(above + source, above.length + first);
  if (text === undefined) return { steps, wishes: [] };
  const mayAct = ({ tool }: ListStep) => typeof tool !== "string" || tools.meant(tool)?.effects !== "none";
  const acting = steps.filter(mayAct).length;
  return {
    steps: steps.map((step) => (mayAct(step) ? { ...step, approval: "required" } : step)),
    wishes: [textNote("PLAN_APPROVAL_IN_TEXT", { text: text.slice(0, LIMITS.noteChars), acting })],
  };
}

/** Calls in the markup of a model, with text around them. */
export function markup(part: Part): TextResult | undefined {
  const start = callMarkAt(part.source);
  if (start === -1 || part.source.length > LIMITS.lenientChars) return undefined;
  const end = callMarksEnd(part.source, start);
  // A call behind the last end mark is cut off.
  const isCut = hasCallMarks(part.source.slice(end));
  const calls = isCut ? undefined : markedCalls(part.source.slice(start, end).trim());
  const piece = { ...part, source: part.source.slice(start, end), base: part.base + start };
  if (calls === undefined) return hasCallMarks(part.source) ? badCall(part.text, piece.base) : undefined;
  const [only] = calls;
  const plan = calls.length === 1 && isObject(only!.args) ? submitted(only!.name, only!.args, piece) : undefined;
  if (plan !== undefined) return plan;
  const { steps, wishes } = withPlanWish(
    calls.map(({ name, args }) => ({ tool: name, args })),
    part,
    start,
  );
  const value = { steps };
  const offsets = new Map([["", piece.base]]);
  const notes = [textNote("CALL_MARKUP", {}), ...wishes];
  return { kind: "found", value, notes, locate: positionsOf(part.text, () => offsets) };
}

/** The plan in the arguments of a call of no offered tool. */
function submitted(name: string, args: object, piece: Part): TextResult | undefined {
  if (piece.tools.named(name) !== undefined) return undefined;
  const read = accept([{ name, arguments: args }], piece, [textNote("CALL_MARKUP", {})]);
  return read.kind === "found" && !Array.isArray(read.value) ? { ...read, locate: () => undefined } : undefined;
}

/** A text that consists of calls. */
export function callRow(part: Part): TextResult | undefined {
  if (part.source.length > LIMITS.lenientChars) return undefined;
  return fromRows(wholeRow(part.source, part.tools), part);
}

/** Calls on lines of their own, between other lines. */
export const callsAround = (part: Part): TextResult | undefined => fromRows(callLines(part.source, part.tools), part);

function fromRows(rows: CallRows | undefined, part: Part): TextResult | undefined {
  if (rows === undefined) return undefined;
  if (rows.kind === "bad") return badCall(part.text, part.base + rows.at, rows.problem);
  const document = listDocument(rows.parts, part.tools);
  const read = found({ ...document, notes: document.notes.filter(({ code }) => code !== "NUMBERED_TEXT") }, part);
  return rows.isWhole ? read : noted(read, textNote("TEXT_AROUND", {}));
}

const NAME_LINE =
  /^[\s*_`#-]{0,8}(?:(action|tool|function|tool name|tool call|call)[*_`]{0,2}\s{0,2}[:：])?[\s*_`]{0,6}([A-Za-z_][\w. -]{0,63})[*_`]{0,3}[:：]?\s{0,8}$/i;
const GIVEN_LINE =
  /^[\s*_`#-]{0,8}(?:action input|arguments?|args|input|parameters|params|tool input)[*_`]{0,2}\s{0,2}[:：][*_`]{0,2}\s{0,4}/i;

/** The name of a tool on a line, and its arguments below it. */
export function namedCalls({ source, ...part }: Part): TextResult | undefined {
  if (part.tools.isOpen || source.length > LIMITS.lenientChars) return undefined;
  const parts: ListPart[] = [];
  let bare = true;
  let others = 0;
  for (let at = 0; at < source.length;) {
    const line = lineAt(source, at);
    const [, label, name] = NAME_LINE.exec(line) ?? [];
    const tool = name === undefined ? undefined : part.tools.named(name);
    const given = tool === undefined ? undefined : argumentsBelow(source, at + line.length + 1, label !== undefined);
    if (given === undefined) {
      if (line.trim() !== "" && !/^[\s*]*(?:thought|observation|reasoning)\b/i.test(line)) others++;
      at += line.length + 1;
      continue;
    }
    bare &&= label === undefined;
    const number = parts.length + 1;
    const after = number === 1 ? [] : [String(number - 1)];
    parts.push({ label: String(number), at, text: "", said: "", after, call: { tool: tool!, given: given.value } });
    at = given.end;
  }
  // A name without a label is a call only if the text holds nothing else.
  if (parts.length === 0 || (bare && others > 0)) return undefined;
  return found(listDocument(parts, part.tools), { ...part, source });
}

const lineAt = (text: string, at: number): string => {
  const end = text.indexOf("\n", at);
  return text.slice(at, end === -1 ? text.length : end);
};

function argumentsBelow(text: string, from: number, labelled: boolean): { value: unknown; end: number } | undefined {
  const gap = /^\s{0,40}(?:```\w{0,10}\s{0,4})?/.exec(text.slice(from, from + 60))![0].length;
  const line = lineAt(text, from + gap);
  const label = GIVEN_LINE.exec(line)?.[0] ?? "";
  const at = from + gap + label.length;
  if (text[at] === "{") {
    const scan = scanJson(text, at);
    if (scan.kind !== "value") return undefined;
    const rest = lineAt(text, scan.end);
    const closing = /^\s{0,4}```\s{0,4}$/.test(rest) || rest.trim() === "" ? rest.length : 0;
    const fence = /^\s{0,8}```[ \t]{0,8}(?=\n|$)/.exec(text.slice(scan.end, scan.end + 24))?.[0].length ?? 0;
    return { value: scan.value, end: scan.end + Math.max(closing, fence) };
  }
  const words = line.slice(label.length).trim();
  return labelled && label !== "" && words !== "" ? { value: words, end: from + gap + line.length } : undefined;
}

/** The nodes and edges of a graph. */
export function graph(part: Part): TextResult | undefined {
  const parts = graphIn(part.source);
  if (parts === undefined) return undefined;
  const document = listDocument(parts, part.tools);
  const notes = document.notes.filter(({ code }) => code !== "LIST_IN_ORDER" && code !== "NUMBERED_TEXT");
  return found({ ...document, notes }, part, [textNote("GRAPH_TEXT", {})]);
}

/** A numbered list, or calls in the notation of ReWOO. */
export function textList(part: Part): TextResult | undefined {
  const evidence = evidenceParts(part.source);
  if (evidence !== undefined) return found(listDocument(evidence, part.tools), part);
  for (const lists of listsIn(part.source)) {
    const read = oneOf(lists, part);
    if (read !== undefined) return read;
  }
  return undefined;
}

/** The plan among the lists of one kind of mark. */
function oneOf(lists: readonly List[], part: Part): TextResult | undefined {
  if (lists.some(({ items }) => items.length > LIMITS.readSteps))
    return tooLarge({ of: "steps", most: LIMITS.readSteps });
  const parts = new Map(lists.map((list) => [list, listParts(list, part.tools)] as const));
  const documents = new Map([...parts].map(([list, own]) => [list, listDocument(own, part.tools)] as const));
  const calls = lists.filter((list) => isCallList(documents.get(list)!, part));
  if (calls.length > 0 && holdsControl(part.source)) return undefined;
  const plans =
    calls.length > 0
      ? calls
      : lists.filter((list) =>
          isPlanList(
            list,
            parts.get(list)!.map(({ text }) => text),
            part.framed === true,
          ),
        );
  const framed = plans.filter(({ frame }) => frame === "plan");
  const [list, ...others] = framed.length > 0 && calls.length === 0 ? framed : plans;
  if (list === undefined) return undefined;
  const rivals = lists.filter(({ frame }) => frame === "alternative");
  if ([...others, ...rivals].some((other) => !sameList(list, other))) return severalPlans();
  return found(documents.get(list)!, part);
}

/** A list with a call of an offered tool, or a list of calls only. */
function isCallList({ calls, steps }: ListDocument, { tools }: Part): boolean {
  if (!calls) return false;
  const named = steps.map(({ tool }) => tool);
  return (
    tools.isOpen ||
    named.every((tool) => tool !== undefined) ||
    named.some((tool) => typeof tool === "string" && tools.named(tool) !== undefined)
  );
}

const MOST_LINE = 400;

/** Lines without numbers in the frame of a plan. Each is a step. */
export function linesInFrame(part: Part): TextResult | undefined {
  const parts: ListPart[] = [];
  let at = 0;
  for (const line of part.source.split("\n")) {
    const text = line.trim().replace(/^<(step|task|action|item|li)>([^<>]{1,400})<\/\1>$/i, "$2");
    if (text !== "") {
      if (text.length > MOST_LINE || asks(text) || isBareWord(text) || /[:：]$|^<[\w-]+[ >]/.test(text))
        return undefined;
      const number = parts.length + 1;
      parts.push({ label: String(number), at, text, said: "", after: number === 1 ? [] : [String(number - 1)] });
    }
    at += line.length + 1;
  }
  return parts.length === 0 ? undefined : found(listDocument(parts, part.tools), part);
}
