// Runs of earlier builds at the command line, and in the library: shown, replayed, recorded, and carried on from the
// store file that an earlier build wrote. In: test/fixtures. Out: what people read, and what the tools were asked.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { expect, onTestFinished, test } from "vitest";
import { historyOf } from "../../src/cli/render/history.js";
import { traceLines } from "../../src/cli/render/trace.js";
import { showLines } from "../../src/cli/command/read.js";
import { loadRun, readLog } from "../../src/engine/log.js";
import { recordingOf } from "../../src/engine/recording.js";
import { createLoom } from "../../src/loom/create-loom.js";
import { contextAt } from "../../src/loom/step-context.js";
import { traceOf } from "../../src/loom/trace.js";
import { replayRecording } from "../../src/recording/replay-recording.js";
import type { RunEvent } from "../../src/run/event.js";
import { foldNext } from "../../src/run/log/chain.js";
import { emptyRun } from "../../src/run/state.js";
import { endOf } from "../../src/run/status.js";
import { tool } from "../../src/tools/tool.js";
import { systemClock } from "../../src/clock.js";
import { LOGS, logIn, storeOf } from "../fixtures/logs.js";
import { workspace } from "./planloom.js";

const STORES = join(import.meta.dirname, "..", "fixtures", "store-0.1.0");
const BUILDS = ["first", "last"];

/** A folder with the store of that build. */
function placeOf(build: string) {
  const here = workspace();
  writeFileSync(join(here.folder, "old.db"), gunzipSync(readFileSync(join(STORES, `${build}.db.gz`))), { mode: 0o600 });
  return here;
}

test.each(LOGS)("%s is shown with its trace, and each step as it began", async (name) => {
  const { store, runId } = await storeOf(logIn(name));
  const [run, log] = [await loadRun(store, runId), await readLog(store, runId)];
  const text = showLines(run, traceLines(traceOf(log, []), log)).join("\n");
  expect(text).toContain(run.request.goal);
  expect(text).not.toMatch(/undefined|\[object|NaN/);
  expect(historyOf(log).length).toBeGreaterThan(0);
  for (const step of run.execution.steps.keys()) expect(() => contextAt(log, { step })).not.toThrow();
});

test.each(LOGS)("%s is recorded, and the recording runs again", async (name) => {
  const { store, runId } = await storeOf(logIn(name));
  const recording = await recordingOf(store, runId);
  expect(recording.events).toEqual(logIn(name));
  const again = await replayRecording(recording);
  expect(again).toMatchObject({ runId, status: endOf(await loadRun(store, runId))?.how });
});

test.each(BUILDS)("the %s store of 0.1.0: runs are listed, shown, printed and strictly replayed", async (build) => {
  const here = placeOf(build);
  const at = (...args: readonly string[]) => here.run([...args, "--store", "old.db"]);
  const list = await at("runs");
  expect(list).toMatchObject({ code: 0, stderr: "" });
  expect(list.stdout).toMatch(/waiting +awaiting-approval/);
  expect(list.stdout).toMatch(/ended +completed/);
  for (const args of [
    ["show", "ended", "--trace"],
    ["show", "waiting"],
    ["events", "ended"],
  ]) {
    expect(await at(...args)).toMatchObject({ code: 0 });
  }
  // As recorded: the printed events are a chain of hashes.
  const lines = (await at("events", "ended")).stdout.trimEnd().split("\n");
  const events = lines.map((line) => JSON.parse(line) as RunEvent);
  expect(new Set(events.map(({ v }) => v))).toEqual(new Set([1]));
  const run = emptyRun("ended");
  expect(events.map((event, index) => foldNext(run, event, events[index - 1]).ok)).not.toContain(false);
  const strict = await at("replay", "ended", "--strict");
  expect(strict).toMatchObject({ code: 0 });
  expect(strict.stderr).toMatch(
    build === "first"
      ? /POLICY_DIFFERS: another version of Planloom made 1 decision .*The log is sound/
      : /no difference/,
  );
  const json = await here.json<object>(["replay", "ended", "--strict", "--json", "--store", "old.db"]);
  const policyDifferences = build === "first" ? [{ code: "POLICY_DIFFERS", seq: 2, field: "data.ok" }] : [];
  expect(json).toMatchObject({ exit: 0, differences: [], policyDifferences });
});

test.each(BUILDS)(
  "the %s store of 0.1.0: a run that waits goes on, and an ended one is retried and forked",
  async (build) => {
    const here = placeOf(build);
    const asked: string[] = [];
    const make = (name: string, effects: "none" | "once", more: object = {}) =>
      tool({
        name,
        description: `Does ${name}.`,
        input: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
        output: { type: "string" },
        effects,
        run: ({ city }) => (asked.push(`${name} ${city as string}`), city as string),
        ...more,
      });
    const tools = [make("look_up", "none"), make("book", "once", { approval: "required" })];
    // Its approval expires a day after it was recorded, so the clock stands where the log ends.
    let behind = 0;
    const clock = { ...systemClock, now: () => Date.now() - behind };
    const loom = await createLoom({ store: join(here.folder, "old.db"), tools }, { env: {}, clock });
    onTestFinished(() => loom.close());

    const waiting = await loom.get("waiting");
    for await (const { at } of waiting.events()) behind = Date.now() - at;
    const [approval] = (await waiting.document()).waiting!.approvals;
    expect(await waiting.approve(approval!.hash, { by: "ann" })).toEqual({ ok: true });
    // The log does not tell whether its tool is still the same, so a call that acts is asked about once more.
    const [unknown] = (await waiting.result()).waiting!.approvals;
    expect(unknown).toMatchObject({ subject: { step: "b" } });
    expect(asked).toEqual([]);
    expect(await waiting.approve(unknown!.hash, { by: "ann" })).toEqual({ ok: true });
    expect(await waiting.result()).toMatchObject({ status: "completed", answer: "Rome" });
    expect(asked).toEqual(["book Rome"]);
    await waiting.replay({ strict: true });

    const fork = await (await loom.get("ended")).fork({ at: "b", runId: "fork" });
    const [again] = (await fork.result()).waiting!.approvals;
    await fork.approve(again!.hash, { by: "ann" });
    expect(await fork.result()).toMatchObject({ status: "completed", parent: { runId: "ended" } });
    expect(asked).toEqual(["book Rome", "book Rome"]);

    const ended = await loom.get("ended");
    expect(await ended.retry({ from: "a" })).toEqual({ ok: true });
    // The call has acted with these very arguments: it is not made again.
    expect(await ended.result()).toMatchObject({ status: "completed", steps: [{ attempts: 2 }, { carried: "ended" }] });
    expect(asked).toEqual(["book Rome", "book Rome", "look_up Oslo"]);
    await ended.replay({ strict: true });
  },
);
