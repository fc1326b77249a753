import { describe, expect, it } from "vitest";
import { LIMITS } from "../../src/limits.js";
import { documentOf } from "../../src/loom/document.js";
import { endOf, errorOf, statusOf } from "../../src/run/status.js";
import { given, start } from "../../src/testing/given-when-then.js";
import { call, ended, returned, spec, TOOLS } from "./parts.js";

const value = { value: "done" };
const run = (steps: readonly object[], more: object = {}) =>
  start({ plan: { steps, answer: value }, tools: TOOLS, ...more });

describe("execution", () => {
  it("starts what is independent at once, and what depends when its last need has ended", () => {
    const story = given()
      .when(run([call("a"), call("b"), call("c", { with: { x: "${{ [a, b] }}" } })]))
      .then("run.started", "plan.proposed", ["step.started", { step: "a" }], ["step.started", { step: "b" }]);
    story.when(returned("call/a/1", 1)).then(["step.completed", { step: "a", output: 1 }]);
    story
      .when(returned("call/b/1", 2))
      .then("step.completed", [
        "step.started",
        { step: "c", args: { x: [1, 2] }, from: { steps: ["a", "b"], tools: ["look"] } },
      ]);
    story
      .when(returned("call/c/1"))
      .then(
        "step.completed",
        "execution.completed",
        ["answer.written", { answer: "done" }],
        ["run.completed", { success: true }],
      );
    expect(statusOf(story.run)).toBe("completed");
  });

  it("waits for no level: a step starts although an unrelated one of an earlier wave still runs", () => {
    given(run([call("a"), call("slow"), call("b", { dependsOn: ["a"] })]))
      .when(returned("call/a/1"))
      .then("step.completed", ["step.started", { step: "b" }]);
  });

  it("keeps to the concurrency limit, in the order of the plan", () => {
    const story = given()
      .when(run([call("a"), call("b"), call("c")], { settings: { concurrency: 2 } }))
      .then("run.started", "plan.proposed", ["step.started", { step: "a" }], ["step.started", { step: "b" }]);
    story.when(returned("call/b/1")).then("step.completed", ["step.started", { step: "c" }]);
  });

  it("ignores an outcome that is not owed: a zombie's, or one that comes twice", () => {
    given(run([call("a"), call("b", { dependsOn: ["a"] })]), returned("call/a/1"))
      .when(returned("call/a/1", "again"))
      .then();
  });

  it("skips a step whose condition is false, and its dependants see null", () => {
    given()
      .when(run([call("a", { when: "${{ inputs.go }}" }), call("b", { dependsOn: ["a"] })], { inputs: { go: false } }))
      .then(
        "run.started",
        "plan.proposed",
        ["step.skipped", { step: "a", cause: "when" }],
        ["step.started", { step: "b" }],
      );
  });

  it("fails a step whose condition is no boolean", () => {
    given(run([call("a"), call("b", { when: "${{ a }}" })]))
      .when(returned("call/a/1", "yes"))
      .then("step.completed", ["step.failed", { step: "b" }], "execution.completed", "run.failed");
  });

  it("skips a step for want of data when a reference to a skipped step gives null where null is not allowed", () => {
    const story = given().when(
      run([call("a", { when: "${{ inputs.go }}", output: "number" }), call("b", { with: { n: "${{ a }}" } })], {
        inputs: { go: false },
      }),
    );
    story.then(
      "run.started",
      "plan.proposed",
      "step.skipped",
      ["step.skipped", { step: "b", cause: "null-reference" }],
      "execution.completed",
      "answer.written",
      ["run.completed", { success: false }],
    );
  });

  it.each([
    ["a path into it", "${{ a.y }}"],
    ["a text around it", "x ${{ a }}"],
  ])("skips for want of data where it needs %s that was skipped", (_what, x) => {
    given()
      .when(run([call("a", { when: "${{ inputs.go }}" }), call("b", { with: { x } })], { inputs: { go: false } }))
      .then(
        "run.started",
        "plan.proposed",
        ["step.skipped", { step: "a", cause: "when" }],
        ["step.skipped", { step: "b", cause: "null-reference" }],
        "execution.completed",
        "answer.written",
        ["run.completed", { success: false }],
      );
  });

  it("refuses arguments that do not fit the tool, before the call", () => {
    given(run([call("a"), call("b", { with: { n: "${{ a }}" } })]))
      .when(returned("call/a/1", "text"))
      .then("step.completed", ["step.failed", { step: "b", decision: "fail" }], "execution.completed", "run.failed");
  });

  it("stops an output of the wrong shape at the gate: dependants never start", () => {
    const story = given(run([call("a", { output: "{ total: number }" }), call("b", { dependsOn: ["a"] })]))
      .when(returned("call/a/1", { total: "12" }))
      .then(["step.failed", { step: "a", decision: "fail" }], "execution.completed", "run.failed");
    expect(documentOf(story.run).error).toMatchObject({ code: "OUTPUT_MISMATCH" });
  });

  it("retries where `expect` does not hold, but never a call that acted", () => {
    const expectation = { expect: "${{ output > 1 }}" };
    given(run([call("a", expectation)]))
      .when(returned("call/a/1", 1))
      .then(["step.failed", { decision: "retry" }], "step.retrying");
    given(run([{ id: "p", tool: "pay", ...expectation }]))
      .when(returned("call/p/1", 1))
      .then(["step.failed", { decision: "fail" }], "execution.completed", "run.failed");
  });

  it("writes the outputs themselves as the answer where there is no synthesizer", () => {
    const answers = (steps: readonly object[]) => {
      const story = given(start({ plan: { steps }, tools: TOOLS }), returned("call/a/1", 45000));
      story.when(returned("call/b/1", 105000));
      return story.run.answering.answer;
    };
    expect(answers([call("a"), call("b", { with: { x: "${{ a }}" } })])).toBe(105000);
    expect(answers([call("a"), call("b")])).toEqual({ a: 45000, b: 105000 });
  });
});

