// The kernel and the type of an answer: given a run that wants one, when an answer of another type arrives, whoever
// checked it before, then the kernel refuses it, and the log holds what was refused.
import { expect, it } from "vitest";
import type { Json } from "../../src/plan/json.js";
import { inputOf } from "../../src/run/log/input-of.js";
import { retryPreview } from "../../src/run/decide/retry.js";
import { endOf } from "../../src/run/status.js";
import { given, start, type LooseInput, type Story } from "../../src/testing/given-when-then.js";
import { call, returned, TOOLS } from "./parts.js";

const USAGE = { calls: 1, inputTokens: 10, outputTokens: 5 };
const answerSchema = { type: "object", properties: { n: { type: "integer", minimum: 1 } }, required: ["n"] };
const answered = (key: string, answer: Json): LooseInput => ({ type: "answered", key, answer, usage: USAGE });

function done(synthesizer: string | null, answer: object): Story {
  const models = { planner: null, executor: null, synthesizer };
  const begun = start({ plan: { steps: [call("a")], answer }, tools: TOOLS, models });
  if (begun.type !== "start") throw new Error("start makes a start");
  const typed = { ...begun, started: { ...begun.started, answerSchema } };
  return given(typed).when(returned("call/a/1", { n: 0 }));
}

it("refuses an answer that breaks a rule, keeps it in the log, and writes only the answer after a retry", () => {
  const story = done("synthesizer", { from: ["a"] });
  expect(story.owed()).toMatchObject([{ kind: "answer", key: "answer/1" }]);
  story
    .when(answered("answer/1", { n: 0 }))
    .then(["answer.failed", { answer: { n: 0 }, decision: "fail" }], "run.failed");
  expect(endOf(story.run)).toMatchObject({ how: "failed", error: { code: "ANSWER_INVALID" } });
  expect(retryPreview(story.run, {})).toMatchObject({ ok: true, reused: ["a"], runs: [] });
  const { settings, models } = story.run.request;
  story
    .when({ type: "retry", settings, models })
    .then("run.reopened", ["execution.completed", { answer: "synthesizer" }]);
  story.when(answered("answer/2", { n: 1 })).then(["answer.written", { answer: { n: 1 } }], "run.completed");
});

it("replays a refused answer from the log", () => {
  const story = done("synthesizer", { from: ["a"] });
  const again = done("synthesizer", { from: ["a"] });
  story.when(answered("answer/1", "no record"));
  expect(inputOf(again.run, story.events)).toMatchObject({ type: "answered", key: "answer/1", answer: "no record" });
});

it.each([
  ["a value", { value: "${{ a }}" }, "value"],
  ["outputs", { from: ["a"] }, "outputs"],
])("fails with %s of another type, without a synthesizer", (_, answer, from) => {
  const story = done(null, answer);
  story.then("step.completed", "execution.completed", "run.failed");
  expect(endOf(story.run)).toMatchObject({ error: { code: "ANSWER_INVALID", params: { from } } });
});
