// The record of a world by an all-knowing observer: durable logs and journals, promises, violations. In: facts as they
// happen. Out: the state of runs, violations, the trace. The parts of a world do not know each other; all data for
// later checks is kept here.
import { isDeepStrictEqual } from "node:util";
import type { RunEvent, StepRef } from "../../src/run/event.js";
import type { Command } from "../../src/run/command.js";
import { foldNext } from "../../src/run/log/chain.js";
import { headOf, type RunHead } from "../../src/run/view/head.js";
import { emptyRun, type Run } from "../../src/run/state.js";
import { Agreements } from "../run/agreements.js";
import type { CallOutcome } from "../../src/agents/executor/call-outcome.js";
import type { JournalRow } from "../../src/store/event-store.js";
import type { Timeline } from "./timeline.js";

export type FaultKind =
  | "kill at any time"
  | "kill before a write"
  | "kill after a write"
  | "torn write"
  | "power loss"
  | "store busy"
  | "disk full"
  | "pause (zombie)"
  | "pause after a write"
  | "clock jump"
  | "tool error"
  | "tool throw"
  | "tool hang or late act"
  | "refused output"
  | "reconcile trouble"
  | "model error"
  | "duplicate command"
  | "stale command"
  | "retry of an ended run"
  | "partial answer of an ended run"
  | "fork of an ended run"
  | "answer of another type"
  | "failed look-up of a context"
  | "abort of a signal"
  | "delete of a run";

export interface Said {
  readonly runId: string;
  readonly command: Command;
  /** Once it was put into an inbox. */
  inputId?: string;
  /** What the sender was told: recorded, accepted, or refused with a code. */
  acknowledged?: string;
}

/** A program aborts the signal of a run that had not ended. */
export interface Abort {
  readonly runId: string;
  readonly by: { readonly alive: boolean; readonly stalled: boolean };
  /** ms since the world began. */
  readonly at: number;
}

/** A run's durable log, folded as it grows. */
interface Known {
  readonly log: RunEvent[];
  readonly run: Run;
  readonly agreements: Agreements;
  epoch: number;
  /** ms since the world began, of its last event. */
  lastAt: number;
  /** How much had happened when it was deleted. Its log stays here, for the checks. */
  goneAt?: number;
}

export class Ledger {
  readonly violations: string[] = [];
  readonly trace: string[] | undefined;
  readonly faults: Partial<Record<FaultKind, number>> = {};
  readonly known = new Map<string, Known>();
  /** Events of which a process was told that they are durable. */
  readonly promised: RunEvent[] = [];
  readonly commands: Said[] = [];
  readonly aborts: Abort[] = [];
  /** How much had happened when an event became durable. */
  readonly durableAt = new Map<RunEvent, number>();
  /** Journal rows with an outcome or an intent, and when they became durable, by place. */
  readonly rows = new Map<string, { readonly row: JournalRow; readonly doneAt: number | undefined }>();
  /** Keys with a row in a journal, and keys of steps that the log says were started. */
  readonly intents = new Set<string>();
  /** Keys of calls with an outcome in a journal: how much had happened when it first became durable. */
  readonly outcomes = new Map<string, number>();
  readonly started = new Set<string>();
  /** By run, the ids of commands in the order in which they came into its inbox. */
  readonly inboxes = new Map<string, string[]>();
  /** Events refused to writers that had lost their run. */
  fenced = 0;
  readonly #time: Timeline;

  constructor(time: Timeline, traced: boolean) {
    this.#time = time;
    this.trace = traced ? [] : undefined;
  }

  say(who: string, what: string): void {
    this.trace?.push(`${String(this.#time.now).padStart(7)} ${who.padEnd(5)} ${what}`);
  }

  violate(what: string): void {
    if (!this.violations.includes(what)) this.violations.push(what);
    this.say("!!", what);
  }

  fault(kind: FaultKind, who = "world"): void {
    this.faults[kind] = (this.faults[kind] ?? 0) + 1;
    this.say(who, `fault: ${kind}`);
  }

  saying(runId: string, command: Command): Said {
    const said: Said = { runId, command };
    this.commands.push(said);
    return said;
  }

  /** The id under which a command went into an inbox. */
  named(payload: unknown, inputId: string): void {
    const said = this.commands.find(({ command }) => command === payload);
    if (said !== undefined) said.inputId = inputId;
  }

