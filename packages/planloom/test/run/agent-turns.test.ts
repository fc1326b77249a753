// An agent step keeps its conversation: a failed model call is made again in its place, and another attempt continues
// where the one before ended. After calls with effects nothing starts the step from the beginning.
import { describe, expect, it } from "vitest";
import type { CallEffect } from "../../src/run/effect.js";
import type { MadeCall } from "../../src/run/event.js";
import { retryPreview } from "../../src/run/decide/retry.js";
import { replay } from "../../src/run/log/replay.js";
import { endOf } from "../../src/run/status.js";
import type { Settings } from "../../src/run/settings.js";
import { start, type LooseInput, type Story } from "../../src/testing/given-when-then.js";
import { KeptStory } from "./kept-story.js";
import { keysOwed, returned, TOOLS, USAGE } from "./parts.js";

const PAID: MadeCall = { tool: "pay", args: { n: 5 }, effects: "once", key: "k1", output: { receipt: "r1" } };

const agent = (more: object = {}) => ({ id: "a", agent: "Pay it.", tools: ["look", "pay"], ...more });
const story = (more: object = {}, settings: Partial<Settings> = {}): KeptStory =>
  new KeptStory().given(
    start({
      plan: { steps: [agent(more)], answer: { value: "done" } },
      tools: TOOLS,
      settings: { guard: "off", ...settings },
    }),
  );

const BUSY = { code: "PROVIDER_RATE_LIMITED", text: "busy", retryable: true };
const failing = (more: Partial<LooseInput & { readonly type: "ended" }>, key = "call/a/1"): LooseInput => ({
  type: "ended",
  key,
  ending: "tool-error",
  error: BUSY,
  usage: USAGE,
  ...more,
});
const turn = (number: number, more: Partial<LooseInput & { readonly type: "ended" }> = {}, key?: string) =>
  failing({ turn: number, turns: number - 1, ...more }, key);

const retry = (more: object = {}): LooseInput => {
  const begun = start({});
  if (begun.type !== "start") throw new Error("start makes a start");
  return { type: "retry", settings: begun.started.settings, models: begun.started.models, ...more };
};
const effectOf = (told: Story) => told.owed().find((one): one is CallEffect => one.kind === "call");
const work = ({ run }: Story) => run.execution.steps.get("a")!.work;
const sameAgain = ({ log }: KeptStory) =>
  expect(replay(JSON.parse(JSON.stringify(log)) as typeof log).differences).toEqual([]);
const times = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

describe("a model call that failed", () => {
  it("is made again in its place, and uses no attempt", () => {
    const told = story({ retry: { attempts: 3, delay: "1s", backoff: 2 } });
    told.when(turn(2, { at: 100 })).then(["turn.failed", { turn: 2, attempt: 1, usage: USAGE, decision: "retry" }]);
    expect(effectOf(told)).toMatchObject({
      key: "call/a/1",
      notBefore: work(told).turn === undefined ? 0 : (expect.any(Number) as number),
    });
    const [, second] = [told.log.at(-1)!, told.when(turn(2, { at: 5_000 })).log.at(-1)!];
    const due = (second.data as { readonly retryAt: number }).retryAt;
    expect(due).toBeGreaterThanOrEqual(7_000);
    expect(due).toBeLessThan(7_300);
    told
      .when(returned("call/a/1", "paid", ["pay"]))
      .then("step.completed", "execution.completed", "answer.written", "run.completed");
    expect(work(told)).toMatchObject({ attempt: 1, errors: 0 });
    sameAgain(told);
  });

  it("waits as long as the server says", () => {
    const told = story();
    told.when(turn(1, { error: { ...BUSY, retryAfterMs: 30_000 } })).then(["turn.failed", { retryAt: 30_000 }]);
  });

  it("has as many tries as an attempt has, counted for each turn", () => {
    const told = story({ retry: { attempts: 2 } });
    for (const number of times(6)) told.when(turn(number)).then(["turn.failed", { turn: number }]);
    told
      .when(turn(6))
      .then(
        [
          "step.failed",
          { turn: 6, attempt: 1, decision: "fail", reason: { code: "ATTEMPTS_USED", of: 2 }, sameAttempt: true },
        ],
        "execution.completed",
        "run.failed",
      );
    sameAgain(told);
  });

  it("pays for each turn once, although the journal reports it again", () => {
    const usage = (calls: number) => ({ calls, inputTokens: calls * 10, outputTokens: calls });
    const told = story().given(turn(3, { usage: usage(2) }), turn(4, { usage: usage(3) }));
    told.given({ ...returned("call/a/1", "paid"), usage: usage(4) } as LooseInput);
    expect(told.run.usage.executor).toMatchObject(usage(4));
  });

  it("ends the step at once if another try would not help; a retry of the run sends that turn again", () => {
    const told = story();
    told.given(turn(3, { error: { ...BUSY, retryable: false }, calls: [PAID] }));
    expect(endOf(told.run)?.how).toBe("failed");
    told.when(retry()).then("run.reopened", ["step.started", { attempt: 1 }]);
    expect(effectOf(told)).toMatchObject({ key: "call/a/1", attempt: 1 });
    expect(effectOf(told)).not.toHaveProperty("made");
    sameAgain(told);
  });

  it("is not sent again while the run fails or is cancelled", () => {
    const told = story().given(turn(1), { type: "cancel", reason: "enough" });
    expect(effectOf(told)).not.toHaveProperty("notBefore");
    expect(keysOwed(told)).toContain("stop/call/a/1");
    told.when(turn(1)).then(["step.failed", { reason: { code: "RUN_CANCELLING" } }], "run.cancelled");
    sameAgain(told);
  });

  it("counts as progress: a crash in another turn is counted anew", () => {
    const crash: LooseInput = { type: "recovered", epoch: 2, reason: { code: "RESUMED" } };
    const told = story({}, { crashes: 1 }).given(crash, turn(2), { ...crash, epoch: 3 });
    expect(work(told)).toMatchObject({ status: "running", crashes: 1, attempt: 1 });
    sameAgain(told);
  });
});

