// Results of reading that are no whole plan: parts of one, questions, refusals, several plans; and lists of text that
// are plans.
import { describe, expect, test } from "vitest";
import { readPlan, type ReadResult } from "../../src/plan/read/read.js";
import { SAMPLE } from "./sample-inventory.js";

const read = (text: string): ReadResult => readPlan(text, { inventory: SAMPLE });
const codeOf = (text: string): string => {
  const result = read(text);
  return `${result.kind} ${result.findings[0]?.code ?? ""}`.trim();
};
function stepsOf(text: string): unknown {
  const result = read(text);
  if (result.kind !== "plan") throw new Error(`${result.kind}: ${JSON.stringify(result.findings[0])}`);
  return (result.draft as { steps: unknown }).steps;
}
const A = '{"id": "a", "agent": "Say hello."}';
const B = '{"id": "b", "agent": "Say bye."}';

describe("a text that ends too early", () => {
  test("gives the steps that were complete", () => {
    for (const text of [
      `{"goal": "g", "steps": [${A}, {"id": "b", "ag`,
      `\`\`\`json\n{"goal": "g", "steps": [${A}, {"id"\n\`\`\``,
      `Here: {"goal": "g", "steps": [${A}`,
    ]) {
      const result = read(text);
      expect(result.kind).toBe("truncated");
      expect(result.kind === "truncated" && result.partial?.draft).toEqual({ goal: "g", steps: [JSON.parse(A)] });
    }
  });

  test("has no part where no step is complete", () => {
    const result = read('[{"id": "a", "agent": "x');
    expect(result.kind === "truncated" && result.partial?.draft).toEqual({ steps: [] });
    expect(read("<think>Let me see")).not.toHaveProperty("partial");
  });
});

describe("questions in the place of a plan", () => {
  test.each([
    ['{"questions": ["Which city?", "When?"]}', ["Which city?", "When?"]],
    ['{"steps": [], "clarifying_questions": [{"question": "Which city?"}]}', ["Which city?"]],
    ['```json\n{"question": "Which city?"}\n```', ["Which city?"]],
    [
      "Before I plan, I need to know:\n\n1. Which city?\n2. **When?** Which day?\n",
      ["Which city?", "**When?** Which day?"],
    ],
    ["- Which city?\n- When?", ["Which city?", "When?"]],
    ["That is not much to go by. Which city do you mean? And when?", ["Which city do you mean?", "And when?"]],
  ])("%s", (text, questions) => {
    const result = read(text);
    expect(result).toMatchObject({ kind: "questions", questions, findings: [{ code: "QUESTIONS" }] });
  });

  test.each([`{"questions": [], "steps": [${A}]}`, '{"steps": [{"id": "a", "ask": "Which city?"}]}'])(
    "a plan is none: %s",
    (text) => expect(codeOf(text)).toBe("plan"),
  );

  test("a list of steps and questions is neither", () =>
    expect(codeOf("1. Search the web\n2. Which city?")).toBe("no-plan NO_PLAN"));
});

describe("refusals", () => {
  test.each([
    "I'm sorry, but I can't help with that. Instead:\n1. Call somebody\n2. Wait",
    "<think>No.</think>I cannot plan this.",
    '{"message": "I cannot plan this."}',
  ])("%s", (text) => expect(codeOf(text)).toBe("refusal REFUSAL"));
});

describe("several plans", () => {
  test.each([
    `{"steps": [${A}]}\nor\n{"steps": [${B}]}`,
    `\`\`\`json\n{"steps": [${A}]}\n\`\`\`\nBetter:\n\`\`\`json\n{"steps": [${B}]}\n\`\`\``,
    `Either {"steps": [${A}]} or {"steps": [${B}]}`,
    `{"steps": [${A}]} {"steps": [${B}`,
  ])("that differ: %s", (text) => expect(codeOf(text)).toBe("malformed SEVERAL_PLANS"));

  test.each([
    `{"steps": [${A}]}\n{"steps": [${A}]}`,
    `<think>{"steps": [${B}]}</think>{"steps": [${A}]}`,
    `<thoughts>{"steps": [${B}]}</thoughts>{"steps": [${A}]}`,
    `<seed:think>{"steps": [${B}]}</seed:think>{"steps": [${A}]}`,
    `\`\`\`json\n{"results": [{"score": 1}]}\n\`\`\`\n\`\`\`\n{"steps": [${A}]}\n\`\`\``,
  ])("of which one is meant: %s", (text) => expect(stepsOf(text)).toEqual([JSON.parse(A)]));
});

