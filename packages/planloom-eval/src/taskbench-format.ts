// Datasets in the format of TaskBench (task_steps, task_nodes, task_links). In: records and the tools' descriptions.
// Out: samples. Nodes are named by their tool, arguments are mostly in a list, and links give the order.
import { type Finding, type Inventory, isObject, type Json, type JsonObject, type ToolSpec } from "planloom/plan";
import { nameIn, notObject, noTools } from "./planloom-format.js";
import { literal, plainId } from "./plain-text.js";
import type { Format, Translated } from "./sample.js";

export const taskbenchFormat: Format = {
  name: "taskbench",
  fits: (record) => nodesOf(record) !== undefined || (isObject(record) && nodesOf(record["result"]) !== undefined),
  tools: (file) => {
    const list: unknown = isObject(file) ? file["nodes"] : undefined;
    if (!Array.isArray(list)) return undefined;
    const tools = list.filter(isObject).flatMap(toolOf);
    return tools.length === 0 ? undefined : { tools };
  },
  sample(record, inventory, position) {
    if (!isObject(record)) return notObject();
    if (inventory === undefined) return noTools();
    const output = nodesOf(record) === undefined ? record["result"] : record;
    if (nodesOf(output) === undefined)
      return { code: "RECORD_FORMAT", message: "The record has no list of task_nodes." };
    const { gold, repairs, user_request: request, instruction } = record;
    return {
      id: nameIn(record, position),
      goal: [request, instruction].find((text) => typeof text === "string") ?? "",
      inventory,
      output,
      repairs: Array.isArray(repairs) ? repairs : [],
      ...(nodesOf(gold) !== undefined && { gold }),
    };
  },
  translate,
};

function nodesOf(plan: unknown): readonly Json[] | undefined {
  const nodes = isObject(plan) ? (plan["task_nodes"] ?? plan["tool_nodes"]) : undefined;
  return Array.isArray(nodes) ? nodes : undefined;
}

function listOf(plan: JsonObject, ...names: readonly string[]): readonly Json[] {
  const list = names.map((name) => plan[name]).find(Array.isArray);
  return (list as readonly Json[] | undefined) ?? [];
}

/**
 * `input-type` lists the arguments of a tool in order, and may leave out those that a link supplies. These arguments
 * are named by their types, and none is required. `parameters` are names: any other argument is unknown.
 */
function toolOf(tool: JsonObject): ToolSpec[] {
  const { id, desc, parameters } = tool;
  if (typeof id !== "string") return [];
  const named = Array.isArray(parameters)
    ? (parameters as readonly Json[]).filter(isObject).flatMap(({ name }) => name ?? [])
    : [];
  const names = named.length > 0 ? named.map(String) : argumentNames(tool["input-type"]);
  const properties = Object.fromEntries(names.map((name) => [name, {}]));
  const input: JsonObject = { type: "object", properties, additionalProperties: named.length === 0 };
  return [{ name: id, description: typeof desc === "string" ? desc : "", input, effects: "none" }];
}

/** `image`, `image2`: the second argument of a type has a number. */
function argumentNames(types: unknown): readonly string[] {
  const list = Array.isArray(types) ? types.map((type) => plainId(String(type), "argument")) : [];
  return list.map((type, at) => {
    const before = list.slice(0, at).filter((other) => other === type).length;
    return before === 0 ? type : `${type}${before + 1}`;
  });
}

