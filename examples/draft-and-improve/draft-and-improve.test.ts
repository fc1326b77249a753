// A text in rounds: each round is sent the text before, and the condition of the plan decides which one is accepted. The
// model is scripted; the server, the requests and the run are real.
import { readFile } from "node:fs/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { FakeOpenAI } from "planloom/testing";
import { runJson, runScript } from "../shared/command.js";
import { data } from "../shared/model-request.mjs";
import { startScripted } from "./scripted.mjs";

let server: FakeOpenAI;

beforeEach(async () => {
  server = await startScripted();
});
afterEach(() => server.close());

test("the script prints what the README shows", async () => {
  const ended = await runScript("examples/draft-and-improve/run.mjs");
  expect(ended).toMatchObject({ code: 0, stderr: "" });
  const readme = await readFile(new URL("README.md", import.meta.url), "utf8");
  expect(readme).toContain(ended.stdout.trimEnd());
});

test("the command line runs the plan, and each round is sent the text before", async () => {
  const { code, document } = await runJson([
    ...["run", "examples/draft-and-improve/plan.yaml", "--config", "examples/draft-and-improve/planloom.config.ts"],
    ...["--executor-model", "scripted-executor", "--executor-base-url", server.url],
  ]);
  expect(code).toBe(0);
  expect(document.steps[0]).toMatchObject({ rounds: { round: 3, of: 5, met: true } });
  expect(document.answer).toMatchObject({ text: document.steps[0]?.output as string, characters: 60 });
  expect(server.requests.map(({ body }) => data(body, "with.round") as number)).toEqual([1, 2, 3]);
});
