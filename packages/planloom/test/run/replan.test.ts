// Another plan in the place of the one that failed: what is drained, what it keeps, what it may not do.
import { describe, expect, it } from "vitest";
import { changeOf, errorOf, isWaiting, replanOf, statusOf } from "../../src/run/status.js";
import { given, start, type Story } from "../../src/testing/given-when-then.js";
import { call, ended, fails, keysOwed, plans, replanning, returned, spec, TOOLS, waiting } from "./parts.js";

const pay = (id: string, more: object = {}) => ({ id, tool: "pay", with: {}, ...more });
const put = (id: string, more: object = {}) => ({ id, tool: "put", with: {}, ...more });
const statuses = ({ run }: Story) =>
  Object.fromEntries([...run.execution.steps].map(([id, { work }]) => [id, work.status]));

describe("before the planner is asked", () => {
  it("siblings finish and are recorded, and nothing new starts", () => {
    const story = replanning([call("a"), call("b"), call("c"), call("d", { dependsOn: ["b"] })]);
    story.when(fails("call/a/1")).then("step.failed");
    story.when(returned("call/b/1", "B")).then("step.completed");
    expect(keysOwed(story)).toEqual(["call/c/1"]);
    story.when(returned("call/c/1", "C")).then("step.completed", ["replan.requested", { failed: [{ step: "a" }] }]);
    expect(statusOf(story.run)).toBe("planning");
    expect(statuses(story)).toEqual({ a: "failed", b: "completed", c: "completed", d: "ready" });
  });

  it("a sibling with attempts left waits for the new plan, and gets all attempts again", () => {
    const story = replanning([call("a"), call("b", { retry: { attempts: 2 } })]).given(fails("call/a/1"));
    story.when(ended("call/b/1")).then("step.failed", "step.retrying", "replan.requested");
    story.when({ type: "clock", at: 60_000 }).then();
    const steps = [put("a"), call("b", { retry: { attempts: 2 } })];
    story
      .when({ ...plans(story, steps), at: 60_001 })
      .then("plan.proposed", "step.started", ["step.started", { step: "b" }]);
    const key = keysOwed(story).find((owed) => owed.startsWith("call/b/"))!;
    story.when({ ...ended(key), at: 60_002 }).then(["step.failed", { decision: "retry" }], "step.retrying");
  });

  it("a question is not waited for; its answer, given meanwhile, is kept", () => {
    const ask = { id: "q", ask: "Which?", output: "string" };
    const story = replanning([call("a"), ask])
      .when(fails("call/a/1"))
      .then("step.failed", "replan.requested");
    story.when({ type: "respond", step: "q", value: "this" }).then(["step.completed", { output: "this" }]);
    story
      .when(plans(story, [put("a"), ask]))
      .then(["plan.proposed", { kept: [{ step: "q" }] }], ["step.started", { step: "a" }]);
    expect(statuses(story)).toEqual({ a: "running", q: "completed" });
  });

  it("an open question is asked again under the new plan", () => {
    const ask = { id: "q", ask: "Which?", output: "string" };
    const story = replanning([call("a"), ask]).given(fails("call/a/1"));
    story.when(plans(story, [put("a"), ask])).then("plan.proposed", "step.started", ["step.suspended", { step: "q" }]);
    story.when({ type: "respond", step: "q", value: "this" }).then("step.completed");
  });

  it("an approved call needs no second approval", () => {
    const p = { id: "p", tool: "ask_first", with: { x: 1 } };
    const story = replanning([call("a"), p]).given(fails("call/a/1"));
    story.when({ type: "approve", hash: waiting(story) }).then("approval.granted");
    story
      .when(plans(story, [put("a"), p]))
      .then("plan.proposed", ["step.started", { step: "a" }], ["step.started", { step: "p" }]);
  });

  it("an open approval is requested again under the same hash", () => {
    const p = { id: "p", tool: "ask_first", with: { x: 1 } };
    const story = replanning([call("a"), p]).given(fails("call/a/1"));
    const hash = waiting(story);
    story
      .when(plans(story, [put("a"), p]))
      .then(
        "plan.proposed",
        ["approval.denied", { hash, subject: { step: "p" }, cause: "superseded" }],
        "step.started",
        ["approval.requested", { hash }],
      );
    story.when({ type: "approve", hash }).then("approval.granted", ["step.started", { step: "p" }]);
  });

  it("an approval that was withdrawn is refused", () => {
    const p = { id: "p", tool: "ask_first", with: { x: 1 } };
    const story = replanning([call("a"), p], { onFailure: "replan" }).given(fails("call/a/1"));
    const hash = waiting(story);
    story.given(plans(story, [put("a"), { ...p, with: { x: 2 } }]));
    story.when({ type: "approve", hash }).then(["input.refused", { code: "STALE_HASH" }]);
    const other = replanning([call("a"), p], { onFailure: "replan" }).given(fails("call/a/1"));
    other.given(plans(other, [put("a")]));
    other.when({ type: "approve", hash }).then(["input.refused", { code: "NOTHING_TO_APPROVE" }]);
  });

  it("an approval that nobody gave in time ends the run, also while the planner is asked", () => {
    const p = { id: "p", tool: "ask_first", with: { x: 1 } };
    const story = replanning([call("a"), p], { approvalMs: 1_000 }).given(fails("call/a/1"));
    story
      .when({ type: "clock", at: 1_000 })
      .then(["approval.denied", { cause: "expired" }], "step.failed", "run.failed");
  });

  it("arguments that were filled in meanwhile wait: their call is no longer begun", () => {
    const tools = [
      ...TOOLS,
      spec("mail", "once", { input: { type: "object", properties: { text: { type: "string" } }, required: ["text"] } }),
    ];
    const mail = { id: "m", tool: "mail", fill: "Greet." };
    const settings = { onFailure: "patch", replan: "on-failure" } as const;
    const story = given(start({ plan: { steps: [call("a"), mail], answer: { value: 1 } }, tools, settings }));
    story.given(fails("call/a/1"));
    const filled = {
      type: "filled",
      key: "fill/call/m/1",
      args: { text: "hi" },
      usage: { calls: 1, inputTokens: 1, outputTokens: 1 },
    } as const;
    story.when(filled).then("step.filled", "replan.requested");
    expect(story.run.execution.running).toBe(0);
  });

  it("a second failure during a replan joins the first one", () => {
    const ask = { id: "q", ask: "Which?", output: "string", expect: '${{ output == "this" }}', retry: { attempts: 1 } };
    const story = replanning([call("a"), ask], { replans: 2 }).given(fails("call/a/1"));
    const late = plans(story, [put("a"), ask]);
    const failed = [{ step: "a" }, { step: "q" }];
    story
      .when({ type: "respond", step: "q", value: "that" })
      .then(["step.failed", { decision: "patch" }], ["replan.requested", { mode: "full", failed }]);
    story.when(late).then();
    expect(story.owed()).toMatchObject([{ kind: "plan", replan: { failed } }]);
    story.when(plans(story, [put("a"), put("q")])).then("plan.proposed", "step.started", "step.started");
    expect(changeOf(story.run)).toBeUndefined();
  });
});

