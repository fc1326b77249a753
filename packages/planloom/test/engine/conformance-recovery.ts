// A run that was interrupted, and goes on: after a stop in mid-call, and after a store that could not write. In: a stage.
// Out: tests. Separate because each story has two halves, and compares what was done in both.
import { describe, expect, onTestFinished, test } from "vitest";
import { PlanloomError } from "../../src/error.js";
import type { Engine } from "../../src/engine/engine.js";
import { LIMITS } from "../../src/limits.js";
import type { Json } from "../../src/plan/json.js";
import type { EffectClass } from "../../src/plan/tool-spec.js";
import type { EventStore } from "../../src/store/event-store.js";
import { scriptedModel, type ScriptedReply } from "../../src/testing/scripted-model.js";
import type { ModelRequest } from "../../src/model/port.js";
import { call, eventsOf, latch, outcomeOf, soundChain, toolNamed, turns, until } from "./parts.js";
import type { OpenScene, Scene } from "./scene.js";

/** A tool whose first call never ends. */
function stuckAtFirst(name: string, effects: EffectClass) {
  const made = toolNamed(name, effects, (): Json | Promise<Json> => {
    return made.calls.length === 1 ? new Promise<Json>(() => undefined) : `${name} done`;
  });
  return made;
}

/** Model replies that have been given so far in this conversation. */
const turnOf = (request: ModelRequest) => request.messages.filter(({ role }) => role === "assistant").length + 1;

const full = () => new PlanloomError("STORE_FULL", "the disk is full", { kind: "store" });

/** The same store, but the n-th call of `verb` fails as on a full disk. */
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

/** The same store, but nobody can give a run up: closed engines look like killed ones. */
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
  await next.drive(runId, "resumed");
  return next;
}

