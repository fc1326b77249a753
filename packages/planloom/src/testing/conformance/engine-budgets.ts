// Stories about budgets: they hold with parallel steps, crashes and hanging calls, and a cancel ends a run in time. In:
// a stage. Out: stories. Each counts the calls that were really sent.
import { deepEqual, equal, ok } from "node:assert/strict";
import type { Engine } from "../../engine/engine.js";
import { LIMITS } from "../../limits.js";
import type { ModelRequest } from "../../model/port.js";
import type { Budget } from "../../run/settings.js";
import { endOf, errorOf } from "../../run/status.js";
import { scriptedModel } from "../scripted-model.js";
import { call, eventsOf, asTimePasses, latch, ONCE_TRIED, storyTool, turns, until } from "./parts.js";
import { matches } from "./matches.js";
import type { StartFacts } from "../given-when-then.js";
import type { EngineNeed, OpenScene, Parts, Scene } from "./scene.js";
import { stories } from "./story.js";

const NO_BUDGET: Budget = { modelCalls: null, tokens: null, costUsd: null, wallMs: null };
const CONCURRENCY = 20;
const held = (budget: Partial<Budget>) => ({ concurrency: CONCURRENCY, budget: { ...NO_BUDGET, ...budget } });

const agents = (count: number, more: object = {}) => ({
  steps: Array.from({ length: count }, (_, index) => ({ id: `a${index}`, agent: "Think.", ...ONCE_TRIED, ...more })),
  answer: { value: "done" },
});

const deaf = (): Promise<never> => new Promise(() => undefined);
const stays = { name: "deaf", timeoutMs: 60 * 60_000, call: deaf };

/** Retries the run with another budget. */
async function retry(s: Scene, engine: Engine, runId: string, budget: Partial<Budget>) {
  const {
    request: { settings, models },
  } = await engine.load(runId);
  const command = { type: "retry", models, settings: { ...settings, ...held(budget) } } as const;
  deepEqual(await engine.send(runId, command, { by: "ann" }), { ok: true });
  return s.ended(engine, runId);
}

async function cancel(engine: Engine, runId: string): Promise<void> {
  deepEqual(await engine.send(runId, { type: "cancel", reason: "enough" }, { by: "ann" }), { ok: true });
}

