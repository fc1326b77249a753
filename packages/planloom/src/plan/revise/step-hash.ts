// The definition hash of each step: a hash of all that decides the meaning of its output. In: a plan, the run's inputs,
// the tools. Out: SHA-256 by step id. A finished output stays valid while this hash is unchanged. The hash of a plan is
// another one: a person approves it.
import type { ASTNode } from "@marcbachmann/cel-js";
import { expressionsOf, needsOf } from "../graph.js";
import { hashOf } from "../hash.js";
import { canonicalJson, own, type Json, type JsonObject } from "../json.js";
import type { Plan, Step } from "../plan.js";
import { takesContext, toolNames } from "../step-kind.js";
import { scanTemplate } from "../expression/reference.js";
import { eachTemplate } from "../expression/split.js";
import type { ToolSpec } from "../tool-spec.js";

/**
 * A hash for each step of a checked plan, from its definition, its possible tools, the inputs that it reads, and the
 * hashes of the steps that it needs. Linear in steps and references, without recursion over steps. Never throws. Ids
 * that are no steps are ignored. In a cycle, the link that closes it is ignored.
 */
export function stepHashes(
  plan: Pick<Plan, "steps">,
  inputs: JsonObject,
  tools: Iterable<ToolSpec>,
): ReadonlyMap<string, string> {
  const steps = new Map(plan.steps.map((step) => [step.id, step]));
  const needs = new Map(plan.steps.map((step) => [step.id, needsOf(step).filter((id) => steps.has(id))]));
  const toolsOf = toolHashes(tools);
  const inputsOf = inputHashes(inputs);
  const hashes = new Map<string, string>();
  for (const id of needsFirst(needs)) {
    const step = steps.get(id)!;
    const before = (needs.get(id) ?? []).map((need) => [need, hashes.get(need) ?? null] as const);
    hashes.set(
      id,
      hashOf({
        step: definitionOf(step),
        tools: toolsOf(step),
        inputs: inputsOf(step),
        // Steps that are needed only for order count too: they may have changed data that a tool reads.
        needs: Object.fromEntries(before),
      }),
    );
  }
  return hashes;
}

/** Whether two steps are equal in every field, also in fields without influence on the output. */
export const inSameWords = (a: Step, b: Step): boolean => canonicalJson(a) === canonicalJson(b);

/** Whether two steps do the same with the same data. The definitions of the steps that they need are not compared. */
export function sameDefinition(a: Step, b: Step): boolean {
  return hashOf(definitionOf(a)) === hashOf(definitionOf(b));
}

/**
 * The fields of a step that decide the meaning of its output. These are left out, because a finished output is the same
 * without them: the id; `title` and `description`, which are text for people (a model reads them too, but its task is
 * in the instruction, and better wording does not invalidate finished work); `retry` and `timeout`; `maxParallel`;
 * `optional` and `onFailure`, which only apply without an output. Exception: under `forEach`, `skip` shows in the
 * output, because a failed item is null in the list. A field that is not named here counts.
 */
export function definitionOf(step: Step): { readonly [field: string]: unknown } {
  const {
    id: _id,
    title: _title,
    description: _description,
    retry: _retry,
    timeoutMs: _timeoutMs,
    maxParallel: _maxParallel,
    optional: _optional,
    onFailure,
    dependsOn,
    ...rest
  } = step;
  return {
    ...rest,
    ...("tools" in rest && rest.tools !== "all" ? { tools: inAnyOrder(rest.tools) } : {}),
    ...(takesContext(step) ? { dependsOn: inAnyOrder(dependsOn) } : {}),
    ...(step.forEach === undefined ? {} : { nullItems: onFailure === "skip" }),
  };
}

const inAnyOrder = (names: readonly string[]): readonly string[] => [...new Set(names)].sort();

type Part = (step: Step) => Json;

/** The definitions of the tools that a step may use. An unknown tool is null. */
function toolHashes(tools: Iterable<ToolSpec>): Part {
  const specs = [...tools];
  const hashes = new Map(specs.map((spec) => [spec.name, hashOf(spec)]));
  // As the executor receives them: `all` leaves out tools that need approval.
  const free = specs.filter(({ approval }) => approval === undefined).map(({ name }) => [name, hashes.get(name)]);
  const all = hashOf(Object.fromEntries(free));
  return (step) => {
    const names = toolNames(step);
    if (names === "all") return all;
    return Object.fromEntries(names.map((name) => [name, hashes.get(name) ?? null]));
  };
}

/** The hashes of the inputs that a step reads. Each input is hashed once, however many steps read it. */
function inputHashes(inputs: JsonObject): Part {
  const hashes = new Map<string, string | null>();
  let all: string | undefined;
  return (step) => {
    const read = inputsRead(step);
    if (read === "all") return (all ??= hashOf(inputs));
    for (const name of read) if (!hashes.has(name)) hashes.set(name, hashIfGiven(own(inputs, name)));
    return Object.fromEntries([...read].map((name) => [name, hashes.get(name) ?? null]));
  };
}

const hashIfGiven = (value: Json | undefined): string | null => (value === undefined ? null : hashOf(value));

/** The names of the inputs that the expressions of a step read, or `all` if one reads `inputs` as a whole. */
function inputsRead(step: Step): ReadonlySet<string> | "all" {
  const read = new Set<string>();
  let whole = false;
  eachTemplate(expressionsOf(step), (_pointer, text) => {
    const template = text.includes("inputs") ? scanTemplate(text) : undefined;
    for (const part of template?.ok === true ? template.parts : []) {
      if ("expression" in part && part.expression.names.includes("inputs"))
        whole = readsWhole(part.expression.ast, read) || whole;
    }
  });
  return whole ? "all" : read;
}

/**
 * Collects the inputs that are read by name. Returns true if `inputs` is also read as a whole. A macro variable named
 * `inputs` counts as the inputs; then the hash covers more than it must. A tree is at most 60 levels deep.
 */
function readsWhole(node: ASTNode, read: Set<string>): boolean {
  const name = inputNamed(node);
  if (name !== undefined) {
    read.add(name);
    return false;
  }
  if (node.op === "id") return node.args === "inputs";
  return childrenOf(node)
    .map((child) => readsWhole(child, read))
    .includes(true);
}

/** `name` of `inputs.name` and of `inputs["name"]`. */
function inputNamed(node: ASTNode): string | undefined {
  if (node.op !== "." && node.op !== "[]") return undefined;
  const [of, key] = node.args;
  if (of.op !== "id" || of.args !== "inputs") return undefined;
  if (typeof key === "string") return key;
  return key.op === "value" && typeof key.args === "string" ? key.args : undefined;
}

/** The operands of a node are in its list of arguments, whatever the operator. */
function childrenOf(node: ASTNode): readonly ASTNode[] {
  const args: readonly unknown[] = [node.args].flat(3);
  return args.filter((arg): arg is ASTNode => typeof arg === "object" && arg !== null && "op" in arg);
}

/** The ids in an order where a step comes after its needs. Iterative, because steps may form one long chain. */
function needsFirst(needs: ReadonlyMap<string, readonly string[]>): readonly string[] {
  const order: string[] = [];
  const entered = new Set<string>();
  const open = [...needs.keys()].reverse().map((id) => ({ id, needed: false }));
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    if (at.needed) order.push(at.id);
    else if (!entered.has(at.id)) {
      entered.add(at.id);
      open.push({ id: at.id, needed: true });
      for (const id of needs.get(at.id) ?? []) if (!entered.has(id)) open.push({ id, needed: false });
    }
  }
  return order;
}
