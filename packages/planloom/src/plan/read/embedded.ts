// Finds JSON inside prose. In: a part of a text. Out: the only plan in it, or why it cannot be decided. A bracket may
// be anything here. A part of a broken document must not be read as a document.
import { LIMITS } from "../../limits.js";
import { canonicalJson, isObject } from "../json.js";
import { badSyntax, severalPlans } from "./failure.js";
import { scanJson } from "./notation/json.js";
import { textNote } from "./note-params.js";
import { frameOf, isExample } from "./form/plan-frame.js";
import {
  accept,
  likeness,
  noted,
  parseJson,
  repairNotes,
  scanned,
  type FoundText,
  type Part,
  type Read,
  type TextResult,
} from "./source.js";

/** A bracket that may open a document. */
const OPENING = /[{[](?=\s{0,200}(?:["'“{[]|[A-Za-z_]\w{0,40}\s{0,4}:))/.source;
/** The text before the value of a key. Such a value is part of a document with an unreadable beginning. */
const BEHIND_KEY = /["'”]\s{0,20}:\s{0,20}$/;

/** JSON inside prose. A sure plan is preferred to a possible one. */
export function embedded(part: Part): TextResult | undefined {
  const opening = new RegExp(OPENING, "g");
  let found: FoundText | undefined;
  let maybe: TextResult | undefined;
  for (let tries = 0; tries < LIMITS.embeddedTries; tries++) {
    const match = opening.exec(part.source);
    if (match === null) break;
    const piece = { ...part, source: part.source.slice(match.index), base: part.base + match.index };
    if (isExample(part.source.slice(Math.max(0, match.index - 400), match.index).replace(/\s*```\w{0,10}\s*$/, "")))
      continue;
    if (BEHIND_KEY.test(part.source.slice(Math.max(0, match.index - 60), match.index)))
      return badSyntax(part.text, piece.base, { kind: "no-beginning" });
    const read = embeddedAt(piece);
    if (read === undefined) continue;
    if (read.end !== undefined) opening.lastIndex = match.index + read.end;
    if (read.kind === "found" && isSurely(read.value, piece)) {
      if (found !== undefined && canonicalJson(found.value) !== canonicalJson(read.value)) return severalPlans();
      found ??= read;
    } else if (read.kind !== "no-plan" && !isBareText(read, piece, match.index)) maybe ??= read;
    if (read.kind === "truncated" || read.kind === "malformed") break;
  }
  const cut = maybe?.kind === "truncated" || maybe?.kind === "malformed";
  if (found !== undefined) return cut ? severalPlans() : noted(found, aroundNote);
  return maybe === undefined ? undefined : noted(maybe, aroundNote);
}

const isSurely = (value: unknown, part: Part): boolean => likeness(value, part.tools) === "plan" && stepsOf(value);

/** A record inside a text may have a field `steps` that is no list. */
function stepsOf(value: unknown): boolean {
  if (!isObject(value) || !Object.hasOwn(value, "steps")) return true;
  return typeof value["steps"] === "object" && value["steps"] !== null;
}

/** Data inside a text is no plan. A list of texts is one only behind words that say so: `Plan: ["…", "…"]`. */
function isBareText(read: Read, piece: Part, start: number): boolean {
  if (read.kind !== "found") return false;
  const before = piece.text.slice(Math.max(0, piece.base - Math.min(start, 120)), piece.base);
  return !(
    Array.isArray(read.value) &&
    /[:：]\s{0,4}$/.test(before) &&
    frameOf([before.split("\n").findLast((line) => line.trim() !== "") ?? ""]) === "plan"
  );
}

const STEP_WORD = /["'](?:steps|step|step_id|step_number|tool|tasks|plan)["']\s{0,8}:/;

function embeddedAt(piece: Part): Read | undefined {
  if (piece.source.length > LIMITS.lenientChars) return undefined;
  const scan = scanJson(piece.source, 0);
  if (scan.kind === "value") {
    const parsed = parseJson(piece.source.slice(0, scan.end));
    return {
      ...accept(parsed?.value ?? scan.value, piece, parsed === undefined ? repairNotes(scan.repairs, piece) : []),
      end: scan.end,
    };
  }
  const looks = STEP_WORD.test(piece.source);
  return looks ? scanned(scan, piece) : undefined;
}

/** Takes the value at the beginning of a part, if no other plan follows it. */
export function sole(read: TextResult, part: Part, end: number): TextResult {
  const rest = part.source.slice(end);
  if (read.kind !== "found" || rest.trim() === "") return read;
  const next = embedded({ ...part, source: rest, base: part.base + end });
  if (next !== undefined && !isSame(next, read)) return severalPlans();
  return noted(read, aroundNote);
}

const aroundNote = textNote("TEXT_AROUND", {});

/** The same plan twice is one plan. A second plan that is cut or broken counts as another one. */
function isSame(next: TextResult, read: FoundText): boolean {
  if (next.kind !== "found") return next.kind !== "truncated" && next.kind !== "malformed";
  return canonicalJson(next.value) === canonicalJson(read.value);
}
