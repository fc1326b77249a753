// The check for stale outputs. In: a log. Out: each step, and the answer, that used an output which a restart, another
// plan or a later attempt had replaced.
import { resolveValue } from "../../../plan/expression/reference.js";
import type { Scope } from "../../../plan/expression/expression.js";
import { answerNeedsOf, contextNeedsOf } from "../../../plan/graph.js";
import { canonicalJson, type Json } from "../../../plan/json.js";
import { NO_ORIGIN } from "../../../plan/origin.js";
import type { Step } from "../../../plan/plan.js";
import type { RunEvent, StepRef } from "../../event.js";
import { notChecked, checkResult, type CheckFinding, type FailureCheck } from "./check.js";
import { Followed, isBegin, refOfBegin, workName, type BeginEvent, type Version } from "./followed.js";

export function staleOutputs(events: readonly RunEvent[]): FailureCheck {
  const reader = new Reader();
  for (const event of events) reader.hear(event);
  if (reader.begun === 0) return notChecked("NOTHING_RAN");
  return checkResult(reader.reads, [...reader.findings, ...reader.olderSteps(), ...reader.olderAnswer()]);
}

/** What a step or item read when it last began, by the step that it read. */
type ReadVersions = ReadonlyMap<string, Version>;

class Reader {
  begun = 0;
  reads = 0;
  readonly findings: CheckFinding[] = [];
  readonly #followed = new Followed();
  readonly #read = new Map<string, ReadVersions>();
  /** Calls whose arguments a person changed. */
  readonly #edited = new Set<string>();
  #answer: { readonly seq: number; readonly read: ReadVersions } | undefined;
  #ended: RunEvent["type"] | undefined;

  hear(event: RunEvent): void {
    this.#followed.hear(event);
    if (isBegin(event)) this.#begin(event);
    if (event.type === "approval.granted" && event.data.subject !== "plan" && event.data.args !== undefined)
      this.#edited.add(workName(event.data.subject));
    if (event.type === "answer.written") this.#answer = { seq: event.seq, read: this.#versions(this.#answerSources()) };
    if (event.type === "run.completed") this.#ended = event.type;
    if (event.type === "run.reopened") this.#ended = undefined;
  }

