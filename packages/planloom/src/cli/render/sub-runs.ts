// Shows the runs of sub-plans in place, below the step that they are. In: the document of a run, and how a run is read.
// Out: lines by step: goal, plan, steps and answer of each child run, and of the runs below it.
import { documentOf, type RunDocument } from "../../loom/document.js";
import { currentPlan } from "../../run/lookup.js";
import { refText } from "../../run/step-ref.js";
import type { Run } from "../../run/state.js";
import { commandLine } from "../carried.js";
import { shellWord } from "../shell-word.js";
import { oneLine } from "../style.js";
import { cliSurface } from "../surface.js";
import { planLines } from "./plan.js";

/** By the id of the step. */
export type LinesBelow = ReadonlyMap<string, readonly string[]>;

/** Further items of a list are named, and not opened. */
const MOST_ITEMS = 10;
const ANSWER_CHARS = 500;

export interface OpenRuns {
  readonly load: (runId: string) => Promise<Run>;
  /** The lines of the steps of a run. */
  readonly steps: (document: RunDocument, below: LinesBelow) => readonly string[];
}

/** `depth`: how many levels are opened. */
export async function linesBelow(document: RunDocument, depth: number, open: OpenRuns): Promise<LinesBelow> {
  if (depth < 1) return new Map();
  const found = new Map<string, readonly string[]>();
  for (const { id, child, items = [] } of document.steps) {
    const children = [
      ...(child === undefined ? [] : [{ ref: { step: id }, child }]),
      ...items.flatMap(({ index, child: below }) =>
        below === undefined ? [] : [{ ref: { step: id, item: index }, child: below }],
      ),
    ];
    const lines: string[] = [];
    for (const {
      ref,
      child: { runId },
    } of children.slice(0, MOST_ITEMS))
      lines.push(...(await openedLines(refText(ref), runId, depth, open)));
    const left = children.length - MOST_ITEMS;
    if (left > 0) lines.push(`      and ${left} more sub-plans: ${commandLine(["runs", "--children"])}`);
    if (lines.length > 0) found.set(id, lines);
  }
  return found;
}

async function openedLines(ref: string, runId: string, depth: number, open: OpenRuns): Promise<readonly string[]> {
  const run = await open.load(runId);
  const document = documentOf(run, cliSurface);
  const proposed = currentPlan(run);
  const below = await linesBelow(document, depth - 1, open);
  const { answer, goal, status } = document;
  const lines = [
    `${ref}: ${oneLine(goal, 200)} (${status})`,
    `  ${commandLine(["show", shellWord(runId)])}`,
    ...(proposed === undefined ? [] : planLines(proposed.plan, proposed.tools.values())),
    ...open.steps(document, below),
    ...(answer === null
      ? []
      : [`  answer  ${oneLine(typeof answer === "string" ? answer : JSON.stringify(answer), ANSWER_CHARS)}`]),
  ];
  return lines.map((line) => line.replaceAll(/^/gm, "      "));
}
