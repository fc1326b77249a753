// Spans and their contexts. In: names, attributes, parents. Out: spans that can be ended once. Nothing here throws: a
// backend that fails costs its spans, never a run. What it throws is told once.
import { AsyncLocalStorage } from "node:async_hooks";
import { carrying } from "../carried-headers.js";
import { messageOf } from "../error.js";
import type { TraceParent } from "../run/trace-parent.js";
import {
  ERROR_STATUS,
  KIND,
  type ApiContext,
  type ApiSpan,
  type ApiTracer,
  type Attributes,
  type OpenTelemetryApi,
  type SpanContext,
  type SpanOptions,
  type TelemetryConfig,
} from "./open-telemetry.js";

/** A span that was started. */
export interface OpenSpan {
  /** Its context, under which its children are started. */
  readonly context: ApiContext;
  /** undefined if nothing records it. */
  readonly at: SpanContext | undefined;
  set(attributes: Attributes): void;
  /** Ends it. `error`: a code of low cardinality; then the span has failed. Only the first call counts. */
  end(attributes?: Attributes, error?: string): void;
}

export interface SpanStart {
  readonly name: string;
  readonly kind?: keyof typeof KIND;
  readonly attributes: Attributes;
  /** Spans that this one follows, with the reason. */
  readonly links?: readonly { readonly to: SpanContext; readonly why: string }[];
}

export const SCOPE = "planloom";

export class Tracing {
  readonly api: OpenTelemetryApi;
  readonly #tracer: ApiTracer | undefined;
  readonly #propagateTo: ReadonlySet<string>;
  /** The context of the call at work. It is there without a context manager of the SDK, too. */
  readonly #at = new AsyncLocalStorage<ApiContext>();
  #told = false;

  constructor(
    { api, tracerProvider, propagateTo = [] }: TelemetryConfig,
    version: string,
    private readonly tell: (message: string) => void,
  ) {
    this.api = api;
    this.#tracer = this.quietly(() => (tracerProvider ?? api.trace).getTracer(SCOPE, version));
    this.#propagateTo = new Set(propagateTo.map((address) => new URL(address).origin));
  }

  /** The result; undefined if it threw. */
  quietly<T>(work: () => T): T | undefined {
    try {
      return work();
    } catch (thrown) {
      if (!this.#told) this.tell(`telemetry threw, and its runs go on without it: ${messageOf(thrown)}`);
      this.#told = true;
      return undefined;
    }
  }

  start({ name, kind = "internal", attributes, links = [] }: SpanStart, parent: ApiContext): OpenSpan {
    const linked = links.map(({ to, why }) => ({ context: to, attributes: { "planloom.link": why } }));
    const options: SpanOptions = { kind: KIND[kind], attributes, ...(linked.length > 0 && { links: linked }) };
    const span = this.quietly(() => this.#tracer?.startSpan(name, options, parent));
    if (span === undefined) return { context: parent, at: undefined, set: () => undefined, end: () => undefined };
    return {
      context: this.quietly(() => this.api.trace.setSpan(parent, span)) ?? parent,
      at: this.#placeOf(span),
      set: (more) => void this.quietly(() => span.setAttributes(more)),
      end: this.#endOf(span),
    };
  }

  #placeOf(span: ApiSpan): SpanContext | undefined {
    return this.quietly(() => {
      const at = span.spanContext();
      return this.api.trace.isSpanContextValid(at) ? at : undefined;
    });
  }

  #endOf(span: ApiSpan): OpenSpan["end"] {
    let hasEnded = false;
    return (attributes, error) => {
      if (hasEnded) return;
      hasEnded = true;
      this.quietly(() => {
        if (attributes !== undefined) span.setAttributes(attributes);
        if (error === undefined) return;
        span.setAttributes({ "error.type": error });
        span.setStatus({ code: ERROR_STATUS });
      });
      this.quietly(() => span.end());
    };
  }

  /**
   * Does the work with the span as the active one, so that spans of tools and of HTTP clients lie under it. `work` is
   * done once, whatever the API throws. It must not throw.
   */
  within<T>({ context }: OpenSpan, work: () => Promise<T>): Promise<T> {
    let begun: Promise<T> | undefined;
    const once = (): Promise<T> =>
      (begun ??= this.#at.run(context, () =>
        this.#propagateTo.size === 0 ? work() : carrying((origin) => this.#headersFor(origin), work),
      ));
    void this.quietly(() => this.api.context.with(context, once));
    return once();
  }

  /** The context to start a span in: that of the span that is active in this call. */
  get here(): ApiContext {
    const active = this.#active;
    const isUsed = active !== undefined && this.quietly(() => this.api.trace.getSpanContext(active)) !== undefined;
    return isUsed ? active : (this.#at.getStore() ?? active ?? this.root);
  }

  get root(): ApiContext {
    return this.api.ROOT_CONTEXT;
  }

  get #active(): ApiContext | undefined {
    return this.quietly(() => this.api.context.active());
  }

  /** A context in which a recorded span is the parent. */
  under({ traceparent, tracestate }: TraceParent): ApiContext {
    const [, traceId = "", spanId = "", flags = "00"] = traceparent.split("-");
    const state = tracestate === undefined ? undefined : this.quietly(() => this.api.createTraceState(tracestate));
    const at = {
      ...{ traceId, spanId, traceFlags: Number.parseInt(flags, 16), isRemote: true },
      ...(state && { traceState: state }),
    };
    return this.quietly(() => this.api.trace.setSpanContext(this.root, at)) ?? this.root;
  }

  /** The span of a context, as headers write it. */
  written(at: SpanContext | undefined): TraceParent | undefined {
    if (at === undefined) return undefined;
    return this.quietly(() => {
      const tracestate = at.traceState?.serialize() ?? "";
      const flags = (at.traceFlags & 0xff).toString(16).padStart(2, "0");
      return {
        traceparent: `00-${at.traceId}-${at.spanId}-${flags}`,
        ...(tracestate === "" ? {} : { tracestate }),
      };
    });
  }

  spanContextIn(context: ApiContext): SpanContext | undefined {
    return this.quietly(() => this.api.trace.getSpanContext(context));
  }

  #headersFor(origin: string): { readonly [name: string]: string } {
    if (!this.#propagateTo.has(origin)) return {};
    return { ...this.written(this.spanContextIn(this.here)) };
  }
}
