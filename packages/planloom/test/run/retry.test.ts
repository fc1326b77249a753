// Ended runs that go on, told as stories about the kernel: what is kept, what is begun again, what a person is asked.
import { describe, expect, it } from "vitest";
import { check } from "../../src/plan/check/check.js";
import type { Json, JsonObject } from "../../src/plan/json.js";
import { planHash } from "../../src/plan/plan-hash.js";
import { NO_USAGE } from "../../src/plan/usage.js";
import { carriedFacts } from "../../src/run/decide/fork.js";
import { workOf } from "../../src/run/lookup.js";
import type { Settings } from "../../src/run/settings.js";
import type { CheckedPlan } from "../../src/run/command.js";
import { readCommand } from "../../src/run/log/read-command.js";
import { partsOf, retryPreview, type RetryRequest } from "../../src/run/decide/retry.js";
import { replay } from "../../src/run/log/replay.js";
import { type Run } from "../../src/run/state.js";
import { endOf, errorOf, isWaiting, statusOf } from "../../src/run/status.js";
import { given, start, Story, type LooseInput, type StartFacts } from "../../src/testing/given-when-then.js";
import { ALL_TOOLS } from "./any-plan.js";
import { call, ended, returned } from "./parts.js";

const answer = { value: "done" };
const ROLES = { planner: "planner", executor: "executor", synthesizer: null };
const ALONE = { planner: null, executor: null, synthesizer: null };

type Retry = LooseInput & { readonly type: "retry" };

/** As the present configuration would have it; the settings are those of a run that was started with no others. */
function retry(more: Partial<Omit<Retry, "type">> = {}): Retry {
  const begun = start({ settings: { guard: "off" } });
  if (begun.type !== "start") throw new Error("start makes a start");
  return { type: "retry", settings: begun.started.settings, models: ROLES, ...more };
}

function checked(steps: readonly object[], inputs: StartFacts["inputs"] = {}): CheckedPlan {
  const plan = check({ steps, answer }, { tools: ALL_TOOLS }, { goal: "a goal", inputs });
  if (!plan.ok) throw new Error(JSON.stringify(plan.findings));
  return plan;
}

const run = (steps: readonly object[], more: StartFacts = {}) =>
  start({ plan: { steps, answer }, tools: ALL_TOOLS, ...more, settings: { guard: "off", ...more.settings } });
const settings = (some: Partial<Settings>) => ({ settings: some });
const broken = (key: string) => ended(key, "tool-error", { retryable: false });
const pay = (id: string, more: object = {}) => ({ id, tool: "pay", with: {}, ...more });
const cancel: LooseInput = { type: "cancel", reason: "enough" };
const planKey = (story: Story) => story.owed().find(({ kind }) => kind === "plan")!.key;
const planned = (story: Story, steps: readonly object[]): LooseInput => ({
  type: "planned",
  key: planKey(story),
  plan: checked(steps),
  usage: NO_USAGE,
});

function parts(state: Run, wish: RetryRequest) {
  const found = retryPreview(state, wish);
  if (!found.ok) throw new Error(found.code);
  return found;
}

const statuses = (story: Story) =>
  Object.fromEntries([...story.run.execution.steps].map(([id, { work }]) => [id, work.status]));

describe("a failed run continues", () => {
  const steps = [call("a"), call("b", { dependsOn: ["a"], retry: { attempts: 2 } }), call("c", { dependsOn: ["b"] })];
  const failed = () =>
    given(run(steps), returned("call/a/1", 1), ended("call/b/1"), { type: "clock", at: 9_000 }, ended("call/b/2"));

  it("where it failed, with what it had, under an attempt of its own", () => {
    const story = failed();
    expect(endOf(story.run)?.how).toBe("failed");
    expect(parts(story.run, {})).toMatchObject({ reused: ["a"], runs: ["b", "c"], restarted: [], actAgain: [] });
    story
      .when(retry())
      .then(
        ["run.reopened", { stage: "execution", from: null, restarted: [] }],
        ["step.started", { step: "b", attempt: 3 }],
      );
    expect(story.run).toMatchObject({
      execution: { running: 1, open: 2, counts: { completed: 1, failed: 0, skipped: 0 } },
    });
    expect(errorOf(story.run)).toBeUndefined();
    story.when(returned("call/b/3", 2)).then("step.completed", ["step.started", { step: "c" }]);
    story.when(returned("call/c/1")).then("step.completed", "execution.completed", "answer.written", "run.completed");
  });

  it("with as many attempts as the plan allows, and may fail again", () => {
    const story = failed().given(retry());
    story.when(ended("call/b/3")).then(["step.failed", { decision: "retry" }], "step.retrying");
    story.given({ type: "clock", at: 99_000 });
    story.when(ended("call/b/4")).then(["step.failed", { decision: "fail" }], "execution.completed", "run.failed");
    story.when(retry()).then("run.reopened", ["step.started", { attempt: 5 }]);
  });

  it("ignores outcomes of calls from before the retry", () => {
    failed().given(retry()).when(returned("call/b/2", "late")).then();
  });

  it("keeps a step that was skipped", () => {
    const story = given(
      run([call("a", { onFailure: "skip" }), call("b"), call("c", { dependsOn: ["a"] })]),
      broken("call/a/1"),
      broken("call/b/1"),
      returned("call/c/1"),
    );
    expect(parts(story.run, {}).reused).toEqual(["a", "c"]);
    story.when(retry()).then("run.reopened", ["step.started", { step: "b" }]);
    story.given(returned("call/b/2"));
    expect(story.run).toMatchObject({
      mode: { how: "completed" },
      execution: { counts: { completed: 2, failed: 0, skipped: 1 } },
    });
  });

  it("keeps in mind that a step which mattered was left out for want of data", () => {
    const story = given(
      run([
        call("a", { when: "${{ 1 == 2 }}" }),
        call("each", {
          forEach: "${{ [1] }}",
          dependsOn: ["a"],
          with: { n: "${{ a }}" },
        }),
        call("b"),
      ]),
      broken("call/b/1"),
    );
    expect(statuses(story)).toEqual({ a: "skipped", each: "completed", b: "failed" });
    story.given(retry(), returned("call/b/2"));
    expect(story.run).toMatchObject({ mode: { how: "completed", success: false } });
  });

  it("for want of an answer only asks for the answer", () => {
    const models = { ...ALONE, synthesizer: "writer" };
    const error = { code: "BROKEN", text: "no", retryable: false };
    const story = given(start({ plan: { steps: [call("a")] }, tools: ALL_TOOLS, models }), returned("call/a/1", 1), {
      type: "answer-failed",
      key: "answer/1",
      error,
      usage: NO_USAGE,
    });
    expect(endOf(story.run)?.how).toBe("failed");
    story.when(retry({ models })).then("run.reopened", "execution.completed");
    expect(story.owed()).toMatchObject([{ kind: "answer", key: "answer/2", attempt: 1 }]);
    story
      .when({ type: "answered", key: "answer/2", answer: "so", usage: NO_USAGE })
      .then("answer.written", "run.completed");
  });
});

