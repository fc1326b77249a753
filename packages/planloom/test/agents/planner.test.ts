// Stories of the planner: what it is asked, how findings and feedback go back, and what becomes of its reply.
import { describe, expect, it } from "vitest";
import { z } from "zod";
import type { PlannerRequest } from "../../src/agents/planner/plan-request.js";
import { examplesOf, replyText, strictExample } from "../../src/agents/planner/planner-examples.js";
import { planRequestSchema } from "../../src/agents/planner/plan-request-schema.js";
import { askPlanner, type PlannerReply } from "../../src/agents/planner/planner.js";
import { PlanloomError } from "../../src/words/planloom-error.js";
import { LIMITS } from "../../src/limits.js";
import type { Finding } from "../../src/plan/finding.js";
import type { Json, JsonObject } from "../../src/plan/json.js";
import type { Inventory } from "../../src/plan/tool-spec.js";
import { MemoryJournal } from "./memory-journal.js";
import { script, specOf, textIn } from "./parts.js";
import { worded } from "../../src/words/findings.js";

const inventory: Inventory = {
  tools: [specOf("fetch"), { ...specOf("send", "once"), approval: "required" }],
  notes: ["No search is available; ask for addresses instead."],
};
const request = (fields: Partial<PlannerRequest> = {}): PlannerRequest => ({
  goal: "Compare the companies",
  inputs: {},
  inventory,
  executorModel: "small-8b",
  ...fields,
});

/** As a decoder under the schema writes it. */
const strict = (limit: Json = null): string =>
  JSON.stringify({
    steps: [
      {
        ...{
          id: "find",
          title: "Find",
          description: "Find pages.",
          tool: "fetch",
          with: { query: "companies", limit },
        },
        ...{ dependsOn: [], when: null, forEach: null, as: null, output: null, expect: null, optional: null },
      },
      {
        ...{ id: "read", title: "Read", description: "Read them.", agent: "Read.", tools: ["fetch"] },
        ...{ with: [{ name: "pages", value: "${{ find }}" }], dependsOn: [], when: null, forEach: null, as: null },
        ...{ output: "string[]", expect: null, optional: null },
      },
    ],
    answer: { from: ["read"], instructions: null },
  });

function planOf(reply: PlannerReply): PlannerReply & { kind: "plan" } {
  if (reply.kind !== "plan") throw new Error(JSON.stringify(reply.findings));
  return reply;
}

const ask = (model: Parameters<typeof askPlanner>[1], fields: Partial<PlannerRequest> = {}): Promise<PlannerReply> =>
  askPlanner(request(fields), model, new MemoryJournal().context());

