// No false alarm: what inference calls an error fails for every value of the types. Expressions of the whole grammar,
// over values that tools keeping their word return; only forms that always run all of their parts, because a mistake in
// a branch that is not taken is still a mistake.
import { expect, test } from "vitest";
import { evaluate, parseExpression } from "../../src/plan/expression/expression.js";
import { inferType } from "../../src/plan/expression/infer.js";
import { NO_ORIGIN } from "../../src/plan/origin.js";
import type { JsonObject } from "../../src/plan/json.js";
import { assignable } from "../../src/plan/type/fit.js";
import { mismatch, typeText } from "../../src/plan/type/type.js";
import { typeFromSchema } from "../../src/plan/type/schema.js";
import { Dice } from "./dice.js";
import { wildExpression } from "./expressions.js";
import { valueOf } from "./values.js";

const text = { type: "string" };
const hit = { type: "object", properties: { title: text, score: { type: "number" } }, required: ["title"] };
const SCHEMAS: { readonly [name: string]: JsonObject } = {
  find: { type: "object", properties: { results: { type: "array", items: hit }, text }, required: ["results", "text"] },
  names: { type: "array", items: text },
  age: { type: ["number", "null"] },
  kind: { enum: ["a", "b", 3] },
  flag: { type: "boolean" },
  nick: { anyOf: [{ type: "null" }, hit, text] },
  tags: { type: "object", additionalProperties: { type: "number" } },
  any: {},
};
const NAMES = Object.keys(SCHEMAS);
const TYPES = new Map(Object.entries(SCHEMAS).map(([name, schema]) => [name, typeFromSchema(schema)]));

/** Forms of which a part may never run: choices, short circuits, and macros over an empty list. */
const MAY_SKIP = /\?|&&|\|\||\bhas\(|\.(?:map|filter|all|exists|exists_one)\(/;

const WILD = 20_000;

function valuesBy(seed: number): ReadonlyMap<string, ReturnType<typeof valueOf>> {
  const dice = new Dice(seed);
  return new Map(Object.entries(SCHEMAS).map(([name, schema]) => [name, valueOf(schema, dice)]));
}

test("an expression with an inferred error fails for every value; other results have the inferred type", () => {
  const wrong: string[] = [];
  let errors = 0;
  let successes = 0;
  for (let seed = 0; seed < WILD; seed++) {
    const source = wildExpression(NAMES, new Dice(seed));
    const parsed = parseExpression(source);
    if (!parsed.ok || MAY_SKIP.test(source)) continue;
    const inferred = inferType(parsed.expression, (name) => TYPES.get(name));
    const error = inferred.problems.find(({ severity }) => severity === "error");
    if (error !== undefined) errors++;
    for (let at = 0; at < 6; at++) {
      const values = valuesBy(seed * 7 + at);
      const ended = evaluate(parsed.expression, (name) => {
        const value = values.get(name);
        return value === undefined ? undefined : { value, from: NO_ORIGIN };
      });
      if (!ended.ok) continue;
      successes++;
      if (error !== undefined)
        wrong.push(`${source} gives ${JSON.stringify(ended.value)}; ${JSON.stringify(error.params)}`);
      const other = mismatch(ended.value, inferred.type);
      if (other !== undefined)
        wrong.push(`${source} gives ${JSON.stringify(other.found)}, not ${typeText(inferred.type)}`);
    }
  }
  expect(wrong.slice(0, 10)).toEqual([]);
  expect(errors).toBeGreaterThan(500);
  expect(successes).toBeGreaterThan(5_000);
});

test("a type that does not fit another shares no value with it, or has a member that does not", () => {
  const wrong: string[] = [];
  let refused = 0;
  for (const [from, schema] of Object.entries(SCHEMAS)) {
    for (const [to, target] of TYPES) {
      const type = TYPES.get(from);
      if (type === undefined || type.kind === "union" || assignable(type, target) !== "no") continue;
      refused++;
      for (let seed = 0; seed < 50; seed++) {
        const value = valueOf(schema, new Dice(seed));
        if (mismatch(value, target) === undefined) wrong.push(`${from} to ${to}: ${JSON.stringify(value)}`);
      }
    }
  }
  expect(wrong.slice(0, 10)).toEqual([]);
  expect(refused).toBeGreaterThan(20);
});
