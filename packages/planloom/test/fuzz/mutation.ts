// Mistakes that a model makes when it writes a sound plan. In: a document and a mutation as data. Out: another
// document. Separate from fast-check, so that a failing text shrinks to the few mutations that matter.
import { isObject, type Json } from "../../src/plan/json.js";
import { Dice } from "./dice.js";
import { wildExpression } from "./expressions.js";
import { TOOLS } from "./inventory.js";
import { valueOf } from "./values.js";

export interface Mutation {
  readonly kind: (typeof KINDS)[number];
  /** Which place, and which of the ways: both are taken modulo what there is. */
  readonly at: number;
  readonly seed: number;
}

export const KINDS = [
  "drop",
  "rename",
  "retype",
  "duplicate",
  "nest",
  "hostile",
  "huge",
  "expression",
  "wild",
  "type",
  "swap",
  "text",
  "field",
  "tool",
  "order",
] as const;

type Container = Json[] | { [key: string]: Json };
interface Place {
  readonly parent: Container;
  readonly key: string;
}

export function mutated(document: Json, mutations: readonly Mutation[]): Json {
  const holder: { [key: string]: Json } = { document: structuredClone(document) };
  for (const mutation of mutations) apply(holder, mutation);
  return holder["document"] ?? null;
}

function apply(holder: { [key: string]: Json }, { kind, at, seed }: Mutation): void {
  const places = placesIn(holder);
  const place = places[at % places.length];
  if (place === undefined) return;
  const dice = new Dice(seed);
  const change = CHANGES[kind];
  change(place, dice, places);
}

function placesIn(holder: { [key: string]: Json }): Place[] {
  const places: Place[] = [];
  const walk = (parent: Container): void => {
    for (const key of Object.keys(parent)) {
      places.push({ parent, key });
      const value = (parent as { [key: string]: Json })[key];
      if (typeof value === "object" && value !== null) walk(value as Container);
    }
  };
  walk(holder["document"] as Container);
  return places;
}

const get = ({ parent, key }: Place): Json => (parent as { [key: string]: Json })[key] ?? null;
function put({ parent, key }: Place, value: Json): void {
  Object.defineProperty(parent, key, { value, enumerable: true, configurable: true, writable: true });
}

const OTHER_NAMES: { readonly [name: string]: readonly string[] } = {
  id: ["step_id", "step", "step_number", "name", "ID"],
  tool: ["tool_name", "action", "Tool"],
  with: ["tool_input", "params", "arguments", "args", "input"],
  dependsOn: ["depends_on", "dependencies", "dependson"],
  agent: ["task", "instruction", "description"],
  output: ["output_type", "returns"],
  forEach: ["for_each", "foreach"],
  steps: ["plan", "tasks", "Steps"],
};
const HOSTILE_KEYS = [
  "__proto__",
  "constructor",
  "prototype",
  "toString",
  "",
  "a b",
  "💥",
  "$ref",
  "0",
  "a/b~c",
  "\u0000",
];
const HUGE: readonly Json[] = [1e308, -1e308, 9_007_199_254_740_993, 1e-320, -0, 2 ** 63, 4_294_967_296, 0.1 + 0.2];
const TYPES: readonly Json[] = [
  ...["string", "number[]", "{ a: string, b?: number }", "A | B", "Array<string>", "Record<string, unknown>", "any"],
  ...[
    "int",
    "list of strings",
    "{a:",
    "(string | null)[][]",
    '"x" | 1 | null',
    "unknown",
    "never",
    "string | ".repeat(40),
  ],
  ...["{".repeat(100), "{ __proto__: string }", "number | number[] | { n: number }[]", "Promise<string>"],
  { type: "array", items: { type: "string" } },
  { $ref: "#" },
  { anyOf: [{ type: "string" }, { type: "null" }] },
  { type: "object", properties: { a: { $ref: "#/properties/a" } } },
  { enum: [] },
];
const TEXTS: readonly Json[] = [
  ...["output of s1", "$s1", "#E1", "{{s1.results}}", "${s1}", "<s1>", "${{", "${{ }}", "$${{ s1 }}", "${{ s1 }", "}}"],
  ...[
    "${{ s1.results[0].title }}",
    "${{ 's' + \"}}\" }}",
    "\u202e\u0000\ud800",
    "ﷺ".repeat(30),
    "x".repeat(3_000),
    "step 1",
  ],
];
const FIELDS: readonly (readonly [field: string, value: Json])[] = [
  ["when", "${{ s1 }}"],
  ["when", "true"],
  ["forEach", "${{ s1 }}"],
  ["forEach", "${{ [1, 2, 3] }}"],
  ["forEach", "${{ s1.results }}"],
  ["expect", "${{ output != null }}"],
  ["expect", "${{ output.size() > 0 }}"],
  ["expect", "${{ index >= 0 }}"],
  ["as", "s1"],
  ["as", "x"],
  ["maxParallel", 1],
  ["maxParallel", 0],
  ["optional", true],
  ["onFailure", "skip"],
  ["onFailure", "replan"],
  ["approval", "required"],
  ["retry", { attempts: 3, delay: "1ms", backoff: 1 }],
  ["timeout", "0ms"],
  ["dependsOn", ["s1"]],
  ["dependsOn", "s1"],
  ["fill", "Fill it in."],
  ["tools", "all"],
  ["executor", "other"],
  ["model", "small"],
  ["answer", { value: "${{ s1 }}" }],
];

