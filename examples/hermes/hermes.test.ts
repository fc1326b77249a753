// The roles on models and servers of their own. The three servers are scripted, and speak the OpenAI API over real
// HTTP.
import { readFile } from "node:fs/promises";
import { createLoom, type LoomConfig } from "planloom";
import { afterEach, beforeEach, expect, test } from "vitest";
import { runJson, runScript } from "../shared/command.js";
import { dataText, hasData } from "../shared/model-request.mjs";
import { EXECUTOR, hermesModels, PLANNER, SYNTHESIZER } from "./models.mjs";
import { startScripted } from "./scripted.mjs";
import { tools } from "./tools.mjs";

const GOAL = "Write a competitive analysis of the note-taking apps Inkwell and Margin.";
const ANSWER =
  "In short: Margin is cheaper (5 dollars a month), Inkwell has more integrations (40), and Inkwell works offline.";
const REAL_KEY = "the-key-of-a-paid-account";

let servers: Awaited<ReturnType<typeof startScripted>>;

beforeEach(async () => {
  servers = await startScripted();
});

afterEach(async () => {
  await Promise.all(Object.values(servers).map((server) => server.close()));
});

const urls = () => ({
  planner: servers.planner.url,
  executor: servers.executor.url,
  synthesizer: servers.synthesizer.url,
});

/** Runs the goal on a machine where a paid account is configured for everything else. */
async function runOn(models: NonNullable<LoomConfig["models"]>) {
  const env = { OPENAI_API_KEY: REAL_KEY };
  const loom = await createLoom({ tools, models, store: "memory" }, { env });
  try {
    return await loom.run(GOAL);
  } finally {
    await loom.close();
  }
}

test("each role asks its own server, for its own model, with its own temperature", async () => {
  const result = await runOn(hermesModels(urls()));
  expect(result).toMatchObject({
    success: true,
    answer: ANSWER,
    stepsTotal: 3,
    stepsCompleted: 3,
    replanCount: 0,
    usage: { planner: { calls: 1 }, executor: { calls: 5 }, synthesizer: { calls: 1 } },
  });
  expect(askedOf("planner")).toEqual([[PLANNER, 0.2, "You are the planner"]]);
  expect(askedOf("executor")).toEqual(Array.from({ length: 5 }, () => [EXECUTOR, 0.1, "You are an executor"]));
  expect(askedOf("synthesizer")).toEqual([[SYNTHESIZER, 0.3, "You are the synthesizer"]]);
});

test("the step that compares is given what the two research steps found", async () => {
  await runOn(hermesModels(urls()));
  const body = servers.executor.requests.map((request) => request.body).find((asked) => hasData(asked, "s1"));
  expect(dataText(body!, "s1")).toContain("Inkwell is a note-taking app for teams.");
  expect(dataText(body!, "s2")).toContain("Margin is a note-taking app for researchers.");
});

test("a key that is meant for another server reaches none of the three", async () => {
  await runOn(hermesModels(urls()));
  expect(keysSent()).toEqual(new Set(["Bearer not-needed"]));
});

test("nor does it where the roles have no key of their own", async () => {
  const keyless = Object.entries(hermesModels(urls())).map(([role, { model, baseURL }]) => [role, { model, baseURL }]);
  const result = await runOn(Object.fromEntries(keyless) as NonNullable<LoomConfig["models"]>);
  expect(result.success).toBe(true);
  expect([...keysSent()].join()).not.toContain(REAL_KEY);
});

test("the script prints what the README shows", async () => {
  const ended = await runScript("examples/hermes/run.mjs", { OPENAI_API_KEY: REAL_KEY });
  expect(ended).toMatchObject({ code: 0, stderr: "" });
  expect(await readFile(new URL("README.md", import.meta.url), "utf8")).toContain(ended.stdout.trimEnd());
});

test("on the command line, variables give each role its server", async () => {
  const { code, document } = await runJson(["run", GOAL, "--config", "examples/hermes/planloom.config.ts"], {
    PLANLOOM_PLANNER_BASE_URL: servers.planner.url,
    PLANLOOM_EXECUTOR_BASE_URL: servers.executor.url,
    PLANLOOM_SYNTHESIZER_BASE_URL: servers.synthesizer.url,
    OPENAI_API_KEY: REAL_KEY,
  });
  expect(code).toBe(0);
  expect(document).toMatchObject({ status: "completed", success: true, goal: GOAL, answer: ANSWER, stepsTotal: 3 });
  expect(document.usage.executor.calls).toBe(5);
  expect(askedOf("planner").map(([model]) => model)).toEqual([PLANNER]);
  expect([...keysSent()].join()).not.toContain(REAL_KEY);
});

/** Model, temperature and the first words of the system text of each request to a server. */
function askedOf(
  role: keyof typeof servers,
): readonly (readonly [model: string, temperature: number | undefined, opening: string | undefined])[] {
  return servers[role].requests.map(({ body: { model, temperature, messages } }) => [
    model,
    temperature,
    messages[0]?.content?.split(".", 1)[0],
  ]);
}

function keysSent(): ReadonlySet<string | undefined> {
  return new Set(
    Object.values(servers).flatMap(({ requests }) => requests.map(({ headers }) => headers.authorization)),
  );
}
