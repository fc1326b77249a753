// Reads plans in the form of numbered text. In: a text. Out: its items as a document with steps, their positions, and
// whether they are calls. Three notations: `1. …`, `Step 1: …` and `#E1 = Tool[…]`. The text has no brackets that show
// its structure, so only numbers that go up from 0 or 1 count as a list.
import { callIn, JOIN, type Call } from "./call-text.js";
import { textNote, type TextNote } from "./note-params.js";

export interface TextList {
  readonly steps: readonly { readonly [field: string]: unknown }[];
  /** The start of each step, by its pointer. */
  readonly offsets: ReadonlyMap<string, number>;
  readonly calls: boolean;
  readonly notes: readonly TextNote[];
}

interface Item {
  readonly number: number;
  readonly at: number;
  /** A sentence before the call, in the notation `Plan: … #E1 = …`. */
  readonly said: string;
  readonly lines: string[];
}
type Marker = (line: string) => { readonly number: number; readonly said: string; readonly rest: string } | undefined;

const STEP =
  /^\s{0,8}(?:[-*] {1,4})?(?:#{1,6} {0,4})?(\*\*|__)?(?:step|task) {1,4}(\d{1,3})(?:\*\*|__)?\s{0,4}[:.)–—-]\s{0,4}/i;
const NUMBER = /^ {0,3}(\*\*|__)?(\d{1,3})[.)](?:\*\*|__)?[ \t]{1,8}(?=\S)/;
const EVIDENCE = /#E(\d{1,3})[ \t]{0,8}=[ \t]{0,8}/;

/** The items of a numbered list; undefined if the text is none. Linear time. */
export function listIn(text: string): TextList | undefined {
  for (const [marker, least] of [
    [evidence, 1],
    [step, 1],
    [numbered, 2],
  ] as const) {
    const items = itemsOf(text, marker);
    if (items === undefined) continue;
    const calls = items.map((item) => callIn(itemText(item)));
    const isCalls = marker === evidence || calls.some((call) => call !== undefined);
    if (items.length < (isCalls ? 1 : least) || !goesUp(items) || items.some((item) => itemText(item) === "")) continue;
    return document(items, calls, isCalls, marker === evidence);
  }
  return undefined;
}

/** The texts of a list with numbers or bullets. */
export function listTexts(text: string): readonly string[] {
  return text.split("\n").flatMap((line) => {
    const found = /^\s{0,8}(?:[-*•]|\d{1,3}[.)])[ \t]{1,8}(\S.*)$/.exec(line)?.[1];
    return found === undefined ? [] : [found.trim()];
  });
}

const step: Marker = (line) => markerOf(STEP.exec(line), line);
const numbered: Marker = (line) => markerOf(NUMBER.exec(line), line);
const evidence: Marker = (line) => {
  const found = EVIDENCE.exec(line);
  if (found === null) return undefined;
  const said = line
    .slice(0, found.index)
    .replace(/^\s*(?:Plan\s?\d{0,3}:)?/i, "")
    .trim();
  return { number: Number(found[1]), said, rest: line.slice(found.index + found[0].length) };
};

function markerOf(found: RegExpExecArray | null, line: string): ReturnType<Marker> {
  if (found === null) return undefined;
  const rest = line.slice(found[0].length);
  const bold = found[1];
  return { number: Number(found[2]), said: "", rest: bold === undefined ? rest : rest.replace(bold, "") };
}

function itemsOf(text: string, marker: Marker): Item[] | undefined {
  const items: Item[] = [];
  let at = 0;
  let plan = "";
  for (const line of text.split("\n")) {
    const found = marker(line);
    if (found !== undefined) items.push({ number: found.number, at, said: found.said || plan, lines: [found.rest] });
    else if (marker === evidence && /^\s*Plan\s?\d{0,3}:/i.test(line)) plan = line.slice(line.indexOf(":") + 1).trim();
    else if (!/^\s*(?:Thought|Reasoning):/i.test(line)) items.at(-1)?.lines.push(line);
    if (found !== undefined) plan = "";
    at += line.length + 1;
  }
  return items.length === 0 ? undefined : endedAt(items);
}

/** Text after an empty line behind the last item does not belong to it, unless earlier items have such parts too. */
function endedAt(items: Item[]): Item[] {
  const gap = ({ lines }: Item): number => lines.findIndex((line, i) => i > 0 && line.trim() === "");
  const parts = items
    .slice(0, -1)
    .some((item) => gap(item) > 0 && item.lines.slice(gap(item)).some((line) => line.trim() !== ""));
  const last = items.at(-1)!;
  if (!parts && gap(last) > 0) last.lines.length = gap(last);
  return items;
}

const itemText = ({ lines }: Item): string => lines.join("\n").trim();

function goesUp(items: readonly Item[]): boolean {
  const first = items[0]!.number;
  return first <= 1 && items.every(({ number }, i) => i === 0 || number > items[i - 1]!.number);
}

function document(
  items: readonly Item[],
  calls: readonly (Call | undefined)[],
  isCalls: boolean,
  named: boolean,
): TextList {
  const joins = isCalls && items.length > 1 && calls.at(-1)?.tool === JOIN && calls.at(-1)?.given === undefined;
  const kept = joins ? items.slice(0, -1) : items;
  const steps = kept.map((item, i) => ({ id: named ? `E${item.number}` : item.number, ...stepOf(item, calls[i]) }));
  const offsets = new Map([["", kept[0]!.at], ...kept.map(({ at }, i) => [`/steps/${i}`, at] as const)]);
  const notes = [
    textNote("NUMBERED_TEXT", {}),
    ...(isCalls ? [textNote("CALL_TEXT", {})] : []),
    ...(joins ? [textNote("JOIN_LEFT_OUT", {})] : []),
  ];
  return { steps, offsets, calls: isCalls, notes };
}

function stepOf(item: Item, call: Call | undefined): { readonly [field: string]: unknown } {
  const said = item.said === "" ? {} : { description: item.said };
  if (call !== undefined)
    return { ...said, tool: call.tool, ...(call.given === undefined ? { with: {} } : { args: call.given }) };
  const text = itemText(item);
  const needs = needsIn(text);
  return {
    ...said,
    ...(item.said === "" ? { description: text } : { agent: text }),
    ...(needs === undefined ? {} : { dependsOn: needs }),
  };
}

const NEEDS =
  /[([](?:depends on|dependencies|after|requires|needs):? {0,4}\[?(?:steps? {0,4})?([\d, #E]{1,60}|none)\]?[)\]]\.?$/i;

/** `(depends on: 1, 2)` at the end of an item. The text keeps it. */
function needsIn(text: string): readonly string[] | undefined {
  const found = NEEDS.exec(text.slice(-120))?.[1];
  if (found === undefined) return undefined;
  return found
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");
}
