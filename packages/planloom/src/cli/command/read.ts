// Commands that read one run: show, events, watch. In: a run's name. Out: documents on stdout. They need
// neither tools nor models, and work while another process drives the run.
import { commandLine } from "../carried.js";
import { currentPlan } from "../../run/lookup.js";
import { systemClock } from "../../clock.js";
import { settingsOf, type LoomConfig } from "../../loom/config.js";
import { livenessOf } from "../../engine/holder.js";
import { isHeldBy } from "../../engine/lease.js";
import { loadRun, readEvents, readLog, readRecordedEvents } from "../../engine/log.js";
import { rolesOf } from "../../loom/roles.js";
import { pricesFor } from "../../model/settings/prices.js";
import type { PriceOf } from "../../plan/estimate/price.js";
import { costOf, modelCosts } from "../../run/view/cost.js";
import { documentOf, shownAnswer, type RunDocument } from "../../loom/document.js";
import { typeFromSchema } from "../../plan/type/schema.js";
import { shortText } from "../../plan/type/type.js";
import { type Run } from "../../run/state.js";
import type { EventStore } from "../../store/event-store.js";
import { Follower } from "../follow.js";
import { openDisplay } from "../display.js";
import { EXIT, exitOfRun } from "../exit-code.js";
import { printJson, printJsonLine, printLines, say, type RawFlags } from "../output.js";
import { faultOf } from "../streams.js";
import { withStore, type StoreFlags } from "../open-loom.js";
import { scoutedLines } from "../render/asking.js";
import { critiqueLines, figureLines, modelLines, printEndAnswer, sayEnd, waitingLines } from "../render/end.js";
import { LIMITS } from "../../limits.js";
import { refText } from "../../run/step-ref.js";
import { usageError } from "../error-text.js";
import { waitingBelow } from "../waiting-below.js";
import { linesBelow, type LinesBelow } from "../render/sub-runs.js";
import { readableText } from "../../plan/json.js";
import { roundsText } from "../../words/rounds.js";
import { costText } from "../render/estimate.js";
import { previewsToRead, type PreviewsByHash } from "../previews.js";
import { planApprovalLines } from "../render/approval.js";
import { planLines } from "../render/plan.js";
import { approvalLines } from "../render/revision.js";
import { historyOf } from "../render/history.js";
import { reusedText, traceLines } from "../render/trace.js";
import { runNamed } from "../run-name.js";
import { atCommand } from "./look.js";
import { recordedFor, recordedLines, waitingStill, type RecordedCommand } from "../recorded.js";
import { cliSurface } from "../surface.js";
import { manyLines, oneLine, paint } from "../style.js";
import { durationText } from "../../words/phrases.js";
import { traceOf } from "../../loom/trace.js";
import { shellWord } from "../shell-word.js";
import { strategyText } from "../../words/strategies.js";

type ReadFlags = StoreFlags & { readonly json?: boolean };

export async function showCommand(
  name: string,
  flags: ReadFlags & { readonly trace?: boolean; readonly at?: string; readonly depth?: string },
): Promise<number> {
  const depth = depthIn(flags.depth);
  if (flags.at !== undefined) return atCommand(name, flags.at, flags);
  return withStore(flags, async (store, storeName, { config }) => {
    const runId = await runNamed(store, name, storeName);
    const run = await loadRun(store, runId);
    const document = documentOf(run, cliSurface);
    const prices = pricesToday(config);
    const cost = costOf(run, prices);
    const models = modelCosts(run, prices);
    const recorded = await recordedFor(store, run);
    const log = flags.trace === true ? await readLog(store, runId) : undefined;
    const trace = log === undefined ? undefined : traceOf(log, await store.readRunJournal(runId));
    if (flags.json === true)
      printJson({
        ...document,
        ...(recorded.length === 0 ? {} : { recorded }),
        ...cost,
        models,
        ...(trace === undefined ? {} : { trace, history: historyOf(log!) }),
      });
    else {
      const load = (id: string) => loadRun(store, id);
      const below = await linesBelow(document, depth, { load, steps: stepLines });
      const steps = trace === undefined ? stepLines(document, below) : traceLines(trace, log!);
      printLines(
        showLines(
          run,
          [...awaitedLines(run), ...steps],
          [...modelLines(models), `  cost     ${costText(cost, "price, or no count of tokens,")}`],
          recorded,
          await previewsToRead(runId, document.waiting, flags),
        ),
      );
      for (const one of await waitingBelow(document, load))
        if (one.waiting !== undefined) printLines(waitingLines(one.runId, one.waiting));
    }
    const stopped = document.finishedAt === null && document.waiting === undefined && !(await isDriven(store, runId));
    if (stopped && flags.json !== true) say(orphanLine(document));
    return EXIT.done;
  });
}

