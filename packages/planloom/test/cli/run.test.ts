// `planloom run` with a goal: planned, executed and answered over real HTTP, in a process of its own.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { RunEvent } from "../../src/run/event.js";
import { modelServer, workspace, roleOf, SUMS } from "./planloom.js";

const sums = () =>
  modelServer((body) => (roleOf(body) === "planner" ? { json: SUMS } : { text: "The sums are 5 and 9." }));

test("a goal becomes a plan, runs, and its answer is all that stands on stdout", async () => {
  const { env } = await sums();
  const ended = await workspace(env).run(["run", "Add", "things", "up"]);
  expect(ended).toMatchObject({ code: 0, stdout: "The sums are 5 and 9.\n" });
  const order = [
    "=== PLANNING ===",
    "left",
    "=== EXECUTING ===",
    "=== SYNTHESIZING ===",
    "=== COMPLETED ===",
    "--trace",
  ];
  const places = order.map((text) => ended.stderr.indexOf(text));
  expect(places).toEqual([...places].sort((a, b) => a - b));
  expect(places[0]).toBeGreaterThanOrEqual(0);
  expect(ended.stderr).not.toContain("\u001b");
});

test("--json prints the document that others build on", async () => {
  const { env } = await sums();
  const run = await workspace(env).json(["run", "Add things up", "--json"]);
  expect(run).toMatchObject({
    exit: 0,
    status: "completed",
    success: true,
    goal: "Add things up",
    answer: "The sums are 5 and 9.",
    plan: { revision: 1 },
    stepsTotal: 2,
    stepsCompleted: 2,
    replanCount: 0,
    usage: { planner: { calls: 1 }, executor: { calls: 0 }, synthesizer: { calls: 1 } },
  });
  expect(run.plans).toHaveLength(1);
  expect(run.plan?.hash).toMatch(/^[0-9a-f]{64}$/);
  expect(run.steps[0]).toMatchObject({
    id: "left",
    title: "Add the left",
    revision: 1,
    tool: "calculate",
    status: "completed",
    attempts: 1,
    input: { expression: "2 + 3" },
    output: 5,
  });
  expect(Date.parse(run.steps[0]?.startedAt ?? "")).toBeGreaterThan(0);
  expect(Date.parse(run.steps[0]?.finishedAt ?? "")).toBeGreaterThan(0);
});

test("--jsonl prints the log as it grows, and `events` prints the same afterwards", async () => {
  const { env } = await sums();
  const here = workspace(env);
  const { stdout, code } = await here.run(["run", "Add things up", "--jsonl", "--quiet"]);
  const events = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as RunEvent);
  expect(code).toBe(0);
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_, at) => at + 1));
  expect(events[0]?.type).toBe("run.started");
  expect(events.at(-1)?.type).toBe("run.completed");
  expect((await here.run(["events", "last"])).stdout).toBe(stdout);
});

test("a number that a server does not report is unknown, never 0", async () => {
  const { env } = await modelServer((body) => ({
    ...(roleOf(body) === "planner" ? { json: SUMS } : { text: "Done." }),
    usage: "none" as const,
  }));
  const { stderr } = await workspace(env).run(["run", "Add things up"]);
  expect(stderr).toContain("planner 1 call, ? in, ? out");
});

test("the goal may come from standard input, and --quiet says nothing of a run that went well", async () => {
  const { env, server } = await sums();
  const ended = await workspace(env).run(["run", "-", "--quiet"], { stdin: "Add what\nthere is\n" });
  expect(ended).toEqual({ code: 0, stdout: "The sums are 5 and 9.\n", stderr: "" });
  expect(JSON.stringify(server.requests[0]?.body.messages)).toContain("Add what\\nthere is");
});

test("flags win over variables, and each role's requests reach its own server only", async () => {
  const planner = await modelServer(() => ({ json: SUMS }));
  const others = await modelServer(() => ({ text: "Five and nine." }));
  const flags = ["--planner-model", "strong", "--planner-base-url", planner.server.url];
  const ended = await workspace(others.env).run(["run", "Add things up", ...flags]);
  expect(ended.stdout).toBe("Five and nine.\n");
  expect(planner.server.requests.map(({ body }) => [body.model, roleOf(body)])).toEqual([["strong", "planner"]]);
  expect(others.server.requests.map(({ body }) => roleOf(body))).toEqual(["synthesizer"]);
});

test("an answer that is no text is printed as JSON", async () => {
  const here = workspace();
  here.write("plan.json", { ...SUMS, answer: { value: { left: "${{ left }}", right: ["${{ right }}"] } } });
  const { stdout } = await here.run(["run", "plan.json"]);
  expect(JSON.parse(stdout)).toEqual({ left: 5, right: [9] });
});

test("what was finished is kept by the runs of a folder, and can be read later", async () => {
  const { env } = await sums();
  const here = workspace(env);
  await here.run(["run", "Add things up"]);
  expect(existsSync(join(here.folder, ".planloom", "planloom.db"))).toBe(true);
  const [run] = (await here.json<{ runs: { runId: string; status: string }[] }>(["runs", "--json"])).runs;
  expect(run).toMatchObject({ status: "completed", goal: "Add things up" });
  const id = run?.runId ?? "";
  expect((await here.run(["answer", id.slice(0, -3)])).stdout).toBe("The sums are 5 and 9.\n");
  expect(await here.json(["show", id.slice("run_".length, -2), "--json"])).toMatchObject({
    runId: id,
    status: "completed",
  });
  expect((await here.run(["watch", "last"])).code).toBe(0);
  expect((await here.run(["graph", "last"])).stdout).toContain("left: Add the left (completed)");
});

test("reading leaves no store behind where there is none", async () => {
  const here = workspace();
  expect(await here.run(["runs"])).toMatchObject({ code: 0, stdout: "" });
  expect(await here.run(["show", "last"])).toMatchObject({ code: 2, stdout: "" });
  here.write("plan.json", SUMS);
  await here.run(["check", "plan.json"]);
  expect(existsSync(join(here.folder, ".planloom"))).toBe(false);
});

test("a tool that ignores its signal, and leaves a timer, keeps neither the run nor the process", async () => {
  const here = workspace();
  here.write(
    "planloom.config.mjs",
    `import { tool } from "planloom";
     const input = { type: "object", properties: {}, additionalProperties: false };
     const run = () => { setInterval(() => undefined, 1_000); return new Promise(() => undefined); };
     export default { tools: [tool({ name: "linger", description: "Lingers.", input, effects: "none", timeout: 50, run })] };`,
  );
  here.write("plan.json", { steps: [{ id: "a", title: "Linger", tool: "linger", with: {}, retry: { attempts: 1 } }] });
  const { code, stderr } = await here.run(["run", "plan.json"]);
  expect(code).toBe(1);
  expect(stderr).toContain("TIMEOUT");
});
