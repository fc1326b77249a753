// What the five documents expect of a plan and of its check. Each test quotes the row of the mission that it belongs to.
import { describe, expect, onTestFinished, test } from "vitest";
import { createLoom } from "../../src/loom/create-loom.js";
import { scriptedModel } from "../../src/testing/scripted-model.js";
import { normalizeDraft, readPlan } from "../../src/plan/read/read.js";
import { plannerRepair } from "../../src/agents/planner/planner-prompts.js";
import { findingWords } from "../../src/words/findings.js";
import { check } from "../../src/plan/check/check.js";
import { isUnclear } from "../../src/plan/check/unclear.js";
import { nextFix, planQuality } from "../../src/words/quality.js";
import { evidenceIn } from "../../src/plan/evidence.js";
import type { Json } from "../../src/plan/json.js";
import { SAMPLE } from "./sample-inventory.js";

const codes = (draft: unknown): readonly string[] => check(draft, SAMPLE).findings.map(({ code }) => code);
const quality = (steps: readonly object[]) => {
  const checked = check({ steps }, SAMPLE);
  return planQuality(checked.findings, checked.ok ? checked.plan : undefined);
};

describe("P3: steps clear, order defined, hand-off defined; every problem named together with the next fix", () => {
  const load = { id: "load", agent: "Load the tickets of this week." };
  const count = { id: "count", agent: "Count the tickets of each category.", dependsOn: ["load"], output: "object" };
  const report = { id: "report", agent: "Write a short report.", dependsOn: ["count"] };

  test("a step whose text is unclear: stuff, handle data, go", () => {
    for (const text of ["stuff", "handle data", "Handle the data.", "go", "do stuff", "Process everything", "Step 3"])
      expect([text, isUnclear(text)]).toEqual([text, true]);
    for (const text of ["Count data", "Go through the tickets", "Load", "Daten laden", "处理数据", "Run the tests"])
      expect([text, isUnclear(text)]).toEqual([text, false]);
    expect(codes({ steps: [{ id: "a", agent: "handle data" }] })).toEqual(["NO_TEXT"]);
    const call = { id: "a", tool: "search", with: { query: "tea" } };
    expect(codes({ steps: [{ ...call, description: "stuff" }] })).toEqual(["NO_TEXT"]);
    expect(codes({ steps: [call] })).toEqual([]);
  });

  test("the documents' four sentences begin the next fix, word for word", () => {
    const firsts = [
      quality([{ ...load, agent: "stuff" }, count, report]),
      quality([load, { ...count, dependsOn: [] }, { ...report, dependsOn: [] }]),
      quality([load, count, report, { id: "alone", agent: "Look at the weather." }]),
      quality([load, count, report]),
    ].map((said) => said.nextFix);
    expect(firsts[0]).toMatch(/^First make the step descriptions clear\. /);
    expect(firsts[1]).toMatch(/^First define the execution order\. /);
    expect(firsts[2]).toMatch(/^First clarify how each step’s output is passed to the next step\. /);
    expect(firsts[3]).toBe("The plan is now basically executable.");
  });

  test("a record of the checklist gives its next fix, in the document's names or in ours", () => {
    const record = { steps_clear: true, order_defined: true, handoff_defined: false };
    expect(nextFix(record)).toBe("First clarify how each step’s output is passed to the next step.");
    expect(nextFix({ ...record, order_defined: false })).toBe("First define the execution order.");
    expect(nextFix({ ...record, steps_clear: false })).toBe("First make the step descriptions clear.");
    expect(nextFix({ stepsClear: true, orderDefined: true, handoffDefined: true })).toBe(
      "The plan is now basically executable.",
    );
    for (const odd of [{}, { steps_clear: "yes" }, { steps: true }, null, []])
      expect(() => nextFix(odd as never)).toThrow("steps_clear, order_defined and handoff_defined");
  });

  test("the report names each step and its fault", () => {
    const { faults } = quality([
      { ...load, agent: "stuff" },
      count,
      report,
      { id: "alone", agent: "See the weather." },
    ]);
    expect(faults.map(({ step, about }) => [step, about])).toEqual([
      ["load", "steps"],
      ["alone", "handoff"],
      ["load", "output"],
    ]);
    for (const { message, fix } of faults) expect([message, fix].every((text) => text.endsWith("."))).toBe(true);
    const { findings } = check({ steps: [{ ...load, tool: "search" }] }, SAMPLE);
    expect(planQuality(findings).faults[0]).toMatchObject({ step: 1, about: "steps" });
  });

  test("several steps without order are a warning; independent steps that the answer joins are not", () => {
    const apart = [load, { ...count, dependsOn: [] }, { ...report, dependsOn: [] }];
    expect(codes({ steps: apart })).toEqual(["NO_ORDER"]);
    expect(codes({ steps: apart, answer: { from: ["load", "count", "report"] } })).toEqual([]);
    const more = { id: "more", tool: "serch", with: { query: "tea" } };
    const repair = plannerRepair(check({ steps: [...apart, more] }, SAMPLE).findings);
    for (const told of ["error UNKNOWN_TOOL", "warning NO_ORDER"]) expect(repair).toContain(told);
    const vendors = ["first", "second", "third"].map((name) => ({ id: name, agent: `Research the ${name} vendor.` }));
    expect(codes({ steps: vendors })).toEqual([]);
    expect(codes({ steps: [vendors[0], { ...vendors[0], id: "again" }] })).toEqual(["NO_ORDER"]);
    const search = (id: string) => ({ id, tool: "search", with: { query: id } });
    expect(codes({ steps: [search("a"), search("b")] })).toEqual([]);
  });
});

