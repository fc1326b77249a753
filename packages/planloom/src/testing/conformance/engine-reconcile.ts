// Stories about a call in doubt whose tool can tell the outcome: the tool is asked, and the run continues without a
// person. In: a stage. Out: stories.
import { deepEqual, equal, ok } from "node:assert/strict";
import type { Engine } from "../../engine/engine.js";
import { LIMITS } from "../../limits.js";
import type { Json, JsonObject } from "../../plan/json.js";
import { endOf } from "../../run/status.js";
import { scriptedModel } from "../scripted-model.js";
import { createInventory } from "../../tools/inventory.js";
import { ToolError, type Reconciled, type ToolContext } from "../../tools/tool.js";
import { call, eventsOf, asTimePasses, latch, outcomeOf, storyTool, turns, until } from "./parts.js";
import { matches } from "./matches.js";
import type { OpenScene, Scene } from "./scene.js";
import { stories } from "./story.js";

type Answer = (key: string, context: Pick<ToolContext, "signal">, nth: number) => Reconciled | Promise<Reconciled>;

const stuck = () => new Promise<Json>(() => undefined);

/** A tool whose first call (for each `x`) acts and never returns. It keeps the questions that it gets. */
function forgetful(answer: Answer, again: (args: JsonObject) => unknown = () => "paid again") {
  const questions: string[] = [];
  const seen = new Set<string>();
  const pay = storyTool(
    "pay",
    "once",
    (args, { key }) => {
      if (seen.has(key)) return again(args);
      seen.add(key);
      return stuck();
    },
    {
      timeout: "1s",
      reconcile: (key, context) => {
        questions.push(key);
        return answer(key, context, questions.length);
      },
    },
  );
  return { ...pay, questions };
}

const happened: Answer = (key) => ({ happened: true, output: `paid ${key.slice(0, 4)}` });
const PLAN = { steps: [call("p", "pay")] };

async function closedInDoubt(s: Scene, engine: Engine, pay: { readonly calls: readonly unknown[] }): Promise<string> {
  const runId = await s.start(engine, { plan: PLAN });
  await until("it is called", () => pay.calls.length === 1);
  await engine.close();
  return runId;
}

