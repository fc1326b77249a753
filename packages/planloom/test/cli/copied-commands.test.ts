// Commands that people copy from the screen, where a run, a step or a hash is named by others; and `last`, where a
// store of others holds a run of the future. In: such names. Out: words that a shell takes as one.
import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { runNamed } from "../../src/cli/run-name.js";
import { shellWord } from "../../src/cli/shell-word.js";
import { surfaceOf } from "../../src/cli/surface.js";
import { waitingLines } from "../../src/cli/render/end.js";
import type { WaitingDocument } from "../../src/loom/document.js";
import type { EventStore } from "../../src/store/event-store.js";

const EVIL = "x'; touch /tmp/taken; echo $(id) `id` \"\\ & #";

test.skipIf(process.platform === "win32").each(["run_1", "a b", EVIL, "a\nb", "*", "~", ""])(
  "a shell takes %j as one word",
  (text) => {
    const told = execFileSync("/bin/sh", ["-c", `printf %s ${text === "" ? "''" : shellWord(text)}`], {
      encoding: "utf8",
    });
    expect(told).toBe(text);
  },
);

test.skipIf(process.platform === "win32")("no name of others ends the command that it stands in", () => {
  const waiting: WaitingDocument = {
    approvals: [
      { subject: "plan", hash: EVIL, reason: "r", code: "STEP_ASKS", rejecting: "the run ends", expiresAt: "never" },
    ],
    questions: [{ step: EVIL, question: "Which?" }],
    unknown: [{ step: EVIL, tool: "t", key: "k", attempt: 1, at: "now", error: "e" }],
    unusable: [],
  };
  const quoted = shellWord(EVIL);
  const commands = waitingLines(EVIL, waiting).filter((line) =>
    /planloom (show|approve|reject|edit|respond)/.test(line),
  );
  expect(commands.length).toBeGreaterThan(5);
  for (const line of commands) expect(line.replaceAll(quoted, "")).not.toContain("touch");
  const surface = surfaceOf("planloom");
  for (const action of [
    { action: "resume", runId: EVIL },
    { action: "respond", runId: EVIL, step: EVIL },
    { action: "fork", runId: EVIL, at: EVIL },
    { action: "retry", runId: EVIL, from: EVIL },
    { action: "approve", runId: EVIL, hash: EVIL },
  ] as const)
    expect(surface(action).replaceAll(quoted, "")).not.toContain("touch");
});

test("a run that says it starts in the future is not the last one: it must be named", async () => {
  const runs = (starts: readonly number[]) => ({
    name: "store",
    list: async () => ({
      runs: starts
        .map((startedAt, index) => ({ runId: `run_${index}`, startedAt, updatedAt: startedAt }))
        .sort((a, b) => b.updatedAt - a.updatedAt),
    }),
  });
  const last = (...starts: number[]) => runNamed(runs(starts) as unknown as EventStore, "last");
  const now = Date.now();
  expect(await last(now - 9_000, now - 5_000)).toBe("run_1");
  await expect(last(now - 9_000, now + 9_000_000)).rejects.toMatchObject({
    code: "RUN_AMBIGUOUS",
    params: { runIds: ["run_1", "run_0"] },
  });
});
