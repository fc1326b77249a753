// The context of a run: what a program gives to its tools. It reaches every tool call, also after a restart, and
// nothing that a model reads.
import { describe, expect, expectTypeOf, it, test } from "vitest";
import { z } from "zod";
import { createLoom } from "../../src/loom/create-loom.js";
import type { LoomConfig } from "../../src/loom/config.js";
import { memoryStore } from "../../src/store/memory.js";
import { latch } from "../../src/testing/conformance/parts.js";
import { scriptedModel } from "../../src/testing/scripted-model.js";
import { tool, type ToolContext } from "../../src/tools/tool.js";
import { eventsIn, sound } from "./parts.js";

interface App {
  readonly tenant: string;
  readonly db?: { query(): string };
}

const db = { query: () => "rows of acme" };

/** A tool that notes the contexts of its calls. */
function seeing() {
  const seen: unknown[] = [];
  const look = tool({
    name: "look",
    description: "Looks.",
    input: z.object({}),
    effects: "none",
    run(args, { context }: ToolContext<App>) {
      expectTypeOf(args).toEqualTypeOf<Record<string, never>>();
      expectTypeOf(context).toEqualTypeOf<App>();
      seen.push(context);
      return context?.db?.query() ?? "nothing";
    },
  });
  return { seen, look };
}

const PLAN = { steps: [{ id: "a", tool: "look", with: {} }], answer: { value: "${{ a }}" } };
const ASKED = {
  steps: [
    { id: "q", ask: "Go on?" },
    { id: "a", tool: "look", with: {}, dependsOn: ["q"] },
  ],
  answer: { value: "${{ a }}" },
};

const open = (config: LoomConfig<App>) => createLoom<App>(config, { env: {} });

describe("the context of a run", () => {
  it("is given to a tool as it was given to start, and its fields are stored", async () => {
    const { seen, look } = seeing();
    const loom = await open({ tools: [look], store: memoryStore() });
    const context = { tenant: "acme" };
    const run = await loom.start("Look.", { plan: PLAN, context });
    expect(await run.result()).toMatchObject({ status: "completed" });
    expect(seen).toEqual([context]);
    const [started] = await eventsIn(run);
    expect(started).toMatchObject({ type: "run.started", data: { context: { stored: context } } });
    await sound(run);
    await loom.close();
  });

  it("changes no hash of the plan", async () => {
    const { look } = seeing();
    const loom = await open({ tools: [look], store: memoryStore() });
    const hashes = [];
    for (const context of [{ tenant: "acme" }, { tenant: "other" }]) {
      const { plan } = await loom.run("Look.", { plan: PLAN, context });
      hashes.push(plan?.hash);
    }
    expect(new Set(hashes).size).toBe(1);
    await loom.close();
  });

  it("reaches the calls of an agent step, and no text that a model reads", async () => {
    const { seen, look } = seeing();
    const model = scriptedModel([
      { json: { steps: [{ id: "a", title: "Look", agent: "Look.", tools: ["look"] }] } },
      { toolCalls: [{ name: "look" }] },
      "It looked.",
      "The answer.",
    ]);
    const models = { planner: model, executor: model, synthesizer: model };
    const loom = await createLoom({ tools: [look], store: memoryStore(), models }, { env: {} });
    const run = await loom.start("Look.", { context: { tenant: "acme-private" } });
    expect(await run.result()).toMatchObject({ status: "completed" });
    expect(seen).toEqual([{ tenant: "acme-private" }]);
    expect(model.requests).toHaveLength(4);
    expect(JSON.stringify(model.requests)).not.toContain("acme-private");
    await loom.close();
  });

  it("is made again from its stored part by another process", async () => {
    const store = memoryStore();
    const { seen, look } = seeing();
    const asked: unknown[] = [];
    const storedContext = ["tenant"] as const;
    const first = await open({ tools: [look], store, storedContext });
    const { id } = await first.start("Look.", { plan: ASKED, context: { tenant: "acme", db } });
    await (await first.get(id)).result();
    await first.close();
    const resolveContext = (runId: string, stored: object) => {
      asked.push([runId, stored]);
      return { tenant: "acme", db };
    };
    const second = await open({ tools: [look], store, storedContext, resolveContext });
    const run = await second.get(id);
    await run.respond("q", "yes");
    expect(await run.result()).toMatchObject({ status: "completed", answer: "rows of acme" });
    expect(asked).toEqual([[id, { tenant: "acme" }]]);
    expect(seen).toHaveLength(1);
    await second.close();
  });

  it("that cannot be made here leaves the run to another process, and nothing is recorded", async () => {
    const store = memoryStore();
    const { look } = seeing();
    const first = await open({ tools: [look], store, storedContext: ["tenant"] });
    const { id } = await first.start("Look.", { plan: ASKED, context: { tenant: "acme", db } });
    await (await first.get(id)).result();
    await first.close();
    const before = await store.read(id);
    const second = await open({ tools: [look], store });
    const run = await second.get(id);
    await expect(run.resume()).rejects.toMatchObject({
      code: "CONTEXT_NEEDED",
      message: expect.stringContaining("`resolveContext` is missing: db of its context") as string,
    });
    await expect(run.respond("q", "yes")).rejects.toMatchObject({ code: "CONTEXT_NEEDED" });
    expect(await store.read(id)).toEqual(before);
    expect(await store.take(id, 0)).toEqual([]);
    await second.close();
  });

  it("whose look-up fails leaves the run as it is", async () => {
    const store = memoryStore();
    const { look } = seeing();
    let isDown = true;
    const resolveContext = () => {
      if (isDown) throw new Error("the directory is down");
      return { tenant: "acme", db };
    };
    const loom = await open({ tools: [look], store, resolveContext });
    const run = await loom.start("Look.", { plan: PLAN, stored: { tenant: "acme" } });
    await expect(run.result()).rejects.toMatchObject({ code: "CONTEXT_FAILED" });
    isDown = false;
    await run.resume();
    expect(await run.result()).toMatchObject({ status: "completed", answer: "rows of acme" });
    await loom.close();
  });

  it("that cannot be made here does not keep the run from being cancelled", async () => {
    const store = memoryStore();
    const { look } = seeing();
    const first = await open({ tools: [look], store, storedContext: ["tenant"] });
    const { id } = await first.start("Look.", { plan: ASKED, context: { tenant: "acme", db } });
    await (await first.get(id)).result();
    await first.close();
    const second = await open({ tools: [look], store });
    const run = await second.get(id);
    expect(await run.cancel("No more.")).toEqual({ ok: true });
    expect(await run.result()).toMatchObject({ status: "cancelled" });
    await second.close();
  });

  it("whose look-up never ends does not keep the run from being cancelled, and its tool is not called", async () => {
    const { seen, look } = seeing();
    const asked = latch<void>();
    const resolveContext = () => {
      asked.open();
      return new Promise<App>(() => undefined);
    };
    const post = tool({
      name: "post",
      description: "Posts.",
      input: z.object({}),
      effects: "once",
      run: (_args, { context }) => void seen.push(context),
    });
    const plan = { steps: [{ id: "a", tool: "post", with: {} }], answer: { value: "${{ a }}" } };
    const loom = await open({ tools: [look, post], store: memoryStore(), resolveContext, approval: "never" });
    const run = await loom.start("Post.", { plan, stored: { tenant: "acme" } });
    await asked.passed;
    expect(await run.cancel("No more.")).toEqual({ ok: true });
    expect(await run.result()).toMatchObject({ status: "cancelled" });
    expect(seen).toEqual([]);
    await run.replay({ strict: true });
    await loom.close();
  });

  it("goes to a fork, which can have another one", async () => {
    const { seen, look } = seeing();
    const loom = await open({ tools: [look], store: memoryStore() });
    const run = await loom.start("Look.", { plan: PLAN, context: { tenant: "acme" } });
    await run.result();
    await (await run.fork({ at: "a" })).result();
    await (await run.fork({ at: "a", context: { tenant: "other" } })).result();
    expect(seen).toEqual([{ tenant: "acme" }, { tenant: "acme" }, { tenant: "other" }]);
    await loom.close();
  });
});

