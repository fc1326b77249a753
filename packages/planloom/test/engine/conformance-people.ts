// What people say to a run, from the engine that drives it or from another one. In: a stage. Out: tests.
// Separate because every command takes the same way, through the inbox.
import { describe, expect, test } from "vitest";
import type { PlannerRequest } from "../../src/agents/plan-request.js";
import type { Engine } from "../../src/engine/engine.js";
import type { Command } from "../../src/run/command.js";
import type { EventStore } from "../../src/store/event-store.js";
import { statusOf, type Run } from "../../src/run/state.js";
import { call, eventsOf, inTime, latch, toolNamed, turns, until } from "./parts.js";
import type { OpenScene } from "./scene.js";

const asked = { id: "q", ask: "How many?", output: "number" };
const then = call("b", "look", { with: { n: "${{ q }}" } });
const questionnaire = { steps: [asked, then] };
const echo = () => toolNamed("look", "none", ({ n }) => n ?? "looked");

const pendingHash = (run: Run): string => [...run.approvals.keys()][0]!;

async function waiting(engine: Engine, runId: string): Promise<Run> {
  const { run, why } = await engine.stopped(runId);
  expect(why).toBe("waiting");
  return run;
}

export function peopleConformance(name: string, scene: OpenScene): void {
  describe(`${name}: people`, () => {
    test("answer a question, in the type that is asked for", async () => {
      const s = await scene({ tools: [echo()] });
      const engine = await s.engine();
      const runId = await s.start(engine, { plan: questionnaire });
      expect(statusOf(await waiting(engine, runId))).toBe("needs-attention");

      const wrong = await engine.send(runId, { type: "respond", step: "q", value: "three" }, { by: "ann" });
      expect(wrong).toMatchObject({ ok: false, code: "ANSWER_TYPE" });
      const right = await engine.send(runId, { type: "respond", step: "q", value: 3 }, { by: "ann" });
      expect(right).toStrictEqual({ ok: true });
      expect((await s.ended(engine, runId)).answer).toBe(3);
    });

    test("approve a plan by its hash, before which nothing is called", async () => {
      const look = echo();
      const s = await scene({ tools: [look] });
      const engine = await s.engine();
      const runId = await s.start(engine, { plan: { steps: [call("a", "look")] }, settings: { approval: "always" } });
      const run = await waiting(engine, runId);
      expect(look.calls).toHaveLength(0);
      const stale = await engine.send(runId, { type: "approve", hash: "0".repeat(64) }, { by: "ann" });
      expect(stale).toMatchObject({ ok: false, code: "STALE_HASH" });
      await engine.send(runId, { type: "approve", hash: pendingHash(run) }, { by: "ann" });
      expect((await s.ended(engine, runId)).answer).toBe("looked");
      const granted = eventsOf(await s.log(runId), "approval.granted");
      expect(granted.map(({ by }) => by)).toStrictEqual(["ann"]);
    });

    test("who approve too late, or never, end the run", async () => {
      const s = await scene({ tools: [echo()] });
      const engine = await s.engine();
      const plan = { steps: [call("a", "look")] };
      const runId = await s.start(engine, { plan, settings: { approval: "always", approvalMs: 60_000 } });
      const hash = pendingHash(await waiting(engine, runId));
      await s.clock.advance(59_999);
      expect((await engine.load(runId)).ended).toBeUndefined();
      await s.clock.advance(1);
      expect((await s.ended(engine, runId)).error).toMatchObject({ code: "APPROVAL_EXPIRED" });
      const late = await engine.send(runId, { type: "approve", hash }, { by: "ann" });
      expect(late).toMatchObject({ ok: false, code: "RUN_ENDED" });
    });

    test("who were away: an expiry is decided by whoever drives the run next", async () => {
      const s = await scene({ tools: [echo()] });
      const engine = await s.engine();
      const plan = { steps: [call("a", "look")] };
      const runId = await s.start(engine, { plan, settings: { approval: "always", approvalMs: 60_000 } });
      await waiting(engine, runId);
      await engine.close();
      await s.clock.advance(60_000);
      const other = await s.engine();
      await other.drive(runId, "resumed");
      expect((await s.ended(other, runId)).error).toMatchObject({ code: "APPROVAL_EXPIRED" });
    });

    test("who approve none of a fan-out's calls end the run, too", async () => {
      const pay = toolNamed("pay", "once", () => "paid", { approval: "required" });
      const s = await scene({ tools: [pay] });
      const engine = await s.engine();
      const steps = [call("each", "pay", { forEach: "${{ [1, 2, 3] }}", with: { n: "${{ item }}" } })];
      const runId = await s.start(engine, { plan: { steps }, settings: { approvalMs: 60_000 } });
      expect((await waiting(engine, runId)).approvals.size).toBe(3);
      await s.clock.advance(60_000);
      expect((await s.ended(engine, runId)).ended).toBe("failed");
      expect(pay.calls).toHaveLength(0);
    });

    test("reject a plan: the planner is asked again and told why", async () => {
      const requests: PlannerRequest[] = [];
      const planner = async (request: PlannerRequest) => {
        requests.push(request);
        return { steps: [call(`v${requests.length}`, "look")] };
      };
      const s = await scene({ tools: [echo()], planner });
      const engine = await s.engine();
      const runId = await s.start(engine, { goal: "look", settings: { approval: "always" } });
      await waiting(engine, runId);
      await engine.send(runId, { type: "reject", comment: "smaller" }, { by: "ann" });
      const run = await waiting(engine, runId);
      expect(requests[1]?.rejected).toMatchObject([{ comment: "smaller", plan: { steps: [{ id: "v1" }] } }]);
      await engine.send(runId, { type: "approve", hash: pendingHash(run) }, { by: "ann" });
      expect([...(await s.ended(engine, runId)).steps.keys()]).toStrictEqual(["v2"]);
    });

    test("reach a live run from another engine", async () => {
      const s = await scene({ tools: [echo()] });
      const [engine, other] = [await s.engine(), await s.engine()];
      const runId = await s.start(engine, { plan: questionnaire });
      await waiting(engine, runId);
      const command = { type: "respond", step: "q", value: 3 } as const;
      expect(await inTime(s.clock, other.send(runId, command, { by: "ben" }))).toStrictEqual({ ok: true });
      expect((await s.ended(engine, runId)).answer).toBe(3);
      const again = await other.send(runId, command, { by: "ben" });
      expect(again).toMatchObject({ ok: false, code: "RUN_ENDED" });
    });

    test("are heard once, though a command is put twice and the run changes hands", async () => {
      const gate = latch<string>();
      const look = toolNamed("look", "none", ({ n }) => gate.passed.then(() => n));
      const s = await scene({ tools: [look] });
      const engine = await s.engine();
      const runId = await s.start(engine, { plan: questionnaire });
      await waiting(engine, runId);
      const payload = { type: "respond", step: "q", value: 3 } as const;
      const entry = { inputId: "the-same", at: s.clock.now(), by: "ben", payload };
      expect([await s.store.put(runId, entry), await s.store.put(runId, entry)]).toStrictEqual([true, false]);
      await s.clock.advance(1_000);
      await until("the next step has begun", () => look.open() === 1);
      await engine.close();

      const other = await s.engine();
      await other.drive(runId, "resumed");
      gate.open("");
      expect((await s.ended(other, runId)).answer).toBe(3);
      const answers = (await s.log(runId)).filter(({ inputId, by }) => inputId === "the-same" && by === "ben");
      expect(answers.map(({ type }) => type)).toStrictEqual(["step.completed"]);
    });

    test("cancel before a call that was about to begin: it does not", async () => {
      const [a, recorded] = [latch(), latch()];
      const wait = toolNamed("wait", "none", () => a.passed.then(() => "waited"));
      const pay = toolNamed("pay", "once");
      const s = await scene({ tools: [wait, echo(), pay] });
      let held = false;
      const store = new Proxy(s.store, {
        get(target, key) {
          const value: unknown = Reflect.get(target, key, target);
          if (key !== "append") return typeof value === "function" ? (value.bind(target) as unknown) : value;
          return async (...args: Parameters<EventStore["append"]>) => {
            if (!args[2].some(({ type }) => type === "step.completed") || held) return target.append(...args);
            held = true;
            await recorded.passed;
            return target.append(...args);
          };
        },
      });
      const engine = await s.engine({ store });
      const steps = [call("a", "wait"), call("b", "pay", { dependsOn: ["a"] }), call("c", "look")];
      const runId = await s.start(engine, { plan: { steps } });
      await until("c is being recorded", () => held);
      a.open();
      await until("a has ended", () => wait.open() === 0);
      await turns();
      const cancelled = engine.send(runId, { type: "cancel", reason: "enough" }, { by: "ann" });
      await turns();
      recorded.open();
      expect(await cancelled).toStrictEqual({ ok: true });
      expect((await s.ended(engine, runId)).ended).toBe("cancelled");
      expect(eventsOf(await s.log(runId), "step.started").map(({ data }) => data.step)).toContain("b");
      expect(pay.calls).toHaveLength(0);
    });

    test("make an engine drive a run that nobody drives", async () => {
      const s = await scene({ tools: [echo()] });
      const engine = await s.engine();
      const runId = await s.start(engine, { plan: questionnaire });
      await waiting(engine, runId);
      await engine.close();

      const other = await s.engine();
      expect(await other.send(runId, { type: "respond", step: "q", value: 4 }, { by: "ann" })).toStrictEqual({
        ok: true,
      });
      expect((await s.ended(other, runId)).answer).toBe(4);
    });

    test("who speak at the same time to a run that nobody drives are all heard", async () => {
      const s = await scene({});
      const steps = ["p", "q", "r"].map((id) => ({ id, ask: "How many?", output: "number" }));
      const engine = await s.engine();
      const runId = await s.start(engine, { plan: { steps, answer: { value: "${{ p + q + r }}" } } });
      await waiting(engine, runId);
      await engine.close();

      const other = await s.engine();
      const said = ["p", "q", "r"].map((step, index) =>
        other.send(runId, { type: "respond", step, value: index }, { by: `person ${index}` }),
      );
      expect(await Promise.all(said)).toStrictEqual([{ ok: true }, { ok: true }, { ok: true }]);
      expect((await s.ended(other, runId)).answer).toBe(3);
    });

    test("may only leave word: whoever drives the run next obeys", async () => {
      const s = await scene({ tools: [echo()] });
      const engine = await s.engine();
      const runId = await s.start(engine, { plan: questionnaire });
      await waiting(engine, runId);
      await engine.close();
      const other = await s.engine();
      await other.send(runId, { type: "respond", step: "q", value: 5 }, { by: "ann", record: "only" });
      expect(eventsOf(await s.log(runId), "run.resumed")).toHaveLength(0);
      await other.drive(runId, "resumed");
      expect((await s.ended(other, runId)).answer).toBe(5);
    });

    test("who left word are obeyed before anything begins", async () => {
      const wait = toolNamed("wait", "none", () => new Promise(() => undefined));
      const s = await scene({ tools: [wait] });
      const engine = await s.engine();
      const runId = await s.start(engine, { plan: { steps: [call("a", "wait")] } });
      await until("a is called", () => wait.open() === 1);
      await engine.close();
      const other = await s.engine();
      await other.send(runId, { type: "cancel", reason: "enough" }, { by: "ann", record: "only" });
      await other.drive(runId, "resumed");
      expect((await s.ended(other, runId)).ended).toBe("cancelled");
      expect(wait.calls).toHaveLength(1);
    });

    test("who left word to cancel what another process had begun leave it in doubt", async () => {
      const put = toolNamed("put", "idempotent", () => new Promise(() => undefined));
      const s = await scene({ tools: [put] });
      const engine = await s.engine();
      const runId = await s.start(engine, { plan: { steps: [call("a", "put")] } });
      await until("a is called", () => put.open() === 1);
      await engine.close();
      const other = await s.engine();
      await other.send(runId, { type: "cancel", reason: "enough" }, { by: "ann", record: "only" });
      await other.drive(runId, "resumed");
      const run = await s.ended(other, runId);
      expect([run.ended, run.steps.get("a")?.work.status]).toStrictEqual(["cancelled", "unknown"]);
      expect(put.calls).toHaveLength(1);
    });

    test("who approve a call too late are told so, from another engine as well", async () => {
      const pay = toolNamed("pay", "once", () => "paid", { approval: "required" });
      const s = await scene({ tools: [pay] });
      // The owner's long timers are late, so that the command is what it hears of first.
      const { clock } = s;
      const setTimer: typeof clock.setTimer = (ms, fn) => (ms > 10_000 ? () => undefined : clock.setTimer(ms, fn));
      const engine = await s.engine({ clock: { now: () => clock.now(), setTimer } });
      const other = await s.engine();
      const steps = [call("a", "pay", { onFailure: "skip" }), { id: "q", ask: "How many?", output: "number" }];
      const runId = await s.start(engine, { plan: { steps }, settings: { approvalMs: 60_000 } });
      const hash = pendingHash(await waiting(engine, runId));
      await clock.advance(60_000);
      const late = other.send(runId, { type: "approve", hash }, { by: "ben" });
      expect(await inTime(clock, late)).toMatchObject({ ok: false, code: "NOTHING_TO_APPROVE" });
      expect(pay.calls).toHaveLength(0);
    });

    test("cannot say what no engine could decide", async () => {
      const s = await scene({ tools: [echo()] });
      const engine = await s.engine();
      const runId = await s.start(engine, { plan: questionnaire });
      await waiting(engine, runId);
      const noComment = { type: "reject" } as unknown as Command;
      const noItem = { type: "respond", step: "q", item: "length", value: 1 } as unknown as Command;
      for (const command of [noComment, noItem])
        await expect(engine.send(runId, command, { by: "ann" })).rejects.toMatchObject({ code: "COMMAND_INVALID" });
      const right = { type: "respond", step: "q", value: 3 } as const;
      await expect(engine.send(runId, right, { by: "engine" })).rejects.toMatchObject({ code: "COMMAND_INVALID" });
      // Another version's words in the inbox do not stop the run.
      await s.store.put(runId, { inputId: "odd", at: s.clock.now(), by: "ben", payload: { type: "reject" } });
      expect(await engine.send(runId, right, { by: "ann" })).toStrictEqual({ ok: true });
      expect((await s.ended(engine, runId)).answer).toBe(3);
    });

    test("who cancel at once stop a run that waits for them", async () => {
      const s = await scene({ tools: [echo()] });
      const engine = await s.engine();
      const runId = await s.start(engine, { plan: questionnaire });
      await waiting(engine, runId);
      await engine.close();
      const other = await s.engine();
      expect(await other.send(runId, { type: "cancel", reason: "" }, { by: "ann" })).toStrictEqual({ ok: true });
      expect((await s.ended(other, runId)).ended).toBe("cancelled");
    });
  });
}
