// Steps with `repeat` through the real engine and a scripted model: a draft that is improved, and what the library, the
// views and the command line tell of its rounds.
import { expect, onTestFinished, test } from "vitest";
import { linesOf } from "../../src/cli/render/lines.js";
import { tableLines } from "../../src/cli/render/table.js";
import type { LoomConfig } from "../../src/loom/config.js";
import { createLoom } from "../../src/loom/create-loom.js";
import type { RunEvent } from "../../src/run/event.js";
import { evolve } from "../../src/run/evolve/evolve.js";
import { emptyRun } from "../../src/run/state.js";
import { memoryStore } from "../../src/store/memory.js";
import { scriptedModel, type ScriptedReply } from "../../src/testing/scripted-model.js";
import { eventsIn, sound } from "./parts.js";

const IMPROVE = {
  id: "improve",
  title: "Write the slogan",
  agent: "Write a slogan, better than the one before, and score it.",
  with: { before: "${{ previous }}", round: "${{ round }}" },
  output: "{ text: string, score: integer }",
  repeat: { until: "${{ output.score >= 8 }}", most: 3, otherwise: "last" },
};
const GOAL = "A slogan for the lamp";
const PLAN = { steps: [IMPROVE], answer: { value: "${{ improve.text }}" } };
const draft = (text: string, score: number): ScriptedReply => ({ json: { text, score } });

async function loomOf(replies: readonly ScriptedReply[], config: LoomConfig = {}) {
  const executor = scriptedModel(replies);
  const loom = await createLoom(
    { store: memoryStore(), models: { executor }, approval: "never", ...config },
    { env: {} },
  );
  onTestFinished(() => loom.close());
  return { loom, executor };
}

/** What the command line prints while the run goes on, and its table at the end. */
function printed(log: readonly RunEvent[]) {
  const run = emptyRun(log[0]!.runId);
  const lines = log.flatMap((event) => linesOf(event, evolve(run, event)).map(({ text }) => text.trim()));
  return { lines, table: tableLines(run, new Map(), log.at(-1)!.at, { columns: 120, rows: 20 }) };
}

test("an agent improves its draft until it is good enough, and all surfaces tell of its rounds", async () => {
  const { loom, executor } = await loomOf([draft("Lamp.", 3), draft("A lamp for you.", 8)]);
  const run = await loom.start(GOAL, { plan: PLAN });
  expect(await run.result()).toMatchObject({ status: "completed", answer: "A lamp for you." });
  const asked = executor.requests.map(({ messages }) => JSON.stringify(messages));
  expect(asked[0]).toContain("null");
  expect(asked[1]).toContain("Lamp.");

  const { steps } = await run.document();
  expect(steps[0]).toMatchObject({
    status: "completed",
    output: { text: "A lamp for you.", score: 8 },
    rounds: { round: 2, of: 3, met: true },
    items: [
      { index: 0, met: false, output: { score: 3 }, input: { before: null, round: 1 } },
      { index: 1, met: true, input: { before: { text: "Lamp.", score: 3 }, round: 2 } },
    ],
  });
  const { rows } = await run.view();
  const row = rows.find(({ key }) => key === "improve")!;
  expect(row).toMatchObject({ line: expect.stringContaining("done · 2 rounds · agent") as string });
  expect(row.items).toMatchObject({
    total: 2,
    rounds: { most: 3, met: true },
    shown: [
      {
        label: "round 1",
        line: expect.stringContaining("not yet") as string,
        bars: [{ kind: "attempt" }],
        critical: true,
      },
      { label: "round 2", line: expect.stringContaining("good enough") as string, bars: [{ kind: "attempt" }] },
    ],
  });
  expect(await run.stepView("improve")).toMatchObject({
    output: { score: 8 },
    outputType: "{ text: string, score: number }",
  });
  expect(await run.stepView("improve", { item: 0 })).toMatchObject({ output: { score: 3 }, turns: [{}] });
  expect(await run.context("improve", { item: 1 })).toMatchObject({
    references: { previous: { score: 3 }, round: 2 },
  });
  const { lines, table } = printed(await eventsIn(run));
  expect(lines).toContain("round    improve: round 1 of 3: not yet");
  expect(lines).toContain("round    improve: round 2 of 3: good enough");
  expect(table[0]).toContain("2 rounds");
  await sound(run);
});

