// Specialists and scouting: the planner looks first, each step runs on the model of its executor, and the figures of each
// add up. The models are scripted; the server, the requests, the files and the run are real.
import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { createLoom } from "planloom";
import { runScript } from "../shared/command.js";
import { configWith } from "./config.mjs";
import { scriptedModels, startScripted } from "./scripted.mjs";

test("the script prints what the README shows", async () => {
  const ended = await runScript("examples/specialists/run.mjs");
  expect(ended).toMatchObject({ code: 0, stderr: "" });
  const readme = await readFile(new URL("README.md", import.meta.url), "utf8");
  expect(readme).toContain(ended.stdout.trimEnd());
});

test("each step asks the model of its executor, and their figures are the role's", async () => {
  const server = await startScripted();
  const loom = await createLoom(configWith(scriptedModels(server.url)));
  const { executors = {}, usage, scouted } = await loom.run("Say how the rents have changed in each city.");
  expect(scouted).toMatchObject({ calls: 1, tools: ["list_files"], turns: 2, untrusted: true });
  const asked = server.requests.map(({ body }) => body.model).sort();
  expect(asked.filter((model) => model === "scripted-researcher")).toHaveLength(4);
  const all = Object.values(executors);
  expect(all.reduce((sum, { calls }) => sum + calls, 0)).toBe(usage.executor.calls);
  expect(all.every(({ costUsd }) => costUsd !== null && costUsd > 0)).toBe(true);
  await loom.close();
  await server.close();
});
