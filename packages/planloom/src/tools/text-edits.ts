// Edits a text by exact replacement. In: a text and edits. Out: the new text, or the first edit that does not fit and
// why. Pure.
import { LIMITS } from "../limits.js";
import type { EditFault } from "../words/tools/files.js";

export interface TextEdit {
  readonly old: string;
  readonly new: string;
  /** Replaces each occurrence. Otherwise there must be exactly one. */
  readonly all?: boolean | undefined;
}

export type Edited =
  | { readonly ok: true; readonly text: string; readonly replaced: number }
  /** `edit` counts from 1. */
  | { readonly ok: false; readonly edit: number; readonly fault: EditFault };

/** Each edit is made in the text that the edits before it left. */
export function withEdits(text: string, edits: readonly TextEdit[]): Edited {
  let [now, replaced] = [text, 0];
  for (const [index, edit] of edits.entries()) {
    const fault = faultOf(now, edit);
    if (fault !== undefined) return { ok: false, edit: index + 1, fault };
    const parts = edit.all === true ? now.split(edit.old) : inTwo(now, edit.old);
    replaced += parts.length - 1;
    now = parts.join(edit.new);
  }
  return { ok: true, text: now, replaced };
}

function inTwo(text: string, old: string): readonly string[] {
  const at = text.indexOf(old);
  return [text.slice(0, at), text.slice(at + old.length)];
}

function faultOf(text: string, { old, new: now, all }: TextEdit): EditFault | undefined {
  if (old === now) return { problem: "same" };
  const places = placesOf(text, old);
  if (places.length === 0) return { problem: "none", near: nearLines(text, old), ends: endsOf(text, old) };
  if (all !== true && places.length > 1) return { problem: "many", times: places.length, lines: linesAt(text, places) };
  // The new text is not made if it is too large.
  const times = all === true ? text.split(old).length - 1 : 1;
  return text.length + times * (now.length - old.length) > LIMITS.fileBytes ? { problem: "large" } : undefined;
}

/** Places that overlap count: it is not clear which of them is meant. At most LIMITS.editPlaces. */
function placesOf(text: string, old: string): readonly number[] {
  const places: number[] = [];
  for (let at = text.indexOf(old); at >= 0 && places.length < LIMITS.editPlaces; at = text.indexOf(old, at + 1))
    places.push(at);
  return places;
}

/** The first of their lines, from 1. */
function linesAt(text: string, places: readonly number[]): readonly number[] {
  const lines: number[] = [];
  let [line, from] = [1, 0];
  for (const place of places.slice(0, LIMITS.editLines)) {
    for (let at = text.indexOf("\n", from); at >= 0 && at < place; at = text.indexOf("\n", at + 1))
      [line, from] = [line + 1, at + 1];
    if (lines.at(-1) !== line) lines.push(line);
  }
  return lines;
}

/** Lines that hold the first line of the wanted text, without the space around it. */
function nearLines(text: string, old: string): readonly number[] {
  const wanted = old
    .split("\n")
    .map((line) => line.trim())
    .find((line) => line !== "");
  if (wanted === undefined) return [];
  const lines: number[] = [];
  for (const [index, line] of text.split("\n").entries()) {
    if (line.includes(wanted)) lines.push(index + 1);
    if (lines.length === LIMITS.editLines) break;
  }
  return lines;
}

/** Whether only the ends of the lines differ: the file has \r\n. */
function endsOf(text: string, old: string): boolean {
  return old.includes("\n") && !old.includes("\r") && text.includes(old.replaceAll("\n", "\r\n"));
}
