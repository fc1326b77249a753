// Named executors: each step runs on the model of its specialist, with its instructions and its tools, and the log says
// what each has used.
import { describe, expect, it } from "vitest";
import { z } from "zod";
import type { LoomConfig } from "../../src/loom/config.js";
import { createLoom } from "../../src/loom/create-loom.js";
import { scriptedModel } from "../../src/testing/scripted-model.js";
import type { LoomRun } from "../../src/loom/loom-run.js";
import { memoryStore } from "../../src/store/memory.js";
import { tool } from "../../src/tools/tool.js";
import { PlanloomError } from "../../src/words/planloom-error.js";
import { eventsIn, sound } from "./parts.js";

const look = tool({
  name: "look",
  description: "Looks a thing up.",
  input: z.object({ thing: z.string() }),
  output: z.string(),
  effects: "none",
  run: ({ thing }) => `${thing}!`,
});
const pay = tool({
  name: "pay",
  description: "Pays.",
  input: z.object({ amount: z.number() }),
  output: z.string(),
  effects: "once",
  run: () => "paid",
});

const tokens = (input: number, output: number) => ({ calls: 1, inputTokens: input, outputTokens: output });

const PLAN = {
  steps: [
    { id: "facts", agent: "Find the facts.", executor: "researcher", tools: "all" },
    { id: "text", agent: "Write the text.", executor: "writer", dependsOn: ["facts"] },
    { id: "check", agent: "Check the text.", dependsOn: ["text"] },
  ],
  answer: { value: "${{ check }}" },
};

function cast(more: LoomConfig = {}) {
  const researcher = scriptedModel(
    [
      { toolCalls: [{ name: "look", args: { thing: "fact" } }], usage: tokens(100, 10) },
      { text: "a fact", usage: tokens(200, 20) },
    ],
    { name: "m-research" },
  );
  const writer = scriptedModel([{ text: "a text", usage: tokens(30, 40) }], { name: "m-write" });
  const executor = scriptedModel([{ text: "checked", usage: tokens(5, 5) }], { name: "m-usual" });
  const config: LoomConfig = {
    tools: [look, pay],
    store: memoryStore(),
    models: { executor },
    executors: {
      researcher: { description: "Finds facts.", model: researcher, tools: ["look"], instructions: "You research." },
      writer: { description: "Writes.", model: writer, tools: [] },
    },
    prices: {
      "m-research": { inputUsdPerMTok: 1, outputUsdPerMTok: 1 },
      "m-write": { inputUsdPerMTok: 10, outputUsdPerMTok: 10 },
      "m-usual": { inputUsdPerMTok: 0, outputUsdPerMTok: 0 },
    },
    ...more,
  };
  return { config, researcher, writer, executor };
}

const planHash = async (run: LoomRun<unknown>) => (await run.document()).waiting!.approvals[0]!.hash;

const open = (config: LoomConfig) => createLoom(config, { env: {} });

