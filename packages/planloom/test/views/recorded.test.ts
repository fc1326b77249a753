// The views of all recorded logs: what must hold for every run.
import { describe, expect, it } from "vitest";
import { documentOf } from "../../src/loom/document.js";
import type { BarView, RunView } from "../../src/loom/view/run-view.js";
import { LOGS, logIn } from "../fixtures/logs.js";
import { findPhase, phaseView } from "../../src/loom/view/phase-view.js";
import { findStep, stepViewOf } from "../../src/loom/view/step-view.js";
import { rowContext, shownSteps, timelineOf } from "../../src/loom/view/view.js";
import { waitingIn } from "../../src/loom/waiting/waiting-run.js";
import type { RunEvent } from "../../src/run/event.js";
import { headOf } from "../../src/run/view/head.js";
import { readLogOf, viewAt } from "./parts.js";

/** Bars stand in order, and only the last may be open. */
function assertOrdered(bars: readonly BarView[], view: RunView): void {
  for (const [index, { fromMs, toMs }] of bars.entries()) {
    expect(fromMs).toBeGreaterThanOrEqual(bars[index - 1]?.toMs ?? 0);
    if (toMs === undefined) expect(index).toBe(bars.length - 1);
    else expect(toMs).toBeGreaterThanOrEqual(fromMs);
    expect(toMs ?? fromMs).toBeLessThanOrEqual(view.axis.endMs);
  }
}

/** How much of each kind waits for a person. */
const asksOf = (waits: readonly { readonly kind: string }[]) =>
  Object.fromEntries(ASKS.map((kind) => [kind, waits.filter((wait) => wait.kind === kind).length]));

const ASKS = ["plan", "call", "question", "doubt", "unusable"] as const;

const NOTHING = { approvals: 0, questions: 0, doubts: 0 };

/** The whole log, its first half, and so on; and up to each doubt, when its tool may be asked first. */
function lengthsOf(log: readonly RunEvent[]): readonly number[] {
  const halves: number[] = [];
  for (let length = log.length; length > 0; length = Math.floor(length / 2)) halves.push(length);
  return [...halves, ...log.filter(({ type }) => type === "step.unknown").map(({ seq }) => seq)];
}

const OVER: ReadonlySet<string> = new Set(["completed", "failed", "cancelled"]);
const OPEN: ReadonlySet<string> = new Set(["planned", "queued", "running", "waiting", "retrying", "paused"]);

describe("the view of a recorded log", () => {
  it.each(LOGS)("%s has rows with ordered bars, before and after each event of the end", (name) => {
    const log = readLogOf(logIn(name));
    for (const part of [log, log.slice(0, -1), log.slice(0, Math.ceil(log.length / 2))]) {
      const view = viewAt(part);
      expect(view.seq).toBe(part.length);
      expect(new Set(view.rows.map(({ key }) => key)).size).toBe(view.rows.length);
      const works = view.rows.flatMap((row) => [row, ...(row.items?.shown ?? [])]);
      for (const work of works) {
        assertOrdered(work.bars, view);
        if (!OVER.has(view.status)) continue;
        expect(work.bars.filter(({ toMs }) => toMs === undefined)).toEqual([]);
        expect(OPEN).not.toContain(work.status);
      }
      expect(view.facts.stepsTotal).toBe(
        view.rows.filter(({ kind, key }) => kind === "step" && !key.includes("/")).length,
      );
    }
  });

  it.each(LOGS)("%s has a view of each row in full, with the same row", (name) => {
    const log = readLogOf(logIn(name));
    const context = rowContext(timelineOf(log), { now: log.at(-1)!.at });
    const steps = shownSteps(context.timeline);
    for (const row of viewAt(log).rows) {
      const phase = findPhase(row.key, context);
      const found = findStep(steps, row.key, undefined);
      const shown = phase === undefined ? stepViewOf(found!, log, [], context) : phaseView(phase, log, [], context);
      expect(shown.row).toEqual(row);
      const events = shown.events.map(({ seq }) => seq);
      expect(events).toEqual([...events].sort((a, b) => a - b));
      expect(shown.attempts.length > 0 ? events.length : 1).toBeGreaterThan(0);
      for (const { attempt, startedAfterMs } of shown.attempts)
        expect(row.bars.map((bar) => [bar.attempt, bar.fromMs])).toContainEqual([attempt, startedAfterMs]);
    }
  });

  it.each(LOGS)("%s has the figures of the document and of the head, and the same waits as the inbox", (name) => {
    const log = readLogOf(logIn(name));
    for (const length of lengthsOf(log)) {
      const part = log.slice(0, length);
      const { facts, waits } = viewAt(part);
      const { run } = timelineOf(part);
      const document = documentOf(run);
      const { totals, waiting } = headOf(run, part.at(-1)!);
      expect([facts.replans.count, facts.cost.costUsd, facts.tokens.calls, facts.stepsTotal, facts.stepsDone]).toEqual([
        document.replanCount,
        totals.costUsd,
        totals.modelCalls,
        document.stepsTotal,
        document.stepsCompleted,
      ]);
      const { approvals = [], questions = [], unknown = [], unusable = [] } = document.waiting ?? {};
      const plans = approvals.filter(({ subject }) => subject === "plan").length;
      const counts = { approvals: approvals.length, questions: questions.length, doubts: unknown.length };
      expect({ unusable: 0, ...NOTHING, ...waiting, first: undefined }).toEqual({
        ...counts,
        unusable: unusable.length,
      });
      const asked = { plan: plans, call: approvals.length - plans, question: questions.length, doubt: unknown.length };
      expect(asksOf(waits)).toEqual({ ...asked, unusable: unusable.length });
      expect(asksOf(waitingIn(run, part))).toEqual(asksOf(waits));
    }
  });
});