describe("the plan that takes its place", () => {
  it("keeps what has finished: nothing is called again, and new steps may refer to it", () => {
    const story = replanning([call("a"), call("b", { dependsOn: ["a"] })]).given(returned("call/a/1", "A"));
    story.given(fails("call/b/1"));
    const steps = [call("a"), put("c", { with: { x: "${{ a }}" } })];
    story
      .when(plans(story, steps))
      .then(
        [
          "plan.proposed",
          { revision: 2, cause: "patch", kept: [{ step: "a" }], dropped: ["b"], added: ["c"], changed: [] },
        ],
        ["step.started", { step: "c", args: { x: "A" } }],
      );
    story
      .when(returned("call/c/1"))
      .then(
        "step.completed",
        ["execution.completed", { total: 2, completed: 2, failed: 0, replans: 1 }],
        "answer.written",
        ["run.completed", { success: true }],
      );
  });

  it("says why, as it was asked", () => {
    const story = replanning([call("a")], { onFailure: "replan" }).given(fails("call/a/1"));
    const { reason } = replanOf(story.run)!;
    story
      .when(plans(story, [put("a")]))
      .then(["plan.proposed", { cause: "replan", reason, changed: ["a"] }], "step.started");
  });

  it("a patched fan-out keeps its finished items", () => {
    const each = { id: "each", forEach: '${{ ["p", "q", "r"] }}', with: { x: "${{ item }}" } };
    const story = replanning([{ ...each, tool: "look" }]);
    story.given(returned("call/each/0/1", "P"), fails("call/each/1/1"), returned("call/each/2/1", "R"));
    const kept = [
      { step: "each", item: 0 },
      { step: "each", item: 2 },
    ];
    story
      .when(plans(story, [{ ...each, tool: "put" }]))
      .then(["plan.proposed", { kept, changed: ["each"] }], ["step.started", { item: 1, effects: "idempotent" }]);
    story
      .when(returned(keysOwed(story)[0]!, "Q"))
      .then(
        ["step.completed", { item: 1 }],
        ["step.completed", { step: "each" }],
        "execution.completed",
        "answer.written",
        "run.completed",
      );
    expect(story.run.execution.steps.get("each")!.work.output).toEqual(["P", "Q", "R"]);
  });

  it("another list is another fan-out: its items run again", () => {
    const each = { id: "each", tool: "look", with: { x: "${{ item }}" } };
    const story = replanning([{ ...each, forEach: '${{ ["p", "q"] }}' }]).given(
      returned("call/each/0/1"),
      fails("call/each/1/1"),
    );
    story
      .when(plans(story, [{ ...each, forEach: '${{ ["p", "s"] }}' }]))
      .then(
        ["plan.proposed", { kept: [] }],
        "step.expanded",
        ["step.started", { item: 0 }],
        ["step.started", { item: 1 }],
      );
  });

  it("an unknown outcome stays unknown, and is settled under the new plan", () => {
    const story = replanning([call("a"), pay("p", { onFailure: "fail" })]).given(
      ended("call/p/1", "timeout"),
      fails("call/a/1"),
    );
    story
      .when(plans(story, [put("a"), pay("p", { onFailure: "fail" })]))
      .then(["plan.proposed", { kept: [{ step: "p" }] }], ["step.started", { step: "a" }]);
    expect(statusOf(story.run)).toBe("needs-attention");
    story
      .when({ type: "settle", step: "p", verdict: "happened", output: 1, doubt: 1 })
      .then("step.resolved", ["step.completed", { step: "p" }]);
  });

  it.each([
    ["dropped", [put("a")]],
    ["changed", [put("a"), pay("p", { with: { x: 2 } })]],
    ["made to wait", [put("a"), pay("p", { dependsOn: ["a"] })]],
  ])("a step whose outcome is unknown cannot be %s", (_how, steps) => {
    const story = replanning([call("a"), pay("p")], { onFailure: "replan" }).given(
      ended("call/p/1", "timeout"),
      fails("call/a/1"),
    );
    story.when(plans(story, steps)).then("plan.invalid");
    expect(story.owed()).toMatchObject([
      { kind: "person" },
      { kind: "plan", round: 1, invalid: { findings: [{ code: "STEP_UNKNOWN" }] }, replan: { mode: "full" } },
    ]);
  });

  it("a step that a person gave up and the plan skipped stays ended", () => {
    const p = pay("p", { onFailure: "skip" });
    const story = replanning([call("a"), p]).given(
      ended("call/p/1", "timeout"),
      { type: "settle", step: "p", verdict: "abort" },
      fails("call/a/1"),
    );
    expect(statuses(story)).toEqual({ a: "failed", p: "skipped" });
    story.when(plans(story, [put("a"), p])).then(["plan.proposed", { kept: [{ step: "p" }] }], "step.started");
  });

  it("an answer about a doubt does not settle a doubt under a later plan", () => {
    const p = pay("p", { dependsOn: ["q"] });
    const story = replanning([call("a"), pay("p")], { onFailure: "replan" }).given(ended("call/p/1", "timeout"));
    const settle = { type: "settle", step: "p", verdict: "not-happened", doubt: 1 } as const;
    story.given(fails("call/a/1")).when(settle).then("step.resolved");
    story.given(plans(story, [{ id: "q", ask: "Which?" }, p]));
    story.when({ type: "respond", step: "q", value: "this" }).then("step.completed", ["step.started", { step: "p" }]);
    story.when(ended(keysOwed(story)[0]!, "timeout")).then("step.unknown");
    story.when(settle).then(["input.refused", { code: "STALE_DOUBT" }]);
    story.when({ ...settle, doubt: 2 }).then("step.resolved", "step.started");
  });

  it("another plan does not repeat a call that was given up: a person is asked again", () => {
    const each = pay("each", { forEach: "${{ [1, 2] }}" });
    const live = replanning([call("a"), each]).given(
      ended("call/each/0/1", "timeout"),
      ended("call/each/1/1", "timeout"),
    );
    live.given({ type: "settle", step: "each", item: 0, verdict: "abort" }, fails("call/a/1"));
    const ref = { step: "each", item: 0 };
    live
      .when(plans(live, [put("a"), each]))
      .then(["plan.proposed", { kept: [ref, { step: "each", item: 1 }] }], ["step.started", { step: "a" }]);
    live
      .when({ type: "settle", ...ref, verdict: "happened", output: 1 })
      .then("step.resolved", ["step.completed", { item: 0 }]);
  });

  it("calls that act once are not made twice, whatever the plan is called now", () => {
    const p = pay("p", { expect: "${{ output == 1 }}" });
    const story = replanning([p, call("b")], { onFailure: "replan" }).given(
      returned("call/p/1", 2),
      returned("call/b/1"),
    );
    story
      .when(plans(story, [pay("p"), call("b")]))
      .then(
        "plan.proposed",
        ["step.completed", { step: "p", output: 2, carried: "story" }],
        "execution.completed",
        "answer.written",
        "run.completed",
      );
  });
});

