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

test.each([
  ['1. search(query="tides")\n2. fetch_url(url=$1.results[0].url)', "numbers"],
  ['search(query="tides")\nfetch_url($1.results[0].url)', "lines"],
  ['1. search(query="tides")\n2. fetch_url(url=#E1.results[0].url)', "#E1"],
])("a reference with a path needs no quotes in a call: %s", (text) => {
  expect(stepsOf(text)).toMatchObject([
    { tool: "search" },
    { tool: "fetch_url", with: { url: "${{ s1.results[0].url }}" } },
  ]);
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

describe("what an item waits for", () => {
  test.each([
    [
      "1. Find the tides [deps: none]\n2. Find the crew [deps: none]\n3. Choose a day [deps: 1, 2]",
      [[], [], ["1", "2"]],
    ],
    [
      "1. Find the tides\n2. Find the crew, independent of step 1\n3. Write to them (after steps 1-2)",
      [[], [], ["1", "2"]],
    ],
    [
      "1. Find the tides\n2. Choose a day\n3. Find the crew (in parallel with step 2)\n4. Write to them (depends on 2 to 3)",
      [[], ["1"], ["1"], ["2", "3"]],
    ],
    ["1. Find the tides\n2. Wait after 2024\n3. Travel from 1 to 3", [[], ["1"], ["2"]]],
  ])("%j", (text, expected) => {
    expect(waits(text)).toEqual(expected.map((names) => names.map((name) => `s${name}`)));
  });
});

describe("marks of lists", () => {
  test.each([
    ["numbers in caps of keys", "1️⃣ Find the tides\n2️⃣ Choose a day"],
    ["steps of three characters", "步骤1：查潮汐\n步骤2：选日子"],
    ["elements without attributes", "<plan>\n<step>Find the tides</step>\n<step>Choose a day</step>\n</plan>"],
  ])("%s", (_name, text) => {
    expect(waits(text)).toEqual([[], ["s1"]]);
  });

  test("numbers in the code of an item are no items", () => {
    const steps = stepsOf(
      "Plan:\n1. Find the tides\n2. Write this down:\n```\n1. High\n2. Low\n```\n3. Send it to the crew",
    );
    expect(steps).toMatchObject([{}, { agent: expect.stringContaining("2. Low") as string }, {}]);
    expect(steps).toHaveLength(3);
  });
});

describe("no plan", () => {
  test.each([
    ["results", "The plan has been completed. Results:\n1. Letter sent\n2. Boat hired"],
    ["a loop of calls", '```python\nfor port in ports:\n    search(query="tides")\n```'],
    ["a choice of calls", 'if windy:\n  search(query="harbour")\nelse:\n  search(query="tides")'],
    ["a list of calls that is repeated", 'For each port:\n1. search(query="tides")\n2. search(query="wind")'],
    ["an element with attributes", '<plan><step id="1" tool="search"><query>tides</query></step></plan>'],
    ["two calls in one item", '1. search(query="tides") -> search(query="wind")\n2. search(query="crew")'],
    [
      "a call that is cut off",
      '<tool_call>{"name": "search", "arguments": {"query": "a"}}</tool_call><tool_call>{"name": "se',
    ],
  ])("%s", (_name, text) => {
    const result = readPlan(text, { inventory: SAMPLE });
    expect(result.kind !== "plan" || result.findings.some(({ severity }) => severity === "error")).toBe(true);
  });

  test("but a sentence about what nobody can know leads to one", () => {
    expect(
      stepsOf("Since we cannot know the day yet, look first.\n\nPlan:\n1. Find the tides\n2. Choose a day"),
    ).toHaveLength(2);
  });
});

test("a call with one record of its arguments", () => {
  expect(stepsOf('functions.search({query: "tides"})')).toMatchObject([{ tool: "search", with: { query: "tides" } }]);
});

describe("a document that declines is a refusal", () => {
  test.each([
    '{"steps": ["I\'m sorry, I can\'t help with that."]}',
    '{"plan": ["I\'m sorry", "I can\'t help with that"]}',
    '{"steps": [{"description": "I cannot help with this request."}]}',
    '{"status": "rejected", "steps": ["Boats", "Storms"]}',
  ])("%s", (text) => {
    expect(readPlan(text, { inventory: SAMPLE }).kind).toBe("refusal");
  });

  test("but not one that speaks of what others cannot do", () => {
    expect(stepsOf('{"steps": ["Find out why we cannot sail", "Tell the crew that I can\'t come"]}')).toHaveLength(2);
    expect(stepsOf('{"status": "ready", "steps": ["Find the tides", "Choose a day"]}')).toHaveLength(2);
  });
});

test("a document that is said to be an example is no plan", () => {
  const plan = '{"steps": [{"tool": "search", "with": {"query": "x"}}]}';
  for (const text of [
    `Example:\n\`\`\`json\n${plan}\n\`\`\`\nPlease tell me your goal first.`,
    `For example:\n${plan}`,
  ])
    expect(readPlan(text, { inventory: SAMPLE }).kind).not.toBe("plan");
  expect(readPlan(`Here is the plan:\n\`\`\`json\n${plan}\n\`\`\`\nShall I go on?`, { inventory: SAMPLE }).kind).toBe(
    "plan",
  );
});