test("the last draft counts with `otherwise: last`, and what is told of it says that it was not good enough", async () => {
  const synthesizer = scriptedModel(["A lamp that is nearly good."]);
  const executor = scriptedModel([draft("Lamp.", 3), draft("Lamp!", 4), draft("Lamp?", 5)]);
  const { loom } = await loomOf([], { models: { executor, synthesizer } });
  const run = await loom.start(GOAL, { plan: { steps: [IMPROVE] } });
  expect(await run.result()).toMatchObject({ status: "completed" });
  expect(JSON.stringify(synthesizer.requests)).toContain("the best after 3 rounds");
  expect((await run.document()).steps[0]).toMatchObject({ rounds: { round: 3, of: 3, met: false } });
  expect((await run.view()).rows.find(({ key }) => key === "improve")?.line).toContain(
    "3 rounds, and until is not met",
  );
  const card = await run.evidence();
  expect(JSON.stringify(card)).toContain("Step improve took its last output after 3 rounds");
  const { lines } = printed(await eventsIn(run));
  expect(lines).toContain("round    improve: round 3 of 3: not good enough, and the last one");
  await sound(run);
});

test("without it the run fails after the last round, and a retry goes on with the next one", async () => {
  const replies = [draft("Lamp.", 3), draft("Lamp!", 4), draft("A lamp for you.", 9)];
  const { loom } = await loomOf(replies);
  const { otherwise: _none, ...repeat } = { ...IMPROVE.repeat, most: 2 };
  const plan = { ...PLAN, steps: [{ ...IMPROVE, repeat }] };
  const run = await loom.start(GOAL, { plan });
  const failed = await run.result();
  expect(failed).toMatchObject({ status: "failed", error: { code: "REPEAT_NOT_MET" } });
  expect(failed.error?.message).toContain("after 2 rounds, ${{ output.score >= 8 }} is still false");
  await run.retry();
  expect(await run.result()).toMatchObject({ status: "completed", answer: "A lamp for you." });
  expect((await run.document()).steps[0]).toMatchObject({ rounds: { round: 3, of: 4, met: true } });
  await sound(run);
});

test("a sub-plan in rounds is a run of its own in each of them", async () => {
  const CHILD = { steps: [{ id: "count", tool: "calculate", with: { expression: "1 + ${{ size(inputs.topic) }}" } }] };
  const planner = scriptedModel(() => ({ json: { ...CHILD, answer: { value: { words: "${{ count }}" } } } }));
  const { loom } = await loomOf([], { models: { planner } });
  const survey = {
    id: "survey",
    plan: "Survey the topic.",
    with: { topic: '${{ previous == null ? "rivers" : "the rivers of " + string(previous.words) }}' },
    output: "{ words: number }",
    repeat: { until: "${{ output.words > 7 }}", most: 4 },
  };
  const run = await loom.start("Count.", { plan: { steps: [survey], answer: { value: "${{ survey.words }}" } } });
  expect(await run.result()).toMatchObject({ status: "completed", answer: 16 });
  const children = await Promise.all([0, 1].map((item) => loom.get(`${run.id}.survey.${item}`)));
  const documents = await Promise.all(children.map((child) => child.document()));
  expect(documents.map(({ answer }) => answer)).toEqual([{ words: 7 }, { words: 16 }]);
  expect((await run.document()).steps[0]).toMatchObject({ rounds: { round: 2, of: 4, met: true } });
});

test("an estimate takes three quarters of the rounds, and learns from earlier runs", async () => {
  const { loom } = await loomOf([draft("A lamp for you.", 9)]);
  const plan = { ...PLAN, steps: [{ ...IMPROVE, repeat: { ...IMPROVE.repeat, most: 8 } }] };
  const before = await loom.estimate(plan);
  expect(before).toMatchObject({ modelCalls: 6, basis: { lists: { improve: 0 } } });
  expect(before.unknown.join(" ")).toContain("how many rounds these steps need, taken as 0.75 of the most: improve");
  await (await loom.start(GOAL, { plan })).result();
  expect(await loom.estimate(plan)).toMatchObject({ modelCalls: 4, basis: { lists: { improve: 1 } } });
});
