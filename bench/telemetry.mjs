// What watching costs: a chain of 1,000 steps that do nothing, in memory, with and without telemetry and a logger. One
// round does each in turn; figures are processor time of this process, and ratios to the loom of the same round that
// nobody watches.
import * as api from "@opentelemetry/api";
import { BasicTracerProvider, BatchSpanProcessor, InMemorySpanExporter } from "@opentelemetry/sdk-trace-base";
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from "@opentelemetry/sdk-metrics";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { chain, library, loomOver } from "./library.mjs";
import { row, summary } from "./measure.mjs";

const [ROUNDS, STEPS] = [15, 1_000];

const quiet = { debug() {}, info() {}, warn() {}, error() {} };

/** As a program sends spans: in batches. The exporter keeps nothing. */
function sdk() {
  const exporter = new InMemorySpanExporter();
  const spans = new BatchSpanProcessor({
    export: (_spans, done) => done({ code: 0 }),
    shutdown: () => exporter.shutdown(),
  });
  const reader = new PeriodicExportingMetricReader({
    exporter: new InMemoryMetricExporter(AggregationTemporality.DELTA),
    exportIntervalMillis: 60_000,
  });
  return {
    api,
    tracerProvider: new BasicTracerProvider({ spanProcessors: [spans] }),
    meterProvider: new MeterProvider({ readers: [reader] }),
  };
}

/** Processor time of one step, in ms, from the first event to the result. A store of its own: it would grow. */
async function cpuOf(more, plan) {
  const loom = await loomOver(library.memoryStore(), { more });
  const run = await loom.start("Measure", { plan });
  const before = process.cpuUsage();
  const { status } = await run.result({ untilEnd: true });
  const { user, system } = process.cpuUsage(before);
  if (status !== "completed") throw new Error(status);
  await loom.close();
  return (user + system) / 1_000 / STEPS;
}

export async function watched() {
  api.context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  const plan = chain(STEPS);
  const ways = {
    off: {},
    logger: { logger: quiet },
    "telemetry, no SDK": { telemetry: { api } },
    "telemetry, SDK": { telemetry: sdk() },
  };
  const times = Object.fromEntries(Object.keys(ways).map((name) => [name, []]));
  for (let round = 0; round < ROUNDS + 2; round++) {
    for (const [name, more] of Object.entries(ways)) {
      globalThis.gc?.();
      const ms = await cpuOf(more, plan);
      if (round >= 2) times[name].push(ms);
    }
  }
  api.context.disable();
  const ratio = (name) => summary(times[name].map((ms, round) => ms / times.off[round]));
  return [
    row("chain of 1,000 steps in memory, processor time per step, nobody watches", "ms", summary(times.off), ""),
    ...Object.keys(ways)
      .slice(1)
      .map((name) => row(`the same with ${name} / without`, "", ratio(name), "")),
    row("processor time per step with telemetry, SDK", "ms", summary(times["telemetry, SDK"]), ""),
  ];
}
