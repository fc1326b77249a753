// The spans of one run in this process. In: the effects that are performed and the state after each append. Out: spans.
// A span is open only while this process works. When the run waits for a person, or its owner gives it up, all spans of
// the run end; later work gets new ones under the same recorded span. So a wait of a day is no open span that a crash
// could lose.
import type { StepKind } from "../plan/step-kind.js";
import type { CallEffect, WorkEffect } from "../run/effect.js";
import type { Outcome } from "../run/input.js";
import type { Run } from "../run/state.js";
import type { StepStatus, StepState } from "../run/work.js";
import { errorType } from "./error-type.js";
import type { ApiContext, Attributes, SpanContext } from "./open-telemetry.js";
import type { OpenSpan, SpanStart, Tracing } from "./tracing.js";

type Links = NonNullable<SpanStart["links"]>;

interface OpenStep {
  readonly span: OpenSpan;
  readonly kind: string;
  readonly begun: number;
}

/** A step that has ended here, for the metrics. */
export interface EndedStep {
  readonly kind: string;
  readonly status: string;
  readonly seconds: number;
}

export interface OpenAttempt {
  readonly span: OpenSpan;
  readonly name: string;
  readonly begun: number;
}

/** How an attempt of each kind of step is shown. `lasts`: as long as another run. */
const ATTEMPTS: { readonly [K in StepKind]: { readonly asks?: "agent"; readonly lasts?: true } } = {
  tool: {},
  agent: { asks: "agent" },
  ask: {},
  plan: { lasts: true },
};

const ENDED_STEPS: ReadonlySet<StepStatus> = new Set(["completed", "failed", "skipped", "cancelled"]);

export class RunSpans {
  /** The live state. Absent until an effect of the run is performed here. */
  run: Run | undefined;
  status = "planning";
  #drive: OpenSpan | undefined;
  readonly #steps = new Map<string, OpenStep>();
  /** Attempts of sub-plans: they last as long as their child runs, so they end with the drive. */
  readonly #subPlans = new Set<OpenSpan>();
  /** The last attempt of what has not succeeded yet, by step and item. */
  readonly #tried = new Map<string, SpanContext>();
  #driven: SpanContext | undefined;
  #planned: SpanContext | undefined;

  constructor(
    readonly runId: string,
    private readonly tracing: Tracing,
    /** The context of the recorded span; of a run without one, no parent. */
    private readonly base: ApiContext,
    /** The part of the run before, if this process drove it. */
    before: SpanContext | undefined,
  ) {
    this.#driven = before;
  }

  /** The last part of the run that has ended here. */
  get driven(): SpanContext | undefined {
    return this.#driven;
  }

  get isDriving(): boolean {
    return this.#drive !== undefined;
  }

