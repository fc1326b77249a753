// Beginning work whose turn it is: its condition, its list, its arguments, a person's word, and the durable intent.
// In: a run and the first work in line. Out: the facts that take it out of the line. Separate because this order is a rule.
import { depthOf, type Json } from "../plan/json.js";
import { hashOf } from "../plan/hash.js";
import { LIMITS } from "../limits.js";
import { resolveValue } from "../plan/reference.js";
import { type Origin } from "../plan/origin.js";
import { mismatch, type Type } from "../plan/type.js";
import { typeFromSchema } from "../plan/type-schema.js";
import type { ToolSpec } from "../plan/tool-spec.js";
import { NO_USAGE } from "../plan/usage.js";
import { fact, type Fact, type Failure } from "./event.js";
import { closeFanOut, failed, refOf } from "./failure.js";
import { scopeOf, skippedAmong } from "./scope.js";
import type { Run, Work } from "./state.js";

type Args = { readonly [name: string]: Json };

/** At least one fact, which takes `work` out of the queue. */
export function begin(run: Run, work: Work, at: number): Fact[] {
  const { spec } = work.step;
  if (work.item === null && work.errors === 0) {
    const condition = spec.when === undefined ? undefined : decideWhen(run, work, spec.when, at);
    if (condition !== undefined) return condition;
    if (spec.forEach !== undefined) return expand(run, work, spec.forEach, at);
  }
  const resolved = resolveValue(spec.with, scopeOf(run, work));
  if (!resolved.ok) {
    const skipped = skippedAmong(run, resolved.steps);
    if (resolved.code === "NULL_IN_TEXT" && skipped !== undefined) return starve(work, skipped, resolved.pointer);
    return failed(run, work, permanent(resolved.code, `with${resolved.pointer}: ${resolved.message}`), at);
  }
  const args = resolved.value as Args;
  if (spec.kind === "ask") return [ask(work, spec.ask, args, resolved.from)];
  const given = work.filled === undefined ? args : { ...work.filled, ...args };
  if (spec.kind === "tool" && spec.fill !== undefined && work.filled === undefined) {
    return [fact("step.filling", { ...refOf(work), args, from: resolved.from })];
  }
  const unfit = spec.kind === "tool" ? misfit(run, work, given, resolved.nulls, at) : undefined;
  return unfit ?? start(run, work, given, resolved.from, at);
}

/** After a model filled the rest in: a check of the whole, a person's word where asked, then the intent. */
export function startFilled(run: Run, work: Work, filled: Args, at: number): Fact[] {
  const args = { ...filled, ...work.args };
  return misfit(run, work, args, [], at) ?? start(run, work, args, work.from, at);
}

function decideWhen(run: Run, work: Work, when: string, at: number): Fact[] | undefined {
  const resolved = resolveValue(when, scopeOf(run, work));
  if (!resolved.ok) return failed(run, work, permanent(resolved.code, `when: ${resolved.message}`), at);
  if (resolved.value === true) return undefined;
  if (resolved.value === false)
    return [fact("step.skipped", { ...refOf(work), reason: "its condition is false", cause: "when" })];
  const skipped = resolved.value === null ? skippedAmong(run, resolved.from.steps) : undefined;
  if (skipped !== undefined) return starve(work, skipped, "when");
  return failed(
    run,
    work,
    permanent("WHEN_NOT_BOOLEAN", `when gave ${JSON.stringify(resolved.value)}, not true or false`),
    at,
  );
}

