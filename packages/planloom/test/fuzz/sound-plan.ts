// Plans that are sound by construction. In: a seed. Out: a plan document that check must accept. Separate because these
// are what mutations start from, and because a sound plan that is refused is a false alarm.
import type { Json, JsonObject } from "../../src/plan/json.js";
import type { ToolSpec } from "../../src/plan/tool-spec.js";
import { BOOLEAN, fieldOf, listOf, NULL, STRING, unionOf, UNKNOWN, type Type } from "../../src/plan/type/type.js";
import { schemaFromType, typeFromSchema } from "../../src/plan/type/schema.js";
import { parseType } from "../../src/plan/type/text.js";
import { Dice } from "./dice.js";
import { expressionOf, type Reach } from "./expressions.js";
import { TOOLS } from "./inventory.js";
import { valueOf } from "./values.js";

const OUTPUTS = [
  ...["string", "number", "boolean", "string[]", "{ name: string, revenueUsd: number | null }[]", "number | null"],
  ...['"yes" | "no"', "{ total: number, parts: { label: string, share: number }[] }", "Record<string, number>"],
];
const INPUTS: readonly (readonly [name: string, type: string])[] = [
  ["salary", "number"],
  ["city", "string"],
  ["wanted", "string[]"],
  ["strict", "boolean"],
];

/** What a run is given: a value for each input that a plan may declare. */
export function someInputs(dice: Dice): JsonObject {
  return Object.fromEntries(
    INPUTS.map(([name, type]): [string, Json] => [name, valueOf(schemaFromType(typeNamed(type)), dice)]),
  );
}

type Draft = { [field: string]: Json };

/** `careless`: the same, written by somebody who forgets nulls and mixes types up. */
export function soundPlan(seed: number, careless = false): JsonObject {
  const dice = new Dice(seed, careless);
  const plan: Draft = { planloom: 1, goal: "Find out what is asked." };
  const chosen = INPUTS.filter(() => dice.chance(0.4));
  const reach = new Map<string, Type>();
  if (chosen.length > 0) {
    plan["inputs"] = Object.fromEntries(chosen.map(([name, type]) => [name, { type }]));
    const fields = chosen.map(([name, type]) => [name, { type: typeNamed(type), optional: false }] as const);
    reach.set("inputs", { kind: "record", fields: Object.fromEntries(fields) });
  }
  const sure = new Map(reach);
  const steps = Array.from({ length: dice.int(1, 7) }, (_, index) => soundStep(index, reach, sure, dice));
  return { ...plan, steps, ...soundAnswer(steps, sure, dice) };
}

function typeNamed(text: string): Type {
  const parsed = parseType(text);
  return parsed.ok ? parsed.type : UNKNOWN;
}

/** Adds the step's output to `reach`, and to `sure` where it cannot be skipped. */
function soundStep(index: number, reach: Map<string, Type>, sure: Map<string, Type>, dice: Dice): JsonObject {
  const id = `s${index + 1}${dice.pick(["", "_find", "Pick"])}`;
  const step: Draft = { id };
  if (dice.chance(0.5)) step["title"] = dice.pick(["Look it up", "Größe prüfen", "Find the names"]);
  const condition = dice.chance(0.15) ? expressionOf(BOOLEAN, reach, dice) : undefined;
  if (condition !== undefined) step["when"] = whole(condition);
  const fanOut = dice.chance(0.25) ? expressionOf(listOf(UNKNOWN), reach, dice) : undefined;
  const locals = new Map(reach);
  if (fanOut !== undefined) {
    step["forEach"] = whole(fanOut);
    if (dice.chance(0.5)) step["as"] = "each";
    locals.set("index", typeNamed("number"));
  }
  const own = dice.chance(0.65) ? toolPart(step, locals, dice) : modelPart(step, locals, dice);
  const skips = dice.chance(0.15);
  if (skips) step[dice.pick(["optional", "onFailure"])] = true;
  if (step["onFailure"] === true) step["onFailure"] = "skip";
  const before = [...reach.keys()].filter((name) => name !== "inputs");
  if (before.length > 0 && dice.chance(0.3)) step["dependsOn"] = [dice.pick(before)];
  if (dice.chance(0.1)) step["retry"] = { attempts: 2, delay: "10ms" };
  if (dice.chance(0.1)) step["timeout"] = "30s";
  const type = fanOut === undefined ? own : listOf(skips ? unionOf([own, NULL]) : own);
  reach.set(id, type);
  const mayStarve = JSON.stringify(step).includes("${{");
  if (condition === undefined && !skips && !mayStarve) sure.set(id, type);
  return step;
}

/** The type of its output. */
function toolPart(step: Draft, reach: Reach, dice: Dice): Type {
  const tool = dice.pick(TOOLS.tools);
  step["tool"] = tool.name;
  const input = typeFromSchema(tool.input);
  const names = Object.keys(input.kind === "record" ? input.fields : {});
  const given: Draft = {};
  for (const name of names) {
    const field = input.kind === "record" ? fieldOf(input, name) : undefined;
    if (field === undefined || (field.optional && dice.chance(0.6))) continue;
    given[name] = argument(field.type, (tool.input["properties"] as JsonObject)[name], reach, dice);
  }
  if (names.length > 0 && dice.chance(0.1)) {
    delete given[dice.pick(names)];
    step["fill"] = "Write the arguments that fit the goal.";
  }
  if (Object.keys(given).length > 0) step["with"] = given;
  return outputOf(tool);
}

const outputOf = (tool: ToolSpec): Type => typeFromSchema(tool.output ?? {});

function argument(type: Type, schema: Json | undefined, reach: Reach, dice: Dice): Json {
  const expression = dice.chance(0.7) ? expressionOf(type, reach, dice) : undefined;
  if (expression !== undefined) return whole(expression);
  if (type.kind !== "string" || dice.chance(0.5)) return valueOf(schema, dice);
  const inside = expressionOf(unionOf([STRING, typeNamed("number")]), reach, dice);
  return inside === undefined ? "plain text" : `About ${whole(inside)}, please.`;
}

function modelPart(step: Draft, reach: Reach, dice: Dice): Type {
  const asks = dice.chance(0.15);
  step[asks ? "ask" : "agent"] = dice.pick([
    "Pick the best of these.",
    "Schreibe einen Satz darüber.",
    "Compare them.",
  ]);
  if (!asks && dice.chance(0.3)) step["tools"] = dice.chance(0.3) ? "all" : ["search", "calculate"];
  const data = expressionOf(UNKNOWN, reach, dice);
  if (data !== undefined && dice.chance(0.7)) step["with"] = { data: whole(data) };
  if (dice.chance(0.4)) return STRING;
  const output = dice.pick(OUTPUTS);
  step["output"] = output;
  if (output === "number" && dice.chance(0.4)) step["expect"] = whole("output >= 0 || output < 0");
  return typeNamed(output);
}

function soundAnswer(steps: readonly JsonObject[], sure: Reach, dice: Dice): JsonObject {
  const ids = steps.map((step) => step["id"] as string);
  const value = expressionOf(UNKNOWN, sure, dice);
  switch (dice.int(0, 2)) {
    case 0:
      return { answer: { from: [dice.pick(ids)], instructions: "One paragraph." } };
    case 1:
      return value === undefined ? {} : { answer: { value: { found: whole(value) } } };
    default:
      return {};
  }
}

const whole = (expression: string): string => `\${{ ${expression} }}`;
