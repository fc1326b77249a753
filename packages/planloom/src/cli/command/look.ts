// Shows parts of a run: one step at its start, or two plans side by side. In: a run's name. Out: documents on stdout.
// read.ts shows runs as a whole.
import { readLog } from "../../engine/log.js";
import { diffPlans } from "../../plan/revise/diff.js";
import type { Json } from "../../plan/json.js";
import type { EventOf, RunEvent, StepRef } from "../../run/event.js";
import { evolve } from "../../run/evolve/evolve.js";
import { emptyRun, type Run } from "../../run/state.js";
import { reasonText } from "../../words/reasons.js";
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
    const plans = log.filter((event) => event.type === "plan.proposed");
    const [from, to] = pairOf(runId, plans, before, after);
    const diff = diffPlans(from.plan, to.plan);
    const { revision, hash, cause, reason, kept = [] } = to;
    if (flags.json === true) {
      const ends = { from: { revision: from.revision, hash: from.hash }, to: { revision, hash, cause } };
      printJson({ runId, ...ends, reason: reason === undefined ? null : reasonText(reason), kept, ...diff });
      return EXIT.done;
    }
    const why = revision === from.revision + 1 ? whyLines(foldedTo(log, plans, to), to) : [];
    printLines([`revision ${from.revision} -> ${revisionTitle(to)}`, ...why, ...diffLines(diff)]);
    return EXIT.done;
  });
}

type Proposal = EventOf<"plan.proposed">;

function pairOf(runId: string, plans: readonly Proposal[], before: string | undefined, after: string | undefined) {
  const revisions = plans.map(({ data }) => data.revision);
  if (plans.length < 2) throw new PlanloomError("NO_REVISION", { runId, revisions });
  const named = (text: string): Proposal["data"] => {
    const found = plans.find(({ data }) => String(data.revision) === text);
    if (found !== undefined) return found.data;
    throw new PlanloomError("NO_REVISION", { runId, revision: oneLine(text, 40), revisions });
  };
  const last = plans.at(-1)!.data;
  return [
    before === undefined ? plans.at(-2)!.data : named(before),
    after === undefined ? last : named(after),
  ] as const;
}

/** The run when the plan was proposed. Earlier rejections explain the plan. */
function foldedTo(log: readonly RunEvent[], plans: readonly Proposal[], data: Proposal["data"]): Run {
  const { seq, runId } = plans.find((event) => event.data === data)!;
  const run = emptyRun(runId);
  for (const event of log) if (event.seq <= seq) evolve(run, event);
  return run;
}
