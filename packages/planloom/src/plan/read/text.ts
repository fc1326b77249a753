// Finds the plan in a text. In: the text of a person or a model, and the names of the tools. Out: the parsed value, how
// it was found and the positions of its parts, or why there is none. The first stage is the frame: thinking, blocks and
// tags around the plan. The second stage is the form: the table FORMS. A new form is one row there.
import { LIMITS } from "../../limits.js";
import { canonicalJson } from "../json.js";
import { planLikeness } from "./fields/document.js";
import { embedded, sole } from "./embedded.js";
import { noPlan, severalPlans, tooLarge, truncated } from "./failure.js";
import { blocksIn, opensPlan, type Block } from "./frame.js";
import { looksLikeCalls } from "./form/call-rows.js";
import { textNote } from "./note-params.js";
import { isExample } from "./form/plan-frame.js";
import { refuses } from "./phrases.js";
import { proseResult } from "./prose.js";
import {
  accept,
  jsonText,
  noted,
  parseJson,
  stepsInRow,
  yamlText,
  type FoundText,
  type Part,
  type TextResult,
} from "./source.js";
import { callRow, callsAround, graph, linesInFrame, markup, namedCalls, textList } from "./text-forms.js";
import { thinkingEnd } from "./thinking.js";
import { offeredTools, type ToolNames } from "./tool-names.js";

const DOCUMENT_LINE =
  /^(?:(?:planloom|goal|inputs|steps|plan|answer)[ \t]*:|-[ \t]+(?:id|title|step|step_id|step_number|task|description)[ \t]*:)/m;

/** Finds the document of a text. Never throws. */
export function findDocument(text: string, tools: ToolNames = offeredTools(undefined)): TextResult {
  if (text.length > LIMITS.planBytes || new TextEncoder().encode(text).length > LIMITS.planBytes)
    return tooLarge({ of: "text", most: LIMITS.planBytes });
  const base = text.length - text.replace(/^\uFEFF/, "").trimStart().length;
  const source = text.slice(base).trimEnd();
  if (source === "") return noPlan(true);
  const thought = startsAsYaml({ source, tools }) ? undefined : thinkingEnd(source);
  if (thought === "open") return truncated(text);
  if (thought === undefined) return inPart({ text, source, base, tools });
  const rest = source.slice(thought);
  const inner = rest.trimStart();
  const result = inPart({ text, source: inner, base: base + thought + rest.length - inner.length, tools });
  return noted(result, textNote("THINKING_LEFT_OUT", {}));
}

/** One way to write a plan. */
interface Form {
  readonly name: string;
  /** Whether a part may be in this form. */
  readonly recognises: (part: Part) => boolean;
  /** The plan, or why it is none; undefined if the part is not in this form after all. */
  readonly read: (part: Part) => TextResult | undefined;
  /** A part in this form is in no other, if it is no plan. Absent: the forms below are tried, too. */
  readonly isSure?: (part: Part) => boolean;
}

