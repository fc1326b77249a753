// The trace of a run: inputs, outputs and results of each step and item. In: the log and the journal. Out: data. `show
// --trace --json` prints the data itself.
import type { EvidenceFound } from "../plan/evidence.js";
import type { Json } from "../plan/json.js";
import { takesContext } from "../plan/step-kind.js";
import type { Step } from "../plan/plan.js";
import type { Origin } from "../plan/origin.js";
import { addUsage, NO_USAGE, type Usage } from "../plan/usage.js";
import type { EventOf, RunEvent, StepRef } from "../run/event.js";
import { failureLine } from "../words/failures.js";
import { reasonText } from "../words/reasons.js";
import { failureDocument, type FailureDocument } from "./failure-document.js";
import { textsRead, type TextRead } from "./trace-texts.js";
import type { JournalRow } from "../store/event-store.js";

export interface TraceAttempt {
  readonly attempt: number;
  /** The arguments, resolved. */
  readonly read: Json;
  /** Whole outputs of other steps that the model got, by step. */
  readonly context?: { readonly [step: string]: Json };
  readonly from: Origin;
  /** ms from the start of the run. */
  readonly startedAfter: number;
  /** ms; absent while it is running. It includes the time of `interrupted`. */
  took?: number;
  /**
   * Times without any event while it ran, each ended by a process that resumed the run. ms from the start of the run.
   */
  interrupted?: { readonly lastEventAfter: number; readonly resumedAfter: number }[];
  /** Times in which a call inside it waited for approval. ms from the start of the run; open while it waits. */
  waited?: { readonly tool: string; readonly askedAfter: number; continuedAfter?: number }[];
  /** Model calls that failed and were made again in their place. */
  turnsFailed?: { readonly turn: number; readonly error: FailureDocument; readonly reason: string }[];
  error?: FailureDocument;
  decision?: string;
  reason?: string;
  /** The output of the call, if it was refused. */
  refused?: Json;
}

/** A model turn or a tool call inside a step. */
export interface TraceTurn {
  readonly attempt: number;
  readonly name: string;
  readonly asked: Json;
  readonly answered: Json;
}

export interface TraceEntry {
  readonly step: string;
  readonly item?: number;
  readonly title: string;
  /**
   * Revision of the plan under which it began. A step that began before its plan was complete has that plan's revision.
   */
  revision: number;
  readonly attempts: TraceAttempt[];
  readonly turns: TraceTurn[];
  status: string;
  written?: Json;
  /** Texts of its model that were read as numbers or booleans. */
  textsRead?: readonly TextRead[];
  /** The tool's own line about its output. */
  summary?: string;
  /** Whether the output carries the evidence that the step wants. */
  evidence?: readonly EvidenceFound[];
  /** Why it was skipped, or the result of a call in doubt. */
  note?: string;
  /** The run that made the call; this run only reused its result. */
  carried?: string;
  /** What its model used, the filling in of its arguments included. */
  usage?: Usage;
}

/**
 * One entry for each step and item that started, in the order of their start. A later plan that keeps the step keeps
 * the entry.
 */