export const budgetsStories = stories<OpenScene, EngineNeed>(({ about, story, storyNeeding }) => {
  about("a budget", () => {
    story("of 7 model calls sends 7 of 20 parallel calls; a retry sends the other 13", async (scene) => {
      const executor = scriptedModel(() => "thought");
      const s = await scene({ executor });
      const engine = await s.engine();
      const run = await s.play(engine, { plan: agents(20), settings: held({ modelCalls: 7 }) });
      equal(executor.requests.length, 7);
      equal(errorOf(run)?.code, "BUDGET_EXHAUSTED");
      deepEqual([run.execution.counts.completed, run.execution.counts.failed], [7, 13]);
      equal(eventsOf(await s.log(run.id), "budget.reserved").length, 7);

      const again = await retry(s, engine, run.id, { modelCalls: 20 });
      equal(again.answering.answer, "done");
      equal(executor.requests.length, 20);
      equal(again.spending.used.modelCalls, 20);
    });

    story("applies to planner, filling, reviewer, executor and synthesizer", async (scene) => {
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
        const s = await scene({ tools: [storyTool("look", "none")], ...models });
        const run = await s.play(await s.engine(), {
          goal: "think",
          settings: { ...held({ modelCalls }), replan: "each-step" },
        });
        const sent = Object.values(models).reduce((sum, { requests }) => sum + requests.length, 0);
        deepEqual([endOf(run)?.how, sent], [status, modelCalls]);
        const asked = eventsOf(await s.log(run.id), "budget.reserved").map(({ data }) => data.model);
        deepEqual(asked, ["planner", "executor", "planner", "executor", "synthesizer"].slice(0, modelCalls));
      }
    });

    story("of tokens is never exceeded, and no call waits for ever, however many wait", async (scene) => {
      const ends: string[] = [];
      for (const tokens of [1_200, 2_000, 4_000, 6_000, 9_000, 20_000]) {
        const look = storyTool("look", "none", (args) => `seen ${JSON.stringify(args)}`);
        const script = scriptedModel(({ messages: { length: n } }) =>
          n < 5 ? { toolCalls: [{ name: "look", args: { n } }] } : "thought",
        );
        const s = await scene({ executor: { ...script, maxOutputTokens: 200 }, tools: [look] });
        const plan = agents(6, { tools: ["look"] });
        const run = await s.play(await s.engine(), { plan, settings: held({ tokens }) });
        const { calls, inputTokens, outputTokens } = run.usage.executor;
        ok(inputTokens! + outputTokens! <= tokens);
        matches(run.spending.used, { modelCalls: calls, tokens: inputTokens! + outputTokens! });
        ends.push(errorOf(run)?.code ?? endOf(run)?.how ?? "not ended");
      }
      deepEqual([...new Set(ends)], ["BUDGET_EXHAUSTED", "completed"]);
    });

    story("lets a call wait until others return what they did not use, then sends it", async (scene) => {
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
      equal(executor.requests.length, 1);
      gate.open();
      equal((await s.ended(engine, runId)).answering.answer, "done");
      equal(executor.requests.length, 2);
    });

    story("counts a call that a crash cut off, once", async (scene) => {
      const sent: string[] = [];
      const hung = { name: "scripted", call: () => (sent.push("hung"), deaf()) };
      const s = await scene({ executor: hung });
      const first = await s.engine();
      const runId = await s.start(first, { plan: agents(1), settings: held({ modelCalls: 2 }) });
      for (const _ of [1, 2]) {
        const engine = sent.length === 0 ? first : await s.engine();
        if (engine !== first) await engine.drive(runId, "RESUMED");
        const before = sent.length;
        await until("it is asked", () => sent.length === before + 1 || before > 1);
        await engine.close();
      }
      const last = await s.engine();
      await last.drive(runId, "RESUMED");
      const run = await s.ended(last, runId);
      deepEqual([errorOf(run)?.code, sent.length], ["BUDGET_EXHAUSTED", 2]);
    });

    story("reserves nothing for turns that are in the journal, after a crash and in a retry", async (scene) => {
      const gate = latch();
      const look = storyTool("look", "none", (args) => `seen ${JSON.stringify(args)}`);
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
      await second.drive(runId, "RESUMED");
      equal(errorOf(await s.ended(second, runId))?.code, "BUDGET_EXHAUSTED");
      equal(executor.requests.length, 3);

      const run = await retry(s, second, runId, { modelCalls: 4 });
      deepEqual([run.answering.answer, executor.requests.length, look.calls.length], ["done", 4, 2]);
      // Three replies were reported. The one that was cut off was paid too.
      deepEqual([run.usage.executor.calls, run.spending.used.modelCalls], [3, 4]);
    });

    story("that is not set writes nothing into the log", async (scene) => {
      const s = await scene({ executor: scriptedModel(() => "thought") });
      const run = await s.play(await s.engine(), { plan: agents(3), settings: held({}) });
      deepEqual(
        (await s.log(run.id)).filter(({ type }) => type.startsWith("budget.")),
        [],
      );
    });

    story("in dollars refuses a model without a known price", async (scene) => {
      const executor = scriptedModel(() => "thought");
      const s = await scene({ executor });
      const run = await s.play(await s.engine(), { plan: agents(1), settings: held({ costUsd: 5 }) });
      deepEqual([errorOf(run)?.code, executor.requests.length], ["BUDGET_UNPRICED", 0]);
    });
  });

  about("a run whose time is up", () => {
    story("stops its calls by their signals, leaves calls that may have acted in doubt, and fails", async (scene) => {
      const reasons: string[] = [];
      const heeds = (_: unknown, { signal }: { readonly signal: AbortSignal }) =>
        new Promise<never>((_resolve, reject) => {
          signal.addEventListener("abort", () => {
            reasons.push((signal.reason as { readonly code: string }).code);
            reject(signal.reason as Error);
          });
        });
      const executor = { name: "scripted", call: ({ signal }: ModelRequest) => heeds(undefined, { signal }) };
      const [look, pay] = [storyTool("look", "none", heeds), storyTool("pay", "once", heeds)];
      const s = await scene({ executor, tools: [look, pay] });
      const engine = await s.engine();
      const plan = { steps: [...agents(1).steps, call("look", "look"), call("pay", "pay")], answer: { value: "done" } };
      const runId = await s.start(engine, { plan, settings: held({ wallMs: 5_000 }) });
      await until("both are called", () => look.open() + pay.open() === 2);
      await s.clock.advance(4_999);
      deepEqual(reasons, []);
      await s.clock.advance(1);
      const run = await s.ended(engine, runId);
      deepEqual([endOf(run)?.how, errorOf(run)?.code], ["failed", "BUDGET_EXHAUSTED"]);
      deepEqual(reasons, Array(3).fill("OUT_OF_TIME"));
      const status = ["a0", "look", "pay"].map((id) => run.execution.steps.get(id)?.work.status);
      deepEqual(status, ["cancelled", "cancelled", "unknown"]);
    });

    story("ends within the grace time if calls ignore their signals", async (scene) => {
      const s = await scene({ executor: stays, tools: [storyTool("deaf", "none", deaf)] });
      const engine = await s.engine();
      const plan = { steps: [...agents(1).steps, call("b", "deaf")], answer: { value: "done" } };
      const runId = await s.start(engine, { plan, settings: held({ wallMs: 5_000 }) });
      await turns();
      await s.clock.advance(5_000 + LIMITS.graceMs);
      equal(errorOf(await s.ended(engine, runId))?.code, "BUDGET_EXHAUSTED");
    });

    story("while it waits for a person ends when a process next opens it", async (scene) => {
      const s = await scene({ tools: [storyTool("pay", "once")] });
      const first = await s.engine();
      const settings = { ...held({ wallMs: 5_000 }), approval: "always" } as const;
      const runId = await s.start(first, { plan: { steps: [call("a", "pay")] }, settings });
      equal((await first.stopped(runId)).why, "waiting");
      await first.close();
      await s.clock.advance(6_000);
      const second = await s.engine();
      await second.drive(runId, "RESUMED");
      equal(errorOf(await s.ended(second, runId))?.code, "BUDGET_EXHAUSTED");
    });
  });

  about("a cancel", () => {
    const STEPS = { plan: { steps: [call("a", "deaf"), ...agents(1).steps], answer: { value: "done" } } };
    const deafParts: readonly (readonly [string, Parts, StartFacts])[] = [
      [
        "a tool and a model that ignore their signals",
        { executor: stays, tools: [storyTool("deaf", "none", deaf)] },
        STEPS,
      ],
      ["a model that plans and ignores its signal", { planner: stays }, { goal: "plan" }],
      ["a planner function that ignores its signal", { planner: deaf }, { goal: "plan" }],
      [
        "a synthesizer that ignores its signal",
        { synthesizer: stays, tools: [storyTool("look", "none")] },
        { plan: { steps: [call("a", "look")], answer: { from: ["a"] } } },
      ],
    ];
    for (const [what, parts, facts] of deafParts) {
      storyNeeding("processes", `from another process ends ${what} within the grace time`, async (scene) => {
        const s = await scene(parts);
        const engine = await s.engine();
        const runId = await s.start(engine, facts);
        const other = await s.engine();
        await turns();
        await other.send(runId, { type: "cancel", reason: "enough" }, { by: "ann", record: "only" });
        await s.clock.advance(LIMITS.inboxPollMs);
        await turns();
        await s.clock.advance(LIMITS.graceMs);
        equal(endOf(await s.ended(engine, runId))?.how, "cancelled");
      });
    }

    story("ends a call that waits for its part of the budget, which is never sent", async (scene) => {
      const executor = { ...scriptedModel(() => ({ text: "thought", wait: deaf() })), maxOutputTokens: 4_000 };
      const s = await scene({ executor });
      const engine = await s.engine();
      const runId = await s.start(engine, { plan: agents(2), settings: held({ tokens: 6_500 }) });
      await until("one is sent", () => executor.requests.length === 1);
      await cancel(engine, runId);
      equal(endOf(await asTimePasses(s.clock, s.ended(engine, runId)))?.how, "cancelled");
      equal(executor.requests.length, 1);
    });
  });
});
