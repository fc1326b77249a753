// The planner: a goal becomes a checked plan, or findings about the draft. In: a PlannerRequest. Out: a PlannerReply.
// Separate from the rounds of repair, which are the kernel's: one call here is one request.
import { messageOf } from "../error.js";
import { LIMITS } from "../limits.js";
import type { Model, ModelMessage, ModelReply, ModelRequest } from "../model/port.js";
import { check } from "../plan/check.js";
import type { Finding } from "../plan/finding.js";
import { finishedTouched } from "../plan/finished.js";
import { depthOf, isObject, type Json } from "../plan/json.js";
import type { Plan } from "../plan/plan.js";
import { readPlan } from "../plan/read.js";
import type { Inventory, ToolSpec } from "../plan/tool-spec.js";
import { typeOfValue } from "../plan/type-of-value.js";
import { typeText } from "../plan/type.js";
import { NO_USAGE, type Usage } from "../plan/usage.js";
import { writePlan } from "../plan/write.js";
import { askModel } from "./ask-model.js";
import type { AgentContext } from "./checkpoint.js";
import { jsonReadings } from "./json-reply.js";
import { patchFromReply, patchRequestSchema, planFromReply, planRequestSchema } from "./plan-request-schema.js";
import { plannerGoal, plannerRepair, plannerSystem } from "./prompts.js";
import { patchIn, readRedraft, type Redraft } from "./read-replan.js";
import type { ReplanFacts } from "./replan-facts.js";
import { patchRepair, replanText } from "./replan-prompts.js";
import { failureOf } from "./step-failure.js";

export interface PlannerRequest {
  /** Trusted. */
  readonly goal: string;
  /** Data: the planner is told their names and types, never their values. */
  readonly inputs: { readonly [name: string]: Json };
  readonly inventory: Inventory;
  readonly limits?: { readonly steps?: number };
  /** Replaces the opening of the planner's prompt. */
  readonly instructions?: string;
  /** The draft of the round before, with everything that was found. */
  readonly invalid?: { readonly draft: string; readonly findings: readonly Finding[] };
  /** Plans that a person did not want, oldest first. */
  readonly rejected?: readonly { readonly plan: Plan; readonly comment: string }[];
  /** Where another plan is to take the place of one that was being carried out: what became of that. */
  readonly replan?: ReplanFacts;
  /** The executor's model, so that descriptions suit it; null where there is none. */
  readonly executorModel: string | null;
}

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
    }
  | { readonly kind: "invalid"; readonly draft: string; readonly findings: readonly Finding[]; readonly usage: Usage };

/** A planner without a model: gives a draft as data or as text; where `request.replan` asks for a patch, that or a plan. */
export type PlannerFunction = (request: PlannerRequest, context: AgentContext) => Promise<unknown>;
export type Planner = Model | PlannerFunction;

/** One round of planning. Throws a StepFailure where no reply came; whatever the planner wrote is an expected outcome. */
export async function askPlanner(
  request: PlannerRequest,
  planner: Planner,
  context: AgentContext,
): Promise<PlannerReply> {
  try {
    if (typeof planner === "function")
      return readDraft(await callFunction(request, planner, context), request, NO_USAGE);
    const reply = await askModel("planner", modelRequest(request), planner, context);
    return readModelReply(reply, request);
  } catch (thrown) {
    throw failureOf(thrown, context.signal, NO_USAGE);
  }
}

function modelRequest(request: PlannerRequest): Omit<ModelRequest, "signal"> {
  return {
    system: plannerSystem(request.inventory, request.executorModel, request.instructions),
    messages: messagesOf(request),
    output: isPatch(request)
      ? { name: "patch", schema: patchRequestSchema(request.inventory) }
      : { name: "plan", schema: planRequestSchema(request.inventory) },
  };
}

const isPatch = ({ replan }: PlannerRequest): boolean => replan?.mode === "patch";

function messagesOf(request: PlannerRequest): readonly ModelMessage[] {
  const { goal, inputs, limits, invalid, rejected = [], replan } = request;
  const types = Object.fromEntries(Object.entries(inputs).map(([name, value]) => [name, inputType(value)]));
  const aim = plannerGoal(goal, types, limits?.steps ?? LIMITS.steps, rejected);
  const asked: ModelMessage = { role: "user", text: replan === undefined ? aim : `${aim}\n\n${replanText(replan)}` };
  if (invalid === undefined) return [asked];
  const draft = invalid.draft.slice(0, LIMITS.planBytes) || "(empty)";
  const mend = isPatch(request) ? patchRepair(invalid.findings) : plannerRepair(invalid.findings);
  return [asked, { role: "assistant", text: draft }, { role: "user", text: mend }];
}

