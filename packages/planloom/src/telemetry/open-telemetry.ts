// The part of the OpenTelemetry API that Planloom uses. Types only: the program passes the API itself
// (`telemetry: { api }`), so Planloom imports no package of it, and its types need none. The module `@opentelemetry/api`
// fits them; a test keeps it so.

export interface TraceState {
  get(key: string): string | undefined;
  set(key: string, value: string): TraceState;
  unset(key: string): TraceState;
  serialize(): string;
}

export interface SpanContext {
  readonly traceId: string;
  readonly spanId: string;
  readonly traceFlags: number;
  readonly isRemote?: boolean;
  readonly traceState?: TraceState;
}

/** An OpenTelemetry Context. */
export interface ApiContext {
  getValue(key: symbol): unknown;
}

export type AttributeValue = string | number | boolean | string[];

export interface Attributes {
  [name: string]: AttributeValue | undefined;
}

export interface ApiSpan {
  spanContext(): SpanContext;
  setAttributes(attributes: Attributes): unknown;
  setStatus(status: { code: number }): unknown;
  end(): void;
}

export interface SpanOptions {
  kind?: number;
  attributes?: Attributes;
  links?: { context: SpanContext; attributes?: Attributes }[];
}

export interface ApiTracer {
  startSpan(name: string, options?: SpanOptions, context?: ApiContext): ApiSpan;
}

export interface ApiCounter {
  add(value: number, attributes?: Attributes): void;
}

export interface ApiHistogram {
  record(value: number, attributes?: Attributes, context?: ApiContext): void;
}

export interface ApiGauge {
  addCallback(callback: GaugeCallback): void;
  removeCallback(callback: GaugeCallback): void;
}

export type GaugeCallback = (result: { observe(value: number, attributes?: Attributes): void }) => void;

export interface InstrumentOptions {
  description?: string;
  unit?: string;
  advice?: { explicitBucketBoundaries?: number[] };
}

export interface ApiMeter {
  createCounter(name: string, options?: InstrumentOptions): ApiCounter;
  createHistogram(name: string, options?: InstrumentOptions): ApiHistogram;
  createObservableGauge(name: string, options?: InstrumentOptions): ApiGauge;
}

export interface ApiTracerProvider {
  getTracer(name: string, version?: string): ApiTracer;
}

export interface ApiMeterProvider {
  getMeter(name: string, version?: string): ApiMeter;
}

/** `import * as api from "@opentelemetry/api"`. */
export interface OpenTelemetryApi {
  readonly trace: ApiTracerProvider & {
    setSpan(context: ApiContext, span: ApiSpan): ApiContext;
    setSpanContext(context: ApiContext, spanContext: SpanContext): ApiContext;
    getSpanContext(context: ApiContext): SpanContext | undefined;
    isSpanContextValid(spanContext: SpanContext): boolean;
  };
  readonly metrics: ApiMeterProvider;
  readonly context: {
    active(): ApiContext;
    with<T>(context: ApiContext, fn: () => T): T;
  };
  readonly ROOT_CONTEXT: ApiContext;
  createTraceState(text?: string): TraceState;
}

/** How runs are watched. */
export interface TelemetryConfig {
  /** The OpenTelemetry API: `import * as api from "@opentelemetry/api"`. */
  readonly api: OpenTelemetryApi;
  /** Where spans go. Default: the global tracer provider of the API. */
  readonly tracerProvider?: ApiTracerProvider;
  /** Where metrics go. Default: the global meter provider of the API. */
  readonly meterProvider?: ApiMeterProvider;
  /**
   * Whether spans hold contents: goals, prompts, replies, arguments and outputs, without the values of secrets. Default:
   * false.
   */
  readonly content?: boolean;
  /**
   * Origins of servers, such as `https://models.example.com`, whose requests get the header `traceparent`: model servers,
   * MCP servers and those that HTTP tools ask. Default: none.
   */
  readonly propagateTo?: readonly string[];
}

/** Numbers of the API's enums. */
export const KIND = { internal: 0, client: 2, producer: 3 } as const;
export const ERROR_STATUS = 2;
