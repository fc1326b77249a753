// Text in, canonical draft out: the formats of the documents, what is reported, and where things stand in the text.
import { describe, expect, test } from "vitest";
import { check } from "../../src/plan/check/check.js";
import { findingText } from "../../src/words/findings.js";
import { normalizeDraft, readPlan, type ReadResult } from "../../src/plan/read/read.js";
import { SAMPLE } from "./sample-inventory.js";

type ReadDraft = Extract<ReadResult, { kind: "plan" }>;
function read(text: string): ReadDraft & { draft: { steps: Record<string, unknown>[] } } {
  const result = readPlan(text, { inventory: SAMPLE });
  if (result.kind !== "plan") throw new Error(result.findings.map(findingText).join("\n"));
  return result as ReadDraft & { draft: { steps: Record<string, unknown>[] } };
}
const stepsOf = (steps: unknown[]): Record<string, unknown>[] => read(JSON.stringify({ steps })).draft.steps;
const codes = (result: ReadDraft): string[] => [...new Set(result.notes.map(({ code }) => code))];
const ONE = '{"steps":[{"id":"a","agent":"Say hello to the world."}]}';

describe("the formats of the documents are read as written and pass check", () => {
  test("step_id, title, description, depends_on, tool_hints", () => {
    const result = read(`{
  "steps": [
    {
      "step_id": 1,
      "title": "Step title",
      "description": "Detailed description: what to do and why",
      "depends_on": [],
      "tool_hints": ["web_search", "write_file"]
    }
  ]
}`);
    expect(result.draft.steps[0]).toEqual({
      id: "s1",
      title: "Step title",
      description: "Detailed description: what to do and why",
      dependsOn: [],
      tools: ["web_search", "write_file"],
      agent: "Detailed description: what to do and why",
    });
    expect(check(result.draft, SAMPLE).ok).toBe(true);
  });

  test("a hint at a tool that is not there is a finding", () => {
    const { draft, locate } = read(
      '{"steps":[{"step_id":1,"description":"Look at the page","tool_hints":["browser"]}]}',
    );
    const { findings } = check(draft, SAMPLE, { locate });
    expect(findings.map(({ code, where }) => [code, where])).toEqual([
      ["UNKNOWN_TOOL", { pointer: "/steps/0/tools/0", line: 1, column: 71 }],
    ]);
  });

  test("a list of step and description, as Python prints it too", () => {
    const python = `[
      {'step': 'load_tickets', 'description': 'Load this week’s support tickets'},
      {'step': 'count_intents', 'description': 'Count the number of issues in each category'},
      {'step': 'find_top_intent', 'description': 'Find the most frequent issue'},
      {'step': 'draft_report', 'description': 'Generate a short weekly report'},
    ]`;
    for (const text of [python, python.replaceAll("'", '"').replace(/,\s*\]/, "]")]) {
      const { draft } = read(text);
      expect(draft.steps.map(({ id }) => id)).toEqual([
        "load_tickets",
        "count_intents",
        "find_top_intent",
        "draft_report",
      ]);
      const result = check(draft, SAMPLE);
      expect(result.ok).toBe(true);
      expect(result.findings.map(({ code }) => code)).toEqual(["NO_ORDER"]);
    }
  });

  test("step_number, tool, tool_input, depends_on", () => {
    const { draft } = read(`{
      "steps": [
        { "step_number": 1, "description": "Get cost of living data for San Francisco", "tool": "search",
          "tool_input": "cost of living san francisco", "depends_on": [] },
        { "step_number": 2, "description": "Get cost of living data for Austin", "tool": "search",
          "tool_input": "cost of living austin", "depends_on": [] },
        { "step_number": 3, "description": "Calculate housing cost at 30% of $150,000", "tool": "calculate",
          "tool_input": "150000 * 0.30", "depends_on": [] },
        { "step_number": 4, "description": "Calculate remaining income after housing", "tool": "calculate",
          "tool_input": "150000 - 45000", "depends_on": [3] }
      ]
    }`);
    expect(draft.steps[3]).toEqual({
      id: "s4",
      description: "Calculate remaining income after housing",
      tool: "calculate",
      dependsOn: ["s3"],
      with: { expression: "150000 - 45000" },
    });
    const result = check(draft, SAMPLE);
    expect(result.findings).toEqual([]);
    expect(result.ok && result.plan.answer).toEqual({ kind: "from", from: ["s1", "s2", "s3", "s4"], all: true });
  });

  test("an event's plan of step, description, tool, params, depends_on", () => {
    const { draft, notes } = read(`{
      "plan": [
        {"step": 1, "description": "Search for top AI companies", "tool": "web_search"},
        {"step": 2, "description": "Extract top 3 from results", "tool": "summarize", "depends_on": [1]},
        {"step": 3, "description": "Add up", "tool": "calculate", "params": {"expression": "1 + 2"}}
      ],
      "planner_tokens": 1200
    }`);
    expect(draft.steps.map(({ fill }) => fill)).toEqual([
      "Search for top AI companies",
      "Extract top 3 from results",
      undefined,
    ]);
    const unwrapped = notes.find(({ code }) => code === "UNWRAPPED_PLAN");
    expect(unwrapped).toMatchObject({ params: { left: ["planner_tokens"] } });
    const result = check(draft, SAMPLE);
    expect(result.findings).toEqual([]);
    expect(result.ok).toBe(true);
  });
});

