// Proposes a plan, and decides whether a person is asked. In: a checked plan and the plan that it replaces. Out: facts.
// First plans, repaired plans and plans of persons all enter a run here.
import { referredNeeds } from "../../plan/graph.js";
import { HASH_VERSION, programHash } from "../../plan/plan-hash.js";
import { mayActThrough } from "../../plan/step-kind.js";
import { NO_USAGE, type Usage } from "../../plan/usage.js";
import { toolsByName } from "../../plan/tool-spec.js";
import { writtenIn } from "../approval.js";
import { fact, type Asking, type Failing, type EventData, type Fact } from "../event.js";
import { failWith } from "../failure.js";
import type { ApprovalReason, LegacyReason } from "../reason.js";
import type { Scouted } from "../event/scouted.js";
import type { ProposedPlan } from "../state.js";
import type { Settings } from "../settings.js";
import type { CheckedPlan } from "../command.js";
import type { RecordedPlaybook } from "../recorded-playbook.js";
import { askedInstead } from "./standing.js";

type Proposed = EventData["plan.proposed"];

export interface ProposalOptions {
  readonly revision: number;
  readonly cause: Proposed["cause"];
  readonly settings: Settings;
  /** ms since 1970. */
  readonly at: number;
  readonly usage?: Usage;
  readonly asking?: Asking;
  /** What the planner looked up before this plan. */
  readonly scouted?: Scouted;
  /** The plan that this one replaces. */
  readonly replaces?: ProposedPlan | undefined;
  /** The fate of the steps of the plan before. */
  readonly changes?: Pick<
    Proposed,
    "kept" | "dropped" | "added" | "changed" | "reason" | "mustApprove" | "afterUntrusted" | "adopts"
  >;
  /** The new steps, which no person has seen; absent: all. */
  readonly fresh?: ReadonlySet<string>;
  /** A reason to ask a person under any policy. */
  readonly mustAsk?: ApprovalReason | undefined;
  /** The playbook that gave the plan. */
  readonly playbook?: RecordedPlaybook;
  /** What the run begins with if it fails because nobody can be asked. Absent: it ends at once. */
  readonly failing?: (failing: Failing) => Fact | undefined;
}

/** The proposal, and the request for approval if a person is asked. */
export interface Proposal {
  readonly proposed: Fact;
  readonly following: readonly Fact[];
}

export function proposalFacts(checked: CheckedPlan, options: ProposalOptions): Fact[] {
  const { proposed, following } = proposal(checked, options);
  return [proposed, ...following];
}

export function proposal(checked: CheckedPlan, options: ProposalOptions): Proposal {
  const { revision, cause, settings, at, usage = NO_USAGE, asking, scouted, replaces, changes = {} } = options;
  const { plan, hash, hashVersion = HASH_VERSION, inputs, tools, findings } = checked;
  const { estimate, approval, mustApprove, afterUntrusted } = checked;
  const marked = {
    ...(mustApprove === undefined ? {} : { mustApprove }),
    ...(afterUntrusted === undefined ? {} : { afterUntrusted }),
  };
  const follows = replaces === undefined ? {} : { replaces: replaces.revision };
  const written = [...writtenIn(plan, toolsByName(tools), replaces)];
  const needs = referredNeeds(plan);
  const hashes = { hash, program: programHash(plan, tools), hashVersion };
  const core = { revision, plan, ...hashes, inputs, tools, needs, findings, cause, ...follows, written, usage };
  const plain = { ...core, ...marked, ...changes };
  const said = {
    ...(estimate === undefined ? {} : { estimate }),
    ...(approval === undefined ? {} : { approval }),
    ...(asking === undefined ? {} : { asking }),
    ...(scouted === undefined ? {} : { scouted }),
  };
  const proposed = fact("plan.proposed", { ...plain, ...said });
  const usual = options.mustAsk ?? approvalReason(checked, settings.approval, options.fresh);
  if (usual === undefined) return { proposed, following: [] };
  const reason = askedInstead(options, usual);
  if (!settings.attended) {
    const failing = { error: failWith("NEEDS_PERSON", { what: "plan", reason }) };
    return { proposed, following: [options.failing?.(failing) ?? fact("run.failed", failing)] };
  }
  const expiresAt = at + settings.approvalMs;
  return { proposed, following: [fact("approval.requested", { subject: "plan", hash, reason, expiresAt })] };
}

/** The policy of the two that asks for more. `function` cannot be compared: then the first one stays. */
export function stricter(policy: Settings["approval"], other: Settings["approval"]): Settings["approval"] {
  const rank = RANKS.indexOf(policy);
  return rank >= 0 && RANKS.indexOf(other) > rank ? other : policy;
}

const RANKS: readonly Settings["approval"][] = ["never", "effects", "always"];

/**
 * Why a person is asked for this plan; undefined if nobody is. `fresh` are the steps that no earlier approval covers.
 */
export function approvalReason(
  { plan, tools, approval }: Pick<CheckedPlan, "plan" | "tools" | "approval">,
  policy: Settings["approval"],
  fresh: ReadonlySet<string> | undefined,
): ApprovalReason | LegacyReason | undefined {
  if (policy === "always") return { code: "POLICY_ALWAYS" };
  if (policy === "never") return undefined;
  if (policy === "function") return functionReason(approval);
  const toRun = plan.steps.filter(({ id }) => fresh === undefined || fresh.has(id));
  const acting = tools.filter((tool) => toRun.some((step) => mayActThrough(step, tool))).map(({ name }) => name);
  return acting.length === 0 ? undefined : { code: "MAY_ACT", tools: acting };
}

/** A missing decision of the approval function counts as a request for a person. */
function functionReason(approval: CheckedPlan["approval"]): ApprovalReason | LegacyReason | undefined {
  if (approval === undefined) return { code: "FUNCTION_ABSENT" };
  return approval.required ? approval.reason : undefined;
}
