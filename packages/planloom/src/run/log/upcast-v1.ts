// Brings a version-1 event into version 2. In: the event and the run before it. Out: the event with codes instead of
// sentences, and with the decisions that version 1 left to its reader. Sentences are kept as legacy text and never
// parsed. The rules here are frozen. They are the rules of version 1 and do not follow today's kernel.
import { errorKeys, type Finding } from "../../plan/finding.js";
import { recordedNames } from "../../plan/expression/recorded-names.js";
import { canonicalJson, type Json, type JsonObject } from "../../plan/json.js";
import type { Plan, Step } from "../../plan/plan.js";
import type { ToolSpec } from "../../plan/tool-spec.js";
import { callKey, fillKey } from "../keys.js";
import { currentPlan, findWork } from "../lookup.js";
import { type ProposedPlan, type Run } from "../state.js";
import { isDrafting, isFailing, isReviewedAgain } from "../status.js";
import type { Work } from "../work.js";
import { findingFromV1 } from "./plan-v1.js";
import type { RecordedEvent, Upcaster } from "./recorded-event.js";

export const upcastVersion1: Upcaster = (recorded, run) => {
  const cast = Object.hasOwn(CASTS, recorded.type) ? CASTS[recorded.type] : undefined;
  return cast === undefined ? recorded : { ...recorded, data: compact(cast(recorded.data, run)) };
};

/** Data of a version-1 event. Its fields are read as version 1 wrote them. */
type Data = { readonly [field: string]: Json | undefined };
type Cast = (data: Data, run: Run) => Data;

/** Leaves out fields that have no value. */
function compact(data: Data): RecordedEvent["data"] {
  return Object.fromEntries(Object.entries(data).filter(([, value]) => value !== undefined)) as JsonObject;
}

const flag = (holds: boolean): true | undefined => (holds ? true : undefined);

// Sentences

const legacy = (text: Json | undefined): JsonObject => ({ code: "LEGACY", text: text ?? "" });

/** In version 1, a failure was a code with a message and a next step. */
function failureOf(error: Json | undefined): Json | undefined {
  if (error === undefined) return undefined;
  const { message, next: _next, ...rest } = error as { readonly [field: string]: Json };
  return { ...rest, text: message ?? "" };
}

function commented({ reason, ...rest }: Data): Data {
  return { ...rest, comment: reason ?? "" };
}

const reasoned: Cast = ({ reason, ...rest }) => ({ ...rest, reason: legacy(reason) });

/** For events that record a failure: plan.failed, step.failed and so on. */
function failed({ error, reason, ...rest }: Data): Data {
  return { ...rest, error: failureOf(error), reason: legacy(reason), unpaid: flag(isUnpaid(error)) };
}

/** The findings of a plan or a draft, with their sentences kept as text. */
const findingsOf = ({ findings }: Data): Json =>
  ((findings ?? []) as unknown as readonly Finding[]).map(findingFromV1) as unknown as Json;

// Decisions

const UNPAID: readonly unknown[] = [
  "PROVIDER_RATE_LIMITED",
  "PROVIDER_REFUSED",
  "PROVIDER_UNAUTHORIZED",
  "PROVIDER_UNREACHABLE",
];

/** Whether the server refused the request, so that no tokens are counted. */
const isUnpaid = (error: Json | undefined): boolean =>
  UNPAID.includes((error as { readonly code?: Json } | null)?.code);

/** Whether the planner was asked to repair its draft. */
function isRepaired(run: Run, { round, findings }: Data): boolean {
  const last = new Set(errorKeys(findings as unknown as readonly Finding[]));
  const inVain = run.planning.repairs.filter((errors) => errors.every((error) => last.has(error))).length;
  return Number(round) < run.request.settings.repairRounds && last.size > 0 && inVain < 2;
}