describe("a cancelled run continues", () => {
  it("with its call under another attempt, its question asked again, and the retry that it waited for", () => {
    const story = given(
      run([call("a"), { id: "q", ask: "Well?" }, call("r"), call("z", { dependsOn: ["q"] })]),
      ended("call/r/1"),
      cancel,
    );
    story.given(ended("call/a/1", "abort"));
    expect(endOf(story.run)?.how).toBe("cancelled");
    story
      .when(retry())
      .then(
        "run.reopened",
        ["step.started", { step: "a", attempt: 2 }],
        ["step.suspended", { step: "q" }],
        ["step.started", { step: "r", attempt: 2 }],
      );
    expect(statusOf(story.run)).toBe("needs-attention");
    story.given({ type: "respond", step: "q", value: "yes" }, returned("call/a/2"), returned("call/r/2"));
    story.when(returned("call/z/1")).then("step.completed", "execution.completed", "answer.written", "run.completed");
  });

  it("asks for approval of its plan again, and starts nothing before it", () => {
    const story = given(run([call("a")], settings({ approval: "always" })), cancel);
    const { hash } = story.run.planning.plans[0]!;
    story.when(retry()).then("run.reopened", ["approval.requested", { hash, reason: { code: "NOT_APPROVED_BEFORE" } }]);
    expect(statusOf(story.run)).toBe("awaiting-approval");
    story.when({ type: "approve", hash }).then("approval.granted", "step.started");
    // What was approved once is not asked for again.
    story.given(cancel, ended("call/a/1", "abort"));
    story.when(retry()).then("run.reopened", ["step.started", { attempt: 2 }]);
  });

  it("asks again for the approval of a waiting call, but not of an approved one", () => {
    const story = given(run([{ id: "p", tool: "ask_first", with: {} }]), cancel);
    story.when(retry()).then("run.reopened", ["approval.requested", { subject: { step: "p" } }]);
    const [hash] = [...story.run.approvals.pending.keys()];
    story.given({ type: "approve", hash: hash! }, broken("call/p/1"));
    expect(endOf(story.run)?.how).toBe("failed");
    story.when(retry()).then("run.reopened", ["step.started", { step: "p", attempt: 2 }]);
  });

  it("with an agent step in the attempt that has its journal, but for one that takes its place", () => {
    const agent = (more: object = {}) => [{ id: "g", agent: "Do it.", tools: ["look"], output: "unknown", ...more }];
    const stopped = () => given(run(agent()), cancel, ended("call/g/1", "abort"));
    stopped()
      .when(retry())
      .then("run.reopened", ["step.started", { step: "g", attempt: 1 }]);
    // The same under another plan; a better title changes nothing.
    stopped()
      .when(retry({ plan: checked(agent({ title: "Better" })) }))
      .then("run.reopened", ["plan.proposed", { kept: [{ step: "g" }] }], ["step.started", { attempt: 1 }]);
    stopped()
      .when(retry({ plan: checked(agent({ agent: "Do something else." })) }))
      .then("run.reopened", ["plan.proposed", { kept: [] }], ["step.started", { attempt: 2 }]);
    stopped()
      .when(retry({ from: "g" }))
      .then("run.reopened", ["step.started", { attempt: 2 }]);
    // Stopped again before it was begun: its attempt is still taken.
    const late = given(run([call("a"), ...agent()], settings({ concurrency: 1 })), returned("call/a/1"), cancel);
    late.given(ended("call/g/1", "abort"), retry({ from: "a", settings: late.run.request.settings }), cancel);
    late.given(ended("call/a/2", "abort"));
    late
      .when(retry({ plan: checked(agent({ agent: "Do something else." })) }))
      .then("run.reopened", "plan.proposed", ["step.started", { step: "g", attempt: 2 }]);
  });

  it("after any number of retries: attempts only grow", () => {
    const other = (x: number) => checked([call("a", { with: { x } })]);
    const story = given(run([call("a")]));
    for (let attempt = 1; attempt <= 5; attempt++) {
      expect(story.owed()).toMatchObject([{ key: `call/a/${attempt}` }]);
      story.given(cancel, ended(`call/a/${attempt}`, "abort"));
      story.given(attempt % 2 === 0 ? retry() : retry({ plan: other(attempt) }));
    }
  });
});