describe("adapters", () => {
  test("empty hints leave the choice to the step", () => {
    expect(stepsOf([{ step_id: 1, description: "Look around", tool_hints: [] }])[0]?.["tools"]).toBe("all");
  });

  test("without hints a step that is only described chooses its tools; one of our own form has none", () => {
    expect(stepsOf([{ step_id: 1, description: "Look around" }])[0]?.["tools"]).toBe("all");
    expect(stepsOf([{ id: "a", agent: "Look around" }])[0]).not.toHaveProperty("tools");
  });

  test("ids that are not legal are made legal, and every reference follows", () => {
    const { draft, notes } = read(
      JSON.stringify({
        steps: [
          { id: "Find-It", tool: "search", with: { query: "q" } },
          { id: "b", agent: "Read it.", with: { x: "${{ Find-It.results }}, and 'Find-It'" }, depends_on: ["Find-It"] },
        ],
        answer: { from: ["Find-It", "b"] },
      }),
    );
    expect(draft.steps[0]?.["id"]).toBe("find_It");
    expect(draft.steps[1]).toMatchObject({
      with: { x: "${{ find_It.results }}, and 'Find-It'" },
      dependsOn: ["find_It"],
    });
    expect((draft as { answer?: unknown }).answer).toEqual({ from: ["find_It", "b"] });
    expect(notes.find(({ code }) => code === "ID_REWRITTEN")).toMatchObject({ pointer: "/steps/0/id" });
    expect(check(draft, SAMPLE).ok).toBe(true);
  });

  test("two ids that become the same stay two", () => {
    const [a, b] = stepsOf([
      { id: "a b", agent: "x" },
      { id: "a-b", agent: "x", dependsOn: ["a b"] },
    ]);
    expect([a?.["id"], b?.["id"], b?.["dependsOn"]]).toEqual(["a_b", "a_b_2", ["a_b"]]);
  });

  test("an id that is written twice stays a finding", () => {
    const { draft } = read(
      JSON.stringify([
        { id: 1, agent: "x" },
        { id: 1, agent: "y" },
      ]),
    );
    expect(check(draft, SAMPLE).findings.map(({ code }) => code)).toContain("DUPLICATE_ID");
  });

  test("names and tasks", () => {
    const [named, tasked, tool] = stepsOf([
      { name: "load", task: "Load the tickets" },
      { task: "Count them" },
      { task: "search", args: { query: "q" } },
    ]);
    expect(named).toMatchObject({ id: "load", description: "Load the tickets", agent: "Load the tickets" });
    expect(tasked).toMatchObject({ id: "s2", agent: "Count them" });
    expect(tool).toEqual({ id: "s3", tool: "search", with: { query: "q" } });
  });

  test.each(["tool_input", "params", "arguments", "args", "input"])("%s is with", (field) => {
    expect(stepsOf([{ id: "a", tool: "search", [field]: { query: "q" } }])[0]?.["with"]).toEqual({ query: "q" });
    expect(stepsOf([{ id: "a", tool: "search", [field]: '{"query": "q"}' }])[0]?.["with"]).toEqual({ query: "q" });
    expect(stepsOf([{ id: "a", tool: "search", [field]: "q" }])[0]?.["with"]).toEqual({ query: "q" });
  });

  test("a missing argument beside others is not filled in silence", () => {
    const [step] = stepsOf([{ id: "a", title: "Mail", tool: "send_email", with: { to: "x" } }]);
    expect(step).not.toHaveProperty("fill");
  });

  test("conditions and lists without ${{ }} are wrapped, lists as data too", () => {
    const [step] = stepsOf([{ id: "a", agent: "x", when: "inputs.go", for_each: ["p", "q"], expect: true }]);
    expect(step).toMatchObject({ when: "${{ inputs.go }}", forEach: '${{ ["p","q"] }}', expect: "${{ true }}" });
  });

  test.each([
    [{ loop: { until: "output.ok", max_iterations: 5 } }],
    [{ repeat: { stop_when: "${{ output.ok }}", max: 5 } }],
    [{ until: "output.ok", max_rounds: 5 }],
    [{ repeat_until: "${{ output.ok }}", maxIterations: 5 }],
  ])("a loop with a condition and a bound is repeat: %j", (loop) => {
    const [step] = stepsOf([{ id: "a", agent: "x", output: "{ ok: boolean }", ...loop }]);
    expect(step).toMatchObject({ repeat: { until: "${{ output.ok }}", most: 5 } });
    expect(Object.keys(step!).toSorted()).toEqual(["agent", "id", "output", "repeat"]);
  });

  test.each([
    [{ loop: "until it is good" }, "loop"],
    [{ until: "output.ok" }, "until"],
    [{ max_rounds: 5 }, "max_rounds"],
    [{ loop: { while: "output.ok", max: 5 } }, "loop"],
    [{ while: "output.ok" }, "while"],
  ])("a loop without one of them is left for check, which says what to write: %j", (loop, field) => {
    const { draft } = read(JSON.stringify({ steps: [{ id: "a", agent: "Say hello.", ...loop }] }));
    const [finding] = check(draft, SAMPLE).findings;
    expect(finding).toMatchObject({ code: "UNKNOWN_FIELD", where: { pointer: `/steps/0/${field}` } });
    expect(JSON.stringify(finding)).toContain("repeat: { until:");
  });

  test("the names of steps in until are those of the steps, as everywhere", () => {
    const [, step] = stepsOf([
      { id: 1, agent: "x", output: "{ n: number }" },
      { id: 2, agent: "y", dependsOn: [1], output: "{ n: number }", repeat: { until: "output.n > #E1.n", most: 3 } },
    ]);
    expect(step).toMatchObject({ repeat: { until: "${{ output.n > s1.n }}", most: 3 } });
  });

  test("null means the same as leaving a field out", () => {
    const result = read(
      '{"goal":null,"steps":[{"id":"a","agent":"Say hello.","when":null,"tool":null,"output":null}]}',
    );
    expect(result.draft).toEqual({ steps: [{ id: "a", agent: "Say hello." }] });
    expect(codes(result)).toEqual(["NULL_DROPPED"]);
  });

  test("unknown fields are left for check", () => {
    const { draft } = read('{"steps":[{"id":"a","agent":"Say hello.","colour":"red","output_type":"list"}]}');
    expect(check(draft, SAMPLE).findings.map(({ where }) => where.pointer)).toEqual([
      "/steps/0/colour",
      "/steps/0/output_type",
    ]);
  });

  test("a canonical draft stays as it is, without a note", () => {
    const draft = {
      steps: [{ id: "a", tool: "search", with: { query: "q" }, dependsOn: [] }],
      answer: { from: ["a"] },
    };
    expect(normalizeDraft(draft, { inventory: SAMPLE })).toEqual({ draft, notes: [], findings: [] });
  });
});

