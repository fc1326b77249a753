// Every row of the failure policy: the decision about a failed step, and why.
import { describe, expect, it } from "vitest";
import type { Decision } from "../../src/run/event.js";
import type { Settings } from "../../src/run/settings.js";
import { given, start, type StartFacts } from "../../src/testing/given-when-then.js";
import { call, ended, fails, keysOwed, plans, replanning, returned, TOOLS, USAGE } from "./parts.js";

interface Row {
  readonly name: string;
  readonly step?: object;
  readonly settings?: Partial<Settings>;
  readonly models?: StartFacts["models"];
  readonly error?: { readonly code?: string; readonly retryable?: boolean };
  readonly decision: Decision;
  readonly reason: object;
}

const noPlanner = { planner: null, executor: "executor", synthesizer: null };
const final = { retryable: false };
const once = { retry: { attempts: 1 } };
const over = { code: "NOT_RETRYABLE" };
const single = { code: "ATTEMPTS_USED", of: 1 };
const policy = (by: string, policy: string, why: object = over) => ({ code: "POLICY", why, policy, by });
const noReplan = (because: object) => ({ code: "NO_REPLAN", why: over, because });
const PRICES = { planner: { inputUsdPerMTok: 1_000, outputUsdPerMTok: 1_000 } };

const rows: readonly Row[] = [
  // Attempts come first, whatever the policy.
  ...(["fail", "skip", "patch", "replan"] as const).map((onFailure) => ({
    name: `${onFailure}, attempts left`,
    step: { onFailure },
    decision: "retry" as const,
    reason: { code: "ATTEMPTS_LEFT", attempt: 1, of: 4 },
  })),
  {
    name: "optional steps have one attempt",
    step: { optional: true },
    decision: "skip",
    reason: policy("plan", "skip", single),
  },
  // The plan says what follows.
  { name: "fail", step: { onFailure: "fail" }, error: final, decision: "fail", reason: over },
  {
    name: "skip",
    step: { onFailure: "skip" },
    error: final,
    decision: "skip",
    reason: policy("plan", "skip"),
  },
  {
    name: "patch",
    step: { onFailure: "patch" },
    error: final,
    decision: "patch",
    reason: policy("plan", "patch"),
  },
  {
    name: "replan",
    step: { onFailure: "replan" },
    error: final,
    decision: "replan",
    reason: policy("plan", "replan"),
  },
  {
    name: "patch, no attempt left",
    step: { onFailure: "patch", ...once },
    decision: "patch",
    reason: policy("plan", "patch", single),
  },
  // It does not: the run's default.
  { name: "run: fail", settings: { onFailure: "fail" }, error: final, decision: "fail", reason: over },
  {
    name: "run: skip",
    settings: { onFailure: "skip" },
    error: final,
    decision: "skip",
    reason: policy("run", "skip"),
  },
  {
    name: "run: patch",
    settings: { onFailure: "patch" },
    error: final,
    decision: "patch",
    reason: policy("run", "patch"),
  },
  {
    name: "run: replan",
    settings: { onFailure: "replan" },
    error: final,
    decision: "replan",
    reason: policy("run", "replan"),
  },
  {
    name: "the plan goes before the run",
    step: { onFailure: "fail" },
    settings: { onFailure: "replan" },
    error: final,
    decision: "fail",
    reason: over,
  },
  // Another plan cannot be had.
  {
    name: "replan: never",
    settings: { replan: "never" },
    step: { onFailure: "patch" },
    error: final,
    decision: "fail",
    reason: noReplan({ code: "REPLAN_NEVER" }),
  },
  { name: "no planner", models: noPlanner, error: final, decision: "fail", reason: noReplan({ code: "NO_PLANNER" }) },
  {
    name: "no replans",
    settings: { replans: 0 },
    error: final,
    decision: "fail",
    reason: noReplan({ code: "REPLANS_USED", of: 0 }),
  },
  {
    name: "too many tokens",
    settings: { replanTokens: 10 },
    error: final,
    decision: "fail",
    reason: noReplan({ code: "REPLAN_TOKENS", limit: 10 }),
  },
  {
    name: "few enough tokens",
    settings: { replanTokens: 1_000_000 },
    error: final,
    decision: "patch",
    reason: policy("run", "patch"),
  },
  {
    name: "too much money",
    settings: { replanCostUsd: 0.01, prices: PRICES },
    error: final,
    decision: "fail",
    reason: noReplan({ code: "REPLAN_COST", limitUsd: 0.01 }),
  },
  {
    name: "money that nobody knows forbids nothing",
    settings: { replanCostUsd: 0.01 },
    error: final,
    decision: "patch",
    reason: policy("run", "patch"),
  },
  {
    name: "a planner function costs nothing",
    settings: { replanTokens: 1 },
    models: { ...noPlanner, planner: "function" },
    error: final,
    decision: "patch",
    reason: policy("run", "patch"),
  },
  {
    name: "skip needs no planner",
    step: { onFailure: "skip" },
    models: noPlanner,
    error: final,
    decision: "skip",
    reason: policy("plan", "skip"),
  },
  // It would not help.
  ...[
    ...["ABORTED", "APPROVAL_EXPIRED", "TOOL_GONE", "NO_MODEL", "SECRET_UNKNOWN"],
    ...["MODEL_REFUSED", "PROVIDER_REFUSED", "PROVIDER_UNAUTHORIZED", "PROVIDER_RATE_LIMITED", "PROVIDER_UNREACHABLE"],
  ].map((code) => ({
    name: code,
    step: { onFailure: "replan" },
    error: { code, ...final },
    decision: "fail" as const,
    reason: noReplan({ code: "PLAN_NO_HELP" }),
  })),
];

