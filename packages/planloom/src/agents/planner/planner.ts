// The planner: turns a goal into a checked plan, or into findings about the draft. In: a PlannerRequest. Out: a
// PlannerReply. One call is one round; the kernel decides on further rounds.
import { beginning } from "../../beginning.js";
import { messageOf } from "../../error.js";
import { LIMITS } from "../../limits.js";
import type { Model, ModelReply } from "../../model/port.js";
import { check } from "../../plan/check/check.js";
import { findingOf, isError, positioned, type Finding } from "../../plan/finding.js";
import { finishedTouched } from "../../plan/revise/finished.js";
import { depthOf, isObject, type Json } from "../../plan/json.js";
import type { Plan } from "../../plan/plan.js";
import { joinedFindings, readPlan } from "../../plan/read/read.js";
import type { Inventory, ToolSpec } from "../../plan/tool-spec.js";
import { addUsage, NO_USAGE, type Usage } from "../../plan/usage.js";
import { writePlan } from "../../plan/write.js";
import type { CheckedPlan } from "../../run/command.js";
import type { Asking } from "../../run/event.js";
import { askModel } from "../ask-model.js";
import type { AgentContext } from "../checkpoint.js";
import { continuationRequest, continuedPlan, cutPlan } from "./continuation.js";
import { critiquePlan } from "./critic.js";
import { jsonReadings } from "../typed/json-reply.js";
import { inputType, isPatch, planRequest, type PlannerRequest, type PreparedRequest } from "./plan-request.js";
import { patchFromReply, planFromReply } from "./plan-request-schema.js";
import { patchIn, readRedraft, type Redraft } from "./read-replan.js";
import { draftsOf } from "./plan-drafts.js";
import { failureOf } from "../step-failure.js";
import { withWords } from "../../words/findings.js";

export type PlannerReply =
  | {
      readonly kind: "plan";
      readonly plan: Plan;
      /** The inputs with the plan's defaults. */
      readonly inputs: { readonly [name: string]: Json };
      readonly hash: string;
      readonly tools: readonly ToolSpec[];
      /** Warnings only. */
      readonly findings: readonly Finding[];
      readonly usage: Usage;
      /** Absent if the planner was asked without a schema, or is a function. */
      readonly asking?: Asking;
    }
  | {
      readonly kind: "invalid";
      readonly draft: string;
      readonly findings: readonly Finding[];
      readonly usage: Usage;
      readonly asking?: Asking;
    };

/**
 * A planner without a model. Returns a draft as data or as text. If `request.replan` asks for a patch, it may return a
 * patch or a plan.
 */
export type PlannerFunction = (request: PlannerRequest, context: AgentContext) => Promise<unknown>;
export type Planner = Model | PlannerFunction;

/** Whether the state that a plan needs is there. Never rejects. */
export type PlanPrecheck = (checked: CheckedPlan) => Promise<readonly Finding[]>;

/**
 * One round of planning. Throws a StepFailure if no reply came. A draft with findings is an expected outcome, also one
 * that only the precheck refuses.
 */
export async function askPlanner(
  request: PlannerRequest,
  planner: Planner,
  context: AgentContext,
  precheck?: PlanPrecheck,
): Promise<PlannerReply> {
  if (typeof planner !== "function") return prechecked(await askPlannerModel(request, planner, context), precheck);
  try {
    return await prechecked(readDraft(await callFunction(request, planner, context), request), precheck);
  } catch (thrown) {
    throw failureOf(thrown, context.signal, NO_USAGE);
  }
}

/** A reply, with the way from its plan back to the planner's text. */
type Read = PlannerReply & { readonly written?: Written };

interface Written {
  readonly draft: string;
  /** The findings on the plan, at their places in the text. */
  readonly placed: (findings: readonly Finding[]) => readonly Finding[];
}

async function prechecked({ written, ...reply }: Read, precheck: PlanPrecheck | undefined): Promise<PlannerReply> {
  if (reply.kind === "invalid" || precheck === undefined) return reply;
  const found = await precheck(reply);
  if (found.length === 0 || written === undefined) return reply;
  const findings = [...written.placed(found), ...reply.findings];
  if (!findings.some(isError)) return { ...reply, findings };
  const { usage, asking } = reply;
  return { kind: "invalid", draft: written.draft, findings, usage, ...(asking === undefined ? {} : { asking }) };
}