describe("several values", () => {
  test("steps in a row are a list", () => {
    expect(stepsOf(`${A}\n${B}`)).toEqual([JSON.parse(A), JSON.parse(B)]);
    const result = read(`${A},\n${B}`);
    expect(result.kind === "plan" && result.locate("/steps/1/agent")).toEqual({ line: 2, column: 1 });
    expect(codeOf(`${A}\nand ${B}`)).toBe("no-plan NO_PLAN");
  });

  test("a plan behind another value", () =>
    expect(stepsOf(`{"mood": "good"}\n{"steps": [${A}]}`)).toEqual([JSON.parse(A)]));
});

describe("a broken document", () => {
  test.each([
    ["a key without a colon", `{"goal" "g", "steps": [${A}]}`],
    ["a key that opens no quote", `{\n  goal": "g", "steps": [${A}]}`],
    ["a bracket that is missing", `{"goal": "g", "answer": "from": ["a"]}, "steps": [${A}]}`],
    ["no beginning", `"steps": [${A}]`],
    ["an ellipsis", `{"steps": [${A}, ...]}`],
    ["a key that comes twice", `{'steps': [{'id': 'a', 'agent': 'x', 'id': 'b'}]}`],
    ["an escape with two meanings", '{"steps": [{"id": "a", "agent": "match \\d+"}]}'],
    ["quotes inside of quotes", '{"steps": [{"id": "a", "agent": "say "hello" twice"}]}'],
    ["an open quote", `{"steps": [{"id": "a, "agent": "x"}]}`],
  ])("is refused as a whole: %s", (_name, text) => {
    expect(codeOf(text)).toBe("malformed BAD_SYNTAX");
    const [finding] = read(text).findings;
    expect(finding?.where.line).toBeGreaterThan(0);
  });
});

describe("plans as text", () => {
  const agent = (id: string, text: string) => ({ id, description: text, agent: text, tools: "all" });
  const after = (id: string, other: string, text: string) => ({ ...agent(id, text), dependsOn: [other] });

  test.each([
    ["1. Search the web\n2. Sum up", [agent("s1", "Search the web"), after("s2", "s1", "Sum up")]],
    [
      "The plan:\n\n1) Search the web\n   - twice\n2) Sum up\n\nGood luck!",
      [agent("s1", "Search the web\n   - twice"), after("s2", "s1", "Sum up")],
    ],
    ["**Step 1:** Search the web\n\n**Step 2:** Sum up", [agent("s1", "Search the web"), after("s2", "s1", "Sum up")]],
    [
      "### Step 1: Search\nthe web\n\n### Step 2 - Sum up\nin a line",
      [agent("s1", "Search\nthe web"), after("s2", "s1", "Sum up\nin a line")],
    ],
    ["Step 0: Search the web", [agent("s0", "Search the web")]],
  ])("%s", (text, steps) => {
    expect(stepsOf(text)).toEqual(steps);
    expect(read(text)).toMatchObject({
      notes: expect.arrayContaining([expect.objectContaining({ code: "NUMBERED_TEXT" })]) as unknown,
    });
  });

  test("what an item says it waits for", () => {
    expect(stepsOf("1. Search\n2. Look up\n3. Compare both (depends on: 1, 2)")).toMatchObject([
      {},
      {},
      { dependsOn: ["s1", "s2"] },
    ]);
  });

  test("calls in the notation of ReWOO", () => {
    const text =
      "Plan: Find it.\n#E1 = search[top AI companies]\nPlan: Choose.\n#E2 = LLM[Which is best in #E1?]\nPlan: Add.\n#E3 = calculate[#E2 * 2]";
    expect(stepsOf(text)).toEqual([
      { id: "e1", description: "Find it.", tool: "search", with: { query: "top AI companies" } },
      { id: "e2", description: "Choose.", agent: "Which is best in #E1?", dependsOn: ["e1"] },
      { id: "e3", description: "Add.", tool: "calculate", with: { expression: "${{ e2 }} * 2" } },
    ]);
  });

  test("calls in the notation of LLMCompiler", () => {
    const text =
      '1. search("Berlin, below $15")\n2. search(query="Rome", limit=3)\nThought: now compare.\n3. calculate("$1 / $2")\n4. join()<END_OF_PLAN>';
    expect(stepsOf(text)).toEqual([
      { id: "s1", tool: "search", with: { query: "Berlin, below $15" } },
      { id: "s2", tool: "search", with: { query: "Rome", limit: 3 } },
      { id: "s3", tool: "calculate", with: { expression: "${{ s1 }} / ${{ s2 }}" } },
    ]);
  });

  test("findings stand where the item stands", () => {
    const result = read("The plan:\n1. Search\n2. Sum up");
    expect(result.kind === "plan" && result.locate("/steps/1/agent")).toEqual({ line: 3, column: 1 });
  });

  test.each([
    "1. One thing only",
    "3. Third\n4. Fourth",
    "1. a\n1. b",
    "Version 1.2 is out. 2. is not.",
    "2024. A year\n2025. Another",
  ])("no list of steps: %s", (text) => expect(read(text).kind).toBe("no-plan"));
});
