// A call in doubt whose tool can say what became of it: it is asked, and the run goes on without a person. In: a stage.
// Out: tests. Separate because here an engine asks by itself what otherwise only people say.
import { describe, expect, test } from "vitest";
import type { Engine } from "../../src/engine/engine.js";
import { LIMITS } from "../../src/limits.js";
import type { Json, JsonObject } from "../../src/plan/json.js";
import type { Services } from "../../src/perform/services.js";
import { scriptedModel } from "../../src/testing/scripted-model.js";
import { createInventory } from "../../src/tools/inventory.js";
import { ToolError, type Reconciled, type Tool, type ToolContext } from "../../src/tools/tool.js";
import { call, eventsOf, inTime, latch, outcomeOf, toolNamed, turns, until } from "./parts.js";
import type { OpenScene, Scene } from "./scene.js";

type Answer = (key: string, context: Pick<ToolContext, "signal">, nth: number) => Reconciled | Promise<Reconciled>;

const stuck = () => new Promise<Json>(() => undefined);

/** A tool that acts and never returns at its first call (for each `x`), and keeps the questions that it is asked. */
function forgetful(answer: Answer, again: (args: JsonObject) => unknown = () => "paid again") {
  const questions: string[] = [];
  const seen = new Set<string>();
  const pay = toolNamed(
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

export function reconcileConformance(name: string, scene: OpenScene): void {
  describe(`${name}: a tool that can say what became of its call`, () => {
    test("is asked under the call's key after a timeout, and its output is that of the step", async () => {
      const pay = forgetful(happened);
      const s = await scene({ tools: [pay] });
      const engine = await s.engine();
      const runId = await s.start(engine, { plan: PLAN });
      const run = await inTime(s.clock, s.ended(engine, runId));
      const { key } = pay.calls[0]!;
      expect(run.answer).toBe(`paid ${key.slice(0, 4)}`);
      expect([pay.calls.length, pay.questions]).toStrictEqual([1, [key]]);
      const log = await s.log(runId);
      const [unknown] = eventsOf(log, "step.unknown");
      const [resolved] = eventsOf(log, "step.resolved");
      expect(resolved).toMatchObject({ by: "engine", data: { verdict: "happened", key } });
      expect(resolved!.at).toBeGreaterThanOrEqual(unknown!.at + LIMITS.reconcileDelayMs);
    });

    test("says that it did not happen: the call is made, under the same key", async () => {
      const pay = forgetful(() => ({ happened: false }));
      const s = await scene({ tools: [pay] });
      const engine = await s.engine();
      const run = await inTime(s.clock, s.ended(engine, await s.start(engine, { plan: PLAN })));
      expect(run.answer).toBe("paid again");
      expect(pay.calls.map(({ key, attempt }) => [key === pay.questions[0], attempt])).toStrictEqual([
        [true, 1],
        [true, 1],
      ]);
    });

    test("does not know it yet: it is asked again, and the run waits for nobody meanwhile", async () => {
      const pay = forgetful((key, context, nth) => (nth < 3 ? "unknown" : happened(key, context, nth)));
      const s = await scene({ tools: [pay] });
      const engine = await s.engine();
      const runId = await s.start(engine, { plan: PLAN });
      const stop = await inTime(s.clock, engine.stopped(runId));
      expect(stop.why).toBe("ended");
      expect(pay.questions).toHaveLength(3);
      const failures = eventsOf(await s.log(runId), "reconcile.failed");
      expect(failures.map(({ data }) => [data.attempt, data.decision, data.error.code])).toStrictEqual([
        [1, "retry", "RECONCILE_UNKNOWN"],
        [2, "retry", "RECONCILE_UNKNOWN"],
      ]);
    });

    const failures: readonly (readonly [string, Answer, string, number])[] = [
      ["never knows", () => "unknown", "RECONCILE_UNKNOWN", 4],
      ["throws", () => Promise.reject(new Error("no connection")), "TOOL_THREW", 4],
      ["hangs, whatever its signal says", stuck as () => Promise<Reconciled>, "TIMEOUT", 4],
      ["says that it never will", () => refuse(), "NO_LEDGER", 1],
      ["answers nonsense", () => ({ happened: "perhaps" }) as unknown as Reconciled, "BAD_OUTPUT", 1],
      ["answers nothing", () => undefined as unknown as Reconciled, "BAD_OUTPUT", 1],
      ["gives what no log can hold", () => ({ happened: true, output: Number.NaN }), "BAD_OUTPUT", 1],
    ];
    test.each(failures)("%s: then a person is asked, and settles it", async (_what, answer, code, times) => {
      const pay = forgetful(answer);
      const s = await scene({ tools: [pay] });
      const engine = await s.engine();
      const runId = await s.start(engine, { plan: PLAN });
      expect((await inTime(s.clock, engine.stopped(runId))).why).toBe("waiting");
      expect([pay.calls.length, pay.questions.length]).toStrictEqual([1, times]);
      const said = eventsOf(await s.log(runId), "reconcile.failed").map(({ data }) => data.error.code);
      expect(said).toStrictEqual(Array.from({ length: times }, () => code));
      const settle = { type: "settle", step: "p", verdict: "happened", output: "as ann says" } as const;
      expect(await engine.send(runId, settle, { by: "ann" })).toStrictEqual({ ok: true });
      expect((await s.ended(engine, runId)).answer).toBe("as ann says");
    });

    test("gives an output of another type than the step promises: a person settles it", async () => {
      const s = await scene({ tools: [forgetful(() => ({ happened: true, output: 7 }))] });
      const engine = await s.engine();
      const runId = await s.start(engine, { plan: { steps: [call("p", "pay", { output: "string" })] } });
      expect((await inTime(s.clock, engine.stopped(runId))).why).toBe("waiting");
      const failed = eventsOf(await s.log(runId), "reconcile.failed");
      expect(failed).toMatchObject([{ data: { error: { code: "OUTPUT_MISMATCH" }, decision: "fail" } }]);
      expect(await outcomeOf(engine, runId)).toStrictEqual({ p: ["unknown", null] });
    });

    test("is stopped by a person who was faster, and is heard no more", async () => {
      const [asked, gate] = [latch<AbortSignal>(), latch<Reconciled>()];
      const pay = forgetful((_key, { signal }) => {
        asked.open(signal);
        return gate.passed;
      });
      const s = await scene({ tools: [pay] });
      const engine = await s.engine();
      const runId = await s.start(engine, { plan: PLAN });
      const signal = await inTime(s.clock, asked.passed);
      const settle = { type: "settle", step: "p", verdict: "happened", output: "as ann says" } as const;
      await engine.send(runId, settle, { by: "ann" });
      expect((await s.ended(engine, runId)).answer).toBe("as ann says");
      expect(signal.aborted).toBe(true);
      gate.open({ happened: false });
      await turns();
      expect(pay.calls).toHaveLength(1);
    });

    test("is asked about each item of a fan-out, after a crash that cut off all of them", async () => {
      const pay = forgetful((key, _context, nth) => (nth === 1 ? { happened: false } : happened(key, _context, nth)));
      const s = await scene({ tools: [pay] });
      const engine = await s.engine();
      const each = call("p", "pay", { forEach: "${{ inputs.list }}", with: { x: "${{ item }}" } });
      const runId = await s.start(engine, { plan: { steps: [each] }, inputs: { list: ["a", "b"] } });
      await until("both are called", () => pay.calls.length === 2);
      await engine.close();
      const other = await s.engine();
      await other.drive(runId, "resumed");
      const run = await inTime(s.clock, s.ended(other, runId));
      expect(run.answer).toStrictEqual(["paid again", `paid ${pay.questions[1]!.slice(0, 4)}`]);
      expect(new Set(pay.questions).size).toBe(2);
      expect(pay.calls).toHaveLength(3);
    });

    test("is asked again by whoever takes the run over while it is asked", async () => {
      const first = latch();
      const pay = forgetful((key, context, nth) => {
        if (nth > 1) return happened(key, context, nth);
        first.open();
        return stuck() as Promise<Reconciled>;
      });
      const s = await scene({ tools: [pay] });
      const runId = await closedInDoubt(s, await s.engine(), pay);
      const second = await s.engine();
      await second.drive(runId, "resumed");
      await inTime(s.clock, first.passed);
      await second.close();

      const third = await s.engine();
      await third.drive(runId, "resumed");
      expect((await inTime(s.clock, s.ended(third, runId))).ended).toBe("completed");
      expect([pay.calls.length, pay.questions.length]).toStrictEqual([1, 2]);
      const log = await s.log(runId);
      expect([eventsOf(log, "step.unknown").length, eventsOf(log, "step.resolved").length]).toStrictEqual([1, 1]);
    });

    test.each<[string, (pay: Tool) => Tool[]]>([
      ["gone", () => []],
      ["there and cannot say it any more", ({ reconcile: _reconcile, ...pay }) => [pay]],
    ])("is %s: a person is asked", async (_what, change) => {
      const pay = forgetful(happened);
      const s = await scene({ tools: [pay] });
      const runId = await closedInDoubt(s, await s.engine(), pay);
      const inventory: Services["inventory"] = createInventory(change(pay));
      const other = await s.engine({ inventory });
      await other.drive(runId, "resumed");
      expect((await inTime(s.clock, other.stopped(runId))).why).toBe("waiting");
      expect(pay.questions).toHaveLength(0);
      const failed = eventsOf(await s.log(runId), "reconcile.failed");
      expect(failed).toMatchObject([{ data: { error: { code: "TOOL_GONE" }, decision: "fail" } }]);
    });

    test("is not asked once the run is cancelled", async () => {
      const pay = forgetful(happened);
      const s = await scene({ tools: [pay] });
      const engine = await s.engine();
      const runId = await s.start(engine, { plan: PLAN });
      await until("it is called", () => pay.calls.length === 1);
      await engine.send(runId, { type: "cancel", reason: "enough" }, { by: "ann" });
      expect((await inTime(s.clock, s.ended(engine, runId))).ended).toBe("cancelled");
      expect(eventsOf(await s.log(runId), "step.unknown")).toHaveLength(1);
      expect(pay.questions).toHaveLength(0);
    });
  });

  describe(`${name}: a tool inside of an agent step that can say what became of its call`, () => {
    const plan = { steps: [{ id: "p", agent: "Pay it.", tools: ["pay"] }] };
    const model = () =>
      scriptedModel(({ messages }) => {
        const results = messages.flatMap((message) => (message.role === "tool" ? message.results : []));
        const last = results.at(-1);
        if (last !== undefined && last.isError !== true) return last.text;
        return { toolCalls: [{ name: "pay", args: { x: results.length === 0 ? "first" : "second" } }] };
      });

    test("says that it happened: the model reads the output, and is asked no turn again", async () => {
      const pay = forgetful(happened);
      const executor = model();
      const s = await scene({ tools: [pay], executor });
      const engine = await s.engine();
      const run = await inTime(s.clock, s.ended(engine, await s.start(engine, { plan })));
      expect(run.answer).toContain(`paid ${pay.questions[0]!.slice(0, 4)}`);
      expect([pay.calls.length, executor.requests.length]).toStrictEqual([1, 2]);
    });

    test("says that it did not: the model reads that, and may call again under another key", async () => {
      const pay = forgetful((key, context, nth) => (nth === 1 ? { happened: false } : happened(key, context, nth)));
      const s = await scene({ tools: [pay], executor: model() });
      const engine = await s.engine();
      const run = await inTime(s.clock, s.ended(engine, await s.start(engine, { plan })));
      expect(run.answer).toContain(`paid ${pay.questions[1]!.slice(0, 4)}`);
      expect(pay.calls.map(({ key, args }) => [key, args])).toStrictEqual([
        [pay.questions[0], { x: "first" }],
        [pay.questions[1], { x: "second" }],
      ]);
    });
  });
}

function refuse(): never {
  throw new ToolError("there is no ledger", { code: "NO_LEDGER", retryable: false });
}
