// The fields of plans that models write: other names, fields beside the plan, spellings of tools, arguments in other
// types. And documents of people, which are read as they stand.
import { describe, expect, test } from "vitest";
import { check } from "../../src/plan/check/check.js";
import { readPlan, withReading, type ReadOptions } from "../../src/plan/read/read.js";
import { SAMPLE } from "./sample-inventory.js";

type Fields = { readonly [field: string]: unknown };

function read(document: unknown, options: ReadOptions = {}) {
  const text = typeof document === "string" ? document : JSON.stringify(document);
  const result = readPlan(text, { inventory: SAMPLE, ...options });
  if (result.kind !== "plan") throw new Error(result.kind);
  const draft = result.draft as { readonly steps: readonly Fields[]; readonly answer?: unknown };
  const checked = withReading(check(draft, SAMPLE, { goal: "Do it.", locate: result.locate }), result);
  return { ...draft, notes: result.notes, codes: checked.findings.map(({ code }) => code), ok: checked.ok };
}

describe("names of lists and fields", () => {
  test.each(["actions", "stages", "phases", "activities", "nodes", "step_list", "planned_steps", "workflow_tasks"])(
    "%s is the list of steps",
    (list) => {
      const { steps, ok } = read({ [list]: [{ id: "say", instruction: "Say hello." }] });
      expect(ok).toBe(true);
      expect(steps).toEqual([{ id: "say", agent: "Say hello." }]);
    },
  );

  test("a list of actions whose items are data is no plan", () => {
    expect(readPlan('{"actions": ["like", "share"]}').kind).toBe("no-plan");
  });

  test.each([
    "param",
    "parameter",
    "arg",
    "tool_param",
    "api_parameters",
    "call_args",
    "step_input",
    "functionArgument",
  ])("%s are the arguments", (field) => {
    const { steps } = read({ steps: [{ id: "find", tool: "search", [field]: { query: "AI" } }] });
    expect(steps[0]).toMatchObject({ tool: "search", with: { query: "AI" } });
  });

  test.each(["blocked_by", "needs", "depends", "waits_for", "dependent_task_ids", "step_dependencies", "task_deps"])(
    "%s names the steps that it waits for",
    (field) => {
      const steps = [
        { id: 1, agent: "Look for it." },
        { id: 2, agent: "Sum it up.", [field]: [1] },
      ];
      expect(read({ steps }).steps[1]).toMatchObject({ id: "s2", dependsOn: ["s1"] });
    },
  );

  test("a sentence in a second field with a name says what the step does", () => {
    const { steps, ok } = read({ steps: [{ id: 1, step: "Look for the three largest.", task_number: 7 }] });
    expect(ok).toBe(true);
    expect(steps[0]).toEqual({
      id: "s1",
      agent: "Look for the three largest.",
      description: "Look for the three largest.",
      tools: "all",
    });
  });
});

describe("fields beside the plan", () => {
  test("are left out with a note each", () => {
    const { notes, ok, steps } = read({
      plan: "Look, then say.",
      ready: true,
      estimated_time: "2 h",
      metadata: { made: "today" },
      steps: [{ id: "look", agent: "Look.", priority: 1, notes: ["short"], task_type: "research" }],
    });
    expect(ok).toBe(true);
    expect(steps).toEqual([{ id: "look", agent: "Look." }]);
    expect(notes.filter(({ code }) => code === "LEFT_OUT")).toHaveLength(7);
  });

  test.each(["condition", "human", "loop", "parallel"])(
    "a step of the type %s is more than its other fields say",
    (type) => {
      expect(read({ steps: [{ id: "a", agent: "Look.", type }] }).codes).toEqual(["UNKNOWN_FIELD"]);
    },
  );
});

describe("names of tools", () => {
  test.each(["Search", "search()", "functions.search", "`search`", "SEARCH"])("%s is the tool search", (tool) => {
    const { steps, notes } = read({ steps: [{ id: "a", tool, with: { query: "AI" } }] });
    expect(steps[0]?.["tool"]).toBe("search");
    expect(notes).toContainEqual(
      expect.objectContaining({ code: "TOOL_NAME", params: { written: tool, tool: "search" } }),
    );
  });

  test("in a list of tools, and over other separators", () => {
    const { steps } = read({ steps: [{ id: "a", agent: "Look.", tools: ["SendEmail", "fetch-url"] }] });
    expect(steps[0]?.["tools"]).toEqual(["send_email", "fetch_url"]);
  });

  test("two tools that fit are a finding that names both", () => {
    const inventory = { tools: ["get_user", "getUser"].map((name) => ({ ...SAMPLE.tools[0]!, name })) };
    const result = readPlan('{"steps":[{"id":"a","tool":"GetUser","with":{"query":"x"}}]}', { inventory });
    const findings = check((result as { draft: unknown }).draft, inventory).findings;
    expect(findings).toMatchObject([{ code: "UNKNOWN_TOOL", params: { near: ["getUser", "get_user"] } }]);
  });
});

