// What all rows of a view share. In: the course of a run and the time of the view. Out: facts that are computed once.
import type { PriceOf } from "../../plan/estimate/price.js";
import { costByModel } from "../../plan/estimate/price.js";
import type { EffectClass } from "../../plan/tool-spec.js";
import type { Usage } from "../../plan/usage.js";
import type { Bar, Lane } from "../../run/view/lane.js";
import { RowStatuses } from "../../run/view/row-status.js";
import type { RunTimeline } from "../../run/view/timeline.js";
import { wavesIn, type Waves } from "../../run/view/waves.js";
import { currentPlan } from "../../run/lookup.js";
import type { PendingApproval, ProposedPlan, Run } from "../../run/state.js";
import type { Work } from "../../run/work.js";
import { LAST_TIME } from "../../words/phrases.js";
import type { Estimates } from "./estimates.js";
import type { BarView, EffectView, RowStatus, RowView } from "./run-view.js";

/** What is known of a run beside its log. */
export interface Beside {
  /** ms since 1970. */
  readonly now: number;
  readonly estimates?: Estimates | undefined;
  /** Turns of agent steps that are running. */
  readonly turns?: ReadonlyMap<Work, number>;
}

export class RowContext {
  readonly run: Run;
  readonly statuses: RowStatuses;
  /** ms from the start of the run: its end, or now. */
  readonly endMs: number;
  readonly queue: ReadonlyMap<Work, number>;
  /** The current plan; undefined before the first. */
  readonly plan: ProposedPlan | undefined;
  readonly #waves = new Map<ProposedPlan, Waves>();
  /** Tools whose call waits for approval, by step and item. */
  readonly #calls: ReadonlyMap<string, string>;

  constructor(
    readonly timeline: RunTimeline,
    readonly beside: Beside,
    readonly critical: ReadonlySet<Bar>,
  ) {
    this.run = timeline.run;
    this.statuses = new RowStatuses(this.run);
    this.endMs = endMsOf(timeline, beside.now);
    this.plan = currentPlan(this.run);
    this.queue = new Map(this.run.execution.ready.values().map((work, index) => [work, index]));
    this.#calls = new Map([...this.run.approvals.pending.values()].flatMap(waitingCall));
  }

  /** The tool whose call inside the work waits for approval. */
  callWaiting({ step, item }: Work): string | undefined {
    return this.#calls.get(nameOf(step.spec.id, item));
  }

  readonly waves = (plan: ProposedPlan): Waves => {
    const known = this.#waves.get(plan);
    if (known !== undefined) return known;
    const waves = wavesIn(plan);
    this.#waves.set(plan, waves);
    return waves;
  };

  /** The plan under which a step began; undefined before the first. */
  planOf(revision: number): ProposedPlan | undefined {
    const { plans } = this.run.planning;
    return plans.find((plan) => plan.revision === revision) ?? plans.at(-1);
  }

  isoAfter(ms: number): string {
    return isoTime(this.run.log.startedAt + ms);
  }

  bars({ bars }: Lane): readonly BarView[] {
    return bars.map((bar) => ({
      kind: bar.kind,
      attempt: bar.attempt,
      fromMs: bar.from.ms,
      ...(bar.to === undefined ? {} : { toMs: bar.to.ms }),
      status: barStatus(bar),
      critical: this.critical.has(bar),
    }));
  }

  isCritical({ bars }: Lane): boolean {
    return bars.some((bar) => this.critical.has(bar));
  }

  /** When it began and how long it took, until now if it is open. What went before a retry of the run does not count. */
  times({ bars }: Lane): { readonly startedAfterMs?: number; readonly tookMs?: number } {
    const { retried } = this.timeline;
    const since = retried && bars.find(({ from }) => from.seq > retried.seq);
    const [first, last] = [since ?? bars[0], bars.at(-1)];
    if (first === undefined || last === undefined) return {};
    const to = last.to?.ms ?? this.endMs;
    return { startedAfterMs: first.from.ms, tookMs: Math.max(0, to - first.from.ms) };
  }

  /** `model`: the one that the usage belongs to, unless another answered instead. */
  spent(usage: Usage, model: string | null): { readonly tokens: number | null; readonly costUsd: number | null } {
    const { inputTokens, outputTokens } = usage;
    const tokens = inputTokens === null || outputTokens === null ? null : inputTokens + outputTokens;
    return { tokens, costUsd: costByModel(usage, model ?? "", this.priceOf) ?? null };
  }

  readonly priceOf: PriceOf = (model) => this.run.request.settings.prices[model];
}

/** How long a row worked: without the time that a person took. */
export function workedMs({ tookMs = 0, bars, startedAfterMs = 0 }: Worked, endMs: number): number {
  const waited = bars.reduce((sum, { kind, fromMs, toMs = endMs }) => {
    return kind === "person-wait" && fromMs >= startedAfterMs ? sum + toMs - fromMs : sum;
  }, 0);
  return Math.max(0, tookMs - waited);
}

type Worked = Pick<RowView, "tookMs" | "bars" | "startedAfterMs">;

const nameOf = (step: string, item: number | null | undefined): string => `${step} ${item ?? ""}`;

const waitingCall = ({ subject, call }: PendingApproval): readonly (readonly [string, string])[] =>
  subject === "plan" || call === undefined ? [] : [[nameOf(subject.step, subject.item), call.tool]];

const OPEN_BARS: { readonly [kind in Bar["kind"]]: RowStatus } = {
  attempt: "running",
  "retry-wait": "retrying",
  "person-wait": "waiting",
};

export const barStatus = ({ kind, end }: Bar): RowStatus => end ?? OPEN_BARS[kind];

export const EFFECTS: { readonly [effects in EffectClass]: EffectView } = {
  none: "none",
  idempotent: "acts-repeatable",
  once: "acts-once",
};

/** ms from the start of the run to its end. A clock behind the log does not go before its last event. */
export function endMsOf({ run: { mode, log }, last }: RunTimeline, now: number): number {
  return mode.phase === "ended" ? last.ms : Math.max(last.ms, now - log.startedAt);
}

export const isoTime = (ms: number): string => new Date(Math.min(ms, LAST_TIME)).toISOString();