describe("a completed run", () => {
  const steps = [call("a"), call("b", { with: { x: "${{ a }}" } }), call("c"), call("d", { dependsOn: ["b", "c"] })];
  const completed = () =>
    given(run(steps), returned("call/a/1", 1), returned("call/c/1"), returned("call/b/1", 2), returned("call/d/1"));

  it("restarts one step and all steps that depend on it", () => {
    const story = completed();
    story.when(retry()).then(["input.refused", { code: "NOTHING_TO_RETRY" }]);
    expect(parts(story.run, { from: "b" })).toMatchObject({
      reused: ["a", "c"],
      runs: ["b", "d"],
      restarted: ["b", "d"],
    });
    story
      .when(retry({ from: "b", reason: "b was wrong" }))
      .then(
        ["run.reopened", { from: "b", restarted: ["b", "d"], comment: "b was wrong" }],
        ["step.started", { step: "b", attempt: 2, args: { x: 1 } }],
      );
    expect(story.run.answering.answer).toBeUndefined();
    story.given(returned("call/b/2"));
    story
      .when(returned("call/d/2"))
      .then("step.completed", ["execution.completed", { completed: 4 }], "answer.written", "run.completed");
  });

  it("has no step of another name", () => {
    completed()
      .when(retry({ from: "e" }))
      .then(["input.refused", { code: "UNKNOWN_STEP" }]);
    expect(retryPreview(completed().run, { from: "e" })).toMatchObject({ ok: false, code: "UNKNOWN_STEP" });
  });

  it("takes another plan", () => {
    completed()
      .when(retry({ plan: checked([...steps.slice(0, 3), call("e", { dependsOn: ["d"] }), steps[3]!]) }))
      .then(
        "run.reopened",
        ["plan.proposed", { cause: "edit", revision: 2, kept: ["a", "b", "c", "d"].map((step) => ({ step })) }],
        ["step.started", { step: "e" }],
      );
  });
});

describe("a run whose plan", () => {
  const always = settings({ approval: "always" });

  it("nobody approved in time is asked for again", () => {
    const story = given(run([call("a")], settings({ approval: "always", approvalMs: 50 })), { type: "clock", at: 50 });
    expect(errorOf(story.run)).toMatchObject({ code: "APPROVAL_EXPIRED" });
    story.when(retry({ at: 60 })).then("run.reopened", ["approval.requested", { subject: "plan" }]);
  });

  it("was rejected too often gets another one, with every comment known", () => {
    const story = given(start({ goal: "g", ...settings({ approval: "always", rejections: 0 }) }));
    story.given(planned(story, [call("a")]), { type: "reject", comment: "no" });
    expect(errorOf(story.run)).toMatchObject({ code: "REJECTED" });
    expect(parts(story.run, {})).toMatchObject({ stage: "plan", runs: [] });
    story
      .when(retry({ settings: { ...story.run.request.settings, rejections: 1 } }))
      .then(["run.reopened", { stage: "plan" }]);
    expect(story.owed()).toMatchObject([{ kind: "plan", attempt: 1, round: 0, rejected: [{ comment: "no" }] }]);
    story
      .when(planned(story, [call("b")]))
      .then(["plan.proposed", { cause: "rejection", revision: 2 }], "approval.requested");
    // The limit counts from the retry on.
    story.when({ type: "reject", comment: "nor this" }).then("approval.denied");
    expect(story.owed()).toMatchObject([{ kind: "plan", rejected: [{ comment: "no" }, { comment: "nor this" }] }]);
  });

  it("was rejected goes on without a planner only with another plan", () => {
    const story = given(run([call("a")], { ...always, models: ALONE }), { type: "reject", comment: "no" });
    story.when(retry({ models: ALONE })).then(["input.refused", { code: "NOTHING_TO_RETRY" }]);
    story.when(retry({ models: ALONE, from: "a" })).then(["input.refused", { code: "UNKNOWN_STEP" }]);
    story
      .when(retry({ models: ALONE, plan: checked([call("b")]) }))
      .then("run.reopened", "plan.proposed", ["approval.requested", { reason: { code: "EARLIER_REJECTED" } }]);
  });

  it("was rejected gets another plan from the planner of this process, if it has one", () => {
    const rejected = () => given(run([call("a")], { ...always, models: ALONE }), { type: "reject", comment: "no" });
    rejected()
      .when(retry())
      .then(["run.reopened", { stage: "plan", models: ROLES }]);
    const story = given(start({ goal: "g" }));
    const error = { code: "BROKEN", text: "no", retryable: false };
    story.given({ type: "plan-failed", key: planKey(story), error, usage: NO_USAGE });
    story.when(retry({ models: ALONE })).then(["input.refused", { code: "NOTHING_TO_RETRY" }]);
  });

  it("never came is asked for again: PLAN_INVALID, plan-failed", () => {
    const error = { code: "BROKEN", text: "no", retryable: false };
    for (const outcome of [
      { type: "plan-failed", error, usage: NO_USAGE },
      { type: "plan-invalid", draft: "{}", findings: [], usage: NO_USAGE },
    ] as const) {
      const story = given(start({ goal: "g", ...settings({ repairRounds: 0 }) }));
      const first = planKey(story);
      story.given({ ...outcome, key: first });
      expect(endOf(story.run)?.how).toBe("failed");
      story.when(retry()).then(["run.reopened", { stage: "plan" }]);
      expect(story.owed()).toMatchObject([{ kind: "plan", attempt: 1, round: 0 }]);
      expect(planKey(story)).not.toBe(first);
      story.when(planned(story, [call("a")])).then("plan.proposed", "step.started");
      expect(story.events[0]!.data).not.toHaveProperty("kept");
    }
  });
});

