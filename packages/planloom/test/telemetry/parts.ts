// Parts of the tests of telemetry: the real SDK with exporters in memory, and finished spans as a tree of lines.
import * as api from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from "@opentelemetry/sdk-metrics";
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
  type ReadableSpan,
  type SpanProcessor,
} from "@opentelemetry/sdk-trace-base";
import type { TelemetryConfig } from "../../src/telemetry/open-telemetry.js";

/** Active spans of this file's process, as the SDK for Node keeps them. */
export const manager = new AsyncLocalStorageContextManager().enable();

export interface Watching {
  readonly telemetry: TelemetryConfig;
  /** Spans that were started and have not ended. */
  readonly open: () => readonly string[];
  readonly spans: () => readonly ReadableSpan[];
  readonly named: (name: string) => readonly ReadableSpan[];
  readonly tracer: api.Tracer;
  readonly metrics: () => Promise<ReadonlyMap<string, readonly MetricPoint[]>>;
}

export interface MetricPoint {
  readonly attributes: api.Attributes;
  readonly value: number | { readonly count: number; readonly sum?: number };
}

export function watching(more: Partial<TelemetryConfig> = {}): Watching {
  const exporter = new InMemorySpanExporter();
  const open = new Map<string, string>();
  const counting: SpanProcessor = {
    onStart: (span) => void open.set(span.spanContext().spanId, span.name),
    onEnd: (span) => void open.delete(span.spanContext().spanId),
    forceFlush: () => Promise.resolve(),
    shutdown: () => Promise.resolve(),
  };
  const tracerProvider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter), counting] });
  const metricExporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({ exporter: metricExporter, exportIntervalMillis: 3_600_000 });
  const meterProvider = new MeterProvider({ readers: [reader] });
  return {
    telemetry: { api, tracerProvider, meterProvider, ...more },
    open: () => [...open.values()],
    spans: () => exporter.getFinishedSpans(),
    named: (name) => exporter.getFinishedSpans().filter((span) => span.name === name),
    tracer: tracerProvider.getTracer("test"),
    async metrics() {
      metricExporter.reset();
      await meterProvider.forceFlush();
      const found = metricExporter.getMetrics().flatMap(({ scopeMetrics }) => scopeMetrics);
      return new Map(
        found.flatMap(({ metrics }) =>
          metrics.map(({ descriptor, dataPoints }) => [
            descriptor.name,
            dataPoints.map(({ attributes, value }) => ({ attributes, value: value })),
          ]),
        ),
      );
    },
  };
}

/** Each span under its parent, children in the order of their starts. */
export function treeOf(spans: readonly ReadableSpan[]): readonly string[] {
  const ids = new Set(spans.map((span) => span.spanContext().spanId));
  const order = [...spans].sort((a, b) => compare(a.startTime, b.startTime));
  const under = (parent: string | undefined, depth: number): string[] =>
    order
      .filter(({ parentSpanContext: above }) =>
        parent === undefined ? above === undefined || !ids.has(above.spanId) : above?.spanId === parent,
      )
      .flatMap((span) => ["  ".repeat(depth) + span.name, ...under(span.spanContext().spanId, depth + 1)]);
  return under(undefined, 0);
}

const compare = ([a, ns]: api.HrTime, [b, others]: api.HrTime): number => a - b || ns - others;
