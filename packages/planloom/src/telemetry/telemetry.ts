// Watches the runs of a loom with OpenTelemetry. In: starts, effects, calls and events, at the seams where they pass.
// Out: spans and metrics. It decides nothing and changes no result. docs/observability.md has the names.
import type { Engine, StartRequest } from "../engine/engine.js";
import type { Perform, PerformContext } from "../engine/perform-port.js";
import type { PriceOf } from "../plan/estimate/price.js";
import type { WorkEffect } from "../run/effect.js";
import type { RunEvent } from "../run/event.js";
import type { Run } from "../run/state.js";
import { isEndedStatus, isWaiting } from "../run/status.js";
import type { RunHead } from "../run/view/head.js";
import { errorType, errorTypeOf } from "./error-type.js";
import { Meters, type Load } from "./meters.js";
import type { Observer, StoreOperation } from "./observer.js";
import type { Attributes, SpanContext, TelemetryConfig } from "./open-telemetry.js";
import { overlay } from "./overlay.js";
import { endOfAttempt, isAgentAttempt, RunSpans, type EndedStep } from "./run-spans.js";
import { Tracing, type OpenSpan } from "./tracing.js";
import { WatchedCalls } from "./watched-calls.js";

export interface TelemetryPorts {
  readonly version: string;
  readonly priceOf: PriceOf;
  /** Takes secrets out of a text. */
  readonly clean: (text: string) => string;
  /** Told what a backend throws, once. */
  readonly tell: (message: string) => void;
}

export class Telemetry implements Observer {
  readonly calls: WatchedCalls;
  readonly #tracing: Tracing;
  readonly #meters: Meters;
  readonly #runs = new Map<string, RunSpans>();
  /** Why the next part of a run begins, until it does. */
  readonly #causes = new Map<string, Cause>();
  /** The last parts of runs, for links. The oldest are forgotten. */
  readonly #before = new Map<string, SpanContext>();
  /** Spans of starts whose first event is not durable yet, by their traceparent. */
  readonly #starting = new Map<string, OpenSpan>();
  readonly #content: boolean;
  readonly #clean: (text: string) => string;

  constructor(config: TelemetryConfig, { version, priceOf, clean, tell }: TelemetryPorts) {
    this.#content = config.content === true;
    this.#clean = clean;
    this.#tracing = new Tracing(config, version, tell);
    this.#meters = new Meters(config, version, this.#tracing, () => this.#load());
    this.calls = new WatchedCalls(this.#tracing, this.#meters, { content: this.#content, clean, priceOf });
  }

  /** The engine, with a span for each start. */
  engine(engine: Engine): Engine {
    return overlay<Engine>(engine, {
      start: (request, listener) => this.#start(engine, request, (more) => engine.start(more, listener)),
      close: async () => {
        await engine.close();
        for (const spans of this.#runs.values()) this.#leave(spans, {}, "ENGINE_CLOSED");
        this.#runs.clear();
        this.#meters.close();
      },
    });
  }

  perform(perform: Perform): Perform {
    return (effect, run, context) => this.#performed(perform, effect, run, context);
  }

  // Starts

  async #start<T>(
    engine: Pick<Engine, "load">,
    { started, ...request }: StartRequest,
    start: (request: StartRequest) => Promise<T>,
  ): Promise<T> {
    const { traceContext: given, parent, within, playbook } = started;
    const forked = parent && (await this.#placeOf(engine, parent.runId));
    const span = this.#tracing.start(
      {
        name: "start run",
        kind: "producer",
        attributes: {
          ...(request.runId === undefined ? {} : { "planloom.run.id": request.runId }),
          ...(parent && { "planloom.run.parent": parent.runId }),
          ...(within && { "planloom.run.above": within.runId }),
          ...(playbook && { "gen_ai.workflow.name": playbook.name }),
          ...(this.#content && { "planloom.run.goal": this.#clean(started.goal) }),
        },
        links: forked === undefined ? [] : [{ to: forked, why: "fork" }],
      },
      this.#parentOf(given),
    );
    const written = this.#tracing.written(span.at) ?? given;
    if (written !== undefined) this.#starting.set(written.traceparent, span);
    try {
      const traced = written === undefined ? {} : { traceContext: written };
      return await start({ ...request, started: { ...started, ...traced } });
    } catch (error) {
      span.end({}, errorTypeOf(error));
      throw error;
    } finally {
      span.end();
      if (written !== undefined) this.#starting.delete(written.traceparent);
    }
  }

  /** A span of this process in the given trace is nearer than the one that was given. */
  #parentOf(given: StartRequest["started"]["traceContext"]) {
    const { here } = this.#tracing;
    if (given === undefined) return here;
    const under = this.#tracing.under(given);
    const [near, far] = [this.#tracing.spanContextIn(here), this.#tracing.spanContextIn(under)];
    return near !== undefined && near.traceId === far?.traceId ? here : under;
  }

  async #placeOf(engine: Pick<Engine, "load">, runId: string): Promise<SpanContext | undefined> {
    const { traceContext } = await engine.load(runId).then(
      ({ request }) => request,
      () => ({ traceContext: undefined }),
    );
    return traceContext && this.#tracing.spanContextIn(this.#tracing.under(traceContext));
  }

  // Effects

  async #performed(perform: Perform, effect: WorkEffect, run: Run, context: PerformContext) {
    const spans = this.#spansOf(run);
    if (!spans.isDriving) this.#drive(spans);
    const attempt = spans.attempt(effect);
    const { children } = context;
    const follow = children && {
      children: overlay(children, {
        follow: async (child) =>
          children.follow({ ...child, start: this.#childStart(child.start, child.isBegun, attempt.span) }),
      }),
    };
    const state = "step" in effect ? run.execution.steps.get(effect.step) : undefined;
    const of: Attributes = { "planloom.effect": effect.kind, ...(state && { "planloom.step.kind": state.spec.kind }) };
    const seconds = () => (performance.now() - attempt.begun) / 1000;
    const isAgent = isAgentAttempt(effect, run);
    try {
      const outcome = await this.#tracing.within(attempt.span, async () =>
        perform(effect, run, { ...context, ...follow }),
      );
      const { error, ending, goesOn } = endOfAttempt(outcome);
      const usage = isAgent && "usage" in outcome ? tokensOf(outcome.usage) : {};
      spans.attemptEnded(
        attempt,
        { "planloom.outcome": outcome.type, ...(ending && { "planloom.ending": ending }), ...usage },
        goesOn,
        error,
      );
      const failed = error === undefined ? {} : { "error.type": error };
      this.#meters.attempts(1, { ...of, "planloom.outcome": outcome.type, ...failed });
      if (isAgent) this.#meters.agentSeconds(seconds(), failed);
      return outcome;
    } catch (thrown) {
      spans.attemptEnded(attempt, { "planloom.outcome": "lost" }, true, errorTypeOf(thrown));
      throw thrown;
    }
  }

  /** A child run lies under the attempt of its step, unless it has begun before. */
  #childStart<T extends StartRequest>(start: T, isBegun: boolean, span: OpenSpan): T {
    const traceContext = isBegun ? undefined : this.#tracing.written(span.at);
    return traceContext === undefined ? start : { ...start, started: { ...start.started, traceContext } };
  }

