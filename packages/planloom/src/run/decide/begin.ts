// Decides how the next step or item starts: condition, list, arguments, approval, then the durable intent. In: a run
// and the first work in the queue. Out: facts that take it out of the queue. The order of these checks is a rule.
import { canonicalJson, depthOf, kindOf, type Json } from "../../plan/json.js";
import type { ArgumentProblem } from "../refusal.js";
import { hashOf } from "../../plan/hash.js";
import { LIMITS } from "../../limits.js";
import type { Scope } from "../../plan/expression/expression.js";
import type { EvaluationCode } from "../../plan/expression/problem.js";
import { resolveValue, type NullSource, type Resolved } from "../../plan/expression/reference.js";
import type { Repeat, Step } from "../../plan/plan.js";
import { Meter } from "../../plan/expression/value.js";
import { holdsSecret } from "../../plan/secret.js";
import { mergeOrigins, type Origin } from "../../plan/origin.js";
import { mismatch, type Type } from "../../plan/type/type.js";
import { typeFromSchema } from "../../plan/type/schema.js";
import type { ToolSpec } from "../../plan/tool-spec.js";
import { NO_USAGE } from "../../plan/usage.js";
import { freshKey } from "../acted-calls.js";
import { whyApproval, whyAsked } from "../approval.js";
import { changesToSee } from "../changed-tools.js";
import { fact, type EventData, type Fact } from "../event.js";
import { failWith, type ExpressionParams, type Failure, type FailureParams } from "../failure.js";
import type { Work } from "../work.js";
import { allowanceOf, nestsTooDeep } from "./child.js";
import { unknown, unusable } from "./ending.js";
import { closeFanOut, failed, failsRounds, refOf } from "./failure.js";
import { completed, typeProblem } from "./gate.js";
import { reviewAfter } from "./policy.js";
import { beginRounds } from "./rounds.js";
import type { ApprovalReason } from "../reason.js";
import { stepIn } from "../lookup.js";
import { scopeOf, skippedAmong } from "../step-scope.js";
import type { Run } from "../state.js";
import { repeatedCall } from "../unusable-call.js";
import { asksPerson, callName, deedOf, handedTo, isConversation, isFilled, toldBy } from "../../plan/step-kind.js";

type Args = { readonly [name: string]: Json };

/** Returns at least one fact, which takes `work` out of the queue. */
export function begin(run: Run, work: Work, at: number): Fact[] {
  const turn = { run, work, at };
  const { spec } = work.step;
  if (work.denied !== undefined) return refuse(turn, deniedWith(work.denied));
  if (work.item === null && spec.repeat !== undefined) return rounds(turn, spec.repeat);
  if (work.item === null && work.errors === 0) {
    const condition = spec.when === undefined ? undefined : decideWhen(turn, spec.when);
    if (condition !== undefined) return condition;
    if (spec.forEach !== undefined) return expand(turn, spec.forEach);
  }
  const deep = nestsTooDeep(run, work);
  if (deep !== undefined) return refuse(turn, deep);
  const resolved = resolveValue(spec.with, scopeOf(run, work));
  if (!resolved.ok) return unresolved(turn, "with", resolved);
  const args = resolved.value as Args;
  const from = mergeOrigins([resolved.from, ...handedOver(run, work)]);
  if (asksPerson(spec)) return ask(turn, deedOf(spec), args, from);
  if (work.edited !== undefined) return misfit(turn, work.edited, []) ?? start(turn, work.edited, from);
  const given = work.filled === undefined ? args : { ...work.filled, ...args };
  if (isFilled(spec) && work.filled === undefined) {
    return [fact("step.filling", { ...refOf(work), args, from })];
  }
  return misfit(turn, given, resolved.nulls) ?? start(turn, given, from);
}

/** The condition of the step is decided once, before its first round. */
function rounds(turn: Turn, repeat: Repeat): Fact[] {
  const { run, work } = turn;
  const { spec, fan } = work.step;
  const condition = spec.when === undefined || fan !== undefined ? undefined : decideWhen(turn, spec.when);
  return condition ?? beginRounds(run, work, repeat, failsRounds(run, work.step));
}

const deniedWith = ({ cause, comment }: NonNullable<Work["denied"]>): Failure =>
  cause === "rejected" ? failWith("CALL_REJECTED", { comment }) : failWith("APPROVAL_EXPIRED", {});