  /** Finished steps that were made of an output that is not the present one. */
  olderSteps(): readonly CheckFinding[] {
    const { present } = this.#followed;
    return [...this.#read].flatMap(([name, read]) => {
      const made = present.get(name);
      if (made === undefined) return [];
      return [...read].flatMap(([source, version]): CheckFinding[] => {
        const now = present.get(source);
        if (now === undefined || !isOther(now, version)) return [];
        return [{ code: "SOURCE_CHANGED", ...refIn(name), source, events: [version.seq, made.seq, now.seq] }];
      });
    });
  }

  olderAnswer(): readonly CheckFinding[] {
    if (this.#answer === undefined || this.#ended === undefined) return [];
    const { seq, read } = this.#answer;
    return [...this.#versions(this.#answerSources())].flatMap(([source, now]): CheckFinding[] => {
      const before = read.get(source);
      if (now.seq < seq || (before !== undefined && !isOther(now, before))) return [];
      return [{ code: "ANSWER_OLDER", source, events: [seq, now.seq] }];
    });
  }

  #answerSources(): readonly string[] {
    const { plan } = this.#followed;
    if (plan === undefined) return [];
    const { answer, steps } = plan.plan;
    return answer.kind === "from" && answer.all === true ? steps.map(({ id }) => id) : answerNeedsOf(plan.plan);
  }

  #versions(sources: readonly string[]): ReadVersions {
    const { present } = this.#followed;
    return new Map(sources.flatMap((source) => (present.has(source) ? [[source, present.get(source)!] as const] : [])));
  }

  #begin(event: BeginEvent): void {
    this.begun++;
    const ref = refOfBegin(event);
    const spec = this.#followed.specOf(ref.step);
    if (spec === undefined) return;
    const sources = contextNeedsOf(spec);
    this.reads += sources.length;
    this.#read.set(workName(ref), this.#versions(sources));
    const found = sources.flatMap((source) => this.#superseded(event, ref, source));
    this.findings.push(...(found.length > 0 ? found : this.#byValue(event, ref, spec, sources)));
  }

  /** It read a step that had no output any more. */
  #superseded({ seq }: BeginEvent, { step, item }: StepRef, source: string): readonly CheckFinding[] {
    const { present, superseded } = this.#followed;
    const old = superseded.get(source)?.at(-1);
    if (present.has(source) || old === undefined) return [];
    return [{ code: "READ_SUPERSEDED", ...refOf({ step, item }), source, events: [old.seq, seq] }];
  }

  /** Its arguments are those that a replaced output gives, not those that the present one gives. */
  #byValue(event: BeginEvent, ref: StepRef, spec: Step, sources: readonly string[]): readonly CheckFinding[] {
    if (event.type !== "step.started" && event.type !== "step.filling") return [];
    if (this.#edited.has(workName(ref))) return [];
    const old = sources.filter((source) => this.#followed.superseded.has(source));
    if (old.length === 0) return [];
    return Object.entries(spec.with).flatMap(([argument, written]): CheckFinding[] => {
      const recorded = event.data.args[argument];
      if (recorded === undefined || isSame(this.#value(written, ref, spec), recorded)) return [];
      const stale = old.flatMap((source) => this.#oldSource(source, written, recorded, ref, spec));
      return stale.slice(0, 1).map(({ source, seq }) => ({
        code: "READ_SUPERSEDED",
        ...refOf(ref),
        source,
        argument,
        events: [seq, event.seq],
      }));
    });
  }

  #oldSource(source: string, written: Json, recorded: Json, ref: StepRef, spec: Step) {
    const versions = this.#followed.superseded.get(source) ?? [];
    return versions
      .filter(({ output }) => isSame(this.#value(written, ref, spec, { source, output }), recorded))
      .map(({ seq }) => ({ source, seq }));
  }

  /** An argument as the plan writes it, with the present outputs; `instead` replaces one of them. */
  #value(
    written: Json,
    ref: StepRef,
    spec: Step,
    instead?: { readonly source: string; readonly output: Json },
  ): Json | undefined {
    const resolved = resolveValue(written, this.#scope(ref, spec, instead));
    return resolved.ok ? resolved.value : undefined;
  }

  #scope({ step, item }: StepRef, spec: Step, instead?: { readonly source: string; readonly output: Json }): Scope {
    const { inputs, lists, present } = this.#followed;
    return (name) => {
      const list = item === undefined ? undefined : lists.get(step);
      if (name === "inputs") return { value: inputs, from: NO_ORIGIN };
      if (list !== undefined && item !== undefined && name === "index") return { value: item, from: NO_ORIGIN };
      if (list !== undefined && item !== undefined && name === (spec.as ?? "item"))
        return { value: list[item] ?? null, from: NO_ORIGIN };
      if (instead?.source === name) return { value: instead.output, from: NO_ORIGIN };
      const version = present.get(name);
      return version === undefined ? undefined : { value: version.output, from: NO_ORIGIN };
    };
  }
}

const isOther = (a: Version, b: Version): boolean => a.seq !== b.seq && !isSame(a.output, b.output);

const isSame = (a: Json | undefined, b: Json): boolean => a !== undefined && canonicalJson(a) === canonicalJson(b);

const refOf = ({ step, item }: { readonly step: string; readonly item?: number | undefined }): StepRef =>
  item === undefined ? { step } : { step, item };

function refIn(name: string): StepRef {
  const [, step = name, item] = /^(.+)\[(\d+)\]$/.exec(name) ?? [];
  return item === undefined ? { step } : { step, item: Number(item) };
}
