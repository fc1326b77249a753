// The metrics. In: what has happened. Out: instruments of the OpenTelemetry API. All attributes have few values: names of
// tools, models and kinds, codes and statuses; never ids of runs or steps.
import type { Usage } from "../plan/usage.js";
import type { Attributes, GaugeCallback, InstrumentOptions, TelemetryConfig } from "./open-telemetry.js";
import { SCOPE, type Tracing } from "./tracing.js";

/** Runs and work of this process, at the moment of asking. */
export interface Load {
  readonly runs: { readonly [status: string]: number };
  /** Steps and items: `ready` wait for a place, `running` have one, `waiting` wait for a person or a retry. */
  readonly steps: { readonly [state: string]: number };
}

// The bounds that the GenAI conventions name, in seconds and tokens.
const CLIENT_S = [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92];
const TOOL_S = [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92];
const AGENT_S = [0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 12.8, 25.6, 51.2, 102.4, 204.8, 409.6];
const WORKFLOW_S = [1, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, 7200];
const TOKENS = Array.from({ length: 14 }, (_, power) => 4 ** power);
const STORE_S = [0.0001, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 5];

type Count = (value: number, attributes: Attributes) => void;

export class Meters {
  readonly runStarted: Count;
  readonly runEnded: Count;
  readonly runSeconds: Count;
  readonly stepSeconds: Count;
  readonly attempts: Count;
  readonly retries: Count;
  readonly replans: Count;
  readonly agentSeconds: Count;
  readonly toolSeconds: Count;
  readonly modelSeconds: Count;
  readonly tokens: Count;
  readonly costUsd: Count;
  readonly storeSeconds: Count;
  readonly #unwatch: (() => void)[] = [];

  constructor({ api, meterProvider }: TelemetryConfig, version: string, tracing: Tracing, load: () => Load) {
    const meter = tracing.quietly(() => (meterProvider ?? api.metrics).getMeter(SCOPE, version));
    const counter = (name: string, unit: string, description: string): Count => {
      const made = tracing.quietly(() => meter?.createCounter(name, { unit, description }));
      return (value, attributes) => void tracing.quietly(() => made?.add(value, attributes));
    };
    const histogram = (name: string, unit: string, bounds: number[], description: string): Count => {
      const options: InstrumentOptions = { unit, description, advice: { explicitBucketBoundaries: bounds } };
      const made = tracing.quietly(() => meter?.createHistogram(name, options));
      // The context lets a backend show a trace as an example of a value.
      return (value, attributes) => void tracing.quietly(() => made?.record(value, attributes, tracing.here));
    };
    const gauge = (name: string, unit: string, description: string, callback: GaugeCallback): void => {
      const made = tracing.quietly(() => meter?.createObservableGauge(name, { unit, description }));
      tracing.quietly(() => made?.addCallback(callback));
      this.#unwatch.push(() => tracing.quietly(() => made?.removeCallback(callback)));
    };
    this.runStarted = counter("planloom.run.started", "{run}", "Runs that were started.");
    this.runEnded = counter("planloom.run.ended", "{run}", "Runs that have ended, by status.");
    this.runSeconds = histogram("gen_ai.workflow.duration", "s", WORKFLOW_S, "From the start of a run to its end.");
    this.stepSeconds = histogram("planloom.step.duration", "s", AGENT_S, "From the first work on a step to its end.");
    this.attempts = counter("planloom.attempts", "{attempt}", "Attempts of steps, items and roles, by outcome.");
    this.retries = counter("planloom.retries", "{retry}", "Attempts and turns that are made again after a failure.");
    this.replans = counter("planloom.replans", "{replan}", "Plans that were asked for after the first.");
    this.agentSeconds = histogram("gen_ai.invoke_agent.duration", "s", AGENT_S, "One attempt of an agent step.");
    this.toolSeconds = histogram("gen_ai.execute_tool.duration", "s", TOOL_S, "One call of a tool.");
    this.modelSeconds = histogram("gen_ai.client.operation.duration", "s", CLIENT_S, "One model turn.");
    this.tokens = histogram("gen_ai.client.token.usage", "{token}", TOKENS, "Tokens of one model turn.");
    this.costUsd = counter("planloom.cost", "{USD}", "What model turns cost, where the price is known.");
    this.storeSeconds = histogram("planloom.store.duration", "s", STORE_S, "One operation of the store.");
    const told = (of: (load: Load) => { readonly [state: string]: number }, name: string): GaugeCallback => {
      return (result) =>
        void tracing.quietly(() => {
          for (const [state, value] of Object.entries(of(load()))) result.observe(value, { [name]: state });
        });
    };
    gauge(
      ...(["planloom.run.active", "{run}", "Runs that this process drives, by status."] as const),
      told(({ runs }) => runs, "planloom.run.status"),
    );
    gauge(
      ...(["planloom.queue.depth", "{step}", "Steps and items of these runs, by what they wait for."] as const),
      told(({ steps }) => steps, "planloom.queue.state"),
    );
  }

  /** Tokens of one model turn. An unknown number is left out. */
  used({ inputTokens, outputTokens }: Pick<Usage, "inputTokens" | "outputTokens">, attributes: Attributes): void {
    if (inputTokens !== null) this.tokens(inputTokens, { ...attributes, "gen_ai.token.type": "input" });
    if (outputTokens !== null) this.tokens(outputTokens, { ...attributes, "gen_ai.token.type": "output" });
  }

  close(): void {
    for (const unwatch of this.#unwatch.splice(0)) unwatch();
  }
}
