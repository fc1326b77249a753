// Events, rows and entries as short as a store's test needs them. In: what matters to the story. Out: complete values.
// Separate because the conformance suite and the tests of single stores tell their stories with the same ones.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import type { InboxEntry, JournalRow } from "../../src/store/event-store.js";
import type { Json } from "../../src/plan/json.js";
import { NO_USAGE } from "../../src/plan/usage.js";
import type { RunEvent } from "../../src/run/event.js";
import { headOf, type RunHead } from "../../src/run/view/head.js";
import { start, Story } from "../../src/testing/given-when-then.js";

interface Place {
  readonly runId: string;
  readonly seq: number;
  readonly at?: number;
}

/** An event whose `output` may be any JSON. */
export function completed(place: Place, output: Json): RunEvent {
  const data = { step: "find", output, from: { steps: [], tools: ["search"] }, usage: NO_USAGE };
  return { type: "step.completed", data, ...envelope(place) };
}

export function goalChanged(place: Place, goal: string): RunEvent {
  return { type: "goal.changed", data: { goal, reason: "because" }, ...envelope(place) };
}

/** A head as an engine gives it with events. */
export function headAt(runId: string, lastSeq: number, change: Partial<RunHead> = {}): RunHead {
  const none = { steps: 0, completed: 0, failed: 0, skipped: 0, replans: 0 };
  return {
    runId,
    goal: "",
    status: "running",
    revision: 1,
    totals: { ...none, modelCalls: 0, inputTokens: 0, outputTokens: 0, costUsd: 0 },
    tags: [],
    startedAt: 1_001,
    updatedAt: 1_000 + lastSeq,
    lastSeq,
    lastType: "step.completed",
    ...change,
  };
}

/** A run that was started and waits for its planner: the shortest log that can be folded, and its head. */
export function started(runId: string, { goal = "Compare", at = 1_000 } = {}) {
  const story = new Story(runId).when({ ...start({ goal }), at });
  return { story, ...recorded(story) };
}

/** What the last input of a story was answered with, and the head after that. */
export function recorded({ run, events }: Story) {
  return { events, head: headOf(run, events.at(-1)!) };
}

/** `count` small events of a run, from 1. */
export function chain(runId: string, count: number): RunEvent[] {
  return Array.from({ length: count }, (_, index) => completed({ runId, seq: index + 1 }, index + 1));
}

function envelope({ runId, seq, at = 1_000 + seq }: Place) {
  return { runId, seq, at, v: 1, inputId: `input-${seq}`, by: "engine", prev: seq === 1 ? "" : `link-${seq - 1}` };
}

export function row(runId: string, change: Partial<JournalRow> = {}): JournalRow {
  const scope = { runId, stepId: "find", item: null, attempt: 1, n: 1 };
  return { ...scope, name: "model", key: null, intent: "ask", outcome: null, at: 1_000, ...change };
}

export function entry(inputId: string, payload: Json = { command: "pause" }): Omit<InboxEntry, "cursor"> {
  return { inputId, at: 1_000, by: "ann", payload };
}

/** A folder that goes when the test ends. */
export function folder(): string {
  const path = mkdtempSync(join(tmpdir(), "planloom-store-"));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}