describe("a fan-out that continues", () => {
  const each = (more: object = {}) => [
    call("each", { forEach: "${{ inputs.list }}", with: { x: "${{ item }}" }, retry: { attempts: 1 }, ...more }),
    call("after", { dependsOn: ["each"] }),
  ];
  const inputs = { list: ["x", "y", "z"] };

  it("calls for the items that did not finish", () => {
    const story = given(run(each(), { inputs }));
    story.given(returned("call/each/0/1", "X"), ended("call/each/1/1"), returned("call/each/2/1", "Z"));
    expect(endOf(story.run)?.how).toBe("failed");
    story.when(retry()).then("run.reopened", ["step.started", { step: "each", item: 1, attempt: 2 }]);
    story
      .when(returned("call/each/1/2", "Y"))
      .then(["step.completed", { item: 1 }], ["step.completed", { step: "each" }], ["step.started", { step: "after" }]);
    expect(workOf(story.run, { step: "each" }).output).toEqual(["X", "Y", "Z"]);
  });

  it("begins no more of them at once than it may", () => {
    const story = given(run(each({ maxParallel: 1 }), { inputs }));
    story.given(ended("call/each/0/1"), returned("call/each/1/1"), ended("call/each/2/1"));
    story.when(retry()).then("run.reopened", ["step.started", { item: 0 }]);
    story.when(returned("call/each/0/2")).then("step.completed", ["step.started", { item: 2 }]);
  });

  it("asks about those in doubt, and calls for the others in the places that are left", () => {
    const paid = [{ ...each({ maxParallel: 2 })[0]!, tool: "pay" }];
    const story = given(run(paid, { inputs }), ended("call/each/0/1", "thrown"), ended("call/each/1/1"), cancel);
    story.given(returned("call/each/2/1"));
    expect(statuses(story)).toEqual({ each: "pending" });
    expect(parts(story.run, {})).toMatchObject({ unknown: ["each"], runs: ["each"] });
    story.when(retry()).then("run.reopened", ["step.started", { item: 1, attempt: 2 }]);
    story.given(returned("call/each/1/2"));
    expect(isWaiting(story.run)).toBe(true);
    story
      .when({ type: "settle", step: "each", item: 0, verdict: "happened", output: "X" })
      .then(
        "step.resolved",
        "step.completed",
        ["step.completed", { step: "each" }],
        "execution.completed",
        "answer.written",
        "run.completed",
      );
  });

  it("restarts all items with `from`, and forgets earlier failures", () => {
    const story = given(run(each(), { inputs }));
    story.given(returned("call/each/0/1"), ended("call/each/1/1"), returned("call/each/2/1"));
    story
      .when(retry({ from: "each" }))
      .then(
        ["run.reopened", { restarted: ["each", "after"] }],
        "step.expanded",
        ...[0, 1, 2].map((item) => ["step.started", { item, attempt: 2 }] as const),
      );
    story.given(returned("call/each/0/2"), returned("call/each/1/2"));
    story.when(returned("call/each/2/2")).then("step.completed", ["step.completed", { step: "each" }], "step.started");
  });

  it("takes its finished items over to another plan", () => {
    const story = given(run(each({ maxParallel: 1 }), { inputs }));
    story.given(returned("call/each/0/1", "X"), ended("call/each/1/1"), returned("call/each/2/1", "Z"));
    const better = each({ maxParallel: 1, title: "Better", retry: { attempts: 2 } });
    story
      .when(retry({ plan: checked(better, inputs) }))
      .then(
        "run.reopened",
        ["plan.proposed", { kept: [0, 1, 2].map((item) => ({ step: "each", item })) }],
        ["step.started", { item: 1, attempt: 2 }],
      );
    story.given(returned("call/each/1/2", "Y"), returned("call/after/1"));
    expect(endOf(story.run)?.how).toBe("completed");
    expect(workOf(story.run, { step: "each" }).output).toEqual(["X", "Y", "Z"]);
  });

  it("goes over to a fork with the items that it has finished, and begins no more of the rest than it may", () => {
    const long = { list: ["v", "w", "x", "y", "z"] };
    const story = given(run(each({ maxParallel: 1 }), { inputs: long }));
    for (const [item, outcome] of [ended, returned, returned, ended, ended].entries())
      story.given(outcome(`call/each/${item}/1`));
    const plan = checked(each({ maxParallel: 1 }), long);
    const kept = partsOf(story.run, { from: "after", plan });
    if (!kept.ok) throw new Error(kept.code);
    const carried = carriedFacts(story.run, kept.kept);
    expect(carried.map(({ type }) => type)).toEqual(["step.expanded", "step.completed", "step.completed"]);
    const begun = run(each({ maxParallel: 1 }), { inputs: long });
    const fork = new Story("fork");
    fork
      .when({ ...begun, carried } as LooseInput)
      .then("run.started", "plan.proposed", "step.expanded", "step.completed", "step.completed", [
        "step.started",
        { item: 0 },
      ]);
    for (const item of [0, 3]) fork.when(returned(`call/each/${item}/1`)).then("step.completed", "step.started");
    fork.when(returned("call/each/4/1")).then("step.completed", ["step.completed", { step: "each" }], "step.started");
    fork.given(returned("call/after/1"));
    expect(endOf(fork.run)?.how).toBe("completed");
  });
});

