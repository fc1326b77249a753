// Facts about a tool in words. In: a tool as the server lists it. Out: its arguments as rows, its labels, what it can
// reach. The JSON Schema itself is shown beside them.
import type { Json } from "planloom";
import type { Effect } from "../../parts/tag.js";
import { isRecord } from "../../parts/value-text.js";

type Schema = { readonly [keyword: string]: Json };

/** A tool of GET /v1/tools. */
export interface ListedTool {
  readonly name: string;
  readonly description: string;
  readonly input: Schema;
  readonly output?: Schema;
  readonly effects: "none" | "idempotent" | "once";
  readonly approval?: "required";
  readonly trusted?: true;
  readonly public?: true;
  readonly labels?: "pass";
  readonly egress?: true;
  readonly reach?: { readonly roots?: readonly string[]; readonly hosts?: readonly string[] };
  readonly timeoutMs?: number;
  readonly reconciles?: true;
  /** Arguments that choose what a call does, and to whom. */
  readonly control: readonly string[];
}

const EFFECT: { readonly [effects in ListedTool["effects"]]: Effect } = {
  none: "none",
  idempotent: "acts-repeatable",
  once: "acts-once",
};

export const effectOf = ({ effects }: ListedTool): Effect => EFFECT[effects];

export interface ArgumentRow {
  readonly name: string;
  readonly type: string;
  readonly about: string;
  readonly isNeeded: boolean;
  readonly isControl: boolean;
}

export function argumentsOf({ input, control }: ListedTool): readonly ArgumentRow[] {
  const properties = schemaIn(input["properties"]) ?? {};
  const needed = Array.isArray(input["required"]) ? input["required"] : [];
  return Object.entries(properties).map(([name, value]) => {
    const schema = schemaIn(value) ?? {};
    const { description, default: initial } = schema;
    const about = [
      typeof description === "string" ? description : "",
      initial === undefined ? "" : `Default: ${JSON.stringify(initial)}.`,
    ];
    return {
      name,
      type: typeOf(schema),
      about: about.filter((text) => text !== "").join(" "),
      isNeeded: needed.includes(name) && initial === undefined,
      isControl: control.includes(name),
    };
  });
}

const schemaIn = (value: Json | undefined): Schema | undefined => (isRecord(value) ? value : undefined);

/** The type of a schema in the notation of plans, as far as one line can say it. */
function typeOf(schema: Schema): string {
  const { type, const: only, enum: choices, anyOf, oneOf, items } = schema;
  if (only !== undefined) return JSON.stringify(only);
  if (Array.isArray(choices)) return choices.map((choice) => JSON.stringify(choice)).join(" | ");
  const either = anyOf ?? oneOf;
  if (Array.isArray(either)) return (either as readonly Json[]).map((one) => typeOf(schemaIn(one) ?? {})).join(" | ");
  if (Array.isArray(type)) return type.map(String).join(" | ");
  if (type === "array") return listOf(typeOf(schemaIn(items) ?? {}));
  return typeof type === "string" ? type : "any";
}

/** A record as its fields, one level deep. */
export function outputText(schema: Schema): string {
  const properties = schemaIn(schema["properties"]);
  if (properties === undefined) return typeOf(schema);
  const needed = Array.isArray(schema["required"]) ? schema["required"] : [];
  const fields = Object.entries(properties).map(
    ([name, value]) => `${name}${needed.includes(name) ? "" : "?"}: ${typeOf(schemaIn(value) ?? {})}`,
  );
  return `{ ${fields.join(", ")} }`;
}

const listOf = (type: string): string => (type.includes(" ") ? `(${type})[]` : `${type}[]`);

/** What a person should know beside the effect, one sentence each. */
export function sentencesOf(tool: ListedTool): readonly string[] {
  const { approval, egress, reconciles, timeoutMs, reach, labels } = tool;
  const { roots = [], hosts = [] } = reach ?? {};
  return [
    approval === "required" ? "Each call waits for a person." : "",
    egress === true ? "Its arguments leave this machine." : "",
    reconciles === true ? "After a crash it can tell whether a call happened." : "",
    labels === "pass" ? "Its output is as trusted and as private as its arguments." : "",
    roots.length > 0 ? `It reaches these folders: ${roots.join(", ")}.` : "",
    hosts.length > 0 ? `It reaches these hosts: ${hosts.join(", ")}.` : "",
    timeoutMs === undefined ? "" : `A call may take ${timeoutMs / 1_000} s.`,
  ].filter((sentence) => sentence !== "");
}

/** Whether a name or description has this text. Ignores case. */
export const hasText = ({ name, description }: ListedTool, text: string): boolean =>
  `${name} ${description}`.toLowerCase().includes(text.toLowerCase());