describe("arguments in another type with the same meaning", () => {
  test.each([
    ["limit", "3", 3],
    ["limit", "3.50", "3.50"],
    ["limit", "03", "03"],
    ["query", 7, "7"],
    ["query", 1.5, 1.5],
    ["limit", "${{ 1 + 1 }}", "${{ 1 + 1 }}"],
  ])("%s %j is read as %j", (name, written, value) => {
    const { steps } = read({ steps: [{ id: "a", tool: "search", with: { query: "q", [name]: written } }] });
    expect(steps[0]?.["with"]).toMatchObject({ [name]: value });
  });

  test("null for an argument that is not required is left out", () => {
    const { steps, ok } = read({ steps: [{ id: "a", tool: "search", with: { query: "q", limit: null } }] });
    expect(ok).toBe(true);
    expect(steps[0]?.["with"]).toEqual({ query: "q" });
  });

  test("with as one reference is given to a model's step under the name of the last field", () => {
    const { steps, ok } = read({
      steps: [
        { id: "find", tool: "search", with: { query: "q" } },
        { id: "sum", agent: "Sum it up.", with: "${{ find.results }}" },
      ],
    });
    expect(ok).toBe(true);
    expect(steps[1]?.["with"]).toEqual({ results: "${{ find.results }}" });
  });
});

describe("the answer", () => {
  const steps = [{ id: "find", tool: "search", with: { query: "q" } }];
  test.each([
    ["find", { from: ["find"] }],
    [["find"], { from: ["find"] }],
    ["${{ find.results }}", { value: "${{ find.results }}" }],
    [{ from: "find", instructions: null }, { from: ["find"] }],
  ])("%j is %j", (answer, expected) => {
    const result = read({ steps, answer });
    expect(result.ok).toBe(true);
    expect(result.answer).toEqual(expected);
  });

  test("a sentence stays for check", () => {
    expect(read({ steps, answer: "A table of all hits." }).codes).toEqual(["BAD_VALUE"]);
  });
});

describe("ids", () => {
  test("that are numbers or begin with a digit are known inside references", () => {
    const { steps } = read({
      steps: [
        { id: 1, tool: "search", with: { query: "q" } },
        {
          id: "2nd",
          agent: "Say it.",
          with: { a: "${{ 1.results }}", b: "${{ 1 }}", c: "${{ size(1.results) > 1 }}" },
        },
        { id: 3, agent: "Say it again.", with: { a: "${{ 2nd }}" } },
      ],
    });
    expect(steps[1]?.["with"]).toEqual({ a: "${{ s1.results }}", b: "${{ s1 }}", c: "${{ size(s1.results) > 1 }}" });
    expect(steps[2]?.["with"]).toEqual({ a: "${{ s2nd }}" });
  });

  test.each(["__proto__", "constructor"])("%s is refused, not renamed", (id) => {
    const steps = JSON.parse(`[{"id": ${JSON.stringify(id)}, "agent": "Say hello."}]`) as unknown;
    expect(read({ steps }).ok).toBe(false);
  });
});

describe("a document with our header", () => {
  const canonical = { planloom: 1, steps: [{ id: "mail", title: "Send it", tool: "send_email", with: {} }] };

  test.each(["person", "model"] as const)("of a %s gets no arguments that it lacks", (author) => {
    expect(read(canonical, { author }).codes).toEqual(["MISSING_ARGUMENT", "MISSING_ARGUMENT"]);
  });

  test("without the header a model may write the arguments from the description", () => {
    expect(read({ steps: canonical.steps }).ok).toBe(true);
  });

  test("of a person is read as it stands", () => {
    const step = { id: "My-Step", agent: "Say hello.", priority: 1, depends_on: [], tools: "search" };
    const { steps, notes, codes } = read({ planloom: 1, steps: [step] }, { author: "person" });
    expect(steps).toEqual([step]);
    expect(notes).toEqual([]);
    expect(codes).toEqual(expect.arrayContaining(["BAD_ID", "UNKNOWN_FIELD", "BAD_VALUE"]));
  });

  test("of a model is read with all adapters", () => {
    expect(read({ planloom: 1, steps: [{ id: "My-Step", agent: "Say hello.", priority: 1 }] }).ok).toBe(true);
  });
});