describe("forEach", () => {
  const each = (more: object = {}) =>
    run([
      call("names"),
      call("each", { forEach: "${{ names }}", as: "one", with: { x: "${{ one }}" }, ...more }),
      call("after", { with: { x: "${{ each }}" } }),
    ]);

  it("runs once for each item, and gives the list of outputs in item order", () => {
    const story = given(each())
      .when(returned("call/names/1", ["x", "y"]))
      .then(
        "step.completed",
        ["step.expanded", { list: ["x", "y"] }],
        ["step.started", { step: "each", item: 0, args: { x: "x" } }],
        ["step.started", { item: 1, args: { x: "y" } }],
      );
    story.when(returned("call/each/1/1", "Y")).then(["step.completed", { item: 1 }]);
    story
      .when(returned("call/each/0/1", "X"))
      .then(
        ["step.completed", { item: 0 }],
        ["step.completed", { item: undefined }],
        ["step.started", { step: "after", args: { x: ["X", "Y"] } }],
      );
  });

  it("completes with [] for an empty list", () => {
    given(each())
      .when(returned("call/names/1", []))
      .then(
        "step.completed",
        "step.expanded",
        ["step.completed", { step: "each", output: [] }],
        ["step.started", { args: { x: [] } }],
      );
  });

  it("keeps to maxParallel", () => {
    const story = given(each({ maxParallel: 1 }), returned("call/names/1", [1, 2]));
    expect(story.owed().map(({ key }) => key)).toEqual(["call/each/0/1"]);
    story.when(returned("call/each/0/1")).then("step.completed", ["step.started", { item: 1 }]);
  });

  it("lets the other items end when one fails for good, then fails", () => {
    const story = given(each({ retry: { attempts: 1 } }), returned("call/names/1", [1, 2, 3]));
    story.when(ended("call/each/1/1")).then(["step.failed", { item: 1, decision: "fail" }]);
    story.given(returned("call/each/0/1"));
    story
      .when(returned("call/each/2/1"))
      .then("step.completed", ["step.failed", { step: "each", item: undefined }], "execution.completed", "run.failed");
  });

  it("says what went wrong in the items, under their own code where it is the same for all", () => {
    const story = given(each({ retry: { attempts: 1 } }), returned("call/names/1", [1, 2]));
    story.given(ended("call/each/0/1"), ended("call/each/1/1"));
    expect(errorOf(story.run)).toMatchObject({
      code: "BROKEN",
      params: { items: { failed: 2, total: 2, first: { item: 0, error: { code: "BROKEN", text: "it broke" } } } },
    });
    expect(endOf(story.run)).toMatchObject({ how: "failed", cause: { step: "each" } });
  });

  it("leaves null for an item that fails where the plan says skip", () => {
    const story = given(
      each({ onFailure: "skip", retry: { attempts: 1 } }),
      returned("call/names/1", [1, 2]),
      returned("call/each/0/1", "X"),
    );
    story
      .when(ended("call/each/1/1"))
      .then(
        ["step.failed", { decision: "skip" }],
        "step.skipped",
        ["step.completed", { step: "each" }],
        ["step.started", { args: { x: ["X", null] } }],
      );
  });

  it("knows the tools of every item, the last one's too", () => {
    const agent = { id: "each", agent: "Look it up.", tools: ["look", "put"], forEach: "${{ inputs.list }}" };
    const story = given(run([agent], { inputs: { list: [1, 2] } }), returned("call/each/0/1", "X", ["look"]));
    story
      .when(returned("call/each/1/1", "Y", ["put"]))
      .then(
        ["step.completed", { item: 1 }],
        ["step.completed", { step: "each", from: { steps: ["inputs"], tools: ["look", "put"] } }],
        "execution.completed",
        "answer.written",
        "run.completed",
      );
  });

  it("knows the steps that its items read, beside the list's own", () => {
    const steps = [
      call("a", { output: "number" }),
      call("names"),
      call("each", { forEach: "${{ names }}", as: "one", with: { x: "${{ one }}", n: "${{ a }}" } }),
    ];
    const story = given(run(steps), returned("call/a/1", 1), returned("call/names/1", [1, 2]));
    story.given(returned("call/each/0/1"));
    story
      .when(returned("call/each/1/1"))
      .then(
        ["step.completed", { item: 1 }],
        ["step.completed", { step: "each", from: { steps: ["names", "a"], tools: ["look"] } }],
        "execution.completed",
        "answer.written",
        "run.completed",
      );
  });

  it("is no success where items were skipped for want of data", () => {
    const steps = [
      call("a", { when: "${{ inputs.go }}", output: "number" }),
      call("each", { forEach: "${{ inputs.list }}", with: { n: "${{ a }}" } }),
    ];
    const story = given(run(steps, { inputs: { go: false, list: [1] } }));
    expect(documentOf(story.run)).toMatchObject({ status: "completed", success: false });
  });

  it("retries one item alone", () => {
    const story = given(each(), returned("call/names/1", [1, 2]));
    story
      .when(ended("call/each/0/1"))
      .then(["step.failed", { item: 0, decision: "retry" }], ["step.retrying", { item: 0, attempt: 2 }]);
    story.when({ type: "clock", at: 5_000 }).then(["step.started", { item: 0, attempt: 2 }]);
  });

  it("fails over the limit of a fan-out", () => {
    given(
      run([call("each", { forEach: "${{ inputs.list }}" })], { inputs: { list: [1, 2, 3] }, settings: { fanOut: 2 } }),
    );
    const story = given(
      run([call("each", { forEach: "${{ inputs.list }}" })], { inputs: { list: [1, 2, 3] }, settings: { fanOut: 2 } }),
    );
    expect(errorOf(story.run)).toMatchObject({ code: "FAN_OUT_LIMIT" });
  });
});

