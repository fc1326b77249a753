// Reads plans in the form of numbered text. In: a text, and the names of the tools. Out: the list that is the plan, or
// that the text holds several of them, or none. It finds the lists and their frames; list-steps.ts makes the steps.
import { LIMITS } from "../../../limits.js";
import { frameOf, type Frame } from "./plan-frame.js";
import { isBullet, MARKERS, plainDigits, type ItemLabel, type Mark, type Marker } from "./numbering.js";
import { asks, isBareWord, saysWhatToDo } from "../phrases.js";

export interface Item {
  readonly label: ItemLabel;
  readonly at: number;
  readonly lines: string[];
}

export interface List {
  readonly items: readonly Item[];
  readonly frame: Frame;
  readonly marker: Marker;
}

export const itemText = ({ lines }: Item): string => lines.join("\n").trim();

/** The lists of a text, one group for each marker, in the order of preference. Linear time for each. */
export function* listsIn(text: string): Generator<readonly List[]> {
  const lines = text.split("\n");
  for (const marker of MARKERS) yield listsOf(lines, marker);
}

/** The texts of a list with numbers or bullets. */
export function listTexts(text: string): readonly string[] {
  return text.split("\n").flatMap((line) => {
    const found = /^\s{0,8}(?:[-*•]|\d{1,3}[.)、])[ \t]{0,8}(\S.*)$/.exec(plainDigits(line))?.[1];
    return found === undefined ? [] : [found.trim()];
  });
}

/** Whether a list with steps of these texts is a plan, apart from its calls. */
export function isPlanList(list: List, texts: readonly string[], framed: boolean): boolean {
  if (list.items.length < list.marker.least || texts.some((text) => text === "" || asks(text))) return false;
  const frame = framed && list.frame === "whole" ? "plan" : list.frame;
  if (frame === "other" || frame === "alternative") return false;
  if (frame === "plan" || list.marker.saysStep) return !texts.every((text) => isBareWord(text, list.marker.saysStep));
  return 2 * texts.filter(saysWhatToDo).length >= texts.length;
}

/** The same plan in other marks is the same plan. */
export const sameList = (list: List, other: List): boolean =>
  list.items.length === other.items.length &&
  list.items.every((item, i) => plainText(itemText(item)) === plainText(itemText(other.items[i]!)));

const plainText = (text: string): string =>
  text
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .trim()
    .toLowerCase();

interface Open {
  readonly items: Item[];
  readonly before: readonly string[];
  readonly indent: number;
}

function listsOf(lines: readonly string[], marker: Marker): readonly List[] {
  const lists: Open[] = [];
  const code = codeLines(lines);
  let before: string[] = [];
  let at = 0;
  for (const [i, line] of lines.entries()) {
    // The rest cannot change the result: a text with so many lists is no plan, and so long a list is too large.
    if (lists.length > MOST_LISTS) return [];
    if ((lists.at(-1)?.items.length ?? 0) > LIMITS.readSteps) break;
    const open = lists.at(-1);
    const mark = open !== undefined && code.has(i) ? undefined : marker.read(plainDigits(line));
    const isNested =
      mark !== undefined && open !== undefined && mark.indent >= open.indent + 2 && !isPart(mark.label, open);
    if (mark === undefined || isNested) {
      if (line.trim() !== "" && !isNested) before.push(line);
      if (before.length > MOST_BEFORE) before.shift();
      if (!THOUGHT.test(line)) open?.items.at(-1)?.lines.push(line);
    } else if (open !== undefined && continues(mark, open, before, marker)) {
      open.items.push({ label: labelFor(mark, open.items.length), at, lines: [mark.rest] });
      before = [];
    } else if (isBullet(marker) || isFirst(mark.label)) {
      lists.push({ items: [{ label: labelFor(mark, 0), at, lines: [mark.rest] }], before, indent: mark.indent });
      before = [];
    }
    at += line.length + 1;
  }
  return lists.map((open, i) => ended(open, marker, lists[i + 1] !== undefined));
}

/** The lines of the closed code blocks of a text. Numbers in them are no items of a list around them. */
function codeLines(lines: readonly string[]): ReadonlySet<number> {
  const code = new Set<number>();
  let start: number | undefined;
  for (const [i, line] of lines.entries()) {
    if (!/^\s{0,12}(?:```|~~~)/.test(line)) continue;
    if (start === undefined) start = i;
    else {
      for (let at = start; at <= i; at++) code.add(at);
      start = undefined;
    }
  }
  return code;
}

const MOST_LISTS = 40;
/** Lines before a list that are looked at. */
const MOST_BEFORE = 40;
const THOUGHT = /^\s*(?:Thought|Reasoning):/i;

/** A bullet has no number of its own. */
const labelFor = ({ label }: Mark, index: number): ItemLabel =>
  label.path.length > 0 ? label : { path: [index + 1], letter: "" };

const isFirst = ({ path, letter }: ItemLabel): boolean =>
  path[0]! <= 1 && path.slice(1).every((number) => number <= 1) && (letter === "" || letter === "a");

/** Whether a label numbers a part of an item of the list: `1.2` in a list with 1. */
const isPart = ({ path, letter }: ItemLabel, { items }: Open): boolean =>
  (path.length > 1 || letter !== "") && items.at(-1)!.label.path[0] === path[0];

function continues({ label }: Mark, { items }: Open, before: readonly string[], marker: Marker): boolean {
  if (isBullet(marker)) return before.length === 0 || !/[:：](?:\*\*)?\s*$/.test(before.at(-1)!);
  const last = items.at(-1)!.label;
  if (label.path.length > last.path.length + 1) return false;
  for (let i = 0; i < Math.max(label.path.length, last.path.length); i++) {
    const [next = 0, now = 0] = [label.path[i], last.path[i]];
    if (next !== now) return next > now && (i === 0 || next === now + 1);
  }
  return label.letter !== "" && label.letter > last.letter;
}

/**
 * Text after an empty line behind the last item does not belong to it, unless earlier items have such parts too. The
 * line that leads to the next list never does.
 */
function ended({ items, before }: Open, marker: Marker, isFollowed: boolean): List {
  const gap = ({ lines }: Item): number => lines.findIndex((line, i) => i > 0 && line.trim() === "");
  const parts = items
    .slice(0, -1)
    .some((item) => gap(item) > 0 && item.lines.slice(gap(item)).some((line) => line.trim() !== ""));
  const last = items.at(-1)!;
  if ((!parts || isFollowed) && gap(last) > 0) last.lines.length = gap(last);
  const end = last.lines.findIndex((line, i) => i > 0 && END_MARK.test(line));
  if (end > 0) last.lines.length = end;
  while (last.lines.length > 1 && endsList(last.lines.at(-1)!, isFollowed)) last.lines.pop();
  return { items, frame: frameOf(before), marker };
}

const endsList = (line: string, isFollowed: boolean): boolean =>
  line.trim() === "" || (isFollowed && /^\S.{0,200}[:：](?:\*\*)?\s*$/.test(line));

/** The line with which some planners end a plan. */
const END_MARK = /^\s*(?:<\/?END_OF_PLAN>|<END>|\[PLAN END\]|\[END\]|END OF PLAN\.?|<\/plan>)\s*$/i;
