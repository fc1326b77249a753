// A command as another process, or a program without types, has sent it. In: any value. Out: the command, or undefined.
// Separate because what the kernel cannot decide would stop every process that ever drives the run.
import { LIMITS } from "../limits.js";
import { depthOf, isObject, sizeOf, type Json } from "../plan/json.js";
import { planHash, planSchema } from "../plan/plan.js";
import { writePlan } from "../plan/write.js";
import type { Settings } from "./event.js";
import type { CheckedPlan, Command } from "./input.js";

type Fields = { readonly [field: string]: unknown };

/** undefined where it is none. */
export function readCommand(payload: unknown): Command | undefined {
  if (!isObject(payload)) return undefined;
  const fields = payload as Fields;
  const { type } = fields;
  const sound = typeof type === "string" && Object.hasOwn(SOUND, type) && SOUND[type as Command["type"]](fields);
  return sound ? (payload as unknown as Command) : undefined;
}

const SOUND: { readonly [T in Command["type"]]: (fields: Fields) => boolean } = {
  approve: ({ hash, comment }) => isName(hash) && isAbsentOr(isText, comment),
  reject: ({ hash, comment }) => isText(comment) && isAbsentOr(isName, hash),
  respond: (fields) => isPlace(fields) && isValue(fields["value"]),
  settle: (fields) =>
    isPlace(fields) &&
    VERDICTS.includes(fields["verdict"]) &&
    isAbsentOr(isValue, fields["output"]) &&
    isAbsentOr(isWhole, fields["doubt"]),
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
const POLICIES: readonly unknown[] = ["never", "always", "effects"];

const isText = (value: unknown) => typeof value === "string" && value.length <= LIMITS.valueBytes;
const isName = (value: unknown) => typeof value === "string" && value.length <= LIMITS.nameChars;
const isWhole = (value: unknown) => Number.isInteger(value);
const isCount = (value: unknown) => isWhole(value) && (value as number) >= 0;
const isValue = (value: unknown) =>
  value !== undefined &&
  depthOf(value, LIMITS.jsonDepth) <= LIMITS.jsonDepth &&
  sizeOf(value as Json, LIMITS.valueBytes) <= LIMITS.valueBytes;
const isAbsentOr = (is: (value: unknown) => boolean, value: unknown) => value === undefined || is(value);
const isPlace = ({ step, item }: Fields) => isName(step) && isAbsentOr(isWhole, item);

const COUNTS: readonly (keyof Settings)[] = [
  "concurrency",
  "approvalMs",
  "rejections",
  "repairRounds",
  "roleAttempts",
  "crashes",
  "turns",
  "fanOut",
];

function isSettings(value: unknown): boolean {
  return isObject(value) && POLICIES.includes(value["approval"]) && COUNTS.every((name) => isCount(value[name]));
}

/** A checked plan as this version checks them, and not changed since: its hash is that of its parts. */
function isPlan(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { plan, inputs, tools, hash, findings } = value as unknown as CheckedPlan;
  if (!isObject(inputs) || !Array.isArray(tools) || !Array.isArray(findings)) return false;
  try {
    return planSchema.safeParse(writePlan(plan)).success && planHash(plan, inputs, tools) === hash;
  } catch {
    // What cannot even be written is no plan.
    return false;
  }
}