/** Whether the end of a step caused a review of the rest. */
function asksReview(run: Run, { item, carried }: Data): boolean {
  const { mode, halt, execution, request } = run;
  const { settings, models } = request;
  if (item !== undefined || carried !== undefined || settings.replan !== "each-step") return false;
  if (execution.open <= 1 || models.planner === null || mode.phase !== "executing") return false;
  return halt === undefined;
}

/** Whether the planner read text of tools or models for this replan. */
function readsUntrusted(run: Run): boolean {
  if (run.request.settings.replanContext === "codes" || currentPlan(run) === undefined) return false;
  return [...run.execution.steps.values()].some(({ spec, tool, work, fan }) => {
    const begun = (work.status !== "pending" && work.status !== "ready") || work.startedAt !== undefined;
    const foreign = spec.kind === "agent" || (spec.kind === "tool" && tool?.trusted !== true);
    return (begun || fan !== undefined) && foreign;
  });
}

/** The plan before a proposal. */
const followedPlan = ({ planning: { plans } }: Run): ProposedPlan | undefined =>
  plans.findLast(({ denied }) => denied === undefined || denied === "expired") ?? plans.at(-1);

/** The steps of a proposal that are new or changed since the plan before it. */
function writtenIn(plan: Plan, tools: readonly ToolSpec[], before: ProposedPlan | undefined): readonly string[] {
  const named = new Map(tools.map((tool) => [tool.name, tool]));
  const were = new Map(before?.plan.steps.map((step) => [step.id, step]));
  const text = (step: Step, all: ReadonlyMap<string, ToolSpec> | undefined) =>
    canonicalJson([step, (step.kind === "tool" ? all?.get(step.tool) : undefined) ?? null]);
  const isSame = (step: Step, was: Step | undefined) =>
    was !== undefined && text(step, named) === text(was, before?.tools);
  return plan.steps.filter((step) => !isSame(step, were.get(step.id))).map(({ id }) => id);
}

/** Whether the plan contains every early step unchanged. */
function adoptsDrafts(run: Run, plan: Plan): boolean {
  if (!isDrafting(run)) return false;
  const written = new Map(plan.steps.map((step) => [step.id, step]));
  return [...run.execution.steps.values()].every(({ spec }) => {
    const step = written.get(spec.id);
    return step !== undefined && canonicalJson(step) === canonicalJson(spec);
  });
}

/** Whether the plan shows the arguments of this step's only call. */
const isReadable = (step: Step): boolean =>
  step.kind === "tool" &&
  step.fill === undefined &&
  step.forEach === undefined &&
  recordedNames(step.with).length === 0;

/** Whether the model calls of its attempt are in a journal. */
const isJournaled = ({ step: { spec }, filled }: Work): boolean =>
  spec.kind === "agent" || (spec.kind === "tool" && spec.fill !== undefined && filled === undefined);

/** Whether an event answers the outcome of a call of this work. Otherwise it only follows from it. */
function isCalled(run: Run, work: Work | undefined): boolean {
  return work !== undefined && (run.owed.has(callKey(work)) || run.owed.has(fillKey(work)));
}

const workIn = (run: Run, { step, item }: Data): Work | undefined =>
  findWork(run, { step: step as string, item: item as number | undefined });

// The events