  /** A command is in an inbox from here on. */
  put(runId: string, inputId: string): void {
    const inbox = this.inboxes.get(runId) ?? [];
    this.inboxes.set(runId, inbox);
    inbox.push(inputId);
  }

  /** The store has nothing of it any more. */
  deleted(runId: string): void {
    this.#known(runId).goneAt = this.#time.happened;
  }

  isGone(runId: string): boolean {
    return this.known.get(runId)?.goneAt !== undefined;
  }

  runOf(runId: string): Run | undefined {
    return this.known.get(runId)?.run;
  }

  owned(runId: string, epoch: number): void {
    const known = this.#known(runId);
    known.epoch = Math.max(known.epoch, epoch);
  }

  /** Events that are on the disk from here on, and the head that came with them; torn ones have none. */
  appended(runId: string, epoch: number, events: readonly RunEvent[], head: RunHead | undefined): void {
    const known = this.#known(runId);
    known.lastAt = this.#time.now;
    if (known.goneAt !== undefined) this.violate(`${runId} was deleted, and comes back`);
    if (epoch !== known.epoch) this.violate(`a writer of epoch ${epoch} appended to a run of epoch ${known.epoch}`);
    for (const event of events) {
      if (this.trace !== undefined) this.say("disk", textOf(event));
      known.log.push(event);
      this.durableAt.set(event, this.#time.happened);
      if (event.type === "step.started") this.started.add(event.data.key);
      try {
        const wrong = known.agreements.heed(known.run, event);
        if (wrong !== undefined) this.violate(`${event.type} ${(event.data as Partial<StepRef>).step ?? ""} ${wrong}`);
        const link = foldNext(known.run, event);
        if (!link.ok)
          this.violate(
            link.why === "damaged" ? JSON.stringify(link.damage) : `event ${event.seq} is of version ${link.version}`,
          );
      } catch (error) {
        this.violate(`event ${event.seq} (${event.type}) cannot be folded: ${String(error)}`);
      }
    }
    const last = events.at(-1);
    if (head === undefined || last === undefined || isDeepStrictEqual(head, headOf(known.run, last))) return;
    this.violate(`the head that came with event ${last.seq} (${last.type}) is not what the log says`);
  }

  journaled(row: JournalRow, epoch: number): void {
    const { runId, stepId, item, attempt, n } = row;
    const known = this.#known(runId);
    if (epoch !== known.epoch) this.violate(`a writer of epoch ${epoch} journaled in a run of epoch ${known.epoch}`);
    const isDone = row.outcome !== null && "value" in (row.outcome as object);
    const kind = isDone ? "outcome" : row.outcome === null ? "intent" : "question";
    this.say("disk", `${runId} journal ${stepId}/${item ?? ""}/${attempt}.${n} ${row.name}: ${kind}`);
    const doneAt = isDone ? this.#time.happened : undefined;
    this.rows.set(`${runId}/${stepId}/${item ?? ""}/${attempt}/${row.name}`, { row, doneAt });
    if (row.key === null) return;
    this.intents.add(row.key);
    if (doneAt !== undefined && !this.outcomes.has(row.key)) this.outcomes.set(row.key, doneAt);
  }

  /** Whether an agent step acted in a conversation before this one, since it was begun or restarted. */
  hasActed(runId: string, { step, item }: { readonly step: string; readonly item: number | null }, attempt: number) {
    const first = this.runOf(runId)?.execution.steps.get(step)?.firstAttempt ?? 1;
    return [...this.rows.values()].some(({ row, doneAt }) => {
      if (row.runId !== runId || row.stepId !== step || row.item !== item || row.key === null) return false;
      if (doneAt === undefined || row.attempt < first || row.attempt >= attempt) return false;
      const { value } = row.outcome as unknown as { readonly value: CallOutcome };
      return value.ok || value.acted === true;
    });
  }

  #known(runId: string): Known {
    let known = this.known.get(runId);
    if (known === undefined) {
      const agreements = new Agreements((other) => this.known.get(other)?.agreements);
      this.known.set(runId, (known = { log: [], run: emptyRun(runId), agreements, epoch: 0, lastAt: 0 }));
    }
    return known;
  }
}

const textOf = ({ runId, seq, type, data, by }: RunEvent): string =>
  `${runId} ${seq} ${type} ${JSON.stringify(data).slice(0, 110)} by ${by}`;