/** Repeats while the planner asks for tools, and once more for its critique. */
async function askPlannerModel(request: PlannerRequest, planner: Model, context: AgentContext): Promise<Read> {
  let usage = NO_USAGE;
  let wanted = request.invalid?.asking?.wanted ?? [];
  try {
    for (let name = "planner"; ; name = "planner with more tools") {
      const { request: sent, asking, mayAsk } = planRequest(request, wanted);
      const onText = context.drafted && !isPatch(request) ? draftsOf(request, context.drafted) : undefined;
      const reply = await askModel(name, { ...sent, ...(onText && { onText }) }, planner, context);
      usage = addUsage(usage, reply.usage);
      const words = mayAsk ? neededTools(reply.text) : undefined;
      if (words !== undefined) {
        wanted = [...wanted, words];
        continue;
      }
      const first = readModelReply(reply, request);
      const rest = first.kind === "invalid" ? await continued(reply, sent, request, planner, context) : undefined;
      usage = addUsage(usage, rest?.usage ?? NO_USAGE);
      const read = { ...(rest?.read ?? first), usage, ...(Object.keys(asking).length > 0 && { asking }) };
      if (read.kind === "invalid" || request.critique !== true || asking.critique !== undefined) return read;
      const critique = await critiquePlan(sent, draftText(reply.text, request), planner, context);
      usage = addUsage(usage, critique.usage);
      const after = critique.changed === undefined ? read : readModelReply(critique.changed, request);
      return { ...after, usage, asking: { ...asking, critique: critique.said } };
    }
  } catch (thrown) {
    throw failureOf(thrown, context.signal, usage);
  }
}

/**
 * A plan that the output limit cut off is continued once from its last whole step. undefined if there is nothing to
 * continue.
 */
async function continued(
  reply: ModelReply,
  sent: PreparedRequest["request"],
  request: PlannerRequest,
  planner: Model,
  context: AgentContext,
): Promise<{ readonly read?: Read; readonly usage: Usage } | undefined> {
  const cut =
    isPatch(request) || reply.finish === "content-filter" ? undefined : cutPlan(reply.text, request.inventory);
  if (cut === undefined) return undefined;
  const more = await askModel("planner continued", continuationRequest(sent, cut), planner, context);
  const text = continuedPlan(cut, more.text, request.inventory);
  if (text === undefined) return { usage: more.usage };
  return { read: readDraft(kept(text), request), usage: more.usage };
}

/** The words of a reply that asks for tools instead of planning. undefined for a reply that holds a plan too. */
function neededTools(text: string): readonly string[] | undefined {
  const value = jsonReadings(text.trim()).find(isObject);
  if (value === undefined || [value["steps"], value["operations"]].some(hasItems)) return undefined;
  const words = value["needTools"];
  if (!hasItems(words)) return undefined;
  const texts = words.filter((word): word is string => typeof word === "string" && word.trim() !== "");
  const wanted = texts.slice(0, LIMITS.furtherTools).map((word) => beginning(word.trim(), LIMITS.nameChars));
  return wanted.length === 0 ? undefined : wanted;
}

const hasItems = (value: Json | undefined): value is readonly Json[] => Array.isArray(value) && value.length > 0;

async function callFunction(request: PlannerRequest, planner: PlannerFunction, context: AgentContext): Promise<string> {
  return await context.checkpoint("planner", { effects: "none" }, async () => {
    const { invalid } = request;
    const draft = await planner(invalid === undefined ? request : { ...request, invalid: withWords(invalid) }, context);
    return kept(typeof draft === "string" ? draft : jsonOf(draft));
  });
}

/** One character more than any plan may have, so that the reader can report the excess. */
const kept = (draft: string): string => beginning(draft, LIMITS.planBytes + 1);

/**
 * The text of a draft that a function gave as data. If it is not JSON, the problem, which no reader takes for a plan.
 */
function jsonOf(draft: unknown): string {
  if (depthOf(draft, LIMITS.jsonDepth) > LIMITS.jsonDepth) return `(It nests deeper than ${LIMITS.jsonDepth} levels.)`;
  try {
    return JSON.stringify(draft, null, 2) ?? "";
  } catch (thrown) {
    return `(It is no JSON: ${messageOf(thrown)})`;
  }
}

