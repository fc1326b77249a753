// What people read about a tool: its arguments, its output, its effects and labels. In: the definition of a tool, as data.
// Out: rows and sentences. The command line, and the reference of the built-in tools, show the same.
import { isObject, type Json, type JsonObject } from "../plan/json.js";
import { isControl } from "../plan/label.js";
import type { EffectClass, ToolSpec } from "../plan/tool-spec.js";
import { resolvePointer, typeFromSchema } from "../plan/type/schema.js";
import { shortText, UNKNOWN } from "../plan/type/type.js";
import { limitsText } from "./schema-limits.js";

export interface FieldFact {
  readonly name: string;
  /** In the notation of `output`. */
  readonly type: string;
  readonly isNeeded: boolean;
  /** Its description and its limits. */
  readonly about: string;
}

export interface ArgumentFact extends FieldFact {
  /** It decides what a call does, and to whom. */
  readonly isControl: boolean;
}

export const argumentFacts = (spec: ToolSpec): readonly ArgumentFact[] =>
  fieldFacts(spec.input).map((fact) => ({ ...fact, isControl: isControl(spec, fact.name) }));

/** The fields of the output, if it is a record or a list of records. */
export function outputFacts({ output }: ToolSpec): readonly FieldFact[] {
  if (output === undefined) return [];
  const items = output["items"];
  return fieldFacts(output["type"] === "array" && isObject(items) ? items : output, output);
}

export const outputType = ({ output }: ToolSpec): string =>
  shortText(output === undefined ? UNKNOWN : typeFromSchema(output));

function fieldFacts(record: JsonObject, root: JsonObject = record): readonly FieldFact[] {
  const { properties = {}, required = [] } = record as { readonly properties?: JsonObject; readonly required?: Json };
  const needed = new Set(Array.isArray(required) ? (required as readonly Json[]) : []);
  return Object.entries(properties).map(([name, given]) => {
    const field = followed(given, root);
    const { description } = field;
    const limits = sentence(limitsText(withoutSafeBounds(field)));
    const texts = [typeof description === "string" ? sentence(description) : "", wholeText(field), limits];
    const about = texts.filter((text) => text !== "").join(" ");
    return { name, type: shortText(typeFromSchema(field)), isNeeded: needed.has(name), about };
  });
}

const wholeText = ({ type }: JsonObject): string => (type === "integer" ? "A whole number." : "");

/** Libraries write the largest whole numbers of JavaScript as limits. They say nothing. */
const withoutSafeBounds = (field: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(field).filter(([, value]) => Math.abs(Number(value)) !== Number.MAX_SAFE_INTEGER));

/** The part that a reference names, with all of the document that it may refer to. */
function followed(given: Json, root: JsonObject): JsonObject {
  const reference = isObject(given) ? given["$ref"] : undefined;
  const target = typeof reference === "string" ? resolvePointer(reference, root) : given;
  return isObject(target) ? target : {};
}

function sentence(text: string): string {
  const whole = text.trim();
  if (whole === "") return "";
  return `${whole.charAt(0).toUpperCase()}${whole.slice(1)}${/[.?!]$/.test(whole) ? "" : "."}`;
}

const EFFECTS: { readonly [effects in EffectClass]: string } = {
  none: "It changes nothing. A call that fails is made again.",
  idempotent: "It changes something. Two calls with the same key count once, so a call that fails is made again.",
  once: "It acts once. A call is never repeated by itself: if nobody knows whether it acted, a person is asked.",
};

/** Effects, approval, labels, limits of time. `places`: also the folders and hosts that it can reach here. */
export function toolSentences(spec: ToolSpec, places: boolean): readonly string[] {
  const { effects, approval, egress, trusted, labels, reconciles, timeoutMs, reach = {} } = spec;
  const { roots = [], hosts = [] } = places ? reach : {};
  const origin = `${trusted === true ? "trusted" : "untrusted"} and ${spec.public === true ? "public" : "private"}`;
  return [
    EFFECTS[effects],
    approval === "required" ? "Each call waits for a person." : "",
    egress === true ? "Its arguments leave this machine." : "Its arguments stay on this machine.",
    labels === "pass" ? "Its output is as trusted and as private as its arguments." : `Its output is ${origin}.`,
    reconciles === true ? "It can tell later whether a call happened." : "",
    timeoutMs === undefined ? "" : `A call may take ${timeoutMs / 1_000} s.`,
    roots.length > 0 ? `It reaches these folders: ${roots.join(", ")}.` : "",
    hosts.length > 0 ? `It reaches these hosts: ${hosts.join(", ")}.` : "",
  ].filter((text) => text !== "");
}
