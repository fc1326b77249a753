// Sub-plans over a list: each is planned when its fault is known, and needs other steps than the other. The planner is
// scripted; the server, the requests and the runs are real.
import { readFile } from "node:fs/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { FakeOpenAI } from "planloom/testing";
import { runJson, runScript } from "../shared/command.js";
import { startScripted } from "./scripted.mjs";

let server: FakeOpenAI;

beforeEach(async () => {
  server = await startScripted();
});
afterEach(() => server.close());

test("the script prints what the README shows", async () => {
  const ended = await runScript("examples/sub-plans/run.mjs");
  expect(ended).toMatchObject({ code: 0, stderr: "" });
  const readme = await readFile(new URL("README.md", import.meta.url), "utf8");
  expect(readme).toContain(ended.stdout.trimEnd());
});

test("the command line runs the plan, and grants what waits below with --yes", async () => {
  const { code, document } = await runJson([
    ...["run", "examples/sub-plans/plan.yaml", "--config", "examples/sub-plans/planloom.config.ts", "--yes"],
    ...["--planner-model", "scripted-planner", "--planner-base-url", server.url],
  ]);
  expect(code).toBe(0);
  const [, repairs] = document.steps;
  expect(repairs?.items?.map(({ child }) => child?.status)).toEqual(["completed", "completed"]);
  expect(document.answer).toMatchObject([{ lift: "north" }, { lift: "south" }]);
  expect(server.requests).toHaveLength(2);
});