describe("P1: steps with id, title, description, tool or hints, input, output, dependencies", () => {
  test("an output in prose is a description, not an error: the type is unknown, and a finding says so", () => {
    const load = { id: "load", agent: "Load the tickets of this week.", output: "list of tickets" };
    const count = { id: "count", agent: "Count them.", with: { first: "${{ load[0].intent }}" }, output: "number" };
    const checked = check({ steps: [load, count] }, SAMPLE);
    expect(checked.findings.map(({ code, severity }) => [code, severity])).toEqual([["OUTPUT_DESCRIBED", "warning"]]);
    expect(checked.ok && checked.plan.steps[0]?.output).toBe("list of tickets");
    for (const text of ["a dict of counts: intent -> number", "the report, as text"].map((o) => o.replace("->", "to")))
      expect(codes({ steps: [{ ...load, output: text }] })).toEqual(["OUTPUT_DESCRIBED"]);
    for (const text of ["strnig", "{ a: strnig }", "'a' or 'b' | c"])
      expect(codes({ steps: [{ ...load, output: text }] })).toEqual(["BAD_TYPE"]);
    const search = { id: "s", tool: "search", with: { query: "tea" }, output: "list of results" };
    expect(codes({ steps: [search, { ...count, with: { x: "${{ s.results[0].nothing }}" } }] })).toContain(
      "PATH_NOT_IN_TYPE",
    );
  });
});

describe("E5: built-in tools: search, calculate (never eval), summarize, files, fetch", () => {
  const none = { tools: [] };
  const found = (tool: string) => check({ steps: [{ id: "a", tool, with: {} }] }, none).findings[0];

  test("a tool that is built in and not set up is told from an invented one: it names the flag and the setting", () => {
    for (const [tool, words] of [
      ["search", "--search FOLDER, or set builtins.search"],
      ["web_search", "Write search, and give --search FOLDER, or set builtins.search"],
      ["search_web", "Write search, and give"],
      ["read_file", "--files FOLDER, or set builtins.files"],
      ["write_file", "write: true"],
      ["fetch_url", "builtins.fetch"],
      ["summarize", "Name a model with --model NAME or models.default"],
      ["generate_summary", "Write summarize, and name a model"],
    ] as const) {
      const finding = found(tool);
      expect([tool, finding?.code]).toEqual([tool, "TOOL_NOT_SET_UP"]);
      expect(findingWords(finding!).fix).toContain(words);
      expect(findingWords(finding!, "planner").fix).toBe("Plan without it.");
    }
    expect(found("teleport")?.code).toBe("UNKNOWN_TOOL");
    expect(check({ steps: [{ id: "a", agent: "Look.", tools: ["read_file"] }] }, none).findings[0]).toMatchObject({
      code: "TOOL_NOT_SET_UP",
      where: { pointer: "/steps/0/tools/0" },
    });
    expect(codes({ steps: [{ id: "a", tool: "search_web", with: { query: "a" } }] })).toEqual(["UNKNOWN_TOOL"]);
  });

  test("a planner that plans with such a tool is not told to try a stronger model", async () => {
    const draft = { steps: [{ id: "find", tool: "search", with: { query: "austin" } }] };
    const planner = scriptedModel(() => ({ json: draft }));
    const loom = await createLoom({ models: { planner }, store: "memory" }, { env: {} });
    onTestFinished(() => loom.close());
    const { error, report } = await loom.run("Find it");
    expect(error?.message).toContain("TOOL_NOT_SET_UP");
    expect(report?.next).toContain("Set it up with `builtins.search` in the configuration");
    expect(report?.next).not.toContain("stronger");
    await expect(loom.plan("Find it")).rejects.toMatchObject({
      code: "PLAN_INVALID",
      next: expect.stringContaining("builtins.search") as string,
    });
  });
});

