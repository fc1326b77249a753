// Runs as spans of OpenTelemetry: what a backend would show. The SDK is real; its exporter keeps all in memory.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import * as api from "@opentelemetry/api";
import type { ReadableSpan } from "@opentelemetry/sdk-trace-base";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { createLoom } from "../../src/loom/create-loom.js";
import type { LoomConfig } from "../../src/loom/config.js";
import { memoryStore } from "../../src/store/memory.js";
import type { Model, ModelReply } from "../../src/model/port.js";
import { scriptedModel } from "../../src/testing/scripted-model.js";
import { tool } from "../../src/tools/tool.js";
import { PlanloomError } from "../../src/words/planloom-error.js";
import { manager, treeOf, watching, type Watching } from "./parts.js";

beforeAll(() => void api.context.setGlobalContextManager(manager));
afterAll(() => api.context.disable());

const look = tool({
  name: "look",
  description: "Looks something up.",
  input: z.object({ what: z.string(), key: z.string().optional() }),
  output: z.string(),
  effects: "none",
  run: ({ what, key = "" }) => `seen ${what} ${key}`,
});

const open = ({ telemetry }: Watching, config: LoomConfig) =>
  createLoom({ store: memoryStore(), guard: "off", telemetry, tools: [look], ...config }, { env: {} });

const plan = {
  steps: [
    { id: "a", tool: "look", with: { what: "one" } },
    { id: "b", agent: "Look again.", tools: ["look"], with: { first: "${{ a }}" } },
  ],
  answer: { from: ["b"], instructions: "One line." },
};
const asks = {
  steps: [
    { id: "q", ask: "Which one?" },
    { id: "a", tool: "look", with: { what: "${{ q }}" } },
  ],
};

/** A whole run in which every role is asked. */
async function whole(watch: Watching, config: LoomConfig = {}) {
  const planner = scriptedModel([{ json: plan }], { name: "strong" });
  const executor = scriptedModel([{ toolCalls: [{ name: "look", args: { what: "two" } }] }, "both seen"]);
  const synthesizer = scriptedModel(["Done."]);
  const loom = await open(watch, { models: { planner, executor, synthesizer }, ...config });
  const run = await loom.start("Look at it.");
  expect(await run.result()).toMatchObject({ status: "completed", answer: "Done." });
  await loom.close();
}

const traceIds = (spans: readonly ReadableSpan[]) => new Set(spans.map((span) => span.spanContext().traceId));
const idOf = (span: ReadableSpan | undefined) => span?.spanContext().spanId;
const linksOf = (span: ReadableSpan | undefined) =>
  span?.links.map(({ context, attributes }) => [attributes?.["planloom.link"], context.spanId]);