function translate(plan: unknown, inventory: Inventory): Translated {
  const nodes = nodesOf(plan);
  if (!isObject(plan) || nodes === undefined) return { document: undefined, findings: [] };
  const texts = listOf(plan, "task_steps", "tool_steps");
  const links = listOf(plan, "task_links", "tool_links").map(linkOf);
  const ids = idsOf(nodes, links);
  const id = (name: string): string => ids[nodes.findIndex((node) => toolIn(node) === name)] ?? plainId(name, "node");
  const steps = nodes.map((node, at) => {
    const tool = toolIn(node);
    const given = isObject(node) ? node["arguments"] : undefined;
    const dependsOn = [...new Set(links.filter(({ target }) => target === tool).map(({ source }) => id(source)))];
    const spec = inventory.tools.find(({ name }) => name === tool);
    return {
      id: ids[at],
      ...titleIn(texts[at]),
      tool,
      with: argumentsOf(given, spec, ids),
      ...(dependsOn.length > 0 && { dependsOn }),
    };
  });
  const known = new Set(nodes.map(toolIn));
  return {
    document: { steps },
    findings: links.flatMap((link, at) => (known.has(link.target) ? [] : noTarget(link, at))),
  };
}

/** Names may have any type. A value that is not text is shown as JSON. */
const textOf = (value: Json | undefined): string =>
  typeof value === "string" ? value : value === undefined ? "" : JSON.stringify(value);
const toolIn = (node: Json): string => (isObject(node) ? textOf(node["task"]) : "");

interface Link {
  readonly source: string;
  readonly target: string;
}

const linkOf = (link: Json): Link =>
  isObject(link) ? { source: textOf(link["source"]), target: textOf(link["target"]) } : { source: "", target: "" };

/**
 * A node is named by its tool. Two nodes of one tool have two ids, unless a link names the tool. Then it is unknown
 * which one the link means, so both keep the name, and check reports the duplicate.
 */
function idsOf(nodes: readonly Json[], links: readonly Link[]): readonly string[] {
  const linked = new Set(links.flatMap(({ source, target }) => [source, target]));
  const owners = new Map<string, string>();
  return nodes.map((node, at) => {
    const tool = toolIn(node);
    const plain = plainId(tool, `node${at + 1}`);
    const owner = linked.has(tool) ? tool : `${tool}#${at}`;
    let id = plain;
    for (let n = 2; owners.has(id) && owners.get(id) !== owner; n++) id = `${plain.slice(0, 56)}_${n}`;
    owners.set(id, owner);
    return id;
  });
}

/** A text, or an object with one. */
function titleIn(step: Json | undefined): { readonly title?: string } {
  const text = isObject(step) ? step["description"] : step;
  const title = typeof text === "string" ? text.replace(/^\s*step\s*\d+\s*[:.]\s*/i, "").trim() : "";
  return title === "" ? {} : { title };
}

function argumentsOf(given: unknown, tool: ToolSpec | undefined, ids: readonly string[]): JsonObject {
  if (isObject(given)) return referring(given, ids) as JsonObject;
  if (!Array.isArray(given)) return {};
  const properties = tool?.input["properties"];
  const names = isObject(properties) ? Object.keys(properties) : [];
  const byName = tool?.input["additionalProperties"] === false || (tool !== undefined && names.length === 0);
  const fields = (given as readonly Json[]).map((item, at): readonly [string, Json] => {
    const unnamed = names[at] ?? `argument${at + 1}`;
    if (!isObject(item)) return [unnamed, item];
    const { name, value } = item;
    if (byName && typeof name === "string") return [name, value ?? null];
    return [unnamed, value ?? name ?? item];
  });
  return Object.fromEntries(fields.map(([name, value]) => [name, referring(value, ids)]));
}

/** `<node-0>` is the output of the first node, counted from 0. */
function referring(value: Json, ids: readonly string[]): Json {
  if (typeof value === "string") {
    return literal(value).replace(/<node-(\d{1,4})>/g, (_, n: string) => `\${{ ${ids[Number(n)] ?? `node_${n}`} }}`);
  }
  if (Array.isArray(value)) return (value as readonly Json[]).map((item) => referring(item, ids));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, referring(field, ids)]));
}

function noTarget({ target }: Link, at: number): readonly Finding[] {
  const text = {
    message: `The link leads to ${JSON.stringify(target)}, which is not a node.`,
    fix: "Add a node for it, or take the link out.",
  };
  return [{ code: "UNKNOWN_DEPENDENCY", severity: "error", where: { pointer: `/task_links/${at}/target` }, text }];
}
