// Budgets from the command line: what was really sent to a server, the exit code, and what a person is told to do.
import { expect, test } from "vitest";
import { modelServer, workspace } from "./planloom.js";

const PLAN = {
  goal: "think",
  steps: [{ id: "a", agent: "Think.", forEach: "${{ [1, 2, 3, 4, 5] }}", as: "n", retry: { attempts: 1 } }],
  answer: { value: "done" },
};

test("a run that reaches its limit ends with exit 7, says which, and sends no more", async () => {
  const { server, env } = await modelServer(() => ({ text: "thought" }));
  const here = workspace(env);
  here.write("plan.json", PLAN);
  const ended = await here.run(["run", "plan.json", "--budget-calls", "2"]);
  expect([ended.code, ended.stdout, server.requests.length]).toEqual([7, "", 2]);
  expect(ended.stderr).toContain("BUDGET_EXHAUSTED");
  expect(ended.stderr).toContain("the run may use 2 model calls");
  expect(ended.stderr).toContain("budget.modelCalls");
});

test("a retry with a larger budget counts earlier spending, and pays nothing twice", async () => {
  const { server, env } = await modelServer(() => ({ text: "thought" }));
  const here = workspace(env);
  here.write("plan.json", PLAN);
  await here.run(["run", "plan.json", "--budget-calls", "2"]);
  expect(await here.run(["retry", "last", "--budget-calls", "4"])).toMatchObject({ code: 7 });
  expect(await here.run(["retry", "last", "--budget-calls", "5"])).toMatchObject({ code: 0, stdout: "done\n" });
  expect(server.requests).toHaveLength(5);
});

test("flags win over the configuration, limit by limit", async () => {
  const { server, env } = await modelServer(() => ({ text: "thought" }));
  const here = workspace(env);
  here.write("plan.json", PLAN);
  here.write("planloom.config.json", { budget: { modelCalls: 1, tokens: 9_999_999 } });
  const run = await here.json(["run", "plan.json", "--json", "--budget-calls", "5", "--budget-time", "10m"]);
  expect([run.exit, run.status, server.requests.length]).toEqual([0, "completed", 5]);
  const { stdout } = await here.run(["events", "last"]);
  const { data } = JSON.parse(stdout.split("\n")[0]!) as {
    readonly data: { readonly settings: { readonly budget: object } };
  };
  expect(data.settings.budget).toEqual({ modelCalls: 5, tokens: 9_999_999, costUsd: null, wallMs: 600_000 });
  expect(await here.run(["replay", "last", "--strict"])).toMatchObject({ code: 0 });
});

test("a budget in dollars needs prices: nothing is sent without", async () => {
  const { server, env } = await modelServer(() => ({ text: "thought" }));
  const here = workspace(env);
  here.write("plan.json", PLAN);
  const ended = await here.run(["run", "plan.json", "--budget-usd", "0.50"]);
  expect([ended.code, server.requests.length]).toEqual([4, 0]);
  expect(ended.stderr).toMatch(/BUDGET_UNPRICED.*test-model[^]*prices: \{ "test-model"/);
});

test.each([
  ["--budget-calls", "many"],
  ["--budget-tokens", "1.5"],
  ["--budget-usd", "-1"],
  ["--budget-time", "10 minutes"],
])("%s %s is the caller's to mend", async (flag, value) => {
  const ended = await workspace().run(["run", "think", `${flag}=${value}`]);
  expect(ended.code).toBe(2);
  expect(ended.stderr).toContain(`${flag} is ${value}.`);
});
