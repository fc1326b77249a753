// Brings a version-2 event into version 3. In: the event and the run before it. Out: the event with the decisions that
// version 2 left to its reader. The rules here are frozen. They are the rules of version 2 and do not follow today's
// kernel.
import { isObject, type Json, type JsonObject } from "../../plan/json.js";
import type { Plan, Step } from "../../plan/plan.js";
import type { Change, EventData } from "../event.js";
import { currentPlan } from "../lookup.js";
import type { Run } from "../state.js";
import { changeOf, replanOf } from "../status.js";
import { recordedNeeds, recordedStepNeeds } from "./needs-before-v3.js";
import type { RecordedEvent, Upcaster } from "./recorded-event.js";

export const upcastVersion2: Upcaster = (recorded, run) => {
  const cast = Object.hasOwn(CASTS, recorded.type) ? CASTS[recorded.type] : undefined;
  return cast === undefined ? recorded : { ...recorded, data: { ...recorded.data, ...cast(recorded.data, run) } };
};

type Data = { readonly [field: string]: Json | undefined };

/** Gives the fields that are new or differ. */
type Cast = (data: Data, run: Run) => RecordedEvent["data"];

type Replan = EventData["replan.requested"];

const json = (value: object): Json => value as unknown as Json;

const CASTS: { readonly [type: string]: Cast } = {
  "plan.proposed": ({ plan }) => ({ needs: json(recordedNeeds(plan as unknown as Plan)) }),
  "plan.stepDrafted": ({ begins, step }) =>
    begins === true ? { needs: json(recordedStepNeeds(step as unknown as Step)) } : {},
  "step.failed": (data, run) => {
    const { decision, item, error } = data;
    const changes = (decision === "patch" || decision === "replan") && item === undefined;
    return { error: failureOf(error), ...(changes ? { change: json(changeAfter(run, data)) } : {}) };
  },
  "step.unknown": ({ tool }, run) =>
    currentPlan(run)?.tools.get(tool as string)?.reconciles === true ? { reconciles: true } : {},
  "step.skipped": ({ reason }) => {
    if (!isObject(reason) || reason["code"] !== "FAILED") return { reason: reason ?? null };
    return { reason: { ...reason, error: failureOf(reason["error"]) } };
  },
  "run.failed": ({ error }) => ({ error: failureOf(error) }),
  "approval.denied": ({ again }, run) => {
    const replan = again === true ? (currentPlan(run)?.replan ?? withFinished(run)) : undefined;
    return replan === undefined ? {} : { replan: json(replan) };
  },
  "goal.changed": ({ comment }, run) => goalChanged(run, comment as string),
};

/** Some builds wrote the text "false" for the value. */
function failureOf(error: Json | undefined): Json {
  if (!isObject(error) || !isObject(error["params"])) return error ?? null;
  const { params } = error;
  if (error["code"] === "EXPECT_FAILED" && params["got"] === "false") {
    return { ...error, params: { ...params, got: false } };
  }
  const { items } = params;
  if (!isObject(items) || !isObject(items["first"])) return error;
  const first = { ...items["first"], error: failureOf(items["first"]["error"]) };
  return { ...error, params: { ...params, items: { ...items, first } } };
}

/** A patch answers one failure. Several failures need a full replan. */
function changeAfter(run: Run, { step, decision, reason }: Data): JsonObject {
  const open: Change | Replan | undefined =
    changeOf(run) ?? (run.mode.phase === "awaiting-approval" ? currentPlan(run)?.replan : replanOf(run));
  const one: JsonObject = { step: step ?? null };
  if (open === undefined) {
    const mode = decision === "replan" ? "full" : "patch";
    return { mode, cause: "failure", failed: [one], reason: reason ?? null };
  }
  return { mode: "full", cause: open.cause, failed: [...open.failed.map(json), one], reason: json(open.reason) };
}

/** The planner must read of finished steps, if there are any. */
function withFinished({ execution: { counts } }: Run): Replan | undefined {
  if (counts.completed + counts.skipped === 0) return undefined;
  const estimate = { tokens: null, costUsd: null };
  return { mode: "full", cause: "goal", failed: [], reason: { code: "PLAN_REJECTED" }, estimate };
}

function goalChanged(run: Run, comment: string): RecordedEvent["data"] {
  const asked = { mode: "full", cause: "goal", reason: { code: "GOAL_CHANGED", comment } } as const;
  if (run.mode.phase !== "planning") {
    return { change: json({ ...asked, failed: changeOf(run)?.failed ?? [] }) };
  }
  const replan = replanOf(run);
  return replan === undefined ? {} : { replan: json({ ...replan, ...asked }) };
}
