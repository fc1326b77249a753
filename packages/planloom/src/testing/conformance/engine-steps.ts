// Stories about steps: parallel, within limits, retried after failures, and within their time limits. In: a stage. Out:
// stories.
import { deepEqual, equal, notEqual, ok } from "node:assert/strict";
import { LIMITS } from "../../limits.js";
import type { Json } from "../../plan/json.js";
import { foldNext } from "../../run/log/chain.js";
import { emptyRun } from "../../run/state.js";
import { endOf, errorOf } from "../../run/status.js";
import { headOf, type RunHead } from "../../run/view/head.js";
import type { EventStore } from "../../store/event-store.js";
import { ToolError } from "../../tools/tool.js";
import {
  call,
  eventsOf,
  hearing,
  latch,
  ONCE_TRIED,
  outcomeOf,
  soundChain,
  storyTool,
  turns,
  until,
  type Latch,
} from "./parts.js";
import { matches } from "./matches.js";
import type { OpenScene } from "./scene.js";
import { stories } from "./story.js";

/** A tool whose calls wait for the latch that `x` names. It records when each call starts and ends. */
function gates(...names: readonly string[]) {
  const latches = new Map(names.map((name) => [name, latch<void>()]));
  const history: string[] = [];
  const gate = storyTool("gate", "none", async ({ x }) => {
    history.push(`${x as string} starts`);
    await latches.get(x as string)!.passed;
    history.push(`${x as string} ends`);
    return x;
  });
  return { gate, history, open: (name: string) => latches.get(name)!.open() };
}

const gated = (id: string, more: object = {}) => call(id, "gate", { with: { x: id }, ...more });
const stuck = () => new Promise<Json>(() => undefined);