describe("a plan with named executors", () => {
  it("runs each step on the model, the instructions and the tools of its executor, and counts each apart", async () => {
    const { config, researcher, writer, executor } = cast();
    const loom = await open(config);
    const run = await loom.start("Write about facts.", { plan: PLAN });
    const document = await run.result();
    expect(document).toMatchObject({ status: "completed", answer: "checked" });
    expect([researcher, writer, executor].map(({ requests }) => requests.length)).toEqual([2, 1, 1]);
    expect(researcher.requests[0]!.system).toContain("You research.");
    expect(researcher.requests[0]!.tools?.map(({ name }) => name)).toEqual(["look", "read_result"]);
    expect(writer.requests[0]!.tools ?? []).toEqual([]);
    expect(document.executors).toEqual({
      researcher: { calls: 2, tokens: 330, costUsd: expect.closeTo(330 / 1_000_000, 12) as number },
      writer: { calls: 1, tokens: 70, costUsd: expect.closeTo(700 / 1_000_000, 12) as number },
    });
    expect(document.usage.executor).toMatchObject({ calls: 4, inputTokens: 335, outputTokens: 75 });
    const [started, proposed] = await eventsIn(run);
    expect(started).toMatchObject({
      data: {
        settings: {
          executors: {
            researcher: { model: "m-research", description: "Finds facts.", tools: ["look"] },
            writer: { model: "m-write", description: "Writes.", tools: [] },
          },
        },
      },
    });
    expect(proposed).toMatchObject({ data: { plan: { steps: [{ tools: ["look"] }, { tools: [] }, {}] } } });
    await sound(run);
    await loom.close();
  });

  it("lets the planner assign a step by the descriptions", async () => {
    const { config, researcher, writer } = cast();
    const planner = scriptedModel([{ json: PLAN as never }], { name: "m-plan" });
    const loom = await open({ ...config, models: { ...config.models, planner } });
    expect((await loom.run("Write about facts.")).status).toBe("completed");
    const { system, output } = planner.requests[0]!;
    expect(system).toContain("- researcher: Finds facts. (look)");
    expect(system).toContain("- writer: Writes. (no tools)");
    expect(JSON.stringify(output)).toContain('{"type":"string","enum":["researcher","writer"]}');
    expect([researcher.requests.length, writer.requests.length]).toEqual([2, 1]);
    await loom.close();
  });

  it("is refused where an executor is unknown, lists a tool that it may not use, or stands beside a model", async () => {
    const loom = await open(cast().config);
    const found = (step: object) =>
      loom.check({ steps: [{ id: "a", ...step }] }).findings.map(({ code, severity }) => [code, severity]);
    expect(found({ agent: "Find it.", executor: "reseacher" })).toEqual([["UNKNOWN_EXECUTOR", "error"]]);
    expect(found({ agent: "Find it.", executor: "researcher", tools: ["pay"] })).toEqual([["EXECUTOR_TOOLS", "error"]]);
    expect(found({ agent: "Find it.", executor: "researcher", model: "m" })).toEqual([
      ["EXECUTOR_WITH_MODEL", "error"],
    ]);
    expect(found({ tool: "look", with: { thing: "x" }, executor: "researcher" })).toEqual([
      ["UNUSED_FIELD", "warning"],
    ]);
    expect(found({ agent: "researcher" })).toEqual([["EXECUTOR_AS_TEXT", "error"]]);
    expect(found({ tool: "look", fill: "The thing.", executor: "researcher" })).toEqual([]);
    await loom.close();
  });
});

describe("a plan of another format", () => {
  const read = async (step: object) => {
    const loom = await open(cast().config);
    const checked = loom.check({ steps: [{ id: "a", ...step }] });
    await loom.close();
    return checked.ok ? checked.plan.steps[0] : checked.findings.map(({ code }) => code);
  };

  it.each([
    [{ agent_name: "Researcher", task: "Find the rents." }],
    [{ assigned_to: "researcher", description: "Find the rents." }],
    [{ agent: "researcher", task: "Find the rents." }],
    [{ agent: "researcher", agent_prompt: "Find the rents." }],
  ])("gives the step to the executor that it names: %j", async (step) => {
    expect(await read(step)).toMatchObject({ kind: "agent", agent: "Find the rents.", executor: "researcher" });
  });

  it("leaves names that are no executor's, or that contradict each other", async () => {
    expect(await read({ assigned_to: "Maria", task: "Find it." })).not.toHaveProperty("executor");
    expect(await read({ agent_name: "lawyer", task: "Find it." })).toEqual(["UNKNOWN_FIELD"]);
    expect(await read({ agent_name: "researcher", assigned_to: "writer", task: "Find it." })).toEqual([
      "UNKNOWN_FIELD",
    ]);
  });
});