describe("a plan that cannot take its place goes back to the planner", () => {
  const failing = (settings: object = {}) =>
    replanning(
      [
        call("a"),
        call("b", { dependsOn: ["a"] }),
        call("c", { dependsOn: ["b"] }),
        call("z", { dependsOn: ["a"], when: "${{ a == 1 }}" }),
        call("late", { dependsOn: ["z", "c"] }),
      ],
      settings,
    ).given(returned("call/a/1", 0), fails("call/b/1"));
  const late = call("late", { dependsOn: ["z", "c"] });
  const z = call("z", { dependsOn: ["a"], when: "${{ a == 1 }}" });
  const c = call("c", { dependsOn: ["b"] });

  it.each([
    ["FINISHED_CHANGED", "drops what has finished", [put("b"), call("c", { dependsOn: ["b"] }), call("late")]],
    ["FINISHED_CHANGED", "changes what has finished", [put("a"), call("b", { dependsOn: ["a"] }), c, z, late]],
    [
      "PLAN_REPEATED",
      "is the one that failed",
      [call("a", { title: "Look once more" }), call("b", { dependsOn: ["a"] }), c, z, late],
    ],
  ])("%s: it %s", (code, _what, steps) => {
    const story = failing({ onFailure: "replan" });
    story.when(plans(story, steps)).then("plan.invalid");
    const [asked] = story.owed();
    expect(asked).toMatchObject({ kind: "plan", round: 1, replan: { failed: [{ step: "b" }] } });
    const codes = asked?.kind === "plan" ? asked.invalid!.findings.map((finding) => finding.code) : [];
    expect(codes).toContain(code);
    expect(story.run.usage.planner.calls).toBe(1);
  });

  const slow = () =>
    replanning([
      call("x", { when: "${{ 1 == 1 }}", dependsOn: ["q"] }),
      { id: "q", ask: "Which?" },
      call("b"),
      call("c", { dependsOn: ["b"] }),
    ]).given(fails("call/b/1"));
  it.each([
    [
      "changes",
      [
        put("x", { when: "${{ 1 == 1 }}", dependsOn: ["q"] }),
        { id: "q", ask: "Which?" },
        put("b"),
        call("c", { dependsOn: ["b"] }),
      ],
    ],
    ["drops", [{ id: "q", ask: "Which?" }, put("b"), call("c", { dependsOn: ["b"] })]],
    [
      "hangs on the failed one",
      [
        call("x", { when: "${{ 1 == 1 }}", dependsOn: ["q", "b"] }),
        { id: "q", ask: "Which?" },
        put("b"),
        call("c", { dependsOn: ["b"] }),
      ],
    ],
  ])("PATCH_OUTSIDE: a patch that %s a step that has nothing to do with it", (_how, steps) => {
    const story = slow();
    story.when(plans(story, steps)).then("plan.invalid");
    const findings = story.events[0]!.type === "plan.invalid" ? story.events[0]!.data.findings : [];
    expect(findings).toMatchObject([{ code: "PATCH_OUTSIDE", params: { failing: "b", steps: ["x"] } }]);
  });

  it("a patch may drop what waited for the failed step, and add what it likes", () => {
    const story = slow();
    const steps = [
      call("x", { when: "${{ 1 == 1 }}", dependsOn: ["q"] }),
      { id: "q", ask: "Which?" },
      call("b", { with: { x: "${{ n }}" } }),
      call("n"),
    ];
    story
      .when(plans(story, steps))
      .then(
        ["plan.proposed", { dropped: ["c"], added: ["n"], changed: ["b"] }],
        ["step.suspended", { step: "q" }],
        ["step.started", { step: "n" }],
      );
  });

  it("ends the run when no round is left", () => {
    const story = failing({ onFailure: "replan", repairRounds: 0 });
    const again = [call("a"), call("b", { dependsOn: ["a"] }), c, z, late];
    story.when(plans(story, again)).then("plan.invalid", "run.failed");
    expect(errorOf(story.run)).toMatchObject({ code: "PLAN_INVALID" });
  });

  it("a plan that failed before the last one is still known", () => {
    for (const known of [call("a"), put("b")]) {
      const story = replanning([call("a")], { onFailure: "replan", replans: 5 }).given(fails("call/a/1"));
      story.given(plans(story, [put("b")]), fails("call/b/1"));
      story.when(plans(story, [known])).then("plan.invalid");
      story.when(plans(story, [put("c")])).then("plan.proposed", "step.started");
    }
  });

  it("a planner that gives no answer fails the run", () => {
    const story = failing();
    const error = { code: "PROVIDER_UNAUTHORIZED", text: "no key", retryable: false };
    const usage = { calls: 1, inputTokens: 1, outputTokens: 1 };
    story.when({ type: "plan-failed", key: keysOwed(story)[0]!, error, usage }).then("plan.failed", "run.failed");
    expect(isWaiting(story.run)).toBe(false);
  });
});