const CASTS: { readonly [type: string]: Cast } = {
  "run.resumed": reasoned,
  "run.reopened": commented,
  "run.paused": commented,
  "run.unpaused": commented,
  "run.cancelled": commented,
  "cancel.requested": commented,
  "goal.changed": commented,
  "run.failed": ({ error, ...rest }) => ({ ...rest, error: failureOf(error) }),
  "input.refused": ({ command, code, message }) => ({
    command: { type: command ?? "", unknown: true },
    code,
    text: message,
  }),
  "plan.proposed": proposed,
  "plan.invalid": (data, run) => ({
    ...data,
    findings: findingsOf(data),
    asking: asked(data["asking"]),
    decision: isRepaired(run, data) ? "repair" : "give-up",
  }),
  "plan.failed": failed,
  "review.failed": failed,
  "answer.failed": failed,
  "reconcile.failed": ({ error, reason, ...rest }) => ({ ...rest, error: failureOf(error), reason: legacy(reason) }),
  "plan.reviewed": ({ reason, ...rest }, run) => {
    const again = rest["decision"] === "go on" && isReviewedAgain(run) && run.execution.open > 0;
    return { ...rest, text: reason, again: flag(again) };
  },
  "replan.requested": ({ reason, ...rest }, run) => ({
    ...rest,
    reason: legacy(reason),
    untrusted: flag(readsUntrusted(run)),
  }),
  "approval.requested": reasoned,
  "approval.granted": ({ calls, ...rest }, run) => {
    const steps = currentPlan(run)?.plan.steps.filter(isReadable) ?? [];
    return { ...rest, calls: calls === true ? steps.map(({ id }) => id) : undefined };
  },
  "approval.denied": (data, run) => {
    const again = run.request.models.planner !== null && run.planning.rejections < run.request.settings.rejections;
    return { ...data, again: flag(data["cause"] === "rejected" && data["subject"] === "plan" && again) };
  },
  "step.completed": (data, run) => ({ ...data, review: flag(asksReview(run, data)) }),
  "step.failed": stepFailed,
  "step.skipped": reasoned,
  "step.unknown": ({ error, ...rest }) => ({
    ...rest,
    error: failureOf(error),
    ending: "in-doubt",
    unpaid: flag(isUnpaid(error)),
  }),
  "step.cancelled": ({ reason, ...rest }, run) => ({
    ...rest,
    reason: legacy(reason),
    ...(isCalled(run, workIn(run, rest)) ? { ending: "abort", error: { code: "ABORTED", retryable: true } } : {}),
  }),
  "budget.exhausted": (data) => ({ ...data, stops: flag(data["limit"] === "wallMs") }),
  "execution.completed": (data, run) => ({ ...data, answer: answerBy(run) }),
};

function proposed({ reason, approval, asking, ...rest }: Data, run: Run): Data {
  const plan = rest["plan"] as unknown as Plan;
  const followed = followedPlan(run);
  const said = approval as { readonly required: boolean; readonly reason: string } | undefined;
  return {
    ...rest,
    findings: findingsOf(rest),
    reason: reason === undefined ? undefined : legacy(reason),
    approval: said && { required: said.required, reason: legacy(said.reason) },
    asking: asked(asking),
    basis: followed?.revision,
    written: writtenIn(plan, rest["tools"] as unknown as readonly ToolSpec[], followed),
    adopts: flag(adoptsDrafts(run, plan)),
  };
}

/** In version 1, `reason` held the planner's verdict on its own plan. */
function asked(asking: Json | undefined): Json | undefined {
  const { critique, ...rest } = (asking ?? {}) as { readonly [field: string]: Json };
  if (critique === undefined) return asking;
  const { verdict, reason } = critique as { readonly verdict: string; readonly reason: string };
  return { ...rest, critique: { verdict, text: reason } };
}

function stepFailed(data: Data, run: Run): Data {
  const { error, decision, output } = data;
  const { code } = error as { readonly code: string };
  const work = workIn(run, data);
  const ended = decision !== "retry" && decision !== "skip";
  const sameAttempt = ended && code === "BUDGET_EXHAUSTED" && work !== undefined && isJournaled(work);
  const called = isCalled(run, work);
  return {
    ...failed(data),
    ending: called && output === undefined ? "tool-error" : undefined,
    tools: called && output !== undefined ? [] : undefined,
    sameAttempt: flag(sameAttempt),
  };
}

function answerBy(run: Run): string {
  if (isFailing(run)) return "none";
  return currentPlan(run)?.plan.answer.kind === "from" && run.request.models.synthesizer !== null
    ? "synthesizer"
    : "plan";
}
