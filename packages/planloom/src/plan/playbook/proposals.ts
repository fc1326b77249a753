// Proposes the inputs of a playbook, by rule: no model is asked. In: a plan, the goal and the run's inputs. Out: each
// proposal with a name, a type, a default, and where it stands. A person confirms them.
import { inputLabel } from "../label.js";
import { isObject, own, type Json, type JsonObject } from "../json.js";
import { ID_PATTERN, type InputSpec, type Plan } from "../plan.js";
import { typeOfValue, typeText } from "../type/type.js";
import { toolsByName, type ToolSpec } from "../tool-spec.js";
import { writePlan } from "../write.js";
import {
  fixedTexts,
  holdsWord,
  leavesOf,
  stepsOf,
  wordPattern,
  wordsOfDocument,
  type Leaf,
  type Scalar,
} from "./literals.js";

export interface ProposedInput {
  readonly name: string;
  readonly type: string | JsonObject;
  /** The value of the run. Absent for data that others may have written, or that is private. */
  readonly default?: Json;
  /** goal: the goal names it. input: an input of the run. repeated: several steps use it. */
  readonly why: "goal" | "input" | "repeated";
  /** Where it stands: JSON pointers into the plan. */
  readonly places: readonly string[];
  /** Where the same text stands and stays. */
  readonly left: readonly string[];
}

export interface RunToSave {
  readonly plan: Plan;
  readonly tools: readonly ToolSpec[];
  /** The goal of the run. */
  readonly goal: string;
  readonly inputs: { readonly [name: string]: Json };
  readonly given: ReadonlySet<string>;
}

/** A literal that may become an input. */
interface Candidate {
  readonly value: Scalar;
  readonly why: "goal" | "repeated";
  readonly kind: Kind;
  /** The word before it in the goal. */
  readonly before?: string;
}

type Kind = "number" | "date" | "email" | "url" | "path" | "text";

