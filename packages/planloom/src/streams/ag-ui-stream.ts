// A run as a stream of AG-UI events. In: a feed of moments. Out: events, from RUN_STARTED to RUN_FINISHED or RUN_ERROR.
import type { Engine } from "../engine/engine.js";
import type { JsonObject } from "../plan/json.js";
import type { AgUiEvent, AgUiInterrupt } from "./ag-ui-event.js";
import { AnswerText, type TextPiece } from "./answer-text.js";
import { feedOf, type FeedOptions } from "./feed.js";
import type { AskedMoment, Moment, Moments, StepMoment } from "./moments.js";
import { eventResponse, readableOf } from "./readable.js";

export interface AgUiOptions extends FeedOptions {
  /** As the front end names its conversation. Default: the id of the run. */
  readonly threadId?: string;
  /** As the front end names this part of the conversation. Default: the id of the run. */
  readonly runId?: string;
}

export function agUiStream(engine: Engine, runId: string, options: AgUiOptions): ReadableStream<AgUiEvent> {
  return readableOf((signal) => eventsOf(engine, runId, { ...options, signal }), options.signal);
}

/** The same as server-sent events. */
export function agUiStreamResponse(engine: Engine, runId: string, options: AgUiOptions): Response {
  return eventResponse(agUiStream(engine, runId, options));
}

/** An event without its place. */
type Bare = AgUiEvent extends infer E ? (E extends AgUiEvent ? Omit<E, "metadata"> : never) : never;

async function* eventsOf(engine: Engine, run: string, options: AgUiOptions): AsyncGenerator<AgUiEvent, void> {
  const { threadId = run, runId = run, after = 0 } = options;
  const { moments, told } = feedOf(engine, run, options);
  const shown = new Shown(run, { threadId, runId }, moments);
  const placed = (seq: number) => (event: Bare) => ({ ...event, metadata: { seq } }) as AgUiEvent;
  yield placed(after)({ type: "RUN_STARTED", threadId, runId });
  let isFirst = after > 0;
  for await (const { seq, moments: some } of told) {
    if (isFirst) yield* shown.resumed().map(placed(seq));
    isFirst = false;
    for (const moment of some) yield* shown.of(moment).map(placed(seq));
  }
}

/** What this stream has opened, and must close. */
class Shown {
  readonly #text = new AnswerText();
  readonly #running = new Set<string>();
  readonly #results = new Map<string, number>();

  constructor(
    private readonly run: string,
    private readonly names: { readonly threadId: string; readonly runId: string },
    private readonly moments: Moments,
  ) {}

  /** The state that the stream goes on from. */
  resumed(): readonly Bare[] {
    return [{ type: "STATE_SNAPSHOT", snapshot: this.#state() }];
  }

  of(moment: Moment): readonly Bare[] {
    switch (moment.type) {
      case "plan":
        return [{ type: "STATE_SNAPSHOT", snapshot: this.#state() }];
      case "step":
        return [...this.#step(moment), this.#stepState(moment)];
      case "progress": {
        const { type: _type, ...value } = moment;
        return [{ type: "CUSTOM", name: "planloom.progress", value }];
      }
      case "call":
        return callEvents(moment.id, moment.tool, moment.input);
      case "approval":
      case "question":
      case "doubt":
        return callEvents(moment.id, moment.tool, moment.input);
      case "output":
        return [this.#result(moment.id, moment.output)];
      case "failure":
        return [this.#result(moment.id, { error: { ...moment.error } })];
      case "denied":
        return [this.#result(moment.id, { approved: false })];
      case "delta":
        return this.#text.add(moment.text).map((piece) => this.#piece(piece));
      case "answer-lost":
        return this.#text.close().map((piece) => this.#piece(piece));
      case "answer": {
        const { answer: value, partial } = moment;
        const text = this.#text.finish(value).map((piece) => this.#piece(piece));
        return [...text, { type: "CUSTOM", name: "planloom.answer", value: { value, partial } }];
      }
      case "end":
        return [...this.#closed(), this.#end(moment)];
    }
  }

  #state(): JsonObject {
    const { plan } = this.moments;
    const steps = Object.fromEntries([...this.moments.steps].map(([id, step]) => [id, stateOf(step)]));
    return { status: this.moments.status, ...(plan === undefined ? {} : { plan }), steps };
  }

  #stepState(step: StepMoment): Bare {
    return { type: "STATE_DELTA", delta: [{ op: "add", path: `/steps/${step.id}`, value: stateOf(step) }] };
  }

  #step({ id: stepName, status }: StepMoment): readonly Bare[] {
    const isRunning = status === "running";
    if (isRunning === this.#running.has(stepName)) return [];
    if (isRunning) this.#running.add(stepName);
    else this.#running.delete(stepName);
    return [{ type: isRunning ? "STEP_STARTED" : "STEP_FINISHED", stepName }];
  }

  #result(toolCallId: string, output: unknown): Bare {
    const count = (this.#results.get(toolCallId) ?? 0) + 1;
    this.#results.set(toolCallId, count);
    const content = typeof output === "string" ? output : JSON.stringify(output);
    return { type: "TOOL_CALL_RESULT", messageId: `${this.run}:${toolCallId}:${count}`, toolCallId, content };
  }

  #piece({ part, id, delta }: TextPiece): Bare {
    const messageId = `${this.run}:${id}`;
    if (delta !== undefined) return { type: "TEXT_MESSAGE_CONTENT", messageId, delta };
    return part === "start"
      ? { type: "TEXT_MESSAGE_START", messageId, role: "assistant" }
      : { type: "TEXT_MESSAGE_END", messageId };
  }

  #closed(): readonly Bare[] {
    const steps = [...this.#running].map((stepName): Bare => ({ type: "STEP_FINISHED", stepName }));
    return [...this.#text.close().map((piece) => this.#piece(piece)), ...steps];
  }

  #end({ status, error }: Extract<Moment, { type: "end" }>): Bare {
    if (error !== undefined) return { type: "RUN_ERROR", ...error };
    const interrupts = [...this.moments.asked.values()].map(interruptOf);
    const outcome =
      status === "completed"
        ? ({ type: "success" } as const)
        : status === "cancelled"
          ? ({ type: "cancelled" } as const)
          : ({ type: "interrupt", interrupts } as const);
    return { type: "RUN_FINISHED", ...this.names, outcome };
  }
}

function callEvents(toolCallId: string, toolCallName: string, input: unknown): readonly Bare[] {
  return [
    { type: "TOOL_CALL_START", toolCallId, toolCallName },
    { type: "TOOL_CALL_ARGS", toolCallId, delta: JSON.stringify(input) },
    { type: "TOOL_CALL_END", toolCallId },
  ];
}

const REASONS = { approval: "tool_call", question: "input_required", doubt: "confirmation" } as const;

function interruptOf({ type, id, reply, tool, input, message, expiresAt }: AskedMoment): AgUiInterrupt {
  const until = expiresAt === undefined ? {} : { expiresAt };
  return { id: reply, reason: REASONS[type], message, toolCallId: id, ...until, metadata: { tool, input } };
}

function stateOf({ type: _type, error, ...step }: StepMoment): JsonObject {
  return { ...step, ...(error && { error: { ...error } }) };
}