describe("the request", () => {
  it("has the same stable part for two goals; what changes comes after it", async () => {
    const model = script(strict(), strict());
    await ask(model, { inputs: { salary: 150000 }, today: "2026-11-30" });
    await ask(model, { goal: "Plan a birthday" });
    const [first, second] = model.requests;
    expect(first?.system).toBe(second?.system);
    expect(first?.output).toEqual(second?.output);
    expect(first?.system).not.toContain("Compare the companies");
    expect(textIn(first)).toContain("Goal: Compare the companies");
    expect(textIn(first)).toContain("inputs.salary: number");
    expect(textIn(first)).not.toContain("150000");
    expect(textIn(first)).toContain("Today is 2026-11-30 (UTC).");
    expect(textIn(second)).toContain("Goal: Plan a birthday");
  });

  it("asks for JSON of the inventory's schema, and offers no tools to call", async () => {
    const model = script(strict());
    await ask(model);
    expect(model.requests[0]).not.toHaveProperty("tools");
    expect(JSON.stringify(model.requests[0]?.output?.schema)).toContain('"enum":["fetch","send"]');
  });

  it("tells the tools with types and effects, the notes, the executor, and the number of steps", async () => {
    const model = script(strict());
    await ask(model, { limits: { steps: 12 } });
    const { system = "" } = model.requests[0] ?? {};
    expect(system).toContain("- fetch { query: string, limit?: number } -> unknown\n  Does fetch. (changes nothing)");
    expect(system).toContain("(has effects, must not be repeated; a person must approve each call)");
    expect(system).toContain("No search is available; ask for addresses instead.");
    expect(system).toContain('"small-8b"');
    expect(textIn(model.requests[0])).toContain("At most 12 steps.");
  });

  it("offers sub-plans above the depth limit, behind all that is the same below it", async () => {
    const model = script(strict(), strict(), strict());
    await ask(model);
    await ask(model, { within: { depth: 2, goals: ["Open a shop", "Find a place"] } });
    await ask(model, { within: { depth: 3, goals: ["Open a shop", "Find a place", "Compare streets"] } });
    const [topmost, inner, deepest] = model.requests;
    expect([inner?.system, inner?.output]).toEqual([topmost?.system, topmost?.output]);
    const offer = 'A step may also have "plan"';
    expect(topmost?.system).toContain(offer);
    expect(topmost?.system?.startsWith(deepest?.system ?? "?")).toBe(true);
    const kinds = model.requests.map(({ output }) => JSON.stringify(output?.schema).includes('"plan":{'));
    expect(kinds).toEqual([true, true, false]);
    const examples = model.requests.map(({ output }) => output?.described?.told.includes('"plan":'));
    expect(examples).toEqual([true, true, false]);
    expect(textIn(topmost)).not.toContain("larger");
    expect(textIn(deepest)).toContain("- Open a shop\n- Find a place\n- Compare streets");
  });

  it("is followed by a finding if a plan at the depth limit has a sub-plan, or one repeats a goal above", async () => {
    const draft = JSON.stringify({ steps: [{ id: "more", plan: "open a SHOP" }] });
    const reply = await ask(script(draft), { within: { depth: 3, goals: ["Open a shop"] } });
    expect(reply.kind === "invalid" && reply.findings.map(({ code }) => code)).toEqual([
      "SUBPLAN_DEPTH",
      "SUBPLAN_REPEATS",
    ]);
  });

  it("keeps the format rules when the opening is replaced", async () => {
    const model = script(strict(), strict());
    await ask(model);
    await ask(model, { instructions: "Plan like a lawyer." });
    const [usual, own] = model.requests.map((sent) => sent.system);
    expect(own).toMatch(/^Plan like a lawyer\.\n\nFormat: reply with one JSON document/);
    expect(usual?.slice(usual.indexOf("Format:"))).toBe(own?.slice(own.indexOf("Format:")));
  });
});

describe("the examples in the request", () => {
  const list = (type: string): JsonObject => ({ type: "array", items: { type } });
  const record = (fields: JsonObject): JsonObject => ({
    ...{ type: "object", properties: fields, required: Object.keys(fields), additionalProperties: false },
  });
  const TEXT = { type: "string" };
  const NUMBER = { type: "number" };
  const tools = [
    { ...specOf("branch_list", "none", record({ region: TEXT })), output: record({ names: list("string") }) },
    { ...specOf("mean", "none", record({ numbers: list("number") })), output: NUMBER },
    specOf("page_lookup"),
    { ...specOf("check_read", "none", record({ of: TEXT })), output: record({ faults: list("string") }) },
    specOf("part_order", "once"),
    specOf("visit_book", "once"),
    { ...specOf("room_list", "none", record({ day: TEXT })), output: list("string") },
    { ...specOf("room_reserve", "once", record({ day: TEXT, room: TEXT })), output: record({ number: NUMBER }) },
  ];
  const inputs = { day: "2027-01-01" };
  /** The documents that a text shows. */
  const documentsIn = (text = ""): readonly string[] =>
    text
      .split(/\nGoal: .*\n/)
      .slice(1)
      .map((part) => part.split("\n\n")[0]!);

  it.each(["enforced", "told"] as const)("are plans that pass check, in the form that is %s", async (form) => {
    const model = script(strict());
    await ask(model);
    const examples = documentsIn(model.requests[0]?.output?.described?.[form]);
    expect(examples).toHaveLength(3);
    for (const [at, ids] of [
      ["cities", "rents", "average"],
      ["rooms", "reserve"],
      ["check", "repairs"],
    ].entries()) {
      const reply = planOf(await ask(script(examples[at]!), { inventory: { tools }, inputs }));
      expect(reply.plan.steps.map((step) => step.id)).toEqual(ids);
      expect(reply.findings).toEqual([]);
    }
  });

  it("are valid under the schema where it is enforced, also where the reply may ask for tools", async () => {
    for (const mayAsk of [false, true]) {
      const { schema } = planRequestSchema({ tools }, { patch: false, mayAsk, subPlans: true });
      for (const example of examplesOf(true)) {
        const strictly = strictExample(example, mayAsk);
        expect(z.fromJSONSchema(schema).safeParse(strictly).error?.issues ?? []).toEqual([]);
        const branches = (schema["properties"] as { steps: { items: { anyOf: JsonObject[] } } }).steps.items.anyOf;
        const orders = branches.map((branch) => Object.keys(branch["properties"] as JsonObject));
        for (const step of strictly["steps"] as readonly JsonObject[]) expect(orders).toContainEqual(Object.keys(step));
      }
    }
  });

  it("show no field of the other form", async () => {
    const { enforced, told } = replyText({ mayAsk: false, subPlans: true });
    expect(told).not.toContain("null");
    expect(told).not.toContain("The reply has a schema");
    expect(enforced).not.toContain("left out");
    expect(enforced).toContain('"evidence":[');
  });
});