/** What a goal may name, the longest forms first. The first group is the literal. */
const FORMS: readonly (readonly [Kind, RegExp])[] = [
  ["url", /(https?:\/\/[^\s"'<>()]*[^\s"'<>().,;:!?])/giu],
  ["email", /([\w.+-]+@[\w-]+(?:\.[\w-]+)+)/gu],
  ["text", /["“„«]([^"“”„«»]{2,200})["”“»]/gu],
  ["text", /(?<![\p{L}\p{N}])'([^']{2,200})'(?![\p{L}\p{N}])/gu],
  ["date", /(?<![\w.-])(\d{4}-\d{2}-\d{2})(?![\w-])/gu],
  [
    "path",
    /(?<![\w])((?:\.{0,2}\/)?(?:[\w.-]+\/)+[\w.-]*\w|[\w-]+\.(?:csv|json|txt|md|xlsx?|pdf|ya?ml|html?))(?!\w)/gu,
  ],
  ["number", /(?<![\p{L}\p{N}_]|[\d.][.-])(-?\d+(?:\.\d+)?)(?![\p{L}\p{N}_]|[.-]\d)/gu],
];

/** The proposals, the run's own inputs first. Pure. */
export function proposedInputs(run: RunToSave): readonly ProposedInput[] {
  const document = writePlan(run.plan);
  const leaves = leavesOf(document);
  const taken = new Set<string>();
  const own = ownInputs(run, leaves, taken);
  const literals = candidates(run.goal, leaves).flatMap((candidate) => {
    const places = placesIn(document, leaves, candidate.value);
    if (places.length === 0) return [];
    const name = nameFor(candidate, places, taken);
    const type = typeFor(candidate, places, document, run.tools);
    return [
      { name, type, default: candidate.value, why: candidate.why, places, left: leftIn(document, candidate.value) },
    ];
  });
  return [...own, ...literals];
}

/** Inputs of the run keep their names. A document of others is no default. */
function ownInputs({ plan, inputs, given }: RunToSave, leaves: readonly Leaf[], taken: Set<string>): ProposedInput[] {
  const names = [...new Set([...Object.keys(plan.inputs), ...Object.keys(inputs)])];
  const isUsed = (name: string) =>
    leaves.some(({ value }) => typeof value === "string" && value.includes(`inputs.${name}`));
  return names
    .filter((name) => Object.hasOwn(plan.inputs, name) || isUsed(name))
    .map((name) => {
      taken.add(name);
      const spec: InputSpec = Object.hasOwn(plan.inputs, name) ? plan.inputs[name]! : {};
      const value = own(inputs, name) ?? spec.default;
      const type = spec.type ?? (value === undefined ? "unknown" : typeText(typeOfValue(value)));
      const label = value === undefined ? undefined : inputLabel(value, given.has(name) ? undefined : "public");
      const keeps = value !== undefined && label?.private === false;
      return {
        name,
        type,
        ...(keeps && { default: value }),
        why: "input" as const,
        places: [`/inputs/${name}`],
        left: [],
      };
    });
}

/** Each literal once: those of the goal in their order, whole values that the goal names, then repeated values. */
function candidates(goal: string, leaves: readonly Leaf[]): readonly Candidate[] {
  const found = new Map<string, Candidate>();
  let rest = goal;
  for (const [kind, form] of FORMS)
    rest = rest.replaceAll(form, (whole, literal: string, at: number) => {
      add(found, { value: valueOf(kind, literal), why: "goal", kind, before: wordBefore(goal, at) });
      return " ".repeat(whole.length);
    });
  for (const value of wholeTexts(leaves)) {
    const at = wordPattern(value).exec(rest)?.index;
    if (value.length >= 2 && value.length <= 200 && at !== undefined)
      add(found, { value, why: "goal", kind: "text", before: wordBefore(goal, at) });
  }
  for (const value of repeated(leaves)) add(found, { value, why: "repeated", kind: kindOf(value) });
  return [...found.values()];
}

function add(found: Map<string, Candidate>, candidate: Candidate): void {
  const key = String(candidate.value);
  const before = candidate.before === undefined ? {} : { before: candidate.before };
  if (!found.has(key)) found.set(key, { ...candidate, ...before });
}

const valueOf = (kind: Kind, literal: string): Scalar =>
  kind === "number" && String(Number(literal)) === literal ? Number(literal) : literal;

const wholeTexts = (leaves: readonly Leaf[]): readonly string[] =>
  leaves.flatMap(({ value }) => (typeof value === "string" && !value.includes("${{") ? [value] : []));

/** Whole values that two steps or more give. Small numbers are counts, not data. */
function repeated(leaves: readonly Leaf[]): readonly Scalar[] {
  const steps = new Map<Scalar, Set<string>>();
  for (const { value, pointer } of leaves) {
    const isData = typeof value === "number" ? Math.abs(value) > 10 : value.length >= 3 && !value.includes("${{");
    if (!isData) continue;
    steps.set(value, (steps.get(value) ?? new Set()).add(pointer.split("/").slice(0, 3).join("/")));
  }
  return [...steps].filter(([, at]) => at.size > 1).map(([value]) => value);
}

function kindOf(value: Scalar): Kind {
  if (typeof value === "number") return "number";
  const form = FORMS.find(([kind, pattern]) => kind !== "text" && new RegExp(`^${pattern.source}$`, "iu").test(value));
  return form?.[0] ?? "text";
}

const STOP = new Set(
  "a an the in on at of for to from by with and or as is are than until since about into onto between über für im am des der die das von vom bis und".split(
    " ",
  ),
);

function wordBefore(goal: string, at: number): string {
  const word = /([\p{L}][\p{L}\p{N}]*)[\s:=#'"“„«]*$/u.exec(goal.slice(0, at))?.[1] ?? "";
  return STOP.has(word.toLowerCase()) ? "" : word;
}

/** Where a literal stands: as a value, in a text beside references, and in the words for models and people. */
function placesIn(document: JsonObject, leaves: readonly Leaf[], value: Scalar): readonly string[] {
  const text = String(value);
  const isThere = ({ value: leaf, parts }: Leaf) =>
    leaf === value || (typeof leaf === "string" && parts.some((part) => holdsWord(part.text, text)));
  const data = leaves.filter(isThere).map(({ pointer }) => pointer);
  const words = wordsOfDocument(document)
    .filter((one) => holdsWord(one.text, text))
    .map(({ pointer }) => pointer);
  const told = words.filter((pointer) => /\/(?:agent|ask|instructions)$/.test(pointer));
  // A title alone is no reason for an input.
  return data.length + told.length === 0 ? [] : [...data, ...words];
}

const leftIn = (document: JsonObject, value: Scalar): readonly string[] =>
  fixedTexts(document)
    .filter(({ text }) => holdsWord(text, String(value)))
    .map(({ pointer }) => pointer);

/** The word before it in the goal, the name of its argument, or its kind: the first that can be a name. */
function nameFor({ before = "", kind }: Candidate, places: readonly string[], taken: Set<string>): string {
  const argument = places.map((place) => /^\/steps\/\d+\/with\/([^/]+)$/.exec(place)?.[1] ?? "").find(isTelling);
  const word = kind === "number" || kind === "date" ? before : "";
  const base = [word, argument ?? "", before, kind].map(asName).find((one) => ID_PATTERN.test(one)) ?? "value";
  let name = base;
  for (let number = 2; taken.has(name); number++) name = `${base}${number}`;
  taken.add(name);
  return name;
}

/** Names of arguments that say nothing of their values. */
const isTelling = (name: string): boolean =>
  name !== "" && !/^(?:expression|text|value|values|input|data|query|content|body|args|sql|prompt)$/i.test(name);

function asName(word: string): string {
  const plain = word.normalize("NFKD").replaceAll(/[^A-Za-z0-9_]/gu, "");
  return plain === plain.toUpperCase() ? plain.toLowerCase() : plain.charAt(0).toLowerCase() + plain.slice(1);
}

/** What the tool says of the argument, if it says more than a kind; else the form of the literal. */
function typeFor(
  { value, kind }: Candidate,
  places: readonly string[],
  document: JsonObject,
  tools: readonly ToolSpec[],
): string | JsonObject {
  const said = places.map((place) => argumentSchema(place, document, tools)).find((one) => one !== undefined);
  if (said !== undefined) return said;
  if (typeof value === "number") return Number.isInteger(value) ? "integer" : "number";
  return formType(kind, value);
}

function formType(kind: Kind, value: string): string | JsonObject {
  if (kind === "date") return { type: "string", pattern: "^\\d{4}-\\d{2}-\\d{2}$" };
  if (kind === "email") return { type: "string", pattern: "^[^@\\s]+@[^@\\s]+\\.[^@\\s]+$" };
  if (kind === "url" && URL.canParse(value)) {
    const origin = new URL(value).origin.replaceAll(/[.*+?^${}()|[\]\\/]/gu, "\\$&");
    return { type: "string", pattern: `^${origin}(\\/\\S*)?$` };
  }
  return "string";
}

const TELLING = ["type", "enum", "pattern", "minimum", "maximum"] as const;

/** The schema of a whole argument, if it lists or bounds the values. */
function argumentSchema(place: string, document: JsonObject, tools: readonly ToolSpec[]): JsonObject | undefined {
  const [, step, argument] = /^\/steps\/(\d+)\/with\/([^/]+)$/.exec(place) ?? [];
  const tool = step === undefined ? undefined : stepsOf(document)[Number(step)]?.["tool"];
  const spec = typeof tool === "string" ? toolsByName(tools).get(tool) : undefined;
  const properties = spec?.input["properties"];
  const schema = isObject(properties) ? own(properties, argument ?? "") : undefined;
  if (!isObject(schema)) return undefined;
  const isTold =
    schema["enum"] ?? schema["pattern"] ?? (schema["minimum"] === undefined ? undefined : schema["maximum"]);
  if (isTold === undefined) return undefined;
  return Object.fromEntries(TELLING.flatMap((key) => (schema[key] === undefined ? [] : [[key, schema[key]]])));
}
