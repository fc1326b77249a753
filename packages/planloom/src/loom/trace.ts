// The trace of a run: inputs, outputs and results of each step and item. In: the log and the journal. Out: data. `show
// --trace --json` prints the data itself. trace-entry.ts has the form of an entry, trace-event.ts what each event adds.
import type { Json } from "../plan/json.js";
import type { EventOf, RunEvent, StepRef } from "../run/event.js";
import { evolve } from "../run/evolve/evolve.js";
import { contextOf } from "../run/lookup.js";
import { emptyRun } from "../run/state.js";
import type { JournalRow } from "../store/event-store.js";
import type { TraceEntry, TraceTurn } from "./trace-entry.js";
import { recordEvent, type TraceContext } from "./trace-event.js";
import { textsRead } from "./trace-texts.js";

/**
 * One entry for each step and item that started, in the order of their start. A later plan that keeps the step keeps
 * the entry.
 */
export function traceOf(events: readonly RunEvent[], journal: readonly JournalRow[]): readonly TraceEntry[] {
  const [first] = events;
  if (first === undefined) return [];
  const tracer = new Tracer(first, journal);
  for (const event of events) tracer.hear(event);
  for (const entry of tracer.entries) {
    const texts = textsRead(entry.turns, entry.written, entry.attempts.at(-1)?.read);
    if (texts.length > 0) entry.textsRead = texts;
  }
  return tracer.entries;
}

/** The entries, as far as the log has been read. The run is rebuilt beside them: it knows titles and outputs. */
class Tracer implements TraceContext {
  readonly entries: TraceEntry[] = [];
  readonly #run;
  readonly #startedAt: number;
  readonly #journal: readonly JournalRow[];
  /** The entries of the present plan, by step and item. */
  #current = new Map<string, TraceEntry>();
  #revision = 0;
  #lastAt: number;

  constructor({ runId, at }: RunEvent, journal: readonly JournalRow[]) {
    this.#run = emptyRun(runId);
    this.#journal = journal;
    this.#startedAt = at;
    this.#lastAt = at;
  }

  hear(event: RunEvent): void {
    evolve(this.#run, event);
    if (event.type === "run.resumed") interrupt(this.#current.values(), this.after(this.#lastAt), this.after(event.at));
    this.#lastAt = event.at;
    if (event.type === "plan.proposed") this.#takePlan(event.data);
    else recordEvent(event, this);
  }

  after(at: number): number {
    return at - this.#startedAt;
  }

  entryOf({ step, item }: StepRef): TraceEntry {
    const key = `${step}/${item ?? ""}`;
    const known = this.#current.get(key);
    if (known !== undefined) return known;
    const entry: TraceEntry = {
      step,
      ...(item === undefined ? {} : { item }),
      title: this.#run.execution.steps.get(step)?.spec.title ?? step,
      revision: this.#revision,
      attempts: [],
      turns: turnsOf(this.#journal, step, item ?? null),
      status: "pending",
    };
    this.entries.push(entry);
    this.#current.set(key, entry);
    return entry;
  }

  contextOf(step: string): { readonly [step: string]: Json } {
    const state = this.#run.execution.steps.get(step);
    return state === undefined ? {} : contextOf(this.#run, state.spec);
  }

  #takePlan(data: EventOf<"plan.proposed">["data"]): void {
    this.#revision = data.revision;
    this.#current = new Map([...this.#current].filter(([, entry]) => isKept(entry, data)));
    for (const entry of this.#current.values()) if (entry.revision === 0) entry.revision = data.revision;
  }
}

/** Whether a started step continues under the new plan. A fan-out with a kept item continues. */
function isKept({ step, item }: TraceEntry, { adopts, kept = [] }: EventOf<"plan.proposed">["data"]): boolean {
  if (adopts === true) return true;
  return kept.some((ref) => ref.step === step && (ref.item === undefined || item === undefined || ref.item === item));
}

function interrupt(entries: Iterable<TraceEntry>, lastEventAfter: number, resumedAfter: number): void {
  for (const { status, attempts } of entries) {
    const last = attempts.at(-1);
    if (status !== "running" || last === undefined || last.took !== undefined) continue;
    last.interrupted = [...(last.interrupted ?? []), { lastEventAfter, resumedAfter }];
  }
}

function turnsOf(journal: readonly JournalRow[], step: string, item: number | null): TraceTurn[] {
  return journal
    .filter((row) => row.stepId === step && row.item === item)
    .map(({ attempt, name, intent, outcome }) => ({ attempt, name, asked: intent, answered: valueIn(outcome) }));
}

/** A journal stores outcomes as `{ value }`, so that null can be one. */
const valueIn = (outcome: Json): Json => (outcome as { readonly value?: Json } | null)?.value ?? null;