describe("a new plan that a person is asked about", () => {
  const asking = (settings: object = {}) =>
    replanning([call("a"), pay("p", { dependsOn: ["a"] })], { approval: "effects", ...settings });

  it("under `effects` only what is new and may act is asked for", () => {
    const story = asking();
    story.given({ type: "approve", hash: waiting(story) }, fails("call/a/1"));
    const look = [call("n"), pay("p", { dependsOn: ["n"] })];
    const reads = replanning([call("a"), pay("p")], { approval: "effects" });
    reads.given({ type: "approve", hash: waiting(reads) }, returned("call/p/1"), fails("call/a/1"));
    reads.when(plans(reads, [call("n"), pay("p")])).then("plan.proposed", ["step.started", { step: "n" }]);
    // p waits for another step now: it is another one.
    story
      .when(plans(story, look))
      .then("plan.proposed", ["approval.requested", { reason: { code: "MAY_ACT", tools: ["pay"] } }]);
  });

  it("under `never` nobody is asked, under `always` always", () => {
    const never = asking({ approval: "never", replanContext: "codes" }).given(fails("call/a/1"));
    never.when(plans(never, [put("a"), pay("p", { dependsOn: ["a"] })])).then("plan.proposed", "step.started");
    const always = replanning([call("a")], { approval: "always" });
    always.given({ type: "approve", hash: waiting(always) }, fails("call/a/1"));
    always
      .when(plans(always, [call("n")]))
      .then("plan.proposed", ["approval.requested", { reason: { code: "POLICY_ALWAYS" } }]);
  });

  it("under `function` the program is asked each time, and no answer means that a person is asked", () => {
    const story = asking({ approval: "function" });
    expect([...story.run.approvals.pending.values()][0]).toMatchObject({
      reason: { code: "FUNCTION_ABSENT" },
    });
    story.given({ type: "approve", hash: waiting(story) }, fails("call/a/1"));
    const allowed = { required: false, reason: { code: "FUNCTION_ALLOWS" } } as const;
    const free = plans(story, [call("n")], { approval: allowed });
    story.when(free).then(["plan.proposed", { approval: allowed }], "step.started");
    story.given(fails("call/n/1"));
    const reason = { code: "FUNCTION_ASKS", text: "it is long" } as const;
    const dear = plans(story, [call("o")], { approval: { required: true, reason } });
    story.when(dear).then("plan.proposed", ["approval.requested", { reason }]);
  });

  it("expires at 24 h + 1 s like the first one", () => {
    const story = asking();
    story.given({ type: "approve", hash: waiting(story) }, fails("call/a/1"));
    story.given({ ...plans(story, [put("a"), pay("p", { dependsOn: ["a"] })]), at: 5_000 });
    const day = 24 * 60 * 60_000;
    story.when({ type: "clock", at: 5_000 + day - 1 }).then();
    story
      .when({ type: "clock", at: 5_000 + day + 1_000 })
      .then(["approval.denied", { cause: "expired" }], "run.failed");
    expect(errorOf(story.run)).toMatchObject({ code: "APPROVAL_EXPIRED" });
  });

  it("rejected, the planner knows what failed and what was said, and the next plan is shown", () => {
    const story = asking({ onFailure: "replan" });
    story.given({ type: "approve", hash: waiting(story) }, fails("call/a/1"));
    story.given(plans(story, [put("a"), pay("p", { dependsOn: ["a"] })]));
    story.when({ type: "reject", comment: "not by put" }).then(["approval.denied", { comment: "not by put" }]);
    expect(story.owed()).toMatchObject([
      { kind: "plan", rejected: [{ comment: "not by put" }], replan: { cause: "failure", failed: [{ step: "a" }] } },
    ]);
    story.when(plans(story, [call("a"), pay("p", { dependsOn: ["a"] })])).then("plan.invalid");
    story
      .when(plans(story, [call("n")]))
      .then(
        ["plan.proposed", { cause: "rejection", revision: 3 }],
        ["approval.requested", { reason: { code: "EARLIER_REJECTED" } }],
      );
  });

  it("a rejected patch may be rewritten: its own steps are not outside", () => {
    const story = replanning([call("a"), call("c", { dependsOn: ["a"] })], { approval: "always" });
    story.given({ type: "approve", hash: waiting(story) }, fails("call/a/1"));
    story.given(plans(story, [call("n"), call("a", { with: { x: "${{ n }}" } }), call("c", { dependsOn: ["a"] })]));
    story.given({ type: "reject", comment: "put n" });
    story
      .when(plans(story, [put("n"), call("a", { with: { x: "${{ n }}" } }), call("c", { dependsOn: ["a"] })]))
      .then("plan.proposed", "approval.requested");
  });

  it("is withdrawn when another step fails meanwhile: the planner is asked about both", () => {
    const q = pay("q", { expect: '${{ output == "paid" }}' });
    const story = replanning([call("a"), q, pay("p", { dependsOn: ["a"] })], { approval: "effects" });
    story.given({ type: "approve", hash: waiting(story) }, ended("call/q/1", "timeout"), fails("call/a/1"));
    story.given(plans(story, [put("a"), q, pay("p", { dependsOn: ["a"] })]));
    const hash = waiting(story);
    const failed = [{ step: "a" }, { step: "q" }];
    story
      .when({ type: "settle", step: "q", verdict: "happened", output: "not paid" })
      .then(
        "step.resolved",
        ["step.failed", { decision: "patch" }],
        ["approval.denied", { subject: "plan", hash, cause: "superseded" }],
        ["replan.requested", { mode: "full", failed }],
      );
    expect([...story.run.planning.failures.keys()]).toEqual(["a", "q"]);
    story.when({ type: "approve", hash }).then(["input.refused", { code: "NOTHING_TO_APPROVE" }]);
  });

  it("edited and then rejected, the planner still knows what failed", () => {
    const story = asking();
    story.given({ type: "approve", hash: waiting(story) }, fails("call/a/1"));
    const first = plans(story, [put("a"), pay("p", { dependsOn: ["a"] })]);
    story.given(first);
    const other = plans({ ...story, owed: () => [{ kind: "plan", key: "k" }] } as unknown as Story, [
      put("a", { with: { x: 3 } }),
      pay("p", { dependsOn: ["a"] }),
    ]);
    if (other.type !== "planned") throw new Error("no plan");
    story.given({ type: "edit", hash: waiting(story), plan: other.plan }, { type: "reject", comment: "no" });
    expect(story.owed()).toMatchObject([{ kind: "plan", replan: { failed: [{ step: "a" }] } }]);
  });
});
