// The reasons of stopped signals. A tool that puts the reason into an error of its own brings no sentence of ours into
// the log.
import { expect, test } from "vitest";
import { endInTime } from "../../src/perform/call-tool.js";
import { Stopped } from "../../src/deadline.js";
import { fakeClock } from "../../src/testing/fake-clock.js";
import { ToolError } from "../../src/tools/tool.js";

const rethrows = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    signal.addEventListener("abort", () => reject(new ToolError(`stopped: ${(signal.reason as Error).message}`)));
  });

test("a call that is stopped, and says so in its own error, records the code", async () => {
  const outer = new AbortController();
  const end = endInTime(rethrows, outer.signal, 1_000, { clock: fakeClock(), secrets: {} });
  outer.abort(new Stopped("RUN_CANCELLING"));
  expect(await end).toMatchObject({ ending: "tool-error", error: { text: "stopped: RUN_CANCELLING" } });
});

test("a call whose time is over does so, too", async () => {
  const clock = fakeClock();
  const end = endInTime(rethrows, new AbortController().signal, 1_000, { clock, secrets: {} });
  await clock.advance(1_000);
  expect(await end).toMatchObject({ ending: "tool-error", error: { text: "stopped: TIMEOUT" } });
});
