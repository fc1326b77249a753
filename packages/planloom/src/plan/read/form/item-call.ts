// Reads one item of a list as a call, with what models write around it. In: the text of the item. Out: the call, its
// remark and the name that it gives its result; or why it cannot be read; or that it is no call.
import { approvalWish } from "./approval-wish.js";
import type { SyntaxProblem } from "../../finding-params.js";
import { bracketCall, callAt, type Call, type ResultNames } from "./call-text.js";
import { scanJson } from "../notation/json.js";
import type { ToolNames } from "../tool-names.js";

export type ItemCall =
  | { readonly kind: "call"; readonly call: Call; readonly remark: string; readonly result?: string }
  | { readonly kind: "bad"; readonly at: number; readonly problem: SyntaxProblem }
  | { readonly kind: "none" };

const NONE: ItemCall = { kind: "none" };
/** Marks and words before a call: `**`, `[Calling tool: `, `Call `, `result = `. */
const BEFORE =
  /^(?:[*_`"'[<(>\s-]{0,6})(?:(?:(?:tool|function|action)[ _]?(?:call)?\s?[:：]|calling(?: the)?(?: tool| function)?:?|call(?: the)?(?: tool| function)?:?|use(?: the)?(?: tool| function)?:?|invoke:?|run:?|execute:?)\s{0,4})?[*_`"']{0,3}(?:print\()?/i;
const ASSIGNED = /^(?:(?:const|let|var)\s+)?([A-Za-z_]\w{0,63})\s{0,4}:?=\s{0,4}(?=[A-Za-z_*`])/;
const AFTER = /^[*_`"'\]>)\s]{0,6}[.,;]?[*_`"'\]>)\s]{0,6}$/;
/** A remark begins with one of these. */
const REMARK =
  /^[*_`"'\]>\s]{0,40}(?:[-–—:：#(/|]|=>|->|→|⇒|\/\/|,?\s{0,2}(?:to|for|and|then|so|in order|which|um|pour|para|per)\s)/i;
const NAMED_RESULT =
  /^[\s*_`]{0,6}(?:->|=>|→|⇒|\bas\b)\s{0,4}[[{(<"'`]{0,2}([A-Za-z_]\w{0,63})[\]})>"'`]{0,2}[.;]?\s{0,4}$/;

export function itemCall(item: string, tools: ToolNames, results?: ResultNames): ItemCall {
  const text = item
    .trim()
    .replace(/<END_OF_PLAN>$/, "")
    .trimEnd();
  if (text.length > 100_000) return NONE;
  const bracketed = bracketCall(text.replace(/^`|`$/g, ""));
  if (bracketed !== undefined) return { kind: "call", call: bracketed, remark: "" };
  const recorded = recordCall(text, tools);
  if (recorded !== undefined) return recorded;
  const assigned = ASSIGNED.exec(text);
  const start = assigned?.[0].length ?? 0;
  const from = start + BEFORE.exec(text.slice(start, start + 80))![0].length;
  const scan = startOfCall(text, from, start, results);
  if (scan.kind === "none") return titledCall(text, tools, results) ?? NONE;
  const tool = scan.kind === "bad" ? scan.tool : scan.call.tool;
  const isOffered = tools.named(tool) !== undefined;
  if (scan.kind === "bad") return isOffered ? { kind: "bad", at: scan.at, problem: scan.problem } : NONE;
  return withRemark(scan.call, text.slice(scan.end), assigned?.[1], isOffered, tools);
}

const TITLED = /^([^\n(){}]{1,120}?)(?:[:：–—]|\n|\s-)[\s*_`]{0,8}([A-Za-z_][\w.-]{0,63})\(/;

/** `**Search**: search(query="x")`: a title, and then a call of an offered tool. */
function titledCall(text: string, tools: ToolNames, results: ResultNames | undefined): ItemCall | undefined {
  const found = TITLED.exec(text.slice(0, 300));
  if (found === null || tools.named(found[2]!) === undefined) return undefined;
  const at = found[0].length - found[2]!.length - 1;
  const scan = callAt(text, at, results);
  if (scan.kind === "bad") return { kind: "bad", at: scan.at, problem: scan.problem };
  const read = scan.kind === "call" ? withRemark(scan.call, text.slice(scan.end), undefined, true, tools) : NONE;
  if (read.kind !== "call") return undefined;
  const title = found[1]!.replace(/[*_`]/g, "").trim();
  return { ...read, remark: approvalWish(read.remark) === undefined ? title : `${title}\n${read.remark}` };
}

/** `search: {"query": "x"}`: an offered tool and its arguments as a record. */
function recordCall(text: string, tools: ToolNames): ItemCall | undefined {
  const [lead, name] = /^[*_`"']{0,3}([A-Za-z_][\w.-]{0,63})[*_`"']{0,3}\s{0,4}[:：]?\s{0,4}(?=\{)/.exec(text) ?? [];
  if (lead === undefined || tools.named(name!) === undefined) return undefined;
  const scan = scanJson(text, lead.length);
  const isWhole = scan.kind === "value" && AFTER.test(text.slice(scan.end));
  return isWhole ? { kind: "call", call: { tool: name!, given: scan.value }, remark: "" } : undefined;
}

/** Words such as `Use` may also begin the name of a tool. */
function startOfCall(text: string, from: number, start: number, results: ResultNames | undefined) {
  const scan = callAt(text, from, results);
  if (scan.kind !== "none" || from === start) return scan;
  const marks = /^[*_`"']{0,3}/.exec(text.slice(start))![0].length;
  return callAt(text, start + marks, results);
}

function withRemark(
  call: Call,
  rest: string,
  assigned: string | undefined,
  isOffered: boolean,
  tools: ToolNames,
): ItemCall {
  const named = NAMED_RESULT.exec(rest)?.[1] ?? assigned;
  const result = named === undefined ? {} : { result: named };
  if (AFTER.test(rest)) return { kind: "call", call, remark: "", ...result };
  const isWish = isOffered && !holdsCall(rest, tools) && approvalWish(remarkIn(rest)) !== undefined;
  if (isWish) return { kind: "call", call, remark: remarkIn(rest), ...result };
  const isArrow = /^[\s*_`]{0,6}(?:->|=>|→|⇒)/.test(rest);
  if (isArrow && !holdsCall(rest, tools)) return { kind: "call", call, remark: "", ...result };
  if (!isOffered || !REMARK.test(rest) || holdsCall(rest, tools)) return NONE;
  return { kind: "call", call, remark: remarkIn(rest), ...result };
}

const remarkIn = (rest: string): string => rest.replace(/^[-–—:：#(/|*_`"'[\]>=,→⇒\s]+/, "").replace(/[)\]\s]+$/, "");

/** Whether a text holds a further call of an offered tool. */
function holdsCall(text: string, tools: ToolNames): boolean {
  for (const [, name] of text.slice(0, 4_000).matchAll(/([A-Za-z_][\w.]{0,63})\(/g))
    if (tools.named(name!) !== undefined) return true;
  return false;
}
