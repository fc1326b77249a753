// The checklist of a plan: steps clear, order defined, hand-off defined, next fix.
import { expect, test } from "vitest";
import { check } from "../../src/plan/check/check.js";
import { findingOf } from "../../src/plan/finding.js";
import { readPlan } from "../../src/plan/read/read.js";
import { planQuality, type PlanQuality } from "../../src/words/quality.js";
import { SAMPLE } from "./sample-inventory.js";

const quality = (steps: readonly object[], answer?: object): PlanQuality =>
  planQuality(check({ steps, ...(answer === undefined ? {} : { answer }) }, SAMPLE).findings);
const search = { id: "find", tool: "search", with: { query: "tickets" } };
const read = { id: "read", agent: "Count the kinds of tickets.", with: { results: "${{ find.results }}" } };

test("a sound plan has all three, and nothing to mend", () => {
  expect(quality([search, read])).toEqual({
    stepsClear: true,
    orderDefined: true,
    handoffDefined: true,
    nextFix: "The plan is now basically executable.",
    faults: [],
  });
});

test.each([
  [
    "a tool that does not exist",
    [{ ...search, tool: "serch" }, read],
    [false, true, true],
    /step descriptions clear\. .*Did you mean search/,
  ],
  ["a text that says nothing", [search, { ...read, agent: "Step 2" }], [false, true, true], /step descriptions clear/],
  [
    "steps that wait for each other",
    [
      { ...read, with: {}, dependsOn: ["last"] },
      { ...read, id: "last", with: {}, dependsOn: ["read"] },
    ],
    [true, false, true],
    /define the execution order\. .*read -> last -> read/,
  ],
  [
    "a step that waits for itself",
    [search, { ...read, dependsOn: ["read"] }],
    [true, false, true],
    /define the execution order\. .*read/,
  ],
  [
    "a step that reads itself",
    [search, { ...read, with: { results: "${{ read }}" } }],
    [true, true, false],
    /passed to the next step\. /,
  ],
  [
    "no order",
    [
      { ...read, id: "a", with: {} },
      { ...read, id: "b", with: {} },
    ],
    [true, false, false],
    /execution order\. No step waits.*a, b.*dependsOn/,
  ],
  [
    "a lonely step in the middle",
    [search, { id: "alone", agent: "Look at the weather." }, read],
    [true, true, false],
    /passed to the next step\. alone gets nothing.*refer to the steps/,
  ],
  [
    "a path that is not there",
    [search, { ...read, with: { results: "${{ find.hits }}" } }],
    [true, true, false],
    /passed to the next step\. .*hits/,
  ],
  [
    "both of these",
    [
      { ...search, tool: "serch" },
      { ...read, with: { results: "${{ fnd }}" } },
    ],
    [false, true, false],
    /step descriptions clear/,
  ],
  [
    "a field that is none: nothing is known of the rest",
    [{ ...search, dependOn: ["read"] }, read],
    [false, false, false],
    /step descriptions clear.*dependsOn/,
  ],
  [
    "only advice",
    [search, { ...read, with: { half: "${{ 7 / 2 }}", all: "${{ find.results }}" } }],
    [true, true, true],
    /basically executable\. It would gain.*double/,
  ],
] as const)("%s", (_what, steps, [stepsClear, orderDefined, handoffDefined], nextFix) => {
  const judged = quality(steps);
  expect(judged).toMatchObject({ stepsClear, orderDefined, handoffDefined });
  expect(judged.nextFix).toMatch(nextFix);
});

test("a text without a plan has none of the three", () => {
  const { findings } = readPlan("I am sorry, I cannot do that.") as { findings: Parameters<typeof planQuality>[0] };
  expect(planQuality(findings)).toMatchObject({ stepsClear: false, orderDefined: false, handoffDefined: false });
});

test("something that does not exist leaves order and hand-off as they are", () => {
  const missing = { tool: "read_file", what: 'the file "a.md"', near: [] };
  const finding = findingOf("STATE_MISSING", { pointer: "/steps/0/with/path" }, missing);
  expect(planQuality([finding])).toMatchObject({ stepsClear: false, orderDefined: true, handoffDefined: true });
});

test("settings of ours in a plan are sent to the configuration", () => {
  const step = { id: "find", tool: "search", with: { query: "tickets" } };
  for (const [setting, text] of [
    [{ onFailure: "compensate" }, 'onFailure: "compensate"'],
    [{ budget: { usd: 1 } }, "budget: { ... }"],
    [{ mcpServers: { fs: {} } }, "mcp: { NAME: { command, args } }"],
  ] as const) {
    const [finding] = check({ ...setting, steps: [step] }, SAMPLE).findings;
    expect(finding).toMatchObject({ code: "UNKNOWN_FIELD", params: { setting: text } });
  }
});

test("a value that may be a reference leaves the hand-off open, and nothing else", () => {
  const where = { pointer: "/steps/1/with/query" };
  for (const finding of [
    findingOf("REFERENCE_LIKE_TEXT", where, { written: "<results of find>", steps: ["find"] }),
    findingOf("AMBIGUOUS_REFERENCE", where, { written: "$find", why: "quoted" }),
  ]) {
    const judged = planQuality([finding]);
    expect(judged).toMatchObject({ stepsClear: true, orderDefined: true, handoffDefined: false });
    expect(judged.nextFix).toMatch(/^First clarify how each step’s output is passed to the next step\. /);
    expect(judged.faults).toMatchObject([{ step: 2, about: "handoff" }]);
  }
});
