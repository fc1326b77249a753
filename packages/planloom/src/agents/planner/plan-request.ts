// The request to a planner. In: a goal and all known facts. Out: one request to a model, and notes on it. Pure: the
// same facts give the same request. planner.ts sends it and reads the reply.
import { beginning } from "../../beginning.js";
import { LIMITS } from "../../limits.js";
import type { ModelMessage, ModelRequest } from "../../model/port.js";
import { findingForPlanner } from "../../words/findings.js";
import { hasForeignKeys, withPlainKeys } from "../../plan/foreign-keys.js";
import type { Json, JsonObject } from "../../plan/json.js";
import type { Plan } from "../../plan/plan.js";
import { shortlist } from "./shortlist.js";
import type { Inventory, ToolSpec } from "../../plan/tool-spec.js";
import { typeFromSchema } from "../../plan/type/schema.js";
import { typeOfValue, typeText } from "../../plan/type/type.js";
import { writePlan } from "../../plan/write.js";
import type { Granularity } from "../../plan/check/granularity.js";
import type { PlanPlace, RunBudget } from "../../plan/check/sub-plans.js";
import type { InvalidDraft } from "../../run/effect.js";
import type { Asking } from "../../run/event.js";
import type { Scouted } from "../../run/event/scouted.js";
import type { Message } from "../../run/message.js";
import { scoutedText } from "./scout-prompts.js";
import { conversationText } from "./conversation-text.js";
import { replyText } from "./planner-examples.js";
import { planRequestSchema } from "./plan-request-schema.js";
import { foundToolsText, plannerGoal, plannerRepair, plannerSystem, type InventoryPart } from "./planner-prompts.js";
import { sections } from "../prompts.js";
import type { ReplanFacts } from "./replan-facts.js";
import { patchRepair, replanText } from "./replan-prompts.js";

export interface PlannerRequest {
  /** Trusted. */
  readonly goal: string;
  /** Earlier turns of the conversation, oldest first. Default: none. */
  readonly messages?: readonly Message[];
  /** Data: the planner sees their names and types, never their values. */
  readonly inputs: { readonly [name: string]: Json };
  /** Inputs that others may have written: the names of their fields are shown only if they are plain. Default: none. */
  readonly foreignInputs?: readonly string[];
  readonly inventory: Inventory;
  /** The JSON Schema that the answer must fit. */
  readonly answer?: JsonObject;
  /** Whether a model can write the answer. Default: true. */
  readonly synthesizer?: boolean;
  /** Whether a model can judge outputs by an `expect` in prose. Default: true. */
  readonly judge?: boolean;
  /** The date of the request, for example 2026-11-30. */
  readonly today?: string;
  readonly limits?: { readonly steps?: number; readonly offeredTools?: number };
  /** Default: normal. */
  readonly granularity?: Granularity;
  /** Set for a plan of a sub-goal: the runs above. At the depth limit, no step may be a sub-plan. */
  readonly within?: PlanPlace;
  /** The budget of the run. */
  readonly budget?: RunBudget;
  /** Whether a model judges the plan once before it is used. */
  readonly critique?: boolean;
  /** Whether steps may start while the planner writes: each is checked as it arrives. */
  readonly eager?: boolean;
  /** Replaces the opening of the planner's prompt. */
  readonly instructions?: string;
  /** The draft of the previous round with all its findings, and the kind of its request. */
  readonly invalid?: InvalidDraft;
  /** What the planner looked up before. */
  readonly scouted?: Scouted;
  /** Plans that a person rejected, oldest first. */
  readonly rejected?: readonly { readonly plan: Plan; readonly comment: string }[];
  /** For a replan: the state of the plan that is being replaced. */
  readonly replan?: ReplanFacts;
  /** The executor's model, so that descriptions suit it. null if there is none. */
  readonly executorModel: string | null;
}

export interface PreparedRequest {
  readonly request: Omit<ModelRequest, "signal">;
  readonly asking: Asking;
  /** Whether the reply may ask for further tools. */
  readonly mayAsk: boolean;
}

/** Whether the plan may have sub-plans. */
const mayNest = ({ within }: PlannerRequest): boolean => (within?.depth ?? 0) < LIMITS.subPlanDepth;

export const isPatch = ({ replan }: PlannerRequest): boolean => replan?.mode === "patch";

/** The request after the planner has asked for tools. Each element holds the words of one such reply. */
export function planRequest(request: PlannerRequest, words: readonly (readonly string[])[]): PreparedRequest {
  const { inventory, executorModel, granularity, instructions, invalid } = request;
  const offered = offeredTools(request, words);
  const all = offered.length === inventory.tools.length;
  const mayAsk = !all && words.length < LIMITS.toolRequests;
  const part = all ? undefined : partOf(inventory, offered, mayAsk);
  const told = { ...inventory, tools: offered };
  const [patch, subPlans] = [isPatch(request), mayNest(request)];
  const { schema, tools } = planRequestSchema(told, { patch, mayAsk, subPlans });
  const { critique } = invalid?.asking ?? {};
  return {
    request: {
      system: plannerSystem({ inventory: told, part, executorModel, granularity, subPlans, instructions }),
      messages: messagesOf(request, newsOf(request, words, offered)),
      output: { name: patch ? "patch" : "plan", schema, described: replyText({ mayAsk, subPlans }) },
    },
    asking: {
      ...(all ? {} : { offered: { tools: offered.length, of: inventory.tools.length } }),
      ...(words.length === 0 ? {} : { wanted: words }),
      ...(tools === offered.length ? {} : { schema: { tools, of: offered.length } }),
      ...(critique === undefined ? {} : { critique }),
    },
    mayAsk,
  };
}

