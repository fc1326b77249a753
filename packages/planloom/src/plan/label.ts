// The two labels of a value: trusted or untrusted, public or private. In: a value or a tool. Out: a label.
// run/labels.ts follows values through a run; run/guard.ts decides by their labels.
import { isObject, type Json } from "./json.js";
import { LIMITS } from "../limits.js";
import type { ToolSpec } from "./tool-spec.js";

export interface Label {
  /** People outside of this run may have written the value. */
  readonly untrusted: boolean;
  /** The value may hold data that must not leave without a person's consent. */
  readonly private: boolean;
  /** The value may hold text of an input. An input may be a destination, but it is no instruction for a planner. */
  readonly input: boolean;
}

const LABELS: readonly Label[] = Array.from({ length: 8 }, (_, bits) => ({
  untrusted: (bits & 1) !== 0,
  private: (bits & 2) !== 0,
  input: (bits & 4) !== 0,
}));

export function label({ untrusted = false, private: held = false, input = false }: Partial<Label>): Label {
  return LABELS[(untrusted ? 1 : 0) + (held ? 2 : 0) + (input ? 4 : 0)] as Label;
}

/** Trusted and public: the goal, the literals of a plan, answers of people. */
export const OWN = label({});
/** Untrusted and private: nothing is known about the value. */
export const FOREIGN = label({ untrusted: true, private: true });

/** The label of a value that is made of values with these labels. */
export const joined = (one: Label, other: Label): Label =>
  label({
    untrusted: one.untrusted || other.untrusted,
    private: one.private || other.private,
    input: one.input || other.input,
  });

export const joinedAll = (labels: readonly Label[]): Label => labels.reduce(joined, OWN);

/** The label of a tool's output. `args` is the label of its arguments. */
export function outputLabel({ labels, trusted, public: isPublic }: ToolSpec, args: Label): Label {
  return labels === "pass" ? args : label({ untrusted: trusted !== true, private: isPublic !== true });
}

/** Whether a value that the caller gave counts as an order: null, a number, a boolean, or one short line of text. */
function isScalar(value: Json): boolean {
  if (typeof value === "string")
    return value.length <= LIMITS.scalarChars && !/[\n\r\u2028\u2029\v\f\u0085]/.test(value);
  return !isObject(value) && !Array.isArray(value);
}

/**
 * What a caller may say of an input. untrusted: others wrote it, however short it is. trusted: no others wrote it.
 * public: trusted, and it may leave this machine, as the literals of a plan.
 */
export const INPUT_TRUST = ["untrusted", "trusted", "public"] as const;
export type InputTrust = (typeof INPUT_TRUST)[number];

/** The label of an input that the caller gave. `declared` is what the caller said about it. */
export function inputLabel(value: Json, declared: InputTrust | undefined): Label {
  const scalar = declared !== "untrusted" && isScalar(value);
  const isTrusted = declared === "trusted" || declared === "public";
  return label({ untrusted: !scalar && !isTrusted, private: !scalar && declared !== "public", input: !isTrusted });
}

/** Arguments that a tool without a declaration only passes on, by their usual names. */
const CONTENT_NAMES: ReadonlySet<string> = new Set(
  (
    "text body content contents message subject title html markdown summary note notes memo comment caption " +
    "description details"
  ).split(" "),
);

/** Whether an argument chooses what a call does, and to whom. A tool declares the others as its content. */
export const isControl = ({ content }: Pick<ToolSpec, "content">, argument: string): boolean =>
  content === undefined ? !CONTENT_NAMES.has(argument) : !content.includes(argument);
