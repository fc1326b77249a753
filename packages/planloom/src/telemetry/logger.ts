// The logger of a program. In: what happens to runs and their store. Out: lines with a code and data. A line holds no
// goal, argument, output, prompt or secret: only ids, names, codes and numbers. What a logger throws is ignored.
import { LIMITS } from "../limits.js";
import type { Usage } from "../plan/usage.js";
import type { RunEvent } from "../run/event.js";
import { isEndedStatus } from "../run/status.js";
import type { RunHead } from "../run/view/head.js";
import type { Observer, StoreOperation } from "./observer.js";
import { errorType, errorTypeOf } from "./error-type.js";

/** The data of a line. `code` says what happened. */
export type LogData = { readonly code: string; readonly [name: string]: unknown };

/** A logger in the form of pino; `console` fits, too. */
export interface Logger {
  debug(data: LogData, message: string): unknown;
  info(data: LogData, message: string): unknown;
  warn(data: LogData, message: string): unknown;
  error(data: LogData, message: string): unknown;
}

/** The same logger. It never throws, and a promise that it returns is not left to reject. */
export function quietLogger(logger: Logger): Logger {
  const quiet =
    (level: keyof Logger) =>
    (data: LogData, message: string): void => {
      try {
        const told = logger[level](data, message);
        if (told instanceof Promise) told.catch(() => undefined);
      } catch {
        // There is nobody else to tell.
      }
    };
  return { debug: quiet("debug"), info: quiet("info"), warn: quiet("warn"), error: quiet("error") };
}

export class RunLogger implements Observer {
  /** Runs that wait, as they were told last. */
  readonly #waiting = new Set<string>();
  /** Runs that have begun here and not ended. */
  readonly #open = new Set<string>();

  constructor(private readonly logger: Logger) {}

  appended(runId: string, events: readonly RunEvent[], head: RunHead | undefined): void {
    this.#open.add(runId);
    for (const event of events) this.#event(runId, event);
    if (head === undefined) return;
    if (isEndedStatus(head.status)) return this.#ended(runId, events, head);
    if (head.waiting === undefined) return void this.#waiting.delete(runId);
    if (this.#waiting.has(runId)) return;
    this.#waiting.add(runId);
    const { first, approvals, questions, doubts } = head.waiting;
    this.logger.info(
      { code: "RUN_WAITING", runId, for: first, approvals, questions, doubts },
      "run waits for a person",
    );
  }

  #event(runId: string, event: RunEvent): void {
    const { seq, type, data } = event;
    const { step, item } = data as { readonly step?: string; readonly item?: number };
    const at = { runId, ...(step === undefined ? {} : { step }), ...(item === undefined ? {} : { item }) };
    this.logger.debug({ code: "EVENT", ...at, seq, type }, "event");
    if ("usage" in data) this.#usage(at, data.usage);
    switch (event.type) {
      case "run.started":
        return void this.logger.info({ code: "RUN_STARTED", runId, strategy: event.data.strategy }, "run started");
      case "run.resumed":
        return void this.logger.info({ code: "RUN_RESUMED", runId, reason: event.data.reason.code }, "run resumed");
      case "run.reopened":
        return void this.logger.info({ code: "RUN_REOPENED", runId, stage: event.data.stage }, "run is retried");
      case "replan.requested": {
        const { mode, reason } = event.data;
        return void this.logger.info({ code: "REPLAN", runId, mode, reason: reason.code }, "another plan is written");
      }
      case "plan.failed":
      case "answer.failed":
      case "judge.failed":
        return void this.logger.warn(
          { code: "MODEL_FAILED", ...at, error: errorType(event.data.error.code), type },
          "model failed",
        );
      case "turn.failed":
      case "step.failed": {
        const { attempt, error, decision } = event.data;
        const told = { ...at, attempt, error: errorType(error.code), decision };
        if (decision === "retry") return void this.logger.warn({ code: "RETRY", ...told }, "attempt failed, retried");
        return void this.logger.warn({ code: "STEP_FAILED", ...told }, "step failed");
      }
      case "step.unknown":
        return void this.logger.warn({ code: "STEP_IN_DOUBT", ...at }, "nobody knows whether a call has acted");
      case "input.refused":
        return void this.logger.info({ code: "INPUT_REFUSED", runId, reason: event.data.code }, "command refused");
      default:
        return;
    }
  }

  /** A model answered instead of another one. */
  #usage(at: object, { others = {} }: Partial<Usage>): void {
    for (const [model, { because }] of Object.entries(others)) {
      const told = { code: "MODEL_FALLBACK", ...at, model, failed: because.model, error: errorType(because.code) };
      this.logger.warn(told, "another model answered");
    }
  }

  #ended(runId: string, events: readonly RunEvent[], { status, totals, startedAt, updatedAt }: RunHead): void {
    this.#waiting.delete(runId);
    if (!this.#open.delete(runId)) return;
    const failed = events.find((event) => event.type === "run.failed");
    const { steps, completed, modelCalls, costUsd } = totals;
    const told = { runId, status, ms: updatedAt - startedAt, steps, completed, modelCalls, costUsd };
    if (failed === undefined) return void this.logger.info({ code: "RUN_ENDED", ...told }, "run ended");
    this.logger.error({ code: "RUN_ENDED", ...told, error: errorType(failed.data.error.code) }, "run failed");
  }

  released(runId: string): void {
    this.#waiting.delete(runId);
    if (this.#open.delete(runId)) this.logger.info({ code: "RUN_RELEASED", runId }, "run released before its end");
  }

  stored(operation: StoreOperation, ms: number, runId: string, error?: unknown): void {
    const told = { runId, operation, ms: Math.round(ms) };
    if (error !== undefined) this.#notStored({ ...told, error: errorTypeOf(error) });
    else if (ms >= LIMITS.storeSlowMs) this.logger.warn({ code: "STORE_SLOW", ...told }, "store is slow or busy");
  }

  #notStored(told: { readonly error: string; readonly runId: string }): void {
    if (told.error === "STORE_FENCED")
      return void this.logger.warn({ code: "LEASE_LOST", ...told }, "another process owns the run");
    this.logger.error({ code: "STORE_ERROR", ...told }, "store failed");
  }
}
