// A person in charge of a run that goes on, over several processes: pause, another goal, another plan, and a closer
// look at what was different. What comes too late, or twice, is refused with what to do now.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { PlanDiff } from "../../src/plan/revise/diff.js";
import type { ContextThen } from "../../src/loom/step-context.js";
import { modelServer, workspace, QUESTION, roleOf, type Workspace } from "./planloom.js";

/** `note` acts, and leaves a line in notes.txt; `slow` waits while there is a file `busy`. */
const CONFIG = `
import { appendFileSync, existsSync } from "node:fs";
import { defineConfig, tool } from "planloom";
const input = { type: "object", properties: { text: { type: "string" } }, required: ["text"], additionalProperties: false };
const output = { type: "string" };
export default defineConfig({
  tools: [
    tool({ name: "note", description: "Notes a line.", input, output, effects: "once",
      run: ({ text }) => { appendFileSync("notes.txt", text + "\\n"); return "noted " + text; } }),
    tool({ name: "slow", description: "Looks at something, slowly.", input, output, effects: "none",
      run: async ({ text }, { signal }) => {
        while (existsSync("busy") && !signal.aborted) await new Promise((resolve) => setTimeout(resolve, 20));
        return "saw " + text;
      } }),
  ],
});
`;

const look = (text: string) => ({ id: "look", title: "Look at it", tool: "slow", with: { text } });
const note = (text: string) => ({ id: "note", title: "Note it", tool: "note", with: { text }, dependsOn: ["look"] });
const planFor = (goal: string, text: string) => ({
  goal,
  steps: [look("all"), note(text)],
  answer: { value: "${{ note }}" },
});

function acting(env: { readonly [name: string]: string } = {}): Workspace & { readonly notes: () => string } {
  const here = workspace(env);
  here.write("planloom.config.ts", CONFIG);
  const notes = join(here.folder, "notes.txt");
  return { ...here, notes: () => (existsSync(notes) ? readFileSync(notes, "utf8") : "") };
}

/** A planner whose n-th plan notes the n-th of these texts. */
async function planned(...texts: readonly string[]) {
  const left = [...texts];
  return modelServer((body) => (roleOf(body) === "planner" ? { json: planFor("", left.shift() ?? "") } : { text: "" }));
}

const hashIn = async (here: Workspace): Promise<string> =>
  (await here.json(["show", "last", "--json"])).waiting?.approvals[0]?.hash ?? "";

test("a live run is paused from another process, drains, and exits with 5; resume has it go on", async () => {
  const here = acting();
  here.write("plan.json", planFor("Note", "hello"));
  here.write("busy", "");
  const live = here.begin(["run", "plan.json", "--yes"]);
  await live.said("start    look");
  const paused = await here.run(["pause", "last", "-m", "lunch"]);
  expect(paused).toMatchObject({ code: 0, stdout: "" });
  expect(paused.stderr).toMatch(/Run run_\w+ is paused; it goes on with: planloom resume run_/);
  await live.said("paused   by");
  here.remove("busy");
  const ended = await live.ended;
  expect(ended).toMatchObject({ code: 5, stdout: "" });
  expect(ended.stderr).toMatch(/lunch; nothing new starts\n[^]*done {5}look[^]*is paused; go on with: planloom resume/);
  expect(here.notes()).toBe("");
  expect(await here.json(["show", "last", "--json"])).toMatchObject({ status: "paused", stepsCompleted: 1 });

  const twice = await here.run(["pause", "last"]);
  expect(twice.code).toBe(2);
  expect(twice.stderr).toMatch(/ALREADY_PAUSED[^]*planloom resume run_/);
  expect(await here.run(["resume", "last"])).toMatchObject({ code: 0, stdout: "noted hello\n" });
  expect((await here.run(["show", "last", "--trace"])).stdout).toMatch(/paused by \S+: lunch[^]*goes on, by/);
});

test("a pause is recorded with --no-run, so is its end; approving what waits ends no pause", async () => {
  const here = acting();
  here.write("plan.json", planFor("Note", "hello"));
  expect((await here.run(["run", "plan.json"])).code).toBe(5);
  expect((await here.run(["pause", "last", "--no-run"])).code).toBe(0);
  const approved = await here.run(["approve", "last"]);
  expect(approved).toMatchObject({ code: 5, stdout: "" });
  expect(approved.stderr).toContain("is paused; go on with");
  expect((await here.run(["resume", "last", "--no-run"])).code).toBe(0);
  expect(await here.run(["resume", "last"])).toMatchObject({ code: 0, stdout: "noted hello\n" });
  const late = await here.run(["resume", "last", "--no-run"]);
  expect(late.stderr).toContain("NOT_PAUSED");
});

