// What a run may use up, whatever runs side by side, crashes or hangs; and that a cancel ends it in time. In: a stage. Out: tests.
// Separate because limits are a promise of their own: each story counts what was really sent.
import { describe, expect, test } from "vitest";
import type { Engine } from "../../src/engine/engine.js";
import { LIMITS } from "../../src/limits.js";
import type { ModelRequest } from "../../src/model/port.js";
import type { Budget } from "../../src/run/settings.js";
import { scriptedModel } from "../../src/testing/scripted-model.js";
import { call, eventsOf, inTime, latch, ONCE_TRIED, toolNamed, turns, until } from "./parts.js";
import type { OpenScene, Scene } from "./scene.js";

const NO_BUDGET: Budget = { modelCalls: null, tokens: null, costUsd: null, wallMs: null };
const CONCURRENCY = 20;
const held = (budget: Partial<Budget>) => ({ concurrency: CONCURRENCY, budget: { ...NO_BUDGET, ...budget } });

const agents = (count: number, more: object = {}) => ({
  steps: Array.from({ length: count }, (_, index) => ({ id: `a${index}`, agent: "Think.", ...ONCE_TRIED, ...more })),
  answer: { value: "done" },
});

const deaf = (): Promise<never> => new Promise(() => undefined);
const stays = { name: "deaf", timeoutMs: 60 * 60_000, call: deaf };

/** Has the run go on with another budget. */
async function retry(s: Scene, engine: Engine, runId: string, budget: Partial<Budget>) {
  const { settings, models } = await engine.load(runId);
  const command = { type: "retry", models, settings: { ...settings, ...held(budget) } } as const;
  expect(await engine.send(runId, command, { by: "ann" })).toStrictEqual({ ok: true });
  return s.ended(engine, runId);
}

async function cancel(engine: Engine, runId: string): Promise<void> {
  expect(await engine.send(runId, { type: "cancel", reason: "enough" }, { by: "ann" })).toStrictEqual({ ok: true });
}

