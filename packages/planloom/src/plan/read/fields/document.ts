// The adapters of the whole document: they find its steps and its other fields. In: a parsed value. Out: an object with
// `steps`, and the map from its places back to the document as written. step.ts has the adapters of a step.
import { wantsPerson } from "../../foreign-settings.js";
import { isObject, pointerTo, type Json, type JsonObject } from "../../json.js";
import { describesPlan } from "./fields.js";
import {
  COMMON_LIST_FIELDS,
  ID_FIELDS,
  isStepField,
  LIST_FIELDS,
  looksLikeStep,
  NOT_BEGUN,
  plainName,
  STEP_FIELDS,
  QUESTION_FIELDS,
  SAID_FIELDS,
  WRAPPERS,
} from "./names.js";
import type { TakeNote } from "../note-params.js";
import { apologises, refuses, saysWhatToDo } from "../phrases.js";

/** Maps a pointer of the draft to the document as written. */
export type Moves = Map<string, string>;

const DOCUMENT_FIELDS = ["steps", "planloom", "goal", "answer"];
const DEPTH = 3;

/** How surely a value is a plan: it has steps, it may be one if nothing else is, or it is none. */
export function planLikeness(value: unknown, depth = DEPTH): "plan" | "maybe" | undefined {
  if (Array.isArray(value)) {
    if (value.some((item) => isObject(item) && looksLikeStep(item))) return isData(value) ? undefined : "plan";
    if (value.length > 0 && value.every((item) => typeof item === "string")) return textsLikeness(value);
    return value.length === 0 || value.some((item) => isObject(item) || typeof item === "string") ? "maybe" : undefined;
  }
  if (!isObject(value)) return undefined;
  if (listField(value) !== undefined || stepMap(value) !== undefined) return "plan";
  const inner = depth > 0 ? wrapped(value) : undefined;
  if (inner !== undefined) return planLikeness(value[inner], depth - 1);
  return DOCUMENT_FIELDS.some((field) => Object.hasOwn(value, field)) ? "maybe" : undefined;
}

/** Records that have only names say nothing about what to do. */
function isData(list: readonly unknown[]): boolean {
  return list.every((item) => isObject(item) && onlyNamed(item));
}

function onlyNamed(item: JsonObject): boolean {
  return Object.entries(item).every(([key, value]) => {
    const name = plainName(key);
    if (["name", "label", "title"].includes(name)) return typeof value !== "string" || !saysWhatToDo(value);
    if (ID_FIELDS.includes(name)) return typeof value !== "string" || !saysWhatToDo(value);
    return !isStepField(name);
  });
}