describe("P2: plans as the documents print them", () => {
  const edges = (text: string) => {
    const read = readPlan(text, { inventory: SAMPLE });
    const { steps = [] } =
      read.kind === "plan" ? (read.draft as { steps?: { id: string; dependsOn?: string[] }[] }) : {};
    return steps.map(({ id, dependsOn }) => [id, dependsOn]);
  };

  test("the documents as printed: headings, steps with dependencies, a new plan beside the old one", () => {
    const steps = "  Step 1: Search the vendors\n  Step 2: Integrate the data (depends on: [1])\n";
    const wanted = [
      ["s1", undefined],
      ["s2", ["s1"]],
    ];
    for (const heading of ["[Planner] Created 2-step plan:", "=== PLANNING ===", "PLANNING PHASE (Claude Opus 4.6):"])
      expect([heading, edges(`${heading}\n${steps}`)]).toEqual([heading, wanted]);
    const [old, rest] = ["Search for A", "Search for B"].map((description) => [{ step: 1, description }]);
    const replanning = JSON.stringify({ reason: "Step 1 failed", original_plan: old, new_plan: rest });
    const read = readPlan(replanning, { inventory: SAMPLE });
    expect(read).toMatchObject({ kind: "plan", draft: { steps: [{ description: "Search for B" }] } });
  });

  test("a call with arguments whose names nobody knows is answered with what to write", () => {
    const text = 'Step 1: search("a") → [data]\nStep 2: search("b") → [data]\nStep 3: create_table(data)\n';
    const read = readPlan(text, { inventory: SAMPLE });
    const { findings } = check(read.kind === "plan" ? read.draft : {}, SAMPLE);
    expect(findings.map(({ code }) => code)).toEqual(["UNKNOWN_FIELD", "UNKNOWN_TOOL"]);
    expect(findingWords(findings[0]!).fix).toBe("Write with: { NAME: VALUE }, with the name of each argument.");
  });

  test("what was left out with an ellipsis has to be written out", () => {
    const read = readPlan('[{"step": 1, "description": "Search for A", "tool": "search"}, ...]', { inventory: SAMPLE });
    const fixes = "findings" in read ? read.findings.map((finding) => findingWords(finding).fix) : [];
    expect(fixes).toEqual(["Write out what was left out."]);
  });

  test("a setting in a step is refused with where it belongs", () => {
    const step = { id: "a", agent: "Write a note.", max_iterations: 4 };
    const { findings } = check({ steps: [step] }, SAMPLE);
    expect(findings.map((finding) => findingWords(finding).fix)).toEqual([
      "A plan holds no settings: leave it out. In the configuration it is limits: { turns: 4 }.",
    ]);
  });
});

describe("001: a good plan has expected evidence for each step", () => {
  const exists = (name: string) => name === "austin.md";
  const found = (wanted: string, output: Json, is: (name: string) => boolean | null = exists) =>
    evidenceIn([wanted], output, is)[0];

  test("evidence is checked against the output where it can be: a source, a number, a file that exists", () => {
    expect(found("a number", "4 % above the average")).toEqual({ wanted: "a number", found: "yes" });
    expect(found("a number", { text: "cheap" })).toMatchObject({ found: "no" });
    expect(found("the source", "see https://example.org/a, and more.")).toMatchObject({
      found: "yes",
      named: ["https://example.org/a"],
    });
    expect(found("the source", "see austin.md.")).toMatchObject({ found: "yes", named: ["austin.md"] });
    expect(found("the source", "I know it")).toMatchObject({ found: "no" });
    expect(found("links to the documents", "at https://example.org/a")).toMatchObject({ found: "yes" });
    expect(found("links to the documents", "in austin.md")).toMatchObject({ found: "yes", named: ["austin.md"] });
    expect(found("the addresses", "at https://example.org/a")).toMatchObject({ found: "yes" });
    expect(found("the file", "at https://example.org/a")).toMatchObject({ found: "no" });
    expect(found("the file", { files: ["austin.md"] })).toMatchObject({ found: "yes", named: ["austin.md"] });
    expect(found("the file", "in houston.md")).toMatchObject({ found: "no" });
    expect(found("the file", "in houston.md", () => null)).toMatchObject({ found: "unchecked", named: ["houston.md"] });
    expect(found("what the customer felt", "angry")).toMatchObject({ found: "unchecked" });
  });

  test("a plan may call it expected evidence, and write it as one text", () => {
    const { draft } = normalizeDraft([{ step: "a", description: "Find it", expected_evidence: "the source" }]);
    expect(draft).toMatchObject({ steps: [{ id: "a", evidence: ["the source"] }] });
  });

  test("is a text and no reference", () => {
    const step = { id: "a", agent: "Find the price.", evidence: ["the price", "${{ inputs.x }}"] };
    const { findings } = check({ steps: [step] }, SAMPLE);
    expect(findings.map(({ code, where }) => [code, where.pointer])).toEqual([
      ["REFERENCE_PLACE", "/steps/0/evidence/1"],
    ]);
  });

  test("hostile outputs take no time", () => {
    const texts = ["a/".repeat(100_000), `${"a.".repeat(100_000)} `, " ".repeat(400_000), "https://".repeat(50_000)];
    const before = performance.now();
    for (const text of texts) evidenceIn(["a file", "a source", "a number"], [text, text], () => false);
    expect(performance.now() - before).toBeLessThan(2_000);
  });
});