describe("dependencies outside of the steps", () => {
  const nodes = [
    { id: "a", task: "Look for it." },
    { id: "b", task: "Sum it up." },
  ];
  test.each([
    [{ nodes, edges: [{ from: "a", to: "b" }] }],
    [{ nodes, links: [{ source: "a", target: "b" }] }],
    [
      {
        steps: nodes,
        connections: [
          ["START", "a"],
          ["a", "b"],
        ],
      },
    ],
    [{ steps: nodes, dependencies: ["a -> b"] }],
  ])("%j", (document) => {
    const { steps, ok } = read(document);
    expect(ok).toBe(true);
    expect(steps.map(({ dependsOn }) => dependsOn)).toEqual([[], ["a"]]);
  });

  test("an edge to no step leaves all of them for check", () => {
    expect(read({ nodes, edges: [["a", "x"]] }).codes).toContain("UNKNOWN_FIELD");
  });

  test("a reference in an instruction makes the step wait", () => {
    const { steps } = read({
      steps: [
        { id: "find", agent: "Look for it." },
        { id: "more", agent: "Look on." },
        { id: "say", agent: "Sum {{find.output}} up, for $5.", dependsOn: ["more"] },
      ],
    });
    expect(steps[2]).toEqual({ id: "say", agent: "Sum {{find.output}} up, for $5.", dependsOn: ["more", "find"] });
  });

  test("a kind that names a tool is the tool, and a goal alone says what to do", () => {
    const { steps } = read({
      steps: [
        { id: 1, description: "Look.", action_type: "Search", parameters: { query: "q" } },
        { id: 2, goal: "Sum it up." },
      ],
    });
    expect(steps).toMatchObject([{ tool: "search", with: { query: "q" } }, { agent: "Sum it up." }]);
  });
});

describe("sub-plans", () => {
  const goal = "Order what is missing.";
  const asPlan = { id: "order", plan: goal };

  test.each<[string, Fields, Fields]>([
    ["sub_goal", { id: "order", sub_goal: goal }, asPlan],
    ["subplan", { id: "order", subplan: goal, tools: ["search"] }, { ...asPlan, tools: ["search"] }],
    ["a type and a goal", { id: "order", type: "plan", goal }, asPlan],
    ["a kind and an objective", { id: "order", kind: "sub-plan", objective: goal }, asPlan],
    ["a type and a task", { id: "order", type: "subgoal", task: goal }, asPlan],
    ["a type and an instruction", { id: "order", step_type: "SubPlan", instruction: goal }, asPlan],
    [
      "a goal before a description",
      { id: "a", type: "plan", description: "d", goal },
      { id: "a", plan: goal, description: "d" },
    ],
    ["a type beside the field", { id: "order", type: "plan", plan: goal }, asPlan],
    ["a wish", { id: "order", plan: "Order it (needs approval)." }, { approval: "required" }],
  ])("%s", (_, step, wanted) => {
    const { steps, ok } = read({ steps: [step] });
    expect(ok).toBe(true);
    expect(steps[0]).toMatchObject(wanted);
    expect(steps[0]).not.toHaveProperty("agent");
  });

  test.each<[string, Fields, string]>([
    ["steps in the place of a goal", { id: "order", subplan: { steps: [{ tool: "search" }] } }, "BAD_VALUE"],
    ["a kind without a goal", { id: "order", type: "subplan" }, "WRONG_KIND"],
    ["a tool beside the kind", { id: "order", type: "subplan", tool: "search", args: { query: "x" } }, "UNKNOWN_FIELD"],
    ["a tool beside a goal", { id: "order", plan: goal, tool: "search", args: { query: "x" } }, "WRONG_KIND"],
  ])("%s is reported", (_, step, code) => expect(read({ steps: [step] }).codes).toContain(code));

  test("a document in the field plan is no step", () => {
    expect(read({ plan: [{ id: "a", agent: "Say hello." }] }).steps).toEqual([{ id: "a", agent: "Say hello." }]);
    expect(readPlan('{"plan": "Say hello."}').kind).toBe("no-plan");
  });
});
