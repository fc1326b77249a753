// Makes the steps of a plan from the items of a list. In: a list, and the names of the tools. Out: a document with
// steps, their positions, and whether they are calls. A list that states no dependency is a sequence.
import { LIMITS } from "../../../limits.js";
import { findingOf, type Finding } from "../../finding.js";
import { isObject, type JsonObject } from "../../json.js";
import { JOIN, type Call } from "./call-text.js";
import { itemCall, type ItemCall } from "./item-call.js";
import { itemText, type Item, type List } from "./list.js";
import { statedNeeds, type StatedNeeds } from "./list-needs.js";
import { textNote, type TextNote } from "../note-params.js";
import type { ItemLabel } from "./numbering.js";
import type { ToolNames } from "../tool-names.js";
import type { ToolSpec } from "../../tool-spec.js";

export interface ListDocument {
  readonly steps: readonly ListStep[];
  /** The start of each step, by its pointer. */
  readonly offsets: ReadonlyMap<string, number>;
  readonly calls: boolean;
  readonly notes: readonly TextNote[];
  readonly findings: readonly Finding[];
}
export interface ListStep {
  readonly [field: string]: unknown;
}

/** One step to be: an item, or a part of an item. */
export interface ListPart {
  /** As the other items name it: `2`, `3a`, `1.2`, `E1`. */
  readonly label: string;
  readonly at: number;
  readonly text: string;
  /** What the text says about this part before it. */
  readonly said: string;
  /** Labels of the steps that are known to come before, whatever the item says. */
  readonly after: readonly string[];
  /** The call, if it is not written in the text. */
  readonly call?: Call;
  /** In the notation `#E1 = …`. */
  readonly isEvidence?: boolean;
}

export function listDocument(parts: readonly ListPart[], tools: ToolNames): ListDocument {
  const results = new Map<string, unknown>();
  const calls = parts.map((part): ItemCall => {
    if (part.call !== undefined) return { kind: "call", call: part.call, remark: "" };
    const call = itemCall(part.text, tools, results);
    if (call.kind === "call" && call.result !== undefined) addResult(results, call.result, part.label);
    return call;
  });
  const isCalls = calls.some(({ kind }) => kind === "call") || parts.some(({ isEvidence }) => isEvidence === true);
  const joins = isCalls && parts.length > 1 && isJoin(calls.at(-1)!);
  const kept = joins ? parts.slice(0, -1) : parts;
  const needs = needsOf(kept, calls, isCalls && (joins || hasReferences(kept)));
  const steps = kept.map((part, i) => ({ id: idOf(part.label), ...stepOf(part, calls[i]!, needs.of[i]!, tools) }));
  return {
    steps,
    offsets: new Map([["", kept[0]!.at], ...kept.map(({ at }, i) => [`/steps/${i}`, at] as const)]),
    calls: isCalls,
    notes: [
      textNote("NUMBERED_TEXT", {}),
      ...(isCalls ? [textNote("CALL_TEXT", {})] : []),
      ...(joins ? [textNote("JOIN_LEFT_OUT", {})] : []),
      ...(needs.isSequence && kept.length > 1 ? [textNote("LIST_IN_ORDER", {})] : []),
      ...(needs.areStated ? [textNote("LIST_DEPENDENCIES", {})] : []),
    ],
    findings: kept.flatMap((part, i) => noCall(part, calls[i]!, i, isCalls, tools)),
  };
}

/** Several parts with one name of their result: together they are a list. */
function addResult(results: Map<string, unknown>, name: string, label: string): void {
  const reference = `{{${idOf(label)}}}`;
  const before = results.get(name);
  results.set(name, before === undefined ? reference : [before, reference].flat());
}

/** In a list of calls, an item that is none is not run as an instruction. */
function noCall(part: ListPart, call: ItemCall, index: number, isCalls: boolean, tools: ToolNames): readonly Finding[] {
  const pointer = `/steps/${index}`;
  const text = brief(part.text);
  if (call.kind === "call") {
    if (!isNameless(call.call, tools)) return [];
    const instead = callPattern(tools.meant(call.call.tool)!);
    return [findingOf("CALL_UNREADABLE", { pointer }, { text, problem: { kind: "no-names" }, instead })];
  }
  if (call.kind === "bad") return [findingOf("CALL_UNREADABLE", { pointer }, { text, problem: call.problem })];
  return isCalls && part.isEvidence !== true ? [findingOf("ITEM_IS_NO_CALL", { pointer }, { text })] : [];
}

