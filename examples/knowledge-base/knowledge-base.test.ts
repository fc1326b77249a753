// Answers of a knowledge base, organised: each question is searched and answered from an article, and a page by topics
// is written. Every model is scripted; the search, the files and the requests are real.
import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { runJson, runScript } from "../shared/command.js";
import { startScripted } from "./scripted.mjs";

test("the script prints what the README shows: a page by topics, and the question that has no answer", async () => {
  const ended = await runScript("examples/knowledge-base/run.mjs");
  expect(ended).toMatchObject({ code: 0, stderr: "" });
  const readme = await readFile(new URL("README.md", import.meta.url), "utf8");
  expect(readme).toContain(ended.stdout.trimEnd());
});

test("on the command line the page waits for approval before it is written", async () => {
  const server = await startScripted();
  const here = "examples/knowledge-base";
  const { code, document } = await runJson([
    ...["run", `${here}/plan.yaml`, "--config", `${here}/planloom.config.ts`],
    ...["--input", `questions=@${here}/questions.json`],
    ...["--executor-model", "scripted-executor", "--executor-base-url", server.url],
  ]);
  await server.close();
  expect(code).toBe(5);
  expect(document).toMatchObject({ status: "awaiting-approval" });
});
