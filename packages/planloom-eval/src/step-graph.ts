// A draft as a graph for comparison. In: a document, sound or not. Out: labels of steps, edges, arguments. Unreadable
// parts are left out.
import { canonicalJson, isObject, type Json, referencedNames, scanTemplate } from "planloom/plan";

export interface StepGraph {
  /** One for each step: its tool, or `agent`, `ask`, or `?` for a step without a kind. */
  readonly labels: readonly string[];
  /** Positions of steps: `to` waits for `from`. Each edge once. A missing step is given by its name. */
  readonly edges: readonly { readonly from: number | string; readonly to: number }[];
  /** One for each argument of a step: label, name and value. References in values name labels, not ids. */
  readonly arguments: readonly string[];
}

const NOTHING: StepGraph = { labels: [], edges: [], arguments: [] };

/** Never throws. Steps that are no objects are left out. */
export function stepGraph(document: unknown): StepGraph {
  const list = isObject(document) ? document["steps"] : undefined;
  if (!Array.isArray(list)) return NOTHING;
  const steps = list.filter(isObject);
  const labels = steps.map(labelOf);
  const places = new Map<string, number>();
  steps.forEach(({ id }, at) => {
    if (typeof id === "string" && !places.has(id)) places.set(id, at);
  });
  const label = (id: string): string | undefined => labels[places.get(id) ?? -1];
  return {
    labels,
    edges: steps.flatMap((step, to) => needed(step).map((id) => ({ from: places.get(id) ?? id, to }))),
    arguments: steps.flatMap((step, at) => argumentsOf(step, labels[at]!, label)),
  };
}

type Fields = { readonly [field: string]: Json };

function labelOf(step: Fields): string {
  const { tool } = step;
  if (typeof tool === "string") return tool;
  return ["agent", "ask"].find((kind) => Object.hasOwn(step, kind)) ?? "?";
}

/** Names in references that cannot be steps. */
const NOT_STEPS: ReadonlySet<string> = new Set(["inputs", "index", "item", "output", "secrets"]);

/** Names that only the rounds of a step see. */
const ROUND_NAMES: ReadonlySet<string> = new Set(["previous", "round"]);

function needed(step: Fields): readonly string[] {
  const { dependsOn, when = "", forEach = "", expect = "", repeat, as } = step;
  const declared = Array.isArray(dependsOn) ? dependsOn.filter((id): id is string => typeof id === "string") : [];
  const until = isObject(repeat ?? null) ? ((repeat as Fields)["until"] ?? "") : "";
  const read = referencedNames([when, forEach, step["with"] ?? "", expect, until]);
  const isOwn = (name: string): boolean => name === as || (until !== "" && ROUND_NAMES.has(name));
  return [...new Set([...declared, ...read.filter((name) => !NOT_STEPS.has(name) && !isOwn(name))])];
}

function argumentsOf(step: Fields, label: string, labelOfId: (id: string) => string | undefined): string[] {
  const given = step["with"];
  if (!isObject(given)) return [];
  return Object.entries(given).map(([name, value]) => canonicalJson([label, name, labelled(value, labelOfId)]));
}

/** The value with labels instead of ids in its references, in one notation. */
function labelled(value: Json, labelOfId: (id: string) => string | undefined): Json {
  if (typeof value === "string") return labelledText(value, labelOfId);
  if (Array.isArray(value)) return (value as readonly Json[]).map((item) => labelled(item, labelOfId));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, labelled(field, labelOfId)]));
}

function labelledText(text: string, labelOfId: (id: string) => string | undefined): Json {
  const template = text.includes("${{") ? scanTemplate(text.trim()) : undefined;
  if (template?.ok !== true) return text;
  return template.parts
    .map((part) => ("text" in part ? part.text : `\${{ ${oneSpelling(part.expression.source, labelOfId)} }}`))
    .join("");
}

const TOKEN = /"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|(?<![\w.$])[A-Za-z_]\w*|\s+/g;

/** No white space, `a.b` for `a["b"]`, and labels for ids. */
function oneSpelling(source: string, labelOfId: (id: string) => string | undefined): string {
  const dotted = source.replace(/\[\s*(["'])([A-Za-z_]\w*)\1\s*\]/g, ".$2");
  return dotted.replace(TOKEN, (token) => {
    if (/^["']/.test(token)) return token;
    return token.trim() === "" ? "" : (labelOfId(token) ?? token);
  });
}