const CHANGES: Record<Mutation["kind"], (place: Place, dice: Dice, places: readonly Place[]) => void> = {
  drop: ({ parent, key }) => {
    if (Array.isArray(parent)) parent.splice(Number(key), 1);
    else delete parent[key];
  },
  rename: ({ parent, key }, dice) => {
    if (Array.isArray(parent)) return;
    const value = parent[key] ?? null;
    delete parent[key];
    parent[dice.pick(OTHER_NAMES[key] ?? [key.toUpperCase(), `${key}_`, key.slice(1)])] = value;
  },
  retype: (place, dice) => {
    const value = get(place);
    put(
      place,
      dice.pick<Json>([null, true, 7, "7", "", [], {}, [value], JSON.stringify(value), JSON.stringify(value).length]),
    );
  },
  duplicate: ({ parent, key }) => {
    if (Array.isArray(parent)) parent.push(structuredClone(parent[Number(key)] ?? null));
    else parent[`${key}2`] = structuredClone(parent[key] ?? null);
  },
  nest: (place, dice) => put(place, dice.chance(0.5) ? [get(place)] : { value: get(place) }),
  hostile: ({ parent }, dice) => {
    const key = dice.pick(HOSTILE_KEYS);
    if (!Array.isArray(parent)) put({ parent, key }, dice.pick<Json>(["x", { polluted: true }, null]));
  },
  huge: (place, dice) => put(place, dice.pick(HUGE)),
  expression: (place, dice, places) => {
    const texts = places.filter((other) => typeof get(other) === "string");
    const target = texts.length === 0 ? place : dice.pick(texts);
    put(target, `\${{ ${wildExpression(idsIn(places), dice)} }}`);
  },
  wild: (place, dice, places) => {
    const expression = wildExpression(idsIn(places), dice);
    put(place, dice.chance(0.7) ? `\${{ ${expression} }}` : `Take \${{ ${expression} }} and go.`);
  },
  type: (place, dice, places) => {
    const outputs = places.filter(({ key }) => key === "output" || key === "type");
    put(outputs.length === 0 ? place : dice.pick(outputs), structuredClone(dice.pick(TYPES)));
  },
  swap: (place, dice, places) => {
    const other = dice.pick(places);
    const [mine, theirs] = [structuredClone(get(place)), structuredClone(get(other))];
    put(place, theirs);
    put(other, mine);
  },
  text: (place, dice) => put(place, dice.pick(TEXTS)),
  field: (place, dice, places) => {
    const steps = places.filter((other) => isStep(get(other)));
    const step = steps.length === 0 ? undefined : get(dice.pick(steps));
    const [field, value] = dice.pick(FIELDS);
    if (isObject(step)) put({ parent: step, key: field }, structuredClone(value));
    else put(place, value);
  },
  order: (_place, dice, places) => {
    const step = dice.pick(places.filter((other) => isStep(get(other))).map(get));
    if (isObject(step)) put({ parent: step, key: "dependsOn" }, [dice.pick(idsIn(places))]);
  },
  tool: (place, dice, places) => {
    const tools = places.filter(({ key }) => key === "tool");
    const tool = dice.pick(TOOLS.tools);
    const target = tools.length === 0 ? place : dice.pick(tools);
    put(target, dice.chance(0.8) ? tool.name : tool.name.toUpperCase());
    if (!Array.isArray(target.parent)) target.parent["with"] = valueOf(tool.input, dice);
  },
};

const isStep = (value: Json): boolean => isObject(value) && ("tool" in value || "agent" in value || "ask" in value);

function idsIn(places: readonly Place[]): readonly string[] {
  const ids = places.filter(({ key }) => key === "id").map(get);
  return ["s1", ...ids.filter((id) => typeof id === "string")];
}
