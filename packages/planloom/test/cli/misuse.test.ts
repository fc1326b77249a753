// Commands and plans at the wrong time, or too many of them, over several processes: each has one outcome with
// a code and a next step, and nothing that was finished or waits is lost.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { LIMITS } from "../../src/limits.js";
import type { RunDocument } from "../../src/loom/document.js";
import { modelServer, workspace, roleOf, type Ended, type Workspace } from "./planloom.js";

/**
 * `note` acts, and leaves a line in notes.txt; `look` leaves one in looks.txt; `column` fails for good; `slow` waits
 * for the file `busy`.
 */
const CONFIG = `
import { appendFileSync, existsSync } from "node:fs";
import { defineConfig, tool, ToolError } from "planloom";
const input = { type: "object", properties: { text: { type: "string" } }, required: ["text"], additionalProperties: false };
const output = { type: "string" };
const write = (file, text) => { appendFileSync(file, text + "\\n"); return file + " " + text; };
export default defineConfig({
  tools: [
    tool({ name: "note", description: "Notes a line.", input, output, effects: "once", run: ({ text }) => write("notes.txt", text) }),
    tool({ name: "look", description: "Looks at something.", input, output, effects: "none", run: ({ text }) => write("looks.txt", text) }),
    tool({ name: "column", description: "Reads a column.", input, output, effects: "none",
      run: () => { throw new ToolError("no such column", { code: "SQL_FAILED", retryable: false }); } }),
    tool({ name: "slow", description: "Looks, slowly.", input, output, effects: "none",
      run: async ({ text }) => {
        while (existsSync("busy")) await new Promise((resolve) => setTimeout(resolve, 20));
        return text;
      } }),
  ],
});
`;

const call = (id: string, tool: string, text: string, more: object = {}) => ({
  id,
  title: `Call ${id}`,
  tool,
  with: { text },
  ...more,
});
const planOf = (...steps: readonly { readonly id: string }[]) => ({
  goal: "Work",
  steps,
  answer: { value: `\${{ ${steps.at(-1)!.id} }}` },
});

type Acting = Workspace & { lines(file: string): readonly string[] };

function acting(env: { readonly [name: string]: string } = {}): Acting {
  const here = workspace(env);
  here.write("planloom.config.ts", CONFIG);
  const lines = (file: string) => {
    const path = join(here.folder, file);
    return existsSync(path) ? readFileSync(path, "utf8").trimEnd().split("\n") : [];
  };
  return { ...here, lines };
}

/** A planner that gives these drafts in turn, the last one again and again; text stands for itself. */
async function planner(...drafts: readonly unknown[]) {
  const left = [...drafts];
  return modelServer((body) => {
    if (roleOf(body) !== "planner") return { text: "" };
    const draft = left.length > 1 ? left.shift() : left[0];
    return typeof draft === "string" ? { text: draft } : { json: draft as never };
  });
}

const waitingIn = async (here: Workspace): Promise<RunDocument> => here.json(["show", "last", "--json"]);
const hashIn = async (here: Workspace): Promise<string> => (await waitingIn(here)).waiting?.approvals[0]?.hash ?? "";

function expectRefusal(ended: Ended, code: string, next: RegExp): void {
  expect(ended.stderr).toContain(`error ${code}: `);
  expect(ended.stderr).toMatch(next);
  expect([ended.code, ended.stdout]).toEqual([2, ""]);
}

test("a megabyte of feedback: its beginning reaches the planner, and the person is told so", async () => {
  const { env, server } = await planner(planOf(call("a", "note", "one")), planOf(call("a", "note", "two")));
  const here = acting(env);
  await here.run(["run", "Work"]);
  const ended = await here.run(["reject", "last", "-m", "-"], { stdin: `Shorter!${"x".repeat(1_000_000)}` });
  expect(ended.code).toBe(5);
  expect(ended.stderr).toContain(`longer than ${LIMITS.feedbackChars} characters: those at its beginning count`);
  const asked = JSON.stringify(server.requests.at(-1)?.body.messages);
  expect(asked).toContain("The person says: Shorter!xxx");
  expect(asked.length).toBeLessThan(LIMITS.feedbackChars + 20_000);
  expect(await waitingIn(here)).toMatchObject({ status: "awaiting-approval", plan: { revision: 2 } });
});