/** Selects tools of a large inventory by the goal and by all that the planner has read or written about tools. */
function offeredTools(request: PlannerRequest, words: readonly (readonly string[])[]): readonly ToolSpec[] {
  const { goal, inventory, limits, invalid, rejected = [], replan } = request;
  const plans = [...rejected.map(({ plan }) => plan), ...(replan === undefined ? [] : [replan.plan])];
  const texts = [
    ...plans.map((plan) => JSON.stringify(writePlan(plan))),
    ...rejected.map(({ comment }) => comment),
    ...roundsOf(invalid).flatMap(({ draft, findings }) => [draft, ...findings.map(findingForPlanner)]),
  ];
  return shortlist(inventory.tools, { goal, texts, words }, limits?.offeredTools ?? LIMITS.offeredTools);
}

function partOf({ tools }: Inventory, offered: readonly ToolSpec[], mayAsk: boolean): InventoryPart {
  const told = new Set(offered);
  return { left: tools.filter((tool) => !told.has(tool)).map(({ name }) => name), mayAsk };
}

/** The result of the last time that the planner asked for tools. */
function newsOf(
  request: PlannerRequest,
  words: readonly (readonly string[])[],
  offered: readonly ToolSpec[],
): string | undefined {
  const last = words.at(-1);
  if (last === undefined) return undefined;
  const before = new Set(offeredTools(request, words.slice(0, -1)));
  return foundToolsText(
    last,
    offered.filter((tool) => !before.has(tool)).map(({ name }) => name),
  );
}

function messagesOf(request: PlannerRequest, news: string | undefined): readonly ModelMessage[] {
  const { goal, inputs, limits, invalid, rejected = [], replan, today, messages = [] } = request;
  const types = Object.fromEntries(
    Object.entries(inputs).map(([name, value]) => [
      name,
      request.foreignInputs?.includes(name) === true ? plainType(value) : inputType(value),
    ]),
  );
  const answer = request.answer && answerTypeText(request.answer);
  const above = request.within?.goals ?? [];
  const facts = {
    steps: limits?.steps ?? LIMITS.steps,
    today,
    answer,
    synthesizer: request.synthesizer ?? true,
    above,
  };
  const aim = plannerGoal(goal, types, facts, rejected);
  const found = request.scouted && scoutedText(request.scouted);
  const text = sections(aim, conversationText(messages), found, replan !== undefined && replanText(replan), news);
  return [{ role: "user", text }, ...shownRounds(invalid).flatMap((round) => repairOf(round, isPatch(request)))];
}

type Round = Pick<InvalidDraft, "draft" | "findings">;

const roundsOf = (invalid: InvalidDraft | undefined): readonly Round[] =>
  invalid === undefined ? [] : [...(invalid.earlier ?? []), invalid];

/** All rounds, so that each request begins with the one before it. Of many long drafts, the last ones. */
function shownRounds(invalid: InvalidDraft | undefined): readonly Round[] {
  let room: number = LIMITS.repairChars;
  const isShown = ({ draft }: Round, at: number, { length }: readonly Round[]): boolean => {
    room -= draft.length;
    return at === length - 1 || room >= 0;
  };
  const rounds = roundsOf(invalid);
  const first = rounds.findLastIndex((round, at) => !isShown(round, at, rounds));
  return rounds.slice(first + 1);
}

function repairOf({ draft, findings }: Round, patch: boolean): readonly ModelMessage[] {
  return [
    { role: "assistant", text: beginning(draft, LIMITS.planBytes) || "(empty)" },
    { role: "user", text: patch ? patchRepair(findings) : plannerRepair(findings) },
  ];
}

/** The same, with plain names of fields only. */
function plainType(value: Json): string {
  return hasForeignKeys(value)
    ? `${inputType(withPlainKeys(value))} (more fields, whose names are not shown)`
    : inputType(withPlainKeys(value));
}

/** The type of the answer, as the planner reads it; the beginning of a long one. */
function answerTypeText(schema: JsonObject): string {
  return beginning(typeText(typeFromSchema(schema)), LIMITS.answerTypeChars);
}

/** The text of the type of a value: its kind, not the value itself. */
export function inputType(value: Json): string {
  const text = typeText(typeOfValue(value));
  return text.length > LIMITS.inputTypeChars ? (Array.isArray(value) ? "unknown[]" : "unknown") : text;
}