/** The configured prices. A faulty configuration gives no prices, and never hides a run. */
function pricesToday(config: LoomConfig): PriceOf {
  try {
    settingsOf(config);
    const { roles, specialists } = rolesOf(config, process.env);
    return pricesFor(roles, config.prices, specialists);
  } catch {
    return () => undefined;
  }
}

export function showLines(
  state: Run,
  steps: readonly string[],
  figures: readonly string[] = [],
  recorded: readonly RecordedCommand[] = [],
  previews: PreviewsByHash = new Map(),
): readonly string[] {
  const run = documentOf(state, cliSurface);
  const proposed = currentPlan(state);
  const { plan, report, status, success } = run;
  const waiting = waitingStill(run.waiting, recorded);
  const answer = shownAnswer(run);
  return [
    `${paint("bold", "run")}      ${run.runId}`,
    `${paint("bold", "goal")}     ${manyLines(run.goal)}`,
    ...(run.strategy === "plan" && run.choice === undefined
      ? []
      : [`${paint("bold", "strategy")} ${oneLine(strategyText(run.strategy, state.planning.choice), 2_000)}`]),
    ...(run.tags.length === 0 ? [] : [`${paint("bold", "tags")}     ${oneLine(run.tags.join(", "))}`]),
    ...(run.simulated === true
      ? [`${paint("bold", "effects")}  simulated: tools with effects are not called, and their outputs are made up`]
      : []),
    ...(run.playbook === undefined ? [] : [`${paint("bold", "playbook")} ${playbookText(run.playbook)}`]),
    ...(run.answerSchema === undefined
      ? []
      : [`${paint("bold", "answer")}   ${oneLine(shortText(typeFromSchema(run.answerSchema)))}`]),
    ...(run.within === undefined
      ? []
      : [
          `${paint("bold", "within")}   step ${refText(run.within)} of run ${run.within.runId}${run.within.root === run.within.runId ? "" : `, below run ${run.within.root}`}`,
        ]),
    ...(run.parent === undefined
      ? []
      : [`${paint("bold", "forked")}   from run ${run.parent.runId} at step ${run.parent.at}`]),
    `${paint("bold", "status")}   ${status}${status === "completed" && !success ? " (without success)" : ""}, begun ${run.startedAt}${run.retriedAt === undefined ? "" : `, retried ${run.retriedAt}`}`,
    ...(plan === null || proposed === undefined
      ? []
      : [
          `${paint("bold", "plan")}     revision ${plan.revision}, hash ${plan.hash}`,
          ...planLines(proposed.plan, proposed.tools.values()),
          ...scoutedLines(state.planning.scouted),
          "",
        ]),
    ...steps,
    ...figureLines(run),
    ...figures,
    ...(run.error === undefined ? [] : [`  error    ${run.error.code}: ${manyLines(run.error.message)}`]),
    ...(report === undefined || report.why === run.error?.message ? [] : [`  why      ${manyLines(report.why)}`]),
    ...(report === undefined ? [] : [`  next     ${manyLines(report.next)}`]),
    ...(waiting === undefined ? [] : ["", ...waitingLines(run.runId, waiting, previews)]),
    ...(recorded.length === 0 ? [] : ["", ...recordedLines(run.runId, recorded)]),
    ...(answer === null
      ? []
      : ["", `${paint("bold", run.partial === true ? "answer (partial)" : "answer")}\n${readableText(answer)}`]),
    ...(run.critique === undefined ? [] : ["", ...critiqueLines(run)]),
  ];
}

const playbookText = ({ name, standing }: NonNullable<RunDocument["playbook"]>): string =>
  standing === undefined || "changed" in standing
    ? oneLine(name)
    : `${oneLine(name)}, with the standing approval of ${oneLine(standing.by)}`;