test("a patch that drops a finished step goes back to the planner; what it mends then runs, and nothing runs twice", async () => {
  const plan = planOf(
    call("first", "look", "one"),
    call("second", "column", "two", { dependsOn: ["first"] }),
    call("third", "look", "three", { dependsOn: ["second"] }),
  );
  const { env } = await planner(
    plan,
    { operations: [{ op: "drop", id: "first" }] },
    { operations: [{ op: "replace", id: "second", step: call("second", "look", "mended", { dependsOn: ["first"] }) }] },
  );
  const here = acting(env);
  const ended = await here.run(["run", "Work"]);
  expect(ended).toMatchObject({ code: 0, stdout: "looks.txt three\n" });
  expect(ended.stderr).toMatch(/the draft of round 1 cannot be used:\n {4}error PATCH_FINISHED .*first has finished/);
  expect(here.lines("looks.txt")).toEqual(["one", "mended", "three"]);
  const trace = (await here.run(["show", "last", "--trace"])).stdout;
  expect(trace).toMatch(/replan \(patch\): second failed: .*\n.*the draft of round 1 cannot be used: PATCH_FINISHED/);
  expect((await here.run(["diff", "last"])).stdout).toContain("a patch\n  why: second failed: ");
});

test("prose instead of a patch, in every round: the run fails with the first failure, and a retry keeps what is finished", async () => {
  const plan = planOf(call("first", "look", "one"), call("second", "column", "two", { dependsOn: ["first"] }));
  const { env, server } = await planner(plan, "I would rather talk about the weather.");
  const here = acting(env);
  here.write("rounds.config.ts", CONFIG.replace("tools: [", "limits: { repairRounds: 2 }, tools: ["));
  const ended = await here.run(["run", "Work", "--config", "rounds.config.ts"]);
  expect(ended).toMatchObject({ code: 3, stdout: "" });
  expect(server.requests).toHaveLength(4);
  expect(ended.stderr).toMatch(
    /error SQL_FAILED: .*step second: .*then no other plan was found: PLAN_INVALID: .*NO_PLAN/,
  );
  expect(ended.stderr).toMatch(/next: .*planloom retry run_\w+.*--plan FILE.*what has finished is kept/);
  here.write(
    "mended.json",
    planOf(call("first", "look", "one"), call("second", "look", "two", { dependsOn: ["first"] })),
  );
  const retried = await here.run(["retry", "last", "--plan", "mended.json"]);
  expect(retried).toMatchObject({ code: 0, stdout: "looks.txt two\n" });
  expect(here.lines("looks.txt")).toEqual(["one", "two"]);
});

