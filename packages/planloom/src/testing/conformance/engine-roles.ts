// Stories about the models of a run: planner, executor, synthesizer. In: a stage. Out: stories.
import { deepEqual, equal, ok } from "node:assert/strict";
import { endOf, errorOf } from "../../run/status.js";
import { PlanloomError } from "../../words/planloom-error.js";
import type { Progress } from "../../engine/engine.js";
import { LIMITS } from "../../limits.js";
import { ToolError } from "../../tools/tool.js";
import { scriptedModel } from "../scripted-model.js";
import { call, eventsOf, hearing, asTimePasses, latch, storyTool, turns, until } from "./parts.js";
import { matches } from "./matches.js";
import type { OpenScene } from "./scene.js";
import { stories } from "./story.js";

const limited = (retryAfterMs: number) =>
  new PlanloomError("PROVIDER_RATE_LIMITED", { model: "m", text: "slow down" }, { retryAfterMs });

export const rolesStories = stories<OpenScene>(({ about, story }) => {
  about("roles", () => {
    story("a busy planner is asked again after the delay that it named, and its plan runs", async (scene) => {
      const plan = { steps: [call("a", "look")] };
      const planner = scriptedModel([{ error: limited(9_000) }, { json: plan }]);
      const s = await scene({ tools: [storyTool("look", "none")], planner });
      const engine = await s.engine();
      const ears = hearing();
      const runId = await s.start(engine, { goal: "look" }, ears);
      await until("the planner has failed", () => eventsOf(ears.heard, "plan.failed").length === 1);
      await s.clock.advance(8_999);
      await turns();
      equal(planner.requests.length, 1);
      await s.clock.advance(1);
      equal((await s.ended(engine, runId)).answering.answer, "look");
      equal(planner.requests.length, 2);
    });

    story(
      "a planner function that never answers is asked again after its timeout, and its run can be cancelled",
      async (scene) => {
        const plan = { steps: [call("a", "look")] };
        let asked = 0;
        const planner = () => (++asked === 1 ? new Promise<never>(() => undefined) : Promise.resolve(plan));
        const s = await scene({ tools: [storyTool("look", "none")], planner });
        const engine = await s.engine();
        const runId = await s.start(engine, { goal: "look" });
        equal((await asTimePasses(s.clock, s.ended(engine, runId), 2_000)).answering.answer, "look");
        const failures = eventsOf(await s.log(runId), "plan.failed");
        matches(failures, [{ data: { decision: "retry", error: { code: "TIMEOUT" } } }]);

        asked = 0;
        const other = await s.start(engine, { goal: "look" });
        await until("it is asked", () => asked === 1);
        await engine.send(other, { type: "cancel", reason: "enough" }, { by: "ann" });
        equal(endOf(await s.ended(engine, other))?.how, "cancelled");
      },
    );

    story("an executor that ignores its signal ends at its timeout, and by a cancel", async (scene) => {
      const silent = { name: "silent", timeoutMs: 5_000, call: () => new Promise<never>(() => undefined) };
      const s = await scene({ executor: silent });
      const engine = await s.engine();
      const plan = { steps: [{ id: "a", agent: "Think.", retry: { attempts: 1 } }] };
      const run = await asTimePasses(s.clock, s.play(engine, { plan }));
      matches(errorOf(run), { code: "PROVIDER_TIMEOUT", retryable: true });

      const runId = await s.start(engine, { plan });
      await turns();
      const cancelled = asTimePasses(s.clock, s.ended(engine, runId));
      await engine.send(runId, { type: "cancel", reason: "enough" }, { by: "ann" });
      equal(endOf(await cancelled)?.how, "cancelled");
    });

    story("a model that gives something other than a reply is asked again", async (scene) => {
      const replies: unknown[] = [
        { text: 7 },
        { text: "thought", toolCalls: [], usage: { calls: NaN }, finish: "stop" },
      ];
      const odd = { name: "odd", call: async () => replies.shift() as never };
      const s = await scene({ executor: odd });
      const run = await asTimePasses(
        s.clock,
        s.play(await s.engine(), { plan: { steps: [{ id: "a", agent: "Think." }] } }),
      );
      equal(run.answering.answer, "thought");
      deepEqual(run.usage.executor, { calls: 1, inputTokens: null, outputTokens: null });
    });

    story("a planner that writes an unsound plan is asked to mend it", async (scene) => {
      const planner = scriptedModel([
        { json: { steps: [call("a", "nothing_like_it")] } },
        { json: { steps: [call("a", "look")] } },
      ]);
      const s = await scene({ tools: [storyTool("look", "none")], planner });
      const run = await s.play(await s.engine(), { goal: "look" });
      equal(run.answering.answer, "look");
      ok((await s.log(run.id)).map(({ type }) => type).includes("plan.invalid"));
    });

    story("the synthesizer's text is shown as it is written, and recorded once", async (scene) => {
      const text = "The answer, written in several pieces, is forty-two.";
      const synthesizer = scriptedModel([{ text }]);
      const s = await scene({ tools: [storyTool("look", "none")], synthesizer });
      const shown: Progress[] = [];
      const listener = { progress: (progress: Progress) => void shown.push(progress) };
      const run = await s.play(await s.engine(), { plan: { steps: [call("a", "look")] } }, listener);

      const pieces = shown.flatMap((progress) => (progress.type === "answer" ? [progress.delta] : []));
      ok(pieces.length > 1);
      equal(pieces.join(""), text);
      deepEqual(
        eventsOf(await s.log(run.id), "answer.written").map(({ data }) => data.answer),
        [text],
      );
    });

    story("usage that a tool reports is counted if it is a sound number", async (scene) => {
      const costly = storyTool("costly", "none", (_, { spend }) => {
        spend({ calls: Infinity, inputTokens: -5, outputTokens: 3 });
        return "done";
      });
      const s = await scene({ tools: [costly] });
      const run = await s.play(await s.engine(), { plan: { steps: [call("a", "costly")] } });
      deepEqual(run.usage.executor, { calls: 1, inputTokens: null, outputTokens: 3 });
    });

    story("a progress text that is too long is cut", async (scene) => {
      const words = storyTool("words", "none", (_, { progress }) => {
        for (const value of ["x".repeat(5_000_000), { x: 1 }]) progress(value as string);
      });
      const s = await scene({ tools: [words] });
      const shown: Progress[] = [];
      const listener = { progress: (progress: Progress) => void shown.push(progress) };
      await s.play(await s.engine(), { plan: { steps: [call("a", "words")] } }, listener);
      const values = shown.map((progress) => progress.type === "step" && progress.value);
      deepEqual(values, ["x".repeat(LIMITS.progressChars), '{"x":1}']);
    });

    story("a tool reports its progress", async (scene) => {
      const slow = storyTool("slow", "none", (_, context) => context.progress(0.5));
      const s = await scene({ tools: [slow] });
      const shown: Progress[] = [];
      const listener = { progress: (progress: Progress) => void shown.push(progress) };
      await s.play(await s.engine(), { plan: { steps: [call("a", "slow")] } }, listener);
      deepEqual(shown, [{ type: "step", step: "a", item: null, value: 0.5 }]);
    });

    story("a cancelled step starts no further call of its turn", async (scene) => {
      const [begun, gate] = [latch(), latch<string>()];
      const note = storyTool("note", "once", () => {
        begun.open();
        return gate.passed;
      });
      const calls = [1, 2].map((x) => ({ name: "note", args: { x } }));
      const executor = scriptedModel([{ toolCalls: calls }]);
      const s = await scene({ tools: [note], executor });
      const engine = await s.engine();
      const runId = await s.start(engine, { plan: { steps: [{ id: "a", agent: "Note both.", tools: ["note"] }] } });
      await begun.passed;
      await engine.send(runId, { type: "cancel", reason: "enough" }, { by: "ann" });
      gate.open("noted");
      equal(endOf(await s.ended(engine, runId))?.how, "cancelled");
      equal(note.calls.length, 1);
    });

    story("a run that has failed answers from what is done when a person asks for it", async (scene) => {
      const broken = () => {
        throw new ToolError("no such page", { code: "GONE", retryable: false });
      };
      const synthesizer = scriptedModel(["Only a."]);
      const s = await scene({ tools: [storyTool("look", "none"), storyTool("fetch", "none", broken)], synthesizer });
      const engine = await s.engine();
      const plan = { steps: [call("a", "look"), { ...call("b", "fetch"), dependsOn: ["a"] }] };
      const run = await s.play(engine, { plan });
      equal(synthesizer.requests.length, 0);
      const { settings, models } = run.request;
      const asks = () => engine.send(run.id, { type: "answer", settings, models }, { by: "ann" });
      deepEqual(await asks(), { ok: true });
      const answered = await s.ended(engine, run.id);
      matches(answered.answering, { answer: "Only a.", partial: true });
      equal(endOf(answered)?.how, "failed");
      matches(await asks(), { ok: false, code: "NO_PARTIAL_ANSWER" });
      equal(synthesizer.requests.length, 1);
    });

    story(
      "an output is judged by the next owner of a run, and neither it nor its call is paid again",
      async (scene) => {
        const look = storyTool("look", "none");
        const asked = latch();
        const never = () => (asked.open(), { wait: new Promise<never>(() => undefined) });
        const s = await scene({ tools: [look], executor: scriptedModel(never) });
        const engine = await s.engine();
        const runId = await s.start(engine, {
          plan: { steps: [{ ...call("a", "look"), expect: "It says something." }] },
        });
        await asked.passed;
        await engine.close();

        const judge = scriptedModel([{ json: { verdict: "met", reason: "It does." } }]);
        const other = await s.engine({ executor: judge });
        await other.drive(runId, "RESUMED");
        equal((await s.ended(other, runId)).answering.answer, "look");
        deepEqual([look.calls.length, judge.requests.length], [1, 1]);
        matches(eventsOf(await s.log(runId), "step.judged"), [{ data: { verdict: "met", text: "It does." } }]);
      },
    );

    story(
      "an answer is judged before it is given, and an interrupted critic does not have it written again",
      async (scene) => {
        const asked = latch();
        const never = () => (asked.open(), { wait: new Promise<never>(() => undefined) });
        const synthesizer = scriptedModel(["It is green.", "It was seen."]);
        const s = await scene({ tools: [storyTool("look", "none")], executor: scriptedModel(never), synthesizer });
        const engine = await s.engine();
        const plan = { steps: [call("a", "look")], answer: { from: ["a"], critique: 1 } };
        const ears: Progress[] = [];
        const listener = { progress: (one: Progress) => void ears.push(one) };
        const runId = await s.start(engine, { plan }, listener);
        await asked.passed;
        await engine.close();

        const wanting = { verdict: "wanting", points: ["Say what was seen."], unsupported: ["green", "blue"] };
        const critic = scriptedModel([{ json: wanting }, { json: { verdict: "fine", points: [], unsupported: [] } }]);
        const other = await s.engine({ executor: critic });
        await other.drive(runId, "RESUMED");
        const { answering } = await s.ended(other, runId);
        matches(answering, { answer: "It was seen.", critique: { rounds: 1, agreed: true } });
        deepEqual([synthesizer.requests.length, critic.requests.length], [2, 2]);
        const [first] = eventsOf(await s.log(runId), "answer.reviewed");
        deepEqual(first?.data.unsupported, [{ at: "", text: "green" }]);
        deepEqual(
          ears.filter(({ type }) => type === "answer"),
          [],
        );
      },
    );

    story("a step without the model that it needs fails and says so", async (scene) => {
      const s = await scene({});
      const run = await s.play(await s.engine(), { plan: { steps: [{ id: "a", agent: "Think." }] } });
      matches(errorOf(run), { code: "NO_MODEL" });
    });

    story("a step that names a model which cannot be opened fails and says so", async (scene) => {
      const modelNamed = (): never => {
        throw new PlanloomError("MODEL_NO_ENDPOINT", { role: "executor", model: "elsewhere" });
      };
      const s = await scene({ modelNamed, tools: [storyTool("look", "none")] });
      const engine = await s.engine();
      for (const step of [
        { id: "a", agent: "Think.", model: "elsewhere" },
        { id: "a", tool: "look", fill: "Look at anything.", model: "elsewhere" },
      ]) {
        const run = await s.play(engine, { plan: { steps: [step] } });
        matches(errorOf(run), { code: "MODEL_NO_ENDPOINT" });
      }
    });
  });
});