describe("spans", () => {
  it("of a run that plans, works and answers follow the GenAI conventions", async () => {
    const watch = watching();
    await whole(watch);
    expect(treeOf(watch.spans())).toEqual([
      "start run",
      "  invoke_workflow",
      "    plan",
      "      chat strong",
      "    step tool",
      "      attempt",
      "        execute_tool look",
      "    step agent",
      "      invoke_agent",
      "        chat scripted",
      "        execute_tool look",
      "        chat scripted",
      "    answer",
      "      chat scripted",
    ]);
    expect(traceIds(watch.spans()).size).toBe(1);
    const [chat] = watch.named("chat strong");
    expect(chat).toMatchObject({
      kind: api.SpanKind.CLIENT,
      attributes: {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "custom",
        "gen_ai.request.model": "strong",
        "gen_ai.response.finish_reasons": ["stop"],
        "gen_ai.usage.input_tokens": expect.any(Number) as number,
        "gen_ai.usage.output_tokens": expect.any(Number) as number,
      },
    });
    const [direct] = watch.named("execute_tool look");
    expect(direct?.attributes).toMatchObject({
      "gen_ai.operation.name": "execute_tool",
      "gen_ai.tool.name": "look",
      "gen_ai.tool.type": "function",
      "gen_ai.tool.call.id": expect.any(String) as string,
      "planloom.tool.effects": "none",
    });
    expect(watch.named("invoke_workflow")[0]?.attributes).toMatchObject({
      "gen_ai.operation.name": "invoke_workflow",
      "planloom.run.status": "completed",
    });
    expect(watch.named("step agent")[0]?.attributes).toMatchObject({ "planloom.step.id": "b" });
  });

  it("hold no contents, unless they are wanted; then without secrets", async () => {
    const texts = (watch: Watching) =>
      JSON.stringify(watch.spans().map(({ name, attributes, events, status }) => [name, attributes, events, status]));
    const without = watching();
    await whole(without);
    expect(texts(without)).not.toMatch(/seen|Look|two|One line|Done/);
    const content = watching({ content: true });
    const secrets = { KEY: "hunter2-hunter2" };
    const withKey = { ...plan.steps[0]!, with: { what: "one", key: { secret: "KEY" } } };
    const planner = scriptedModel([{ json: { ...plan, steps: [withKey, plan.steps[1]!] } }]);
    const executor = scriptedModel(["both seen"]);
    await whole(content, { secrets, models: { planner, executor, synthesizer: scriptedModel(["Done."]) } });
    const [call] = content.named("execute_tool look");
    expect(call?.attributes["gen_ai.tool.call.arguments"]).toMatch(/"what":"one"/);
    expect(call?.attributes["gen_ai.tool.call.result"]).toMatch(/seen one/);
    expect(texts(content)).toMatch(/gen_ai.input.messages/);
    expect(texts(content)).toMatch(/Look at it/);
    expect(texts(content)).not.toMatch(/hunter2/);
  });

  it("are children of the active span, and parents of what a tool does", async () => {
    const watch = watching();
    const inner = tool({
      name: "look",
      description: "Looks.",
      input: z.object({ what: z.string() }),
      output: z.string(),
      effects: "none",
      run: ({ what }) => watch.tracer.startActiveSpan("query", (span) => (span.end(), what)),
    });
    const loom = await open(watch, { tools: [inner] });
    await watch.tracer.startActiveSpan("request", async (span) => {
      await loom.run("Look.", { plan: { steps: [plan.steps[0]!], answer: { value: "ok" } } });
      span.end();
    });
    await loom.close();
    expect(treeOf(watch.spans()).map((line) => line.trim())).toEqual([
      ...["request", "start run", "invoke_workflow", "step tool", "attempt", "execute_tool look", "query"],
    ]);
  });

  it("are all ended while a person is waited for; another process goes on in the same trace", async () => {
    const [first, second, store] = [watching(), watching(), memoryStore()];
    const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    const loom = await open(first, { store });
    const run = await loom.start("Ask.", { plan: asks, traceparent });
    expect(await run.result()).toMatchObject({ status: "needs-attention" });
    expect(treeOf(first.spans())).toEqual(["start run", "  invoke_workflow"]);
    expect(first.named("invoke_workflow")[0]?.attributes).toMatchObject({ "planloom.run.waiting": "question" });
    await loom.close();
    const later = await open(second, { store });
    const again = await later.get(run.id);
    await again.respond("q", "this");
    expect(await again.result()).toMatchObject({ status: "completed" });
    await later.close();
    expect(traceIds([...first.spans(), ...second.spans()])).toEqual(new Set(["0af7651916cd43dd8448eb211c80319c"]));
    const [begun, resumed] = [first.named("start run")[0], second.named("invoke_workflow")[0]];
    expect(begun?.parentSpanContext?.spanId).toBe("b7ad6b7169203331");
    expect(resumed?.parentSpanContext?.spanId).toBe(idOf(begun));
    expect(resumed?.attributes).toMatchObject({ "planloom.drive.cause": "resume", "planloom.run.status": "completed" });
  });

  it("are all ended while a child run, a held call or a pause waits", async () => {
    const watch = watching();
    const pay = tool({
      name: "pay",
      description: "Pays.",
      input: z.object({}),
      output: z.string(),
      effects: "once",
      approval: "required",
      run: () => "paid",
    });
    const child = { steps: [{ id: "q", ask: "Which one?" }], answer: { value: "${{ q }}" } };
    const planner = scriptedModel([{ json: child }]);
    const executor = scriptedModel([{ toolCalls: [{ name: "pay" }] }, "paid"]);
    const loom = await open(watch, { tools: [pay, look], models: { planner, executor } });
    const above = await loom.start("Look.", {
      plan: { steps: [{ id: "sub", plan: "Ask.", output: "string" }], answer: { value: "${{ sub }}" } },
    });
    expect(await above.result()).toMatchObject({ status: "needs-attention" });
    expect(watch.open()).toEqual([]);
    await (await loom.get(`${above.id}.sub`)).respond("q", "this");
    expect(await above.result()).toMatchObject({ status: "completed", answer: "this" });
    const held = await loom.start("Pay.", {
      plan: { steps: [{ id: "p", agent: "Pay.", tools: ["pay"] }], answer: { value: "${{ p }}" } },
    });
    const { waiting } = await held.result();
    expect(watch.open()).toEqual([]);
    await held.approve(waiting?.approvals[0]?.hash ?? "");
    expect(await held.result()).toMatchObject({ status: "completed" });
    expect(watch.open()).toEqual([]);
    await loom.close();
    const [before, after] = watch.named("invoke_agent");
    expect(before?.attributes).toMatchObject({ "planloom.outcome": "held" });
    expect(linksOf(after)).toEqual([["retry", idOf(before)]]);
    expect(watch.named("execute_tool pay")).toHaveLength(1);
  });

  it("continue the trace after a kill: the finished ones were sent, and the log has the trace", async () => {
    const folder = mkdtempSync(path.join(tmpdir(), "planloom-killed-"));
    const store = path.join(folder, "runs.db");
    const traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    const child = fileURLToPath(new URL("killed.mjs", import.meta.url));
    const { signal } = spawnSync(process.execPath, [child, store, "killed", traceparent], { stdio: "inherit" });
    expect(signal).toBe("SIGKILL");
    const watch = watching();
    const slow = tool({
      name: "slow",
      description: "Is slow.",
      input: z.object({}),
      effects: "none",
      run: () => "now",
    });
    const loom = await open(watch, { store, tools: [slow] });
    const run = await loom.get("killed");
    await run.resume();
    expect(await run.result()).toMatchObject({ status: "completed" });
    await loom.close();
    rmSync(folder, { recursive: true });
    expect(traceIds(watch.spans())).toEqual(new Set(["4bf92f3577b34da6a3ce929d0e0e4736"]));
    expect(treeOf(watch.spans())).toEqual([
      ...["invoke_workflow", "  step tool", "    attempt", "      execute_tool slow"],
    ]);
    expect(watch.named("invoke_workflow")[0]?.attributes["planloom.resume.reason"]).toMatch(/^[A-Z_]+$/);
  });

  it("link an attempt to the one before, a retried run to its last part, and a fork to its parent", async () => {
    const watch = watching();
    let calls = 0;
    const flaky = tool({
      name: "look",
      description: "Fails twice.",
      input: z.object({ what: z.string() }),
      effects: "none",
      run: () => {
        if (++calls < 3) throw new Error("private words");
        return "seen";
      },
    });
    const loom = await open(watch, { tools: [flaky] });
    const step = { ...plan.steps[0]!, retry: { attempts: 2, delay: "1ms" } };
    const run = await loom.start("Look.", { plan: { steps: [step], answer: { value: "${{ a }}" } } });
    expect(await run.result()).toMatchObject({ status: "failed" });
    await run.retry();
    expect(await run.result()).toMatchObject({ status: "completed" });
    const fork = await run.fork({ at: "a" });
    expect(await fork.result()).toMatchObject({ status: "completed" });
    await loom.close();
    const [one, two] = watch.named("attempt");
    expect(one).toMatchObject({
      status: { code: api.SpanStatusCode.ERROR },
      attributes: { "error.type": "TOOL_THREW" },
    });
    expect(linksOf(two)).toEqual([["retry", idOf(one)]]);
    const [failed, retried] = watch.named("invoke_workflow");
    expect(failed?.attributes).toMatchObject({ "planloom.run.status": "failed", "error.type": "TOOL_THREW" });
    expect(retried?.attributes).toMatchObject({ "planloom.drive.cause": "retry" });
    expect(linksOf(retried)).toEqual([["retry", idOf(failed)]]);
    const [begun, forked] = watch.named("start run");
    expect(linksOf(forked)).toEqual([["fork", idOf(begun)]]);
    expect(traceIds([begun!, forked!]).size).toBe(2);
    expect(
      JSON.stringify(watch.spans().map(({ attributes, events, status }) => [attributes, events, status])),
    ).not.toMatch(/private words/);
  });

  it("of a fan-out have one attempt for each item; those of a child run lie under its step", async () => {
    const watch = watching();
    const each = { id: "all", forEach: "${{ [1, 2] }}", tool: "look", with: { what: "${{ string(item) }}" } };
    const child = { steps: [each], answer: { value: "${{ size(all) }}" } };
    const loom = await open(watch, { models: { planner: scriptedModel([{ json: child }]) } });
    const above = { steps: [{ id: "sub", plan: "Look at all.", output: "number" }], answer: { value: "${{ sub }}" } };
    expect(await loom.run("Look.", { plan: above })).toMatchObject({ status: "completed", answer: 2 });
    await loom.close();
    expect(treeOf(watch.spans())).toEqual([
      "start run",
      "  invoke_workflow",
      "    step plan",
      "      attempt",
      "        invoke_workflow",
      "          plan",
      "            chat scripted",
      "          step tool",
      ...Array.from({ length: 2 }, () => ["            attempt", "              execute_tool look"]).flat(),
    ]);
    const items = watch.named("attempt").map(({ attributes }) => attributes["planloom.step.item"]);
    expect(items.filter((item) => item !== undefined).sort()).toEqual([0, 1]);
  });

  it("of a cancelled run end, each with what happened", async () => {
    const watch = watching();
    const slow = tool({
      name: "look",
      description: "Waits.",
      input: z.object({ what: z.string() }),
      effects: "none",
      run: (_, { signal }) =>
        new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(new Error("stopped")))),
    });
    const loom = await open(watch, { tools: [slow] });
    const run = await loom.start("Look.", { plan: { steps: [plan.steps[0]!] } });
    await run.cancel();
    expect(await run.result()).toMatchObject({ status: "cancelled" });
    await loom.close();
    expect(treeOf(watch.spans()).map((line) => line.trim())).toEqual([
      ...["start run", "invoke_workflow", "step tool", "attempt", "execute_tool look"],
    ]);
    expect(watch.named("execute_tool look")[0]?.attributes).toMatchObject({ "error.type": "ABORTED" });
    expect(watch.named("invoke_workflow")[0]?.attributes).toMatchObject({ "planloom.run.status": "cancelled" });
  });
});

