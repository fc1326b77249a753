// Finds the blocks of a text: `[PLAN]`, fences and tags. In: a text. Out: the blocks that may hold a document. This file
// does not look into the document.

export interface Block {
  readonly code: "FENCE" | "TAG";
  readonly start: number;
  readonly end: number;
  /** Whether the block has an end mark. */
  readonly closed: boolean;
  /** The block says that it holds a plan. */
  readonly isPlan: boolean;
}

const BLOCKS = 20;
const FENCE = /^[ \t]*(```+|~~~+)[ \t]*([\w+-]*)[^\n]*$/gm;
const PLAN_TAGS = ["plan", "steps", "final_plan"];
const TAGS = ["plan", "json", "output", "answer", "steps", "response", "result", "final_plan"];

const PLAN_OPENING =
  /^[ \t]{0,8}[*_#]{0,4}[ \t]{0,2}\[(?:the )?(?:plan|steps|final plan|begin plan|plan start|start of plan)\][*_]{0,2}[ \t]*:?[ \t]*$/gim;
const PLAN_CLOSING =
  /^[ \t]{0,8}[*_]{0,2}\[(?:plan end|end plan|end of plan|end of the plan|\/plan|\/steps|end|steps end|end steps)\]/im;

/** Whether a text begins with the mark of a plan, which is no list in brackets. */
export const opensPlan = (text: string): boolean =>
  text.slice(0, 40).search(new RegExp(PLAN_OPENING.source, "im")) === 0;

/** The blocks of a text, in order: those of `[PLAN]`, or else those of fences, or else those of tags. */
export function blocksIn(text: string): readonly Block[] {
  const plans = plansIn(text);
  if (plans.length > 0) return plans;
  const fences = fencesIn(text);
  return fences.length > 0 ? fences : tagsIn(text);
}

/** `[PLAN]` … `[PLAN END]`. Without an end mark, the text goes on to its end. */
function plansIn(text: string): readonly Block[] {
  const blocks: Block[] = [];
  PLAN_OPENING.lastIndex = 0;
  for (let open = PLAN_OPENING.exec(text); open !== null && blocks.length < BLOCKS; open = PLAN_OPENING.exec(text)) {
    const start = PLAN_OPENING.lastIndex;
    const close = PLAN_CLOSING.exec(text.slice(start));
    const end = close === null ? text.length : start + close.index;
    blocks.push({ code: "TAG", start, end, closed: close !== null, isPlan: true });
    PLAN_OPENING.lastIndex = end;
  }
  if (blocks.length > 0) return blocks;
  // A prompt may end with the opening mark. Then the reply has only the end mark.
  const close = PLAN_CLOSING.exec(text);
  return close === null ? [] : [{ code: "TAG", start: 0, end: close.index, closed: true, isPlan: true }];
}

function fencesIn(text: string): readonly Block[] {
  const blocks: Block[] = [];
  FENCE.lastIndex = 0;
  while (blocks.length < BLOCKS) {
    const open = FENCE.exec(text);
    if (open === null) break;
    const start = Math.min(FENCE.lastIndex + 1, text.length);
    const close = closingFence(text, start, open[1]!);
    const isPlan = /^(?:plan|steps)$/i.test(open[2]!);
    blocks.push({ code: "FENCE", start, end: close?.start ?? text.length, closed: close !== undefined, isPlan });
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
    const isPlan = PLAN_TAGS.includes(name);
    blocks.push({ code: "TAG", start, end: end ?? text.length, closed: end !== undefined, isPlan });
    if (end !== undefined) opening.lastIndex = end;
  }
  return blocks;
}

function closingTag(text: string, name: string, from: number): number | undefined {
  const at = text.indexOf(`</${name}>`, from);
  return at === -1 ? undefined : at;
}
