// Runs that an earlier build began go on with this one: wherever its log was cut, the run comes to its end; an ended
// one is retried and forked. In: test/fixtures. Out: logs that begin in an old form and end in today's, and are read as
// one.
import { describe, expect, test } from "vitest";
import { EVENT_VERSION, type RunEvent } from "../../src/run/event.js";
import { KERNEL_VERSION } from "../../src/run/kernel-version.js";
import { replay } from "../../src/run/log/replay.js";
import { documentOf } from "../../src/loom/document.js";
import { type Run } from "../../src/run/state.js";
import { isEnded } from "../../src/run/status.js";
import { LOGS, logIn } from "../fixtures/logs.js";
import { continueLog, foldLog, forkOf, planIn } from "./continued-log.js";
import { picture } from "./picture.js";

/** Everything that a crash may have left of a log: whole inputs. */
function* cutsOf(log: readonly RunEvent[]): Generator<readonly RunEvent[]> {
  for (let length = 1; length < log.length; length++) {
    if (log[length]!.inputId !== log[length - 1]!.inputId) yield log.slice(0, length);
  }
}

const headless = (run: Run): Run => ({ ...run, log: { ...run.log, head: "" } });

/** Read again from its text alone, and strictly. */
function expectSound(log: readonly RunEvent[], begun: number): void {
  const { run, differences } = replay(log);
  expect(differences).toEqual([]);
  expect(picture(headless(run))).toBe(picture(headless(foldLog(log))));
  expect(log.slice(begun).every(({ v }) => v === EVENT_VERSION)).toBe(true);
  expect(() => documentOf(run)).not.toThrow();
}

describe.each(LOGS)("%s", (name) => {
  const log = logIn(name);

  test("goes on from wherever its process ended", () => {
    let cuts = 0;
    for (const cut of cutsOf(log)) {
      if (isEnded(foldLog(cut))) continue;
      const all = continueLog(cut, planIn(log));
      expect(all.slice(0, cut.length)).toEqual(cut);
      expectSound(all, cut.length);
      cuts++;
    }
    expect(cuts).toBeGreaterThan(0);
  });

  test("is retried from its first step after its end, and the log names the kernel that goes on", () => {
    const run = foldLog(log);
    const { settings, models } = run.request;
    expect(isEnded(run)).toBe(true);
    const [from] = run.execution.steps.keys();
    const all = continueLog(log, planIn(log), { type: "retry", settings, models, from: from! });
    expectSound(all, log.length);
    const [reopened, ...more] = all
      .slice(log.length)
      .flatMap((event) => (event.type === "run.reopened" ? [event] : []));
    expect(more).toEqual([]);
    expect(reopened?.data.kernel).toBe(kernelOf(log) === KERNEL_VERSION ? undefined : KERNEL_VERSION);
  });

  test("is forked after its end, at its first step", () => {
    expectSound(forkOf(log), 0);
  });
});

const kernelOf = ([first]: readonly RunEvent[]): string => (first?.type === "run.started" ? first.data.kernel : "");
