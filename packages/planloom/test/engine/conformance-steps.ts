// How steps run: in parallel, within limits, again after failures, and no longer than they may. In: a stage. Out: tests.
// Separate because this is what an engine does while nothing goes wrong with itself.
import { describe, expect, test } from "vitest";
import { LIMITS } from "../../src/limits.js";
import type { Json } from "../../src/plan/json.js";
import { ToolError } from "../../src/tools/tool.js";
import {
  call,
  eventsOf,
  hearing,
  latch,
  ONCE_TRIED,
  outcomeOf,
  soundChain,
  toolNamed,
  turns,
  until,
  type Latch,
} from "./parts.js";
import type { OpenScene } from "./scene.js";

/** A tool whose every call waits for the latch that `x` names, and notes when it starts and ends. */
function gates(...names: readonly string[]) {
  const latches = new Map(names.map((name) => [name, latch<void>()]));
  const course: string[] = [];
  const gate = toolNamed("gate", "none", async ({ x }) => {
    course.push(`${x as string} starts`);
    await latches.get(x as string)!.passed;
    course.push(`${x as string} ends`);
    return x;
  });
  return { gate, course, open: (name: string) => latches.get(name)!.open() };
}

const gated = (id: string, more: object = {}) => call(id, "gate", { with: { x: id }, ...more });
const stuck = () => new Promise<Json>(() => undefined);