/** The origins of the whole outputs that a model is given beside the arguments. */
const handedOver = (run: Run, { step: { spec } }: Work): readonly Origin[] =>
  handedTo(spec).flatMap((id) => run.execution.steps.get(id)?.work.origin ?? []);

/** After a model has filled in the arguments: checks them all, asks for approval if needed, then records the intent. */
export function startFilled(run: Run, work: Work, filled: Args, at: number): Fact[] {
  const args = { ...filled, ...work.args };
  return misfit({ run, work, at }, args, []) ?? start({ run, work, at }, args, work.from);
}

/** Work whose turn it is, and the time. */
interface Turn {
  readonly run: Run;
  readonly work: Work;
  readonly at: number;
}

function decideWhen(turn: Turn, when: string): Fact[] | undefined {
  const { run, work } = turn;
  const resolved = resolveValue(when, scopeOf(run, work));
  if (!resolved.ok) return unresolved(turn, "when", resolved);
  if (resolved.value === true) return undefined;
  if (resolved.value === false) {
    return [fact("step.skipped", { ...refOf(work), reason: { code: "CONDITION_FALSE" }, cause: "when" })];
  }
  const skipped = resolved.value === null ? skippedAmong(run, resolved.from.steps) : undefined;
  if (skipped !== undefined) return starve(run, work, skipped, "when");
  return refuse(turn, failWith("WHEN_NOT_BOOLEAN", { got: kindOf(resolved.value) }));
}

function expand(turn: Turn, forEach: string): Fact[] {
  const { run, work } = turn;
  const resolved = resolveValue(forEach, scopeOf(run, work));
  if (!resolved.ok) return unresolved(turn, "forEach", resolved);
  const { value, from } = resolved;
  if (!Array.isArray(value)) {
    const skipped = value === null ? skippedAmong(run, from.steps) : undefined;
    if (skipped !== undefined) return starve(run, work, skipped, "forEach");
    return refuse(turn, failWith("FOREACH_NOT_A_LIST", { got: kindOf(value) }));
  }
  const list = value as readonly Json[];
  const { fanOut } = run.request.settings;
  if (list.length > fanOut) return refuse(turn, failWith("FAN_OUT_LIMIT", { items: list.length, limit: fanOut }));
  const request = askForItems(turn, list, from);
  if (request !== undefined) return request;
  const expanded = fact("step.expanded", { step: work.step.spec.id, list, from });
  if (list.length > 0) return [expanded];
  const review = reviewAfter(run, work);
  return [expanded, fact("step.completed", { step: work.step.spec.id, output: [], from, usage: NO_USAGE, ...review })];
}

/** An expression without a value. The step is skipped if the expression reads a skipped step; otherwise it fails. */
function unresolved(turn: Turn, field: string, resolved: Resolved & { readonly ok: false }): Fact[] {
  const where = field + resolved.pointer;
  const skipped = skippedAmong(turn.run, resolved.steps);
  if (skipped !== undefined) return starve(turn.run, turn.work, skipped, where);
  return refuse(turn, noValue(where, resolved));
}

/** The failure of an expression without a value. */
export function noValue(where: string, { problem, expression }: Resolved & { readonly ok: false }): Failure {
  const params: ExpressionParams = {
    where,
    ...(expression === undefined ? {} : { expression }),
    problem: problem.params,
  };
  // The code determines the parameters. The type of a union of failures cannot express this.
  return failWith(problem.code, params as FailureParams[EvaluationCode]);
}

function starve(run: Run, work: Work, source: string, where: string): Fact[] {
  const reason = { code: "SOURCE_SKIPPED", where, source } as const;
  const cause = "null-reference";
  const skipped = fact("step.skipped", { ...refOf(work), reason, cause });
  return [skipped, ...closeFanOut(run, work, { how: "skipped", reason, cause })];
}

const refuse = ({ run, work, at }: Turn, error: Failure): Fact[] => failed(run, work, error, at);

function ask(turn: Turn, question: string, data: Args, from: Origin): Fact[] {
  const { run, work } = turn;
  if (!run.request.settings.attended) return refuse(turn, failWith("NEEDS_PERSON", { what: "answer" }));
  return [fact("step.suspended", { ...refOf(work), on: "ask", question, data, from })];
}