describe("P5: each document's own field names are read; tool_hints are empty by default: choose as needed", () => {
  const read = (value: unknown) =>
    normalizeDraft(value, { inventory: SAMPLE }).draft as { readonly steps: readonly Step[] };
  type Step = { readonly tools?: unknown };

  test("hints that are empty or absent give all tools in the documents' formats", () => {
    const step = { step_id: 1, title: "Look", description: "Look for the price" };
    expect(read([{ ...step, tool_hints: [] }]).steps[0]?.tools).toBe("all");
    expect(read([step]).steps[0]?.tools).toBe("all");
    expect(read([{ step: "load", description: "Load the tickets" }]).steps[0]?.tools).toBe("all");
    expect(read([{ ...step, tool_hints: ["web_search"] }]).steps[0]?.tools).toEqual(["web_search"]);
    const checked = check(read([step]), SAMPLE);
    const offered = checked.ok ? checked.tools.map(({ name }) => name) : [];
    expect(offered).toContain("send_email");
    expect(offered, "a person approves each of its calls").not.toContain("refund");
  });

  test("in our own form an agent step without tools whose text names a tool is a warning", () => {
    const agent = (text: string, more: object = {}) => codes({ steps: [{ id: "a", agent: text, ...more }] });
    expect(agent("Use web_search to find the price.")).toEqual(["TOOL_NOT_GIVEN"]);
    expect(agent("Find it with search.")).toEqual(["TOOL_NOT_GIVEN"]);
    expect(agent("Find it with `calculate`.", { tools: [] })).toEqual(["TOOL_NOT_GIVEN"]);
    expect(agent("Use web_search to find the price.", { tools: ["fetch_url"] })).toEqual([]);
    for (const text of ["Search the texts for the price.", "Summarize both texts.", "Say what my_web_search is."])
      expect([text, agent(text)]).toEqual([text, []]);
  });

  test("an executor that is not configured is an error", () => {
    expect(codes({ steps: [{ id: "a", agent: "Look for it.", executor: "researcher" }] })).toEqual([
      "UNKNOWN_EXECUTOR",
    ]);
  });
});

describe("X1: the documents' examples: competitive analysis, code refactoring, research survey, batch processing", () => {
  const say = (id: string, description: string, ...depends_on: string[]) => ({ step: id, description, depends_on });

  test.each([
    [
      "competitive analysis: query several sources, integrate, write",
      say("prices", "Query the price lists of the competitors"),
      say("reviews", "Query the reviews of their products"),
      say("integrate", "Integrate prices and reviews into one table", "prices", "reviews"),
      say("report", "Write the report on the table", "integrate"),
    ],
    [
      "code refactoring: analyse, plan the change, modify file by file",
      say("analyse", "Analyse the codebase and list the files that use the old call"),
      say("change", "Make the change plan for each file", "analyse"),
      say("modify", "Modify the files one by one after the change plan", "change"),
    ],
    [
      "research survey: topics, subtopics, parallel search, synthesis",
      say("topics", "Define the topics of the survey"),
      say("first", "Search for papers on the first topic", "topics"),
      say("second", "Search for papers on the second topic", "topics"),
      say("synthesis", "Write the synthesis of both searches", "first", "second"),
    ],
    [
      "batch data processing: design the pipeline, execute at scale",
      say("design", "Design the pipeline for one record"),
      say("execute", "Execute the pipeline for every record", "design"),
    ],
  ])("the plan checklist of each example of the documents: %s", (_name, ...steps) => {
    const checked = check(read({ steps }), SAMPLE);
    expect(planQuality(checked.findings)).toMatchObject({
      ...{ stepsClear: true, orderDefined: true, handoffDefined: true },
      nextFix: "The plan is now basically executable.",
    });
    expect(checked.ok).toBe(true);
  });

  const read = (value: unknown) => normalizeDraft(value, { inventory: SAMPLE }).draft;
});