  /** The span of this part of the run, from here to the next wait or end. */
  drive(why: string, attributes: Attributes): OpenSpan {
    if (this.#drive !== undefined) return this.#drive;
    const links = linkTo(this.#driven, why);
    const name = attributes["gen_ai.workflow.name"];
    this.#drive = this.tracing.start(
      {
        name: typeof name === "string" ? `invoke_workflow ${name}` : "invoke_workflow",
        attributes: { "gen_ai.operation.name": "invoke_workflow", "planloom.run.id": this.runId, ...attributes },
        links,
      },
      this.base,
    );
    return this.#drive;
  }

  /** Ends all spans of the run but those of calls at work, which end by themselves. */
  leave(attributes: Attributes, error?: string): readonly EndedStep[] {
    const status = String(attributes["planloom.run.status"] ?? "left");
    const steps = [...this.#steps.keys()].flatMap((id) => this.#endStep(id, status));
    for (const span of this.#subPlans) span.end({ "planloom.outcome": "left" });
    this.#subPlans.clear();
    if (this.#drive !== undefined) this.#driven = this.#drive.at;
    this.#drive?.end(attributes, error);
    this.#drive = undefined;
    return steps;
  }

  /** The steps that these events ended. */
  stepsEnded(ids: Iterable<string>): readonly EndedStep[] {
    return [...new Set(ids)].flatMap((id) => {
      if (!this.#steps.has(id)) return [];
      const state = this.run?.execution.steps.get(id);
      if (state === undefined) return this.#endStep(id, "dropped");
      if (!ENDED_STEPS.has(state.work.status)) return [];
      return this.#endStep(id, state.work.status, errorOf(state));
    });
  }

  #endStep(id: string, status: string, error?: string): readonly EndedStep[] {
    const open = this.#steps.get(id);
    this.#steps.delete(id);
    if (open === undefined) return [];
    open.span.end({ "planloom.step.status": status }, error);
    return [{ kind: open.kind, status, seconds: (performance.now() - open.begun) / 1000 }];
  }

  /** Begins an attempt of an effect, under its step or the run. */
  attempt(effect: WorkEffect): OpenAttempt {
    const drive = this.#drive ?? this.drive("resume", { "planloom.drive.cause": "resume" });
    const [step, item] = "step" in effect ? [effect.step, effect.item] : [undefined, null];
    const parent = step === undefined ? drive : this.#stepOf(step, drive);
    const tried = `${effect.kind} ${step ?? ""} ${item ?? ""}`;
    const { name, attributes } = this.#named(effect);
    const isReplan = effect.kind === "plan" && effect.replan !== undefined;
    const links = isReplan ? linkTo(this.#planned, "replan") : linkTo(this.#tried.get(tried), "retry");
    const started = {
      name,
      attributes: {
        ...{ "planloom.run.id": this.runId, "planloom.attempt": effect.attempt },
        ...(step === undefined ? {} : { "planloom.step.id": step }),
        ...(item === null ? {} : { "planloom.step.item": item }),
        ...attributes,
      },
      links,
    };
    const span = this.tracing.start(started, parent.context);
    if (effect.kind === "plan" && span.at !== undefined) this.#planned = span.at;
    if (effect.kind === "call" && shownAs(this.run, effect).lasts === true) this.#subPlans.add(span);
    return { span, name: tried, begun: performance.now() };
  }

  /** `failed`: it may be tried again. */
  attemptEnded({ span, name }: OpenAttempt, attributes: Attributes, failed: boolean, error?: string): void {
    span.end(attributes, error);
    this.#subPlans.delete(span);
    if (failed && span.at !== undefined) this.#tried.set(name, span.at);
    else this.#tried.delete(name);
  }

  #stepOf(id: string, drive: OpenSpan): OpenSpan {
    const known = this.#steps.get(id);
    if (known !== undefined) return known.span;
    const kind = this.run?.execution.steps.get(id)?.spec.kind ?? "unknown";
    const attributes = { "planloom.run.id": this.runId, "planloom.step.id": id, "planloom.step.kind": kind };
    const span = this.tracing.start({ name: `step ${kind}`, attributes }, drive.context);
    this.#steps.set(id, { span, kind, begun: performance.now() });
    return span;
  }

  /** Names of few values: ids are attributes. */
  #named(effect: WorkEffect): Pick<SpanStart, "name" | "attributes"> {
    const operation = (name: string, more: Attributes = {}) => ({ "gen_ai.operation.name": name, ...more });
    switch (effect.kind) {
      case "plan":
        return { name: "plan", attributes: operation("plan", { "planloom.plan.round": effect.round }) };
      case "call": {
        if (shownAs(this.run, effect).asks === undefined) return { name: "attempt", attributes: {} };
        const agent = this.run?.execution.steps.get(effect.step)?.spec.executor;
        const named = agent === undefined ? {} : { "gen_ai.agent.name": agent };
        const name = agent === undefined ? "invoke_agent" : `invoke_agent ${agent}`;
        return { name, attributes: operation("invoke_agent", named) };
      }
      case "reconcile":
      case "compensate":
        return { name: `${effect.kind} ${effect.tool}`, attributes: { "gen_ai.tool.name": effect.tool } };
      default:
        return { name: effect.kind, attributes: {} };
    }
  }
}

function shownAs(run: Run | undefined, { step }: CallEffect): (typeof ATTEMPTS)[StepKind] {
  const kind = run?.execution.steps.get(step)?.spec.kind;
  return kind === undefined ? {} : ATTEMPTS[kind];
}

/** Whether the effect is an attempt of an agent step. */
export const isAgentAttempt = (effect: WorkEffect, run: Run): boolean =>
  effect.kind === "call" && shownAs(run, effect).asks === "agent";

const linkTo = (to: SpanContext | undefined, why: string): Links => (to === undefined ? [] : [{ to, why }]);

const errorOf = ({ work }: StepState): string | undefined =>
  work.status === "failed" ? errorType(work.error?.code ?? "") : undefined;

/** What the outcome of an effect says of its attempt: a code, and whether it may be tried again. */
export function endOfAttempt(outcome: Outcome): {
  readonly error?: string;
  readonly ending?: string;
  readonly goesOn: boolean;
} {
  if (outcome.type === "held" || outcome.type === "asked") return { goesOn: true };
  if (!("error" in outcome)) return { goesOn: false };
  const ending = "ending" in outcome ? { ending: outcome.ending } : {};
  return { error: errorType(outcome.error.code), ...ending, goesOn: true };
}