describe("a call whose outcome is unknown", () => {
  const steps = [pay("p"), call("b", { dependsOn: ["p"] }), call("c")];
  const doubtful = () => given(run(steps), ended("call/p/1", "thrown"), cancel, ended("call/c/1", "abort"));

  it("is asked about again, and not made again", () => {
    const story = doubtful();
    expect(parts(story.run, {})).toMatchObject({ unknown: ["p"], runs: ["p", "b", "c"] });
    story.when(retry()).then("run.reopened", ["step.started", { step: "c" }]);
    expect(statusOf(story.run)).toBe("needs-attention");
    expect(story.owed().map(({ key }) => key)).toEqual(["unknown/p/", "call/c/2"]);
    story
      .when({ type: "settle", step: "p", verdict: "happened", output: "paid", doubt: 1 })
      .then("step.resolved", ["step.completed", { output: "paid" }], ["step.started", { step: "b" }]);
  });

  it("is asked about again after a person gave it up", () => {
    const story = given(run(steps), ended("call/p/1", "thrown"), returned("call/c/1"));
    story.given({ type: "settle", step: "p", verdict: "abort" });
    expect(story.run).toMatchObject({ mode: { how: "failed", error: { code: "ABORTED" } } });
    story.when(retry()).then("run.reopened");
    expect(isWaiting(story.run)).toBe(true);
    story
      .when({ type: "settle", step: "p", verdict: "not-happened" })
      .then("step.resolved", ["step.started", { step: "p", attempt: 2 }]);
  });

  it("blocks a retry from its step, and a plan that changes or drops the step", () => {
    const story = doubtful();
    const refused = ["input.refused", { code: "STEP_UNKNOWN" }] as const;
    story.when(retry({ from: "p" })).then(refused);
    story.when(retry({ plan: checked([pay("p", { with: { n: 2 } })]) })).then(refused);
    story.when(retry({ plan: checked([call("c")]) })).then(refused);
    story
      .when(retry({ plan: checked([...steps.slice(0, 2), call("d")]) }))
      .then("run.reopened", ["plan.proposed", { kept: [{ step: "p" }] }], ["step.started", { step: "d" }]);
    expect(statusOf(story.run)).toBe("needs-attention");
  });

  it("does not block a retry if a person gave it up and the step was skipped", () => {
    const skipping = [pay("p", { onFailure: "skip" }), call("b")];
    const story = given(run(skipping), ended("call/p/1", "thrown"), { type: "settle", step: "p", verdict: "abort" });
    story.given(broken("call/b/1"));
    expect(parts(story.run, {})).toMatchObject({ reused: ["p"], runs: ["b"], unknown: [] });
    story.when(retry()).then("run.reopened", ["step.started", { step: "b", attempt: 2 }]);
    story.given(broken("call/b/2"));
    // A restart would make the same call, and its outcome is still unknown.
    story
      .when(retry({ from: "p" }))
      .then("run.reopened", ["step.unknown", { step: "p" }], ["step.started", { step: "b" }]);
    story
      .when({ type: "settle", step: "p", verdict: "not-happened" })
      .then("step.resolved", ["step.started", { step: "p" }]);
  });

  it("is still known when the planner replaces an edited and rejected plan", () => {
    const story = doubtful();
    const edited = checked([...steps.slice(0, 2), call("d")]);
    story.given(retry({ plan: edited }), cancel, ended("call/d/1", "abort"));
    const always = settings({ ...story.run.request.settings, approval: "always" as const });
    const asked = given(run(steps, always));
    asked.given(
      { type: "approve", hash: asked.run.planning.plans[0]!.hash },
      ended("call/p/1", "thrown"),
      returned("call/c/1", 3),
      cancel,
    );
    asked.given(retry({ plan: edited }), { type: "reject", comment: "without d" });
    asked
      .when(planned(asked, [pay("p"), call("c"), call("f", { dependsOn: ["p"] })]))
      .then(["plan.proposed", { cause: "rejection", kept: [{ step: "p" }] }], "approval.requested");
    asked.given({ type: "reject", comment: "pay no more" });
    // A command without it, or with another one, is refused.
    asked.when(planned(asked, [call("f")])).then("plan.invalid");
    expect(asked.events.at(-1)!.data).toMatchObject({ findings: [{ code: "STEP_UNKNOWN" }] });
    asked.when(planned(asked, [pay("p")])).then("plan.proposed", "approval.requested");
    asked.when({ type: "approve", hash: asked.run.planning.plans.at(-1)!.hash }).then("approval.granted");
    expect(asked.run.execution.steps.get("p")!.work.status).toBe("unknown");
    expect(asked.run.execution.unknown).toBe(1);
  });
});