describe("rounds", () => {
  it("of repair feed back the draft with all findings", async () => {
    const model = script(strict());
    const finding = (code: string): Finding => ({
      ...{ code, severity: "error", where: { pointer: "/steps/0/tool" } },
      text: { message: `About ${code}.`, fix: `Mend ${code}.` },
    });
    const findings = [finding("UNKNOWN_TOOL"), finding("CYCLE")];
    await ask(model, { invalid: { draft: '{"steps":[1]}', findings } });
    const [goal, draft, repair] = model.requests[0]?.messages ?? [];
    expect(goal).toMatchObject({ role: "user" });
    expect(draft).toEqual({ role: "assistant", text: '{"steps":[1]}' });
    expect(repair).toHaveProperty(
      "text",
      expect.stringContaining("error UNKNOWN_TOOL at /steps/0/tool: About UNKNOWN_TOOL. Fix: Mend"),
    );
    expect(repair).toHaveProperty("text", expect.stringContaining("error CYCLE"));
  });

  it("after a rejection show each rejected plan with what the person said", async () => {
    const model = script(strict(), strict());
    const { plan } = planOf(await ask(model));
    await ask(model, { rejected: [{ plan, comment: "Use fewer pages." }] });
    const text = textIn(model.requests[1]);
    expect(text).toContain("The person says: Use fewer pages.");
    expect(text).toContain("Find pages.");
    expect(text).toContain("Write a different plan");
  });
});

