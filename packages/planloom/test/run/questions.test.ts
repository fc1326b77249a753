// Stories of a planner that asks instead of planning: a person answers, and the planner plans again.
import { describe, expect, it } from "vitest";
import { check } from "../../src/plan/check/check.js";
import { findingOf } from "../../src/plan/finding.js";
import { errorOf, statusOf } from "../../src/run/status.js";
import { given, start, type LooseInput } from "../../src/testing/given-when-then.js";
import { call, TOOLS } from "./parts.js";

const usage = { calls: 1, inputTokens: 3, outputTokens: 2 };
const asks = (key: string, ...questions: readonly string[]): LooseInput => ({
  ...{ type: "plan-invalid", key, draft: questions.join("\n"), usage },
  findings: [findingOf("QUESTIONS", { pointer: "" }, { questions })],
});

const said = (step: string, value: string) => ({ type: "respond", step, value }) as LooseInput;

describe("a planner that asks questions", () => {
  it("is answered by a person, and plans again with the answers", () => {
    const story = given(start({ goal: "g", tools: TOOLS }));
    const proposed = ["plan.proposed", { revision: 1, cause: "questions" }] as const;
    story
      .when(asks(story.owed()[0]!.key, "Which city?", "When? (May, June)"))
      .then(["plan.invalid", { decision: "ask" }], proposed, "step.suspended", "step.suspended");
    expect(statusOf(story.run)).toBe("needs-attention");
    story.when(said("question1", "Oslo")).then("step.completed");
    story.when(said("question2", "May")).then("step.completed", ["replan.requested", { cause: "goal" }]);
    const answers = [
      { question: "Which city?", answer: "Oslo" },
      { question: "When? (May, June)", answer: "May" },
    ];
    expect(story.owed()).toMatchObject([
      {
        kind: "plan",
        round: 0,
        replan: { mode: "full", cause: "goal", reason: { code: "QUESTIONS_ANSWERED", answers } },
      },
    ]);
    expect(story.run.planning.replans).toBe(0);
  });

  it("has no answer reviewed: every question is asked, and then the planner plans", () => {
    const story = given(start({ goal: "g", tools: TOOLS, settings: { replan: "each-step" } }));
    story.when(asks(story.owed()[0]!.key, "Which city?", "When?"));
    story.when(said("question1", "Oslo")).then(["step.completed", { review: undefined }]);
    story.when(said("question2", "May")).then("step.completed", ["replan.requested", { cause: "goal" }]);
    expect(story.owed()).toMatchObject([{ kind: "plan" }]);
  });

  it("fails clearly if nobody can answer", () => {
    const story = given(start({ goal: "g", settings: { attended: false } }));
    story.when(asks(story.owed()[0]!.key, "Which city?")).then(["plan.invalid", { decision: "give-up" }], "run.failed");
    expect(errorOf(story.run)).toMatchObject({ code: "PLAN_INVALID", params: { why: "asks" } });
  });

  it("repairs its draft if it asks again", () => {
    const story = given(start({ goal: "g", tools: TOOLS }));
    story.when(asks(story.owed()[0]!.key, "Which city?"));
    story.when(said("question1", "Oslo"));
    story.when(asks(story.owed()[0]!.key, "Are you sure?")).then(["plan.invalid", { decision: "repair" }]);
  });

  it("keeps its answered questions in the next plan", () => {
    const story = given(start({ goal: "g", tools: TOOLS }));
    story.when(asks(story.owed()[0]!.key, "Which city?"));
    story.when(said("question1", "Oslo"));
    const steps = [{ id: "question1", title: "Question 1 of the planner", ask: "Which city?" }, call("a")];
    const plan = check({ steps, answer: { from: ["a"] } }, { tools: TOOLS }, { goal: "g" });
    if (!plan.ok) throw new Error(JSON.stringify(plan.findings));
    story
      .when({ type: "planned", key: story.owed()[0]!.key, plan, usage })
      .then(["plan.proposed", { revision: 2, kept: [{ step: "question1" }] }], "step.started");
  });
});
