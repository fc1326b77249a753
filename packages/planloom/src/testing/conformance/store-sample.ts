// Short events, rows and entries for tests of stores. In: the fields that matter to the story. Out: complete values.
// The conformance suite and the tests of single stores use the same ones.
import { randomUUID } from "node:crypto";
import type { EventStore, InboxEntry, JournalRow } from "../../store/event-store.js";
import type { Json } from "../../plan/json.js";
import { NO_USAGE } from "../../plan/usage.js";
import { EVENT_VERSION, type RunEvent } from "../../run/event.js";
import { headOf, type RunHead } from "../../run/view/head.js";
import { start, Story } from "../given-when-then.js";

/** A ready store. */
export type OpenStore = () => Promise<EventStore>;

/** The epoch of the first events of a run without an owner. */
export const NEW = { expectedSeq: 0, epoch: 0 };

/** An id that no other story uses. */
export const newRun = (): string => `run-${randomUUID()}`;

interface EventPosition {
  readonly runId: string;
  readonly seq: number;
  readonly at?: number;
}

/** An event whose `output` may be any JSON. */
export function completedEvent(position: EventPosition, output: Json): RunEvent {
  const data = { step: "find", output, from: { steps: [], tools: ["search"] }, usage: NO_USAGE };
  return { type: "step.completed", data, ...envelope(position) };
}

export function goalChanged(position: EventPosition, goal: string): RunEvent {
  return { type: "goal.changed", data: { goal, comment: "because" }, ...envelope(position) };
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
  return { story, ...eventsAndHead(story) };
}

/** The events that followed from the last input of a story, and the head after them. */
export function eventsAndHead({ run, events }: Story) {
  return { events, head: headOf(run, events.at(-1)!) };
}

/** `count` small events of a run, from 1. */
export function chain(runId: string, count: number): RunEvent[] {
  return Array.from({ length: count }, (_, index) => completedEvent({ runId, seq: index + 1 }, index + 1));
}

function envelope({ runId, seq, at = 1_000 + seq }: EventPosition) {
  return {
    runId,
    seq,
    at,
    v: EVENT_VERSION,
    inputId: `input-${seq}`,
    by: "engine",
    prev: seq === 1 ? "" : `link-${seq - 1}`,
  };
}

export function row(runId: string, change: Partial<JournalRow> = {}): JournalRow {
  const scope = { runId, stepId: "find", item: null, attempt: 1, n: 1 };
  return { ...scope, name: "model", key: null, intent: "ask", outcome: null, at: 1_000, ...change };
}

export function entry(inputId: string, payload: Json = { command: "pause" }): Omit<InboxEntry, "cursor"> {
  return { inputId, at: 1_000, by: "ann", payload };
}