/** Facts if the arguments do not fit the tool; undefined if they do. */
function misfit(turn: Turn, args: Args, nulls: readonly NullSource[]): Fact[] | undefined {
  const { run, work } = turn;
  const tool = work.step.tool;
  if (tool === undefined) return undefined;
  if (depthOf(args, LIMITS.jsonDepth) > LIMITS.jsonDepth) {
    return refuse(turn, failWith("ARGUMENT_DEPTH", { limit: LIMITS.jsonDepth }));
  }
  // The value of a secret is known only at the call, which checks the arguments again.
  const wrong = holdsSecret(args) ? undefined : mismatch(args, inputType(tool));
  if (wrong === undefined) return undefined;
  const source = nulls.find((entry) => entry.pointer === wrong.path);
  const skipped = source === undefined ? undefined : skippedAmong(run, source.steps);
  if (skipped !== undefined) return starve(run, work, skipped, `with${wrong.path}`);
  return refuse(turn, failWith("ARGUMENT_TYPE", { tool: tool.name, ...wrong }));
}

/** What is wrong with the arguments that a person gives a call. A secret stays where the plan has it. */
export function editProblem(tool: ToolSpec, before: Args, args: Args): ArgumentProblem | undefined {
  const moved = Object.keys(args).find(
    (name) => holdsSecret(args[name]!) && canonicalJson(args[name]!) !== canonicalJson(before[name] ?? null),
  );
  if (moved !== undefined) return { tool: tool.name, secret: moved };
  if (depthOf(args, LIMITS.jsonDepth) > LIMITS.jsonDepth) return { tool: tool.name, depth: LIMITS.jsonDepth };
  const wrong = holdsSecret(args) ? undefined : mismatch(args, inputType(tool));
  return wrong === undefined ? undefined : { tool: tool.name, wrong };
}

const inputTypes = new WeakMap<ToolSpec, Type>();

function inputType(tool: ToolSpec): Type {
  let type = inputTypes.get(tool);
  if (type === undefined) inputTypes.set(tool, (type = typeFromSchema(tool.input)));
  return type;
}

function start({ run, work, at }: Turn, args: Args, from: Origin): Fact[] {
  const { spec, tool } = work.step;
  const name = callName(spec);
  // Design section 8: attempt and revision are not part of the key, so that a repeated call is recognised.
  const key = freshKey(run, 0, (occurrence) => hashOf([run.id, spec.id, work.item, name, args, occurrence]));
  // A restarted step takes the outcome of its earlier call. It does not act a second time.
  const acted = run.execution.acted.get(key);
  if (acted?.known === true) {
    const { output, tools, summary } = acted;
    const earlier = { key, earlier: refOf(work), args, from };
    const returned = { output, tools, steps: from.steps, usage: NO_USAGE, carried: run.id, earlier };
    return completed(run, work, summary === undefined ? returned : { ...returned, summary }, at);
  }
  if (acted?.known === false) {
    const doubt = { error: acted.error, ending: "in-doubt", usage: NO_USAGE, call: { key, tool: name } } as const;
    return [unknown(run, work, doubt, at)];
  }
  const before = repeatedCall(run, { tool: name, args, key, revision: work.step.revision });
  if (before !== undefined) {
    // The plan was mended, and the output of that call fits now.
    if (before.sound === true && before.key === key && typeProblem(work, before.output) === undefined) {
      const returned = { output: before.output, tools: [name], steps: from.steps, usage: NO_USAGE, carried: run.id };
      return completed(run, work, returned, at);
    }
    const { error, output, partial, ref: earlier } = before;
    const kept = partial === undefined ? { output } : { output, partial };
    return unusable(run, work, { key, error, ...kept, usage: NO_USAGE, earlier, args, from }, at);
  }
  const reason = whyApproval(run, work, args);
  // A person gave these very arguments.
  const isGiven = args === work.edited && reason?.code !== "TOOL_CHANGED";
  if (reason !== undefined && !isGiven) {
    // What its model is told decides what an agent step does.
    const deed = isConversation(spec) ? { title: spec.title, ...toldBy(spec) } : {};
    const changed = changesToSee(run, work.step).map(({ present }) => present);
    const hash = hashOf({ call: key, tool: tool ?? null, ...deed, ...(changed.length === 0 ? {} : { changed }) });
    if (!run.approvals.granted.has(hash)) {
      if (asksTogether(run, work, reason)) return [setAside(work, args)];
      return askFor({ run, work, at }, { hash, reason, args });
    }
  }
  const effects = tool?.effects ?? "none";
  return [
    fact("step.started", {
      ...refOf(work),
      attempt: work.attempt,
      key,
      effects,
      args,
      from,
      allowance: allowanceOf(run, work) as Json,
    }),
  ];
}

