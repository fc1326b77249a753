// The guard: untrusted data does not choose what a call does, and private data does not leave by an untrusted choice.
// In: a call and what its arguments are made of. Out: why a person must see it, or nothing. A pure function of the log.
import { readByPlanner } from "./followed-plan.js";
import { isControl, joinedAll, outputLabel, OWN } from "../plan/label.js";
import { holdsSecret } from "../plan/secret.js";
import { repeatsUndone } from "./acted-calls.js";
import { hashOf } from "../plan/hash.js";
import { canonicalJson, type Json } from "../plan/json.js";
import { isConversation, isFilled } from "../plan/step-kind.js";
import type { Step } from "../plan/plan.js";
import type { ToolSpec } from "../plan/tool-spec.js";
import { labelOfParts, valueParts, partsOfArgument, partsOfTools, sourcesThat, type ValuePart } from "./labels.js";
import { readWhileWriting } from "./scouting.js";
import { currentPlan, toolIn } from "./lookup.js";
import type { HeldCall } from "./event.js";
import type { ApprovalReason, GuardReason } from "./reason.js";
import type { Run } from "./state.js";
import type { CallGrant, Work } from "./work.js";

type Args = { readonly [name: string]: Json };

/** Whether the guard has anything to say about calls of this tool. */
const isGuarded = (run: Run, { effects, egress }: ToolSpec): boolean =>
  run.request.settings.guard === "ask" && (effects !== "none" || egress === true);

/** Why a person must see the call of a tool step; undefined if the guard lets it pass. */
export function guardStep(run: Run, spec: Step, tool: ToolSpec, args: Args): GuardReason | undefined {
  if (!isGuarded(run, tool)) return undefined;
  const whole = unapproved(run, spec, valueParts(run, spec));
  if (!labelOfParts(whole).untrusted) return undefined;
  const seen = isPlanSeen(run);
  const control = Object.keys(args)
    .filter((name) => isControl(tool, name))
    .map((name) => ({ name, parts: unapproved(run, spec, partsOfGiven(run, spec, name)) }))
    // The plan shows the inputs, but not what a model makes of them.
    .map(({ name, parts }) => ({ name, parts: seen && standsIn(spec, name) ? unseen(parts) : parts }));
  const untrusted = control.filter(({ parts }) => labelOfParts(parts).untrusted);
  return reasonFor(tool, untrusted, whole, args);
}

/** The text of a step that acts and was written after untrusted text was read is approved with its call. */
const unapproved = (run: Run, { id }: Step, parts: readonly ValuePart[]): readonly ValuePart[] =>
  run.planning.mustApprove.has(id) ? parts.filter(({ source }) => !("plan" in source)) : parts;

/** Whether the plan gives this argument. Otherwise a model fills it in. */
const standsIn = (spec: Step, name: string): boolean => !isFilled(spec) || Object.hasOwn(spec.with, name);

/** The parts of an argument: of the plan's expression, or of all that a model saw that filled it in. */
const partsOfGiven = (run: Run, spec: Step, name: string): readonly ValuePart[] =>
  standsIn(spec, name) ? partsOfArgument(run, spec, name) : valueParts(run, spec);

/** A person who approved the plan saw its text and the inputs. */
function isPlanSeen(run: Run): boolean {
  const plan = currentPlan(run);
  return plan !== undefined && run.approvals.seen.has(plan.hash);
}

const unseen = (parts: readonly ValuePart[]): readonly ValuePart[] =>
  parts.filter(({ source }) => !("input" in source) && !("plan" in source));

/**
 * Why a person must see a call inside an agent step. `called` are the tools whose results the model has seen. All that
 * it has seen may have chosen this call and each of its arguments.
 */
function guardCall(
  run: Run,
  spec: Step,
  tool: ToolSpec,
  args: Args,
  called: readonly string[],
): GuardReason | undefined {
  if (!isGuarded(run, tool)) return undefined;
  const seen = unapproved(run, spec, [...valueParts(run, spec), ...partsOfTools(run, called)]);
  if (!labelOfParts(seen).untrusted) return undefined;
  const untrusted = Object.keys(args)
    .filter((name) => isControl(tool, name))
    .map((name) => ({ name, parts: seen }));
  const reason = reasonFor(tool, untrusted, seen, args);
  if (reason !== undefined || tool.effects === "none") return reason;
  // Even without a control argument, untrusted text may have chosen that this tool acts.
  return { code: "CONTROL_UNTRUSTED", tool: tool.name, args: [], from: sourcesThat(seen, "untrusted") };
}

