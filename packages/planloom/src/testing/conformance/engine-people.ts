// Commands of people, given to the engine that drives the run or to another one. In: a stage. Out: stories.
import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import type { PlannerRequest } from "../../agents/planner/plan-request.js";
import type { Engine } from "../../engine/engine.js";
import type { Command } from "../../run/command.js";
import { LIMITS } from "../../limits.js";
import { endOf, errorOf, statusOf } from "../../run/status.js";
import type { EventStore } from "../../store/event-store.js";
import { type Run } from "../../run/state.js";
import { call, eventsOf, asTimePasses, latch, storyTool, turns, until } from "./parts.js";
import { matches } from "./matches.js";
import type { EngineNeed, OpenScene } from "./scene.js";
import { stories } from "./story.js";

const asked = { id: "q", ask: "How many?", output: "number" };
const then = call("b", "look", { with: { n: "${{ q }}" } });
const questionnaire = { steps: [asked, then] };
const echo = () => storyTool("look", "none", ({ n }) => n ?? "looked");

const pendingHash = (run: Run): string => [...run.approvals.pending.keys()][0]!;

async function waiting(engine: Engine, runId: string): Promise<Run> {
  const { run, why } = await engine.stopped(runId);
  equal(why, "waiting");
  return run;
}

export const peopleStories = stories<OpenScene, EngineNeed>(({ about, story, storyNeeding }) => {
  about("commands of people", () => {
    story("a question takes only an answer of its type", async (scene) => {
      const s = await scene({ tools: [echo()] });
      const engine = await s.engine();
      const runId = await s.start(engine, { plan: questionnaire });
      equal(statusOf(await waiting(engine, runId)), "needs-attention");

      const wrong = await engine.send(runId, { type: "respond", step: "q", value: "three" }, { by: "ann" });
      matches(wrong, { ok: false, code: "ANSWER_TYPE" });
      const right = await engine.send(runId, { type: "respond", step: "q", value: 3 }, { by: "ann" });
      deepEqual(right, { ok: true });
      equal((await s.ended(engine, runId)).answering.answer, 3);
    });

    story("an approval names the hash of the plan, and nothing is called before it", async (scene) => {
      const look = echo();
      const s = await scene({ tools: [look] });
      const engine = await s.engine();
      const runId = await s.start(engine, { plan: { steps: [call("a", "look")] }, settings: { approval: "always" } });
      const run = await waiting(engine, runId);
      equal(look.calls.length, 0);
      const stale = await engine.send(runId, { type: "approve", hash: "0".repeat(64) }, { by: "ann" });
      matches(stale, { ok: false, code: "STALE_HASH" });
      await engine.send(runId, { type: "approve", hash: pendingHash(run) }, { by: "ann" });
      equal((await s.ended(engine, runId)).answering.answer, "looked");
      const granted = eventsOf(await s.log(runId), "approval.granted");
      deepEqual(
        granted.map(({ by }) => by),
        ["ann"],
      );
    });

    story("an approval that does not come in time ends the run", async (scene) => {
      const s = await scene({ tools: [echo()] });
      const engine = await s.engine();
      const plan = { steps: [call("a", "look")] };
      const runId = await s.start(engine, { plan, settings: { approval: "always", approvalMs: 60_000 } });
      const hash = pendingHash(await waiting(engine, runId));
      await s.clock.advance(59_999);
      equal(endOf(await engine.load(runId))?.how, undefined);
      await s.clock.advance(1);
      matches(errorOf(await s.ended(engine, runId)), { code: "APPROVAL_EXPIRED" });
      const late = await engine.send(runId, { type: "approve", hash }, { by: "ann" });
      matches(late, { ok: false, code: "RUN_ENDED" });
    });

    story("an approval that expired while no process drove the run is decided by the next owner", async (scene) => {
      const s = await scene({ tools: [echo()] });
      const engine = await s.engine();
      const plan = { steps: [call("a", "look")] };
      const runId = await s.start(engine, { plan, settings: { approval: "always", approvalMs: 60_000 } });
      await waiting(engine, runId);
      await engine.close();
      await s.clock.advance(60_000);
      const other = await s.engine();
      await other.drive(runId, "RESUMED");
      matches(errorOf(await s.ended(other, runId)), { code: "APPROVAL_EXPIRED" });
    });

    story("calls of a fan-out that nobody approves in time end the run", async (scene) => {
      const pay = storyTool("pay", "once", () => "paid", { approval: "required" });
      const s = await scene({ tools: [pay] });
      const engine = await s.engine();
      const steps = [call("each", "pay", { forEach: "${{ [1, 2, 3] }}", with: { n: "${{ item }}" } })];
      const runId = await s.start(engine, { plan: { steps }, settings: { approvalMs: 60_000 } });
      equal((await waiting(engine, runId)).approvals.pending.size, 3);
      await s.clock.advance(60_000);
      equal(endOf(await s.ended(engine, runId))?.how, "failed");
      equal(pay.calls.length, 0);
    });

    story("a rejected plan goes back to the planner with the comment", async (scene) => {
      const requests: PlannerRequest[] = [];
      const planner = async (request: PlannerRequest) => {
        requests.push(request);
        return { steps: [call(`v${requests.length}`, "look")] };
      };
      const s = await scene({ tools: [echo()], planner });
      const engine = await s.engine();
      const runId = await s.start(engine, { goal: "look", settings: { approval: "always" } });
      await waiting(engine, runId);
      await engine.send(runId, { type: "reject", comment: "smaller" }, { by: "ann", inputId: "mine" });
      const run = await waiting(engine, runId);
      matches(
        (await s.log(runId)).find(({ inputId }) => inputId === "mine"),
        { type: "approval.denied", by: "ann" },
      );
      matches(requests[1]?.rejected, [{ comment: "smaller", plan: { steps: [{ id: "v1" }] } }]);
      await engine.send(runId, { type: "approve", hash: pendingHash(run) }, { by: "ann" });
      deepEqual([...(await s.ended(engine, runId)).execution.steps.keys()], ["v2"]);
    });

    storyNeeding("processes", "a command reaches a run that another engine drives", async (scene) => {
      const s = await scene({ tools: [echo()] });
      const [engine, other] = [await s.engine(), await s.engine()];
      const runId = await s.start(engine, { plan: questionnaire });
      await waiting(engine, runId);
      const command = { type: "respond", step: "q", value: 3 } as const;
      deepEqual(await asTimePasses(s.clock, other.send(runId, command, { by: "ben" })), { ok: true });
      equal((await s.ended(engine, runId)).answering.answer, 3);
      const again = await other.send(runId, command, { by: "ben" });
      matches(again, { ok: false, code: "RUN_ENDED" });
    });

    storyNeeding("processes", "a command that is sent twice is applied once, also by another owner", async (scene) => {
      const gate = latch<string>();
      const look = storyTool("look", "none", ({ n }) => gate.passed.then(() => n));
      const s = await scene({ tools: [look] });
      const engine = await s.engine();
      const runId = await s.start(engine, { plan: questionnaire });
      await waiting(engine, runId);
      const payload = { type: "respond", step: "q", value: 3 } as const;
      const entry = { inputId: "the-same", at: s.clock.now(), by: "ben", payload };
      deepEqual([await s.store.put(runId, entry), await s.store.put(runId, entry)], [true, false]);
      await s.clock.advance(1_000);
      await until("the next step has begun", () => look.open() === 1);
      await engine.close();

      const other = await s.engine();
      await other.drive(runId, "RESUMED");
      gate.open("");
      equal((await s.ended(other, runId)).answering.answer, 3);
      const answers = (await s.log(runId)).filter(({ inputId, by }) => inputId === "the-same" && by === "ben");
      deepEqual(
        answers.map(({ type }) => type),
        ["step.completed"],
      );
    });

    story("a cancel prevents a call that has not started", async (scene) => {
      const [a, recorded] = [latch(), latch()];
      const wait = storyTool("wait", "none", () => a.passed.then(() => "waited"));
      const pay = storyTool("pay", "once");
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
      deepEqual(await cancelled, { ok: true });
      equal(endOf(await s.ended(engine, runId))?.how, "cancelled");
      ok(
        eventsOf(await s.log(runId), "step.started")
          .map(({ data }) => data.step)
          .includes("b"),
      );
      equal(pay.calls.length, 0);
    });

    story("a command to a run without an owner makes the engine drive it", async (scene) => {
      const s = await scene({ tools: [echo()] });
      const engine = await s.engine();
      const runId = await s.start(engine, { plan: questionnaire });
      await waiting(engine, runId);
      await engine.close();

      const other = await s.engine();
      deepEqual(await other.send(runId, { type: "respond", step: "q", value: 4 }, { by: "ann" }), {
        ok: true,
      });
      equal((await s.ended(other, runId)).answering.answer, 4);
    });

    story("commands sent at the same time to a run without an owner are all applied", async (scene) => {
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
      deepEqual(await Promise.all(said), [{ ok: true }, { ok: true }, { ok: true }]);
      equal((await s.ended(other, runId)).answering.answer, 3);
    });

    story("a command sent while the owner releases the run is applied by the engine that got it", async (scene) => {
      const s = await scene({ tools: [echo()] });
      const { clock } = s;
      // The owner does not look into the inbox before it closes.
      const setTimer: typeof clock.setTimer = (ms, fn) =>
        ms === LIMITS.inboxPollMs ? () => undefined : clock.setTimer(ms, fn);
      const engine = await s.engine({ clock: { now: () => clock.now(), setTimer } });
      const runId = await s.start(engine, { plan: questionnaire });
      await waiting(engine, runId);

      const other = await s.engine();
      const said = other.send(runId, { type: "respond", step: "q", value: 4 }, { by: "ann" });
      await until("it is in the inbox", async () => (await s.store.take(runId, 0)).length === 1);
      await engine.close();
      deepEqual(await asTimePasses(clock, said), { ok: true });
      equal((await s.ended(other, runId)).answering.answer, 4);
    });

    story("a command that is only recorded is applied by the next owner", async (scene) => {
      const s = await scene({ tools: [echo()] });
      const engine = await s.engine();
      const runId = await s.start(engine, { plan: questionnaire });
      await waiting(engine, runId);
      await engine.close();
      const other = await s.engine();
      await other.send(runId, { type: "respond", step: "q", value: 5 }, { by: "ann", record: "only" });
      equal(eventsOf(await s.log(runId), "run.resumed").length, 0);
      await other.drive(runId, "RESUMED");
      equal((await s.ended(other, runId)).answering.answer, 5);
    });

    story("recorded commands are applied before anything starts", async (scene) => {
      const wait = storyTool("wait", "none", () => new Promise(() => undefined));
      const s = await scene({ tools: [wait] });
      const engine = await s.engine();
      const runId = await s.start(engine, { plan: { steps: [call("a", "wait")] } });
      await until("a is called", () => wait.open() === 1);
      await engine.close();
      const other = await s.engine();
      await other.send(runId, { type: "cancel", reason: "enough" }, { by: "ann", record: "only" });
      await other.drive(runId, "RESUMED");
      equal(endOf(await s.ended(other, runId))?.how, "cancelled");
      equal(wait.calls.length, 1);
    });

    story("a recorded cancel leaves the open call of another process in doubt", async (scene) => {
      const put = storyTool("put", "idempotent", () => new Promise(() => undefined));
      const s = await scene({ tools: [put] });
      const engine = await s.engine();
      const runId = await s.start(engine, { plan: { steps: [call("a", "put")] } });
      await until("a is called", () => put.open() === 1);
      await engine.close();
      const other = await s.engine();
      await other.send(runId, { type: "cancel", reason: "enough" }, { by: "ann", record: "only" });
      await other.drive(runId, "RESUMED");
      const run = await s.ended(other, runId);
      deepEqual([endOf(run)?.how, run.execution.steps.get("a")?.work.status], ["cancelled", "unknown"]);
      equal(put.calls.length, 1);
    });

    story("a late approval of a call is refused, also from another engine", async (scene) => {
      const pay = storyTool("pay", "once", () => "paid", { approval: "required" });
      const s = await scene({ tools: [pay] });
      // The owner's long timers are late, so it sees the command first.
      const { clock } = s;
      const setTimer: typeof clock.setTimer = (ms, fn) => (ms > 10_000 ? () => undefined : clock.setTimer(ms, fn));
      const engine = await s.engine({ clock: { now: () => clock.now(), setTimer } });
      const other = await s.engine();
      const steps = [call("a", "pay", { onFailure: "skip" }), { id: "q", ask: "How many?", output: "number" }];
      const runId = await s.start(engine, { plan: { steps }, settings: { approvalMs: 60_000 } });
      const hash = pendingHash(await waiting(engine, runId));
      await clock.advance(60_000);
      const late = other.send(runId, { type: "approve", hash }, { by: "ben" });
      matches(await asTimePasses(clock, late), { ok: false, code: "NOTHING_TO_APPROVE" });
      equal(pay.calls.length, 0);
    });

    story("a command that no engine can decide is refused", async (scene) => {
      const s = await scene({ tools: [echo()] });
      const engine = await s.engine();
      const runId = await s.start(engine, { plan: questionnaire });
      await waiting(engine, runId);
      const noComment = { type: "reject" } as unknown as Command;
      const noItem = { type: "respond", step: "q", item: "length", value: 1 } as unknown as Command;
      for (const command of [noComment, noItem])
        await rejects(engine.send(runId, command, { by: "ann" }), { code: "COMMAND_INVALID" });
      const right = { type: "respond", step: "q", value: 3 } as const;
      await rejects(engine.send(runId, right, { by: "engine" }), { code: "COMMAND_INVALID" });
      // A command of another version in the inbox does not stop the run. The log says that it was refused.
      await s.store.put(runId, { inputId: "odd", at: s.clock.now(), by: "ben", payload: { type: "reject" } });
      deepEqual(await engine.send(runId, right, { by: "ann" }), { ok: true });
      equal((await s.ended(engine, runId)).answering.answer, 3);
      const command = { type: "reject", unknown: true };
      const [refused, ...more] = eventsOf(await s.log(runId), "input.refused");
      matches(refused, { inputId: "odd", by: "ben", data: { code: "COMMAND_UNREADABLE", command } });
      deepEqual(more, []);
    });

    story("a cancel ends a run that waits for a person", async (scene) => {
      const s = await scene({ tools: [echo()] });
      const engine = await s.engine();
      const runId = await s.start(engine, { plan: questionnaire });
      await waiting(engine, runId);
      await engine.close();
      const other = await s.engine();
      deepEqual(await other.send(runId, { type: "cancel", reason: "" }, { by: "ann" }), { ok: true });
      equal(endOf(await s.ended(other, runId))?.how, "cancelled");
    });
  });
});
