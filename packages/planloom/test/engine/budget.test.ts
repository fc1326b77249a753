// Budgets over real HTTP: what a server was really sent, whatever runs side by side, is refused, or goes on later.
import { expect, onTestFinished, test } from "vitest";
import type { LoomConfig } from "../../src/loom/config.js";
import { createLoom } from "../../src/loom/create-loom.js";
import type { LoomPorts } from "../../src/loom/open-loom.js";
import { replayRecording } from "../../src/recording/replay-recording.js";
import { memoryStore } from "../../src/store/memory.js";
import { fakeClock } from "../../src/testing/fake-clock.js";
import { startFakeOpenAI, type FakeOpenAIOptions } from "../../src/testing/fake-openai-server.js";
import { tool } from "../../src/tools/tool.js";
import { latch, until } from "./parts.js";

interface Stage {
  readonly reply?: FakeOpenAIOptions["reply"];
  readonly refuse?: NonNullable<FakeOpenAIOptions["refuse"]>;
  readonly config?: LoomConfig;
  readonly ports?: LoomPorts;
}

/** A server, and a way to open a Planloom that asks it, with a store that outlives each. */
async function stage({ reply = () => ({ text: "thought" }), refuse = [], config = {}, ports = {} }: Stage = {}) {
  const server = await startFakeOpenAI({ reply, refuse });
  onTestFinished(() => server.close());
  const store = memoryStore();
  const open = async (budget: NonNullable<LoomConfig["budget"]>) => {
    const models = { default: { model: "m", baseURL: server.url, maxOutputTokens: 100 } };
    const loom = await createLoom({ store, models, concurrency: 20, ...config, budget }, { env: {}, ...ports });
    onTestFinished(() => loom.close());
    return loom;
  };
  return { server, open };
}

const LIST = Array.from({ length: 20 }, (_, index) => index);
const once = { retry: { attempts: 1 } };
const plan = (step: object, more: object = {}) => ({
  goal: "think",
  steps: [{ id: "a", ...once, ...step }],
  answer: { value: "done" },
  ...more,
});
const twenty = (step: object) => plan({ forEach: JSON.stringify(LIST).replace(/(.*)/, "${{ $1 }}"), as: "n", ...step });

test.each([
  ["agent steps", { agent: "Think of n.", with: { n: "${{ n }}" } }],
  ["calls of a tool that asks a model itself", { tool: "summarize", with: { text: "${{ 'text ' + string(n) }}" } }],
])("of 20 %s at once a budget for 7 sends exactly 7 requests; a retry sends only the other 13", async (_what, step) => {
  const { server, open } = await stage();
  const loom = await open({ modelCalls: 7 });
  const run = await loom.start("", { plan: twenty(step), runId: "r" });
  const failed = await run.result();
  expect(failed).toMatchObject({ status: "failed", error: { code: "BUDGET_EXHAUSTED" } });
  expect(server.requests).toHaveLength(7);
  expect(failed.steps[0]?.items?.map(({ status }) => status).sort()).toEqual([
    ...Array<string>(7).fill("completed"),
    ...Array<string>(13).fill("failed"),
  ]);
  await run.replay({ strict: true });
  expect(await replayRecording(await run.recording())).toMatchObject({ status: "failed" });
  await loom.close();

  const again = await (await open({ modelCalls: 20 })).get("r");
  expect(await again.retry()).toEqual({ ok: true });
  expect(await again.result()).toMatchObject({ status: "completed", usage: { executor: { calls: 20 } } });
  expect(server.requests).toHaveLength(20);
  await again.replay({ strict: true });
});

test("a request that is sent once more in another form is one more call", async () => {
  const reply = () => ({
    json: { steps: [{ id: "a", tool: "calculate", with: { expression: "1 + 1" } }], answer: { value: "${{ a }}" } },
  });
  for (const [modelCalls, status] of [
    [1, "failed"],
    [2, "completed"],
  ] as const) {
    const { server, open } = await stage({ reply, refuse: ["json_schema"] });
    expect(await (await open({ modelCalls })).run("add")).toMatchObject({ status });
    expect(server.requests).toHaveLength(modelCalls);
  }
});

test("a request that the server fails at is a call; who tries it again stays within the budget", async () => {
  const { server, open } = await stage({ reply: () => ({ status: 500, text: "broken" }) });
  const step = { agent: "Think.", retry: { attempts: 10, delay: "1ms", backoff: 1 } };
  const run = await (await open({ modelCalls: 3 })).run("", { plan: plan(step) });
  expect(run).toMatchObject({ status: "failed", error: { code: "BUDGET_EXHAUSTED" } });
  expect(server.requests).toHaveLength(3);
});

test("tokens that a server does not report count as they were reserved", async () => {
  const { server, open } = await stage({ reply: () => ({ text: "thought", usage: "none" }) });
  const loom = await open({ tokens: 2_000 });
  const chain = {
    goal: "think",
    steps: LIST.map((n) => ({ id: `s${n}`, agent: "Think.", dependsOn: n === 0 ? [] : [`s${n - 1}`] })),
    answer: { value: "done" },
  };
  const run = await loom.run("", { plan: chain });
  expect(run).toMatchObject({
    status: "failed",
    error: { code: "BUDGET_EXHAUSTED" },
    usage: { executor: { inputTokens: null } },
  });
  // Each reserves 100 for its reply and some more for what it is told.
  expect(server.requests.length).toBeGreaterThan(2);
  expect(server.requests.length).toBeLessThan(20);
});