/** `untrusted` are the control arguments with an untrusted part. `whole` is what all arguments are made of. */
function reasonFor(
  tool: ToolSpec,
  untrusted: readonly { readonly name: string; readonly parts: readonly ValuePart[] }[],
  whole: readonly ValuePart[],
  args: Args,
): GuardReason | undefined {
  if (untrusted.length === 0) return undefined;
  const from = sourcesThat(
    untrusted.flatMap(({ parts }) => parts),
    "untrusted",
  );
  const said = { tool: tool.name, args: untrusted.map(({ name }) => name), from: distinctSources(from) };
  if (tool.effects !== "none") return { code: "CONTROL_UNTRUSTED", ...said };
  const secret = holdsSecret(args) ? [{ secret: true } as const] : [];
  const held = [...distinctSources(sourcesThat(whole, "private")), ...secret];
  return held.length === 0 ? undefined : { code: "PRIVATE_LEAVES", ...said, private: held };
}

const distinctSources = <S>(sources: readonly S[]): readonly S[] => [
  ...new Map(sources.map((source) => [JSON.stringify(source), source])).values(),
];

/**
 * Whether the guard could ask about this step once its data is there: then it does not start before its plan is
 * complete.
 */
export function mayBeGuarded(run: Run, spec: Step, tools: readonly ToolSpec[]): boolean {
  const guarded = tools.filter((tool) => isGuarded(run, tool));
  if (guarded.length === 0) return false;
  // The planner goes on reading what it has read.
  const args = joinedAll([labelOfParts(valueParts(run, spec)), readByPlanner(run), readWhileWriting(run)]);
  const open = isConversation(spec) ? joinedAll([args, ...tools.map((tool) => outputLabel(tool, OWN))]) : args;
  return open.untrusted && (open.private || guarded.some(({ effects }) => effects !== "none"));
}

/** Why a person must see a call inside an agent step: the guard wants it, or the tool asks for each of its calls. */
export function whyCallWaits(
  run: Run,
  spec: Step,
  tool: ToolSpec,
  args: Args,
  called: readonly string[],
): ApprovalReason | undefined {
  const asks = tool.approval === undefined ? undefined : ({ code: "TOOL_ASKS", tool: tool.name } as const);
  // A person has approved a step with an undone call as a whole, before it began anew.
  const isKnown = run.compensation.undoneSteps.has(spec.id);
  const again = !isKnown && repeatsUndone(run, tool.name, args) ? ({ code: "WAS_UNDONE" } as const) : undefined;
  return guardCall(run, spec, tool, args, called) ?? asks ?? again;
}

/** The question about a call inside an agent step. */
export function whyHeld(
  run: Run,
  spec: Step,
  { key, tool: name, called }: HeldCall,
  args: Args,
): { readonly hash: string; readonly reason: ApprovalReason } {
  const tool = toolIn(run, name);
  const reason = tool === undefined ? undefined : whyCallWaits(run, spec, tool, args, called);
  return { hash: heldHash(key, tool), reason: reason ?? { code: "UNTRUSTED_READ" } };
}

const heldHash = (key: string, tool: ToolSpec | undefined): string => hashOf({ call: key, tool: tool ?? null });

/**
 * Whether a person has approved a call inside an agent step, by itself or with those like it. `instead`: the key of the
 * call that the model asked for, if a person gave it these arguments.
 */
export function isHeldGranted(
  run: Run,
  work: Work | undefined,
  { key, tool: name, instead }: Pick<HeldCall, "key" | "tool"> & { readonly instead?: string },
  args: Args,
): boolean {
  const tool = toolIn(run, name);
  if (run.approvals.granted.has(heldHash(key, tool))) return true;
  const edit = instead === undefined ? undefined : work?.edits?.get(instead);
  if (edit !== undefined && edit.hash === heldHash(instead!, tool)) return true;
  return tool !== undefined && (work?.grants ?? []).some((grant) => grant.tool === name && covers(grant, tool, args));
}

function covers({ args: seen, rest }: CallGrant, tool: ToolSpec, args: Args): boolean {
  const names = [...new Set([...Object.keys(seen), ...Object.keys(args)])].filter((name) => isControl(tool, name));
  return names.every((name) => {
    const [one, other] = [seen[name] ?? null, args[name] ?? null];
    return canonicalJson(one) === canonicalJson(other) || (rest === "host" && haveOneHost(one, other));
  });
}

/** Whether both are addresses with the same scheme, host and port, and without a name of a user. */
export function haveOneHost(one: Json, other: Json): boolean {
  if (typeof one !== "string" || typeof other !== "string") return false;
  const origin = plainOrigin(one);
  return origin !== undefined && origin === plainOrigin(other);
}

/**
 * The origin of an address that every reader of addresses takes for the same: its host is written as such, without a
 * name of a user, and without characters that some readers take for a slash or leave out.
 */
function plainOrigin(address: string): string | undefined {
  const [, host] = /^https?:\/\/([\w.:[\]-]+)(?:[/?#][!-[\]-~]*)?$/i.exec(address) ?? [];
  return host === undefined || !URL.canParse(address) ? undefined : new URL(address).origin;
}
