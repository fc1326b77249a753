// A person's own plan in the place of one that waits, and several people at once.
import { describe, expect, it } from "vitest";
import { LIMITS } from "../../src/limits.js";
import { readCommand } from "../../src/run/log/read-command.js";
import { call, checked, fails, plans, replanning, returned, waiting } from "./parts.js";

const always = { approval: "always" } as const;

describe("an edited plan", () => {
  it("takes the place of the one that waits, under its own hash, and is shown again", () => {
    const story = replanning([call("a")], always);
    const hash = waiting(story);
    const plan = checked([call("a"), call("b")]);
    story
      .when({ type: "edit", hash, plan, comment: "also b" })
      .then(
        ["approval.denied", { hash, cause: "superseded", comment: "also b" }],
        ["plan.proposed", { revision: 2, cause: "edit", added: ["b"], hash: plan.hash }],
        ["approval.requested", { hash: plan.hash, reason: { code: "PLAN_EDITED" } }],
      );
    story.when({ type: "approve", hash }).then(["input.refused", { code: "STALE_HASH" }]);
    story.when({ type: "approve", hash: plan.hash }).then("approval.granted", "step.started", "step.started");
  });

  it("is refused for a hash that does not wait, and where nothing was changed", () => {
    const story = replanning([call("a")], always);
    const plan = checked([call("b")]);
    story.when({ type: "edit", hash: "0".repeat(64), plan }).then(["input.refused", { code: "STALE_HASH" }]);
    const { hash } = story.run.planning.plans[0]!;
    story
      .when({ type: "edit", hash, plan: { ...checked([call("a")]), hash } })
      .then(["input.refused", { code: "NOTHING_CHANGED" }]);
    story.given({ type: "approve", hash });
    story.when({ type: "edit", hash, plan }).then(["input.refused", { code: "ALREADY_APPROVED" }]);
  });

  it("cannot replace a call that waits", () => {
    const story = replanning([{ id: "p", tool: "ask_first", with: {} }]);
    story
      .when({ type: "edit", hash: waiting(story), plan: checked([call("b")]) })
      .then(["input.refused", { code: "NOT_A_PLAN" }]);
  });

  it("may not drop or change what has finished", () => {
    const story = replanning([call("a"), call("b", { dependsOn: ["a"] })], always);
    story.given({ type: "approve", hash: waiting(story) }, returned("call/a/1"), fails("call/b/1"));
    story.given(plans(story, [call("a"), call("c")]));
    for (const steps of [[call("c")], [call("a", { with: { x: 1 } }), call("c")]]) {
      story
        .when({ type: "edit", hash: waiting(story), plan: checked(steps) })
        .then(["input.refused", { code: "EDIT_INVALID" }]);
    }
    const edited = checked([call("a"), call("d")]);
    story
      .when({ type: "edit", hash: waiting(story), plan: edited })
      .then("approval.denied", ["plan.proposed", { kept: [{ step: "a" }] }], "approval.requested");
    story.when({ type: "approve", hash: edited.hash }).then("approval.granted", ["step.started", { step: "d" }]);
  });

  it("a plan that check has not passed, or that was changed since, is no command at all", () => {
    const plan = checked([call("a"), call("b", { dependsOn: ["a"] })]);
    const edit = (given: unknown) => readCommand(JSON.parse(JSON.stringify({ type: "edit", hash: "h", plan: given })));
    expect(edit(plan)).toBeDefined();
    const [a, b] = plan.plan.steps;
    const cycle = { ...plan, plan: { ...plan.plan, steps: [{ ...a!, dependsOn: ["b"] }, b!] } };
    expect(edit(cycle)).toBeUndefined();
    expect(edit({ ...plan, hash: "0".repeat(64) })).toBeUndefined();
    expect(edit(undefined)).toBeUndefined();
  });
});

describe("several people at once", () => {
  it("of two answers the first one counts, and the other one is refused with the reason", () => {
    const twice = replanning([call("a")], always);
    const hash = waiting(twice);
    twice.given({ type: "approve", hash, by: "ann" });
    twice.when({ type: "approve", hash, by: "bob" }).then(["input.refused", { code: "ALREADY_APPROVED" }]);
    twice
      .when({ type: "reject", hash, comment: "no", by: "bob" })
      .then(["input.refused", { code: "ALREADY_APPROVED" }]);

    const rejected = replanning([call("a")], always).given({ type: "reject", hash, comment: "no" });
    rejected.when({ type: "approve", hash, by: "bob" }).then(["input.refused", { code: "NOTHING_TO_APPROVE" }]);
    expect(rejected.run.planning.plans[0]).toMatchObject({ denied: "rejected" });

    const edited = replanning([call("a")], always).given({ type: "edit", hash, plan: checked([call("b")]) });
    edited
      .when({ type: "edit", hash, plan: checked([call("c")]), by: "bob" })
      .then(["input.refused", { code: "STALE_HASH" }]);
    edited.when({ type: "reject", hash, comment: "no", by: "bob" }).then(["input.refused", { code: "STALE_HASH" }]);
  });

  it("approving as the run is cancelled begins nothing", () => {
    const story = replanning([call("a"), { id: "p", tool: "ask_first", with: {} }]);
    const hash = waiting(story);
    story.given({ type: "cancel", reason: "enough" });
    story.when({ type: "approve", hash }).then(["input.refused", { code: "RUN_CANCELLING" }]);
    story.given(returned("call/a/1"));
    story.when({ type: "approve", hash }).then(["input.refused", { code: "RUN_ENDED" }]);
  });

  it("an approval that is given after its time is refused, and the log says why", () => {
    const story = replanning([call("a")], { ...always, approvalMs: 1_000 });
    const hash = waiting(story);
    const plan = checked([call("b")]);
    story
      .when({ type: "edit", hash, plan, at: 1_001 })
      .then("approval.denied", "run.failed", ["input.refused", { code: "RUN_ENDED" }]);
    expect(story.run.planning.plans).toHaveLength(1);
  });

  it("feedback of 1 MB is cut, and nothing is lost but its end", () => {
    const story = replanning([call("a")], always).when({ type: "reject", comment: "x".repeat(1_000_000) });
    const [denied] = story.events;
    expect(denied?.type === "approval.denied" && denied.data.comment?.length).toBe(LIMITS.feedbackChars);
    story.when(plans(story, [call("b")])).then("plan.proposed", "approval.requested");
  });
});
