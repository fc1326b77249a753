// Finds the frame of a document: fences, tags, and a model's thinking before it. In: a text. Out: the blocks that may
// hold a document. This file does not look into the document.

export interface Block {
  readonly code: "FENCE" | "TAG";
  readonly start: number;
  readonly end: number;
  /** Whether the block has an end mark. */
  readonly closed: boolean;
}

const BLOCKS = 20;
const FENCE = /^[ \t]*(```+|~~~+)[ \t]*([\w+-]*)[^\n]*$/gm;
const TAGS = ["plan", "json", "output", "answer", "steps", "response", "result", "final_plan"];

/** The blocks of a text, in order: those of fences, or else those of tags. */
export function blocksIn(text: string): readonly Block[] {
  const fences = fencesIn(text);
  return fences.length > 0 ? fences : tagsIn(text);
}

function fencesIn(text: string): readonly Block[] {
  const blocks: Block[] = [];
  FENCE.lastIndex = 0;
  while (blocks.length < BLOCKS) {
    const open = FENCE.exec(text);
    if (open === null) break;
    const start = Math.min(FENCE.lastIndex + 1, text.length);
    const close = closingFence(text, start, open[1]!);
    blocks.push({ code: "FENCE", start, end: close?.start ?? text.length, closed: close !== undefined });
    FENCE.lastIndex = close?.end ?? text.length;
  }
  return blocks;
}

/** Also accepts a fence at the end of a line: models put one behind the last bracket. */
function closingFence(text: string, from: number, mark: string): { start: number; end: number } | undefined {
  const close = new RegExp(`(?:^[ \\t]*|(?<=[\\]}][ \\t]{0,20}))${mark}[ \\t]*$`, "gm");
  close.lastIndex = from;
  const match = close.exec(text);
  return match === null ? undefined : { start: match.index, end: close.lastIndex };
}

function tagsIn(text: string): readonly Block[] {
  const opening = /<([a-z_]{4,10})>/gi;
  const blocks: Block[] = [];
  for (let tries = 0; tries < 5 * BLOCKS && blocks.length < BLOCKS; tries++) {
    const open = opening.exec(text);
    if (open === null) break;
    const name = open[1]!.toLowerCase();
    if (!TAGS.includes(name)) continue;
    const start = opening.lastIndex;
    const end = closingTag(text, open[1]!, start);
    blocks.push({ code: "TAG", start, end: end ?? text.length, closed: end !== undefined });
    if (end !== undefined) opening.lastIndex = end;
  }
  return blocks;
}

function closingTag(text: string, name: string, from: number): number | undefined {
  const at = text.indexOf(`</${name}>`, from);
  return at === -1 ? undefined : at;
}

const OPENING = /^<(think|thinking|thought|reasoning|scratchpad)>/i;
const CLOSING = /<\/(think|thinking|thought|reasoning|scratchpad)>/gi;

/** The end of the thinking before a document; "open" if it never ends; undefined if there is none. */
export function thinkingEnd(text: string): number | "open" | undefined {
  const open = OPENING.exec(text);
  if (open === null && /^[{["]/.test(text)) return undefined;
  const name = open?.[1]?.toLowerCase();
  CLOSING.lastIndex = 0;
  for (let match = CLOSING.exec(text); match !== null; match = CLOSING.exec(text)) {
    if (name === undefined || match[1]!.toLowerCase() === name) return CLOSING.lastIndex;
  }
  return name === undefined ? undefined : "open";
}