describe("another attempt of an agent step", () => {
  const refused = (calls: readonly MadeCall[] = [], key = "call/a/1", turns = 3) =>
    ({ ...returned(key, "no", ["pay"]), usage: USAGE, turns, calls }) as LooseInput;
  const expecting = (more: object = {}) => story({ expect: "${{ output == 'yes' }}", retry: { attempts: 2 }, ...more });

  it("continues the conversation after `expect` refused its result", () => {
    const told = expecting();
    told
      .when(refused())
      .then(["step.failed", { goesOn: true, turns: 3, decision: "retry" }], ["step.retrying", { attempt: 2 }]);
    told.when({ type: "clock", at: 60_000 }).then(["step.started", { attempt: 2 }]);
    expect(effectOf(told)).toMatchObject({
      attempt: 2,
      conversation: { attempt: 1, breaks: [{ turns: 3, error: { code: "EXPECT_FAILED" } }] },
    });
    sameAgain(told);
  });

  it("continues it after a timeout too, once more from where it is", () => {
    const told = story();
    told.given(failing({ ending: "timeout", error: { code: "TIMEOUT", retryable: true }, turns: 2 }), {
      type: "clock",
      at: 60_000,
    });
    told.given(failing({ ending: "timeout", error: { code: "TIMEOUT", retryable: true }, turns: 5 }, "call/a/2"));
    told.given({ type: "clock", at: 120_000 });
    expect(effectOf(told)).toMatchObject({
      attempt: 3,
      conversation: { attempt: 1, breaks: [{ turns: 2 }, { turns: 5 }] },
    });
    sameAgain(told);
  });

  it("fails after acting when the attempts are used up; a retry of the run goes on in the conversation", () => {
    const told = expecting().given(refused([PAID]), { type: "clock", at: 60_000 });
    told
      .when(refused([PAID], "call/a/2", 4))
      .then(["step.failed", { decision: "fail", goesOn: true, calls: [PAID] }], "execution.completed", "run.failed");
    const preview = retryPreview(told.run, {});
    expect(preview).toMatchObject({
      ok: true,
      runs: ["a"],
      restarted: [],
      actAgain: [],
      calls: [{ step: "a", ...PAID }],
    });
    told.when(retry({ at: 90_000 })).then("run.reopened", ["step.started", { attempt: 3 }]);
    expect(effectOf(told)?.conversation).toMatchObject({ attempt: 1, breaks: [{ turns: 3 }, { turns: 4 }] });
    sameAgain(told);
  });

  it("begins anew where a person restarts it, who sees what acted", () => {
    const told = expecting({ retry: { attempts: 1 } }).given(refused([PAID]));
    expect(retryPreview(told.run, { from: "a" })).toMatchObject({
      restarted: ["a"],
      actAgain: ["a"],
      calls: [{ step: "a", tool: "pay", args: { n: 5 }, output: { receipt: "r1" } }],
    });
    told.given(retry({ from: "a" }));
    expect(effectOf(told)).not.toHaveProperty("conversation");
    expect(effectOf(told)).not.toHaveProperty("made");
    sameAgain(told);
  });

  it("begins anew in a run that is retried if nothing acted", () => {
    const told = expecting({ retry: { attempts: 1 } }).given(refused());
    told.given(retry());
    expect(effectOf(told)).toMatchObject({ attempt: 2 });
    expect(effectOf(told)).not.toHaveProperty("conversation");
  });

  it("is told of the calls that were made where its journal cannot be followed", () => {
    const diverged = { code: "JOURNAL_DIVERGED", retryable: true };
    const told = story().given(failing({ error: diverged, turns: 4, calls: [PAID] }), { type: "clock", at: 60_000 });
    expect(effectOf(told)).toMatchObject({ attempt: 2, made: [PAID] });
    expect(effectOf(told)).not.toHaveProperty("conversation");
    sameAgain(told);
  });

  it("does not start over where its journal cannot be followed and a call acted", () => {
    const diverged = { code: "JOURNAL_DIVERGED", retryable: false };
    const told = story().when(failing({ error: diverged, turns: 4, calls: [PAID] }));
    told.then(["step.failed", { decision: "fail", sameAttempt: true }], "execution.completed", "run.failed");
    expect(retryPreview(told.run, {})).toMatchObject({ restarted: [], calls: [{ step: "a", tool: "pay" }] });
    told.given(retry());
    expect(effectOf(told)).toMatchObject({ key: "call/a/1" });
    sameAgain(told);
  });

  it("keeps its number and journal where nobody has seen how it ended", () => {
    const crash: LooseInput = { type: "recovered", epoch: 2, reason: { code: "RESUMED" } };
    const told = story({}, { crashes: 0 });
    told.when(crash).then("run.resumed", ["step.failed", { sameAttempt: true }], "execution.completed", "run.failed");
    told.given(retry());
    expect(effectOf(told)).toMatchObject({ key: "call/a/1" });
    sameAgain(told);
  });
});
