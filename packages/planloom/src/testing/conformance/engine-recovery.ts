// Stories about an interrupted run that continues: after a stop during a call, and after a store that could not write.
// In: a stage. Out: stories, which compare the calls before and after.
import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { endOf, errorOf } from "../../run/status.js";
import { PlanloomError } from "../../words/planloom-error.js";
import type { Engine } from "../../engine/engine.js";
import { LIMITS } from "../../limits.js";
import type { Json } from "../../plan/json.js";
import type { EffectClass } from "../../plan/tool-spec.js";
import type { EventStore } from "../../store/event-store.js";
import { scriptedModel, type ScriptedReply } from "../scripted-model.js";
import type { ModelRequest } from "../../model/port.js";
import { call, eventsOf, latch, outcomeOf, soundChain, storyTool, turns, until } from "./parts.js";
import { matches } from "./matches.js";
import type { EngineNeed, OpenScene, Scene } from "./scene.js";
import { stories } from "./story.js";

/** A tool whose first call never ends. */
function stuckAtFirst(name: string, effects: EffectClass) {
  const made = storyTool(name, effects, (): Json | Promise<Json> => {
    return made.calls.length === 1 ? new Promise<Json>(() => undefined) : `${name} done`;
  });
  return made;
}

/** Model replies that have been given so far in this conversation. */
const turnOf = (request: ModelRequest) => request.messages.filter(({ role }) => role === "assistant").length + 1;

const full = () => new PlanloomError("STORE_FULL", { path: "memory" });

/** The same store, but the n-th call of `verb` fails as with a full disk. */
function brokenStore(store: EventStore, verb: "append" | "writeJournal", n: number): EventStore & { calls: number } {
  const counter = { calls: 0 };
  return new Proxy(store, {
    get(target, key) {
      if (key === "calls") return counter.calls;
      const value: unknown = Reflect.get(target, key, target);
      if (typeof value !== "function") return value;
      return (...args: unknown[]) => {
        if (key === verb && ++counter.calls === n) return Promise.reject(full());
        return Reflect.apply(value, target, args) as unknown;
      };
    },
  }) as EventStore & { calls: number };
}

/** The same store, but no run can be released: closed engines look like killed ones. */
function unreleased(store: EventStore): EventStore {
  return new Proxy(store, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key, target);
      if (key === "release") return () => Promise.resolve();
      return typeof value === "function" ? (value.bind(target) as unknown) : value;
    },
  });
}

async function resumed(s: Scene, runId: string, engine?: Engine): Promise<Engine> {
  const next = engine ?? (await s.engine());
  await next.drive(runId, "RESUMED");
  return next;
}

