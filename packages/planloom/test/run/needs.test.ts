// The log holds the steps that each step waits for. In: plans, recorded logs, a changed limit. Out: the same links
// between steps.
import { afterEach, describe, expect, test } from "vitest";
import { LIMITS } from "../../src/limits.js";
import { referredNeeds } from "../../src/plan/graph.js";
import { recordedNames } from "../../src/plan/expression/recorded-names.js";
import { referencedNames } from "../../src/plan/expression/reference.js";
import { upcastAll } from "../../src/run/log/chain.js";
import { start, Story } from "../../src/testing/given-when-then.js";
import { LOGS, logIn } from "../fixtures/logs.js";
import { foldLog } from "./continued-log.js";
import { call, TOOLS } from "./parts.js";
import { picture } from "./picture.js";

const { expressionChars } = LIMITS;
const limits = LIMITS as { expressionChars: number };
afterEach(() => {
  limits.expressionChars = expressionChars;
});

const diamond = [
  call("a"),
  call("b", { with: { x: "${{ a.total + 100 }}" } }),
  call("c", { dependsOn: ["a"], when: "${{ a.rows.exists(row, row.open) }}" }),
  call("d", { forEach: "${{ c.list }}", as: "one", with: { x: "${{ one }} ${{ b }}" } }),
];
const plan = { steps: diamond, answer: { value: "done" } };
const written = () => new Story().when(start({ plan, tools: TOOLS })).events;

describe("a log names the steps that each step waits for", () => {
  test("beyond its dependsOn, and only steps of the plan", () => {
    const proposed = written().find((event) => event.type === "plan.proposed");
    expect(proposed?.data.needs).toEqual({ b: ["a"], d: ["c", "b"] });
  });

  test("so a changed limit on expressions changes no state", () => {
    const log = written();
    const before = picture(foldLog(log));
    limits.expressionChars = 8;
    expect(picture(foldLog(log))).toBe(before);
    const { d } = Object.fromEntries(foldLog(log).execution.steps);
    expect(d).toMatchObject({ waiting: 2, work: { status: "pending" } });
  });

  test.each(LOGS)("also %s, whose build did not write them", (name) => {
    const log = logIn(name);
    const before = picture(foldLog(log));
    for (const event of upcastAll(log).events) {
      if (event.type === "plan.proposed") expect(event.data.needs).toEqual(referredNeeds(event.data.plan));
    }
    limits.expressionChars = 8;
    expect(picture(foldLog(log))).toBe(before);
  });
});

test.each([
  "${{ a }}",
  "$${{ a }} ${{ b.c[d].e }} ${{ inputs.f }}",
  "${{ a.map(x, x + y).filter(x, x.z > 1) }}",
  "${{ x.map(x, x) }}",
  "${{ a.map(x, x > 1, b.exists(y, y == x)) }}",
  '${{ has(a.b) ? size(c) : {"d": e, "f": [g, -h, !i]}.d }}',
  '${{ "a" + b // c\n }} and ${{ {"}}": d}["}}"] }}',
  "${{ a.join(b) }} ${{ a in b || c && d }}",
  "${{ a",
  "${{ a + }}",
  "${{ }}",
])("the frozen reader finds the names in %s", (text) => {
  expect(recordedNames({ text, list: [text] })).toEqual(referencedNames({ text, list: [text] }));
});