describe("functions of the context", () => {
  it("that decide about a given plan get its context by the id that its start names", async () => {
    const { look } = seeing();
    const ids: string[] = [];
    const resolveContext = (runId: string) => (ids.push(runId), { tenant: "acme", db });
    const approval = (_plan: unknown, _estimate: unknown, { context }: { readonly context: App }) =>
      context.tenant !== "acme";
    const loom = await open({ tools: [look], store: memoryStore(), resolveContext, approval });
    const started = { plan: PLAN, stored: { tenant: "acme" }, runId: "mine" };
    expect(await loom.run("Look.", started)).toMatchObject({ status: "completed" });
    expect(ids).toEqual(["mine", "mine"]);
    await loom.close();
  });

  it("choose the model of a role, for each run and again after a restart", async () => {
    const { look } = seeing();
    const plan = { json: { steps: [{ id: "a", title: "Look", agent: "Look.", tools: ["look"] }] } };
    const models = {
      acme: scriptedModel([plan, "It is acme.", "Acme."], { name: "model of acme" }),
      other: scriptedModel([plan, "It is other.", "Other."], { name: "model of other" }),
    };
    const choose = ({ context }: { readonly context: App }) => models[context.tenant as keyof typeof models];
    const loom = await open({
      tools: [look],
      store: memoryStore(),
      models: { default: choose, planner: { choose } },
    });
    const done = await Promise.all(
      (["acme", "other"] as const).map((tenant) => loom.run("Look.", { context: { tenant } })),
    );
    expect(done.map(({ answer }) => answer)).toEqual(["Acme.", "Other."]);
    for (const model of Object.values(models)) expect(model.requests).toHaveLength(3);
    await loom.close();
  });

  it("that fail leave the run as it is, and name the role", async () => {
    const executor = () => Promise.reject(new Error("no key for acme"));
    const loom = await createLoom({ store: memoryStore(), models: { executor } }, { env: {} });
    const run = await loom.start("Look.", { plan: { steps: [{ id: "a", title: "Look", agent: "Look." }] } });
    await expect(run.result()).rejects.toMatchObject({ code: "MODEL_FUNCTION_FAILED", params: { role: "executor" } });
    expect((await run.document()).status).toBe("running");
    await loom.close();
  });

  it("decide whether a plan waits for a person", async () => {
    const { look } = seeing();
    const asked: unknown[] = [];
    const loom = await open({
      tools: [look],
      store: memoryStore(),
      approval: (_plan, _estimate, { context }) => (asked.push(context), context.tenant !== "trusted"),
    });
    expect(await loom.run("Look.", { plan: PLAN, context: { tenant: "trusted" } })).toMatchObject({
      status: "completed",
    });
    const run = await loom.start("Look.", { plan: PLAN, context: { tenant: "acme" } });
    expect(await run.result()).toMatchObject({ status: "awaiting-approval" });
    expect(asked).toEqual([{ tenant: "trusted" }, { tenant: "acme" }]);
    await run.replay({ strict: true });
    await loom.close();
  });
});