test("money is counted by the prices of the configuration", async () => {
  const reply = () => ({ text: "thought", usage: { prompt_tokens: 10, completion_tokens: 10 } });
  // A call costs 1 cent when it is done, and at most some 13 before: 100 of output, and what it is told.
  const prices = { m: { inputUsdPerMTok: 0, outputUsdPerMTok: 1_000 } };
  const { server, open } = await stage({ reply, config: { prices, concurrency: 1 } });
  const run = await (await open({ costUsd: 0.155 })).run("", { plan: twenty({ agent: "Think." }) });
  expect(run).toMatchObject({ status: "failed", error: { code: "BUDGET_EXHAUSTED" } });
  expect(run.error?.message).toMatch(
    /^the run may use 0\.155 US dollars, but one more model call could bring it to 0\.16$/,
  );
  expect(server.requests).toHaveLength(6);
});

test("money cannot be counted for a model without a price: nothing is started", async () => {
  const { server, open } = await stage();
  const loom = await open({ costUsd: 1 });
  const unpriced = { code: "BUDGET_UNPRICED", kind: "config" };
  await expect(loom.start("think")).rejects.toMatchObject(unpriced);
  const priced = await stage({ config: { prices: { m: { inputUsdPerMTok: 1, outputUsdPerMTok: 1 } } } });
  const other = await priced.open({ costUsd: 1 });
  await expect(other.start("", { plan: plan({ agent: "Think.", model: "n" }) })).rejects.toMatchObject(unpriced);
  expect(await other.run("", { plan: plan({ agent: "Think.", model: "m" }) })).toMatchObject({ status: "completed" });
  expect([server.requests.length, priced.server.requests.length]).toEqual([0, 1]);
});

test("a tool inside an agent step whose model call was refused by the budget is called again after a raise", async () => {
  const summarizes = { toolCalls: [{ name: "summarize", args: { text: "a long text" } }] };
  const { server, open } = await stage({
    reply: ({ messages }) => {
      if (messages.at(-1)?.role === "tool") return { text: "thought" };
      return messages[0]?.content?.startsWith("Summarize") === true ? { text: "short" } : summarizes;
    },
  });
  const first = await open({ modelCalls: 1 });
  const run = await first.start("", { plan: plan({ agent: "Think.", tools: ["summarize"] }), runId: "r" });
  expect(await run.result()).toMatchObject({ status: "failed", error: { code: "BUDGET_EXHAUSTED" } });
  await first.close();
  const again = await (await open({ modelCalls: 3 })).get("r");
  await again.retry();
  expect(await again.result()).toMatchObject({ status: "completed", usage: { executor: { calls: 3 } } });
  expect(server.requests).toHaveLength(3);
  const results = server.requests[2]?.body.messages.filter(({ role }) => role === "tool");
  expect(results).toMatchObject([{ content: expect.stringContaining("short") as string }]);
});

test("a tool of one's own asks before its model call; what it only reports counts afterwards", async () => {
  const usage = { calls: 1, inputTokens: 5, outputTokens: 5 };
  let sent = 0;
  const asking = tool({
    name: "asking",
    description: "Asks a model.",
    input: { type: "object", properties: {} },
    effects: "none",
    run: async (_args, { modelCall, spend }) => {
      spend(usage);
      return (await modelCall({ inputTokens: 10, outputTokens: 10 }, async () => ({ usage, sent: ++sent }))).sent;
    },
  });
  const { open } = await stage({ config: { tools: [asking] } });
  const run = await (await open({ modelCalls: 3 })).run("", { plan: twenty({ tool: "asking", maxParallel: 1 }) });
  expect(run).toMatchObject({ status: "failed", error: { code: "BUDGET_EXHAUSTED" } });
  expect(run.steps[0]?.items?.[1]?.error).toMatchObject({ code: "BUDGET_EXHAUSTED", retryable: false });
  expect(sent).toBe(1);
});

test("time that is up cuts the connection of a reply that does not come", async () => {
  const clock = fakeClock(1_000_000);
  const never = latch();
  const { server, open } = await stage({ reply: () => ({ wait: never.passed }), ports: { clock } });
  onTestFinished(() => never.open());
  const run = await (await open({ wallMs: 60_000 })).start("", { plan: plan({ agent: "Think." }) });
  await until("it is sent", () => server.requests.length === 1);
  await clock.advance(60_000);
  expect(await run.result()).toMatchObject({
    status: "failed",
    error: { code: "BUDGET_EXHAUSTED" },
    steps: [{ status: "cancelled" }],
  });
  expect(await server.requests[0]?.ended).toBe("cut");
  await run.replay({ strict: true });
  expect(await replayRecording(await run.recording())).toMatchObject({ status: "failed" });
});

test.each([
  [{ modelCalls: -1 }, /budget\.modelCalls is -1/],
  [{ tokens: 1.5 }, /budget\.tokens is 1\.5/],
  [{ costUsd: NaN }, /budget\.costUsd is NaN/],
  [{ wallMs: 0 }, /budget\.wallMs is 0/],
  [{ calls: 7 }, /Unknown setting budget\.calls/],
])("a budget of %o is refused", async (budget, message) => {
  const opened = createLoom({ store: "memory", budget: budget as object }, { env: {} });
  await expect(opened).rejects.toMatchObject({
    code: "CONFIG_INVALID",
    message: expect.stringMatching(message) as string,
  });
});