export function traceOf(events: readonly RunEvent[], journal: readonly JournalRow[]): readonly TraceEntry[] {
  const entries: TraceEntry[] = [];
  let current = new Map<string, TraceEntry>();
  const specs = new Map<string, Step>();
  const outputs = new Outputs();
  let revision = 0;
  const startedAt = events[0]?.at ?? 0;
  const entryOf = ({ step, item }: StepRef): TraceEntry => {
    const key = `${step}/${item ?? ""}`;
    const known = current.get(key);
    if (known !== undefined) return known;
    const turns = turnsOf(journal, step, item ?? null);
    const entry: TraceEntry = {
      step,
      ...(item === undefined ? {} : { item }),
      title: specs.get(step)?.title ?? step,
      revision,
      attempts: [],
      turns,
      status: "pending",
    };
    entries.push(entry);
    current.set(key, entry);
    return entry;
  };
  let lastAt = startedAt;
  for (const event of events) {
    outputs.hear(event);
    if (event.type === "run.resumed") interrupt(current.values(), lastAt - startedAt, event.at - startedAt);
    lastAt = event.at;
    if (event.type === "plan.stepDrafted" && event.data.begins) {
      const step = event.data.step as unknown as Step;
      specs.set(step.id, step);
    }
    if (event.type === "plan.proposed") {
      revision = event.data.revision;
      current = new Map([...current].filter(([, entry]) => isKept(entry, event.data)));
      for (const entry of current.values()) if (entry.revision === 0) entry.revision = revision;
      for (const step of event.data.plan.steps) specs.set(step.id, step);
    } else record(event, { entryOf, startedAt, contextOf: (id) => outputs.handedTo(specs.get(id)) });
  }
  for (const entry of entries) {
    const texts = textsRead(entry.turns, entry.written, entry.attempts.at(-1)?.read);
    if (texts.length > 0) entry.textsRead = texts;
  }
  return entries;
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

/** Outputs of steps, as far as the log has been read. */
class Outputs {
  readonly #steps = new Map<string, Json>();
  readonly #items = new Map<string, Json[]>();

  hear({ type, data }: RunEvent): void {
    if (type === "step.expanded")
      this.#items.set(
        data.step,
        data.list.map(() => null),
      );
    if (type === "step.skipped" && data.item === undefined) this.#steps.set(data.step, null);
    if (type !== "step.completed") return;
    const items = this.#items.get(data.step);
    if (data.item !== undefined) items?.splice(data.item, 1, data.output);
    else this.#steps.set(data.step, items ?? data.output);
  }

  /** The outputs that the model of a step gets whole. */
  handedTo(step: Step | undefined): Pick<TraceAttempt, "context"> {
    if (step === undefined || !takesContext(step) || step.dependsOn.length === 0) return {};
    return { context: Object.fromEntries(step.dependsOn.map((id) => [id, this.#steps.get(id) ?? null])) };
  }
}

interface Trace {
  readonly entryOf: (ref: StepRef) => TraceEntry;
  readonly startedAt: number;
  readonly contextOf: (step: string) => Pick<TraceAttempt, "context">;
}

function record(event: RunEvent, { entryOf, startedAt, contextOf }: Trace): void {
  switch (event.type) {
    case "step.started": {
      const { attempt, args, from } = event.data;
      const entry = entryOf(event.data);
      // The reason of the earlier stop is dropped when the run continues.
      if (entry.status === "cancelled") delete entry.note;
      entry.status = "running";
      if (continuesAfterWait(entry, attempt, event.at - startedAt)) return;
      entry.attempts.push({
        attempt,
        read: args,
        ...contextOf(event.data.step),
        from,
        startedAfter: event.at - startedAt,
      });
      return;
    }
    case "approval.requested": {
      const { subject, call } = event.data;
      if (subject === "plan" || call === undefined) return;
      const entry = entryOf(subject);
      const last = entry.attempts.at(-1);
      entry.status = "suspended";
      if (last !== undefined)
        last.waited = [...(last.waited ?? []), { tool: call.tool, askedAfter: event.at - startedAt }];
      return;
    }
    case "step.held": {
      const entry = entryOf(event.data);
      const { code, tools } = event.data.reason;
      // No call was made, so this is not an attempt.
      if (code === "TOOL_CHANGED") entry.attempts.pop();
      entry.status = code === "TOOL_CHANGED" ? "ready" : "suspended";
      entry.note = code === "ITEMS_TOGETHER" ? "waits for the other items" : `not called: ${tools.join(", ")} changed`;
      return;
    }
    case "step.expanded":
      entryOf(event.data).note = `expanded into ${event.data.list.length} items`;
      return;
    case "step.completed": {
      const { output, summary, evidence, usage, carried } = event.data;
      const entry = entryOf(event.data);
      endAttempt(entry, event.at - startedAt);
      entry.status = "completed";
      entry.written = output;
      if (summary !== undefined) entry.summary = summary;
      if (evidence !== undefined) entry.evidence = evidence;
      if (carried !== undefined) entry.carried = carried;
      spend(entry, usage);
      return;
    }
    case "step.filled":
      return spend(entryOf(event.data), event.data.usage);
    case "turn.failed": {
      const { turn, error, reason } = event.data;
      const last = entryOf(event.data).attempts.at(-1);
      const failed = { turn, error: failureDocument(error), reason: reasonText(reason) };
      if (last !== undefined) last.turnsFailed = [...(last.turnsFailed ?? []), failed];
      return;
    }
    case "step.failed": {
      const { error, decision, reason, output } = event.data;
      const entry = entryOf(event.data);
      entry.status = decision === "retry" ? "retrying" : "failed";
      const last = endAttempt(entry, event.at - startedAt);
      const why = reasonText(reason);
      if (last === undefined) entry.note = `${failureLine(error)} -> ${decision} (${why})`;
      else {
        const refused = output === undefined ? {} : { refused: output };
        Object.assign(last, { error: failureDocument(error), decision, reason: why, ...refused });
      }
      return;
    }
    case "step.skipped":
    case "step.cancelled":
      endAttempt(entryOf(event.data), event.at - startedAt);
      entryOf(event.data).status = event.type === "step.skipped" ? "skipped" : "cancelled";
      entryOf(event.data).note = reasonText(event.data.reason);
      if (event.type === "step.skipped" && event.data.carried !== undefined)
        entryOf(event.data).carried = event.data.carried;
      return;
    case "step.suspended":
      entryOf(event.data).status = "suspended";
      entryOf(event.data).note = `asks: ${event.data.question}`;
      return;
    case "step.unknown": {
      const { error, tool } = event.data;
      const last = endAttempt(entryOf(event.data), event.at - startedAt);
      if (last !== undefined) last.error = failureDocument(error);
      entryOf(event.data).status = "unknown";
      entryOf(event.data).note = `it is not known whether ${tool} took effect`;
      return;
    }
    case "step.unusable": {
      const { error, tool, output, earlier } = event.data;
      const entry = entryOf(event.data);
      const last = earlier === undefined ? endAttempt(entry, event.at - startedAt) : undefined;
      if (last !== undefined) Object.assign(last, { error: failureDocument(error), refused: output });
      entry.status = "unusable";
      entry.note =
        earlier === undefined
          ? `${tool} has acted, and its output cannot be used`
          : `not called: step ${refText(earlier)} made this call, which acted with an unusable output`;
      return;
    }
    case "step.resolved":
      entryOf(event.data).note = `${event.by === "engine" ? "its tool" : event.by} says: ${event.data.verdict}`;
      return;
    case "reconcile.failed": {
      const { error, reason } = event.data;
      entryOf(event.data).note =
        `its tool does not say what became of it: ${failureLine(error)} (${reasonText(reason)})`;
      return;
    }
    default:
      return;
  }
}

/** Whether an attempt goes on whose call has waited for approval. It is the same attempt, not another one. */
function continuesAfterWait({ attempts }: TraceEntry, attempt: number, at: number): boolean {
  const last = attempts.at(-1);
  if (last?.waited === undefined || last.attempt !== attempt || last.took !== undefined) return false;
  for (const wait of last.waited) wait.continuedAfter ??= at;
  return true;
}

function spend(entry: TraceEntry, usage: Usage): void {
  if (usage.calls > 0) entry.usage = addUsage(entry.usage ?? NO_USAGE, usage);
}

const refText = ({ step, item }: StepRef): string => (item === undefined ? step : `${step}[${item}]`);

function endAttempt(entry: TraceEntry, at: number): TraceAttempt | undefined {
  const last = entry.attempts[entry.attempts.length - 1];
  if (last !== undefined && last.took === undefined) last.took = at - last.startedAfter;
  return last;
}

function turnsOf(journal: readonly JournalRow[], step: string, item: number | null): TraceTurn[] {
  return journal
    .filter((row) => row.stepId === step && row.item === item)
    .map(({ attempt, name, intent, outcome }) => ({ attempt, name, asked: intent, answered: valueIn(outcome) }));
}

/** A journal stores outcomes as `{ value }`, so that null can be one. */
const valueIn = (outcome: Json): Json => (outcome as { readonly value?: Json } | null)?.value ?? null;