test.each<[string, LoomConfig, object]>([
  ["CONTEXT_NOT_JSON", {}, { context: { tenant: "acme", db } }],
  ["CONTEXT_NOT_JSON", {}, { context: "acme" }],
  ["CONTEXT_HOLDS_SECRET", { secrets: { CRM: "s3cret-of-the-crm" } }, { context: { a: { b: "x s3cret-of-the-crm" } } }],
  [
    "CONTEXT_HOLDS_SECRET",
    { models: { default: { model: "m", baseURL: "http://localhost:1/v1", apiKey: "sk-1234567890abc" } } },
    { context: { key: "sk-1234567890abc" } },
  ],
  ["CONTEXT_UNCLEAR", {}, { stored: {} }],
  ["CONTEXT_UNCLEAR", { resolveContext: () => ({}) }, { stored: {}, context: {} }],
])("a start is refused with %s", async (code, config, options) => {
  const store = memoryStore();
  const { look } = seeing();
  const loom = await createLoom<unknown>({ ...config, tools: [look as never], store }, { env: {} });
  await expect(loom.start("Look.", { plan: PLAN, ...options })).rejects.toMatchObject({ code });
  expect((await loom.list()).runs).toEqual([]);
  await loom.close();
});

describe("a context that cannot be looked up", () => {
  /** A run that waits for an answer, in another process with this function. */
  async function left(resolveContext: NonNullable<LoomConfig<App>["resolveContext"]>, more: LoomConfig<App> = {}) {
    const { seen, look } = seeing();
    const store = memoryStore();
    const first = await open({ tools: [look], store });
    const { id } = await first.start("Look.", { plan: ASKED, context: { tenant: "acme" } });
    await first.engine.stopped(id);
    await first.close();
    const loom = await open({ tools: [look], store, resolveContext, ...more });
    return { seen, loom, run: await loom.get(id) };
  }

  it("does not keep a run from being cancelled, and calls no tool", async () => {
    const { seen, loom, run } = await left(() => new Promise(() => undefined));
    await run.respond("q", "Yes");
    await run.cancel("It takes too long");
    expect(await run.result({ untilEnd: true })).toMatchObject({ status: "cancelled" });
    expect(seen).toEqual([]);
    await sound(run);
    await loom.close();
  });

  it("tells no secret in its error", async () => {
    const fail = () => Promise.reject(new Error("no connection to db://u:secret-of-db@host"));
    const { loom, run } = await left(fail, { secrets: { db: "secret-of-db" } });
    await run.respond("q", "Yes");
    const message = expect.stringContaining("db://u:[secret db]@host") as string;
    await expect(run.result()).rejects.toMatchObject({ code: "CONTEXT_FAILED", message });
    await loom.close();
  });
});

it("counts what a class or a symbol gives to a context as not stored", async () => {
  class Session {
    tenant = "acme";
    db = undefined as never;
    orders(): string {
      return this.tenant;
    }
  }
  const { look } = seeing();
  const loom = await open({ tools: [look], store: memoryStore(), storedContext: ["tenant"] });
  for (const [context, lookedUp] of [
    [new Session(), ["db", "orders"]],
    [{ tenant: "acme", [Symbol("db")]: 1 }, ["Symbol(db)"]],
  ] as const) {
    const run = await loom.start("Look.", { plan: PLAN, context });
    expect((await eventsIn(run))[0]).toMatchObject({ data: { context: { stored: { tenant: "acme" }, lookedUp } } });
    await run.result();
  }
  const unreadable = {
    get tenant(): string {
      throw new Error("closed");
    },
  };
  await expect(loom.start("Look.", { plan: PLAN, context: unreadable })).rejects.toMatchObject({
    code: "CONTEXT_NOT_JSON",
  });
  await loom.close();
});