function expand(run: Run, work: Work, forEach: string, at: number): Fact[] {
  const resolved = resolveValue(forEach, scopeOf(run, work));
  if (!resolved.ok) return failed(run, work, permanent(resolved.code, `forEach: ${resolved.message}`), at);
  const { value, from } = resolved;
  if (!Array.isArray(value)) {
    const skipped = value === null ? skippedAmong(run, from.steps) : undefined;
    if (skipped !== undefined) return starve(work, skipped, "forEach");
    return failed(run, work, permanent("FOREACH_NOT_A_LIST", `forEach gave ${typeName(value)}, not a list`), at);
  }
  const list = value as readonly Json[];
  if (list.length > run.settings.fanOut) {
    return failed(
      run,
      work,
      permanent("FAN_OUT_LIMIT", `forEach gave ${list.length} items; the limit is ${run.settings.fanOut}`),
      at,
    );
  }
  const expanded = fact("step.expanded", { step: work.step.spec.id, list, from });
  if (list.length > 0) return [expanded];
  return [expanded, fact("step.completed", { step: work.step.spec.id, output: [], from, usage: NO_USAGE })];
}

function starve(work: Work, source: string, where: string): Fact[] {
  const reason = `${where || "its data"} refers to ${source}, which was skipped, and null is not allowed there`;
  return [fact("step.skipped", { ...refOf(work), reason, cause: "null-reference" }), ...closeFanOut(work, "skipped")];
}

function ask(work: Work, question: string, data: Args, from: Origin): Fact {
  return fact("step.suspended", { ...refOf(work), on: "ask", question, data, from });
}

/** Facts where the arguments do not fit the tool; undefined where they do. */
function misfit(
  run: Run,
  work: Work,
  args: Args,
  nulls: readonly { readonly pointer: string; readonly steps: readonly string[] }[],
  at: number,
): Fact[] | undefined {
  const tool = work.step.tool;
  if (tool === undefined) return undefined;
  if (depthOf(args, LIMITS.jsonDepth) > LIMITS.jsonDepth) {
    return failed(
      run,
      work,
      permanent("ARGUMENT_DEPTH", `the arguments nest deeper than ${LIMITS.jsonDepth} levels`),
      at,
    );
  }
  const wrong = mismatch(args, inputType(tool));
  if (wrong === undefined) return undefined;
  const source = nulls.find((entry) => entry.pointer === wrong.path);
  const skipped = source === undefined ? undefined : skippedAmong(run, source.steps);
  if (skipped !== undefined) return starve(work, skipped, `with${wrong.path}`);
  const message = `argument ${wrong.path || "/"} of ${tool.name} must be ${wrong.expected}, but is ${wrong.got}`;
  return failed(run, work, permanent("ARGUMENT_TYPE", message), at);
}

const inputTypes = new WeakMap<ToolSpec, Type>();

function inputType(tool: ToolSpec): Type {
  let type = inputTypes.get(tool);
  if (type === undefined) inputTypes.set(tool, (type = typeFromSchema(tool.input)));
  return type;
}

function start(run: Run, work: Work, args: Args, from: Origin, at: number): Fact[] {
  const { spec, tool } = work.step;
  const name = spec.kind === "tool" ? spec.tool : spec.kind;
  // Design section 8: neither the attempt nor the revision is part of the key, so that a repeated call is recognised.
  const key = hashOf([run.id, spec.id, work.item, name, args, 0]);
  if (spec.approval === "required" || tool?.approval === "required") {
    const hash = hashOf({ call: key, tool: tool ?? null });
    if (work.approved !== hash) {
      const expiresAt = at + run.settings.approvalMs;
      const reason = spec.approval === "required" ? "the plan asks for it" : `${name} asks for it`;
      return [fact("approval.requested", { subject: refOf(work), hash, reason, expiresAt, args })];
    }
  }
  const effects = tool?.effects ?? "none";
  return [
    fact("step.started", { ...refOf(work), attempt: work.errors + 1, key, effects, args, from, allowance: null }),
  ];
}

function permanent(code: string, message: string): Failure {
  return { code, message, retryable: false };
}

export function typeName(value: Json): string {
  return value === null
    ? "null"
    : Array.isArray(value)
      ? "a list"
      : typeof value === "object"
        ? "a record"
        : `a ${typeof value}`;
}