export function recoveryConformance(name: string, scene: OpenScene): void {
  describe(`${name}: an engine closed in mid-call`, () => {
    test.each(["none", "idempotent"] as const)("calls again with the same key (%s)", async (effects) => {
      const [before, tool] = [toolNamed("before", "once"), stuckAtFirst("act", effects)];
      const s = await scene({ tools: [before, tool] });
      const engine = await s.engine();
      const plan = { steps: [call("a", "before"), call("b", "act", { dependsOn: ["a"] })] };
      const runId = await s.start(engine, { plan });
      await until("it is called", () => tool.calls.length === 1);
      await engine.close();

      const run = await s.ended(await resumed(s, runId), runId);
      expect(run.answer).toStrictEqual({ a: "before", b: "act done" });
      expect(tool.calls).toHaveLength(2);
      expect(tool.calls[1]).toStrictEqual(tool.calls[0]);
      expect(before.calls).toHaveLength(1);
    });

    test("does not call again what acts once, until a person says that it did not happen", async () => {
      const tool = stuckAtFirst("pay", "once");
      const s = await scene({ tools: [tool] });
      const engine = await s.engine();
      const runId = await s.start(engine, { plan: { steps: [call("a", "pay")] } });
      await until("it is called", () => tool.calls.length === 1);
      await engine.close();

      const other = await resumed(s, runId);
      expect((await other.stopped(runId)).why).toBe("waiting");
      expect(await outcomeOf(other, runId)).toStrictEqual({ a: ["unknown", null] });
      expect(eventsOf(await s.log(runId), "step.unknown")).toMatchObject([{ data: { tool: "pay", step: "a" } }]);
      expect(tool.calls).toHaveLength(1);
      const settle = { type: "settle", step: "a", verdict: "not-happened" } as const;
      await other.send(runId, settle, { by: "ann" });
      expect((await s.ended(other, runId)).answer).toBe("pay done");
    });

    test("gives calls up that end one process after the other, all items of a fan-out at once", async () => {
      const crash = toolNamed("crash", "none", () => new Promise<Json>(() => undefined));
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
      expect(run.error).toMatchObject({ code: "POISON_STEP" });
      expect(crash.calls).toHaveLength(6);
    });

    test("does not blame a call for closing in order, however often", async () => {
      const slow = toolNamed("slow", "none", () =>
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
      expect((await s.ended(engine, runId)).answer).toBe("done");
      const resumes = eventsOf(await s.log(runId), "run.resumed");
      expect(resumes.map(({ data }) => data.released)).toStrictEqual([true, true, true, true, true]);
    });

    test("leaves nothing behind that goes on to write", async () => {
      const gate = latch<string>();
      const wait = toolNamed("wait", "none", () => gate.passed);
      const s = await scene({ tools: [wait] });
      const engine = await s.engine();
      const runId = await s.start(engine, { plan: { steps: [call("a", "wait")] } });
      await until("it is called", () => wait.open() === 1);
      await engine.close();
      const log = await s.log(runId);
      gate.open("nobody hears this");
      await turns();
      expect(await s.log(runId)).toStrictEqual(log);
    });
  });

  describe(`${name}: an agent step`, () => {
    const plan = { steps: [{ id: "a", agent: "Note it down.", tools: ["note"] }] };
    const noteFirst = (request: ModelRequest): ScriptedReply => {
      return turnOf(request) === 1 ? { toolCalls: [{ name: "note", args: { x: 1 } }] } : "noted";
    };

    test("that was interrupted sends no finished turn again and calls no tool twice", async () => {
      const note = toolNamed("note", "once", () => "note 1");
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
      expect(run.answer).toBe("noted");
      expect(second.requests.map(turnOf)).toStrictEqual([2]);
      expect(note.calls).toHaveLength(1);
      expect(JSON.stringify(second.requests[0]?.messages)).toContain("note 1");
      expect(run.usage.executor.calls).toBe(2);
    });

    test("whose tool was called when it stopped is in doubt, and calls nothing again by itself", async () => {
      const note = stuckAtFirst("note", "once");
      const model = scriptedModel(noteFirst);
      const s = await scene({ tools: [note], executor: model });
      const engine = await s.engine();
      const runId = await s.start(engine, { plan });
      await until("the tool is called", () => note.calls.length === 1);
      await engine.close();

      const other = await resumed(s, runId);
      expect((await other.stopped(runId)).why).toBe("waiting");
      expect(eventsOf(await s.log(runId), "step.unknown")).toMatchObject([{ data: { tool: "note" } }]);
      const settle = { type: "settle", step: "a", verdict: "happened", output: "note 7" } as const;
      expect(await other.send(runId, settle, { by: "ann" })).toStrictEqual({ ok: true });
      expect((await s.ended(other, runId)).answer).toBe("noted");
      expect(note.calls).toHaveLength(1);
      expect(model.requests.map(turnOf)).toStrictEqual([1, 2]);
      expect(JSON.stringify(model.requests[1]?.messages)).toContain("note 7");
    });
  });

  describe(`${name}: an agent step whose tool was called when it stopped`, () => {
    const plan = { steps: [{ id: "a", agent: "Note it down.", tools: ["note"] }] };
    const model = () =>
      scriptedModel((request) => (turnOf(request) === 1 ? { toolCalls: [{ name: "note", args: { x: 1 } }] } : "noted"));

    test.each([
      ["once", "before", "unknown"],
      ["idempotent", "before", "unknown"],
      ["none", "before", "cancelled"],
      ["once", "after", "unknown"],
      ["idempotent", "after", "unknown"],
      ["none", "after", "cancelled"],
    ] as const)(
      "leaves that call in doubt where the run is cancelled (%s, %s the stop): %s",
      async (effects, when, status) => {
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
        expect([run.ended, run.steps.get("a")?.work.status]).toStrictEqual(["cancelled", status]);
        const doubts = eventsOf(await s.log(runId), "step.unknown");
        if (status === "unknown")
          expect(doubts).toMatchObject([{ data: { tool: "note", error: { code: "OUTCOME_UNKNOWN" } } }]);
        expect(note.calls).toHaveLength(1);
      },
    );

    test("leaves it in doubt where it lives to see the cancel, too; a call that a person has settled is none", async () => {
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
      expect([run.ended, run.steps.get("a")?.work.status]).toStrictEqual(["cancelled", "cancelled"]);
    });

    test("and that goes on in an idempotent call leaves that in doubt where it is cancelled", async () => {
      const note = toolNamed(
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
      expect([run.ended, run.steps.get("a")?.work.status]).toStrictEqual(["cancelled", "unknown"]);
    });
  });

  describe(`${name}: a store that cannot write`, () => {
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

    test("an event stops the run with that error; the log holds whole inputs only, and another engine goes on", async () => {
      const look = toolNamed("look", "none", ({ x }) => x ?? 1);
      const s = await scene({ tools: [look] });
      const plan = { steps };
      const appends = await unbroken(s, "append", plan);
      expect(appends).toBeGreaterThan(2);
      for (let n = 2; n <= appends; n++) {
        const store = brokenStore(s.store, "append", n);
        const engine = await s.engine({ store });
        const runId = await s.start(engine, { plan });
        const stopped = await s.ended(engine, runId).catch((error: unknown) => error);
        // How many inputs share an append depends on the machine: this time they were fewer appends.
        if (n > 2 && store.calls < n) break;
        expect(stopped).toMatchObject({ code: "STORE_FULL" });
        const log = await s.log(runId);
        expect(soundChain(log)).toBe(true);

        // The same engine for odd n: it has not kept the run to itself.
        const next = await resumed(s, runId, n % 2 === 1 ? engine : undefined);
        const run = await s.ended(next, runId);
        expect([n, run.answer]).toStrictEqual([n, { b: 1, c: 1 }]);
        expect((await s.log(runId)).slice(0, log.length)).toStrictEqual(log);
        expect(soundChain(await s.log(runId))).toBe(true);
      }
    });

    test.each([
      ["run.completed", { steps: [call("a", "look")] }],
      ["step.suspended", { steps: [call("a", "look"), { id: "q", ask: "Well?", dependsOn: ["a"] }] }],
    ])("what was not recorded has not happened, whoever asks meanwhile (%s)", async (type, plan) => {
      const s = await scene({ tools: [toolNamed("look", "none")] });
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
      const asked = expect(engine.stopped(runId)).rejects.toMatchObject({ code: "STORE_FULL" });
      await turns();
      release.open();
      await asked;
      const other = await resumed(s, runId);
      expect((await other.stopped(runId)).why).toBe(type === "run.completed" ? "ended" : "waiting");
    });

    test("not even that it gives the run up: the same engine may still go on", async () => {
      const look = toolNamed("look", "none", ({ x }) => x ?? 1);
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
      await expect(s.ended(engine, runId)).rejects.toMatchObject({ code: "STORE_FULL" });
      broken = false;
      await expect(resumed(s, runId)).rejects.toMatchObject({ code: "RUN_OWNED" });
      expect((await s.ended(await resumed(s, runId, engine), runId)).ended).toBe("completed");
    });

    test("the first event starts nothing", async () => {
      const look = toolNamed("look", "none");
      const s = await scene({ tools: [look] });
      const engine = await s.engine({ store: brokenStore(s.store, "append", 1) });
      await expect(s.start(engine, { plan: { steps } })).rejects.toMatchObject({ code: "STORE_FULL" });
      expect(look.calls).toHaveLength(0);
      expect(await s.store.list()).toStrictEqual([]);
      expect((await s.play(engine, { plan: { steps } })).ended).toBe("completed");
    });

    test("a journal stops the run, which is no failure of the step; what was paid for is not paid again", async () => {
      const note = toolNamed("note", "idempotent", () => "note 1");
      const model = scriptedModel(noteFirst);
      const s = await scene({ tools: [note], executor: model });
      const plan = { steps: agentSteps };
      const writes = await unbroken(s, "writeJournal", plan);
      expect(writes).toBe(4);
      for (let n = 1; n <= writes; n++) {
        const [asked, called] = [model.requests.length, note.calls.length];
        const engine = await s.engine({ store: brokenStore(s.store, "writeJournal", n) });
        const runId = await s.start(engine, { plan });
        await expect(s.ended(engine, runId)).rejects.toMatchObject({ code: "STORE_FULL" });
        const run = await s.ended(await resumed(s, runId), runId);
        expect([n, run.answer]).toStrictEqual([n, "noted"]);
        expect(eventsOf(await s.log(runId), "step.failed")).toHaveLength(0);
        // Of two turns (rows 1 and 4) and one call (row 3), only what could not be recorded is repeated.
        expect(model.requests.length - asked).toBe(n === 1 || n === 4 ? 3 : 2);
        expect(note.calls.length - called).toBe(n === 3 ? 2 : 1);
      }
    });

    test("a journal that cannot be read is no failure of the step either", async () => {
      const s = await scene({ executor: scriptedModel(["thought"]) });
      const store = new Proxy(s.store, {
        get(target, key) {
          if (key === "readJournal") return () => Promise.reject(full());
          const value: unknown = Reflect.get(target, key, target);
          return typeof value === "function" ? (value.bind(target) as unknown) : value;
        },
      });
      const engine = await s.engine({ store });
      onTestFinished(() => engine.close());
      const runId = await s.start(engine, { plan: { steps: [{ id: "a", agent: "Think." }] } });
      await expect(s.ended(engine, runId)).rejects.toMatchObject({ code: "STORE_FULL" });
      expect((await s.ended(await resumed(s, runId), runId)).answer).toBe("thought");
    });
  });
}
