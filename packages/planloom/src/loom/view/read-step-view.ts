// Reads the view of one step or phase. In: a store, and the key of a row. Out: its view. The journal is read only of what
// is shown.
import type { StepRef } from "../../run/event.js";
import { readLog } from "../../engine/log.js";
import type { EventStore } from "../../store/event-store.js";
import { PlanloomError } from "../../words/planloom-error.js";
import type { Home } from "../retry.js";
import { besideOf } from "./beside.js";
import { findPhase, phaseView } from "./phase-view.js";
import type { StepView } from "./run-view.js";
import { findStep, stepViewOf } from "./step-view.js";
import { rowContext, shownSteps, timelineOf } from "./view.js";

/** Rejects with RUN_UNKNOWN, NO_SUCH_STEP. */
export async function readStepView(
  runId: string,
  { step, item }: StepRef,
  store: EventStore,
  home: Pick<Home, "now" | "historyBefore">,
): Promise<StepView> {
  const log = await readLog(store, runId);
  const timeline = timelineOf(log);
  const context = rowContext(timeline, await besideOf(timeline.run, store, home));
  const rowsOf = (stepId: string, of: number | null) => store.readJournal({ runId, stepId, item: of });
  const phase = item === undefined ? findPhase(step, context) : undefined;
  if (phase !== undefined) return phaseView(phase, log, await rowsOf(phase.scope, null), context);
  const found = findStep(shownSteps(timeline), step, item);
  if (found !== undefined) return stepViewOf(found, log, await rowsOf(found.ref.step, found.ref.item ?? null), context);
  throw new PlanloomError("NO_SUCH_STEP", { runId, step: item === undefined ? step : `${step}[${item}]` });
}