/** A list of single words and names is no list of steps. */
function textsLikeness(texts: readonly string[]): "maybe" | undefined {
  return 2 * texts.filter((text) => saysWhatToDo(text) || /\w\(/.test(text)).length > texts.length
    ? "maybe"
    : undefined;
}

/** The questions that a planner asks instead of planning. Empty if there are steps. */
export function questionsIn(value: unknown): readonly string[] {
  if (!isObject(value)) return [];
  const list = listField(value);
  if (list !== undefined && !(Array.isArray(value[list]) && value[list].length === 0)) return [];
  const field = Object.keys(value).find((key) => QUESTION_FIELDS.has(plainName(key)));
  const found: Json | undefined = field === undefined ? undefined : value[field];
  const all: readonly Json[] = Array.isArray(found) ? (found as readonly Json[]) : found === undefined ? [] : [found];
  return all
    .flatMap((one) => (isObject(one) ? questionTexts(one) : [one]))
    .filter((one) => typeof one === "string" && one.trim() !== "") as string[];
}

const DECLINED = /^(?:rejected|refused|declined|denied|blocked)$/i;
/** Longer lists have work in them. */
const MOST_DECLINING = 3;

/** Whether a document with steps declines: by its status, or because its first step says so and calls nothing. */
export function declines(value: unknown): boolean {
  const list = isObject(value) ? listField(value) : undefined;
  if (list === undefined && !Array.isArray(value)) return false;
  const status = isObject(value) ? value["status"] : undefined;
  if (typeof status === "string" && DECLINED.test(status.trim())) return true;
  const steps: unknown = list === undefined ? value : (value as JsonObject)[list];
  if (!Array.isArray(steps) || steps.length > MOST_DECLINING) return false;
  const first: unknown = steps[0];
  if (steps.every((step) => typeof step === "string")) return saysNo(steps.join(" "));
  if (!isObject(first) || Object.keys(first).some((key) => STEP_FIELDS.get(plainName(key)) === "tool")) return false;
  const texts = Object.values(first).filter((text): text is string => typeof text === "string");
  return texts.some(saysNo);
}

const saysNo = (text: string): boolean => (apologises(text) || /^\s*(?:i|we)\b/i.test(text)) && refuses(text);

/** The texts of a record, the first one with the choices that the record lists. */
function questionTexts(record: JsonObject): readonly Json[] {
  const values = Object.values(record);
  const lists = values.filter((value) => Array.isArray(value)) as readonly (readonly Json[])[];
  const choices = lists.find((list) => list.length > 0 && list.every((one) => typeof one !== "object"));
  const [first, ...texts] = values.filter((value) => typeof value === "string");
  if (choices === undefined || first === undefined) return first === undefined ? [] : [first, ...texts];
  return [`${first} (${choices.map(String).join(", ")})`, ...texts];
}

/** Number of steps in a value, wherever they are in it. */
export function stepCount(value: unknown, depth = DEPTH): number {
  if (Array.isArray(value)) return value.length;
  if (!isObject(value)) return 0;
  const field = listField(value) ?? (depth > 0 ? wrapped(value) : undefined);
  return field === undefined || depth === 0 ? Object.keys(value).length : stepCount(value[field], depth - 1);
}

/** The field that holds the steps. */
function listField(value: JsonObject): string | undefined {
  const fields = Object.keys(value).filter((key) => LIST_FIELDS.has(plainName(key)));
  if (Object.hasOwn(value, "steps")) return "steps";
  return fields.find((key) => holdsSteps(key, value[key]));
}

function holdsSteps(field: string, value: unknown): boolean {
  if (!Array.isArray(value)) return stepMap(value) !== undefined;
  return !COMMON_LIST_FIELDS.has(plainName(field)) || value.some((item) => isObject(item) && looksLikeStep(item));
}

/** The field that holds the document. */
function wrapped(value: JsonObject): string | undefined {
  const fields = Object.keys(value).filter((key) => WRAPPERS.has(plainName(key)) && typeof value[key] === "object");
  return (
    fields.find((key) => value[key] !== null && planLikeness(value[key], 0) === "plan") ??
    fields.find((key) => isObject(value[key]))
  );
}

const STEP_KEY = /^(?:step|task)?[ _-]?\d{1,4}$/i;

/** `{ "step1": {…}, "step2": {…} }` as entries. */
function stepMap(value: unknown): readonly (readonly [string, Json])[] | undefined {
  if (!isObject(value)) return undefined;
  const entries = Object.entries(value);
  const fits = entries.every(([key, step]) => STEP_KEY.test(key) && (isObject(step) || typeof step === "string"));
  return fits && entries.length > 0 ? entries : undefined;
}

/** An object with `steps`, or the value itself if it holds none. */
export function wholeDocument(value: unknown, note: TakeNote, moves: Moves): unknown {
  let document: unknown = value;
  let at = "";
  const kept = new Map<string, unknown>();
  for (let depth = 0; depth <= DEPTH && isObject(document); depth++) {
    if (listField(document) !== undefined || stepMap(document) !== undefined) break;
    const field = wrapped(document);
    if (field === undefined) break;
    const { left, safety } = fieldsBeside(document, field);
    for (const key of safety) kept.set(key, document[key]);
    note("UNWRAPPED_PLAN", { field, left, to: "document" }, "", { before: field, after: null });
    at = pointerTo(at, field);
    document = document[field];
  }
  moves.set("", at);
  const opened = openedDocument(document, at, note, moves);
  return isObject(opened) && kept.size > 0 ? Object.fromEntries([...kept, ...Object.entries(opened)]) : opened;
}

/** The fields beside the plan that are left out, and the wishes for a person that check has to see. */
function fieldsBeside(document: JsonObject, plan: string): { readonly left: string[]; readonly safety: string[] } {
  const beside = Object.keys(document).filter((key) => key !== plan);
  const safety = beside.filter((key) => wantsPerson(key, document[key]));
  return { left: beside.filter((key) => !safety.includes(key)), safety };
}

function openedDocument(document: unknown, at: string, note: TakeNote, moves: Moves): unknown {
  if (Array.isArray(document)) return bareList(document, at, note, moves);
  if (!isObject(document)) return document;
  const map = Object.hasOwn(document, "steps") ? undefined : stepMap(document);
  return map === undefined ? withSteps(document, at, note, moves) : { steps: listOf(map, at, note, moves) };
}

function bareList(steps: readonly unknown[], at: string, note: TakeNote, moves: Moves): unknown {
  moves.set("/steps", at);
  note("BARE_LIST", {}, "/steps", { before: "[…]", after: '{ "steps": […] }' });
  return { steps };
}

function withSteps(document: JsonObject, at: string, note: TakeNote, moves: Moves): unknown {
  const field = listField(document);
  const fields = new Map<string, unknown>(Object.entries(tidied(document, field, note)));
  if (field === undefined) return Object.fromEntries(fields);
  const list = fields.get(field);
  if (field !== "steps") {
    fields.delete(field);
    moves.set("/steps", pointerTo(at, field));
    const beside = [...fields.keys()].filter((key) => !DOCUMENT_FIELDS.includes(key) && key !== "inputs");
    const change = { before: field, after: "steps" };
    if (field === "plan") {
      const left = beside.filter((key) => !wantsPerson(key, fields.get(key)));
      for (const key of left) fields.delete(key);
      note("UNWRAPPED_PLAN", { field, left, to: "steps" }, "/steps", change);
    } else note("FIELD_RENAMED", { from: field, to: "steps" }, "/steps", change);
  }
  const map = stepMap(list);
  fields.set("steps", map === undefined ? list : listOf(map, pointerTo(at, field), note, moves));
  return Object.fromEntries(fields);
}

function listOf(entries: readonly (readonly [string, Json])[], at: string, note: TakeNote, moves: Moves): unknown {
  note("STEP_MAP", {}, "/steps", { before: entries[0]?.[0], after: "[…]" });
  return entries.map(([key, step], index) => {
    moves.set(`/steps/${index}`, pointerTo(at, key));
    return isObject(step) ? (looksNamed(step) ? step : { id: key, ...step }) : { id: key, description: step };
  });
}

const looksNamed = (step: JsonObject): boolean =>
  Object.keys(step).some((key) => ["id", "stepid", "stepnumber", "taskid"].includes(plainName(key)));

/** Fields of a run's document beside the plan. */
const RECORD_FIELDS: readonly string[] = ["revision", "hash", "cause"];
const MAY_BE_NULL = ["planloom", "goal", "inputs", "answer"];

/** A plan of a run's document without the record of the run. */
export function withoutRecord(document: JsonObject, note: TakeNote): JsonObject {
  if (!RECORD_FIELDS.every((field) => Object.hasOwn(document, field))) return document;
  note("RECORD_LEFT_OUT", {}, "");
  return Object.fromEntries(Object.entries(document).filter(([field]) => !RECORD_FIELDS.includes(field)));
}

function tidied(document: JsonObject, list: string | undefined, note: TakeNote): JsonObject {
  const fields = Object.entries(withoutRecord(document, note)).filter(([field, value]) => {
    if (value === null && MAY_BE_NULL.includes(field)) {
      note("NULL_DROPPED", { field }, "", { before: value });
      return false;
    }
    const said = SAID_FIELDS.has(plainName(field)) && (typeof value === "string" || value === null);
    const isQuestion =
      QUESTION_FIELDS.has(plainName(field)) && (NOT_BEGUN.has(value) || (Array.isArray(value) && value.length === 0));
    const beside = list !== undefined && list !== "plan" && list !== field && describesPlan(field, value);
    if (said || isQuestion || beside) note("LEFT_OUT", { field }, "", { before: value });
    return !said && !isQuestion && !beside;
  });
  return Object.fromEntries(fields);
}
