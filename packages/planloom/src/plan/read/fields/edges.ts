// Dependencies that a document keeps beside its steps, as the edges of a graph. In: a document with steps. Out: the same
// with each edge in `dependsOn` of the step that it leads to. Anything else stays for check to report.
import { isObject, type Json, type JsonObject } from "../../json.js";
import { fieldNamed, type Fields } from "./fields.js";
import { EDGE_FIELDS, ID_FIELDS, plainName, STEP_FIELDS } from "./names.js";
import type { TakeNote } from "../note-params.js";

const FROM = ["from", "source", "src", "start", "before"];
const TO = ["to", "target", "dst", "end", "after", "destination"];
const ENDS = /^(?:start|end|begin|finish|root|__start__|__end__)$/i;

interface Edge {
  readonly from: string | number;
  readonly to: string | number;
}

export function withEdges(document: JsonObject, note: TakeNote): JsonObject {
  const field = Object.keys(document).find((key) => EDGE_FIELDS.has(plainName(key)));
  const steps = document["steps"];
  const edges = field === undefined ? undefined : edgesIn(document[field]!);
  if (field === undefined || edges === undefined || !Array.isArray(steps)) return document;
  const names = (steps as readonly Json[]).map(nameOf);
  const real = edges.filter(({ from, to }) => !ENDS.test(String(from)) && !ENDS.test(String(to)));
  const known = new Set(names);
  if (!real.every(({ from, to }) => known.has(String(from)) && known.has(String(to)))) return document;
  if ((steps as readonly Json[]).some((step) => !isObject(step) || hasDependencies(step))) return document;
  const { [field]: _, ...rest } = document;
  const linked = (steps as readonly JsonObject[]).map((step, i) => {
    const needed = real.filter(({ to }) => String(to) === names[i]).map(({ from }) => from);
    return { ...step, dependsOn: [...new Set(needed)] };
  });
  note("EDGES_READ", { field }, "/steps", { before: document[field] });
  return { ...rest, steps: linked };
}

const hasDependencies = (step: JsonObject): boolean =>
  Object.keys(step).some((key) => STEP_FIELDS.get(plainName(key)) === "dependsOn");

/** The name that edges use: the id, or the only name of a step. */
function nameOf(step: Json): string {
  if (!isObject(step)) return "";
  const fields: Fields = new Map(Object.entries(step).filter(([, value]) => isName(value)));
  const field = fieldNamed(fields, ...ID_FIELDS) ?? ["name", "label", "task", "tool"].find((key) => fields.has(key));
  return field === undefined ? "" : String(fields.get(field));
}

const isName = (value: unknown): value is string | number => typeof value === "string" || typeof value === "number";

function edgesIn(value: Json): readonly Edge[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const edges = (value as readonly Json[]).map(edgeOf);
  return edges.every((edge) => edge !== undefined) ? edges : undefined;
}

function edgeOf(value: Json): Edge | undefined {
  if (typeof value === "string") {
    const [, from, to] = /^\s{0,9}([\w-]{1,64})\s{0,9}(?:->|-->|=>|→)\s{0,9}([\w-]{1,64})\s{0,9}$/.exec(value) ?? [];
    return from === undefined || to === undefined ? undefined : { from, to };
  }
  if (Array.isArray(value)) {
    const [from, to] = value as readonly Json[];
    return value.length === 2 && isName(from) && isName(to) ? { from, to } : undefined;
  }
  if (!isObject(value)) return undefined;
  const of = (names: readonly string[]): Json | undefined =>
    value[Object.keys(value).find((key) => names.includes(plainName(key))) ?? ""];
  const [from, to] = [of(FROM), of(TO)];
  return isName(from) && isName(to) ? { from, to } : undefined;
}