describe("the reply", () => {
  it("in its strict form becomes a checked plan", async () => {
    const reply = planOf(await ask(script(strict())));
    expect(reply.plan.goal).toBe("Compare the companies");
    expect(reply.plan.steps).toMatchObject([
      { id: "find", kind: "tool", with: { query: "companies" } },
      { id: "read", kind: "agent", with: { pages: "${{ find }}" }, tools: ["fetch"], output: "string[]" },
    ]);
    expect(reply.plan.steps[0]?.with).not.toHaveProperty("limit");
    expect(reply.findings).toEqual([]);
    expect(reply.tools.map((tool) => tool.name)).toEqual(["fetch"]);
    expect(reply.hash).toMatch(/^[0-9a-f]{64}$/);
    expect(reply.usage).toEqual({ calls: 1, inputTokens: 10, outputTokens: 2 });
  });

  it("is a plan for the goal and the inputs of this run, whatever it says itself", async () => {
    const draft = {
      goal: "Send money",
      inputs: { salary: { type: "string" } },
      steps: [{ id: "a", agent: "Read.", with: { s: "${{ inputs.salary }}" } }],
    };
    const reply = planOf(await ask(script(JSON.stringify(draft)), { inputs: { salary: 150000, tags: ["a"] } }));
    expect(reply.plan).toMatchObject({
      goal: "Compare the companies",
      inputs: { salary: { type: "number" }, tags: { type: "string[]" } },
    });
    expect(reply.inputs).toEqual({ salary: 150000, tags: ["a"] });
  });

  it("may be the same document in a fence, or in other words that the reader knows", async () => {
    const fenced = planOf(await ask(script(`Sure:\n\`\`\`json\n${strict()}\n\`\`\``)));
    expect(fenced.plan.steps).toHaveLength(2);
    const listed = '[{ "step_number": 1, "description": "Find pages", "tool": "fetch", "tool_input": "companies" }]';
    expect(planOf(await ask(script(listed))).plan.steps).toMatchObject([
      { tool: "fetch", with: { query: "companies" } },
    ]);
  });

  it("with findings is handed back as it was checked, all findings at once", async () => {
    const draft = {
      steps: [
        { id: "a", tool: "nope" },
        { id: "b", tool: "fetch", with: { query: [7] }, when: null },
      ],
    };
    const reply = await ask(script(JSON.stringify(draft)));
    if (reply.kind !== "invalid") throw new Error("expected findings");
    expect(reply.findings.map((finding) => finding.where.pointer)).toEqual(
      expect.arrayContaining(["/steps/0/tool", "/steps/1/with/query"]),
    );
    expect(JSON.parse(reply.draft)).toEqual({
      steps: [draft.steps[0], { id: "b", tool: "fetch", with: { query: [7] } }],
    });
    expect(reply.usage.calls).toBe(1);
  });

  it("of prose, or cut, is a finding and no error", async () => {
    const prose = await ask(script("First we should think about the companies."));
    expect(prose).toMatchObject({ kind: "invalid", findings: [{ code: "NO_PLAN" }] });
    const cut = await ask(script({ text: strict().slice(0, 200), finish: "length" }));
    expect(cut).toMatchObject({ kind: "invalid", findings: [{ code: "TRUNCATED" }] });
    const empty = await ask(script({ text: "", finish: "length" }));
    expect(empty).toMatchObject({ kind: "invalid", findings: [{ code: "TRUNCATED" }, { code: "NO_PLAN" }] });
  });

  it("that was cut off is continued from its last whole step, once", async () => {
    const whole = JSON.parse(strict()) as { steps: Json[]; answer: Json };
    const cut = { text: strict().slice(0, strict().indexOf('"Read them."')), finish: "length" } as const;
    const rest = JSON.stringify({ ...whole, steps: whole.steps.slice(1) });
    const model = script(cut, rest);
    const reply = planOf(await ask(model));
    expect(reply.plan).toEqual(planOf(await ask(script(strict()))).plan);
    expect(reply.usage.calls).toBe(2);
    const [, second] = model.requests;
    expect(textIn(second)).toContain("cut off");
    expect(second?.messages.at(-2)).toMatchObject({
      role: "assistant",
      text: expect.stringContaining('"id":"find"') as string,
    });
  });

  it("that repeats its steps when it is continued has each step once", async () => {
    const cut = { text: strict().slice(0, strict().indexOf('"Read them."')), finish: "length" } as const;
    expect(planOf(await ask(script(cut, strict()))).plan.steps.map(({ id }) => id)).toEqual(["find", "read"]);
  });

  it("that is cut off again is a finding", async () => {
    const cut = { text: strict().slice(0, strict().indexOf('"Read them."')), finish: "length" } as const;
    const reply = await ask(script(cut, { text: '{"steps": [{"id', finish: "length" }));
    expect(reply).toMatchObject({ kind: "invalid", findings: [{ code: "TRUNCATED" }], usage: { calls: 2 } });
  });

  it("is asked for once: a crash after it costs nothing", async () => {
    const journal = new MemoryJournal();
    const first = await askPlanner(request(), script(strict()), journal.context());
    expect(await askPlanner(request(), script(), journal.context())).toEqual(first);
    expect(journal.names()).toEqual(["planner"]);
  });

  it("with all that led to it costs nothing after a crash: asking for tools, and the critique", async () => {
    const tools = Array.from({ length: 90 }, (_, at) => specOf(`tool_${at}`));
    const fields = { inventory: { tools: [...tools, ...inventory.tools] }, critique: true, goal: "Do it" };
    const lines = ['{"needTools":["fetch"],"steps":[]}', strict(), '{"verdict":"fine","reason":"r","plan":null}'];
    const journal = new MemoryJournal();
    const crash = { at: "planner critique", when: "before" } as const;
    const crashed = askPlanner(request(fields), script(...lines), journal.context({ crash }));
    await expect(crashed).rejects.toThrow("planner critique");
    const first = await askPlanner(request(fields), script(lines[2]!), journal.context());
    expect(await askPlanner(request(fields), script(), journal.context())).toEqual(first);
    expect(journal.names()).toEqual(["planner", "planner with more tools", "planner critique"]);
    expect(first).toMatchObject({
      asking: { offered: { tools: 81, of: 92 }, wanted: [["fetch"]], critique: { verdict: "fine", text: "r" } },
      usage: { calls: 3, inputTokens: 30, outputTokens: 6 },
    });
  });

  it("that asks for tools and plans as well is a plan", async () => {
    const both = JSON.stringify({ ...(JSON.parse(strict()) as object), needTools: ["more"] });
    const reply = planOf(await ask(script(both), { limits: { offeredTools: 1 } }));
    expect(reply.asking).toEqual({ offered: { tools: 1, of: 2 } });
  });

  it("that never came is a failure", async () => {
    const error = new PlanloomError(
      "PROVIDER_UNREACHABLE",
      { model: "m", reason: "ECONNREFUSED" },
      { retryable: true },
    );
    await expect(ask(script(error))).rejects.toMatchObject({
      name: "StepFailure",
      failure: { code: "PROVIDER_UNREACHABLE", retryable: true },
    });
  });
});