/** `send_email(to=..., body=...)` */
function callPattern({ name, input }: ToolSpec): string {
  const properties = isObject(input["properties"]) ? Object.keys(input["properties"]) : [];
  return `${name}(${properties.map((argument) => `${argument}=...`).join(", ")})`;
}

/** Several arguments of a known tool that have no name. */
function isNameless(call: Call, tools: ToolNames): boolean {
  if (call.values === undefined || tools.meant(call.tool) === undefined) return false;
  if (call.values.length === 1 && Object.keys(call.named ?? {}).length === 0) return false;
  return argumentsByName(call, tools) === undefined;
}

const brief = (text: string): string => (text.length <= 80 ? text : `${text.slice(0, 79)}…`);

const isJoin = (call: ItemCall): boolean =>
  call.kind === "call" && call.call.tool === JOIN && call.call.given === undefined;

/** The references in which lists of calls state their order. */
const hasReferences = (parts: readonly ListPart[]): boolean =>
  parts.some(({ text, isEvidence }) => isEvidence === true || /\$\{?\d|#E\d|\{\{|<node-\d/.test(text));

/** A plain number stays a number, so that references by number find the step. */
const idOf = (label: string): string | number =>
  /^\d+$/.test(label) ? Number(label) : /^\d/.test(label) ? `s${label.replace(/\./g, "_")}` : label;

interface AllNeeds {
  readonly of: readonly { readonly text: string; readonly labels: readonly string[] | undefined }[];
  readonly areStated: boolean;
  readonly isSequence: boolean;
}

/** Items that state nothing wait for the item before them, unless references give the order. */
function needsOf(parts: readonly ListPart[], calls: readonly ItemCall[], byReference: boolean): AllNeeds {
  const stated = parts.map(({ text }, i): StatedNeeds => (calls[i]!.kind === "call" ? { text } : statedNeeds(text)));
  const areStated = stated.some(({ labels }) => labels !== undefined);
  const of: { text: string; labels: readonly string[] | undefined }[] = [];
  for (const [i, { text, labels, beside }] of stated.entries()) {
    const other = beside === undefined ? -1 : parts.findIndex(({ label }) => label === beside);
    if (beside !== undefined) of.push({ text, labels: of[other]?.labels ?? (other === -1 ? [beside] : []) });
    else if (labels !== undefined) of.push({ text, labels: labels.flatMap((label) => labelsFor(label, parts)) });
    else of.push({ text, labels: byReference || parts[i]!.after.length === 0 ? undefined : parts[i]!.after });
  }
  const isSequence = !byReference && stated.some(({ labels }, i) => labels === undefined && parts[i]!.after.length > 0);
  return { of, areStated, isSequence };
}

/** `3` names all parts of 3, if they are steps of their own. */
function labelsFor(label: string, parts: readonly ListPart[]): readonly string[] {
  if (parts.some((part) => part.label === label)) return [label];
  const inner = parts.filter(
    (part) => part.label.startsWith(label) && /^(?:[a-z]|\.)/.test(part.label.slice(label.length)),
  );
  return inner.length === 0 ? [label] : inner.map((part) => part.label);
}

function stepOf(part: ListPart, call: ItemCall, needs: AllNeeds["of"][number], tools: ToolNames): ListStep {
  const dependsOn = needs.labels === undefined ? {} : { dependsOn: needs.labels.map((label) => String(idOf(label))) };
  if (call.kind !== "call") {
    const { text } = needs;
    if (part.said === "") return { description: text, ...dependsOn };
    return { description: part.said, agent: part.isEvidence === true ? text : `${part.said}\n${text}`, ...dependsOn };
  }
  const said = [part.said, call.remark].filter((text) => text !== "").join(" ");
  return { ...(said === "" ? {} : { description: said }), ...fieldsOf(call.call, tools), ...dependsOn };
}

/** The fields of a call. Arguments without a name get those of the tool, if its schema leaves no doubt. */
export function fieldsOf(call: Call, tools: ToolNames): ListStep {
  const { tool, given } = call;
  if (given === undefined || isNameless(call, tools)) return { tool, with: {} };
  return { tool, args: argumentsByName(call, tools) ?? given };
}

/** Arguments without a name, by the names of the schema; undefined if all have names, or if it leaves a doubt. */
function argumentsByName({ tool, values, named = {} }: Call, tools: ToolNames): ListStep | undefined {
  const [record, ...more] = values ?? [];
  if (more.length === 0 && Object.keys(named).length === 0 && isRecordOf(record, tools.meant(tool))) return record;
  const names = values === undefined ? undefined : argumentNames(tools.meant(tool), values.length);
  if (names === undefined || names.some((name) => Object.hasOwn(named, name))) return undefined;
  return { ...Object.fromEntries(names.map((name, i) => [name, values![i]])), ...named };
}

/** `search({"query": "rent"})`: one value that holds the arguments by their names. */
function isRecordOf(value: unknown, tool: ToolSpec | undefined): value is JsonObject {
  const properties = tool?.input["properties"];
  if (!isObject(value) || !isObject(properties)) return false;
  const names = Object.keys(value);
  const records = Object.values(properties).filter((schema) => !isObject(schema) || schema["type"] === "object");
  return names.length > 0 && records.length === 0 && names.every((name) => Object.hasOwn(properties, name));
}

/** The first required arguments, if the schema names them first and in the same order. */
function argumentNames(tool: ToolSpec | undefined, count: number): readonly string[] | undefined {
  const properties = tool?.input["properties"];
  const required = tool?.input["required"];
  if (!isObject(properties) || !Array.isArray(required)) return undefined;
  if (count === 1 && required.length === 1) return [String(required[0])];
  const names = Object.keys(properties).slice(0, count);
  const isSure = names.length === count && count <= required.length && names.every((name, i) => required[i] === name);
  return isSure ? names : undefined;
}

/** The steps of a numbered list: its items, their lettered parts, or the parts of its only item. */
export function listParts({ items }: List, tools: ToolNames): readonly ListPart[] {
  const texts = items.map(itemText);
  const roles = rolesOf(items, texts, tools);
  const parts: ListPart[] = [];
  let head: Head | undefined;
  let group: { readonly base: string; readonly labels: readonly string[]; readonly after: readonly string[] } =
    NO_GROUP;
  for (const [i, { label, at }] of items.entries()) {
    const text = texts[i]!;
    if (roles[i] === "head") head = { number: label.path[0]!, text };
    else if (roles[i] === "part") addTo(parts, `${labelText(label)} ${text}`);
    else {
      const base = label.letter === "" ? "" : label.path.join(".");
      if (base === "" || base !== group.base) group = { base, labels: [], after: group.labels };
      const said = label.letter !== "" && head !== undefined && head.number === label.path[0] ? head.text : "";
      parts.push({ label: labelText(label), at, text, said, after: group.after });
      group = { ...group, labels: [...group.labels, labelText(label)] };
    }
  }
  return parts;
}

interface Head {
  readonly number: number;
  readonly text: string;
}
const NO_GROUP = { base: "", labels: [], after: [] };

function addTo(parts: ListPart[], line: string): void {
  const last = parts.at(-1);
  if (last !== undefined) parts[parts.length - 1] = { ...last, text: `${last.text}\n${line}` };
}

const labelText = ({ path, letter }: ItemLabel): string => `${path.join(".")}${letter}`;

type Role = "step" | "head" | "part";

/** Which items are steps, which only lead to their parts, and which are a part of the step before them. */
function rolesOf(items: readonly Item[], texts: readonly string[], tools: ToolNames): readonly Role[] {
  const isCall = (i: number): boolean => itemCall(texts[i]!, tools).kind === "call";
  const innerCalls = items.some(({ label }, i) => isInner(label) && isCall(i));
  const depth = depthOf(items);
  return items.map(({ label }, i) => {
    const next = items[i + 1]?.label;
    const leads =
      next?.path[0] === label.path[0] && isInner(next!) && !isInner({ ...label, path: label.path.slice(1) });
    if (innerCalls) return leads && !isCall(i) ? "head" : "step";
    if (label.path.length > depth) return "part";
    const leadsToSteps = leads && label.letter === "" && (next!.letter !== "" || label.path.length < depth);
    return leadsToSteps ? "head" : "step";
  });
}

/** The level of the numbers that are steps: the second one if there is only one item on the first. */
function depthOf(items: readonly Item[]): number {
  const lengths = items.map(({ label }) => label.path.length);
  const lowest = Math.min(...lengths.slice(0, LIMITS.readSteps));
  if (lowest > 1) return lowest;
  const isOne = items.every(({ label }) => label.path[0] === items[0]!.label.path[0]);
  return isOne && lengths.some((length) => length > 1) ? 2 : 1;
}

const isInner = ({ path, letter }: ItemLabel): boolean => path.length > 1 || letter !== "";
