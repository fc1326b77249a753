// Shows parts of a run: one step at its start, or two plans side by side. In: a run's name. Out: documents on stdout.
// read.ts shows runs as a whole.
import { readLog } from "../../engine/log.js";
import type { Json } from "../../plan/json.js";
import type { RunEvent, StepRef } from "../../run/event.js";
import { evolve } from "../../run/evolve/evolve.js";
import { emptyRun, type Run } from "../../run/state.js";
import { revisionDiff, revisionsIn } from "../../loom/revision-diff.js";
import { contextAt, type ContextThen } from "../../loom/step-context.js";
import { PlanloomError } from "../../words/planloom-error.js";
import { EXIT } from "../exit-code.js";
import { printJson, printLines } from "../output.js";
import { withStore, type StoreFlags } from "../open-loom.js";
import { diffLines, revisionTitle, whyLines } from "../render/revision.js";
import { runNamed } from "../run-name.js";
import { manyLines, oneLine, paint } from "../style.js";

type LookFlags = StoreFlags & { readonly json?: boolean };

/** `planloom show RUN --at STEP`, or `STEP[ITEM]`. */
export async function atCommand(name: string, named: string, flags: LookFlags): Promise<number> {
  const ref = refIn(named);
  return withStore(flags, async (store, where) => {
    const runId = await runNamed(store, name, where);
    const then = contextAt(await readLog(store, runId), ref);
    if (then === undefined) throw new PlanloomError("STEP_NOT_BEGUN", { runId, step: oneLine(named, 80) });
    if (flags.json === true) printJson({ runId, ...then });
    else printLines(contextLines(runId, then));
    return EXIT.done;
  });
}

function refIn(named: string): StepRef {
  const [, step = named, item] = /^([^[]+)\[(\d{1,9})\]$/.exec(named) ?? [];
  return item === undefined ? { step } : { step, item: Number(item) };
}

function contextLines(runId: string, then: ContextThen): readonly string[] {
  const { step, item, title, attempt, revision, goal, at, seq, references, context } = then;
  return [
    `${paint("bold", "run")}      ${runId}, as it stood before its event ${seq} (${at})`,
    `${paint("bold", "goal")}     ${manyLines(goal)}`,
    `${paint("bold", "step")}     ${step}${item === undefined ? "" : `[${item}]`}: ${oneLine(title)} (revision ${revision}, attempt ${attempt})`,
    ...valueLines("reads", references),
    ...valueLines("context", context),
    `${paint("bold", "with")}     ${valueText(then.arguments)}`,
  ];
}

function valueLines(word: string, values: { readonly [name: string]: Json }): readonly string[] {
  return Object.entries(values).map(
    ([name, value], index) => `${paint("bold", (index === 0 ? word : "").padEnd(8))} ${name} = ${valueText(value)}`,
  );
}

const valueText = (value: Json): string => oneLine(typeof value === "string" ? value : JSON.stringify(value), 2_000);

/** Without revisions: the last plan against the one before. With one: that revision against the last. */
export async function diffCommand(
  name: string,
  before: string | undefined,
  after: string | undefined,
  flags: LookFlags,
): Promise<number> {
  return withStore(flags, async (store, where) => {
    const runId = await runNamed(store, name, where);
    const log = await readLog(store, runId);
    const both = revisionsIn(log, { from: cut(before), to: cut(after) });
    const { from, to } = both;
    const diff = revisionDiff(both);
    if (flags.json === true) {
      printJson(diff);
      return EXIT.done;
    }
    const why = diff.to.revision === diff.from.revision + 1 ? whyLines(foldedTo(log, to), to.data) : [];
    printLines([`revision ${from.data.revision} -> ${revisionTitle(to.data)}`, ...why, ...diffLines(diff)]);
    return EXIT.done;
  });
}

/** A revision as it was typed, as one short line. */
const cut = (revision: string | undefined): string | undefined => revision && oneLine(revision, 40);

/** The run when the plan was proposed. Earlier rejections explain the plan. */
function foldedTo(log: readonly RunEvent[], { seq, runId }: RunEvent): Run {
  const run = emptyRun(runId);
  for (const event of log) if (event.seq <= seq) evolve(run, event);
  return run;
}