describe("a planner that is a function", () => {
  it("gives a draft that passes the same check, and costs nothing", async () => {
    const reply = planOf(
      await ask(({ goal }) => Promise.resolve({ goal, steps: [{ id: "a", tool: "fetch", with: { query: "x" } }] })),
    );
    expect(reply.plan.steps[0]).toMatchObject({ id: "a", kind: "tool" });
    expect(reply.usage.calls).toBe(0);
  });
});

describe("a draft with very long names", () => {
  const deep = (levels: number): string => "[".repeat(levels) + "]".repeat(levels);
  const draft = (x: string): string => `{"steps":[{"id":"a","tool":"fetch","with":{"query":${x}}}]}`;
  const circle: { self?: unknown } = {};
  circle.self = circle;
  let nested: unknown = 1;
  for (let i = 0; i < 20_000; i++) nested = [nested];

  it.each<[string, string, Parameters<typeof askPlanner>[1]]>([
    ["nests by thousands", "TOO_DEEP", script(draft(deep(20_000)))],
    [
      "nests by hundreds, and is large",
      "TOO_DEEP",
      script(draft("[".repeat(900) + "1,".repeat(300_000) + "1" + "]".repeat(900))),
    ],
    ["is a huge text", "TOO_LARGE", async () => "x".repeat(50_000_000)],
    [
      "is huge data",
      "TOO_LARGE",
      async () => ({ steps: [{ id: "a", tool: "fetch", with: { query: "y".repeat(30_000_000) } }] }),
    ],
    [
      "is larger in its own form",
      "TOO_LARGE",
      script(JSON.stringify({ steps: Array.from({ length: 40_000 }, (_, i) => ({ id: `a${i}`, tool: "t" })) })),
    ],
    ["contains itself", "NO_PLAN", async () => circle],
    ["is data that nests by thousands", "NO_PLAN", async () => nested],
    ["is no JSON", "NO_PLAN", async () => 10n],
  ])("that %s is a finding, %s, and is kept in part", async (_, code, planner) => {
    const reply = await ask(planner);
    expect(reply).toMatchObject({ kind: "invalid", findings: [{ code }] });
    expect(reply.kind === "invalid" && reply.draft.length).toBeLessThanOrEqual(LIMITS.planBytes + 1);
  });

  it("has findings of limited length", async () => {
    const [key, query] = ["k".repeat(100_000), "t".repeat(100_000)];
    const reply = await ask(
      script(JSON.stringify({ steps: [{ id: "a", tool: query, with: { [key]: "${{ nope }}" } }] })),
    );
    if (reply.kind !== "invalid") throw new Error("it is no plan");
    expect(reply.findings.length).toBeGreaterThan(0);
    for (const { where, message, fix } of worded(reply.findings))
      expect(where.pointer.length + message.length + fix.length).toBeLessThanOrEqual(3 * LIMITS.findingChars);
    expect(JSON.stringify(reply.findings).length).toBeLessThan(20 * LIMITS.findingChars);
  });
});
