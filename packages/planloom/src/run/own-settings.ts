// The settings of one run beside those of the configuration. In: both. Out: the settings that the run has. None is less
// strict than the configuration's: the limits are the smaller ones, and approval and guard the stricter ones.
import type { Budget, Settings } from "./settings.js";

/** The settings that a run may have of its own, as its log holds them. */
export interface OwnSettings extends Partial<
  Pick<
    Settings,
    | "approval"
    | "guard"
    | "onFailure"
    | "replan"
    | "answerOnFailure"
    | "answerCritique"
    | "critic"
    | OwnCount
    | OwnAmount
  >
> {
  readonly budget?: Partial<Budget>;
  readonly simulated?: true;
}

const COUNTS = ["concurrency", "approvalMs", "rejections", "repairRounds", "turns", "replans"] as const;
const AMOUNTS = ["replanTokens", "replanCostUsd"] as const;
const CHOICES = ["onFailure", "replan", "answerOnFailure", "answerCritique", "critic"] as const;
type OwnCount = (typeof COUNTS)[number];
type OwnAmount = (typeof AMOUNTS)[number];

const APPROVALS: readonly Settings["approval"][] = ["never", "effects", "function", "always"];
const GUARDS: readonly Settings["guard"][] = ["off", "ask"];

const later = <T>(order: readonly T[], one: T, other: T = one): T =>
  order.indexOf(other) > order.indexOf(one) ? other : one;

/** null: no limit. */
const smaller = (one: number | null, other: number | null | undefined): number | null =>
  one === null || other === null || other === undefined ? (one ?? other ?? null) : Math.min(one, other);

/**
 * The settings of a run. A function that decides about approval is less strict than `always` only: nobody knows what it
 * decides. A plan that could wait for approval starts no step before it is complete.
 */
export function withOwn(base: Settings, own: OwnSettings = {}): Settings {
  const approval = later(APPROVALS, base.approval, own.approval);
  const counts = Object.fromEntries(COUNTS.map((name) => [name, Math.min(base[name], own[name] ?? base[name])]));
  const amounts = Object.fromEntries(AMOUNTS.map((name) => [name, smaller(base[name], own[name])]));
  const choices = Object.fromEntries(CHOICES.map((name) => [name, own[name] ?? base[name]]));
  const limits = Object.entries(base.budget) as [keyof Budget, number | null][];
  const budget = Object.fromEntries(limits.map(([name, limit]) => [name, smaller(limit, own.budget?.[name])]));
  return {
    ...base,
    ...counts,
    ...amounts,
    ...choices,
    ...(own.simulated === true && { simulated: true }),
    approval,
    guard: later(GUARDS, base.guard, own.guard),
    eager: base.eager && approval === base.approval,
    budget: budget as unknown as Budget,
  };
}

/** The first setting that would be less strict than the configuration's, by its name there. */
export function looserSetting(
  base: Settings,
  own: OwnSettings,
): { readonly setting: string; readonly configured: string } | undefined {
  const has = withOwn(base, own);
  const named = ["approval", "guard", ...COUNTS, ...AMOUNTS] as const;
  const looser = named.find((name) => own[name] !== undefined && own[name] !== has[name]);
  if (looser !== undefined) {
    const inLimits = looser !== "approval" && looser !== "guard" && looser !== "concurrency";
    return { setting: inLimits ? `limits.${looser}` : looser, configured: String(base[looser]) };
  }
  const budget = Object.entries(own.budget ?? {}).find(([name, limit]) => limit !== has.budget[name as keyof Budget]);
  if (budget === undefined) return undefined;
  return { setting: `budget.${budget[0]}`, configured: String(base.budget[budget[0] as keyof Budget]) };
}