describe("an agent step", () => {
  it("continues with the answers of persons about its calls", () => {
    const inner = { key: "inner", tool: "pay" };
    const doubt = { ...ended("call/g/1", "in-doubt"), call: inner } as LooseInput;
    const story = given(run([{ id: "g", agent: "Pay.", tools: ["pay"], output: "unknown" }]), doubt);
    story.given({ type: "settle", step: "g", verdict: "happened", output: 7 }, cancel, ended("call/g/1", "abort"));
    story.when(retry()).then("run.reopened", ["step.started", { attempt: 1 }]);
    expect(workOf(story.run, { step: "g" }).settled!.get("inner")).toEqual({ verdict: "happened", output: 7 });
  });
});

describe("a call that acts once", () => {
  it("is not made again where its gate refused what it gave and the plan is mended", () => {
    const gate = (more: object) => [
      pay("p", { retry: { attempts: 3 }, ...more }),
      call("b", { with: { x: "${{ p }}" } }),
    ];
    const story = given(run(gate({ expect: "${{ output == 2 }}" })), returned("call/p/1", 1, ["pay"]));
    expect(errorOf(story.run)).toMatchObject({ code: "EXPECT_FAILED" });
    story
      .when(retry({ plan: checked(gate({ expect: "${{ output == 1 }}" })) }))
      .then(
        "run.reopened",
        "plan.proposed",
        ["step.completed", { step: "p", output: 1, carried: "story" }],
        ["step.started", { step: "b", args: { x: 1 } }],
      );
  });

  it("is refused again where only the words have changed", () => {
    const gate = (title: string) => [pay("p", { title, expect: "${{ output == 2 }}" })];
    given(run(gate("One")), returned("call/p/1", 1))
      .when(retry({ plan: checked(gate("Two")) }))
      .then("run.reopened", "plan.proposed", "step.failed", "execution.completed", "run.failed");
  });

  it("is not made again from its step, but with other arguments it is another call", () => {
    const story = given(run([call("a"), pay("p", { with: { x: "${{ a }}" } })]), returned("call/a/1", 1));
    story.given(returned("call/p/1", "paid 1", ["pay"]));
    expect(parts(story.run, { from: "p" }).actAgain).toEqual(["p"]);
    story
      .when(retry({ from: "p" }))
      .then(
        "run.reopened",
        ["step.completed", { output: "paid 1" }],
        "execution.completed",
        "answer.written",
        "run.completed",
      );
    story.given(retry({ from: "a" }));
    story.when(returned("call/a/2", 2)).then("step.completed", ["step.started", { step: "p", args: { x: 2 } }]);
    story.given(returned("call/p/2", "paid 2", ["pay"]), retry({ from: "a" }));
    story
      .when(returned("call/a/3", 1))
      .then(
        "step.completed",
        ["step.completed", { output: "paid 1" }],
        "execution.completed",
        "answer.written",
        "run.completed",
      );
  });

  it("keeps the arguments that a model filled in", () => {
    const mail = { id: "m", tool: "mail", fill: "A greeting." };
    const filled: LooseInput = { type: "filled", key: "fill/call/m/1", args: { text: "hi" }, usage: NO_USAGE };
    const story = given(run([mail]), filled, broken("call/m/1"));
    story.when(retry()).then("run.reopened", ["step.started", { args: { text: "hi" }, attempt: 2 }]);
    story.given(broken("call/m/2"));
    story
      .when(retry({ plan: checked([{ ...mail, title: "Better" }]) }))
      .then("run.reopened", "plan.proposed", ["step.started", { args: { text: "hi" }, attempt: 3 }]);
  });
});

