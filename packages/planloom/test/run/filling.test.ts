// Events between the arguments from a model and their call: nothing was called yet.
import { describe, expect, it } from "vitest";
import { NO_USAGE } from "../../src/plan/usage.js";
import { errorOf } from "../../src/run/status.js";
import { given, start, type LooseInput } from "../../src/testing/given-when-then.js";
import { call, ended, spec, TOOLS } from "./parts.js";

const mail = spec("mail", "once", {
  input: { type: "object", properties: { text: { type: "string" } }, required: ["text"], additionalProperties: false },
});
const step = { id: "m", tool: "mail", fill: "A short greeting." };
const run = (...others: readonly object[]) =>
  start({ plan: { steps: [step, ...others], answer: { value: "done" } }, tools: [...TOOLS, mail] });
const cancel = { type: "cancel", reason: "not needed" } as const;
const filled: LooseInput = { type: "filled", key: "fill/call/m/1", args: { text: "hi" }, usage: NO_USAGE };

describe("while arguments are filled in", () => {
  it("a cancel leaves nothing in doubt, though the call would act once", () => {
    given(run(), cancel)
      .when(ended("fill/call/m/1", "abort"))
      .then(["step.cancelled", { step: "m" }], "run.cancelled");
    given(run(), cancel)
      .when({ type: "recovered", epoch: 2, reason: { code: "RESUMED" } })
      .then("run.resumed", ["step.cancelled", { step: "m" }], "run.cancelled");
  });

  it("an ending other than the model's is a failure, and is tried again", () => {
    given(run())
      .when(ended("fill/call/m/1", "abort"))
      .then(["step.failed", { decision: "retry" }], "step.retrying");
  });

  it("a step that fails for good keeps the call from being made", () => {
    const story = given(run(call("a")), ended("call/a/1", "tool-error", { retryable: false }));
    story.when(filled).then("step.filled", ["step.cancelled", { step: "m" }], "execution.completed", "run.failed");
    expect(errorOf(story.run)).toMatchObject({ code: "BROKEN" });
  });
});