test("another goal for a live run: finished steps are kept, the rest is replanned, and the differences are shown", async () => {
  const { env, server } = await planned("one", "two");
  const here = acting(env);
  here.write("busy", "");
  const live = here.begin(["run", "Note one", "--yes-all"]);
  await live.said("start    look");
  const changed = await here.run(["goal", "last", "Note", "two", "--reason", "one is known"]);
  expect(changed).toMatchObject({ code: 0, stdout: "" });
  here.remove("busy");
  const ended = await live.ended;
  expect(ended).toMatchObject({ code: 0, stdout: "noted two\n" });
  expect(ended.stderr).toContain("goal     changed by ");
  expect(ended.stderr).toContain("=== REPLANNING ===");
  expect(ended.stderr).toContain("revision 2, for the new goal, 2 steps; keeps look");
  expect(ended.stderr).toContain("why: one is known");
  expect(ended.stderr).toMatch(/look +Look at it {2}\[slow\] {2}\(finished\)/);
  expect(here.notes()).toBe("two\n");
  expect(JSON.stringify(server.requests.at(-1)?.body.messages)).toContain("Note two");

  const diff = await here.run(["diff", "last"]);
  expect(diff.stdout).toMatch(/^revision 1 -> revision 2, for the new goal\n {2}why: one is known\n/);
  expect(diff.stdout).toContain('+ with.text: "two"');
  const data = await here.json<PlanDiff & object>(["diff", "last", "1", "2", "--json"]);
  expect(data).toMatchObject({
    exit: 0,
    from: { revision: 1 },
    to: { revision: 2, cause: "goal-change" },
    kept: [{ step: "look" }],
    changed: [{ id: "note", fields: [{ field: "with.text", before: "one", after: "two" }] }],
  });
  expect((await here.run(["diff", "last", "1", "7"])).stderr).toContain("NO_REVISION");
  const history = await here.json<{ readonly history: readonly { readonly type: string }[] }>([
    "show",
    "last",
    "--trace",
    "--json",
  ]);
  expect(history.history.map(({ type }) => type)).toEqual(expect.arrayContaining(["goal.changed", "replan.requested"]));
});

test("a goal that fits no run is refused: none, the same one, no planner", async () => {
  const here = acting();
  here.write("plan.json", planFor("Note", "hello"));
  await here.run(["run", "plan.json"]);
  expect((await here.run(["goal", "last", " "])).stderr).toContain("GOAL_EMPTY");
  expect((await here.run(["goal", "last", "Another"])).stderr).toContain("NO_PLANNER");
});

test("a plan that waits is replaced by a file: broken it is refused with its findings, sound it waits under its new hash", async () => {
  const here = acting();
  here.write("plan.json", planFor("Note", "hello"));
  const first = await here.run(["run", "plan.json"]);
  expect(first.stderr).toMatch(/edit {7}planloom edit run_\w+ --hash [0-9a-f]{64} --plan FILE/);
  const old = await hashIn(here);
  here.write("broken.json", planFor("Note", "${{ look"));
  expect(await here.run(["edit", "last", "--plan", "broken.json"])).toMatchObject({ code: 3, stdout: "" });
  here.write("cycle.json", {
    ...planFor("Note", "hello"),
    steps: [{ ...look("all"), dependsOn: ["note"] }, note("x")],
  });
  const cycle = await here.run(["edit", "last", "--plan", "cycle.json"]);
  expect(cycle.code).toBe(3);
  expect(cycle.stderr).toContain("CYCLE");
  expect(await hashIn(here)).toBe(old);

  here.write("better.json", planFor("Note", "goodbye"));
  const edited = await here.run(["edit", "last", "--plan", "better.json", "-m", "kinder"]);
  expect(edited).toMatchObject({ code: 5, stdout: "" });
  expect(edited.stderr).toContain("revision 2, changed by a person");
  const stale = await here.run(["approve", "last", "--hash", old]);
  expect(stale.code).toBe(2);
  expect(stale.stderr).toMatch(
    /STALE_HASH[^]*from revision 1 to 2:[^]*- with.text: "hello"\n.*\+ with.text: "goodbye"/,
  );
  const hash = await hashIn(here);
  expect(stale.stderr).toContain(`approve ${(await here.json(["show", "last", "--json"])).runId} --hash ${hash}`);
  expect((await here.run(["edit", "last", "--plan", "better.json"])).stderr).toContain("NOTHING_CHANGED");
  expect(await here.run(["approve", "last", "--comment", "fine"])).toMatchObject({
    code: 0,
    stdout: "noted goodbye\n",
  });
});

