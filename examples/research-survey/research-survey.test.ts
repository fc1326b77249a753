// A research survey: topics, subtopics, a search for each at the same time, and one text. Every model is scripted; the
// search, the reading of files and the requests are real.
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { createLoom, type Loom } from "planloom";
import type { FakeOpenAI } from "planloom/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runScript } from "../shared/command.js";
import { scriptedModels, startScripted } from "./scripted.mjs";

let server: FakeOpenAI;
let loom: Loom;

beforeAll(async () => {
  server = await startScripted();
  loom = await createLoom({
    builtins: { search: { folder: fileURLToPath(new URL("docs", import.meta.url)) } },
    models: scriptedModels(server.url),
    store: "memory",
    concurrency: 6,
  });
});

afterAll(async () => {
  await loom.close();
  await server.close();
});

test("six subtopics of three topics are searched at once, and each statement has its file", async () => {
  const run = await loom.start("Survey what is known about cooling hot cities, and what each way costs");
  const result = await run.result();
  expect(result).toMatchObject({ success: true, stepsTotal: 5 });
  const course: string[] = [];
  for await (const { type, data } of run.events())
    if ("step" in data && data.step === "found" && "item" in data && data.item !== undefined) course.push(type);
  expect(course.filter((type) => type === "step.started")).toHaveLength(6);
  expect(course.slice(0, 6)).toEqual(Array(6).fill("step.started"));
  const notes = result.steps.find(({ id }) => id === "notes")!.output as { finding: string | null; source: string }[];
  expect(notes.map(({ source }) => source)).toEqual([
    ...["trees-cooling.md", "trees-cost.md", "roofs-cooling.md", "roofs-cost.md", "water-cooling.md"],
    null,
  ]);
  expect(result.answer).toContain("the air was 2.1 degrees cooler at noon. (trees-cooling.md)");
  expect(result.answer).toContain("Not found: water, cost.");
  expect(result.steps.find(({ id }) => id === "notes")!.items?.map(({ judged }) => judged?.verdict)).toEqual(
    Array(6).fill("met"),
  );
  expect(result.critique).toMatchObject({ rounds: 1, agreed: true, unsupported: [] });
  expect(result.answer).not.toContain("best way");
});

test("the script prints what the README shows", async () => {
  const ended = await runScript("examples/research-survey/run.mjs");
  expect(ended).toMatchObject({ code: 0, stderr: "" });
  const readme = await readFile(new URL("README.md", import.meta.url), "utf8");
  expect(readme).toContain(ended.stdout.trimEnd());
});
