// The place of a run in a trace, as W3C Trace Context writes it (w3.org/TR/trace-context). In: the texts of two headers.
// Out: what a log may hold. A trace is for people who watch: no decision reads it.

export interface TraceParent {
  /** `00-<trace id>-<span id>-<flags>`. */
  readonly traceparent: string;
  readonly tracestate?: string;
}

/** A later version may have more after the flags. */
const TRACEPARENT = /^(?!ff)([0-9a-f]{2})-(?!0{32})([0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2})(-.*)?$/;
const TRACESTATE = /^[\x20-\x7e]{1,512}$/;

/** undefined if the traceparent is not one. Then, says W3C, it counts as absent. A bad tracestate is left out. */
export function soundTraceParent(traceparent: unknown, tracestate?: unknown): TraceParent | undefined {
  const found = typeof traceparent === "string" ? TRACEPARENT.exec(traceparent) : null;
  if (found === null || (found[1] === "00" && found[3] !== undefined)) return undefined;
  const state = typeof tracestate === "string" && TRACESTATE.test(tracestate) ? { tracestate } : {};
  return { traceparent: `00-${found[2]!}`, ...state };
}
