// Lists of texts: their order, what their items say of it, where they end, and records inside of them.
import { describe, expect, test } from "vitest";
import { readPlan } from "../../src/plan/read/read.js";
import { SAMPLE } from "./sample-inventory.js";

interface ReadStep {
  readonly agent?: string;
  readonly tool?: string;
  readonly dependsOn?: readonly string[];
}

function stepsOf(text: string): readonly ReadStep[] {
  const result = readPlan(text, { inventory: SAMPLE });
  if (result.kind !== "plan") throw new Error(`${result.kind}: ${JSON.stringify(result.findings[0])}`);
  return (result.draft as { readonly steps: readonly ReadStep[] }).steps;
}

const waits = (text: string) => stepsOf(text).map(({ dependsOn = [] }) => dependsOn);

describe("a list of texts in JSON", () => {
  test.each([
    ["in a document", '{"steps": ["Find the tides", "Choose a day", "Write to the crew"]}'],
    ["alone", '["Find the tides", "Choose a day", "Write to the crew"]'],
  ])("is done in its order: %s", (_where, text) => {
    expect(waits(text)).toEqual([[], ["s1"], ["s2"]]);
  });

  test("that states what an item waits for has that order", () => {
    const text = '{"steps": ["Find the tides", "Find the crew", "Write to them (depends on 1 and 2)"]}';
    expect(stepsOf(text)).toMatchObject([{}, {}, { agent: "Write to them", dependsOn: ["s1", "s2"] }]);
    expect(waits(text)[1]).toEqual([]);
  });

  test("that hands outputs on has the order of its references", () => {
    expect(waits('{"steps": ["Find the tides", "Find the crew", "Write down ${{ s1 }}"]}')).toEqual([[], [], []]);
  });
});

test("an item that depends on nothing waits for nothing", () => {
  const text = "1. Find the tides\n2. Find the crew [no dependencies]\n3. Write to them [depends on: 1, 2]";
  expect(waits(text)).toEqual([[], [], ["s1", "s2"]]);
});

test("the mark at the end of a plan ends its last item, whatever follows", () => {
  const steps = stepsOf("[PLAN]\n1. Find the tides\n2. Choose a day\n[PLAN END]\nNote: the sea is cold.");
  expect(steps.map(({ agent }) => agent)).toEqual(["Find the tides", "Choose a day"]);
});

test("a record inside the sentence of an item is no plan", () => {
  const steps = stepsOf('Step 1: Call the harbour with {"steps": [{"tool": "x"}]}\nStep 2: Store its answer');
  expect(steps.map(({ agent }) => agent)).toEqual([
    'Call the harbour with {"steps": [{"tool": "x"}]}',
    "Store its answer",
  ]);
});

test("calls in YAML stand under the names of their tools", () => {
  expect(stepsOf("- search:\n    query: tides\n- search:\n    query: crew")).toMatchObject([
    { tool: "search", with: { query: "tides" } },
    { tool: "search", with: { query: "crew" } },
  ]);
});