describe("what a person has to approve", () => {
  const steps = [pay("p"), { id: "put", tool: "put", with: {} }, call("a")];

  it.each(["effects", "always"] as const)("under %s: acting steps that are restarted", (approval) => {
    const story = given(run(steps, settings({ approval })));
    const { hash } = story.run.planning.plans[0]!;
    story.given({ type: "approve", hash }, returned("call/p/1", 1), returned("call/put/1"), returned("call/a/1"));
    expect(endOf(story.run)?.how).toBe("completed");
    story
      .when(retry({ from: "put" }))
      .then("run.reopened", ["approval.requested", { hash, reason: { code: "MAY_ACT_AGAIN", steps: ["put"] } }]);
    story.when({ type: "approve", hash }).then("approval.granted", ["step.started", { step: "put", attempt: 2 }]);
    story.given(returned("call/put/2"));
    // What looks only does no harm.
    story.when(retry({ from: "a" })).then("run.reopened", ["step.started", { step: "a" }]);
  });

  it("is asked for as the run was started, whatever the configuration says now", () => {
    const story = given(run(steps, settings({ approval: "effects" })), cancel);
    story.when(retry({ settings: { ...story.run.request.settings, approval: "never", concurrency: 1, turns: 3 } }));
    story.then(["run.reopened", { models: ROLES }], "approval.requested");
    expect(story.run.request.settings).toMatchObject({ approval: "effects", concurrency: 1, turns: 3 });
  });

  it("is asked for where the configuration has come to ask for more", () => {
    const story = given(run(steps, settings({ approval: "never" })), broken("call/a/1"));
    story.given(ended("call/p/1"), returned("call/put/1"));
    expect(endOf(story.run)?.how).toBe("failed");
    const { hash } = story.run.planning.plans[0]!;
    story
      .when(retry({ settings: { ...story.run.request.settings, approval: "effects" } }))
      .then("run.reopened", [
        "approval.requested",
        { subject: "plan", hash, reason: { code: "MAY_ACT", tools: ["pay"] } },
      ]);
    const looking = given(run([call("a")], settings({ approval: "never" })), broken("call/a/1"));
    looking
      .when(retry({ settings: { ...looking.run.request.settings, approval: "effects" } }))
      .then("run.reopened", "step.started");
  });

  it("needs another approval when it is restarted", () => {
    const ask = { id: "p", tool: "ask_first", with: { x: 1 } };
    const story = given(run([ask, call("a", { dependsOn: ["p"] })], settings({ approval: "always" })));
    story.given({ type: "approve", hash: story.run.planning.plans[0]!.hash, calls: true }, broken("call/p/1"));
    story
      .when(retry({ from: "p" }))
      .then("run.reopened", ["approval.requested", { subject: { step: "p" }, args: { x: 1 } }]);
  });

  it("stays marked for equal steps of another plan", () => {
    const marked = settings({ onFailure: "replan", replan: "on-failure", replans: 1, replanContext: "full" });
    const story = given(run([call("a")], marked), broken("call/a/1"));
    story.given(planned(story, [call("b"), pay("p", { dependsOn: ["b"] }), pay("q", { dependsOn: ["b"] })]));
    story.given(broken("call/b/1"));
    expect([...story.run.planning.mustApprove]).toEqual(["p", "q"]);
    const other = [
      call("b", { with: { x: 2 } }),
      pay("p", { dependsOn: ["b"] }),
      pay("q", { with: { x: 3 }, dependsOn: ["b"] }),
    ];
    story
      .when(retry({ plan: checked(other) }))
      .then("run.reopened", ["plan.proposed", { mustApprove: ["p"] }], "step.started");
  });

  it("stays marked for a finished step: restarting it asks a person", () => {
    const put = { id: "p", tool: "put", with: {} };
    const marked = settings({ onFailure: "replan", replan: "on-failure", replans: 1, replanContext: "full" });
    const story = given(run([call("a")], marked), broken("call/a/1"));
    story.given(planned(story, [put, call("b", { dependsOn: ["p"] })]));
    story.given(
      { type: "approve", hash: [...story.run.approvals.pending.keys()][0]! },
      returned("call/p/1"),
      returned("call/b/1"),
    );
    expect(endOf(story.run)?.how).toBe("completed");
    story.given(retry({ plan: checked([put, call("b", { with: { x: 2 }, dependsOn: ["p"] })]) }));
    story.given(returned("call/b/2"));
    expect(endOf(story.run)?.how).toBe("completed");
    story.given(retry({ from: "p" }));
    expect([...story.run.approvals.pending.values()]).toMatchObject([{ subject: { step: "p" } }]);
  });

  it("is another plan under these policies too", () => {
    const story = given(run([call("a")], settings({ approval: "effects" })), broken("call/a/1"));
    story.when(retry({ plan: checked(steps) })).then("run.reopened", "plan.proposed", "approval.requested");
  });
});

describe("a command at the wrong time", () => {
  it("is refused after the end, and means nothing to the run that goes on", () => {
    const story = given(run([{ id: "q", ask: "Well?" }, call("a")]), broken("call/a/1"));
    const ends = [cancel, { type: "respond", step: "q", value: "yes" }, { type: "approve", hash: "x" }] as LooseInput[];
    for (const late of ends) story.when(late).then(["input.refused", { code: "RUN_ENDED" }]);
    story.when(retry()).then("run.reopened", "step.suspended", ["step.started", { step: "a" }]);
  });

  it("is refused for a run that is running, and for a second retry", () => {
    const story = given(run([call("a")]));
    story.when(retry()).then(["input.refused", { code: "RUN_NOT_ENDED" }]);
    story.given(broken("call/a/1")).when(retry()).then("run.reopened", "step.started");
    story.when(retry()).then(["input.refused", { code: "RUN_NOT_ENDED" }]);
  });

  it("is replayed as it was refused", () => {
    const story = new Story();
    const events = [
      run([pay("p"), call("a")]),
      retry(),
      ended("call/p/1", "thrown"),
      broken("call/a/1"),
      { type: "settle", step: "p", verdict: "abort" } as const,
      retry({ from: "p" }),
      retry({ from: "nobody" }),
      retry({ models: ALONE }),
    ].flatMap((input) => story.when(input).events);
    const { differences } = replay(JSON.parse(JSON.stringify(events)) as typeof events);
    expect(differences).toEqual([]);
    expect(events.filter(({ type }) => type === "input.refused")).toHaveLength(4);
  });
});

