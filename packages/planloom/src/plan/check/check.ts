// Checks a draft. In: a draft as data, the inventory, the run's inputs. Out: a plan with its hash and its tools, or all
// findings at once. Planning, approval, editing and the surfaces all use it.
import { beginning } from "../../beginning.js";
import { messageOf } from "../../error.js";
import { LIMITS } from "../../limits.js";
import { checkAnswer, type AnswerOptions } from "./answer.js";
import { checkData, type JudgeOptions } from "./data.js";
import { checkGranularity, type Granularity } from "./granularity.js";
import { checkIds, checkPlainTexts, checkTools } from "./ids.js";
import { checkInputs, type CheckedInputs } from "./inputs.js";
import { checkCycles, checkDependencies, inOrder, needsById } from "./order.js";
import { checkOutputs } from "./outputs.js";
import { collectFindings, type Collected, type Report } from "./report.js";
import { readShape, type DraftAnswer, type Outline } from "./shape.js";
import { checkExecutors, withSpecialists } from "./executors.js";
import { checkMixes } from "./mixes.js";
import { checkSubPlans, type SubPlanOptions } from "./sub-plans.js";
import { checkTurns } from "./turns.js";
import { checkTexts, checkUse, unreferenced } from "./use.js";
import type { Finding, FindingCode, Locate } from "../finding.js";
import { InferenceWork, TooMuchInference } from "../expression/infer-work.js";
import { FORBIDDEN_KEYS, isObject, type Json, type JsonObject, pointerTo } from "../json.js";
import { notJson, type NotJson } from "../not-json.js";
import { planHash } from "../plan-hash.js";
import type { Answer, Plan, Step } from "../plan.js";
import type { Inventory, ToolSpec } from "../tool-spec.js";
import { toolNames } from "../step-kind.js";

export interface CheckOptions extends AnswerOptions, JudgeOptions, SubPlanOptions {
  /** The run's inputs. If they are given, an input without a value is a finding. */
  readonly inputs?: { readonly [name: string]: Json };
  /** Positions for findings, from `readPlan`. */
  readonly locate?: Locate;
  /** Replaces the limit in limits.ts. */
  readonly limits?: { readonly steps?: number; readonly planBytes?: number; readonly turns?: number };
  /** The goal, if the draft has none. */
  readonly goal?: string;
  /** The wanted number of steps: 1-4, 3-10 (the default) or 8-20. */
  readonly granularity?: Granularity;
}
export type CheckResult =
  | {
      readonly ok: true;
      readonly plan: Plan;
      /** The inputs with their defaults. */
      readonly inputs: { readonly [name: string]: Json };
      /** The definitions of the tools that the plan uses, by name. */
      readonly tools: readonly ToolSpec[];
      readonly hash: string;
      /** Warnings only. */
      readonly findings: readonly Finding[];
    }
  | { readonly ok: false; readonly findings: readonly Finding[] };

/** Checks a draft. Never throws; reports all findings at once, errors first. */
export function check(draft: unknown, inventory: Inventory, options: CheckOptions = {}): CheckResult {
  const { report, hasErrors, findings } = collectFindings();
  try {
    if (notJson(options.inputs ?? {}, { strict: true }) !== undefined) {
      report("BAD_VALUE", "/inputs", { part: "inputs" });
      return { ok: false, findings: findings(options.locate) };
    }
    const document = documentOf(draft, options.limits ?? {}, report);
    const judged = document === undefined ? undefined : judgeDocument(document, inventory, options, report, hasErrors);
    if (judged === undefined || hasErrors()) return { ok: false, findings: findings(options.locate) };
    const plan = planOf(judged.outline, options.goal);
    const tools = toolsUsed(plan.steps, inventory);
    const { values } = judged.inputs;
    return {
      ok: true,
      plan,
      inputs: values,
      tools,
      hash: planHash(plan, values, tools),
      findings: findings(options.locate),
    };
  } catch (thrown) {
    if (thrown instanceof TooMuchInference) {
      report("TOO_LARGE", "", { of: "expressions", most: LIMITS.checkWork });
      return { ok: false, findings: findings(options.locate) };
    }
    report("CHECK_FAILED", "", { text: beginning(messageOf(thrown), 200) });
    return { ok: false, findings: findings(undefined) };
  }
}