export function budgetsConformance(name: string, scene: OpenScene): void {
  describe(`${name}: a budget`, () => {
    test("for 7 model calls sends 7 of 20 that are made at once; a retry sends the other 13", async () => {
      const executor = scriptedModel(() => "thought");
      const s = await scene({ executor });
      const engine = await s.engine();
      const run = await s.play(engine, { plan: agents(20), settings: held({ modelCalls: 7 }) });
      expect(executor.requests).toHaveLength(7);
      expect(run.error?.code).toBe("BUDGET_EXHAUSTED");
      expect([run.counts.completed, run.counts.failed]).toStrictEqual([7, 13]);
      expect(eventsOf(await s.log(run.id), "budget.reserved")).toHaveLength(7);

      const again = await retry(s, engine, run.id, { modelCalls: 20 });
      expect(again.answer).toBe("done");
      expect(executor.requests).toHaveLength(20);
      expect(again.used.modelCalls).toBe(20);
    });

    test("is asked by planner, filling, reviewer, executor and synthesizer alike", async () => {
      const plan = {
        steps: [
          { id: "a", tool: "look", fill: "Choose n." },
          { id: "b", agent: "Think.", dependsOn: ["a"] },
        ],
        answer: { from: ["b"] },
      };
      const roles = () => ({
        planner: scriptedModel([{ json: plan }, { json: { verdict: "go on", reason: "it fits" } }], {
          name: "planner",
        }),
        executor: scriptedModel((_, index) => (index === 0 ? '{"n":1}' : "thought"), { name: "executor" }),
        synthesizer: scriptedModel(() => "written", { name: "synthesizer" }),
      });
      for (const [modelCalls, status] of [
        [5, "completed"],
        [4, "failed"],
        [3, "failed"],
        [2, "failed"],
        [1, "failed"],
        [0, "failed"],
      ] as const) {
        const models = roles();
        const s = await scene({ tools: [toolNamed("look", "none")], ...models });
        const run = await s.play(await s.engine(), {
          goal: "think",
          settings: { ...held({ modelCalls }), replan: "each-step" },
        });
        const sent = Object.values(models).reduce((sum, { requests }) => sum + requests.length, 0);
        expect([run.ended, sent]).toStrictEqual([status, modelCalls]);
        const asked = eventsOf(await s.log(run.id), "budget.reserved").map(({ data }) => data.model);
        expect(asked).toStrictEqual(["planner", "executor", "planner", "executor", "synthesizer"].slice(0, modelCalls));
      }
    });

    test("of tokens is never passed, and nobody waits for ever, however many wait for each other", async () => {
      const ends: string[] = [];
      for (const tokens of [1_200, 2_000, 4_000, 6_000, 9_000, 20_000]) {
        const look = toolNamed("look", "none", (args) => `seen ${JSON.stringify(args)}`);
        const script = scriptedModel(({ messages: { length: n } }) =>
          n < 5 ? { toolCalls: [{ name: "look", args: { n } }] } : "thought",
        );
        const s = await scene({ executor: { ...script, maxOutputTokens: 200 }, tools: [look] });
        const plan = agents(6, { tools: ["look"] });
        const run = await s.play(await s.engine(), { plan, settings: held({ tokens }) });
        const { calls, inputTokens, outputTokens } = run.usage.executor;
        expect(inputTokens! + outputTokens!).toBeLessThanOrEqual(tokens);
        expect(run.used).toMatchObject({ modelCalls: calls, tokens: inputTokens! + outputTokens! });
        ends.push(run.error?.code ?? run.ended!);
      }
      expect([...new Set(ends)]).toStrictEqual(["BUDGET_EXHAUSTED", "completed"]);
    });

    test("lets a call wait for what others give back, then sends it", async () => {
      const gate = latch();
      const executor = {
        ...scriptedModel((_, index) => ({ text: "thought", ...(index === 0 ? { wait: gate.passed } : {}) })),
        maxOutputTokens: 4_000,
      };
      const s = await scene({ executor });
      const engine = await s.engine();
      const runId = await s.start(engine, { plan: agents(2), settings: held({ tokens: 6_500 }) });
      await until("the first is sent", () => executor.requests.length === 1);
      await turns();
      expect(executor.requests).toHaveLength(1);
      gate.open();
      expect((await s.ended(engine, runId)).answer).toBe("done");
      expect(executor.requests).toHaveLength(2);
    });

    test("counts a call that was cut off by the end of its process, and is not counted anew", async () => {
      const sent: string[] = [];
      const hung = { name: "scripted", call: () => (sent.push("hung"), deaf()) };
      const s = await scene({ executor: hung });
      const first = await s.engine();
      const runId = await s.start(first, { plan: agents(1), settings: held({ modelCalls: 2 }) });
      for (const _ of [1, 2]) {
        const engine = sent.length === 0 ? first : await s.engine();
        if (engine !== first) await engine.drive(runId, "resumed");
        const before = sent.length;
        await until("it is asked", () => sent.length === before + 1 || before > 1);
        await engine.close();
      }
      const last = await s.engine();
      await last.drive(runId, "resumed");
      const run = await s.ended(last, runId);
      expect([run.error?.code, sent.length]).toStrictEqual(["BUDGET_EXHAUSTED", 2]);
    });

    test("reserves no turn that the journal holds, neither after a crash nor in a retry", async () => {
      const gate = latch();
      const look = toolNamed("look", "none", (args) => `seen ${JSON.stringify(args)}`);
      const executor = scriptedModel(
        (_, index) =>
          [
            { toolCalls: [{ name: "look", args: { n: 1 } }] },
            { wait: gate.passed, text: "never heard" },
            { toolCalls: [{ name: "look", args: { n: 2 } }] },
            "thought",
          ][index]!,
      );
      const s = await scene({ executor, tools: [look] });
      const first = await s.engine();
      const plan = agents(1, { tools: ["look"] });
      const runId = await s.start(first, { plan, settings: held({ modelCalls: 3 }) });
      await until("the second turn is asked", () => executor.requests.length === 2);
      await first.close();
      const second = await s.engine();
      await second.drive(runId, "resumed");
      expect((await s.ended(second, runId)).error?.code).toBe("BUDGET_EXHAUSTED");
      expect(executor.requests).toHaveLength(3);

      const run = await retry(s, second, runId, { modelCalls: 4 });
      expect([run.answer, executor.requests.length, look.calls.length]).toStrictEqual(["done", 4, 2]);
      // Three replies were told; what was cut off was paid, too.
      expect([run.usage.executor.calls, run.used.modelCalls]).toStrictEqual([3, 4]);
    });

    test("writes nothing into the log where there is none", async () => {
      const s = await scene({ executor: scriptedModel(() => "thought") });
      const run = await s.play(await s.engine(), { plan: agents(3), settings: held({}) });
      expect((await s.log(run.id)).filter(({ type }) => type.startsWith("budget."))).toStrictEqual([]);
    });

    test("in dollars does not pay for a model whose price nobody knows", async () => {
      const executor = scriptedModel(() => "thought");
      const s = await scene({ executor });
      const run = await s.play(await s.engine(), { plan: agents(1), settings: held({ costUsd: 5 }) });
      expect([run.error?.code, executor.requests.length]).toStrictEqual(["BUDGET_UNPRICED", 0]);
    });
  });

  describe(`${name}: a run whose time is up`, () => {
    test("stops its calls by their signals, leaves what may have acted in doubt, and fails", async () => {
      const reasons: string[] = [];
      const heeds = (_: unknown, { signal }: { readonly signal: AbortSignal }) =>
        new Promise<never>((_resolve, reject) => {
          signal.addEventListener("abort", () => {
            reasons.push((signal.reason as Error).message);
            reject(signal.reason as Error);
          });
        });
      const executor = { name: "scripted", call: ({ signal }: ModelRequest) => heeds(undefined, { signal }) };
      const [look, pay] = [toolNamed("look", "none", heeds), toolNamed("pay", "once", heeds)];
      const s = await scene({ executor, tools: [look, pay] });
      const engine = await s.engine();
      const plan = { steps: [...agents(1).steps, call("look", "look"), call("pay", "pay")], answer: { value: "done" } };
      const runId = await s.start(engine, { plan, settings: held({ wallMs: 5_000 }) });
      await until("both are called", () => look.open() + pay.open() === 2);
      await s.clock.advance(4_999);
      expect(reasons).toStrictEqual([]);
      await s.clock.advance(1);
      const run = await s.ended(engine, runId);
      expect([run.ended, run.error?.code]).toStrictEqual(["failed", "BUDGET_EXHAUSTED"]);
      expect(reasons).toStrictEqual(Array(3).fill("the run may use 5000 ms, and they are over"));
      const status = ["a0", "look", "pay"].map((id) => run.steps.get(id)?.work.status);
      expect(status).toStrictEqual(["cancelled", "cancelled", "unknown"]);
    });

    test("does so in the grace time where nothing heeds its signal", async () => {
      const s = await scene({ executor: stays, tools: [toolNamed("deaf", "none", deaf)] });
      const engine = await s.engine();
      const plan = { steps: [...agents(1).steps, call("b", "deaf")], answer: { value: "done" } };
      const runId = await s.start(engine, { plan, settings: held({ wallMs: 5_000 }) });
      await turns();
      await s.clock.advance(5_000 + LIMITS.graceMs);
      expect((await s.ended(engine, runId)).error?.code).toBe("BUDGET_EXHAUSTED");
    });

    test("while a person is asked ends when somebody looks at it next", async () => {
      const s = await scene({ tools: [toolNamed("pay", "once")] });
      const first = await s.engine();
      const settings = { ...held({ wallMs: 5_000 }), approval: "always" } as const;
      const runId = await s.start(first, { plan: { steps: [call("a", "pay")] }, settings });
      expect((await first.stopped(runId)).why).toBe("waiting");
      await first.close();
      await s.clock.advance(6_000);
      const second = await s.engine();
      await second.drive(runId, "resumed");
      expect((await s.ended(second, runId)).error?.code).toBe("BUDGET_EXHAUSTED");
    });
  });

  describe(`${name}: a cancel`, () => {
    const STEPS = { plan: { steps: [call("a", "deaf"), ...agents(1).steps], answer: { value: "done" } } };
    test.each([
      [
        "a tool and a model that ignore their signals",
        { executor: stays, tools: [toolNamed("deaf", "none", deaf)] },
        STEPS,
      ],
      ["a model that plans and ignores its signal", { planner: stays }, { goal: "plan" }],
      ["a planner function that ignores its signal", { planner: deaf }, { goal: "plan" }],
      [
        "a synthesizer that ignores its signal",
        { synthesizer: stays, tools: [toolNamed("look", "none")] },
        { plan: { steps: [call("a", "look")], answer: { from: ["a"] } } },
      ],
    ])("from another process ends %s within the grace time", async (_what, parts, facts) => {
      const s = await scene(parts);
      const engine = await s.engine();
      const runId = await s.start(engine, facts);
      const other = await s.engine();
      await turns();
      await other.send(runId, { type: "cancel", reason: "enough" }, { by: "ann", record: "only" });
      await s.clock.advance(LIMITS.inboxPollMs);
      await turns();
      await s.clock.advance(LIMITS.graceMs);
      expect((await s.ended(engine, runId)).ended).toBe("cancelled");
    });

    test("ends a call that waits for its part of the budget, which is never sent", async () => {
      const executor = { ...scriptedModel(() => ({ text: "thought", wait: deaf() })), maxOutputTokens: 4_000 };
      const s = await scene({ executor });
      const engine = await s.engine();
      const runId = await s.start(engine, { plan: agents(2), settings: held({ tokens: 6_500 }) });
      await until("one is sent", () => executor.requests.length === 1);
      await cancel(engine, runId);
      expect((await inTime(s.clock, s.ended(engine, runId))).ended).toBe("cancelled");
      expect(executor.requests).toHaveLength(1);
    });
  });
}