describe("the decision about a failed step", () => {
  it.each(rows)("$name: $decision", ({ step = {}, settings = {}, models, error = {}, decision, reason }) => {
    const story = given(
      start({
        plan: { steps: [call("a", step), call("b")], answer: { value: "done" } },
        tools: TOOLS,
        settings: { onFailure: "patch", replan: "on-failure", ...settings },
        ...(models === undefined ? {} : { models }),
      }),
    ).when(ended("call/a/1", "tool-error", error));
    const [failed] = story.events;
    expect(failed).toMatchObject({ type: "step.failed", data: { decision } });
    expect(failed!.data).toMatchObject({ reason });
    // b runs still: nothing is begun, and the planner is asked when it has ended.
    const then = { retry: ["step.retrying"], skip: ["step.skipped"], fail: [], patch: [], replan: [] }[decision];
    expect(story.events.slice(1).map(({ type }) => type)).toEqual(then);
    story.when(returned("call/b/1"));
    const mode = decision === "patch" ? "patch" : "full";
    const requested = { type: "replan.requested", data: { mode, cause: "failure", failed: [{ step: "a" }] } };
    if (decision === "patch" || decision === "replan") expect(story.events.at(-1)).toMatchObject(requested);
    else expect(story.events.map(({ type }) => type)).not.toContain("replan.requested");
    if (decision === "fail")
      expect(story.run).toMatchObject({ mode: { how: "failed", error: { code: error.code ?? "BROKEN" } } });
  });

  it("replans left: they are counted, patches and replans together", () => {
    const story = replanning([call("a")], { replans: 2 }).given(fails("call/a/1"));
    story.given(plans(story, [{ id: "a", tool: "put", with: {} }]));
    story.when(fails("call/a/2")).then(["step.failed", { decision: "replan" }], ["replan.requested", { mode: "full" }]);
    story.given(plans(story, [call("c")]));
    story.when(fails("call/c/1")).then(["step.failed", { decision: "fail" }], "execution.completed", "run.failed");
    expect(story.events[0]!.data).toMatchObject({ reason: noReplan({ code: "REPLANS_USED", of: 2 }) });
    expect(story.events[1]!.data).toMatchObject({ replans: 2 });
  });

  it("what a replan is expected to take is written down, from what planning has taken", () => {
    const story = given(start({ goal: "g", settings: { onFailure: "patch", replan: "on-failure", prices: PRICES } }));
    story.given(plans(story, [call("a")]));
    story
      .when(fails("call/a/1"))
      .then("step.failed", ["replan.requested", { estimate: { tokens: 15, costUsd: 0.015 } }]);
    expect(story.owed()).toMatchObject([{ kind: "plan", replan: { mode: "patch", failed: [{ step: "a" }] } }]);
    expect(story.run.usage.planner).toEqual(USAGE);
  });

  it("a failing or cancelled run asks for no plan", () => {
    const steps = [call("a", { onFailure: "fail" }), call("b"), call("c")];
    replanning(steps)
      .given(fails("call/a/1"))
      .when(fails("call/b/1"))
      .then(["step.failed", { decision: "fail", reason: noReplan({ code: "RUN_FAILING" }) }]);
    replanning([call("a"), call("b")])
      .given({ type: "cancel", reason: "enough" })
      .when(fails("call/a/1"))
      .then(["step.failed", { decision: "fail", reason: { code: "RUN_CANCELLING" } }]);
  });

  it("a permanent failure while other calls finish ends the run, without a planner", () => {
    const story = replanning([call("a"), call("b", { onFailure: "fail" })]).given(fails("call/a/1"));
    story.when(fails("call/b/1")).then(["step.failed", { decision: "fail" }], "execution.completed", "run.failed");
  });

  it("two steps that fail are too many for a patch, and count as one replan", () => {
    const story = replanning([call("a"), call("b"), call("c", { dependsOn: ["a"] })], { replans: 1 });
    story.when(fails("call/a/1")).then(["step.failed", { decision: "patch" }]);
    const failed = [{ step: "a" }, { step: "b" }];
    story
      .when(fails("call/b/1"))
      .then(["step.failed", { decision: "patch" }], ["replan.requested", { mode: "full", failed }]);
    expect(story.run.planning.replans).toBe(1);
  });

  it("a patched step that fails again leads to a full replan", () => {
    const story = replanning([call("a"), call("z", { dependsOn: ["a"] })]).given(fails("call/a/1"));
    story.given(plans(story, [{ id: "a", tool: "put", with: {} }, call("z", { dependsOn: ["a"] })]));
    story.when(fails("call/a/2")).then(["step.failed", { decision: "replan" }], ["replan.requested", { mode: "full" }]);
    expect(story.events[0]!.data).toMatchObject({ reason: { code: "PATCH_FAILED", why: over } });
  });

  it("a step that the patch did not write is patched itself", () => {
    const z = call("z", { dependsOn: ["a"] });
    const story = replanning([call("a"), z], { replans: 3 }).given(fails("call/a/1"));
    story.given(plans(story, [{ id: "a", tool: "put", with: {} }, z]), returned("call/a/2"));
    story.when(fails("call/z/1")).then(["step.failed", { decision: "patch" }], ["replan.requested", { mode: "patch" }]);
  });
});