describe("a process that takes over", () => {
  const waiting = async () => {
    const { config } = cast({ approval: "always" });
    const loom = await open(config);
    const run = await loom.start("Write about facts.", { plan: PLAN });
    await run.result();
    await loom.close();
    return { config, runId: run.id };
  };

  it.each([
    ["no such executor", { researcher: undefined }],
    ["another model", { researcher: { model: scriptedModel([], { name: "m-other" }), tools: ["look"] } }],
    ["other tools", { researcher: { model: scriptedModel([], { name: "m-research" }), tools: ["look", "pay"] } }],
  ])("is refused with %s: nothing is recorded", async (_name, changed) => {
    const { config, runId } = await waiting();
    const executors = Object.fromEntries(
      Object.entries({ ...config.executors, ...changed }).filter(([, one]) => one !== undefined),
    ) as NonNullable<LoomConfig["executors"]>;
    const other = await open({ ...config, executors });
    const run = await other.get(runId);
    const before = (await run.document()).status;
    await expect(run.approve(await planHash(run))).rejects.toMatchObject({
      code: "PROCESS_LACKS",
      params: { executors: ["researcher"] },
    });
    expect((await run.document()).status).toBe(before);
    await other.close();
  });

  it("goes on with the same executors, and another description", async () => {
    const { config, runId } = await waiting();
    const same = cast().config.executors!;
    const other = await open({
      ...config,
      executors: { ...same, writer: { ...same["writer"], description: "Pens." } },
    });
    const run = await other.get(runId);
    await run.approve(await planHash(run));
    expect((await run.result()).status).toBe("completed");
    await other.close();
  });
});

describe("the configuration of named executors", () => {
  it.each([
    [{ "a b": {} }, "executors"],
    [{ a: { tools: "look" } }, "executors.a.tools"],
    [{ a: { tools: ["lokk"] } }, "lokk"],
    [{ a: { descripton: "x" } }, "executors.a.descripton"],
    [{ a: { description: "x".repeat(1001) } }, "executors.a.description"],
    [{ a: { model: [] } }, "executors.a.model"],
    [{ a: { temperature: "hot" } }, "executors.a.temperature"],
    [[], "executors"],
  ])("%j is refused", async (executors, said) => {
    const opened = open({ ...cast().config, executors: executors as never });
    await expect(opened).rejects.toMatchObject({
      code: "CONFIG_INVALID",
      message: expect.stringContaining(said) as string,
    });
  });

  it("gives an executor the settings of the usual one where it has none of its own", async () => {
    const loom = await open({
      store: "memory",
      models: { executor: { model: "big", baseURL: "http://127.0.0.1:1/v1", apiKey: "usual-key", temperature: 0.1 } },
      executors: {
        same: { temperature: 0.9 },
        far: { model: "small", baseURL: "http://127.0.0.1:2/v1" },
      },
    });
    const { same, far } = loom.specialists;
    expect(same).toMatchObject({ model: "big", apiKey: "usual-key", temperature: 0.9 });
    expect(far).toMatchObject({ model: "small", baseURL: "http://127.0.0.1:2/v1" });
    expect(far).not.toHaveProperty("apiKey");
    await loom.close();
  });

  it("uses the fallback of an executor's list, within the role totals", async () => {
    const busy = {
      error: new PlanloomError("PROVIDER_FAILED", { model: "m", problem: "status", status: 400, text: "no" }),
    };
    const first = scriptedModel([busy], { name: "first" });
    const second = scriptedModel([{ text: "done", usage: tokens(1, 1) }], { name: "second" });
    const loom = await open({ store: "memory", executors: { pair: { model: [first, second] } } });
    const document = await loom.run("Do it.", {
      plan: { steps: [{ id: "a", agent: "Do it.", executor: "pair" }], answer: { value: "${{ a }}" } },
    });
    expect(document).toMatchObject({ status: "completed", answer: "done", executors: { pair: { tokens: 2 } } });
    await loom.close();
  });
});