export const reconcileStories = stories<OpenScene>(({ about, story }) => {
  about("a tool with reconcile", () => {
    story(
      "is asked with the key of the call after a timeout, and its output becomes that of the step",
      async (scene) => {
        const pay = forgetful(happened);
        const s = await scene({ tools: [pay] });
        const engine = await s.engine();
        const runId = await s.start(engine, { plan: PLAN });
        const run = await asTimePasses(s.clock, s.ended(engine, runId));
        const { key } = pay.calls[0]!;
        equal(run.answering.answer, `paid ${key.slice(0, 4)}`);
        deepEqual([pay.calls.length, pay.questions], [1, [key]]);
        const log = await s.log(runId);
        const [unknown] = eventsOf(log, "step.unknown");
        const [resolved] = eventsOf(log, "step.resolved");
        matches(resolved, { by: "engine", data: { verdict: "happened", key } });
        ok(resolved!.at >= unknown!.at + LIMITS.reconcileDelayMs);
      },
    );

    story("says that the call did not happen: it is made, with the same key", async (scene) => {
      const pay = forgetful(() => ({ happened: false }));
      const s = await scene({ tools: [pay] });
      const engine = await s.engine();
      const run = await asTimePasses(s.clock, s.ended(engine, await s.start(engine, { plan: PLAN })));
      equal(run.answering.answer, "paid again");
      deepEqual(
        pay.calls.map(({ key, attempt }) => [key === pay.questions[0], attempt]),
        [
          [true, 1],
          [true, 1],
        ],
      );
    });

    story("does not know yet: it is asked again, and no person is asked meanwhile", async (scene) => {
      const pay = forgetful((key, context, nth) => (nth < 3 ? "unknown" : happened(key, context, nth)));
      const s = await scene({ tools: [pay] });
      const engine = await s.engine();
      const runId = await s.start(engine, { plan: PLAN });
      const stop = await asTimePasses(s.clock, engine.stopped(runId));
      equal(stop.why, "ended");
      equal(pay.questions.length, 3);
      const failures = eventsOf(await s.log(runId), "reconcile.failed");
      deepEqual(
        failures.map(({ data }) => [data.attempt, data.decision, data.error.code]),
        [
          [1, "retry", "RECONCILE_UNKNOWN"],
          [2, "retry", "RECONCILE_UNKNOWN"],
        ],
      );
    });

    const failures: readonly (readonly [string, Answer, string, number])[] = [
      ["never knows", () => "unknown", "RECONCILE_UNKNOWN", 4],
      ["throws", () => Promise.reject(new Error("no connection")), "TOOL_THREW", 4],
      ["hangs and ignores its signal", stuck as () => Promise<Reconciled>, "TIMEOUT", 4],
      ["throws an error that is not retryable", () => refuse(), "NO_LEDGER", 1],
      ["answers nonsense", () => ({ happened: "perhaps" }) as unknown as Reconciled, "BAD_OUTPUT", 1],
      ["answers nothing", () => undefined as unknown as Reconciled, "BAD_OUTPUT", 1],
      ["gives a value that is not JSON", () => ({ happened: true, output: Number.NaN }), "BAD_OUTPUT", 1],
    ];
    for (const [what, answer, code, times] of failures) {
      story(`${what}: then a person is asked, and settles it`, async (scene) => {
        const pay = forgetful(answer);
        const s = await scene({ tools: [pay] });
        const engine = await s.engine();
        const runId = await s.start(engine, { plan: PLAN });
        equal((await asTimePasses(s.clock, engine.stopped(runId))).why, "waiting");
        deepEqual([pay.calls.length, pay.questions.length], [1, times]);
        const said = eventsOf(await s.log(runId), "reconcile.failed").map(({ data }) => data.error.code);
        deepEqual(
          said,
          Array.from({ length: times }, () => code),
        );
        const settle = { type: "settle", step: "p", verdict: "happened", output: "as ann says" } as const;
        deepEqual(await engine.send(runId, settle, { by: "ann" }), { ok: true });
        equal((await s.ended(engine, runId)).answering.answer, "as ann says");
      });
    }

    story("gives an output that does not fit the step: a person settles it", async (scene) => {
      const s = await scene({ tools: [forgetful(() => ({ happened: true, output: 7 }))] });
      const engine = await s.engine();
      const runId = await s.start(engine, { plan: { steps: [call("p", "pay", { output: "string" })] } });
      equal((await asTimePasses(s.clock, engine.stopped(runId))).why, "waiting");
      const failed = eventsOf(await s.log(runId), "reconcile.failed");
      matches(failed, [{ data: { error: { code: "OUTPUT_MISMATCH" }, decision: "fail" } }]);
      deepEqual(await outcomeOf(engine, runId), { p: ["unknown", null] });
    });

    story("is ignored after a person has settled the call", async (scene) => {
      const [asked, gate] = [latch<AbortSignal>(), latch<Reconciled>()];
      const pay = forgetful((_key, { signal }) => {
        asked.open(signal);
        return gate.passed;
      });
      const s = await scene({ tools: [pay] });
      const engine = await s.engine();
      const runId = await s.start(engine, { plan: PLAN });
      const signal = await asTimePasses(s.clock, asked.passed);
      const settle = { type: "settle", step: "p", verdict: "happened", output: "as ann says" } as const;
      await engine.send(runId, settle, { by: "ann" });
      equal((await s.ended(engine, runId)).answering.answer, "as ann says");
      ok(signal.aborted);
      gate.open({ happened: false });
      await turns();
      equal(pay.calls.length, 1);
    });

    story("is asked about each item of a fan-out, after a crash that cut off all of them", async (scene) => {
      const pay = forgetful((key, _context, nth) => (nth === 1 ? { happened: false } : happened(key, _context, nth)));
      const s = await scene({ tools: [pay] });
      const engine = await s.engine();
      const each = call("p", "pay", { forEach: "${{ inputs.list }}", with: { x: "${{ item }}" } });
      const runId = await s.start(engine, {
        plan: { steps: [each] },
        inputs: { list: ["a", "b"] },
        settings: { guard: "off" },
      });
      await until("both are called", () => pay.calls.length === 2);
      await engine.close();
      const other = await s.engine();
      await other.drive(runId, "RESUMED");
      const run = await asTimePasses(s.clock, s.ended(other, runId));
      deepEqual(run.answering.answer, ["paid again", `paid ${pay.questions[1]!.slice(0, 4)}`]);
      equal(new Set(pay.questions).size, 2);
      equal(pay.calls.length, 3);
    });

    story("is asked again by the next owner of the run", async (scene) => {
      const first = latch();
      const pay = forgetful((key, context, nth) => {
        if (nth > 1) return happened(key, context, nth);
        first.open();
        return stuck() as Promise<Reconciled>;
      });
      const s = await scene({ tools: [pay] });
      const runId = await closedInDoubt(s, await s.engine(), pay);
      const second = await s.engine();
      await second.drive(runId, "RESUMED");
      await asTimePasses(s.clock, first.passed);
      await second.close();

      const third = await s.engine();
      await third.drive(runId, "RESUMED");
      equal(endOf(await asTimePasses(s.clock, s.ended(third, runId)))?.how, "completed");
      deepEqual([pay.calls.length, pay.questions.length], [1, 2]);
      const log = await s.log(runId);
      deepEqual([eventsOf(log, "step.unknown").length, eventsOf(log, "step.resolved").length], [1, 1]);
    });

    story("has lost its reconcile: a person is asked", async (scene) => {
      const pay = forgetful(happened);
      const s = await scene({ tools: [pay] });
      const runId = await closedInDoubt(s, await s.engine(), pay);
      const { reconcile: _reconcile, ...silent } = pay;
      const other = await s.engine({ inventory: createInventory([silent]) });
      await other.drive(runId, "RESUMED");
      equal((await asTimePasses(s.clock, other.stopped(runId))).why, "waiting");
      equal(pay.questions.length, 0);
      const failed = eventsOf(await s.log(runId), "reconcile.failed");
      matches(failed, [{ data: { error: { code: "TOOL_GONE" }, decision: "fail" } }]);
    });

    story("is not asked once the run is cancelled", async (scene) => {
      const pay = forgetful(happened);
      const s = await scene({ tools: [pay] });
      const engine = await s.engine();
      const runId = await s.start(engine, { plan: PLAN });
      await until("it is called", () => pay.calls.length === 1);
      await engine.send(runId, { type: "cancel", reason: "enough" }, { by: "ann" });
      equal(endOf(await asTimePasses(s.clock, s.ended(engine, runId)))?.how, "cancelled");
      equal(eventsOf(await s.log(runId), "step.unknown").length, 1);
      equal(pay.questions.length, 0);
    });
  });

  about("a tool with reconcile inside an agent step", () => {
    const plan = { steps: [{ id: "p", agent: "Pay it.", tools: ["pay"] }] };
    const model = () =>
      scriptedModel(({ messages }) => {
        const results = messages.flatMap((message) => (message.role === "tool" ? message.results : []));
        const last = results.at(-1);
        if (last !== undefined && last.isError !== true) return last.text;
        return { toolCalls: [{ name: "pay", args: { x: results.length === 0 ? "first" : "second" } }] };
      });

    story("says that the call happened: the model reads the output, and no turn is repeated", async (scene) => {
      const pay = forgetful(happened);
      const executor = model();
      const s = await scene({ tools: [pay], executor });
      const engine = await s.engine();
      const run = await asTimePasses(s.clock, s.ended(engine, await s.start(engine, { plan })));
      ok(JSON.stringify(run.answering.answer).includes(`paid ${pay.questions[0]!.slice(0, 4)}`));
      deepEqual([pay.calls.length, executor.requests.length], [1, 2]);
    });

    story(
      "says that the call did not happen: the model reads that, and may call again with another key",
      async (scene) => {
        const pay = forgetful((key, context, nth) => (nth === 1 ? { happened: false } : happened(key, context, nth)));
        const s = await scene({ tools: [pay], executor: model() });
        const engine = await s.engine();
        const run = await asTimePasses(
          s.clock,
          s.ended(engine, await s.start(engine, { plan, settings: { guard: "off" } })),
        );
        ok(JSON.stringify(run.answering.answer).includes(`paid ${pay.questions[1]!.slice(0, 4)}`));
        deepEqual(
          pay.calls.map(({ key, args }) => [key, args]),
          [
            [pay.questions[0], { x: "first" }],
            [pay.questions[1], { x: "second" }],
          ],
        );
      },
    );
  });
});

function refuse(): never {
  throw new ToolError("there is no ledger", { code: "NO_LEDGER", retryable: false });
}
