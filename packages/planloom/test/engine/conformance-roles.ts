// How models take part in a run: planner, executor, synthesizer. In: a stage. Out: tests.
// Separate because these stories need models and no tools of their own kind.
import { describe, expect, test } from "vitest";
import { PlanloomError } from "../../src/error.js";
import type { Progress } from "../../src/engine/engine.js";
import { scriptedModel } from "../../src/testing/scripted-model.js";
import { call, eventsOf, hearing, latch, toolNamed, turns, until } from "./parts.js";
import type { OpenScene } from "./scene.js";

const limited = (retryAfterMs: number) =>
  new PlanloomError("PROVIDER_RATE_LIMITED", "slow down", { kind: "provider", retryable: true, retryAfterMs });

export function rolesConformance(name: string, scene: OpenScene): void {
  describe(`${name}: roles`, () => {
    test("a planner that is busy is asked again when it said, and its plan runs", async () => {
      const plan = { steps: [call("a", "look")] };
      const planner = scriptedModel([{ error: limited(9_000) }, { json: plan }]);
      const s = await scene({ tools: [toolNamed("look", "none")], planner });
      const engine = await s.engine();
      const ears = hearing();
      const runId = await s.start(engine, { goal: "look" }, ears);
      await until("the planner has failed", () => eventsOf(ears.heard, "plan.failed").length === 1);
      await s.clock.advance(8_999);
      await turns();
      expect(planner.requests).toHaveLength(1);
      await s.clock.advance(1);
      expect((await s.ended(engine, runId)).answer).toBe("look");
      expect(planner.requests).toHaveLength(2);
    });

    test("a planner that writes an unsound plan is asked to mend it", async () => {
      const planner = scriptedModel([
        { json: { steps: [call("a", "nothing_like_it")] } },
        { json: { steps: [call("a", "look")] } },
      ]);
      const s = await scene({ tools: [toolNamed("look", "none")], planner });
      const run = await s.play(await s.engine(), { goal: "look" });
      expect(run.answer).toBe("look");
      expect((await s.log(run.id)).map(({ type }) => type)).toContain("plan.invalid");
    });

    test("the synthesizer's text is shown as it is written, and recorded once", async () => {
      const text = "The answer, written in several pieces, is forty-two.";
      const synthesizer = scriptedModel([{ text }]);
      const s = await scene({ tools: [toolNamed("look", "none")], synthesizer });
      const shown: Progress[] = [];
      const listener = { progress: (progress: Progress) => void shown.push(progress) };
      const run = await s.play(await s.engine(), { plan: { steps: [call("a", "look")] } }, listener);

      const pieces = shown.flatMap((progress) => (progress.type === "answer" ? [progress.delta] : []));
      expect(pieces.length).toBeGreaterThan(1);
      expect(pieces.join("")).toBe(text);
      expect(eventsOf(await s.log(run.id), "answer.written").map(({ data }) => data.answer)).toStrictEqual([text]);
    });

    test("a tool shows how far it is", async () => {
      const slow = toolNamed("slow", "none", (_, context) => context.progress(0.5));
      const s = await scene({ tools: [slow] });
      const shown: Progress[] = [];
      const listener = { progress: (progress: Progress) => void shown.push(progress) };
      await s.play(await s.engine(), { plan: { steps: [call("a", "slow")] } }, listener);
      expect(shown).toStrictEqual([{ type: "step", step: "a", item: null, value: 0.5 }]);
    });

    test("a cancelled step begins no further call of a turn", async () => {
      const [begun, gate] = [latch(), latch<string>()];
      const note = toolNamed("note", "once", () => {
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
      expect((await s.ended(engine, runId)).ended).toBe("cancelled");
      expect(note.calls).toHaveLength(1);
    });

    test("a step without the model that it needs fails and says so", async () => {
      const s = await scene({});
      const run = await s.play(await s.engine(), { plan: { steps: [{ id: "a", agent: "Think." }] } });
      expect(run.error).toMatchObject({ code: "NO_MODEL" });
    });

    test("a step that names a model which cannot be opened fails and says so", async () => {
      const modelNamed = (): never => {
        throw new PlanloomError("MODEL_NO_ENDPOINT", "nobody knows where it lives", { kind: "config" });
      };
      const s = await scene({ modelNamed, tools: [toolNamed("look", "none")] });
      const engine = await s.engine();
      for (const step of [
        { id: "a", agent: "Think.", model: "elsewhere" },
        { id: "a", tool: "look", fill: "Look at anything.", model: "elsewhere" },
      ]) {
        const run = await s.play(engine, { plan: { steps: [step] } });
        expect(run.error).toMatchObject({ code: "MODEL_NO_ENDPOINT" });
      }
    });
  });
}