describe("fill", () => {
  const tool = spec("mail", "once", {
    input: {
      type: "object",
      properties: { to: { type: "string" }, text: { type: "string" } },
      required: ["to", "text"],
      additionalProperties: false,
    },
  });
  const plan = { steps: [{ id: "m", tool: "mail", with: { to: "ann" }, fill: "A short greeting." }], answer: value };

  it("asks a model for what `with` leaves out, then starts with the whole, and reuses it in a retry", () => {
    const story = given()
      .when(start({ plan, tools: [tool] }))
      .then("run.started", "plan.proposed", ["step.filling", { args: { to: "ann" } }]);
    expect(story.owed()).toMatchObject([{ kind: "fill", given: { to: "ann" } }]);
    story
      .when({
        type: "filled",
        key: "fill/call/m/1",
        args: { text: "hi", to: "eve" },
        usage: { calls: 1, inputTokens: 5, outputTokens: 1 },
      })
      .then("step.filled", ["step.started", { args: { to: "ann", text: "hi" } }]);
    story.when(ended("call/m/1")).then("step.failed", "step.retrying");
    story.when({ type: "clock", at: 5_000 }).then(["step.started", { attempt: 2, args: { to: "ann", text: "hi" } }]);
    expect(story.run.usage.executor).toEqual({ calls: 1, inputTokens: 5, outputTokens: 1 });
  });
});

describe("an answer without a model", () => {
  it("is not larger than a value may be: the run fails, and says what to leave out", () => {
    const steps = ["a", "b"].map((id) => call(id));
    const story = given(start({ plan: { steps }, tools: TOOLS, models: NO_MODELS }));
    const large = "x".repeat(LIMITS.gatheredBytes / 2);
    story.given(returned("call/a/1", large)).when(returned("call/b/1", large));
    story.then("step.completed", "execution.completed", "run.failed");
    expect(errorOf(story.run)).toMatchObject({
      code: "LIMIT_EXCEEDED",
      params: { where: "answer.from" },
    });
  });
});

const NO_MODELS = { planner: null, executor: null, synthesizer: null };
