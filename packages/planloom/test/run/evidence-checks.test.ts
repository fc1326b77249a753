// The failure checks of an evidence card over logs: recorded ones, which are clean, and edited ones with a planted fault.
import { describe, expect, test } from "vitest";
import type { Json } from "../../src/plan/json.js";
import { upcastAll } from "../../src/run/log/chain.js";
import type { InnerCall } from "../../src/run/view/evidence/check.js";
import { claimsIn } from "../../src/run/view/evidence/claims.js";
import { contextChanges } from "../../src/run/view/evidence/changes.js";
import { failureChecks } from "../../src/run/view/evidence/checks.js";
import { compared } from "../../src/run/view/evidence/expected.js";
import type { EventOf, RunEvent } from "../../src/run/event.js";
import { figuresIn, Numbers } from "../../src/run/view/evidence/figures.js";
import { LOGS, logIn } from "../fixtures/logs.js";

test.each(LOGS)("%s: a recorded log has no finding", (name) => {
  const { events } = upcastAll(logIn(name));
  const results = failureChecks(events, []);
  expect(Object.values(results).map(({ verdict }) => verdict)).not.toContain("found");
  const { changes, total } = contextChanges(events);
  expect(changes.length).toBe(total);
});

const withOtherArguments = (event: RunEvent): RunEvent =>
  event.type === "approval.granted" ? { ...event, data: { ...event.data, args: { amount: 1 } } } : event;

const rejected = ({ data: { subject, hash }, ...event }: EventOf<"approval.granted">): RunEvent => {
  return { ...event, type: "approval.denied", data: { subject, hash, cause: "rejected", comment: "no" } };
};

test("a decision on a call is a change of its own, with its author and the arguments that were given instead", () => {
  const logs = LOGS.map((name) => upcastAll(logIn(name)).events);
  const decided = (events: readonly RunEvent[]) =>
    contextChanges(events).changes.filter(({ change }) => change === "approved" || change === "denied");
  const approved = logs.flatMap(decided);
  expect(approved.length).toBeGreaterThan(0);
  expect(approved.every((one) => "by" in one && "step" in one)).toBe(true);
  const edited = logs.map((events) => events.map(withOtherArguments)).flatMap(decided);
  expect(edited.every((one) => "args" in one && Object.keys(one.args ?? {}).join() === "amount")).toBe(true);
  const denied = logs
    .map((events) => events.map((event) => (event.type === "approval.granted" ? rejected(event) : event)))
    .flatMap(decided);
  expect(denied.map(({ change }) => change)).toEqual(approved.map(() => "denied"));
});

const inner = (attempt: number, output: Json): InnerCall => ({
  step: "greet",
  item: 0,
  attempt,
  tool: "look",
  args: {},
  output,
});

describe("loops in agent steps", () => {
  const { events } = upcastAll(logIn("log-0.1.0/agent-and-for-each"));
  test.each<[string, readonly InnerCall[], object]>([
    ["three calls of one attempt are a loop", [inner(1, 1), inner(1, 2), inner(1, 3)], { found: 1 }],
    ["two calls are none", [inner(1, 1), inner(1, 2)], { verdict: "clean" }],
    ["an attempt after a failed one repeats its calls", [inner(1, 1), inner(1, 2), inner(2, 1)], { verdict: "clean" }],
  ])("%s", (_, calls, expected) => {
    expect(failureChecks(events, calls).loop).toMatchObject(expected);
  });
});

describe("figures", () => {
  const sources = new Numbers([4200, 0.425, 7_227_000, 1234.5, 12]);
  const holds = (text: string) =>
    figuresIn(text).map(({ text: figure, meanings }) => [figure, meanings.some((one) => sources.has(one))]);

  test.each<[string, [string, boolean][]]>([
    [
      "4,200 or 4200 or 4\u00a0200 or 4'200",
      [
        ["4,200", true],
        ["4200", true],
        ["4\u00a0200", true],
        ["4'200", true],
      ],
    ],
    [
      "4.2k, 4.2 thousand and 4.2 billion",
      [
        ["4.2k", true],
        ["4.2 thousand", true],
        ["4.2 billion", true],
      ],
    ],
    [
      "42.5 %, 43% and 44 percent",
      [
        ["42.5 %", true],
        ["43%", true],
        ["44 percent", false],
      ],
    ],
    [
      "7.2 million, 7.3 million",
      [
        ["7.2 million", true],
        ["7.3 million", false],
      ],
    ],
    [
      "1.234,50 and 1,234.50 and 1,235",
      [
        ["1.234,50", true],
        ["1,234.50", true],
        ["1,235", true],
      ],
    ],
    [
      "about 4,000 and 4,000",
      [
        ["4,000", true],
        ["4,000", false],
      ],
    ],
    [
      "-12 and $12",
      [
        ["12", true],
        ["12", true],
      ],
    ],
    ["Q3, 1st, v2 and B2B", []],
    ["9,999", [["9,999", false]]],
  ])("%s", (text, expected) => {
    expect(holds(text)).toEqual(expected);
  });
});

