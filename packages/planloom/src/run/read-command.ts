// Reads a command from another process, or from a program without types. In: any value. Out: the command, or undefined.
// A command that the kernel cannot decide would stop every process that ever drives the run.
import { LIMITS } from "../limits.js";
import { check } from "../plan/check/check.js";
import { depthOf, isObject, sizeOf, type Json } from "../plan/json.js";
import { planHash } from "../plan/plan.js";
import { writePlan } from "../plan/write.js";
import { completeSettings, type Settings } from "./settings.js";
import type { CheckedPlan, Command } from "./command.js";

type Fields = { readonly [field: string]: unknown };

/** undefined if the value is not a command. */
export function readCommand(payload: unknown): Command | undefined {
  if (!isObject(payload)) return undefined;
  const { settings } = payload;
  // An earlier build may have sent it.
  const fields: Fields = isObject(settings) ? { ...payload, settings: completeSettings(settings) } : payload;
  const { type } = fields;
  const sound = typeof type === "string" && Object.hasOwn(SOUND, type) && SOUND[type as Command["type"]](fields);
  return sound ? (fields as unknown as Command) : undefined;
}

const SOUND: { readonly [T in Command["type"]]: (fields: Fields) => boolean } = {
  approve: ({ hash, comment, calls }) =>
    isName(hash) && isAbsentOr(isText, comment) && (calls === undefined || calls === true),
  reject: ({ hash, comment }) => isText(comment) && isAbsentOr(isName, hash),
  respond: (fields) => isStepRef(fields) && isValue(fields["value"]),
  settle: (fields) =>
    isStepRef(fields) &&
    VERDICTS.includes(fields["verdict"]) &&
    isAbsentOr(isValue, fields["output"]) &&
    isAbsentOr(isWhole, fields["doubt"]),
  edit: ({ hash, plan, comment }) => isName(hash) && isPlan(plan) && isAbsentOr(isText, comment),
  pause: ({ reason }) => isText(reason),
  unpause: ({ reason }) => isText(reason),
  goal: ({ goal, reason }) => isText(goal) && isText(reason),
  cancel: ({ reason }) => isText(reason),
  retry: ({ reason, from, plan, settings, models }) =>
    isAbsentOr(isText, reason) &&
    isAbsentOr(isName, from) &&
    isAbsentOr(isPlan, plan) &&
    isSettings(settings) &&
    isObject(models) &&
    ROLES.every((role) => models[role] === null || isName(models[role])),
};

const ROLES = ["planner", "executor", "synthesizer"];
const VERDICTS: readonly unknown[] = ["happened", "not-happened", "abort"];
const POLICIES: readonly unknown[] = ["never", "always", "effects", "function"];

const isText = (value: unknown) => typeof value === "string" && value.length <= LIMITS.valueBytes;
const isName = (value: unknown) => typeof value === "string" && value.length <= LIMITS.nameChars;
const isWhole = (value: unknown) => Number.isInteger(value);
const isCount = (value: unknown) => isWhole(value) && (value as number) >= 0;
const isValue = (value: unknown) =>
  value !== undefined &&
  depthOf(value, LIMITS.jsonDepth) <= LIMITS.jsonDepth &&
  sizeOf(value as Json, LIMITS.valueBytes) <= LIMITS.valueBytes;
const isAbsentOr = (is: (value: unknown) => boolean, value: unknown) => value === undefined || is(value);
const isStepRef = ({ step, item }: Fields) => isName(step) && isAbsentOr(isWhole, item);

const COUNTS: readonly (keyof Settings)[] = [
  "concurrency",
  "approvalMs",
  "rejections",
  "repairRounds",
  "roleAttempts",
  "crashes",
  "turns",
  "fanOut",
  "replans",
];
const CHOICES = {
  onFailure: ["fail", "skip", "patch", "replan"],
  replan: ["never", "on-failure", "each-step"],
  replanContext: ["codes", "excerpt", "full"],
  granularity: ["coarse", "normal", "fine"],
} as const satisfies Partial<Record<keyof Settings, readonly string[]>>;
const BUDGET = ["modelCalls", "tokens", "costUsd", "wallMs"] satisfies (keyof Settings["budget"])[];

const isAmount = (value: unknown) => value === null || (typeof value === "number" && value >= 0);

function isSettings(value: unknown): boolean {
  if (!isObject(value) || !POLICIES.includes(value["approval"])) return false;
  const { budget, prices, replanTokens, replanCostUsd } = value;
  return (
    // With a concurrency of 0, nothing would ever start.
    value["concurrency"] !== 0 &&
    COUNTS.every((name) => isCount(value[name])) &&
    Object.entries(CHOICES).every(([name, choices]) => (choices as readonly unknown[]).includes(value[name])) &&
    typeof value["critique"] === "boolean" &&
    isAmount(replanTokens) &&
    isAmount(replanCostUsd) &&
    isObject(budget) &&
    BUDGET.every((name) => isAmount(budget[name])) &&
    isObject(prices)
  );
}

const isVerdict = (value: unknown) =>
  isObject(value) &&
  typeof value["required"] === "boolean" &&
  isObject(value["reason"]) &&
  isName(value["reason"]["code"]);

/** A plan that passes check with the tools beside it, and whose hash is correct. */
function isPlan(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { plan, inputs, tools, hash, findings, estimate, approval } = value as unknown as CheckedPlan;
  if (!isObject(inputs) || !Array.isArray(tools) || !Array.isArray(findings)) return false;
  if (!isAbsentOr(isObject, estimate) || !isAbsentOr(isVerdict, approval)) return false;
  try {
    const again = check(writePlan(plan), { tools }, { inputs, limits: { steps: Infinity, planBytes: Infinity } });
    return again.ok && again.hash === hash && planHash(plan, inputs, tools) === hash;
  } catch {
    // A value that cannot be written as a plan is not a plan.
    return false;
  }
}
