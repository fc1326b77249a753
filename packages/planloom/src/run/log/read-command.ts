// Reads a command that another process, another build, or a program without types has sent.
// In: any value. Out: the command in today's form, or what is known of one that cannot be read.
import { beginning } from "../../beginning.js";
import { LIMITS } from "../../limits.js";
import { check } from "../../plan/check/check.js";
import { INPUT_TRUST } from "../../plan/label.js";
import { depthOf, isObject, type JsonObject } from "../../plan/json.js";
import { notJson } from "../../plan/not-json.js";
import { planHash, planHashBy } from "../../plan/plan-hash.js";
import { writePlan } from "../../plan/write.js";
import { completeSettings, type Settings } from "../settings.js";
import { CALL_VERDICTS, isForEnded, type CheckedPlan, type Command } from "../command.js";
import type { UnreadableCommand } from "../input.js";
import { isCheckedPlan, isSettings } from "./event-shapes.js";
import { planFromV1 } from "./plan-v1.js";

type Fields = { readonly [field: string]: unknown };

/** The command in today's form. undefined if it is not a command that the kernel can decide. */
export function readCommand(payload: unknown): Command | undefined {
  try {
    return soundCommand(payload);
  } catch {
    // A getter or a proxy of a program may throw.
    return undefined;
  }
}

function soundCommand(payload: unknown): Command | undefined {
  if (!isObject(payload) || depthOf(payload, LIMITS.eventDepth) > LIMITS.eventDepth) return undefined;
  const fields = inTodaysForm(payload);
  const { type } = fields;
  const sound = typeof type === "string" && Object.hasOwn(SOUND, type) && SOUND[type as Command["type"]](fields);
  return sound ? (fields as unknown as Command) : undefined;
}

/** An inbox entry as an input. An entry that cannot be read is an input too: the kernel refuses it, with a code. */
export function readEntry(payload: unknown): Command | UnreadableCommand {
  const command = readCommand(payload);
  if (command !== undefined) return command;
  const type = isObject(payload) ? payload["type"] : undefined;
  return { type: "unreadable", command: typeof type === "string" ? beginning(type, LIMITS.nameChars) : "" };
}

/**
 * Whether an inbox entry asks an ended run to continue: a retry, or a request for a partial answer. One that cannot be
 * read is refused in the log of that run.
 */
export function isRetry(payload: unknown): boolean {
  const said = readEntry(payload);
  return isForEnded(said.type === "unreadable" ? said.command : said.type);
}

/** A command of an earlier build lacks later settings. One of version 1 holds sentences in its plan. */
function inTodaysForm(payload: Fields): Fields {
  const { settings, plan } = payload;
  return {
    ...payload,
    ...(isObject(settings) ? { settings: completeSettings(settings) } : {}),
    ...(isObject(plan) ? { plan: rehashed(planFromV1(plan)) } : {}),
  };
}

/** A plan with the hash of an earlier build gets today's. Any other plan stays as it is, and so does a wrong hash. */
function rehashed(plan: JsonObject): JsonObject {
  const parts = plan as unknown as CheckedPlan;
  if (!isCheckedPlan(parts) || planHashBy(1, parts) !== parts.hash) return plan;
  return { ...plan, hash: planHash(parts.plan, parts.inputs, parts.tools) };
}

const SOUND: { readonly [T in Command["type"]]: (fields: Fields) => boolean } = {
  approve: ({ hash, comment, calls, unseen, args, rest }) =>
    isAbsentOr(isRecord, args) &&
    isName(hash) &&
    isAbsentOr(isText, comment) &&
    isAbsentOrTrue(calls) &&
    isAbsentOrTrue(unseen) &&
    (rest === undefined || rest === "values" || rest === "host"),
  reject: ({ hash, comment }) => isText(comment) && isAbsentOr(isName, hash),
  respond: (fields) => isStepRef(fields) && isValue(fields["value"]) && isAbsentOr(isWhole, fields["asked"]),
  settle: (fields) =>
    isStepRef(fields) &&
    (CALL_VERDICTS as readonly unknown[]).includes(fields["verdict"]) &&
    isAbsentOr(isValue, fields["output"]) &&
    isAbsentOr(isWhole, fields["doubt"]),
  edit: ({ hash, plan, comment }) => isName(hash) && isPlan(plan) && isAbsentOr(isText, comment),
  pause: ({ reason }) => isText(reason),
  unpause: ({ reason }) => isText(reason),
  goal: ({ goal, reason }) => isText(goal) && isText(reason),
  cancel: ({ reason, compensate }) => isText(reason) && (compensate === undefined || typeof compensate === "boolean"),
  compensate: ({ reason, hash, unseen }) =>
    isAbsentOr(isText, reason) && isAbsentOr(isName, hash) && isAbsentOrTrue(unseen),
  retry: ({ reason, from, feedback, plan, given, trust, settings, models }) =>
    isAbsentOr(isText, reason) &&
    isAbsentOr(isName, from) &&
    isAbsentOr(isText, feedback) &&
    isAbsentOr(isPlan, plan) &&
    isAbsentOr(isNames, given) &&
    isAbsentOr(isTrust, trust) &&
    isSoundSettings(settings) &&
    isModels(models),
  answer: ({ settings, models }) => isSoundSettings(settings) && isModels(models),
};

const ROLES = ["planner", "executor", "synthesizer"];

const isText = (value: unknown) => typeof value === "string" && value.length <= LIMITS.valueBytes;
const isName = (value: unknown) => typeof value === "string" && value.length <= LIMITS.nameChars;
const isNames = (value: unknown) => Array.isArray(value) && value.every(isName);
const isTrust = (value: unknown) =>
  isRecord(value) && Object.values(value as Fields).every((said) => (INPUT_TRUST as readonly unknown[]).includes(said));
const isWhole = (value: unknown) => Number.isInteger(value);
const isModels = (value: unknown) =>
  isObject(value) && ROLES.every((role) => value[role] === null || isName(value[role]));
const isCount = (value: unknown) => isWhole(value) && (value as number) >= 0;
const isValue = (value: unknown) => notJson(value, { strict: true }) === undefined;
const isRecord = (value: unknown) => isValue(value) && isObject(value);
const isAbsentOr = (is: (value: unknown) => boolean, value: unknown) => value === undefined || is(value);
const isAbsentOrTrue = (value: unknown) => value === undefined || value === true;
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
const BUDGET = ["modelCalls", "tokens", "costUsd", "wallMs"] satisfies (keyof Settings["budget"])[];

const isAmount = (value: unknown) => value === null || (typeof value === "number" && value >= 0);

function isSoundSettings(value: unknown): boolean {
  if (!isSettings(value)) return false;
  const { budget, replanTokens, replanCostUsd } = value;
  return (
    // With a concurrency of 0 nothing would ever start.
    value.concurrency !== 0 &&
    COUNTS.every((name) => isCount(value[name])) &&
    isAmount(replanTokens) &&
    isAmount(replanCostUsd) &&
    BUDGET.every((name) => isAmount(budget[name]))
  );
}

/** Whether the plan passes check with its tools, and has the hash that it names. */
function isPlan(value: unknown): boolean {
  if (!isCheckedPlan(value)) return false;
  const { plan, inputs, tools, hash, hashVersion } = value;
  if (hashVersion !== undefined) return false;
  try {
    const again = check(writePlan(plan), { tools }, { inputs, limits: { steps: Infinity, planBytes: Infinity } });
    return again.ok && again.hash === hash && planHash(plan, inputs, tools) === hash;
  } catch {
    // A plan that cannot be written is not a plan.
    return false;
  }
}