function readModelReply(reply: Pick<ModelReply, "text" | "finish">, request: PlannerRequest): Read {
  const read = readDraft(draftText(reply.text, request), request);
  if (read.kind === "plan" || reply.finish === "stop") return read;
  const why = UNFINISHED[reply.finish];
  return why === undefined
    ? read
    : { ...read, findings: [why, ...read.findings.filter(({ code }) => code !== why.code)] };
}

const UNFINISHED: { readonly [finish: string]: Finding } = {
  length: findingOf("TRUNCATED", { pointer: "" }, { cut: "reply" }),
  "content-filter": findingOf("REFUSAL", { pointer: "" }, { by: "filter" }),
};

/**
 * The most nesting that is converted. The strict form of a plan nests deeper than the plan; deeper values are not
 * converted.
 */
const MOST_DEPTH = 4 * LIMITS.jsonDepth;

/** The text that is checked and shown: the reply itself, or the document that its strict form converts to. */
function draftText(text: string, request: PlannerRequest): string {
  const { inventory } = request;
  const patch = isPatch(request) ? patchIn(text) : undefined;
  if (patch !== undefined) return kept(JSON.stringify(patchFromReply(patch, inventory), null, 2));
  const document = jsonReadings(text.trim()).find((value) => isObject(value) && Array.isArray(value["steps"]));
  if (document === undefined || depthOf(document, MOST_DEPTH) > MOST_DEPTH) return text;
  return kept(JSON.stringify(planFromReply(document, inventory), null, 2));
}

function readDraft(draft: string, request: PlannerRequest): Read {
  const { goal, inputs, inventory, limits, replan, granularity } = request;
  const read = replan === undefined ? readFirst(draft, inventory) : readRedraft(draft, inventory, replan);
  if (!read.ok) return { kind: "invalid", draft, findings: read.findings, usage: NO_USAGE };
  const { locate, located } = read;
  const { answer, synthesizer, judge, within, budget } = request;
  const able = { ...(synthesizer === undefined ? {} : { synthesizer }), ...(judge === undefined ? {} : { judge }) };
  const place = { ...(within && { within }), ...(budget && { budget }) };
  const wanted = { ...(answer && { answer }), ...able, ...place };
  const options = { inputs, locate, goal, ...wanted, ...(limits && { limits }), ...(granularity && { granularity }) };
  const checked = check(withRun(read.draft, request), inventory, options);
  if (!checked.ok || read.reading.some(isError))
    return {
      kind: "invalid",
      draft,
      findings: joinedFindings(read.reading, checked.findings.map(located)),
      usage: NO_USAGE,
    };
  const { plan, hash, tools } = checked;
  const touched = replan === undefined ? [] : finishedTouched(replan.plan, plan, new Set(replan.fixed));
  if (touched.length > 0) return { kind: "invalid", draft, findings: touched.map(located), usage: NO_USAGE };
  return {
    kind: "plan",
    plan,
    inputs: checked.inputs,
    hash,
    tools,
    findings: joinedFindings(read.reading, checked.findings.map(located)),
    usage: NO_USAGE,
    written: { draft, placed: (findings) => findings.map((finding) => located(positioned(finding, locate))) },
  };
}

function readFirst(draft: string, inventory: Inventory): Redraft {
  const read = readPlan(draft, { inventory });
  if (read.kind !== "plan") return { ok: false, findings: read.findings };
  return { ok: true, draft: read.draft, locate: read.locate, located: (finding) => finding, reading: read.findings };
}

/**
 * The goal and the inputs are the run's, whatever a draft says about them. The planner need not declare them. An input
 * type that an earlier plan declared is better than a guess from the value.
 */
function withRun(draft: unknown, { goal, inputs, replan }: PlannerRequest): unknown {
  if (!isObject(draft)) return draft;
  const declared = isObject(draft["inputs"]) ? draft["inputs"] : {};
  const before = replan === undefined ? undefined : writePlan(replan.plan)["inputs"];
  const given = Object.entries(inputs).map(([name, value]) => [name, { type: inputType(value) }] as const);
  const all = { ...declared, ...Object.fromEntries(given), ...(isObject(before) ? before : {}) };
  return { ...draft, goal, ...(Object.keys(all).length > 0 && { inputs: all }) };
}