export function stepsConformance(name: string, scene: OpenScene): void {
  describe(`${name}: events`, () => {
    test("are told in order when they are in the store, each with the hash of the one before", async () => {
      const s = await scene({ tools: [toolNamed("look", "none", ({ x }) => x ?? 1)] });
      const ears = hearing();
      const steps = [call("a", "look"), call("b", "look", { with: { x: "${{ a }}" } })];
      const run = await s.play(await s.engine(), { plan: { steps } }, ears);

      const log = await s.log(run.id);
      expect(ears.heard).toEqual(log);
      expect(soundChain(log)).toBe(true);
      expect(log.at(-1)?.type).toBe("run.completed");
      expect(run.answer).toBe(1);
    });

    test("are all told when two hundred runs go at once", async () => {
      const look = toolNamed("look", "none", ({ x }) => x);
      const s = await scene({ tools: [look] });
      const engine = await s.engine();
      const steps = [call("a", "look", { with: { x: 1 } }), call("b", "look", { with: { x: "${{ a }}" } })];
      const plan = { steps: [...steps, call("c", "look", { with: { x: "${{ a + b }}" } })] };

      const runIds = await Promise.all(Array.from({ length: 200 }, () => s.start(engine, { plan })));
      const runs = await Promise.all(runIds.map((runId) => s.ended(engine, runId)));
      expect(new Set(runIds).size).toBe(200);
      expect(runs.every((run) => run.ended === "completed" && run.answer === 2)).toBe(true);
      expect(look.calls).toHaveLength(600);
      for (const runId of runIds) expect(soundChain(await s.log(runId))).toBe(true);
    });
  });

  describe(`${name}: parallel steps`, () => {
    test("start before any of them ends, and what follows one of them waits for nothing else", async () => {
      const { gate, course, open } = gates("a", "b", "c", "d");
      const s = await scene({ tools: [gate] });
      const engine = await s.engine();
      const steps = [gated("a"), gated("b"), gated("c"), gated("d", { dependsOn: ["c"] })];
      const runId = await s.start(engine, { plan: { steps } });

      await until("three have started", () => course.length === 3);
      expect(new Set(course)).toStrictEqual(new Set(["a starts", "b starts", "c starts"]));
      open("c");
      await until("d starts", () => course.length === 5);
      expect(course.slice(3)).toStrictEqual(["c ends", "d starts"]);
      for (const id of ["a", "b", "d"]) open(id);
      expect((await s.ended(engine, runId)).ended).toBe("completed");
      expect(gate.calls).toHaveLength(4);
    });

    test("that end while others are being recorded are called once each", async () => {
      const pay = toolNamed("pay", "once", async ({ n }) => {
        await turns(n as number);
        return n;
      });
      const s = await scene({ tools: [pay] });
      const steps = Array.from({ length: 24 }, (_, n) => call(`s${n}`, "pay", { with: { n: n % 12 } }));
      const run = await s.play(await s.engine(), { plan: { steps }, settings: { concurrency: 24 } });
      expect(run.counts.completed).toBe(24);
      expect(pay.calls).toHaveLength(24);
    });

    test("are no more at once than the limit", async () => {
      const ids = ["a", "b", "c", "d", "e"];
      const { gate, course, open } = gates(...ids);
      const s = await scene({ tools: [gate] });
      const engine = await s.engine();
      const plan = { steps: ids.map((id) => gated(id)) };
      const runId = await s.start(engine, { plan, settings: { concurrency: 2 } });

      for (const id of ids) {
        await until(`${id} has started`, () => course.includes(`${id} starts`));
        await turns();
        expect(gate.open()).toBeLessThanOrEqual(2);
        open(id);
      }
      expect((await s.ended(engine, runId)).counts.completed).toBe(5);
    });

    test("of one fan-out are no more at once than maxParallel, and its output is in the order of its list", async () => {
      const latches: Latch<void>[] = Array.from({ length: 5 }, () => latch());
      const item = toolNamed("item", "none", async ({ n }) => {
        await latches[n as number]!.passed;
        return (n as number) * 10;
      });
      const s = await scene({ tools: [item] });
      const engine = await s.engine();
      const step = { forEach: "${{ [4, 3, 2, 1, 0] }}", maxParallel: 2, with: { n: "${{ item }}" } };
      const runId = await s.start(engine, { plan: { steps: [call("each", "item", step)] } });

      for (const n of [3, 4, 2, 1, 0]) {
        await until(`item ${n} is called`, () => item.calls.some(({ args }) => args["n"] === n));
        await turns();
        expect(item.open()).toBeLessThanOrEqual(2);
        latches[n]!.open();
      }
      expect((await s.ended(engine, runId)).answer).toStrictEqual([40, 30, 20, 10, 0]);
    });
  });

  describe(`${name}: a failing step`, () => {
    test("is tried again at its time and not before", async () => {
      const flaky = toolNamed("flaky", "none", (_, { attempt }) => {
        if (attempt < 3) throw new ToolError("not yet");
        return attempt;
      });
      const s = await scene({ tools: [flaky] });
      const engine = await s.engine();
      const ears = hearing();
      const runId = await s.start(engine, { plan: { steps: [call("a", "flaky")] } }, ears);

      for (const attempt of [1, 2]) {
        const retrying = () => eventsOf(ears.heard, "step.retrying");
        await until(`attempt ${attempt} has failed`, () => retrying().length === attempt);
        const { at, data } = retrying()[attempt - 1]!;
        expect(data.retryAt - at).toBeGreaterThanOrEqual(LIMITS.retryDelayMs * attempt);
        await s.clock.advance(data.retryAt - s.clock.now() - 1);
        await turns();
        expect(flaky.calls).toHaveLength(attempt);
        await s.clock.advance(1);
      }
      expect((await s.ended(engine, runId)).answer).toBe(3);
      expect(new Set(flaky.calls.map(({ key }) => key)).size).toBe(1);
    });

    test("waits as long as the service asked for", async () => {
      const busy = toolNamed("busy", "none", (_, { attempt }) => {
        if (attempt === 1) throw new ToolError("busy", { retryAfterMs: 30_000 });
        return "done";
      });
      const s = await scene({ tools: [busy] });
      const engine = await s.engine();
      const ears = hearing();
      const runId = await s.start(engine, { plan: { steps: [call("a", "busy")] } }, ears);
      await until("it has failed", () => eventsOf(ears.heard, "step.retrying").length === 1);
      await s.clock.advance(29_999);
      await turns();
      expect(busy.calls).toHaveLength(1);
      await s.clock.advance(1);
      expect((await s.ended(engine, runId)).ended).toBe("completed");
    });

    test("for good lets a call in flight end, records it, and starts nothing more", async () => {
      const [no, paid] = [toolNamed("no", "none", () => Promise.reject(refusal())), latch<string>()];
      const [pay, look] = [toolNamed("pay", "once", () => paid.passed), toolNamed("look", "none")];
      const s = await scene({ tools: [no, pay, look] });
      const engine = await s.engine();
      const ears = hearing();
      const plan = { steps: [call("a", "no"), call("b", "pay"), call("c", "look", { dependsOn: ["b"] })] };
      const runId = await s.start(engine, { plan }, ears);
      await until("a has failed", () => eventsOf(ears.heard, "step.failed").length === 1);
      await turns();
      expect(ears.heard.at(-1)?.type).not.toBe("run.failed");
      paid.open("receipt");

      const run = await s.ended(engine, runId);
      expect(run.error).toMatchObject({ code: "NO" });
      expect(await outcomeOf(engine, runId)).toMatchObject({ a: ["failed", null], b: ["completed", "receipt"] });
      await engine.close();
      const log = await s.log(runId);
      await (await s.engine()).drive(runId, "again");
      expect(await s.log(runId)).toStrictEqual(log);
      expect([no.calls.length, pay.calls.length, look.calls.length]).toStrictEqual([1, 1, 0]);
    });

    test("that acts once and throws anything leaves a doubt, which a person settles", async () => {
      const pay = toolNamed("pay", "once", (_, { attempt }) => {
        if (pay.calls.length === 1) throw new Error(`connection lost in attempt ${attempt}`);
        return "paid";
      });
      const s = await scene({ tools: [pay] });
      const engine = await s.engine();
      const runId = await s.start(engine, { plan: { steps: [call("a", "pay")] } });
      const { why } = await engine.stopped(runId);
      expect(why).toBe("waiting");
      await engine.close();

      const other = await s.engine();
      await other.drive(runId, "resumed");
      expect((await other.stopped(runId)).why).toBe("waiting");
      expect(await outcomeOf(other, runId)).toStrictEqual({ a: ["unknown", null] });
      expect(pay.calls).toHaveLength(1);

      const settle = { type: "settle", step: "a", verdict: "not-happened" } as const;
      expect(await other.send(runId, settle, { by: "ann" })).toStrictEqual({ ok: true });
      expect((await s.ended(other, runId)).answer).toBe("paid");
      expect(new Set(pay.calls.map(({ key }) => key)).size).toBe(1);
    });

    test("that acted after all completes with what a person knows", async () => {
      const pay = toolNamed("pay", "once", () => Promise.reject(new Error("lost")));
      const s = await scene({ tools: [pay] });
      const engine = await s.engine();
      const runId = await s.start(engine, { plan: { steps: [call("a", "pay")] } });
      await engine.stopped(runId);
      const settle = { type: "settle", step: "a", verdict: "happened", output: "receipt 7" } as const;
      expect(await engine.send(runId, settle, { by: "ann" })).toStrictEqual({ ok: true });
      expect((await s.ended(engine, runId)).answer).toBe("receipt 7");
      expect(pay.calls).toHaveLength(1);
    });
  });

  describe(`${name}: a call without end`, () => {
    test("is told by its signal that the run is cancelled", async () => {
      const wait = toolNamed("wait", "none", (_, { signal }) => {
        return new Promise((_resolve, reject) => {
          signal.addEventListener("abort", () => reject(signal.reason as Error));
        });
      });
      const s = await scene({ tools: [wait] });
      const engine = await s.engine();
      const runId = await s.start(engine, { plan: { steps: [call("a", "wait")] } });
      await until("it is called", () => wait.open() === 1);
      expect(await engine.send(runId, { type: "cancel", reason: "enough" }, { by: "ann" })).toStrictEqual({ ok: true });
      expect((await s.ended(engine, runId)).ended).toBe("cancelled");
      expect(await outcomeOf(engine, runId)).toStrictEqual({ a: ["cancelled", null] });
    });

    test.each([
      ["none", "cancelled"],
      ["once", "unknown"],
    ] as const)("that ignores its signal (%s) is given up after the grace time (%s)", async (effects, status) => {
      const deaf = toolNamed("deaf", effects, stuck);
      const s = await scene({ tools: [deaf] });
      const engine = await s.engine();
      const runId = await s.start(engine, { plan: { steps: [call("a", "deaf")] } });
      await until("it is called", () => deaf.open() === 1);
      await engine.send(runId, { type: "cancel", reason: "enough" }, { by: "ann" });
      await s.clock.advance(LIMITS.graceMs - 1);
      expect((await engine.load(runId)).ended).toBeUndefined();
      await s.clock.advance(1);
      expect((await s.ended(engine, runId)).ended).toBe("cancelled");
      expect(await outcomeOf(engine, runId)).toStrictEqual({ a: [status, null] });
    });

    test("fails at its timeout, and after the grace time where it ignores its signal", async () => {
      const deaf = toolNamed("deaf", "none", stuck);
      const s = await scene({ tools: [deaf] });
      const engine = await s.engine();
      const plan = { steps: [call("a", "deaf", { timeout: "5s", ...ONCE_TRIED })] };
      const runId = await s.start(engine, { plan });
      await until("it is called", () => deaf.open() === 1);
      await s.clock.advance(5_000 + LIMITS.graceMs);
      const run = await s.ended(engine, runId);
      expect([run.ended, run.error?.code]).toStrictEqual(["failed", "TIMEOUT"]);
    });
  });
}

const refusal = () => new ToolError("no", { code: "NO", retryable: false });