/** A copy as plain JSON, without keys that reach a prototype; undefined if it cannot be checked further. */
function documentOf(draft: unknown, limits: PlanLimits, report: Report): JsonObject | undefined {
  const { planBytes: mostBytes = LIMITS.planBytes } = limits;
  // Values of programs: JSON.stringify would write some of them as something else, and others without end.
  const problem = notJson(draft, { strict: false, most: Math.max(mostBytes, LIMITS.valueBytes), protoKey: false });
  if (problem !== undefined) {
    reportNotJson(problem, report);
    return undefined;
  }
  const text = JSON.stringify(draft) ?? "";
  const bytes = new TextEncoder().encode(text).length;
  if (bytes > mostBytes) {
    report("TOO_LARGE", "", { of: "draft", bytes, most: mostBytes });
    return undefined;
  }
  const tooMany = partsOverLimit(text, scaleOf(limits));
  if (tooMany !== undefined) {
    report("TOO_LARGE", "", tooMany);
    return undefined;
  }
  const document = withoutForbidden(JSON.parse(text || "null") as Json, "", report);
  if (isObject(document)) return document;
  report("BAD_VALUE", "", { part: "draft" });
  return undefined;
}

type PlanLimits = NonNullable<CheckOptions["limits"]>;

/** Larger plans are allowed where they are built in code. */
const scaleOf = ({ steps = LIMITS.steps }: PlanLimits): number => Math.max(1, steps / LIMITS.steps);

type PartsOverLimit = { readonly of: "references" | "fields"; readonly most: number };

/** Counted in the text, because each part takes time wherever it stands. */
function partsOverLimit(text: string, scale: number): PartsOverLimit | undefined {
  const [references, chars, fields] = [LIMITS.references, LIMITS.referenceChars, LIMITS.planFields].map(
    (n) => n * scale,
  );
  const found = { count: 0, chars: 0, fields: 0 };
  for (let at = text.indexOf("${{"); at !== -1; at = text.indexOf("${{", at + 3)) {
    const end = text.indexOf("}}", at);
    found.chars += (end === -1 ? text.length : end) - at;
    if (++found.count > references! || found.chars > chars!) return { of: "references", most: references! };
  }
  for (let at = text.indexOf('":'); at !== -1; at = text.indexOf('":', at + 2))
    if (++found.fields > fields!) return { of: "fields", most: fields! };
  return undefined;
}

function reportNotJson(problem: NotJson, report: Report): void {
  if (problem.is === "depth" || problem.is === "cycle") report("TOO_DEEP", "", { of: "draft", most: LIMITS.jsonDepth });
  else if (problem.is === "size") report("TOO_LARGE", "", { of: "text", most: problem.most });
  else report("BAD_VALUE", problem.path.map(String).reduce(pointerTo, ""), { part: "data" });
}

function withoutForbidden(value: Json, pointer: string, report: Report): Json {
  if (Array.isArray(value))
    return (value as readonly Json[]).map((item, i) => withoutForbidden(item, `${pointer}/${i}`, report));
  if (!isObject(value)) return value;
  const fields: [string, Json][] = [];
  for (const [key, field] of Object.entries(value)) {
    const at = pointerTo(pointer, key);
    if (FORBIDDEN_KEYS.has(key)) report("FORBIDDEN_KEY", at, { key });
    else fields.push([key, withoutForbidden(field, at, report)]);
  }
  return Object.fromEntries(fields);
}

