// Words are not facts: whatever Planloom's sentences are, its logs are the same, replay finds no difference, and
// recordings play.
import { afterEach, expect, onTestFinished, test } from "vitest";
import { createLoom } from "../../src/loom/create-loom.js";
import { replayRecording } from "../../src/recording/replay-recording.js";
import type { RunEvent } from "../../src/run/event.js";
import { replay } from "../../src/run/log/replay.js";
import { memoryStore } from "../../src/store/memory.js";
import { ToolError } from "../../src/tools/tool.js";
import { failureText } from "../../src/words/failures.js";
import { call, eventsOf, toolNamed } from "../engine/parts.js";
import { logsOf } from "../simulation/world.js";
import { MARK, otherWords } from "./other-words.js";

const SEEDS = 120;

let undo: () => void = () => undefined;
afterEach(() => undo());

async function changeWords(): Promise<void> {
  const { changed, undo: back } = await otherWords();
  undo = back;
  expect(changed).toBeGreaterThan(200);
}

/** Every log of these worlds. */
async function logs(): Promise<readonly (readonly RunEvent[])[]> {
  const all: (readonly RunEvent[])[] = [];
  for (let seed = 1; seed <= SEEDS; seed++) all.push(...(await logsOf(seed)));
  return all;
}

test("the simulator's runs have the same logs in other words, and none of those words is in a log", async () => {
  const before = await logs();
  await changeWords();
  expect(failureText({ code: "CRASHED", retryable: true })).toBe(
    "the process ended during the call".replaceAll(" ", MARK),
  );
  const after = await logs();
  const types = new Set(after.flat().map(({ type }) => type));
  for (const type of ["step.failed", "step.unknown", "replan.requested", "plan.invalid", "run.failed", "input.refused"])
    expect(types).toContain(type);
  const marked = after.flat().filter((event) => JSON.stringify(event.data).includes(MARK));
  expect(marked).toEqual([]);
  expect(after).toEqual(before);
}, 120_000);

test("strict replay finds no difference in a log that was written with other words", async () => {
  const before = await logs();
  await changeWords();
  for (const log of before) expect(replay(log).differences).toEqual([]);
}, 120_000);

test("a recording plays with other words", async () => {
  const broken = () => {
    throw new ToolError("no such page", { code: "GONE", retryable: false });
  };
  const tools = [toolNamed("look", "none", () => "seen"), toolNamed("fetch", "none", broken)];
  const steps = [call("a", "look"), call("b", "fetch", { onFailure: "skip" }), { id: "q", ask: "Which?" }];
  const loom = await createLoom({ tools, store: memoryStore() }, { env: {} });
  onTestFinished(() => loom.close());
  const run = await loom.start("Ask", { plan: { steps, answer: { value: "${{ q }}" } } });
  await run.result();
  expect(await run.respond("q", 3)).toMatchObject({ ok: false, code: "ANSWER_TYPE" });
  expect(await run.respond("q", "this one")).toEqual({ ok: true });
  expect(await run.result()).toMatchObject({ status: "completed", answer: "this one" });
  const recording = await run.recording();
  expect(eventsOf(recording.events, "step.failed")[0]?.data.error).toMatchObject({
    ...{ code: "GONE", text: "no such page", retryable: false },
  });
  await changeWords();
  expect(await replayRecording(recording)).toMatchObject({ status: "completed", answer: "this one" });
});