export const stepsStories = stories<OpenScene>(({ about, story }) => {
  about("events", () => {
    story("reach listeners in order after they are stored, each with the hash of the one before", async (scene) => {
      const s = await scene({ tools: [storyTool("look", "none", ({ x }) => x ?? 1)] });
      const ears = hearing();
      const steps = [call("a", "look"), call("b", "look", { with: { x: "${{ a }}" } })];
      const run = await s.play(await s.engine(), { plan: { steps } }, ears);

      const log = await s.log(run.id);
      deepEqual(ears.heard, log);
      ok(soundChain(log));
      equal(log.at(-1)?.type, "run.completed");
      equal(run.answering.answer, 1);
    });

    story("are appended with the head of the run after them", async (scene) => {
      const s = await scene({ tools: [storyTool("look", "none")] });
      const heads: (RunHead | undefined)[] = [];
      const append: EventStore["append"] = (runId, at, events, head) => {
        heads.push(head);
        return s.store.append(runId, at, events, head);
      };
      const store = new Proxy(s.store, {
        get(target, key) {
          const value: unknown = key === "append" ? append : Reflect.get(target, key, target);
          return typeof value === "function" ? (value.bind(target) as unknown) : value;
        },
      });
      const { id } = await s.play(await s.engine({ store }), {
        plan: { steps: [call("a", "look"), call("b", "look")] },
      });
      const log = await s.log(id);
      ok(heads.length > 1);
      for (const head of heads) {
        const run = emptyRun(id);
        for (const event of log.slice(0, head?.lastSeq)) foldNext(run, event);
        deepEqual(headOf(run, log[run.log.seq - 1]!), head);
      }
    });

    story("of 200 parallel runs all reach their listeners", async (scene) => {
      const look = storyTool("look", "none", ({ x }) => x);
      const s = await scene({ tools: [look] });
      const engine = await s.engine();
      const steps = [call("a", "look", { with: { x: 1 } }), call("b", "look", { with: { x: "${{ a }}" } })];
      const plan = { steps: [...steps, call("c", "look", { with: { x: "${{ a + b }}" } })] };

      const runIds = await Promise.all(Array.from({ length: 200 }, () => s.start(engine, { plan })));
      const runs = await Promise.all(runIds.map((runId) => s.ended(engine, runId)));
      equal(new Set(runIds).size, 200);
      ok(runs.every((run) => endOf(run)?.how === "completed" && run.answering.answer === 2));
      equal(look.calls.length, 600);
      for (const runId of runIds) ok(soundChain(await s.log(runId)));
    });
  });

  about("parallel steps", () => {
    story("start before any of them ends, and a step after one of them does not wait for the others", async (scene) => {
      const { gate, history, open } = gates("a", "b", "c", "d");
      const s = await scene({ tools: [gate] });
      const engine = await s.engine();
      const steps = [gated("a"), gated("b"), gated("c"), gated("d", { dependsOn: ["c"] })];
      const runId = await s.start(engine, { plan: { steps } });

      await until("three have started", () => history.length === 3);
      deepEqual(new Set(history), new Set(["a starts", "b starts", "c starts"]));
      open("c");
      await until("d starts", () => history.length === 5);
      deepEqual(history.slice(3), ["c ends", "d starts"]);
      for (const id of ["a", "b", "d"]) open(id);
      equal(endOf(await s.ended(engine, runId))?.how, "completed");
      equal(gate.calls.length, 4);
    });

    story("that end while events are being stored are called once each", async (scene) => {
      const pay = storyTool("pay", "once", async ({ n }) => {
        await turns(n as number);
        return n;
      });
      const s = await scene({ tools: [pay] });
      const steps = Array.from({ length: 24 }, (_, n) => call(`s${n}`, "pay", { with: { n: n % 12 } }));
      const run = await s.play(await s.engine(), { plan: { steps }, settings: { concurrency: 24 } });
      equal(run.execution.counts.completed, 24);
      equal(pay.calls.length, 24);
    });

    story("never exceed the concurrency limit", async (scene) => {
      const ids = ["a", "b", "c", "d", "e"];
      const { gate, history, open } = gates(...ids);
      const s = await scene({ tools: [gate] });
      const engine = await s.engine();
      const plan = { steps: ids.map((id) => gated(id)) };
      const runId = await s.start(engine, { plan, settings: { concurrency: 2 } });

      for (const id of ids) {
        await until(`${id} has started`, () => history.includes(`${id} starts`));
        await turns();
        ok(gate.open() <= 2);
        open(id);
      }
      equal((await s.ended(engine, runId)).execution.counts.completed, 5);
    });

    story("of one fan-out never exceed maxParallel, and its output has the order of its list", async (scene) => {
      const latches: Latch<void>[] = Array.from({ length: 5 }, () => latch());
      const item = storyTool("item", "none", async ({ n }) => {
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
        ok(item.open() <= 2);
        latches[n]!.open();
      }
      deepEqual((await s.ended(engine, runId)).answering.answer, [40, 30, 20, 10, 0]);
    });

    story("of rounds come one after the other, each with the output of the one before", async (scene) => {
      const add = storyTool("add", "none", ({ n }) => (n as number) + 4);
      const s = await scene({ tools: [add] });
      const step = {
        with: { n: "${{ previous == null ? 0 : previous }}" },
        repeat: { until: "${{ output >= 10 }}", most: 5 },
      };
      const run = await s.play(await s.engine(), { plan: { steps: [call("sum", "add", step)] } });
      equal(run.answering.answer, 12);
      deepEqual(
        add.calls.map(({ args }) => args["n"]),
        [0, 4, 8],
      );
    });
  });

  about("a failing step", () => {
    story("is retried after its delay and not before", async (scene) => {
      const flaky = storyTool("flaky", "none", (_, { attempt }) => {
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
        ok(data.retryAt - at >= LIMITS.retryDelayMs * attempt);
        await s.clock.advance(data.retryAt - s.clock.now() - 1);
        await turns();
        equal(flaky.calls.length, attempt);
        await s.clock.advance(1);
      }
      equal((await s.ended(engine, runId)).answering.answer, 3);
      equal(new Set(flaky.calls.map(({ key }) => key)).size, 1);
    });

    story("is retried after the delay that the service asked for", async (scene) => {
      const busy = storyTool("busy", "none", (_, { attempt }) => {
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
      equal(busy.calls.length, 1);
      await s.clock.advance(1);
      equal(endOf(await s.ended(engine, runId))?.how, "completed");
    });

    story("without attempts left lets an open call end, records it, and starts nothing more", async (scene) => {
      const [no, paid] = [storyTool("no", "none", () => Promise.reject(refusal())), latch<string>()];
      const [pay, look] = [storyTool("pay", "once", () => paid.passed), storyTool("look", "none")];
      const s = await scene({ tools: [no, pay, look] });
      const engine = await s.engine();
      const ears = hearing();
      const plan = { steps: [call("a", "no"), call("b", "pay"), call("c", "look", { dependsOn: ["b"] })] };
      const runId = await s.start(engine, { plan }, ears);
      await until("a has failed", () => eventsOf(ears.heard, "step.failed").length === 1);
      await turns();
      notEqual(ears.heard.at(-1)?.type, "run.failed");
      paid.open("receipt");

      const run = await s.ended(engine, runId);
      matches(errorOf(run), { code: "NO" });
      matches(await outcomeOf(engine, runId), { a: ["failed", null], b: ["completed", "receipt"] });
      await engine.close();
      const log = await s.log(runId);
      await (await s.engine()).drive(runId, "RESUMED");
      deepEqual(await s.log(runId), log);
      deepEqual([no.calls.length, pay.calls.length, look.calls.length], [1, 1, 0]);
    });

    story("whose once call throws is in doubt until a person settles it", async (scene) => {
      const pay = storyTool("pay", "once", (_, { attempt }) => {
        if (pay.calls.length === 1) throw new Error(`connection lost in attempt ${attempt}`);
        return "paid";
      });
      const s = await scene({ tools: [pay] });
      const engine = await s.engine();
      const runId = await s.start(engine, { plan: { steps: [call("a", "pay")] } });
      const { why } = await engine.stopped(runId);
      equal(why, "waiting");
      await engine.close();

      const other = await s.engine();
      await other.drive(runId, "RESUMED");
      equal((await other.stopped(runId)).why, "waiting");
      deepEqual(await outcomeOf(other, runId), { a: ["unknown", null] });
      equal(pay.calls.length, 1);

      const settle = { type: "settle", step: "a", verdict: "not-happened" } as const;
      deepEqual(await other.send(runId, settle, { by: "ann" }), { ok: true });
      equal((await s.ended(other, runId)).answering.answer, "paid");
      equal(new Set(pay.calls.map(({ key }) => key)).size, 1);
    });

    story("in doubt completes with the output that a person gives", async (scene) => {
      const pay = storyTool("pay", "once", () => Promise.reject(new Error("lost")));
      const s = await scene({ tools: [pay] });
      const engine = await s.engine();
      const runId = await s.start(engine, { plan: { steps: [call("a", "pay")] } });
      await engine.stopped(runId);
      const settle = { type: "settle", step: "a", verdict: "happened", output: "receipt 7" } as const;
      deepEqual(await engine.send(runId, settle, { by: "ann" }), { ok: true });
      equal((await s.ended(engine, runId)).answering.answer, "receipt 7");
      equal(pay.calls.length, 1);
    });
  });

  about("a call without end", () => {
    story("gets an abort signal when the run is cancelled", async (scene) => {
      const wait = storyTool("wait", "none", (_, { signal }) => {
        return new Promise((_resolve, reject) => {
          signal.addEventListener("abort", () => reject(signal.reason as Error));
        });
      });
      const s = await scene({ tools: [wait] });
      const engine = await s.engine();
      const runId = await s.start(engine, { plan: { steps: [call("a", "wait")] } });
      await until("it is called", () => wait.open() === 1);
      deepEqual(await engine.send(runId, { type: "cancel", reason: "enough" }, { by: "ann" }), { ok: true });
      equal(endOf(await s.ended(engine, runId))?.how, "cancelled");
      deepEqual(await outcomeOf(engine, runId), { a: ["cancelled", null] });
    });

    const endings = [
      ["none", "cancelled"],
      ["once", "unknown"],
    ] as const;
    for (const [effects, status] of endings) {
      story(`that ignores its signal (${effects}) is abandoned after the grace time (${status})`, async (scene) => {
        const deaf = storyTool("deaf", effects, stuck);
        const s = await scene({ tools: [deaf] });
        const engine = await s.engine();
        const runId = await s.start(engine, { plan: { steps: [call("a", "deaf")] } });
        await until("it is called", () => deaf.open() === 1);
        await engine.send(runId, { type: "cancel", reason: "enough" }, { by: "ann" });
        await s.clock.advance(LIMITS.graceMs - 1);
        equal(endOf(await engine.load(runId))?.how, undefined);
        await s.clock.advance(1);
        equal(endOf(await s.ended(engine, runId))?.how, "cancelled");
        deepEqual(await outcomeOf(engine, runId), { a: [status, null] });
      });
    }

    story("fails at its timeout, or after the grace time if it ignores its signal", async (scene) => {
      const deaf = storyTool("deaf", "none", stuck);
      const s = await scene({ tools: [deaf] });
      const engine = await s.engine();
      const plan = { steps: [call("a", "deaf", { timeout: "5s", ...ONCE_TRIED })] };
      const runId = await s.start(engine, { plan });
      await until("it is called", () => deaf.open() === 1);
      await s.clock.advance(5_000 + LIMITS.graceMs);
      const run = await s.ended(engine, runId);
      deepEqual([endOf(run)?.how, errorOf(run)?.code], ["failed", "TIMEOUT"]);
    });
  });
});

const refusal = () => new ToolError("no", { code: "NO", retryable: false });
