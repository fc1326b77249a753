// Row S1 of the mission: "A synthesizer turns step results into one coherent answer", and S2: "The result carries:
// success, answer, plan, executed steps, steps total and completed …". Documents 000 and 002 give the synthesizer all
// step results, and 000 answers from what is done also after a failure.
import { expect, onTestFinished, test } from "vitest";
import type { LoomConfig } from "../../src/loom/config.js";
import { createLoom } from "../../src/loom/create-loom.js";
import { LIMITS } from "../../src/limits.js";
import type { ModelRequest } from "../../src/model/port.js";
import { scriptedModel, type ScriptedModel } from "../../src/testing/index.js";
import { PlanloomError } from "../../src/words/planloom-error.js";
import { modelServer, roleOf, workspace } from "../cli/planloom.js";
import { eventsIn, eventsOf, sound } from "../engine/parts.js";

/** The steps of document 000: only descriptions, and no answer. */
const survey = (more: object = {}) => ({
  goal: "Survey the market",
  steps: [
    { step_id: 1, title: "Gather", description: "Gather the sources", depends_on: [] },
    { step_id: 2, title: "Compare", description: "Compare the sources", depends_on: [1] },
    { step_id: 3, title: "Advise", description: "Give advice", depends_on: [2] },
  ],
  ...more,
});

const textOf = ({ system, messages }: ModelRequest): string =>
  [system, ...messages.map((message) => ("text" in message ? message.text : ""))].join("\n");

const isSynthesis = (request: ModelRequest): boolean => textOf(request).includes("You are the synthesizer");

/** Step results by their title; the last step may fail. */
function models(results: { readonly [title: string]: string }): ScriptedModel {
  return scriptedModel((request) => {
    if (isSynthesis(request)) return "Partly or wholly: see above.";
    const title = /Your step: (\w+)/.exec(textOf(request))?.[1] ?? "";
    return results[title] ?? `STEP FAILED: no ${title.toLowerCase()} today`;
  });
}

async function begin(model: ScriptedModel, plan: object, config: LoomConfig = {}) {
  const loom = await createLoom({ store: "memory", models: { default: model }, ...config });
  onTestFinished(() => loom.close());
  const run = await loom.start("", { plan });
  return { loom, run, document: await run.result() };
}

const ALL = { Gather: "three sources", Compare: "the second is best", Advise: "take the second" };
const TWO = { Gather: "three sources", Compare: "the second is best" };

test("without an answer in the plan, the synthesizer gets the output of every finished step", async () => {
  const long = `${"a".repeat(LIMITS.previewChars)} end`;
  const model = models({ ...ALL, Gather: long, Advise: `${"b".repeat(LIMITS.previewChars)} end` });
  const { document } = await begin(model, survey());
  expect(document).toMatchObject({ success: true, answer: "Partly or wholly: see above.", stepsCompleted: 3 });
  const prompt = textOf(model.requests.at(-1)!);
  expect(prompt).toContain("the second is best");
  // The last result stands there whole, an earlier long one as a preview.
  expect(prompt).toContain(`${"b".repeat(LIMITS.previewChars)} end`);
  expect(prompt).toContain(`[characters 0 to ${LIMITS.previewChars} of ${long.length}]`);
});

test("a plan that names steps for its answer has only these in it", async () => {
  const model = models(ALL);
  await begin(model, survey({ answer: { from: ["s3"] } }));
  const prompt = textOf(model.requests.at(-1)!);
  expect(prompt).toContain("take the second");
  expect(prompt).not.toContain("three sources");
});

test("results that are too long for the context of the model are sent as previews", async () => {
  const long = "b".repeat(LIMITS.previewChars + 1);
  const plain = models({ ...ALL, Advise: long });
  let refused = 0;
  const model: ScriptedModel = {
    ...plain,
    call: (request) => {
      if (isSynthesis(request) && textOf(request).includes(long)) {
        refused++;
        const params = { role: "synthesizer", model: "m", text: "too long", about: "length" } as const;
        return Promise.reject(new PlanloomError("PROVIDER_REFUSED", params as never));
      }
      return plain.call(request);
    },
  };
  const { document } = await begin(model, survey());
  expect(refused).toBe(1);
  expect(document).toMatchObject({ success: true, answer: "Partly or wholly: see above." });
});