test("approving while the run is being cancelled, and after it was", async () => {
  const here = acting();
  here.write("busy", "");
  here.write("plan.json", planOf(call("slow", "slow", "one"), call("act", "note", "two", { approval: "required" })));
  const live = here.begin(["run", "plan.json", "--approval", "never"]);
  await live.said("waits    step act for approval");
  const hash = await hashIn(here);
  await here.run(["cancel", "last", "-m", "enough"]);
  await live.said("withdrawn step act, by ");
  const early = await here.run(["approve", "last", "--hash", hash]);
  // On a busy machine the call's time to stop may be over, and the run with it.
  if (early.stderr.includes("error RUN_ENDED: ")) expect(early.code).toBe(1);
  else expectRefusal(early, "RUN_CANCELLING", /next: Wait for its end .*planloom retry run_/);
  here.remove("busy");
  expect((await live.ended).stderr).toContain("cancel   by ");
  const late = await here.run(["approve", "last", "--hash", hash]);
  expect(late.code).toBe(1);
  expect(late.stderr).toMatch(/error RUN_ENDED: .*already cancelled[^]*next: `planloom retry run_/);
  expect(here.lines("notes.txt")).toEqual([]);
});

test("two people answer at the same time: one is heard, the other is told, and the plan acts once at most", async () => {
  const { env } = await planner(planOf(call("a", "note", "one")), planOf(call("a", "note", "two")));
  const here = acting(env);
  await here.run(["run", "Work"]);
  const hash = await hashIn(here);
  const ends = await Promise.all([
    here.run(["approve", "last", "--hash", hash]),
    here.run(["reject", "last", "-m", "another one", "--hash", hash]),
  ]);
  const told = ends.filter(({ stderr }) =>
    /error (RUN_ENDED|ALREADY_APPROVED|STALE_HASH|NOTHING_TO_APPROVE): [^]*next: /.test(stderr),
  );
  expect(told).toHaveLength(1);
  const { status, plan } = await waitingIn(here);
  expect([
    ["completed", 1, "one"],
    ["awaiting-approval", 2, ""],
  ]).toContainEqual([status, plan?.revision, here.lines("notes.txt").join()]);
});

test("a process whose command is refused goes on driving the run that it owns", async () => {
  const here = acting();
  here.write("plan.json", planOf(call("a", "note", "one"), call("b", "slow", "two"), call("c", "note", "three")));
  here.write("busy", "");
  await here.run(["run", "plan.json"]);
  const hash = await hashIn(here);
  expect(await here.run(["approve", "last", "--hash", hash, "--no-run"])).toMatchObject({ code: 0 });
  const late = here.begin(["reject", "last", "-m", "another one", "--hash", hash]);
  await late.said("error ALREADY_APPROVED");
  here.remove("busy");
  await late.ended;
  expect((await waitingIn(here)).status).toBe("completed");
  expect(here.lines("notes.txt")).toEqual(["one", "three"]);
});

test("two people approve the same plan at the same time: it counts once", async () => {
  const here = acting();
  here.write("plan.json", planOf(call("a", "note", "one")));
  await here.run(["run", "plan.json"]);
  const hash = await hashIn(here);
  const ends = await Promise.all([1, 2].map(() => here.run(["approve", "last", "--hash", hash])));
  const other = ends.filter(({ stderr }) => /error (RUN_ENDED|ALREADY_APPROVED): [^]*next: /.test(stderr));
  expect(other).toHaveLength(1);
  const log = (await here.run(["events", "last"])).stdout;
  expect(log.match(/"type":"approval.granted"/g)).toHaveLength(1);
  expect(here.lines("notes.txt")).toEqual(["one"]);
});

test("another goal while a plan waits: that plan is withdrawn, and its hash approves nothing any more", async () => {
  const { env } = await planner(planOf(call("a", "note", "one")), planOf(call("a", "note", "two")));
  const here = acting(env);
  await here.run(["run", "Work"]);
  const old = await hashIn(here);
  const changed = await here.run(["goal", "last", "Work", "better", "-m", "we know more now"]);
  expect(changed).toMatchObject({ code: 5, stdout: "" });
  expect(changed.stderr).toMatch(/withdrawn the plan, by [^]*goal +changed by .*we know more now[^]*for the new goal/);
  const stale = await here.run(["approve", "last", "--hash", old]);
  expectRefusal(stale, "STALE_HASH", /from revision 1 to 2:[^]*\+ with.text: "two"/);
  expect(await here.run(["approve", "last"])).toMatchObject({ code: 0, stdout: "notes.txt two\n" });
  const ended = await here.run(["goal", "last", "Too late"]);
  expectRefusal(ended, "RUN_ENDED", /next: `planloom answer run_\w+`.*planloom fork run_/);
});