test("`edit` without a terminal and a file ends with an error", async () => {
  const here = acting();
  here.write("plan.json", planFor("Note", "hello"));
  await here.run(["run", "plan.json"]);
  const ended = await here.run(["edit", "last"], { stdin: "open" });
  expect(ended).toMatchObject({ code: 2, stdout: "" });
  expect(ended.stderr).toMatch(/not a terminal[^]*planloom edit run_\w+ --plan FILE/);
});

test("a second approval is refused, and a retry asks again for an expired one", async () => {
  const here = acting();
  here.write("plan.json", {
    ...QUESTION,
    steps: [...QUESTION.steps, note("x")].map((step) => ({ ...step, dependsOn: [] })),
  });
  const waiting = await here.json(["run", "plan.json", "--json"]);
  const hash = waiting.waiting?.approvals[0]?.hash ?? "";
  expect(waiting.waiting?.approvals[0]?.estimate).toMatchObject({ toolCalls: 2, basis: { runs: 0 } });
  expect((await here.run(["approve", "last", "--hash", hash])).code).toBe(5);
  const twice = await here.run(["approve", "last", "--hash", hash]);
  expect(twice.code).toBe(2);
  expect(twice.stderr).toMatch(/ALREADY_APPROVED[^]*Nothing more is needed/);
  expect(here.notes()).toBe("x\n");

  here.write("quick.config.ts", CONFIG.replace("tools: [", "limits: { approvalMs: 1 }, tools: ["));
  here.write("note.json", planFor("Note", "late"));
  await here.run(["run", "note.json", "--config", "quick.config.ts"]);
  const run = await here.json(["show", "last", "--json"]);
  const late = await here.run(["approve", "last", "--hash", run.plan!.hash]);
  expect(late.code).toBe(6);
  expect(late.stderr).toMatch(
    /next: Nobody approved it in time\. `planloom retry run_\w+` asks for the same plan again/,
  );
  expect((await here.run(["retry", "last"])).code).toBe(5);
  expect(await here.run(["approve", "last"])).toMatchObject({ code: 0, stdout: "noted late\n" });
});

test("several things wait: one must be named; with --calls the calls of a plan do not wait at all", async () => {
  const here = acting();
  const steps = ["a", "b"].map((id) => ({ ...note(id), id, dependsOn: [], approval: "required" }));
  here.write("plan.json", { goal: "Note twice", steps, answer: { value: 1 } });
  await here.run(["run", "plan.json"]);
  expect((await here.run(["approve", "last"])).code).toBe(5);
  const which = await here.run(["approve", "last"]);
  expect(which.code).toBe(2);
  expect(which.stderr).toContain("WHICH_APPROVAL");

  const asks = await here.run(["run", "plan.json"]);
  expect(asks.stderr).toContain("asks     a: its call waits for a person, too: the plan asks for it");
  expect(await here.run(["approve", "last", "--calls"])).toMatchObject({ code: 0, stdout: "1\n" });
});

test("a step is shown as it began: goal, revision, what its references read, its arguments; an item likewise", async () => {
  const here = workspace();
  here.write("plan.json", {
    goal: "Double",
    inputs: { list: { type: "number[]" } },
    steps: [
      { id: "sum", title: "Add", tool: "calculate", with: { expression: "1 + 2" } },
      {
        id: "each",
        title: "Times the sum",
        tool: "calculate",
        forEach: "${{ inputs.list }}",
        as: "number",
        with: { expression: "n * s", variables: { n: "${{ number }}", s: "${{ sum }}" } },
      },
      { id: "never", title: "Never", tool: "calculate", when: "${{ sum > 9 }}", with: { expression: "1" } },
    ],
    answer: { value: "${{ each }}" },
  });
  await here.run(["run", "plan.json", "-i", "list=[4,5]"]);
  const item = await here.json<ContextThen>(["show", "last", "--at", "each[1]", "--json"]);
  expect(item).toMatchObject({
    step: "each",
    item: 1,
    revision: 1,
    attempt: 1,
    goal: "Double",
    references: { sum: 3, number: 5, index: 1, inputs: { list: [4, 5] } },
    arguments: { expression: "n * s", variables: { n: 5, s: 3 } },
  });
  const { stdout } = await here.run(["show", "last", "--at", "each"]);
  expect(stdout).toMatch(/step +each: Times the sum \(revision 1, attempt 1\)/);
  expect(stdout).toContain("with     [4,5]");
  const never = await here.run(["show", "last", "--at", "never"]);
  expect(never).toMatchObject({ code: 2, stdout: "" });
  expect(never.stderr).toContain("STEP_NOT_BEGUN");
});