async function callFunction(request: PlannerRequest, planner: PlannerFunction, context: AgentContext): Promise<string> {
  return await context.checkpoint("planner", { effects: "none" }, async () => {
    const draft = await planner(request, context);
    return kept(typeof draft === "string" ? draft : jsonOf(draft));
  });
}

/** One character more than any plan may have, so that the reader can say that it is too much. */
const kept = (draft: string): string => draft.slice(0, LIMITS.planBytes + 1);

/** The text of a draft that a function gave as data; where it is none, what is wrong with it, which no reader takes for a plan. */
function jsonOf(draft: unknown): string {
  if (depthOf(draft, LIMITS.jsonDepth) > LIMITS.jsonDepth) return `(It nests deeper than ${LIMITS.jsonDepth} levels.)`;
  try {
    return JSON.stringify(draft, null, 2) ?? "";
  } catch (thrown) {
    return `(It is no JSON: ${messageOf(thrown)})`;
  }
}

function readModelReply(reply: ModelReply, request: PlannerRequest): PlannerReply {
  const read = readDraft(draftText(reply.text, request), request, reply.usage);
  if (read.kind === "plan" || reply.finish === "stop") return read;
  const why = UNFINISHED[reply.finish];
  return why === undefined
    ? read
    : { ...read, findings: [why, ...read.findings.filter(({ code }) => code !== why.code)] };
}

const UNFINISHED: { readonly [finish: string]: Finding } = {
  length: finding(
    "TRUNCATED",
    "The reply was cut by the output limit.",
    "Write a shorter plan: fewer steps, shorter descriptions.",
  ),
  "content-filter": finding(
    "REFUSAL",
    "The provider's content filter withheld the reply.",
    "Change the wording of the plan.",
  ),
};

/** The strict form of a plan nests deeper than the plan; what is deeper than this stands for none. */
const MOST_DEPTH = 4 * LIMITS.jsonDepth;

/** The text that is checked and shown: the reply itself, or the document that its strict form stands for. */
function draftText(text: string, request: PlannerRequest): string {
  const { inventory } = request;
  const patch = isPatch(request) ? patchIn(text) : undefined;
  if (patch !== undefined) return kept(JSON.stringify(patchFromReply(patch, inventory), null, 2));
  const document = jsonReadings(text.trim()).find((value) => isObject(value) && Array.isArray(value["steps"]));
  if (document === undefined || depthOf(document, MOST_DEPTH) > MOST_DEPTH) return text;
  return kept(JSON.stringify(planFromReply(document, inventory), null, 2));
}

function readDraft(draft: string, request: PlannerRequest, usage: Usage): PlannerReply {
  const { goal, inputs, inventory, limits, replan } = request;
  const read = replan === undefined ? readFirst(draft, inventory) : readRedraft(draft, inventory, replan);
  if (!read.ok) return { kind: "invalid", draft, findings: read.findings, usage };
  const { locate, placed } = read;
  const options = { inputs, locate, goal, ...(limits && { limits }) };
  const checked = check(withRun(read.draft, request), inventory, options);
  if (!checked.ok) return { kind: "invalid", draft, findings: checked.findings.map(placed), usage };
  const { plan, hash, tools } = checked;
  const touched = replan === undefined ? [] : finishedTouched(replan.plan, plan, new Set(replan.fixed));
  if (touched.length > 0) return { kind: "invalid", draft, findings: touched.map(placed), usage };
  return { kind: "plan", plan, inputs: checked.inputs, hash, tools, findings: checked.findings.map(placed), usage };
}

function readFirst(draft: string, inventory: Inventory): Redraft {
  const read = readPlan(draft, { inventory });
  if (read.kind !== "plan") return { ok: false, findings: read.findings };
  return { ok: true, draft: read.draft, locate: read.locate, placed: (finding) => finding };
}

/**
 * The goal and the inputs are the run's, whatever a draft says about them; the planner need not declare them. What a plan
 * before it declared is better than a guess from the value.
 */
function withRun(draft: unknown, { goal, inputs, replan }: PlannerRequest): unknown {
  if (!isObject(draft)) return draft;
  const declared = isObject(draft["inputs"]) ? draft["inputs"] : {};
  const before = replan === undefined ? undefined : writePlan(replan.plan)["inputs"];
  const given = Object.entries(inputs).map(([name, value]) => [name, { type: inputType(value) }] as const);
  const all = { ...declared, ...Object.fromEntries(given), ...(isObject(before) ? before : {}) };
  return { ...draft, goal, ...(Object.keys(all).length > 0 && { inputs: all }) };
}

function finding(code: string, message: string, fix: string): Finding {
  return { code, severity: "error", where: { pointer: "" }, message, fix };
}

/** The text of the type that a value suggests: its kind, not the value itself. */
function inputType(value: Json): string {
  const text = typeText(typeOfValue(value));
  return text.length > LIMITS.inputTypeChars ? (Array.isArray(value) ? "unknown[]" : "unknown") : text;
}