/** All that a person approves, if the plan waits for approval. */
function awaitedLines(run: Run): readonly string[] {
  if (![...run.approvals.pending.values()].some(({ subject }) => subject === "plan")) return [];
  return [...planApprovalLines(run), ...approvalLines(run), ""];
}

function depthIn(depth: string | undefined): number {
  if (depth === undefined) return LIMITS.subPlanDepth;
  if (/^\d{1,2}$/.test(depth)) return Number(depth);
  throw usageError(`--depth is ${oneLine(depth, 60)}.`, `Write a whole number from 0 to ${LIMITS.subPlanDepth}.`);
}

function stepLines(run: RunDocument, below: LinesBelow = new Map()): readonly string[] {
  return run.steps.flatMap((step) => {
    const { id, status, attempts, startedAt, finishedAt, error, items, rounds, carried } = step;
    const took =
      startedAt === null || finishedAt === null ? "" : durationText(Date.parse(finishedAt) - Date.parse(startedAt));
    const parts = [
      reusedText(carried, run.runId),
      took,
      attempts > 1 ? `${attempts} attempts` : "",
      rounds !== undefined ? roundsText(rounds) : items === undefined ? "" : `${items.length} items`,
      error === undefined ? "" : `${error.code}: ${oneLine(error.message)}`,
    ];
    const shown = run.finishedAt !== null && status === "pending" ? "not begun" : status;
    const line = `  ${shown.padEnd(9)}  ${id}  ${parts.filter(Boolean).join(", ")}`.trimEnd();
    return [line, ...(below.get(id) ?? [])];
  });
}

export async function eventsCommand(name: string, flags: StoreFlags & { readonly follow?: boolean }): Promise<number> {
  return withStore(flags, async (store, storeName) => {
    const runId = await runNamed(store, name, storeName);
    for await (const event of readRecordedEvents(store, systemClock, runId, { follow: flags.follow === true })) {
      printJsonLine(event);
      if (faultOf("stdout") !== undefined) break;
    }
    return EXIT.done;
  });
}

/**
 * How long a run may be without an owner before watching ends. A run has none while one process hands it to another.
 */
const ORPHAN_MS = 1_000;

/** Shows a run of another process until it ends, or until nobody drives it any more. */
type WatchFlags = StoreFlags & RawFlags & { readonly json?: boolean };

export async function watchCommand(name: string, flags: WatchFlags): Promise<number> {
  return withStore(flags, async (store, storeName) => {
    const runId = await runNamed(store, name, storeName);
    const follower = new Follower(openDisplay(flags.quiet === true));
    const orphaned = new AbortController();
    const timer = watchOwner(store, runId, orphaned);
    try {
      const options = { follow: true, signal: orphaned.signal };
      for await (const event of readEvents(store, systemClock, runId, options)) follower.event(event);
    } finally {
      clearInterval(timer);
      follower.rest();
    }
    // The end that was followed. The run may have been retried since.
    return closing(documentOf(follower.run ?? (await loadRun(store, runId)), cliSurface), flags);
  });
}

function watchOwner(store: EventStore, runId: string, orphaned: AbortController): NodeJS.Timeout {
  let since: number | undefined;
  const look = async (): Promise<void> => {
    since = (await isDriven(store, runId)) ? undefined : (since ?? Date.now());
    if (since !== undefined && Date.now() - since >= ORPHAN_MS) orphaned.abort();
  };
  return setInterval(() => void look().catch(() => orphaned.abort()), ORPHAN_MS / 3);
}

async function isDriven(store: EventStore, runId: string): Promise<boolean> {
  return isHeldBy(await store.owner(runId), livenessOf, Date.now());
}

function closing(document: RunDocument, flags: WatchFlags): number {
  if (flags.json === true) printJson(document);
  else printEndAnswer(document, flags);
  sayClosing(document, flags);
  return exitOfRun(document);
}

function sayClosing(document: RunDocument, { quiet }: WatchFlags): void {
  const { runId, waiting, finishedAt } = document;
  if (finishedAt !== null) {
    if (quiet !== true || document.status !== "completed") sayEnd(document);
  } else if (waiting !== undefined) waitingLines(runId, waiting).forEach((line) => say(line));
  else say(orphanLine(document));
}

const orphanLine = ({ runId, status }: RunDocument): string =>
  `Run ${runId} is ${status}, but no process drives it. Continue it with: ${commandLine(["resume", shellWord(runId)])}`;
