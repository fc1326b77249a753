// Finds the document in a text. In: the text of a person or a model. Out: the parsed value, how it was found and the
// positions of its parts, or why there is none. It knows JSON, YAML, lists, fences and tags, but not steps.
import { LIMITS } from "../../limits.js";
import { canonicalJson } from "../json.js";
import { planLikeness } from "./document.js";
import { embedded, sole } from "./embedded.js";
import { noPlan, severalPlans, tooLarge, truncated } from "./failure.js";
import { blocksIn, thinkingEnd, type Block } from "./frame.js";
import { listIn } from "./list.js";
import { textNote } from "./note-params.js";
import { positionsOf } from "./position.js";
import { proseResult, refuses } from "./prose.js";
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

const DOCUMENT_LINE =
  /^(?:(?:planloom|goal|inputs|steps|plan|answer)[ \t]*:|-[ \t]+(?:id|title|step|step_id|step_number|task|description)[ \t]*:)/m;

/**
 * Looks for a plan document, in this order: JSON, a fenced or tagged block, YAML, JSON inside prose, a numbered list.
 * Never throws.
 */
export function findDocument(text: string): TextResult {
  if (text.length > LIMITS.planBytes || new TextEncoder().encode(text).length > LIMITS.planBytes)
    return tooLarge({ of: "text", most: LIMITS.planBytes });
  const base = text.length - text.replace(/^\uFEFF/, "").trimStart().length;
  const source = text.slice(base).trimEnd();
  if (source === "") return noPlan(true);
  const thought = startsAsYaml(source.slice(0, 2_000)) ? undefined : thinkingEnd(source);
  if (thought === "open") return truncated(text);
  if (thought === undefined) return inPart({ text, source, base });
  const rest = source.slice(thought);
  const inner = rest.trimStart();
  const result = inPart({ text, source: inner, base: base + thought + rest.length - inner.length });
  return noted(result, textNote("THINKING_LEFT_OUT", {}));
}

function inPart(part: Part): TextResult {
  const { source } = part;
  if (source === "") return proseResult(source);
  if (/^[{[]/.test(source)) return bracketed(part);
  if (source.startsWith('"')) return quotedText(part) ?? prose(part);
  const yamlFirst = startsAsYaml(source.slice(0, 2_000));
  const blocks = yamlFirst ? [] : blocksIn(source);
  const inBlocks = blocks.length === 0 ? undefined : fromBlocks(part, blocks);
  if (inBlocks !== undefined) return inBlocks;
  if (!DOCUMENT_LINE.test(source)) return prose(part);
  const read = yamlText(part);
  return read.kind === "found" || yamlFirst ? read : (embedded(part) ?? listed(part) ?? read);
}

function startsAsYaml(lead: string): boolean {
  const first = lead.split("\n").find((line) => line.trim() !== "" && !/^(?:#|---|%)/.test(line));
  return first !== undefined && DOCUMENT_LINE.test(first);
}

function prose(part: Part): TextResult {
  return embedded(part) ?? listed(part) ?? proseResult(part.source);
}

/** A plan behind a value that is not a plan. */
function behind(part: Part, end: number): TextResult | undefined {
  const rest = part.source.slice(end);
  return rest.trim() === "" ? undefined : embedded({ ...part, source: rest, base: part.base + end });
}

/** A text that begins with a bracket: JSON, JSON that needs repair, YAML in its flow form, or prose. */
function bracketed(part: Part): TextResult {
  const read = jsonText(part, part.source.length);
  if (read.kind === "found" || read.kind === "questions") return sole(read, part, read.end ?? part.source.length);
  if (read.kind === "no-plan" && read.end !== undefined) return stepsInRow(part) ?? behind(part, read.end) ?? read;
  if (read.kind !== "malformed" || read.findings[0]?.code === "TOO_DEEP") return read;
  const unescaped = quotedText({ ...part, source: `"${part.source}"` });
  if (unescaped?.kind === "found") return unescaped;
  const flow = /^[{[]\s{0,200}[\w"'{[\]}-]/.test(part.source) ? yamlText(part) : undefined;
  if (flow?.kind === "found") return flow;
  // A part of a broken document is not a document. Only words in brackets are skipped.
  const inside = /^\[[^\n"'{}[\]]{1,80}\]/.test(part.source) ? prose(part) : undefined;
  return inside?.kind === "found" ? inside : read;
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

function fromBlocks(part: Part, blocks: readonly Block[]): TextResult | undefined {
  let found: FoundText | undefined;
  let failed: TextResult | undefined;
  for (const block of blocks) {
    const read = fromBlock(part, block);
    if (read === undefined) continue;
    const note = textNote(block.code, {});
    if (read.kind === "questions") return read;
    if (read.kind !== "found") failed ??= noted(read, note);
    else if (found !== undefined && canonicalJson(found.value) !== canonicalJson(read.value)) return severalPlans();
    else found ??= noted(read, note) as FoundText;
  }
  return found ?? failed;
}

/** undefined if a block holds no plan. */
function fromBlock(part: Part, block: Block): TextResult | undefined {
  const inner = part.source.slice(block.start, block.end);
  const trimmed = inner.trimStart();
  const start = block.start + inner.length - trimmed.length;
  const piece: Part = { text: part.text, source: trimmed.trimEnd(), base: part.base + start };
  if (/^[{[]/.test(piece.source)) return fromJsonBlock(piece, part, start);
  if (DOCUMENT_LINE.test(piece.source))
    return block.closed ? yamlText({ ...piece, source: inner, base: part.base + block.start }) : truncated(part.text);
  return block.closed ? listed(piece) : undefined;
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
  return flow.kind === "found" ? flow : read;
}

function listed(part: Part): TextResult | undefined {
  if (refuses(part.source) || part.source.length > LIMITS.lenientChars) return undefined;
  const list = listIn(part.source);
  if (list === undefined) return undefined;
  const { steps, calls, notes, offsets } = list;
  const asks = steps.map(({ description }) => typeof description === "string" && description.trim().endsWith("?"));
  if (asks.includes(true) && !calls) return undefined;
  const at = new Map([...offsets].map(([pointer, offset]) => [pointer, part.base + offset]));
  return { kind: "found", value: { steps }, notes, calls, locate: positionsOf(part.text, () => at) };
}
