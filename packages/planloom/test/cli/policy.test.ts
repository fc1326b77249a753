// The consequences of a failed step on the command line: the policy of a run, and when its planner is asked
// again.
import { expect, test } from "vitest";
import { modelServer, workspace, roleOf } from "./planloom.js";

const step = (id: string, expression: string, more: object = {}) => ({
  id,
  title: `Compute ${id}`,
  tool: "calculate",
  with: { expression },
  ...more,
});

/** `wrong` fails its gate, and is not tried again. */
const PLAN = {
  goal: "Compute",
  steps: [
    step("right", "1 + 1"),
    step("wrong", "2 + 2", { expect: "${{ output > 9 }}", retry: { attempts: 1 }, dependsOn: ["right"] }),
  ],
  answer: { value: { right: "${{ right }}", wrong: "${{ wrong }}" } },
};
const MENDED = step("wrong", "20 + 2", { dependsOn: ["right"] });

/** Mends as it is asked to: a patch, or a plan of the rest; a review is content. */
async function stage() {
  const asked: string[] = [];
  const { env, server } = await modelServer((body) => {
    const text = body.messages.map(({ content }) => content ?? "").join("\n");
    const what = /You review a plan/.test(text) ? "review" : /Mend this plan where/.test(text) ? "patch" : "replan";
    if (roleOf(body) === "planner" || what === "review") asked.push(what);
    if (what === "review") return { json: { verdict: "go on", reason: "it fits" } };
    if (what === "patch") return { json: { operations: [{ op: "replace", id: "wrong", step: MENDED }] } };
    return { json: { ...PLAN, steps: [PLAN.steps[0], MENDED] } as never };
  });
  const here = workspace(env);
  here.write("plan.json", PLAN);
  return { here, asked, server };
}

const MEND = '{\n  "right": 2,\n  "wrong": 22\n}\n';

test.each([
  ["fail", 1, "", []],
  ["skip", 0, '{\n  "right": 2,\n  "wrong": null\n}\n', []],
  ["patch", 0, MEND, ["patch"]],
  ["replan", 0, MEND, ["replan"]],
])("--on-failure %s", async (policy, code, stdout, planner) => {
  const { here, asked } = await stage();
  const ended = await here.run(["run", "plan.json", "--on-failure", policy]);
  expect(ended).toMatchObject({ code, stdout });
  expect(asked).toEqual(planner);
  expect(ended.stderr).toContain(`-> ${policy} (`);
});

test("--replan never asks no planner and costs no call; a retry may say otherwise, and keeps what is finished", async () => {
  const { here, asked, server } = await stage();
  const ended = await here.run(["run", "plan.json", "--replan", "never"]);
  expect(ended).toMatchObject({ code: 1, stdout: "" });
  expect(ended.stderr).toContain("the run is set not to replan");
  expect(server.requests).toEqual([]);
  expect(await here.run(["retry", "last", "--replan", "on-failure"])).toMatchObject({ code: 0, stdout: MEND });
  expect(asked).toEqual(["patch"]);
  const { steps } = await here.json(["show", "last", "--json"]);
  expect(steps.find(({ id }) => id === "right")).toMatchObject({ attempts: 1 });
});

test("--replan each-step has the rest reviewed after each step, and says so; the configuration is the flag's default", async () => {
  const { here, asked } = await stage();
  here.write("planloom.config.json", { replan: "each-step", onFailure: "fail" });
  const ended = await here.run(["run", "plan.json", "--on-failure", "patch"]);
  expect(ended).toMatchObject({ code: 0, stdout: MEND });
  expect(asked).toEqual(["review", "patch"]);
  expect(ended.stderr).toMatch(/review +whether the rest[^]*reviewed go on: it fits/);
  const { stdout } = await here.run(["events", "last"]);
  expect(JSON.parse(stdout.split("\n")[0]!)).toMatchObject({
    data: { settings: { replan: "each-step", onFailure: "patch" } },
  });
});

test.each([
  ["--on-failure", "ignore", "fail, skip, patch, replan, compensate"],
  ["--replan", "always", "never, on-failure, each-step"],
])("%s %s is the caller's to mend", async (flag, value, choices) => {
  const ended = await workspace().run(["run", "think", flag, value]);
  expect(ended).toMatchObject({ code: 2, stdout: "" });
  expect(ended.stderr).toContain(`Allowed choices are ${choices}.`);
});