describe("a backend that throws", () => {
  it("costs its spans, and never a run", async () => {
    const broken: object = new Proxy(() => undefined, {
      has: () => true,
      get: (_, name) => (name === "ROOT_CONTEXT" ? api.ROOT_CONTEXT : broken),
      apply: () => {
        throw new Error("broken backend");
      },
    });
    const told: unknown[] = [];
    const logger = {
      debug: () => undefined,
      info: () => undefined,
      warn: told.push.bind(told),
      error: () => undefined,
    };
    await whole({ ...watching(), telemetry: { api: broken as typeof api } }, { logger });
    expect(told[0]).toEqual({ code: "TELEMETRY_FAILED" });
    const spans = watching();
    const tracer = { startSpan: () => broken } as unknown as api.Tracer;
    await whole(
      { ...spans, telemetry: { ...spans.telemetry, tracerProvider: { getTracer: () => tracer } } },
      { logger },
    );
  });
});

describe("what is watched", () => {
  it("may be frozen, shared, or an object of a class", async () => {
    const watch = watching();
    class Own implements Model {
      readonly #text = "both seen";
      get name() {
        return "own";
      }
      async call(): Promise<ModelReply> {
        const usage = { calls: 1, inputTokens: 1, outputTokens: 1 };
        return Promise.resolve({ text: this.#text, toolCalls: [], usage, finish: "stop" });
      }
    }
    const store = Object.freeze(memoryStore());
    const loom = await open(watch, { store, models: { executor: Object.freeze(new Own()) } });
    const document = await loom.run("Look.", { plan: { steps: plan.steps, answer: { value: "${{ b }}" } } });
    expect(document).toMatchObject({ status: "completed", answer: "both seen" });
    await loom.close();
    expect(watch.named("chat own")).toHaveLength(1);
  });
});

describe("metrics", () => {
  it("count runs, attempts, tokens and money, and time steps, calls and the store", async () => {
    const watch = watching();
    const prices = { strong: { inputUsdPerMTok: 1_000_000, outputUsdPerMTok: 0 } };
    await whole(watch, { prices });
    const failing = await open(watch, {
      models: {
        planner: scriptedModel([{ error: new PlanloomError("PROVIDER_UNAUTHORIZED", { model: "m" }) }]),
      },
    });
    await failing.run("Fail.");
    const [run] = [await failing.start("Ask.", { plan: asks })];
    await run.result();
    const found = await watch.metrics();
    const of = (name: string) => found.get(name)?.map(({ attributes, value }) => [attributes, value]);
    expect(of("planloom.run.started")).toEqual([[{}, 3]]);
    expect(of("planloom.run.ended")).toMatchObject([
      [{ "planloom.run.status": "completed" }, 1],
      [{ "planloom.run.status": "failed", "error.type": "PROVIDER_UNAUTHORIZED" }, 1],
    ]);
    expect(of("planloom.run.active")).toEqual([[{ "planloom.run.status": "needs-attention" }, 1]]);
    expect(of("planloom.queue.depth")).toContainEqual([{ "planloom.queue.state": "running" }, expect.any(Number)]);
    const input = { "gen_ai.operation.name": "chat", "gen_ai.request.model": "strong", "gen_ai.token.type": "input" };
    const tokens = of("gen_ai.client.token.usage")?.find(([seen]) => matches(seen, input))?.[1] as { sum: number };
    expect(of("planloom.cost")).toEqual([[{ "gen_ai.request.model": "strong" }, tokens.sum]]);
    expect(of("gen_ai.execute_tool.duration")).toMatchObject([[{ "gen_ai.tool.name": "look" }, { count: 2 }]]);
    expect(of("planloom.store.duration")).toContainEqual([
      { "planloom.store.operation": "append" },
      expect.objectContaining({ count: expect.any(Number) as number }),
    ]);
    for (const name of ["planloom.step.duration", "planloom.attempts", "gen_ai.client.operation.duration"])
      expect(of(name), name).toBeDefined();
    expect(of("gen_ai.workflow.duration")).toHaveLength(2);
    await failing.close();
  });
});

const matches = (seen: unknown, wanted: object) =>
  Object.entries(wanted).every(([name, value]) => (seen as Record<string, unknown>)[name] === value);