/** A request for approval of the call at its turn. Without a person, the call fails. */
function askFor(
  turn: Turn,
  approval: Pick<EventData["approval.requested"], "hash" | "args" | "items"> & { readonly reason: ApprovalReason },
): Fact[] {
  const { run, work, at } = turn;
  const { approvalMs, attended } = run.request.settings;
  if (!attended) return refuse(turn, failWith("NEEDS_PERSON", { what: "call", reason: approval.reason }));
  const { hash, reason, ...shown } = approval;
  return [fact("approval.requested", { subject: refOf(work), hash, reason, expiresAt: at + approvalMs, ...shown })];
}

/** Whether the guard asks about this item, and others of its step may follow. Their arguments come from a model. */
function asksTogether(run: Run, { item, step }: Work, reason: ApprovalReason): boolean {
  const { attended } = run.request.settings;
  const isAlone = item === null || (step.fan?.open ?? 0) < 2;
  return attended && !isAlone && isFilled(step.spec) && "args" in reason && whyAsked(run, step) === undefined;
}

function setAside(work: Work, args: Args): Fact {
  const reason = { code: "ITEMS_TOGETHER", tools: [callName(work.step.spec)] } as const;
  return fact("step.held", { ...refOf(work), attempt: work.attempt, reason, args });
}

/**
 * The question about the items that were set aside, once all open items of their step were. The first of them stands
 * for all.
 */
export function askTogether(run: Run, at: number): Fact[] {
  for (const id of run.execution.together) {
    const { spec, tool, fan } = stepIn(run.execution.steps, id);
    if (fan === undefined || fan.open > fan.held) continue;
    const held = fan.items.filter(({ aside }) => aside !== undefined);
    const reasons = held.map((work) => whyApproval(run, work, work.aside!));
    const reason = reasons.find((one) => one !== undefined && "args" in one) ?? { code: "UNTRUSTED_READ" };
    const names = new Set(reasons.flatMap((one) => (one !== undefined && "args" in one ? one.args : [])));
    const shown = (args: Args): Args => Object.fromEntries(Object.entries(args).filter(([name]) => names.has(name)));
    const items = held.map(({ item, aside }) => ({ item: item!, args: names.size === 0 ? aside! : shown(aside!) }));
    const hash = hashOf({ items: [run.id, spec.id, items], tool: tool ?? null });
    return askFor({ run, work: held[0]!, at }, { hash, reason, items });
  }
  return [];
}

/**
 * The guard asks about the items of one step once, with the control arguments of each. Undefined if it does not ask,
 * or if a person is asked about each call anyway.
 */
function askForItems(turn: Turn, list: readonly Json[], from: Origin): Fact[] | undefined {
  const { run, work } = turn;
  const { spec, tool } = work.step;
  if (tool === undefined || isFilled(spec) || list.length === 0 || work.step.itemsSeen === true) return undefined;
  const reason = whyAsked(run, work.step) === undefined ? whyApproval(run, work, spec.with) : undefined;
  if (reason === undefined || !("args" in reason)) return undefined;
  const control = Object.fromEntries(reason.args.map((name) => [name, spec.with[name] ?? null]));
  const meter = new Meter();
  const items: { readonly item: number; readonly args: Args }[] = [];
  for (const [item, value] of list.entries()) {
    const resolved = resolveValue(control, itemScope(scopeOf(run, work), spec, { value, item, from }), meter);
    if (resolved.ok) items.push({ item, args: resolved.value as Args });
    // It would take too long for all of them at once: each call asks for itself.
    else if (resolved.problem.code === "LIMIT_EXCEEDED") return undefined;
  }
  const hash = hashOf({ items: [run.id, spec.id, items], tool });
  return askFor(turn, { hash, reason, items });
}

const itemScope =
  (scope: Scope, { as }: Step, one: { readonly value: Json; readonly item: number; readonly from: Origin }): Scope =>
  (name) => {
    if (name === "index") return { value: one.item, from: one.from };
    return name === as ? one : scope(name);
  };