describe("a plan that still waited for approval when its run ended", () => {
  it.each<[string, Partial<Settings>, LooseInput]>([
    [
      "its time ran out",
      { budget: { modelCalls: null, tokens: null, costUsd: null, wallMs: 100 } },
      { type: "clock", at: 100 },
    ],
    ["it was cancelled", {}, cancel],
    ["nobody came", { approvalMs: 100 }, { type: "clock", at: 100 }],
  ])("is asked for again: %s", (_why, more, how) => {
    const story = given(run([pay("p")], settings({ approval: "always", ...more })), how);
    expect(endOf(story.run)?.how).toBeDefined();
    const { hash } = story.run.planning.plans[0]!;
    story.when(retry()).then("run.reopened", ["approval.requested", { subject: "plan", hash }]);
  });
});

describe("a retry command", () => {
  const command = () => JSON.parse(JSON.stringify(retry())) as { [field: string]: Json };
  const plan = () =>
    JSON.parse(JSON.stringify(checked([call("a"), pay("b", { dependsOn: ["a"] })]))) as {
      [field: string]: Json;
    };
  const withPlan = (change: (plan: { [field: string]: Json }) => void) => {
    const changed = plan();
    change(changed);
    return { ...command(), plan: changed };
  };

  it("is read as it was written", () => {
    expect(readCommand(command())).toEqual(command());
    expect(readCommand({ ...command(), from: "a", reason: "so", plan: plan() })).toBeDefined();
  });

  it("of an earlier build is read with what its settings meant then", () => {
    const { onFailure: _, replan: __, eager: ___, budget: ____, ...first } = command()["settings"] as JsonObject;
    const noBudget = { modelCalls: null, tokens: null, costUsd: null, wallMs: null };
    expect(readCommand({ ...command(), settings: first })).toEqual({
      ...command(),
      settings: { ...first, onFailure: "fail", replan: "never", eager: false, budget: noBudget },
    });
  });

  it.each<[string, unknown]>([
    ["nothing", undefined],
    ["a list", []],
    ["no settings", { type: "retry", models: ROLES }],
    ["no models", { ...command(), models: null }],
    ["a role that is missing", { ...command(), models: { planner: null, executor: null } }],
    ["a model that is a number", { ...command(), models: { ...ROLES, planner: 7 } }],
    ["no place for any call", { ...command(), settings: { ...(command()["settings"] as object), concurrency: 0 } }],
    ["half a place", { ...command(), settings: { ...(command()["settings"] as object), concurrency: 0.5 } }],
    ["an unknown policy", { ...command(), settings: { ...(command()["settings"] as object), approval: "no" } }],
    ["a step that is no text", { ...command(), from: 1 }],
    ["a reason that is no text", { ...command(), reason: {} }],
    ["a plan that is text", { ...command(), plan: "steps: []" }],
    ["an empty plan", { ...command(), plan: {} }],
    ["a plan of null", { ...command(), plan: null }],
    ["a plan that was changed", withPlan((one) => void (one["hash"] = "0".repeat(64)))],
    ["a plan without its tools", withPlan((one) => void (one["tools"] = []))],
    [
      "a plan whose steps are no list",
      withPlan((one) => void (one["plan"] = { ...(one["plan"] as object), steps: {} })),
    ],
    [
      "a plan nested without end",
      withPlan((one) => void (one["plan"] = JSON.parse("[".repeat(4_000) + "]".repeat(4_000)) as Json)),
    ],
  ])("with %s is none", (_, junk) => {
    expect(readCommand(junk)).toBeUndefined();
  });

  it("with a plan that does not pass check is refused, also with a right hash", () => {
    const sound = checked([call("a"), call("b", { dependsOn: ["a"] })]);
    const [a, b] = sound.plan.steps;
    for (const steps of [
      [{ ...a!, dependsOn: ["b"] }, b!],
      [a!, a!],
      [{ ...a!, with: { x: "${{ nobody }}" } }],
      [{ ...a!, with: { x: "${{ 1 + }}" } }],
    ]) {
      const made = { ...sound.plan, steps } as CheckedPlan["plan"];
      const forged = { ...sound, plan: made, hash: planHash(made, sound.inputs, sound.tools) };
      expect(readCommand({ ...command(), plan: forged })).toBeUndefined();
    }
    expect(
      readCommand({ ...command(), plan: { ...sound, hash: planHash(sound.plan, sound.inputs, sound.tools) } }),
    ).toBeDefined();
  });

  it("does not fill the log with words", () => {
    const story = given(run([call("a")]), broken("call/a/1"));
    story.given(retry({ reason: "x".repeat(1_000_000) }));
    expect(JSON.stringify(story.events).length).toBeLessThan(30_000);
  });
});