describe("where the document stands", () => {
  test.each([
    ["JSON", ONE, []],
    ["JSON and words after it", `${ONE}\n\nI hope this helps!`, ["TEXT_AROUND"]],
    ["JSON in prose", `Here is the plan: ${ONE} Good luck.`, ["TEXT_AROUND"]],
    ["a fence", `Sure.\n\n\`\`\`json\n${ONE}\n\`\`\`\nGood luck.`, ["FENCE"]],
    ["a fence of YAML", "Sure.\n\n```yaml\nsteps:\n  - id: a\n    agent: Say hello to the world.\n```\n", ["FENCE"]],
    ["YAML", "steps:\n  - id: a\n    agent: Say hello to the world.\n", []],
    ["YAML after a comment", "# mine\n---\nsteps:\n  - id: a\n    agent: Say hello to the world.\n", []],
    ["a byte order mark", `\uFEFF${ONE}`, []],
    ["a second fence", `\`\`\`sh\nls\n\`\`\`\nand\n\`\`\`\n${ONE}\n\`\`\``, ["FENCE"]],
  ])("%s", (_name, text, notes) => {
    const result = read(text);
    expect(result.draft).toEqual({ steps: [{ id: "a", agent: "Say hello to the world." }] });
    expect(codes(result)).toEqual(notes);
  });

  test("YAML with a fence inside a text", () => {
    const { draft } = read("steps:\n  - id: a\n    agent: |\n      Write this:\n      ```json\n      {}\n      ```\n");
    expect(draft.steps[0]?.["agent"]).toContain("```json");
  });

  test("findings name line and column, through renamed fields and fences", () => {
    const text =
      "Plan:\n```yaml\n- step_number: 1\n  description: Look it up\n  tool: serch\n  tool_input: q\n  depends_on: [2]\n```\n";
    const { draft, locate } = read(text);
    const places = check(draft, SAMPLE, { locate }).findings.map(
      ({ code, where }) => `${code} ${where.line}:${where.column}`,
    );
    expect(places.sort()).toEqual(["UNKNOWN_DEPENDENCY 7:16", "UNKNOWN_TOOL 5:9"]);
    expect(locate("/steps/0/with/query")).toEqual({ line: 6, column: 15 });
  });

  test("a place that is not there gives the nearest around it", () => {
    const { locate } = read('{\n  "steps": [\n    { "id": "a", "agent": "x" }\n  ]\n}');
    expect(locate("/steps/0/nowhere/at/all")).toEqual({ line: 3, column: 5 });
  });
});