describe("an item of a fan-out that has failed", () => {
  const each = (more: object = {}) =>
    call("each", { forEach: '${{ ["p", "q"] }}', with: { x: "${{ item }}" }, ...more });

  it.each([["patch"], ["replan"]] as const)(
    "lets the others end first; then the fan-out asks for a %s",
    (onFailure) => {
      const story = replanning([each({ onFailure })]);
      story.when(fails("call/each/0/1")).then(["step.failed", { item: 0, decision: "fail", reason: over }]);
      expect(keysOwed(story)).toEqual(["call/each/1/1"]);
      story
        .when(returned("call/each/1/1", "done"))
        .then(
          ["step.completed", { item: 1 }],
          ["step.failed", { step: "each", decision: onFailure }],
          "replan.requested",
        );
    },
  );

  it("is skipped where the plan says so, and nobody is asked", () => {
    const story = replanning([each({ onFailure: "skip" })]).given(returned("call/each/1/1", 1));
    story
      .when(fails("call/each/0/1"))
      .then(
        ["step.failed", { item: 0, decision: "skip" }],
        "step.skipped",
        ["step.completed", { step: "each" }],
        "execution.completed",
        "answer.written",
        "run.completed",
      );
    expect(story.run.execution.steps.get("each")!.work.output).toEqual([null, 1]);
  });

  it("fails the run where the default is to fail", () => {
    replanning([each()], { onFailure: "fail" })
      .given(returned("call/each/1/1"))
      .when(fails("call/each/0/1"))
      .then("step.failed", ["step.failed", { decision: "fail" }], "execution.completed", "run.failed");
  });
});