describe("claims", () => {
  test.each<[string, Json, readonly string[]]>([
    ["an ordinary sentence claims nothing", "The report is ready. Please look at it.", []],
    [
      "names within a sentence, and two words at its start",
      "Aurora Minds leads, ahead of Brightwater.",
      ["Aurora Minds", "Brightwater"],
    ],
    [
      "headings, labels and numbers of lists claim nothing",
      "# Key Findings\n\nNext Steps: none\n1. First\n2. Then",
      [],
    ],
    [
      "quotations and addresses",
      'They say "fast and cheap" at https://a.example/x.',
      ["fast and cheap", "https://a.example/x"],
    ],
    ["identifiers", "Order INV-2931 is open.", ["INV-2931"]],
    ["days and months are none", "It was due on Monday, in March.", []],
    ["0 and 1 are none", "There is 1 left of 0.", []],
    ["fields of a record", { leader: "Aurora", total: 7227, share: 0.5 }, ["7227", "0.5", "Aurora"]],
    ["a language with capital nouns", "Der Bericht ist fertig und liegt auf dem Tisch mit 42 Seiten.", ["42"]],
  ])("%s", (_, answer, expected) => {
    expect(claimsIn(answer).claims.map(({ text }) => text)).toEqual(expected);
  });
});

describe("comparison with the expected result", () => {
  const VALUE = { leader: "Aurora Minds", total: 7227, items: [1, 2] };
  test.each<[string, Json, Json, object]>([
    ["an equal value", VALUE, VALUE, { met: true, points: 4, pointsMet: 4, deviations: [] }],
    ["a value written as JSON in a text", VALUE, `\`\`\`json\n${JSON.stringify(VALUE)}\n\`\`\``, { met: true }],
    [
      "another value",
      VALUE,
      { ...VALUE, total: 7228 },
      { met: false, pointsMet: 3, deviations: [{ at: "/total", problem: "value", expected: 7227, found: 7228 }] },
    ],
    [
      "another type",
      VALUE,
      { ...VALUE, total: "7227" },
      { deviations: [{ at: "/total", problem: "type", types: ["number", "string"] }] },
    ],
    [
      "a missing field",
      VALUE,
      { leader: "Aurora Minds", items: [1, 2] },
      { deviations: [{ at: "/total", problem: "missing" }] },
    ],
    [
      "a further item",
      VALUE,
      { ...VALUE, items: [1, 2, 3] },
      { met: false, deviations: [{ at: "/items/2", problem: "extra", found: 3 }] },
    ],
    ["prose in the place of a value", VALUE, "Aurora", { deviations: [{ at: "", problem: "type" }], pointsMet: 0 }],
    ["rounding of the computer", 0.3, 0.1 + 0.2, { met: true }],
    ["the same text", "It is done.", "it  is done", { met: true, how: "equal" }],
    ["a text around it", "done", "All is done today.", { met: true, how: "contained" }],
    [
      "the same facts",
      "Aurora Minds made 4,200.",
      "With 4.2k in sales, Aurora Minds is first.",
      { met: true, how: "same-facts" },
    ],
    [
      "missing facts",
      "Aurora Minds made 4,200 in Oslo.",
      "Aurora Minds made 4,300.",
      { met: false, how: "other", missing: ["4,200", "Oslo"], points: 3, pointsMet: 1 },
    ],
    ["no answer", "done", null, { kind: "no-answer", met: false }],
  ])("%s", (_, expected, answer, result) => {
    expect(compared(expected, answer)).toMatchObject(result);
  });
});
