// Follows a log event by event without the kernel: the plan that counts, what was drafted, and which outputs are
// present. In: events in today's form. Out: these facts at each event. It also reads a log that the kernel refuses.
import type { Json } from "../../../plan/json.js";
import type { Step } from "../../../plan/plan.js";
import type { EventData, EventOf, RunEvent, StepRef } from "../../event.js";

/** One output of a step. `seq` is the event that recorded it. */
export interface Version {
  readonly seq: number;
  readonly output: Json;
}

/** The key of a step or item in maps. */
export const workName = ({ step, item }: StepRef): string => (item === undefined ? step : `${step}[${item}]`);

/** The facts of a log up to the event that was heard last. */
export class Followed {
  inputs: { readonly [name: string]: Json } = {};
  plan: EventData["plan.proposed"] | undefined;
  /** Whether steps of the plan may start. */
  planWaits = false;
  /** Every definition that a step of this id had. */
  readonly specs = new Map<string, Step[]>();
  /** Names of the tools that the log has a definition of. */
  readonly tools = new Set<string>();
  /** Present outputs, by step or item. */
  readonly present = new Map<string, Version>();
  /** Outputs that do not count any more, oldest first. */
  readonly superseded = new Map<string, Version[]>();
  readonly lists = new Map<string, readonly Json[]>();
  readonly #drafted = new Map<string, Step>();
  #planSeq = 0;

  get revision(): number {
    return this.plan?.revision ?? 0;
  }

  /** The event that proposed the plan; 0 before the first. */
  get planSeq(): number {
    return this.#planSeq;
  }

  /** The definition of a step that may run now. */
  specOf(id: string): Step | undefined {
    return this.plan?.plan.steps.find((step) => step.id === id) ?? this.#drafted.get(id);
  }

  /** Whether the step started before its plan was complete. Such steps need no approval. */
  isDrafted(id: string): boolean {
    return this.#drafted.has(id);
  }

  hear(event: RunEvent): void {
    switch (event.type) {
      case "run.started":
        this.inputs = event.data.inputs;
        return;
      case "plan.stepDrafted":
        return this.#takeDraft(event.data);
      case "plan.proposed":
        return this.#takePlan(event);
      case "approval.requested":
        if (event.data.subject === "plan") this.planWaits = true;
        return;
      case "approval.granted":
        if (event.data.subject === "plan") this.planWaits = false;
        return;
      case "run.reopened":
        for (const step of event.data.restarted) this.#supersede(step);
        return;
      default:
        return this.#takeOutput(event);
    }
  }

  #takeOutput(event: RunEvent): void {
    switch (event.type) {
      case "step.expanded":
        this.lists.set(event.data.step, event.data.list);
        return;
      case "step.completed":
        return this.#put(event.data, { seq: event.seq, output: this.#outputOf(event.data) });
      case "step.skipped":
        return this.#put(event.data, { seq: event.seq, output: null });
      case "step.failed":
      case "step.unusable":
        if (event.data.output !== undefined) {
          addTo(this.superseded, workName(event.data), { seq: event.seq, output: event.data.output });
        }
        return;
      default:
        return;
    }
  }

  /** The output of a fan-out is the list of those of its items. */
  #outputOf({ step, item, output, carried }: EventData["step.completed"]): Json {
    const list = this.lists.get(step);
    if (item !== undefined || list === undefined || (carried !== undefined && output !== null)) return output;
    return list.map((_, index) => this.present.get(workName({ step, item: index }))?.output ?? null);
  }

  #put(ref: StepRef, version: Version): void {
    const name = workName(ref);
    const before = this.present.get(name);
    if (before !== undefined) addTo(this.superseded, name, before);
    this.present.set(name, version);
  }

  #takeDraft({ step, begins, tools = [] }: EventData["plan.stepDrafted"]): void {
    for (const { name } of tools) this.tools.add(name);
    if (!begins) return;
    const spec = step as unknown as Step;
    this.#drafted.set(spec.id, spec);
    addTo(this.specs, spec.id, spec);
  }

  #takePlan({ seq, data }: EventOf<"plan.proposed">): void {
    const kept = new Set((data.kept ?? []).map(({ step }) => step));
    if (data.adopts !== true) {
      for (const name of [...this.present.keys()]) if (!kept.has(stepOf(name))) this.#supersedeOne(name);
      this.#drafted.clear();
    }
    for (const { name } of data.tools) this.tools.add(name);
    for (const step of data.plan.steps) addTo(this.specs, step.id, step);
    this.inputs = data.inputs;
    this.plan = data;
    this.planWaits = false;
    this.#planSeq = seq;
  }

  #supersede(step: string): void {
    for (const name of [...this.present.keys()]) if (stepOf(name) === step) this.#supersedeOne(name);
    this.lists.delete(step);
  }

  #supersedeOne(name: string): void {
    const version = this.present.get(name);
    this.present.delete(name);
    if (version !== undefined) addTo(this.superseded, name, version);
  }
}

const stepOf = (name: string): string => name.replace(/\[\d+\]$/, "");

export function addTo<T>(lists: Map<string, T[]>, key: string, value: T): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [value]);
  else list.push(value);
}

/** An event with which a step or item begins an attempt or a part of one. */
export type BeginEvent = EventOf<"step.started" | "step.filling" | "step.suspended" | "step.expanded">;

export const isBegin = (event: RunEvent): event is BeginEvent =>
  event.type === "step.started" ||
  event.type === "step.filling" ||
  event.type === "step.suspended" ||
  (event.type === "step.expanded" && event.data.carried === undefined);

export const refOfBegin = (event: BeginEvent): StepRef =>
  event.type === "step.expanded" ? { step: event.data.step } : event.data;