export const recoveryStories = stories<OpenScene, EngineNeed>(({ about, story, storyNeeding }) => {
  about("an engine closed during a call", () => {
    for (const effects of ["none", "idempotent"] as const) {
      story(`calls again with the same key (${effects})`, async (scene) => {
        const [before, tool] = [storyTool("before", "once"), stuckAtFirst("act", effects)];
        const s = await scene({ tools: [before, tool] });
        const engine = await s.engine();
        const plan = { steps: [call("a", "before"), call("b", "act", { dependsOn: ["a"] })] };
        const runId = await s.start(engine, { plan });
        await until("it is called", () => tool.calls.length === 1);
        await engine.close();

        const run = await s.ended(await resumed(s, runId), runId);
        deepEqual(run.answering.answer, { a: "before", b: "act done" });
        equal(tool.calls.length, 2);
        deepEqual(tool.calls[1], tool.calls[0]);
        equal(before.calls.length, 1);
      });
    }

    story("does not repeat a once call until a person says that it did not happen", async (scene) => {
      const tool = stuckAtFirst("pay", "once");
      const s = await scene({ tools: [tool] });
      const engine = await s.engine();
      const runId = await s.start(engine, { plan: { steps: [call("a", "pay")] } });
      await until("it is called", () => tool.calls.length === 1);
      await engine.close();

      const other = await resumed(s, runId);
      equal((await other.stopped(runId)).why, "waiting");
      deepEqual(await outcomeOf(other, runId), { a: ["unknown", null] });
      matches(eventsOf(await s.log(runId), "step.unknown"), [{ data: { tool: "pay", step: "a" } }]);
      equal(tool.calls.length, 1);
      const settle = { type: "settle", step: "a", verdict: "not-happened" } as const;
      await other.send(runId, settle, { by: "ann" });
      equal((await s.ended(other, runId)).answering.answer, "pay done");
    });

    story("gives up calls that end several processes in a row, for all items of a fan-out", async (scene) => {
      const crash = storyTool("crash", "none", () => new Promise<Json>(() => undefined));
      const s = await scene({ tools: [crash] });
      const steps = [call("each", "crash", { forEach: "${{ [1, 2] }}", with: { n: "${{ item }}" } })];
      const store = unreleased(s.store);
      let engine = await s.engine({ store });
      const runId = await s.start(engine, { plan: { steps }, settings: { crashes: 2 } });
      for (const times of [1, 2, 3]) {
        await until("both items are called", () => crash.calls.length === 2 * times);
        await engine.close();
        await s.clock.advance(LIMITS.leaseMs);
        engine = await resumed(s, runId, await s.engine({ store }));
      }
      const run = await s.ended(engine, runId);
      matches(errorOf(run), { code: "POISON_STEP" });
      equal(crash.calls.length, 6);
    });

    story("counts no crash of a call when it is closed in order, however often", async (scene) => {
      const slow = storyTool("slow", "none", () =>
        slow.calls.length < 6 ? new Promise<Json>(() => undefined) : "done",
      );
      const s = await scene({ tools: [slow] });
      let engine = await s.engine();
      const runId = await s.start(engine, { plan: { steps: [call("a", "slow")] }, settings: { crashes: 2 } });
      for (const times of [1, 2, 3, 4, 5]) {
        await until("it is called", () => slow.calls.length === times);
        await engine.close();
        engine = await resumed(s, runId);
      }
      equal((await s.ended(engine, runId)).answering.answer, "done");
      const resumes = eventsOf(await s.log(runId), "run.resumed");
      deepEqual(
        resumes.map(({ data }) => data.released),
        [true, true, true, true, true],
      );
    });

    story("writes nothing after it was closed", async (scene) => {
      const gate = latch<string>();
      const wait = storyTool("wait", "none", () => gate.passed);
      const s = await scene({ tools: [wait] });
      const engine = await s.engine();
      const runId = await s.start(engine, { plan: { steps: [call("a", "wait")] } });
      await until("it is called", () => wait.open() === 1);
      await engine.close();
      const log = await s.log(runId);
      gate.open("nobody hears this");
      await turns();
      deepEqual(await s.log(runId), log);
    });
  });

  about("an agent step", () => {
    const plan = { steps: [{ id: "a", agent: "Note it down.", tools: ["note"] }] };
    const noteFirst = (request: ModelRequest): ScriptedReply => {
      return turnOf(request) === 1 ? { toolCalls: [{ name: "note", args: { x: 1 } }] } : "noted";
    };

    story("that was interrupted sends no finished turn again and calls no tool twice", async (scene) => {
      const note = storyTool("note", "once", () => "note 1");
      const never = new Promise<void>(() => undefined);
      const first = scriptedModel((request) =>
        turnOf(request) === 1 ? noteFirst(request) : { text: "", wait: never },
      );
      const s = await scene({ tools: [note], executor: first });
      const engine = await s.engine();
      const runId = await s.start(engine, { plan });
      await until("the second turn is asked for", () => first.requests.length === 2);
      await engine.close();

      const second = scriptedModel(noteFirst);
      const other = await s.engine({ executor: second });
      const run = await s.ended(await resumed(s, runId, other), runId);
      equal(run.answering.answer, "noted");
      deepEqual(second.requests.map(turnOf), [2]);
      equal(note.calls.length, 1);
      ok(JSON.stringify(second.requests[0]?.messages).includes("note 1"));
      equal(run.usage.executor.calls, 2);
    });

    story("whose tool was called when it stopped is in doubt, and calls nothing again by itself", async (scene) => {
      const note = stuckAtFirst("note", "once");
      const model = scriptedModel(noteFirst);
      const s = await scene({ tools: [note], executor: model });
      const engine = await s.engine();
      const runId = await s.start(engine, { plan });
      await until("the tool is called", () => note.calls.length === 1);
      await engine.close();

      const other = await resumed(s, runId);
      equal((await other.stopped(runId)).why, "waiting");
      matches(eventsOf(await s.log(runId), "step.unknown"), [{ data: { tool: "note" } }]);
      const settle = { type: "settle", step: "a", verdict: "happened", output: "note 7" } as const;
      deepEqual(await other.send(runId, settle, { by: "ann" }), { ok: true });
      equal((await s.ended(other, runId)).answering.answer, "noted");
      equal(note.calls.length, 1);
      deepEqual(model.requests.map(turnOf), [1, 2]);
      ok(JSON.stringify(model.requests[1]?.messages).includes("note 7"));
    });
  });

  about("an agent step whose tool was called when it stopped", () => {
    const plan = { steps: [{ id: "a", agent: "Note it down.", tools: ["note"] }] };
    const model = () =>
      scriptedModel((request) => (turnOf(request) === 1 ? { toolCalls: [{ name: "note", args: { x: 1 } }] } : "noted"));

    const stops = [
      ["once", "before", "unknown"],
      ["idempotent", "before", "unknown"],
      ["none", "before", "cancelled"],
      ["once", "after", "unknown"],
      ["idempotent", "after", "unknown"],
      ["none", "after", "cancelled"],
    ] as const;
    for (const [effects, when, status] of stops) {
      story(
        `leaves that call in doubt if the run is cancelled (${effects}, ${when} the stop): ${status}`,
        async (scene) => {
          const note = stuckAtFirst("note", effects);
          const s = await scene({ tools: [note], executor: model() });
          const engine = await s.engine();
          const runId = await s.start(engine, { plan });
          await until("the tool is called", () => note.calls.length === 1);
          const cancel = { type: "cancel", reason: "enough" } as const;
          if (when === "before") await engine.send(runId, cancel, { by: "ann" });
          await engine.close();
          const other = await s.engine();
          if (when === "after") await other.send(runId, cancel, { by: "ann", record: "only" });
          const run = await s.ended(await resumed(s, runId, other), runId);
          deepEqual([endOf(run)?.how, run.execution.steps.get("a")?.work.status], ["cancelled", status]);
          const doubts = eventsOf(await s.log(runId), "step.unknown");
          if (status === "unknown") matches(doubts, [{ data: { tool: "note", error: { code: "OUTCOME_UNKNOWN" } } }]);
          equal(note.calls.length, 1);
        },
      );
    }

    story(
      "leaves it in doubt also if it runs when the cancel comes, but not a call that a person has settled",
      async (scene) => {
        const note = stuckAtFirst("note", "once");
        const never = new Promise<void>(() => undefined);
        const slow = scriptedModel((request) =>
          turnOf(request) === 1 ? { toolCalls: [{ name: "note", args: { x: 1 } }] } : { text: "", wait: never },
        );
        const s = await scene({ tools: [note], executor: slow });
        const engine = await s.engine();
        const runId = await s.start(engine, { plan });
        await until("the tool is called", () => note.calls.length === 1);
        await engine.close();
        const other = await resumed(s, runId);
        await other.stopped(runId);
        await other.send(runId, { type: "settle", step: "a", verdict: "happened", output: 7 }, { by: "ann" });
        await other.send(runId, { type: "cancel", reason: "enough" }, { by: "ann" });
        const run = await s.ended(other, runId);
        deepEqual([endOf(run)?.how, run.execution.steps.get("a")?.work.status], ["cancelled", "cancelled"]);
      },
    );

    story("and that repeats an idempotent call leaves it in doubt if it is cancelled", async (scene) => {
      const note = storyTool(
        "note",
        "idempotent",
        (_, { signal }) =>
          new Promise((_, reject) => {
            signal.addEventListener("abort", () => reject(new Error("stopped")));
          }),
      );
      const s = await scene({ tools: [note], executor: model() });
      const engine = await s.engine();
      const runId = await s.start(engine, { plan });
      await until("the tool is called", () => note.calls.length === 1);
      await engine.send(runId, { type: "cancel", reason: "enough" }, { by: "ann" });
      const run = await s.ended(engine, runId);
      deepEqual([endOf(run)?.how, run.execution.steps.get("a")?.work.status], ["cancelled", "unknown"]);
    });
  });

  about("a store that cannot write", () => {
    const steps = [call("a", "look"), call("b", "look", { with: { x: "${{ a }}" } }), call("c", "look")];
    const agentSteps = [{ id: "a", agent: "Note it.", tools: ["note"] }];
    const noteFirst = (request: ModelRequest): ScriptedReply =>
      turnOf(request) === 1 ? { toolCalls: [{ name: "note", args: { x: 1 } }] } : "noted";

    async function unbroken(s: Scene, verb: "append" | "writeJournal", plan: unknown): Promise<number> {
      const store = brokenStore(s.store, verb, 0);
      const engine = await s.engine({ store });
      await s.play(engine, { plan });
      return store.calls;
    }

    story(
      "an event: the run stops with that error, no input is half stored, and another engine continues",
      async (scene) => {
        const look = storyTool("look", "none", ({ x }) => x ?? 1);
        const s = await scene({ tools: [look] });
        const plan = { steps };
        const appends = await unbroken(s, "append", plan);
        ok(appends > 2);
        for (let n = 2; n <= appends; n++) {
          const store = brokenStore(s.store, "append", n);
          const engine = await s.engine({ store });
          const runId = await s.start(engine, { plan });
          const stopped = await s.ended(engine, runId).catch((error: unknown) => error);
          // The number of inputs in one append depends on the machine. This time there were fewer appends.
          if (n > 2 && store.calls < n) break;
          matches(stopped, { code: "STORE_FULL" });
          const log = await s.log(runId);
          ok(soundChain(log));

          // The same engine for odd n: it did not keep the run locked.
          const next = await resumed(s, runId, n % 2 === 1 ? engine : undefined);
          const run = await s.ended(next, runId);
          deepEqual([n, run.answering.answer], [n, { b: 1, c: 1 }]);
          deepEqual((await s.log(runId)).slice(0, log.length), log);
          ok(soundChain(await s.log(runId)));
        }
      },
    );

    const lost: readonly (readonly [string, unknown])[] = [
      ["run.completed", { steps: [call("a", "look")] }],
      ["step.suspended", { steps: [call("a", "look"), { id: "q", ask: "Well?", dependsOn: ["a"] }] }],
    ];
    for (const [type, plan] of lost) {
      story(`an event: no reader sees a state that was not stored (${type})`, async (scene) => {
        const s = await scene({ tools: [storyTool("look", "none")] });
        const [reached, release] = [latch(), latch()];
        const store = new Proxy(s.store, {
          get(target, key) {
            const value: unknown = Reflect.get(target, key, target);
            if (key !== "append") return typeof value === "function" ? (value.bind(target) as unknown) : value;
            return async (...args: Parameters<EventStore["append"]>) => {
              if (args[2].at(-1)?.type !== type) return target.append(...args);
              reached.open();
              await release.passed;
              throw full();
            };
          },
        });
        const engine = await s.engine({ store });
        const runId = await s.start(engine, { plan });
        await reached.passed;
        const asked = rejects(engine.stopped(runId), { code: "STORE_FULL" });
        await turns();
        release.open();
        await asked;
        const other = await resumed(s, runId);
        equal((await other.stopped(runId)).why, type === "run.completed" ? "ended" : "waiting");
      });
    }

    storyNeeding("processes", "the release of a run: the same engine can still continue", async (scene) => {
      const look = storyTool("look", "none", ({ x }) => x ?? 1);
      const s = await scene({ tools: [look] });
      let broken = true;
      const store = new Proxy(s.store, {
        get(target, key) {
          const value: unknown = Reflect.get(target, key, target);
          if (typeof value !== "function") return value;
          return async (...args: unknown[]) => {
            const starting = key === "append" && (args[1] as { expectedSeq: number }).expectedSeq === 0;
            if (broken && !starting && (key === "append" || key === "release")) throw full();
            return Reflect.apply(value, target, args) as unknown;
          };
        },
      });
      const engine = await s.engine({ store });
      const runId = await s.start(engine, { plan: { steps } });
      await rejects(s.ended(engine, runId), { code: "STORE_FULL" });
      broken = false;
      await rejects(resumed(s, runId), { code: "RUN_OWNED" });
      equal(endOf(await s.ended(await resumed(s, runId, engine), runId))?.how, "completed");
    });

    story("the first event: nothing starts", async (scene) => {
      const look = storyTool("look", "none");
      const s = await scene({ tools: [look] });
      const engine = await s.engine({ store: brokenStore(s.store, "append", 1) });
      await rejects(s.start(engine, { plan: { steps } }), { code: "STORE_FULL" });
      equal(look.calls.length, 0);
      deepEqual(await s.store.list(), { runs: [] });
      equal(endOf(await s.play(engine, { plan: { steps } }))?.how, "completed");
    });

    story(
      "a journal row: the run stops, the step has not failed, and finished turns are not paid again",
      async (scene) => {
        const note = storyTool("note", "idempotent", () => "note 1");
        const model = scriptedModel(noteFirst);
        const s = await scene({ tools: [note], executor: model });
        const plan = { steps: agentSteps };
        const writes = await unbroken(s, "writeJournal", plan);
        equal(writes, 4);
        for (let n = 1; n <= writes; n++) {
          const [asked, called] = [model.requests.length, note.calls.length];
          const engine = await s.engine({ store: brokenStore(s.store, "writeJournal", n) });
          const runId = await s.start(engine, { plan });
          await rejects(s.ended(engine, runId), { code: "STORE_FULL" });
          const run = await s.ended(await resumed(s, runId), runId);
          deepEqual([n, run.answering.answer], [n, "noted"]);
          equal(eventsOf(await s.log(runId), "step.failed").length, 0);
          // There were two turns (rows 1 and 4) and one call (row 3). Only the one that could not be recorded is
          // repeated.
          equal(model.requests.length - asked, n === 1 || n === 4 ? 3 : 2);
          equal(note.calls.length - called, n === 3 ? 2 : 1);
        }
      },
    );

    story("a journal that cannot be read either: the step has not failed", async (scene) => {
      const s = await scene({ executor: scriptedModel(["thought"]) });
      const store = new Proxy(s.store, {
        get(target, key) {
          if (key === "readJournal") return () => Promise.reject(full());
          const value: unknown = Reflect.get(target, key, target);
          return typeof value === "function" ? (value.bind(target) as unknown) : value;
        },
      });
      const engine = await s.engine({ store });
      const runId = await s.start(engine, { plan: { steps: [{ id: "a", agent: "Think." }] } });
      await rejects(s.ended(engine, runId), { code: "STORE_FULL" });
      equal((await s.ended(await resumed(s, runId), runId)).answering.answer, "thought");
    });
  });
});
