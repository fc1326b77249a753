// The definition hash of each step: what decides what its output means. In: a plan, the run's inputs, the tools.
// Out: SHA-256 by step id. Separate from the hash of a plan, which is what a person approves: this one says whether a
// finished output is still the output of the step that now stands there.
import type { ASTNode } from "@marcbachmann/cel-js";
import { needsOf } from "../graph.js";
import { hashOf } from "../hash.js";
import { canonicalJson, own, type Json, type JsonObject } from "../json.js";
import type { Plan, Step } from "../plan.js";
import { takesContext, toolNames } from "../step-kind.js";
import { eachTemplate, scanTemplate } from "../expression/reference.js";
import type { ToolSpec } from "../tool-spec.js";

/**
 * A hash for each step of a checked plan, from its own definition, the tools that it may use, the inputs that it reads and
 * the hashes of the steps that it needs. Linear in steps and references, and without recursion over steps. Never throws;
 * ids that are no steps are passed over, and a step of a cycle is hashed as if the link that closes it were not there.
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
        // Steps that are needed for order only count too: what ran before may have changed the world that a tool reads.
        needs: Object.fromEntries(before),
      }),
    );
  }
  return hashes;
}

/** Whether two steps say the same in every field, also in those that change nothing of what they do. */
export const inSameWords = (a: Step, b: Step): boolean => canonicalJson(a) === canonicalJson(b);

/** Whether two steps do the same with the same data, leaving aside what the steps that they need are. */
export function sameDefinition(a: Step, b: Step): boolean {
  return hashOf(definitionOf(a)) === hashOf(definitionOf(b));
}

/**
 * The fields of a step that decide what its output means. Left out, because a finished output is the same without them:
 * the id; `title` and `description`, which are words for people (a model reads them too, but what it must do stands in its
 * instruction, and a better wording does not make finished work void); `retry` and `timeout`, which say how long to try;
 * `maxParallel`, which says how fast; `optional` and `onFailure`, which say what follows where there is no output. Only
 * under `forEach` does `skip` show in the output: an item that failed is null in the list. A field that is not named here
 * counts.
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

/** The definitions of the tools that a step may use; one that is not known is null. */
function toolHashes(tools: Iterable<ToolSpec>): Part {
  const specs = [...tools];
  const hashes = new Map(specs.map((spec) => [spec.name, hashOf(spec)]));
  // As the executor is given them: `all` leaves out those that wait for a person.
  const free = specs.filter(({ approval }) => approval === undefined).map(({ name }) => [name, hashes.get(name)]);
  const all = hashOf(Object.fromEntries(free));
  return (step) => {
    const names = toolNames(step);
    if (names === "all") return all;
    return Object.fromEntries(names.map((name) => [name, hashes.get(name) ?? null]));
  };
}

/** The values of the inputs that a step reads: each is hashed once, however many steps read it. */
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

/** The names of the inputs that the expressions of a step read, or `all` where one reads `inputs` as a whole. */
function inputsRead(step: Step): ReadonlySet<string> | "all" {
  const read = new Set<string>();
  let whole = false;
  eachTemplate([step.when ?? "", step.forEach ?? "", step.with, step.expect ?? ""], (_pointer, text) => {
    const template = text.includes("inputs") ? scanTemplate(text) : undefined;
    for (const part of template?.ok === true ? template.parts : []) {
      if ("expression" in part && part.expression.names.includes("inputs"))
        whole = readsWhole(part.expression.ast, read) || whole;
    }
  });
  return whole ? "all" : read;
}

/**
 * Collects the inputs that are read by name; true where `inputs` also stands without one. The variable of a macro may be
 * called `inputs`, and then counts as the inputs: the hash covers more than it must. A tree is at most 60 levels deep.
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

/** Whatever its operator, the operands of a node stand somewhere in its list of arguments. */
function childrenOf(node: ASTNode): readonly ASTNode[] {
  const args: readonly unknown[] = [node.args].flat(3);
  return args.filter((arg): arg is ASTNode => typeof arg === "object" && arg !== null && "op" in arg);
}

/** The ids so that what a step needs stands before it; iterative, because steps may form one long row. */
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
