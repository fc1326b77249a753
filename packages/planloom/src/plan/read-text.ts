// Finds the document in a text. In: what a person or a model wrote. Out: the parsed value and where it stands in the text,
// or why there is none. Separate because this half knows JSON, YAML and fences, and nothing of steps.
import { LIMITS } from "../limits.js";
import { depthOf, isObject } from "./json.js";
import { failure, tooDeep, tooLarge, truncated, type ReadFailure } from "./read-failure.js";
import { parseYaml } from "./read-yaml.js";

export interface FoundText {
  readonly kind: "found";
  readonly value: unknown;
  /** The part of the text that was parsed, and the offset at which it begins. */
  readonly source: string;
  readonly base: number;
  /** How it was found, where that was not plain JSON or YAML. */
  readonly notes: readonly { readonly code: string; readonly message: string }[];
}
export type TextResult = FoundText | ReadFailure;

const DOCUMENT_FIELDS = ["steps", "planloom", "goal", "answer"];
const DOCUMENT_LINE =
  /^(?:(?:planloom|goal|inputs|steps|plan|answer)[ \t]*:|-[ \t]+(?:id|title|step|step_id|step_number|task|description)[ \t]*:)/m;
const REFUSAL =
  /^[^\n]{0,80}?\b(?:i(?:['’]m| am) (?:sorry|unable|not able)|i (?:can['’]?t|cannot|can not|won['’]t|will not|must decline)|as an ai\b|sorry, but)/i;

/** Looks for a plan document: JSON, a fenced block, YAML, or JSON inside prose, in this order. Never throws. */
export function findDocument(text: string): TextResult {
  if (text.length > LIMITS.planBytes || new TextEncoder().encode(text).length > LIMITS.planBytes) return tooLarge();
  const base = text.length - text.replace(/^\uFEFF/, "").trimStart().length;
  const body = text.slice(base).trimEnd();
  if (body === "") return failure("no-plan", "NO_PLAN", "The text is empty.", "Write a plan with a list of steps.");
  if (/^[{[]/.test(body)) return jsonText(text, body, base) ?? yamlText(text, body, base);
  const lead = body.slice(0, 2_000);
  if (!/^[ \t]*(?:```|~~~)/m.test(body) || startsAsYaml(lead)) return plainText(text, body, base);
  return fencedText(text, body, base) ?? plainText(text, body, base);
}

function startsAsYaml(lead: string): boolean {
  const first = lead.split("\n").find((line) => line.trim() !== "" && !/^(?:#|---|%)/.test(line));
  return first !== undefined && DOCUMENT_LINE.test(first);
}

function plainText(text: string, body: string, base: number): TextResult {
  if (DOCUMENT_LINE.test(body)) return yamlText(text, body, base);
  return embeddedText(text, body, base) ?? noPlan(body);
}

/** JSON from its first bracket on. Undefined where it is whole but no strict JSON, so that YAML may try. */
function jsonText(text: string, body: string, base: number): TextResult | undefined {
  const whole = parseJson(body);
  if (whole !== undefined) return accept(whole.value, body, base, []);
  const end = balancedEnd(body);
  if (end === undefined) return truncated(text);
  const head = body.slice(0, end);
  const parsed = end < body.length ? parseJson(head) : undefined;
  if (parsed === undefined) return undefined;
  return accept(parsed.value, head, base, [
    { code: "TEXT_AROUND", message: "Text after the JSON document was left out." },
  ]);
}

function fencedText(text: string, body: string, base: number): TextResult | undefined {
  let failed: TextResult | undefined;
  const fence = /^[ \t]*(```+|~~~+)[ \t]*([\w+-]*)[^\n]*$/gm;
  for (let blocks = 0; blocks < 20; blocks++) {
    const open = fence.exec(body);
    if (open === null) break;
    const start = Math.min(fence.lastIndex + 1, body.length);
    const close = closingFence(body, start, open[1] as string);
    const block = body.slice(start, close?.start ?? body.length);
    fence.lastIndex = close?.end ?? body.length;
    const result = blockText(text, block, base + start, close !== undefined);
    if (result.kind === "found") return { ...result, notes: [fenceNote, ...result.notes] };
    if (failed === undefined || failed.kind === "no-plan") failed = result;
  }
  return failed?.kind === "no-plan" ? undefined : failed;
}

const fenceNote = {
  code: "FENCE",
  message: "The document was taken from a fenced block; the text around it was left out.",
};

function closingFence(body: string, from: number, mark: string): { start: number; end: number } | undefined {
  const close = new RegExp(`^[ \\t]*${mark}[ \\t]*$`, "gm");
  close.lastIndex = from;
  const match = close.exec(body);
  return match === null ? undefined : { start: match.index, end: close.lastIndex };
}

function blockText(text: string, block: string, base: number, closed: boolean): TextResult {
  const inner = block.trimStart();
  const start = base + block.length - inner.length;
  const source = inner.trimEnd();
  if (/^[{[]/.test(source)) return jsonText(text, source, start) ?? yamlText(text, source, start);
  if (!DOCUMENT_LINE.test(source)) return noPlan(source);
  return closed ? yamlText(text, block, base) : truncated(text);
}

/** JSON somewhere inside prose: the first few places where a bracket is followed by a key or another bracket. */
function embeddedText(text: string, body: string, base: number): TextResult | undefined {
  const opening = /[{[]\s{0,200}["{]/g;
  for (let tries = 0; tries < 5; tries++) {
    const match = opening.exec(body);
    if (match === null) return undefined;
    const rest = body.slice(match.index);
    const end = balancedEnd(rest);
    if (end === undefined) {
      if (/"(?:steps|step|step_id|step_number|tool)"/.test(rest)) return truncated(text);
      continue;
    }
    const parsed = parseJson(rest.slice(0, end));
    if (parsed === undefined || !looksLikePlan(parsed.value, true)) continue;
    const note = { code: "TEXT_AROUND", message: "The text around the JSON document was left out." };
    return accept(parsed.value, rest.slice(0, end), base + match.index, [note]);
  }
  return undefined;
}

function yamlText(text: string, body: string, base: number): TextResult {
  const parsed = parseYaml(text, body, base);
  if ("kind" in parsed) return parsed;
  const note = { code: "READ_AS_YAML", message: "The document is no strict JSON; it was read as YAML." };
  return accept(parsed.value, body, base, /^[{[]/.test(body) ? [note] : []);
}

function accept(value: unknown, source: string, base: number, notes: FoundText["notes"]): TextResult {
  if (depthOf(value, LIMITS.jsonDepth) > LIMITS.jsonDepth) return tooDeep();
  const json = /^[{[]/.test(source);
  if (!looksLikePlan(value, json)) return noPlan(isObject(value) ? JSON.stringify(Object.values(value)[0]) : source);
  return { kind: "found", value, source, base, notes };
}

function looksLikePlan(value: unknown, json: boolean): boolean {
  if (Array.isArray(value))
    return (json && value.length === 0) || value.some((item) => isObject(item) || (json && typeof item === "string"));
  if (!isObject(value)) return false;
  if (DOCUMENT_FIELDS.some((field) => Object.hasOwn(value, field))) return true;
  return Object.hasOwn(value, "plan") && (Array.isArray(value["plan"]) || isObject(value["plan"]));
}

function parseJson(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return undefined;
  }
}

/** The offset after the bracket that closes the first one, or undefined where the text ends before it. */
function balancedEnd(text: string): number | undefined {
  let depth = 0;
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    const char = text[i];
    if (quoted) {
      if (char === "\\") i++;
      else if (char === '"') quoted = false;
    } else if (char === '"') quoted = true;
    else if (char === "{" || char === "[") depth++;
    else if ((char === "}" || char === "]") && --depth === 0) return i + 1;
  }
  return undefined;
}

function noPlan(text: string | undefined): ReadFailure {
  if (text !== undefined && REFUSAL.test(text.replace(/^["\s]+/, ""))) {
    return failure("refusal", "REFUSAL", "The text declines to plan.", "Change the goal, or ask another model.");
  }
  const message = "The text holds no plan: neither a JSON document nor YAML with a list of steps.";
  return failure("no-plan", "NO_PLAN", message, 'Write {"steps": [...]} as JSON or YAML.');
}