/** Errors that leave the hand-off between steps known. Then unused steps are reported in the same round. */
const AFTER_USE: ReadonlySet<string> = new Set<FindingCode>([
  "ARGUMENT_TYPE",
  "CONDITION_NOT_BOOLEAN",
  "FOREACH_NOT_A_LIST",
  "REPEAT_PLACE",
  "INPUT_TYPE",
  "MAY_BE_SKIPPED",
  "MISSING_INPUT",
  "NULL_IN_TEXT",
  "OUTPUT_TYPE",
  "PATH_NOT_IN_TYPE",
  "TYPE_MISMATCH",
  "UNKNOWN_ARGUMENT",
  "EXECUTOR_AS_TEXT",
  "EXECUTOR_TOOLS",
  "EXECUTOR_WITH_MODEL",
  "UNKNOWN_EXECUTOR",
  "UNKNOWN_TOOL",
  "TOOL_NOT_SET_UP",
  "SERVER_NOT_OPENED",
]);

function judgeDocument(
  document: JsonObject,
  inventory: Inventory,
  options: CheckOptions,
  report: Report,
  hasErrors: Collected["hasErrors"],
): { readonly outline: Outline; readonly inputs: CheckedInputs } {
  const { steps = LIMITS.steps } = options.limits ?? {};
  const tools = new Map(inventory.tools.map((tool) => [tool.name, tool]));
  const shape = readShape(document, steps, report, tools);
  const outline = { ...shape, nodes: withSpecialists(shape.nodes, inventory) };
  const inputs = checkInputs(outline.inputs, options.inputs, report);
  const byId = checkIds(outline.nodes, report);
  checkTools(outline.nodes, { tools, unopened: inventory.unopened ?? [] }, report);
  checkPlainTexts(outline, report);
  checkDependencies(outline.nodes, byId, report);
  const needs = needsById(byId);
  checkCycles(byId, needs, report);
  const outputs = checkOutputs(byId, tools, report);
  const skippable = new Set([...outputs].filter(([, output]) => output.skippable).map(([id]) => id));
  const work = new InferenceWork(LIMITS.checkWork * scaleOf({ steps }));
  const known = { outputs, inputs: inputs.types, skippable, work };
  const nameless = outline.nodes.filter((node) => node.id === undefined || byId.get(node.id) !== node);
  checkData([...inOrder(byId), ...nameless], tools, known, options, report);
  checkAnswer(outline, known, options, report);
  checkTexts(outline.nodes, tools, report);
  checkExecutors(outline.nodes, inventory.executors ?? [], report);
  checkMixes(outline.nodes, tools, report);
  checkTurns(outline.nodes, report, options.limits?.turns);
  checkSubPlans(outline.nodes, outline.goal ?? options.goal ?? "", options, report);
  if (!hasErrors(AFTER_USE)) {
    checkUse(outline, needs, tools, report);
    const { goal = "", granularity = "normal" } = options;
    checkGranularity(outline, needs, outline.goal ?? goal, granularity, report);
  }
  return { outline, inputs };
}

function planOf(outline: Outline, goal: string | undefined): Plan {
  const steps = outline.nodes.flatMap(({ step }) => (step === undefined ? [] : [step]));
  return { goal: outline.goal ?? goal ?? "", inputs: outline.inputs, steps, answer: answerOf(outline.answer, steps) };
}

function answerOf(answer: DraftAnswer | undefined, steps: readonly Step[]): Answer {
  const said = {
    ...(answer?.type === undefined ? {} : { type: answer.type }),
    ...(answer?.onFailure === undefined ? {} : { onFailure: answer.onFailure }),
  };
  if (answer !== undefined && "value" in answer) return { kind: "value", value: answer.value, ...said };
  const named = answer?.from;
  const form = {
    ...(answer?.instructions === undefined ? {} : { instructions: answer.instructions }),
    ...(answer?.critique === undefined ? {} : { critique: answer.critique }),
  };
  if (named !== undefined) return { kind: "from", from: named, ...form, ...said };
  return { kind: "from", from: unreferenced(steps), all: true, ...form, ...said };
}

/** An agent step with tools `all` may use the whole inventory, except tools that need approval. */
function toolsUsed(steps: readonly Step[], inventory: Inventory): ToolSpec[] {
  const lists = steps.map(toolNames);
  const names = new Set(lists.flatMap((list) => (list === "all" ? [] : list)));
  const all = lists.includes("all");
  return inventory.tools
    .filter((tool) => names.has(tool.name) || (all && tool.approval === undefined))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}