test.each<[string, object, LoomConfig]>([
  ["the plan", survey({ answer: { onFailure: "partial" } }), { onFailure: "fail" }],
  ["the configuration", survey(), { answer: { onFailure: "partial" }, onFailure: "fail" }],
])("after a failure %s wants an answer from what is done, with what is missing", async (_, plan, config) => {
  const model = models(TWO);
  const { run, document } = await begin(model, plan, config);
  expect(document).toMatchObject({
    status: "failed",
    success: false,
    partial: true,
    answer: "Partly or wholly: see above.",
    stepsTotal: 3,
    stepsCompleted: 2,
    error: { code: "STEP_NOT_DONE" },
    report: { notDone: [expect.stringMatching(/^s3: Advise/)] },
  });
  const prompt = textOf(model.requests.at(-1)!);
  for (const part of ["three sources", "the second is best", "s3: Advise (failed:", "partial"])
    expect(prompt).toContain(part);
  const types = (await eventsIn(run)).slice(-4).map(({ type }) => type);
  expect(types).toEqual(["execution.completed", "answer.requested", "answer.written", "run.failed"]);
  await sound(run);
});

test("the answer also comes if the planner has no other plan", async () => {
  const { document } = await begin(models(TWO), survey({ answer: { onFailure: "partial" } }));
  expect(document).toMatchObject({ status: "failed", partial: true, error: { then: { code: "PLAN_INVALID" } } });
});

test("the library: an ended run is asked for a partial answer, once, and can still be retried", async () => {
  const { run, document } = await begin(models(TWO), survey());
  expect(document).toMatchObject({ status: "failed", answer: null });
  expect(document).not.toHaveProperty("partial");
  expect(await run.answerPartly()).toMatchObject({ ok: true });
  expect(await run.result()).toMatchObject({ status: "failed", partial: true, answer: "Partly or wholly: see above." });
  expect(await run.answerPartly()).toMatchObject({ ok: false, code: "NO_PARTIAL_ANSWER" });
  expect(eventsOf(await eventsIn(run), "run.reopened")).toMatchObject([{ data: { stage: "answer" } }]);
  await sound(run);
  expect(await run.previewRetry()).toMatchObject({ ok: true, reused: ["s1", "s2"], runs: ["s3"] });
});

/** A server whose executor fails the step with this title. */
async function failingAt(title: string) {
  const { server, env } = await modelServer((body) => {
    const text = body.messages.map(({ content }) => String(content)).join("\n");
    if (roleOf(body) === "synthesizer") return { text: "So far: the second is best." };
    const step = /Your step: (\w+)/.exec(text)?.[1] ?? "";
    return { text: step === title ? "STEP FAILED: no advice today" : (ALL[step as keyof typeof ALL] ?? "?") };
  });
  const here = workspace(env);
  here.write("survey.json", survey());
  return { here, server };
}

test("the command line: run --partial prints the answer, says what is missing, and exits as failed", async () => {
  const { here } = await failingAt("Advise");
  const ended = await here.run(["run", "survey.json", "--partial", "--on-failure", "fail"]);
  expect(ended).toMatchObject({ code: 1, stdout: "So far: the second is best.\n" });
  expect(ended.stderr).toContain("=== SYNTHESIZING ===");
  expect(ended.stderr).toMatch(/not done {2}s3: Advise/);
  expect(ended.stderr).toContain("the answer is partial");
  expect(await here.json(["answer", "last", "--json"])).toMatchObject({ exit: 1, partial: true, success: false });
  expect((await here.run(["show", "last"])).stdout).toMatch(/answer \(partial\)\n.*So far: the second is best\./);
});

test("the command line: answer --partial writes one for a run that has failed, within its budget", async () => {
  const { here } = await failingAt("Advise");
  const failed = await here.run(["run", "survey.json", "--on-failure", "fail"]);
  expect(failed).toMatchObject({ code: 1, stdout: "" });
  expect(await here.run(["answer", "last"])).toMatchObject({ code: 1, stdout: "" });
  const poor = await here.run(["answer", "last", "--partial", "--budget-calls", "3"]);
  expect(poor).toMatchObject({ code: 1, stdout: "" });
  expect(poor.stderr).toContain("its budget (modelCalls) is used up");
  const written = await here.run(["answer", "last", "--partial", "--budget-calls", "4"]);
  expect(written).toMatchObject({ code: 1, stdout: "So far: the second is best.\n" });
  // It stands in the log now, so that nobody pays for it again.
  expect(await here.run(["answer", "last", "--partial"])).toMatchObject({ code: 1, stdout: written.stdout });
  expect((await here.run(["replay", "last", "--strict"])).code).toBe(0);
});

test("the command line: retry --partial answers if the retry fails, too; plan --partial writes it into the plan", async () => {
  const { here } = await failingAt("Advise");
  await here.run(["run", "survey.json", "--on-failure", "fail"]);
  const retried = await here.run(["retry", "last", "--partial", "--on-failure", "fail"]);
  expect(retried).toMatchObject({ code: 1, stdout: "So far: the second is best.\n" });
  const { env } = await modelServer(() => ({ json: { steps: survey().steps } }));
  const planned = await here.json<{ readonly answer: object }>(["plan", "Survey", "--partial"], { env });
  expect(planned.answer).toEqual({ onFailure: "partial" });
});