const always = (): boolean => true;
/** Documents first. Texts that decline or ask are no lists. */
const FORMS: readonly Form[] = [
  {
    name: "calls in markup",
    recognises: ({ source }) => !/^(?:\{|\[\s*[{["'])/.test(source),
    read: markup,
    isSure: always,
  },
  { name: "calls in brackets", recognises: ({ source }) => looksLikeCalls(source), read: callRow, isSure: always },
  {
    name: "JSON",
    recognises: ({ source }) => /^[{[]/.test(source) && !opensPlan(source),
    read: bracketed,
    isSure: always,
  },
  { name: "JSON in a text", recognises: ({ source }) => source.startsWith('"'), read: quotedText, isSure: always },
  { name: "block", recognises: (part) => !startsAsYaml(part), read: fromBlocks, isSure: always },
  {
    name: "YAML",
    recognises: (part) => DOCUMENT_LINE.test(part.source) || startsAsYaml(part),
    read: yamlDocument,
    isSure: startsAsYaml,
  },
  { name: "text list with records", recognises: ({ source }) => holdsRecords(source), read: textList },
  { name: "JSON in prose", recognises: always, read: embedded, isSure: always },
  { name: "name and arguments", recognises: always, read: namedCalls, isSure: always },
  { name: "calls in a row", recognises: always, read: callRow, isSure: always },
  { name: "graph", recognises: notRefused, read: graph, isSure: always },
  { name: "text list", recognises: notRefused, read: textList, isSure: always },
  { name: "calls in prose", recognises: notRefused, read: callsAround, isSure: always },
  { name: "lines in a frame", recognises: ({ framed }) => framed === true, read: linesInFrame, isSure: always },
];

function inPart(part: Part): TextResult {
  return inForms(part) ?? proseResult(part.source);
}

function inForms(part: Part): TextResult | undefined {
  let failed: TextResult | undefined;
  if (part.source === "") return undefined;
  for (const { recognises, read, isSure } of FORMS) {
    if (!recognises(part)) continue;
    const result = read(part);
    if (result === undefined) continue;
    if (result.kind === "found" || isSure?.(part) === true) return result;
    failed ??= result;
  }
  return failed;
}

function notRefused({ source }: Part): boolean {
  return source.length <= LIMITS.lenientChars && !refuses(source);
}

const ITEM = /^\s{0,8}(?:[*_#]{0,3}\s?step\s{1,2}\d{1,3}|\d{1,3})[*_]{0,2}[.:)]/i;
const RECORD = /["'](?:steps|tasks|plan)["']\s{0,4}:/;

/** Whether all records of a text that look like plans stand inside the sentence of an item of a numbered list. */
function holdsRecords(source: string): boolean {
  if (source.length > LIMITS.lenientChars || !RECORD.test(source)) return false;
  const lines = source.split("\n").filter((line) => line.trim() !== "");
  const held = lines.filter((line) => RECORD.test(line));
  return lines.filter((line) => ITEM.test(line)).length > 1 && held.every(isSentenceWithRecord);
}

const isSentenceWithRecord = (line: string): boolean =>
  ITEM.test(line) && /\p{L}{2,}\s{1,4}\p{L}{2,}/u.test(line.slice(0, line.indexOf("{"))) && /\}\]?[\s.;]*$/.test(line);

function startsAsYaml({ source, tools }: Pick<Part, "source" | "tools">): boolean {
  const lines = source.slice(0, 2_000).split("\n");
  const first = lines.find((line) => line.trim() !== "" && !/^(?:#|---|%)/.test(line));
  if (first === undefined) return false;
  const key = /^-[ \t]+([\w.-]{1,80}):[ \t]*$/.exec(first)?.[1];
  return DOCUMENT_LINE.test(first) || (key !== undefined && !tools.isOpen && tools.named(key) !== undefined);
}

function yamlDocument(part: Part): TextResult | undefined {
  return holdsCalls(part) ? undefined : yamlText(part);
}

/** YAML reads a call as a plain text. */
const holdsCalls = ({ source, tools }: Part): boolean =>
  /^[ \t]*(?:-[ \t]+)?(?:\d{1,3}[.)][ \t]+)?[A-Za-z_][\w.]{0,63}\([^\n]*\)[;,]?[ \t]*$/m.test(source) &&
  [
    ...source
      .slice(0, LIMITS.lenientChars)
      .matchAll(/^[ \t]*(?:-[ \t]+)?(?:\d{1,3}[.)][ \t]+)?([A-Za-z_][\w.]{0,63})\(/gm),
  ].some(([, name]) => tools.named(name!) !== undefined);

/** A plan behind a value that is not a plan. */
function behind(part: Part, end: number): TextResult | undefined {
  const rest = part.source.slice(end);
  return rest.trim() === "" ? undefined : embedded({ ...part, source: rest, base: part.base + end });
}

/** All of them at once: the rest of the text is read once. */
const WORDS_IN_BRACKETS = /^(?:\[[^\n"'{}[\]]{1,80}\]\s*)+/;

/** A text that begins with a bracket: JSON, JSON that needs repair, YAML in its flow form, or prose. */
function bracketed(part: Part): TextResult {
  const read = jsonText(part, part.source.length);
  const isStep = read.kind === "found" && read.notes.some(({ code }) => code === "CALLS_OPENED");
  const row = isStep && read.end !== part.source.length ? stepsInRow(part) : undefined;
  if (row !== undefined) return row;
  if (read.kind === "found" || read.kind === "questions") return sole(read, part, read.end ?? part.source.length);
  if (read.kind === "no-plan" && read.end !== undefined) return stepsInRow(part) ?? behind(part, read.end) ?? read;
  if (read.kind !== "malformed" || read.findings[0]?.code === "TOO_DEEP") return read;
  const unescaped = quotedText({ ...part, source: `"${part.source}"` });
  if (unescaped?.kind === "found") return unescaped;
  const flow = /^[{[]\s{0,200}[\w"'{[\]}-]/.test(part.source) ? yamlText(part) : undefined;
  if (flow?.kind === "found" && planLikeness(flow.value) === "plan") return flow;
  // A part of a broken document is not a document. Only words in brackets are skipped.
  const words = WORDS_IN_BRACKETS.exec(part.source)?.[0];
  if (words === undefined) return read;
  const rest = part.source.slice(words.length);
  const inside = inForms({
    ...part,
    source: rest.trim(),
    base: part.base + part.source.length - rest.trimStart().length,
  });
  return inside?.kind === "found" ? inside : proseResult(part.source);
}

/** A document inside a JSON string: `"{\"steps\": …}"`. */
function quotedText(part: Part): TextResult | undefined {
  const parsed = parseJson(part.source.replace(/\r?\n/g, "\\n"));
  if (typeof parsed?.value !== "string" || !/^\s*[{[]/.test(parsed.value)) return undefined;
  const text = parsed.value;
  const inner = parseJson(text) ?? { value: undefined };
  if (planLikeness(inner.value) !== "plan") return undefined;
  const found = accept(inner.value, part, [textNote("JSON_IN_TEXT", {})]);
  return found.kind === "found" ? { ...found, locate: () => undefined } : found;
}

function fromBlocks(part: Part): TextResult | undefined {
  let found: FoundText | undefined;
  let failed: TextResult | undefined;
  for (const block of blocksIn(part.source)) {
    const read = isExample(openingOf(part.source, block)) ? undefined : fromBlock(part, block);
    if (read === undefined) continue;
    const note = textNote(block.code, {});
    if (read.kind === "questions") return read;
    if (read.kind !== "found") failed ??= noted(read, note);
    else if (found !== undefined && canonicalJson(found.value) !== canonicalJson(read.value)) return severalPlans();
    else found ??= noted(read, note) as FoundText;
  }
  return found ?? failed;
}

/** The text before the mark that opens a block. */
const openingOf = (source: string, { start }: Block): string =>
  source.slice(0, start).replace(/\s*(?:```|~~~|<)[^\n]{0,80}\s*$/, "");

/** undefined if a block holds no plan. */
function fromBlock(part: Part, block: Block): TextResult | undefined {
  const inner = part.source.slice(block.start, block.end);
  const trimmed = inner.trimStart();
  const start = block.start + inner.length - trimmed.length;
  const above = `${part.above ?? ""}${part.source.slice(0, block.start)}\n`;
  const piece: Part = { ...part, source: trimmed.trimEnd(), base: part.base + start, above, framed: block.isPlan };
  if (looksLikeCalls(piece.source)) return callRow(piece);
  if (/^[{[]/.test(piece.source)) return fromJsonBlock(piece, part, start);
  if (DOCUMENT_LINE.test(piece.source) && !holdsCalls(piece))
    return block.closed ? yamlText({ ...piece, source: inner, base: part.base + block.start }) : truncated(part.text);
  if (!block.closed) return undefined;
  const read = inForms(piece);
  return read?.kind === "found" || read?.kind === "malformed" ? read : undefined;
}

/** A block that seems to end too early may contain the end mark inside a string. */
function fromJsonBlock(piece: Part, part: Part, start: number): TextResult | undefined {
  const read = jsonText(piece, piece.source.length);
  if (read.kind === "truncated") {
    const beyond = jsonText({ ...piece, source: part.source.slice(start) }, part.source.length - start);
    return beyond.kind === "found" ? beyond : read;
  }
  if (read.kind !== "malformed")
    return read.kind === "no-plan" ? undefined : sole(read, piece, read.end ?? piece.source.length);
  const flow = yamlText(piece);
  return flow.kind === "found" && planLikeness(flow.value) === "plan" ? flow : read;
}