  #spansOf(run: Run): RunSpans {
    const spans = this.#runs.get(run.id) ?? this.#newSpans(run.id, run.request.traceContext);
    spans.run = run;
    return spans;
  }

  #newSpans(runId: string, traceContext: Run["request"]["traceContext"]): RunSpans {
    const base = traceContext === undefined ? this.#tracing.root : this.#tracing.under(traceContext);
    const spans = new RunSpans(runId, this.#tracing, base, this.#before.get(runId));
    this.#runs.set(runId, spans);
    return spans;
  }

  #drive(spans: RunSpans, playbook = spans.run?.request.playbook?.name): void {
    const { cause, reason } = this.#causes.get(spans.runId) ?? { cause: "resume" };
    this.#causes.delete(spans.runId);
    spans.drive(cause, {
      "planloom.drive.cause": cause,
      ...(reason !== undefined && { "planloom.resume.reason": reason }),
      ...(playbook !== undefined && { "gen_ai.workflow.name": playbook }),
    });
  }

  // Events

  appended(runId: string, events: readonly RunEvent[], head: RunHead | undefined): void {
    this.#tracing.quietly(() => this.#heard(runId, events, head));
  }

  #heard(runId: string, events: readonly RunEvent[], head: RunHead | undefined): void {
    let spans = this.#runs.get(runId);
    let error: string | undefined;
    const touched = new Set<string>();
    for (const event of events) {
      if (event.type === "run.started") {
        const { traceContext } = event.data;
        spans = this.#newSpans(runId, traceContext);
        const starting = traceContext && this.#starting.get(traceContext.traceparent);
        starting?.end({ "planloom.run.id": runId });
        this.#meters.runStarted(1, {});
        this.#causes.set(runId, { cause: "start" });
      } else if (event.type === "run.reopened") this.#causes.set(runId, { cause: "retry" });
      else if (event.type === "run.resumed")
        this.#causes.set(runId, { cause: "resume", reason: event.data.reason.code });
      else if (event.type === "run.failed") error = errorType(event.data.error.code);
      else if (event.type === "step.retrying") this.#meters.retries(1, { "planloom.retry.of": "step" });
      else if (event.type === "turn.failed") this.#meters.retries(1, { "planloom.retry.of": "turn" });
      else if (event.type === "replan.requested") this.#meters.replans(1, { "planloom.replan.mode": event.data.mode });
      const { step } = event.data as { readonly step?: unknown };
      if (typeof step === "string") touched.add(step);
    }
    if (head === undefined) return;
    const hasEnded = isEndedStatus(head.status) && events.some(({ type }) => ENDS.has(type));
    if (spans === undefined && hasEnded) spans = this.#newSpans(runId, undefined);
    if (spans === undefined) return;
    spans.status = head.status;
    const begins = hasEnded || this.#causes.get(runId)?.cause === "start";
    if (!spans.isDriving && begins) this.#drive(spans, head.playbook);
    this.#ended(spans.stepsEnded(touched));
    if (hasEnded) this.#end(spans, head, error);
    else if (this.#waits(spans, events, head))
      this.#leave(spans, { "planloom.run.waiting": head.waiting?.first ?? "pause" });
  }

  #end(spans: RunSpans, head: RunHead, error: string | undefined): void {
    const status = { "planloom.run.status": head.status };
    this.#leave(spans, {}, error);
    this.#forget(spans);
    const failed = error === undefined ? {} : { "error.type": error };
    const named = head.playbook === undefined ? {} : { "gen_ai.workflow.name": head.playbook };
    this.#meters.runEnded(1, { ...status, ...failed });
    this.#meters.runSeconds((head.updatedAt - head.startedAt) / 1000, { ...status, ...failed, ...named });
  }

  #waits({ run }: RunSpans, events: readonly RunEvent[], { waiting, status }: RunHead): boolean {
    if (waiting === undefined && status !== "paused") return false;
    // Before an effect is performed here, the state is not known, but these events say whether one is about to be.
    return run === undefined ? !events.some(({ type }) => BEGINS.has(type)) : isWaiting(run);
  }

  #leave(spans: RunSpans, attributes: Attributes, error?: string): void {
    this.#ended(spans.leave({ "planloom.run.status": spans.status, ...attributes }, error));
  }

  #ended(steps: readonly EndedStep[]): void {
    for (const { kind, status, seconds } of steps)
      this.#meters.stepSeconds(seconds, { "planloom.step.kind": kind, "planloom.step.status": status });
  }

  released(runId: string): void {
    const spans = this.#runs.get(runId);
    if (spans === undefined) return;
    this.#leave(spans, {});
    this.#forget(spans);
  }

  #forget({ runId, driven }: RunSpans): void {
    this.#runs.delete(runId);
    this.#causes.delete(runId);
    if (driven === undefined) return;
    this.#before.delete(runId);
    this.#before.set(runId, driven);
    for (const oldest of this.#before.keys()) {
      if (this.#before.size <= MOST_BEFORE) break;
      this.#before.delete(oldest);
    }
  }

  stored(operation: StoreOperation, ms: number, runId: string, error?: unknown): void {
    const failed = error === undefined ? {} : { "error.type": errorTypeOf(error) };
    this.#meters.storeSeconds(ms / 1000, { "planloom.store.operation": operation, ...failed });
    const spans = error === undefined || operation !== "append" ? undefined : this.#runs.get(runId);
    // The engine gives a run up whose events it cannot append.
    if (spans !== undefined) this.#leave(spans, {}, errorTypeOf(error));
  }

  #load(): Load {
    const runs: Record<string, number> = {};
    const steps = { ready: 0, running: 0, waiting: 0 };
    for (const { run, status } of this.#runs.values()) {
      runs[status] = (runs[status] ?? 0) + 1;
      if (run === undefined) continue;
      const { ready, running, retries, questions, unknown, unusable } = run.execution;
      steps.ready += ready.size;
      steps.running += running;
      steps.waiting += retries.size + questions + unknown + unusable + run.approvals.pending.size;
    }
    return { runs, steps };
  }
}

/** Why a part of a run begins in this process. `reason`: the code of `run.resumed`. */
interface Cause {
  readonly cause: "start" | "resume" | "retry";
  readonly reason?: string;
}

/** A run that is retried later has no link. */
const MOST_BEFORE = 1_000;

const BEGINS: ReadonlySet<RunEvent["type"]> = new Set(["step.started", "step.filling"]);
const ENDS: ReadonlySet<RunEvent["type"]> = new Set(["run.completed", "run.failed", "run.cancelled"]);

function tokensOf(usage: { readonly inputTokens: number | null; readonly outputTokens: number | null }): Attributes {
  return {
    ...(usage.inputTokens !== null && { "gen_ai.usage.input_tokens": usage.inputTokens }),
    ...(usage.outputTokens !== null && { "gen_ai.usage.output_tokens": usage.outputTokens }),
  };
}