describe("what is no plan", () => {
  const kindOf = (text: string): string => readPlan(text).kind;
  test.each([
    ["no-plan", ""],
    ["no-plan", "   \n"],
    ["no-plan", "42"],
    ["no-plan", "null"],
    ["no-plan", "{}"],
    ["no-plan", "[1, 2]"],
    ["no-plan", '{"name": "Bob"}'],
    ["no-plan", "First, go home. Then: sleep."],
    ["refusal", "I'm sorry, but I can't help with that."],
    ["refusal", "I cannot make such a plan."],
    ["refusal", '{"error": "I cannot help with that."}'],
    ["truncated", '{"steps": [{"id": "a", "agent": "x"}, {"id":'],
    ["truncated", 'Here:\n```json\n{"steps": [{"id": "a"'],
    ["truncated", "```yaml\nsteps:\n  - id: a\n    agent: half a sen"],
    ["malformed", "goal: a\nsteps: []\ngoal: b\n"],
    ["malformed", "goal: !!js/function 'x'\nsteps: []\n"],
    ["malformed", "steps: [\n  - : }"],
    ["malformed", '{"steps": [{"id" "a"}]}'],
  ])("%s: %s", (kind, text) => {
    expect(kindOf(text)).toBe(kind);
  });

  test("a plan that speaks of being sorry is a plan", () => {
    expect(kindOf('{"steps":[{"id":"a","agent":"Write: I am sorry, I cannot come."}]}')).toBe("plan");
  });

  test("syntax errors say where", () => {
    const result = readPlan("goal: a\nsteps: []\ngoal: b\n");
    expect(result.kind === "malformed" && result.findings[0]).toMatchObject({
      code: "BAD_SYNTAX",
      where: { line: 3, column: 1 },
    });
  });
});
